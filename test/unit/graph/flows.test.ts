import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { relationTable } from '../../../src/graph/relation-table.ts';
import { PartialString, type ObjectValue } from '../../../src/model/value.ts';
import type { Flow } from '../../../src/model/resource-graph.ts';
import { graphOf, ref, type Bodies } from './reading.ts';

const body = (Type: string, Properties: ObjectValue = {}) => ({ Type, Properties });

/** Nodes of a flow that hold something, by name of resource. */
function filled(flow: Flow | undefined): Record<string, string[]> {
  const entries = [...(flow?.nodes ?? [])].filter(([, resources]) => resources.length > 0);
  return Object.fromEntries(entries.map(([node, resources]) => [node, resources.map(({ name }) => name)]));
}

const backend: Bodies = {
  Orders: body('AWS::Lambda::Function', {
    VpcConfig: { SubnetIds: [ref('A')] },
    DeadLetterConfig: { TargetArn: ref('Failed', 'Arn') },
    Environment: { Variables: { TABLE: ref('Table'), FILES: ref('Files') } },
  }),
  A: body('AWS::EC2::Subnet', { VpcId: ref('Vpc') }),
  Vpc: body('AWS::EC2::VPC'),
  ToTables: body('AWS::EC2::VPCEndpoint', {
    VpcId: ref('Vpc'),
    ServiceName: new PartialString(['com.amazonaws.', ref('Vpc'), '.dynamodb']),
  }),
  Table: body('AWS::DynamoDB::Table'),
  Files: body('AWS::S3::Bucket'),
  Failed: body('AWS::SQS::Queue'),
  Depth: body('AWS::CloudWatch::Alarm', {
    Dimensions: [{ Name: 'QueueName', Value: ref('Failed', 'QueueName') }],
  }),
  Logs: body('AWS::Logs::LogGroup', { LogGroupName: new PartialString(['/aws/lambda/', ref('Orders')]) }),
};

describe('flows', () => {
  it('lead from an API’s stage to what its functions use', () => {
    const graph = graphOf({
      ...backend,
      Api: body('AWS::ApiGateway::RestApi'),
      Prod: body('AWS::ApiGateway::Stage', {
        RestApiId: ref('Api'),
        StageName: 'prod',
        AccessLogSetting: { DestinationArn: ref('Access', 'Arn') },
      }),
      Access: body('AWS::Logs::LogGroup'),
      Get: body('AWS::ApiGateway::Method', {
        RestApiId: ref('Api'),
        AuthorizerId: ref('Auth'),
        Integration: { Uri: ref('Orders', 'Arn') },
      }),
      Auth: body('AWS::ApiGateway::Authorizer', { RestApiId: ref('Api') }),
      Acl: body('AWS::WAFv2::WebACL'),
      Tie: body('AWS::WAFv2::WebACLAssociation', {
        ResourceArn: new PartialString([
          'arn:aws:apigateway:eu-west-1::/restapis/',
          ref('Api'),
          '/stages/',
          ref('Prod'),
        ]),
        WebACLArn: ref('Acl', 'Arn'),
      }),
    });
    expect(graph.flows.map(({ id }) => id)).toEqual(['api:main/Prod']);
    expect(filled(graph.flows[0])).toEqual({
      APIGW: ['Api', 'Get', 'Prod'],
      WAF: ['Acl'],
      Auth: ['Auth', 'Get'],
      Lambda: ['Orders'],
      PowerTools: ['Orders'],
      VPCE_DDB: ['ToTables'],
      DDB: ['Table'],
      S3: ['Files'],
      DLQ: ['Failed'],
      CW: ['Access', 'Depth', 'Logs'],
      XRay: ['Orders', 'Prod'],
    });
  });

  it('lead from a rule to its functions and where their failures go', () => {
    const graph = graphOf({
      ...backend,
      Bus: body('AWS::Events::EventBus'),
      Archive: body('AWS::Events::Archive', { SourceArn: ref('Bus', 'Arn') }),
      Placed: body('AWS::Events::Rule', {
        EventBusName: ref('Bus'),
        EventPattern: { source: ['shop'] },
        Targets: [{ Id: 'x', Arn: ref('Orders', 'Arn') }],
      }),
    });
    expect(graph.flows.map(({ id }) => id)).toEqual(['events:main/Placed']);
    expect(filled(graph.flows[0])).toEqual({
      EB: ['Archive', 'Bus'],
      Rule3: ['Placed'],
      Lambda3: ['Orders'],
      DLQ1: ['Failed'],
      Alarm: ['Depth'],
      CWLogs: ['Logs'],
      XRayTrace: ['Orders'],
    });
  });

  it.each<[string, ObjectValue, string, string]>([
    ['a schedule expression', { ScheduleExpression: 'rate(1 day)' }, 'Rule2', 'Lambda2'],
    ['a pattern of S3', { EventPattern: { source: ['aws.s3'] } }, 'Rule1', 'Lambda1'],
  ])('tell a rule by %s', (_name, properties, rule, lambda) => {
    const targets = { Targets: [{ Id: 'x', Arn: ref('Orders', 'Arn') }] };
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Rule: body('AWS::Events::Rule', { ...properties, ...targets }),
    });
    expect(filled(graph.flows[0])).toMatchObject({ [rule]: ['Rule'], [lambda]: ['Orders'] });
  });

  it('lead from a queue to its consumer', () => {
    const graph = graphOf({
      ...backend,
      Inbox: body('AWS::SQS::Queue', {
        RedrivePolicy: { deadLetterTargetArn: ref('Failed', 'Arn'), maxReceiveCount: 3 },
      }),
      Mapping: body('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: ref('Inbox', 'Arn'),
        FunctionName: ref('Orders'),
      }),
      Placed: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: ref('Inbox', 'Arn') }] }),
    });
    expect(graph.flows.map(({ id }) => id)).toEqual(['batch:main/Inbox', 'events:main/Placed']);
    expect(filled(graph.flows[0])).toMatchObject({
      SQSMain: ['Inbox', 'Mapping'],
      SQSDLQ: ['Failed'],
      Lambda: ['Orders'],
      Producer1: ['Placed'],
      PartialFail: ['Mapping'],
      DB: ['Table'],
      S3Store: ['Files'],
      Alarms: ['Depth'],
    });
  });

  it('lead from a topic, which stands in the node of topics', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Events: body('AWS::SNS::Topic', {
        Subscription: [{ Protocol: 'lambda', Endpoint: ref('Orders', 'Arn') }],
      }),
    });
    expect(filled(graph.flows[0])).toEqual({
      SNS: ['Events', 'Events subscription 1'],
      Lambda3: ['Orders'],
      XRayTrace: ['Events', 'Orders'],
    });
  });

  it.each([
    [
      'a user pool with a trigger',
      { Entry: body('AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: ref('Orders', 'Arn') } }) },
      { Custom: ['Entry'] },
    ],
    [
      'a GraphQL API whose data source is a function',
      {
        Entry: body('AWS::AppSync::GraphQLApi'),
        Source: body('AWS::AppSync::DataSource', {
          ApiId: ref('Entry', 'ApiId'),
          LambdaConfig: { LambdaFunctionArn: ref('Orders', 'Arn') },
        }),
      },
      { Custom: ['Entry'] },
    ],
    [
      'a delivery stream that has a function change its records',
      {
        Entry: body('AWS::KinesisFirehose::DeliveryStream', {
          HttpEndpointDestinationConfiguration: {
            ProcessingConfiguration: {
              Enabled: true,
              Processors: [
                {
                  Type: 'Lambda',
                  Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: ref('Orders', 'Arn') }],
                },
              ],
            },
          },
        }),
      },
      { Custom: ['Entry'] },
    ],
    [
      'an access point that has a function change its objects',
      {
        Entry: body('AWS::S3ObjectLambda::AccessPoint', {
          ObjectLambdaConfiguration: {
            TransformationConfigurations: [
              { ContentTransformation: { AwsLambda: { FunctionArn: ref('Orders', 'Arn') } } },
            ],
          },
        }),
      },
      { Custom: ['Entry'] },
    ],
    [
      'a pipe',
      { Entry: body('AWS::Pipes::Pipe', { Source: 'arn:aws:sqs:::a', Target: ref('Orders', 'Arn') }) },
      { Rule3: ['Entry'] },
    ],
  ])('lead from %s', (_name, bodies: Bodies, nodes) => {
    const graph = graphOf({ Orders: body('AWS::Lambda::Function'), ...bodies });
    expect(graph.flows.map(({ id }) => id)).toEqual(['events:main/Entry']);
    expect(filled(graph.flows[0])).toEqual({ ...nodes, Lambda3: ['Orders'], XRayTrace: ['Orders'] });
  });

  it.each(['AWS::Kinesis::Stream', 'AWS::DynamoDB::Table'])('lead from %s to its consumer', (type) => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Entry: body(type),
      Mapping: body('AWS::Lambda::EventSourceMapping', {
        FunctionName: ref('Orders'),
        EventSourceArn: ref('Entry', type === 'AWS::DynamoDB::Table' ? 'StreamArn' : 'Arn'),
      }),
    });
    expect(graph.flows.map(({ id }) => id)).toEqual(['batch:main/Entry']);
    expect(filled(graph.flows[0])).toMatchObject({ Lambda: ['Orders'], PartialFail: ['Mapping'] });
  });

  it('are none where a delivery stream does not process its records', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Entry: body('AWS::KinesisFirehose::DeliveryStream', {
        ExtendedS3DestinationConfiguration: {
          ProcessingConfiguration: {
            Enabled: 'false',
            Processors: [
              { Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: ref('Orders', 'Arn') }] },
            ],
          },
        },
      }),
    });
    expect(graph.flows).toEqual([]);
  });

  it('are none without a function', () => {
    const graph = graphOf({
      Inbox: body('AWS::SQS::Queue'),
      Rule: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: ref('Inbox', 'Arn') }] }),
      Api: body('AWS::ApiGateway::RestApi'),
      Prod: body('AWS::ApiGateway::Stage', { RestApiId: ref('Api'), StageName: 'prod' }),
    });
    expect(graph.flows).toEqual([]);
  });

  it('through one topic share what stands behind it', () => {
    const subscribers = ['A', 'B', 'C'];
    const graph = graphOf({
      Hub: body('AWS::SNS::Topic', {
        Subscription: subscribers.map((name) => ({ Protocol: 'lambda', Endpoint: ref(name, 'Arn') })),
      }),
      ...Object.fromEntries(subscribers.map((name) => [name, body('AWS::Lambda::Function')])),
      One: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: ref('Hub') }] }),
      Two: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: ref('Hub') }] }),
    });
    const [one, two] = ['One', 'Two'].map((name) =>
      graph.flows.find(({ entry }) => entry.name === name)?.nodes.get('Lambda3'),
    );
    expect(one?.map(({ name }) => name)).toEqual(subscribers);
    expect(two).toBe(one);
  });
});

describe('the page about where flows start', () => {
  it('names everything that invokes functions, as a start or as none', () => {
    const page = readFileSync('docs/flows.md', 'utf8');
    const invoking = new Set(
      relationTable.flatMap(({ from, invokes }) => (invokes === undefined ? [] : [from])),
    );
    // What leads from a start to a function is told with the start.
    const between = [
      'AWS::ApiGateway::Authorizer',
      'AWS::ApiGateway::Method',
      'AWS::ApiGatewayV2::Authorizer',
      'AWS::ApiGatewayV2::Integration',
      'AWS::AppSync::DataSource',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::SNS::Subscription',
      'Custom::S3BucketNotifications',
    ];
    const told = [...invoking].filter((type) => page.includes(`\`${type}\``));
    expect([...invoking].filter((type) => !told.includes(type)).sort()).toEqual(between);
  });
});
