import { describe, expect, it } from '@jest/globals';
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
