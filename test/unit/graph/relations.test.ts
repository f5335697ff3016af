import { describe, expect, it } from '@jest/globals';
import { relationDocs, relationTable } from '../../../src/graph/relation-table.ts';
import { PartialString, Unresolved, type ObjectValue } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref, related } from './reading.ts';

const body = (Type: string, Properties: ObjectValue = {}) => ({ Type, Properties });

describe('stages and firewalls', () => {
  const api = body('AWS::ApiGateway::RestApi');
  const stage = body('AWS::ApiGateway::Stage', { RestApiId: ref('Api'), StageName: 'prod' });
  const acl = body('AWS::WAFv2::WebACL');
  it.each([
    ['two references', [ref('Api'), '/stages/', ref('Prod')]],
    ['a literal stage name', [ref('Api'), '/stages/prod']],
  ])('are associated by an ARN of %s', (_name, end) => {
    const ResourceArn = new PartialString(['arn:aws:apigateway:eu-west-1::/restapis/', ...end]);
    const graph = graphOf({
      Api: api,
      Prod: stage,
      Acl: acl,
      Tie: body('AWS::WAFv2::WebACLAssociation', { ResourceArn, WebACLArn: ref('Acl', 'Arn') }),
    });
    expect(namesOf(graph, 'Prod', 'webAcl')).toEqual(['Acl']);
    expect(namesOf(graph, 'Acl', 'protects')).toEqual(['Prod']);
  });

  it('do not know the ACL where an association of another stack is not known', () => {
    const cause = { code: 'import' as const, message: 'no export `stage`' };
    const tie = body('AWS::WAFv2::WebACLAssociation', { ResourceArn: new Unresolved(cause), WebACLArn: 'x' });
    const graph = graphOf({ Api: api, Prod: stage, Tie: { ...tie, stack: 'edge' } });
    expect(related(graph, 'Prod', 'webAcl')).toEqual({ edges: [], incomplete: cause });
  });

  it('carry the doubt of an association that may not exist', () => {
    const uncertain = { code: 'condition' as const, message: 'condition `WithWaf` is not decided' };
    const tie = body('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: new PartialString([
        'arn:aws:apigateway:eu-west-1::/restapis/',
        ref('Api'),
        '/stages/prod',
      ]),
      WebACLArn: ref('Acl', 'Arn'),
    });
    const graph = graphOf({ Api: api, Prod: stage, Acl: acl, Tie: { ...tie, uncertain } });
    expect(related(graph, 'Prod', 'webAcl').edges[0]?.uncertain).toEqual(uncertain);
  });
});

describe('alarms and dashboards', () => {
  const metric = (MetricName: string) => ({
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [{ Name: 'FunctionName', Value: ref('Orders') }],
  });

  it('watch what dimensions name, metric maths included', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Rate: body('AWS::CloudWatch::Alarm', {
        Metrics: [
          { Id: 'rate', Expression: 'errors / calls' },
          { Id: 'errors', MetricStat: { Metric: metric('Errors'), Period: 60, Stat: 'Sum' } },
          { Id: 'calls', MetricStat: { Metric: metric('Invocations'), Period: 60, Stat: 'Sum' } },
        ],
      }),
    });
    const edges = related(graph, 'Orders', 'alarms').edges;
    expect(edges.map(({ to, attributes }) => [to?.name, attributes?.metric, attributes?.id])).toEqual([
      ['Rate', 'Errors', 'errors'],
      ['Rate', 'Invocations', 'calls'],
    ]);
    expect(related(graph, 'Rate', 'watches').edges[0]?.path).toEqual([
      'Metrics',
      1,
      'MetricStat',
      'Metric',
      'Dimensions',
      0,
      'Value',
    ]);
  });

  it('watch a stage by the names of its API and its own', () => {
    const graph = graphOf({
      Api: body('AWS::ApiGateway::RestApi', { Name: 'orders' }),
      Prod: body('AWS::ApiGateway::Stage', { RestApiId: ref('Api'), StageName: 'prod' }),
      Slow: body('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/ApiGateway',
        MetricName: 'Latency',
        Dimensions: [
          { Name: 'ApiName', Value: 'orders' },
          { Name: 'Stage', Value: 'prod' },
        ],
      }),
    });
    expect(namesOf(graph, 'Slow', 'watches')).toEqual(['Prod']);
  });

  it('mention what a body in pieces refers to, and what it names', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Inbox: body('AWS::SQS::Queue', { QueueName: 'inbox' }),
      Board: body('AWS::CloudWatch::Dashboard', {
        DashboardBody: new PartialString([
          '{"widgets":[{"properties":{"metrics":[["AWS/Lambda","Errors","FunctionName","',
          ref('Orders'),
          '"],["AWS/SQS","ApproximateNumberOfMessagesVisible","QueueName","inbox"]]}}]}',
        ]),
      }),
    });
    expect(namesOf(graph, 'Board', 'mentions').sort()).toEqual(['Inbox', 'Orders']);
    expect(namesOf(graph, 'Inbox', 'dashboards')).toEqual(['Board']);
  });

  it('watch an alias, a method or another stage as what they are, not as the whole', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function', { FunctionName: 'orders' }),
      Live: body('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [
          { Name: 'FunctionName', Value: 'orders' },
          { Name: 'Resource', Value: 'orders:live' },
        ],
      }),
      Api: body('AWS::ApiGateway::RestApi', { Name: 'orders' }),
      Prod: body('AWS::ApiGateway::Stage', { RestApiId: ref('Api'), StageName: 'prod' }),
      Test: body('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/ApiGateway',
        MetricName: 'Latency',
        Dimensions: [
          { Name: 'ApiName', Value: 'orders' },
          { Name: 'Stage', Value: 'test' },
        ],
      }),
    });
    expect(namesOf(graph, 'Live', 'watches')).toEqual([]);
    expect(namesOf(graph, 'Test', 'watches')).toEqual([]);
  });

  it('are read from queries, searches and shortened rows', () => {
    const select = `SELECT MAX(ApproximateAgeOfOldestMessage) FROM SCHEMA("AWS/SQS", QueueName) WHERE QueueName = 'inbox' OR QueueName = 'outbox'`;
    const graph = graphOf({
      Inbox: body('AWS::SQS::Queue', { QueueName: 'inbox' }),
      Outbox: body('AWS::SQS::Queue', { QueueName: 'outbox' }),
      Other: body('AWS::SQS::Queue', { QueueName: 'other' }),
      Orders: body('AWS::Lambda::Function', { FunctionName: 'orders' }),
      Ageing: body('AWS::CloudWatch::Alarm', { Metrics: [{ Id: 'q', Expression: select }] }),
      Board: body('AWS::CloudWatch::Dashboard', {
        DashboardBody: JSON.stringify({
          widgets: [
            {
              properties: {
                metrics: [
                  ['AWS/SQS', 'X', 'QueueName', 'inbox', {}],
                  ['...', 'outbox'],
                ],
              },
            },
            {
              properties: {
                metrics: [
                  [{ expression: `SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors"', 'Sum', 300)` }],
                ],
              },
            },
          ],
        }),
      }),
    });
    expect(namesOf(graph, 'Ageing', 'watches').sort()).toEqual(['Inbox', 'Outbox']);
    expect(namesOf(graph, 'Board', 'mentions').sort()).toEqual(['Inbox', 'Orders', 'Outbox']);
  });
});

describe('log groups', () => {
  it('belong to a function by the name that Lambda gives them', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Group: body('AWS::Logs::LogGroup', {
        LogGroupName: new PartialString(['/aws/lambda/', ref('Orders')]),
      }),
    });
    expect(namesOf(graph, 'Orders', 'logGroup')).toEqual(['Group']);
  });

  it('belong to a function by its literal name', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function', { FunctionName: 'orders' }),
      Group: body('AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/orders' }),
    });
    expect(namesOf(graph, 'Orders', 'logGroup')).toEqual(['Group']);
  });

  it('are the ones that the function names itself, whatever lies under the usual name', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function', {
        FunctionName: 'orders',
        LoggingConfig: { LogGroup: ref('Own') },
      }),
      Own: body('AWS::Logs::LogGroup'),
      Usual: body('AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/orders' }),
    });
    expect(namesOf(graph, 'Orders', 'logGroup')).toEqual(['Own']);
  });

  it('are made by the custom resource of CDK', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Keep: body('Custom::LogRetention', {
        LogGroupName: new PartialString(['/aws/lambda/', ref('Orders')]),
        RetentionInDays: '30',
      }),
    });
    const [edge] = related(graph, 'Orders', 'logGroup').edges;
    expect(edge?.to).toMatchObject({ generated: true, properties: { RetentionInDays: 30 } });
  });
});

describe('networks', () => {
  it('lead from a function to its route tables and endpoints', () => {
    const graph = graphOf({
      Vpc: body('AWS::EC2::VPC'),
      A: body('AWS::EC2::Subnet', { VpcId: ref('Vpc') }),
      Table: body('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
      Tie: body('AWS::EC2::SubnetRouteTableAssociation', { SubnetId: ref('A'), RouteTableId: ref('Table') }),
      Out: body('AWS::EC2::Route', { RouteTableId: ref('Table'), NatGatewayId: ref('Nat') }),
      Nat: body('AWS::EC2::NatGateway', { SubnetId: ref('A') }),
      Data: body('AWS::EC2::VPCEndpoint', { VpcId: ref('Vpc'), RouteTableIds: [ref('Table')] }),
      Orders: body('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('A')] } }),
    });
    expect(namesOf(graph, 'Orders', 'vpc')).toEqual(['Vpc']);
    expect(namesOf(graph, 'Vpc', 'subnets')).toEqual(['A']);
    expect(namesOf(graph, 'Orders', 'endpoints')).toEqual(['Data']);
    expect(namesOf(graph, 'Orders', 'routeTables')).toEqual(['Table']);
    expect(namesOf(graph, 'Table', 'routes')).toEqual(['Out']);
    expect(namesOf(graph, 'Table', 'endpoints')).toEqual(['Data']);
    expect(namesOf(graph, 'A', 'natGateways')).toEqual(['Nat']);
  });

  it('keep the doubt of one unresolved subnet', () => {
    const cause = { code: 'parameter' as const, message: 'parameter `Subnet` has no default' };
    const graph = graphOf({
      Vpc: body('AWS::EC2::VPC'),
      A: body('AWS::EC2::Subnet', { VpcId: ref('Vpc') }),
      Orders: body('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('A'), new Unresolved(cause)] } }),
    });
    expect(namesOf(graph, 'Orders', 'vpc')).toEqual(['Vpc', '?parameter']);
  });

  it('name a VPC’s default group as one that stands outside', () => {
    const graph = graphOf({
      Vpc: body('AWS::EC2::VPC'),
      Orders: body('AWS::Lambda::Function', {
        VpcConfig: { SecurityGroupIds: [ref('Vpc', 'DefaultSecurityGroup')] },
      }),
    });
    expect(related(graph, 'Orders', 'securityGroups').edges[0]?.to?.external).toBe(true);
  });
});

describe('keys', () => {
  it('are found through their alias', () => {
    const graph = graphOf({
      Key: body('AWS::KMS::Key'),
      Alias: body('AWS::KMS::Alias', { AliasName: 'alias/data', TargetKeyId: ref('Key') }),
      ByName: body('AWS::SQS::Queue', { KmsMasterKeyId: 'alias/data' }),
      ByReference: body('AWS::SNS::Topic', { KmsMasterKeyId: ref('Alias') }),
      OfAws: body('AWS::SQS::Queue', { KmsMasterKeyId: 'alias/aws/sqs' }),
    });
    expect(namesOf(graph, 'Key', 'keyOf')).toEqual(['ByName', 'ByReference']);
    expect(related(graph, 'OfAws', 'kmsKey').edges[0]?.to).toMatchObject({
      external: true,
      name: 'alias/aws/sqs',
    });
  });
});

describe('queues', () => {
  it('read a redrive policy that is given as JSON text', () => {
    const graph = graphOf({
      Failed: body('AWS::SQS::Queue'),
      Inbox: body('AWS::SQS::Queue', {
        RedrivePolicy: new PartialString([
          '{"deadLetterTargetArn":"',
          ref('Failed', 'Arn'),
          '","maxReceiveCount":3}',
        ]),
      }),
    });
    expect(namesOf(graph, 'Inbox', 'deadLetterQueue')).toEqual(['Failed']);
    expect(related(graph, 'Inbox', 'deadLetterQueue').edges[0]?.attributes).toEqual({ maxReceiveCount: 3 });
  });

  it('know who may replay them', () => {
    const statement = { Effect: 'Allow', Action: 'sqs:StartMessageMoveTask', Resource: ref('Failed', 'Arn') };
    const graph = graphOf({
      Failed: body('AWS::SQS::Queue'),
      Operator: body('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: statement } }] }),
    });
    expect(namesOf(graph, 'Failed', 'replayedBy')).toEqual(['Operator']);
  });

  it('name the document that is their runbook', () => {
    const graph = graphOf({
      Failed: body('AWS::SQS::Queue', { Tags: [{ Key: 'runbook', Value: ref('Doc') }] }),
      Doc: body('AWS::SSM::Document', { Name: 'orders-replay' }),
      Deep: body('AWS::CloudWatch::Alarm', { AlarmDescription: 'Follow orders-replay, step 2' }),
    });
    expect(namesOf(graph, 'Failed', 'runbooks')).toEqual(['Doc']);
    expect(namesOf(graph, 'Deep', 'runbooks')).toEqual(['Doc']);
  });
});

describe('topics', () => {
  it('do not take an address for a resource', () => {
    const cause = { code: 'parameter' as const, message: 'parameter `Email` has no default' };
    const graph = graphOf({
      Events: body('AWS::SNS::Topic'),
      Mail: body('AWS::SNS::Subscription', {
        TopicArn: ref('Events'),
        Protocol: 'email',
        Endpoint: new Unresolved(cause),
      }),
    });
    expect(namesOf(graph, 'Mail', 'endpoint')).toEqual([]);
    expect(namesOf(graph, 'Events', 'subscriptions')).toEqual(['Mail']);
  });
});

describe('uses', () => {
  it('come from the environment and from the role, with the manner of access', () => {
    const graph = graphOf({
      Table: body('AWS::DynamoDB::Table'),
      Files: body('AWS::S3::Bucket', { BucketName: 'files' }),
      Role: body('AWS::IAM::Role', {
        Policies: [
          {
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::files/*' }],
            },
          },
        ],
      }),
      Orders: body('AWS::Lambda::Function', {
        Role: ref('Role', 'Arn'),
        Environment: { Variables: { TABLE: ref('Table') } },
      }),
    });
    const found = related(graph, 'Orders', 'uses').edges.map(({ to, attributes }) => [to?.name, attributes]);
    expect(found).toEqual([
      ['Table', { access: 'unknown', via: 'environment' }],
      ['Files', { access: 'write', via: 'role' }],
    ]);
    expect(namesOf(graph, 'Files', 'usedBy')).toEqual(['Orders']);
  });
});

describe('functions', () => {
  it('know the aliases that keep instances ready', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Cold: body('AWS::Lambda::Alias', { FunctionName: ref('Orders'), Name: 'cold' }),
      Warm: body('AWS::Lambda::Alias', {
        FunctionName: ref('Orders'),
        Name: 'warm',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
      }),
      Scale: body('AWS::ApplicationAutoScaling::ScalableTarget', {
        ResourceId: new PartialString(['function:', ref('Orders'), ':warm']),
      }),
    });
    expect(namesOf(graph, 'Orders', 'aliases')).toEqual(['Cold', 'Warm']);
    expect(namesOf(graph, 'Orders', 'provisionedConcurrency')).toEqual(['Warm']);
    expect(namesOf(graph, 'Orders', 'scalableTargets')).toEqual(['Scale']);
    expect(namesOf(graph, 'Warm', 'scalableTargets')).toEqual(['Scale']);
  });

  it('know the distributions that run them at the edge', () => {
    const associations = { LambdaFunctionAssociations: [{ LambdaFunctionARN: ref('Version') }] };
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      Version: body('AWS::Lambda::Version', { FunctionName: ref('Orders') }),
      Edge: body('AWS::CloudFront::Distribution', { DistributionConfig: { CacheBehaviors: [associations] } }),
    });
    expect(namesOf(graph, 'Orders', 'edgeOf')).toEqual(['Edge']);
  });
});

describe('the relation table', () => {
  it('has one inverse for each name and source type', () => {
    const inverses = new Map<string, string>();
    for (const { from, path, name, inverse } of relationTable) {
      const key = `${from} ${path} ${name}`;
      expect([key, inverses.get(key) ?? inverse]).toEqual([key, inverse]);
      inverses.set(key, inverse);
    }
  });

  it('is documented: every line has a name, types and a path or a note', () => {
    const docs = relationDocs();
    expect(docs.length).toBeGreaterThan(100);
    expect(
      docs.filter(
        ({ name, from, to, path, note }) =>
          name === '' || from.length === 0 || to.length === 0 || (path === '' && note === undefined),
      ),
    ).toEqual([]);
    expect(
      docs.find(({ name, from }) => name === 'deadLetterQueue' && from.includes('AWS::SQS::Queue')),
    ).toMatchObject({
      inverse: 'deadLetterOf',
      path: 'RedrivePolicy.deadLetterTargetArn',
    });
  });
});

describe('archives', () => {
  const role = (Action: string) =>
    body('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:events:*:*:replay/*' }],
          },
        },
      ],
    });
  it('know a role that may replay them', () => {
    const graph = graphOf({
      Archive: body('AWS::Events::Archive', { SourceArn: 'x' }),
      Reader: role('events:DescribeArchive'),
      Replayer: role('events:StartReplay'),
    });
    expect(namesOf(graph, 'Archive', 'replayedBy')).toEqual(['Replayer']);
  });
});

describe('what watches a function without naming it', () => {
  const metric = { Namespace: 'AWS/Lambda', MetricName: 'Errors' };
  const scope = body('Headgate::Scope', { Kind: 'application' });
  const fn = body('AWS::Lambda::Function', { FunctionName: 'orders' });

  it('is an alarm on a metric without dimensions, found through the application', () => {
    const graph = graphOf({
      App: scope,
      Fn: fn,
      Overall: body('AWS::CloudWatch::Alarm', metric),
      Named: body('AWS::CloudWatch::Alarm', {
        ...metric,
        Dimensions: [{ Name: 'FunctionName', Value: 'orders' }],
      }),
      Unknown: body('AWS::CloudWatch::Alarm', {
        ...metric,
        Dimensions: new Unresolved({ code: 'parameter', message: 'no value' }),
      }),
    });
    expect(namesOf(graph, 'Fn', 'account')).toEqual(['App']);
    expect(namesOf(graph, 'App', 'overallAlarms')).toEqual(['Overall']);
    expect(related(graph, 'App', 'overallAlarms').edges[0]?.attributes).toMatchObject({ metric: 'Errors' });
  });

  it('is a saved query over the log group that Lambda makes', () => {
    const graph = graphOf({
      Fn: fn,
      Query: body('AWS::Logs::QueryDefinition', {
        LogGroupNames: ['/aws/lambda/orders', '/aws/lambda/other'],
      }),
    });
    expect(namesOf(graph, 'Fn', 'logQueries')).toEqual(['Query']);
  });
});

describe('a walk that passes what nobody scanned', () => {
  const fn = body('AWS::Lambda::Function', { VpcConfig: { SubnetIds: ['subnet-1'] } });
  const endpoint = body('AWS::EC2::VPCEndpoint', { VpcId: ref('Vpc'), ServiceName: 'com.amazonaws.x.s3' });

  it('does not know that nothing is there', () => {
    const { edges, incomplete } = related(graphOf({ Fn: fn }), 'Fn', 'endpoints');
    expect(edges).toEqual([]);
    expect(incomplete).toMatchObject({ code: 'outside' });
  });

  it('knows what it finds', () => {
    const known = { ...fn, Properties: { VpcConfig: { SubnetIds: ['subnet-1', ref('Subnet')] } } };
    const subnet = body('AWS::EC2::Subnet', { VpcId: ref('Vpc') });
    const graph = graphOf({ Fn: known, Subnet: subnet, Vpc: body('AWS::EC2::VPC'), Endpoint: endpoint });
    expect(namesOf(graph, 'Fn', 'endpoints')).toEqual(['Endpoint']);
    expect(related(graph, 'Fn', 'endpoints').incomplete).toBeUndefined();
  });
});
