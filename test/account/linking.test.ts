import { beforeAll, describe, expect, it } from '@jest/globals';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { ResourceGraph } from '../../src/model/resource-graph.ts';
import { hasShape } from '../../src/evaluate/shapes.ts';
import { collect } from './collect.ts';
import { collectors } from '../../src/account/collectors/index.ts';
import { everythingOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';
import type { Fault, Replies } from './replay.ts';

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const document = encodeURIComponent('{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}');

const replies: Replies = {
  ...ordersAccount,
  'lambda.ListFunctions': {
    Functions: [
      {
        FunctionName: 'orders',
        FunctionArn: arn('lambda', 'function:orders'),
        Role: 'arn:aws:iam::111122223333:role/service/orders',
        KMSKeyArn: arn('kms', 'key/own-1'),
        VpcConfig: { SubnetIds: ['subnet-b'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' },
        DeadLetterConfig: { TargetArn: arn('sqs', 'orders') },
      },
    ],
  },
  'lambda.ListAliases': {
    Aliases: [{ AliasArn: arn('lambda', 'function:orders:live'), Name: 'live', FunctionVersion: '1' }],
  },
  'lambda.ListFunctionEventInvokeConfigs': {
    FunctionEventInvokeConfigs: [
      {
        FunctionArn: arn('lambda', 'function:orders:live'),
        DestinationConfig: { OnFailure: { Destination: arn('sqs', 'orders') } },
      },
    ],
  },
  'iam.GetAccountAuthorizationDetails': {
    RoleDetailList: [
      {
        RoleName: 'orders',
        Arn: 'arn:aws:iam::111122223333:role/service/orders',
        Path: '/service/',
        RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document }],
      },
    ],
  },
  'kms.ListAliases': {
    Aliases: [{ AliasName: 'alias/orders', AliasArn: arn('kms', 'alias/orders'), TargetKeyId: 'own-1' }],
  },
  'kms.ListKeys': { Keys: [{ KeyId: 'own-1' }] },
  'cloudwatch-logs.DescribeLogGroups': {
    logGroups: [
      { logGroupName: '/aws/lambda/orders', logGroupArn: arn('logs', 'log-group:/aws/lambda/orders') },
    ],
  },
  'cloudwatch.DescribeAlarms': {
    MetricAlarms: [
      {
        AlarmName: 'depth',
        AlarmArn: arn('cloudwatch', 'alarm:depth'),
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
      },
    ],
  },
};

describe('what names each other in an account', () => {
  let graph: ResourceGraph;
  beforeAll(async () => {
    const { reading } = await collect(replies);
    expect(reading.diagnostics).toEqual([]);
    graph = linkGraph(reading);
  });

  const the = (type: string): Resource => {
    const found = graph.ofType(type).filter(({ external }) => external !== true);
    expect([type, found.length]).toEqual([type, 1]);
    return found[0] as Resource; // the length was just checked
  };
  const ends = (type: string, relation: string): string[] =>
    graph
      .related(the(type), relation)
      .edges.map(({ to }) => `${to?.external === true ? 'external ' : ''}${to?.type ?? '?'}`);

  it.each([
    ['AWS::Lambda::Function', 'role', 'AWS::IAM::Role'],
    ['AWS::Lambda::Function', 'kmsKey', 'AWS::KMS::Key'],
    ['AWS::Lambda::Function', 'subnets', 'AWS::EC2::Subnet'],
    ['AWS::Lambda::Function', 'securityGroups', 'AWS::EC2::SecurityGroup'],
    ['AWS::Lambda::Function', 'deadLetterQueue', 'AWS::SQS::Queue'],
    ['AWS::Lambda::Function', 'codeSigningConfig', 'AWS::Lambda::CodeSigningConfig'],
    ['AWS::Lambda::Function', 'logGroup', 'AWS::Logs::LogGroup'],
    ['AWS::Lambda::Function', 'eventInvokeConfigs', 'AWS::Lambda::EventInvokeConfig'],
    ['AWS::Lambda::Function', 'aliases', 'AWS::Lambda::Alias'],
    ['AWS::Lambda::Function', 'routeTables', 'AWS::EC2::RouteTable'],
    ['AWS::Lambda::EventInvokeConfig', 'onFailure', 'AWS::SQS::Queue'],
    ['AWS::Lambda::EventSourceMapping', 'source', 'AWS::SQS::Queue'],
    ['AWS::Lambda::EventSourceMapping', 'function', 'AWS::Lambda::Function'],
    ['AWS::KMS::Alias', 'key', 'AWS::KMS::Key'],
    ['AWS::SQS::Queue', 'policies', 'AWS::SQS::QueuePolicy'],
    ['AWS::SQS::Queue', 'alarms', 'AWS::CloudWatch::Alarm'],
    ['AWS::ApiGateway::Stage', 'api', 'AWS::ApiGateway::RestApi'],
    ['AWS::ApiGateway::Stage', 'webAcl', 'AWS::WAFv2::WebACL'],
    ['AWS::ApiGateway::Stage', 'aclAssociations', 'AWS::WAFv2::WebACLAssociation'],
    ['AWS::ApiGateway::Method', 'api', 'AWS::ApiGateway::RestApi'],
    ['AWS::ApiGateway::Method', 'apiResource', 'AWS::ApiGateway::Resource'],
    ['AWS::ApiGateway::Method', 'integrationFunction', 'AWS::Lambda::Function'],
    ['AWS::WAFv2::WebACLAssociation', 'associatedAcl', 'AWS::WAFv2::WebACL'],
    ['AWS::Events::Rule', 'bus', 'AWS::Events::EventBus'],
    ['AWS::Events::Rule', 'targets', 'AWS::Lambda::Function'],
  ])('%s %s', (type, relation, target) => {
    expect(ends(type, relation)).toContain(target);
  });

  it('is a queue that lies outside where the account has none of that name', () => {
    expect(ends('AWS::Events::Rule', 'deadLetterQueue')).toEqual(['external AWS::SQS::Queue']);
  });

  it('gives a function the statements of its role, and its own permissions', () => {
    const lambda = the('AWS::Lambda::Function');
    expect(graph.identityStatements(lambda).statements).toMatchObject([
      { effect: 'Allow', actions: ['sqs:*'] },
    ]);
    const effects = graph.resourceStatements(lambda).statements.map(({ effect }) => effect);
    expect(effects).toEqual(expect.arrayContaining(['Allow', 'Deny']));
  });

  it('shows who invokes a function', () => {
    const invokers = graph
      .related(the('AWS::Lambda::Function'), 'invokers')
      .edges.map(({ to, attributes }) => [to?.type, attributes?.invocation]);
    expect(invokers).toEqual(
      expect.arrayContaining([
        ['AWS::ApiGateway::RestApi', 'sync'],
        ['AWS::SQS::Queue', 'poll'],
        ['AWS::Events::Rule', 'async'],
      ]),
    );
  });
});

describe('a role, which has no Region', () => {
  it('may replay an archive of any', async () => {
    const replay = encodeURIComponent(
      '{"Statement":[{"Effect":"Allow","Action":"events:StartReplay","Resource":"*"}]}',
    );
    const { reading } = await collect({
      'eventbridge.ListArchives': { Archives: [{ ArchiveName: 'orders' }] },
      'iam.GetAccountAuthorizationDetails': {
        RoleDetailList: [
          {
            RoleName: 'operators',
            Arn: 'arn:aws:iam::111122223333:role/operators',
            RolePolicyList: [{ PolicyName: 'own', PolicyDocument: replay }],
          },
        ],
      },
    });
    const graph = linkGraph(reading);
    const [archive] = graph.ofType('AWS::Events::Archive');
    const { edges } = graph.related(archive as Resource, 'replayedBy'); // the account has one
    expect(edges.map(({ to }) => to?.name)).toEqual(['operators']);
  });
});

const everyNeed = everythingOf(new Set(collectors.map(({ service }) => service)));

describe('a policy that could not be read', () => {
  it('leaves open who invokes its own function, and of no other', async () => {
    const when = ({ FunctionName }: Record<string, unknown>): boolean => FunctionName === 'refunds';
    const faults = [{ call: 'lambda.GetPolicy', fault: 'deny', when } as const];
    const { reading } = await collect(ordersAccount, { faults, needs: everyNeed });
    const graph = linkGraph(reading);
    const invokers = graph
      .ofType('AWS::Lambda::Function')
      .filter(({ external }) => external !== true)
      .map((lambda) => [lambda.name, graph.related(lambda, 'invokers').incomplete?.code]);
    expect(invokers).toEqual([
      ['orders', undefined],
      ['refunds', 'denied'],
    ]);
  });
});

describe('keys of an account', () => {
  const queueOf = (key: string): Replies => ({
    'sqs.ListQueues': { QueueUrls: ['https://sqs.eu-west-1.amazonaws.com/111122223333/orders'] },
    'sqs.GetQueueAttributes': { Attributes: { QueueArn: arn('sqs', 'orders'), KmsMasterKeyId: key } },
    'kms.ListAliases': {
      Aliases: [{ AliasName: 'alias/aws/sqs', AliasArn: arn('kms', 'alias/aws/sqs'), TargetKeyId: 'aws-1' }],
    },
    'kms.ListKeys': { Keys: [{ KeyId: 'aws-1' }, { KeyId: 'own-1' }] },
  });
  const isCustomerManaged = async (key: string, faults: readonly Fault[] = []): Promise<unknown> => {
    const { reading } = await collect(queueOf(key), { faults });
    return hasShape(key, 'customer-managed-key', { graph: linkGraph(reading), now: new Date(0) });
  };
  const denied: readonly Fault[] = [{ call: 'kms.ListAliases', fault: 'deny' }];

  it.each([
    [arn('kms', 'key/own-1'), true],
    ['own-1', true],
    ['alias/orders', true],
    [arn('kms', 'key/aws-1'), false],
    ['aws-1', false],
    ['alias/aws/sqs', false],
    ['arn:aws:kms:eu-west-1:999999999999:key/theirs', true],
  ])('are told from those of AWS: %s', async (key, expected) => {
    expect(await isCustomerManaged(key)).toBe(expected);
  });

  it.each([arn('kms', 'key/own-1'), 'own-1'])(
    'are unknown where they could not be listed: %s',
    async (key) => {
      expect(await isCustomerManaged(key, denied)).toMatchObject({ code: 'denied' });
    },
  );
});

describe('what has no Region', () => {
  const host = 'abcdefghijklmnopqrstuvwxyz.lambda-url.eu-west-1.on.aws';
  const fronted: Replies = {
    'lambda.ListFunctions': {
      Functions: [{ FunctionName: 'orders', FunctionArn: arn('lambda', 'function:orders') }],
    },
    'lambda.ListFunctionUrlConfigs': {
      FunctionUrlConfigs: [
        { FunctionArn: arn('lambda', 'function:orders'), FunctionUrl: `https://${host}/`, AuthType: 'NONE' },
      ],
    },
    'apigateway.GetRestApis': { items: [{ id: 'a1b2c3d4e5', name: 'orders' }] },
    'apigateway.GetDomainNames': {
      items: [
        { domainName: 'api.example.com', regionalDomainName: 'd-1.execute-api.eu-west-1.amazonaws.com' },
      ],
    },
    'apigatewayv2.GetDomainNames': { Items: [{ DomainName: 'api.example.com' }] },
    'apigatewayv2.GetApiMappings': {
      Items: [{ ApiMappingId: 'm', ApiId: 'a1b2c3d4e5', Stage: 'prod', ApiMappingKey: '' }],
    },
    'cloudfront.ListDistributions': {
      DistributionList: {
        IsTruncated: false,
        Items: [{ Id: 'E1', ARN: 'arn:aws:cloudfront::1:distribution/E1' }],
      },
    },
    'ec2.DescribeVpcs': { Vpcs: [] },
  };
  const frontedBy = async (type: string, origin: string, faults: readonly Fault[] = []) => {
    const Origins = { Quantity: 1, Items: [{ Id: 'api', DomainName: origin }] };
    const replies = { ...fronted, 'cloudfront.GetDistributionConfig': { DistributionConfig: { Origins } } };
    const graph = linkGraph((await collect(replies, { faults })).reading);
    const [named] = graph.ofType(type);
    const { edges, incomplete } = graph.related(named as Resource, 'frontedBy'); // every type is there
    return { by: edges.flatMap(({ to }) => to?.name ?? []), incomplete: incomplete?.code };
  };

  it.each([
    ['AWS::Lambda::Url', host],
    ['AWS::ApiGateway::RestApi', 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com'],
    ['AWS::ApiGateway::RestApi', 'api.example.com'],
    ['AWS::ApiGateway::RestApi', 'd-1.execute-api.eu-west-1.amazonaws.com'],
  ])('stands before what a Region has: %s as %s', async (type, origin) => {
    expect(await frontedBy(type, origin)).toEqual({ by: ['E1'], incomplete: undefined });
  });

  it('stands before nothing that it does not name', async () => {
    expect(await frontedBy('AWS::Lambda::Url', 'www.example.com')).toEqual({ by: [], incomplete: undefined });
  });

  it.each(['cloudfront.GetDistributionConfig', 'cloudfront.ListDistributions'])(
    'may stand before anything where it could not be read: %s',
    async (call) => {
      const faults = [{ call, fault: 'deny' } as const];
      expect(await frontedBy('AWS::Lambda::Url', host, faults)).toEqual({ by: [], incomplete: 'denied' });
      expect(await frontedBy('AWS::ApiGateway::RestApi', host, faults)).toMatchObject({
        incomplete: 'denied',
      });
    },
  );
});
