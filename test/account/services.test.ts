import { describe, expect, it } from '@jest/globals';
import type { AccountReading } from '../../src/account/collect-account.ts';
import { Unresolved } from '../../src/model/value.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';
import type { Fault, Replies } from './replay.ts';

const account = '111122223333';
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`;

/** Properties of everything of a type, in order of id. */
async function propertiesOf(
  type: string,
  replies: Replies,
  faults: readonly Fault[] = [],
): Promise<unknown[]> {
  const { reading } = await collect(replies, { needs: needsOf({ [type]: 'all' }), faults });
  expect(reading.diagnostics).toEqual([]);
  return ofType(reading, type).map(({ properties }) => properties);
}

function ofType(reading: AccountReading, type: string) {
  return reading.resources.filter((resource) => resource.type === type);
}

describe('HTTP APIs', () => {
  const replies: Replies = {
    'apigatewayv2.GetApis': {
      Items: [{ ApiId: 'h1', Name: 'orders', ProtocolType: 'HTTP', DisableExecuteApiEndpoint: true }],
    },
    'apigatewayv2.GetStages': {
      Items: [
        {
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: { ThrottlingBurstLimit: 10 },
          StageVariables: {},
        },
      ],
    },
    'apigatewayv2.GetRoutes': {
      Items: [{ RouteId: 'r', RouteKey: 'GET /', AuthorizationType: 'JWT', Target: 'integrations/i' }],
    },
    'apigatewayv2.GetIntegrations': {
      Items: [
        { IntegrationId: 'i', IntegrationType: 'AWS_PROXY', IntegrationUri: arn('lambda', 'function:f') },
      ],
    },
    'apigatewayv2.GetDomainNames': { Items: [{ DomainName: 'api.example.com' }] },
    'apigatewayv2.GetApiMappings': {
      Items: [{ ApiMappingId: 'm', ApiId: 'h1', Stage: '$default', ApiMappingKey: 'v1/orders' }],
    },
  };

  it('have stages, routes and integrations', async () => {
    expect(await propertiesOf('AWS::ApiGatewayV2::Stage', replies)).toEqual([
      {
        ApiId: 'h1',
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingBurstLimit: 10 },
        DraftDeployed: true,
        UndeployedChanges: [],
      },
    ]);
    expect(await propertiesOf('AWS::ApiGatewayV2::Route', replies)).toEqual([
      { ApiId: 'h1', RouteId: 'r', RouteKey: 'GET /', AuthorizationType: 'JWT', Target: 'integrations/i' },
    ]);
    expect(await propertiesOf('AWS::ApiGatewayV2::Integration', replies)).toMatchObject([
      { ApiId: 'h1', IntegrationUri: arn('lambda', 'function:f') },
    ]);
  });

  it('answer under the custom domains that map to them', async () => {
    expect(await propertiesOf('AWS::ApiGatewayV2::ApiMapping', replies)).toEqual([
      {
        ApiMappingId: 'm',
        DomainName: 'api.example.com',
        ApiId: 'h1',
        Stage: '$default',
        ApiMappingKey: 'v1/orders',
      },
    ]);
  });
});

describe('private custom domains', () => {
  it('are told from public ones, with the APIs that answer under them', async () => {
    const DomainNameArn = `arn:aws:apigateway:eu-west-1:${account}:/domainnames/api.internal+d1`;
    const replies: Replies = {
      'apigateway.GetDomainNames': {
        items: [
          { domainName: 'api.example.com' },
          { domainName: 'api.internal', domainNameId: 'd1', domainNameArn: DomainNameArn },
        ],
      },
      'apigateway.GetBasePathMappings': ({ domainNameId }) => ({
        items: [{ basePath: `(none)${String(domainNameId)}`, restApiId: 'r1', stage: 'prod' }],
      }),
    };
    expect(await propertiesOf('AWS::ApiGateway::BasePathMappingV2', replies)).toEqual([
      { DomainNameArn, RestApiId: 'r1', Stage: 'prod', BasePath: '(none)d1' },
    ]);
    expect(await propertiesOf('AWS::ApiGateway::DomainName', replies)).toEqual([
      { DomainName: 'api.example.com' },
    ]);
  });
});

describe('topics', () => {
  const topic = arn('sns', 'orders');
  const replies: Replies = {
    'sns.ListTopics': { Topics: [{ TopicArn: topic }] },
    'sns.GetTopicAttributes': {
      Attributes: {
        KmsMasterKeyId: 'alias/orders',
        TracingConfig: 'Active',
        Policy: '{"Statement":[]}',
        DisplayName: '',
      },
    },
    'sns.ListSubscriptions': {
      Subscriptions: [
        { SubscriptionArn: `${topic}:1`, TopicArn: topic, Protocol: 'sqs', Endpoint: arn('sqs', 'orders') },
        {
          SubscriptionArn: 'PendingConfirmation',
          TopicArn: topic,
          Protocol: 'email',
          Endpoint: 'a@example.com',
        },
      ],
    },
    'sns.GetSubscriptionAttributes': {
      Attributes: { RedrivePolicy: '{"deadLetterTargetArn":"x"}', RawMessageDelivery: 'true' },
    },
  };

  it('carry their attributes, and their policy beside them', async () => {
    expect(await propertiesOf('AWS::SNS::Topic', replies)).toEqual([
      {
        TopicArn: topic,
        TopicName: 'orders',
        KmsMasterKeyId: 'alias/orders',
        TracingConfig: 'Active',
      },
    ]);
    expect(await propertiesOf('AWS::SNS::TopicPolicy', replies)).toEqual([
      { Topics: [topic], PolicyDocument: { Statement: [] } },
    ]);
  });

  it('are subscribed to, and what is not confirmed is not asked about', async () => {
    const { reading, account: replayed } = await collect(replies, {
      needs: needsOf({ 'AWS::SNS::Subscription': 'all' }),
    });
    expect(ofType(reading, 'AWS::SNS::Subscription').map(({ properties }) => properties)).toEqual([
      { TopicArn: topic, Protocol: 'email', Endpoint: 'a@example.com', State: 'PendingConfirmation' },
      {
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: arn('sqs', 'orders'),
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: 'x' },
      },
    ]);
    expect(replayed.counts()['sns.GetSubscriptionAttributes']).toBe(1);
  });
});

describe('schedules and pipes', () => {
  it('are read with their targets', async () => {
    const target = {
      Arn: arn('lambda', 'function:f'),
      RoleArn: 'r',
      DeadLetterConfig: { Arn: arn('sqs', 'dlq') },
    };
    expect(
      await propertiesOf('AWS::Scheduler::Schedule', {
        'scheduler.ListSchedules': {
          Schedules: [
            {
              Name: 'nightly',
              GroupName: 'g',
              Arn: arn('scheduler', 'schedule/g/nightly'),
              State: 'ENABLED',
            },
          ],
        },
        'scheduler.GetSchedule': ({ GroupName }) => ({
          ScheduleExpression: `rate(1 hour) ${String(GroupName)}`,
          Target: target,
          StartDate: new Date(0),
        }),
      }),
    ).toEqual([
      {
        Name: 'nightly',
        Arn: arn('scheduler', 'schedule/g/nightly'),
        GroupName: 'g',
        State: 'ENABLED',
        ScheduleExpression: 'rate(1 hour) g',
        StartDate: '1970-01-01T00:00:00.000Z',
        Target: target,
      },
    ]);
    expect(
      await propertiesOf('AWS::Pipes::Pipe', {
        'pipes.ListPipes': {
          Pipes: [
            { Name: 'p', Arn: arn('pipes', 'pipe/p'), Source: 's', Target: 't', DesiredState: 'RUNNING' },
          ],
        },
        'pipes.DescribePipe': { RoleArn: 'r', SourceParameters: { SqsQueueParameters: { BatchSize: 10 } } },
      }),
    ).toMatchObject([
      { Source: 's', RoleArn: 'r', SourceParameters: { SqsQueueParameters: { BatchSize: 10 } } },
    ]);
  });
});

describe('state machines', () => {
  const machine = arn('states', 'stateMachine:fulfil');
  const list = {
    'sfn.ListStateMachines': {
      stateMachines: [{ name: 'fulfil', stateMachineArn: machine, type: 'STANDARD' }],
    },
  };

  it('have their definition, logs and traces', async () => {
    const properties = await propertiesOf('AWS::StepFunctions::StateMachine', {
      ...list,
      'sfn.DescribeStateMachine': {
        definition: '{"StartAt":"A"}',
        roleArn: 'r',
        loggingConfiguration: {
          level: 'ALL',
          destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'l' } }],
        },
        tracingConfiguration: { enabled: true },
        encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k' },
      },
    });
    expect(properties).toMatchObject([
      {
        StateMachineName: 'fulfil',
        StateMachineType: 'STANDARD',
        DefinitionString: '{"StartAt":"A"}',
        LoggingConfiguration: {
          Level: 'ALL',
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: 'l' } }],
        },
        TracingConfiguration: { Enabled: true },
        EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: 'k' },
      },
    ]);
  });

  it('whose key refuses the auditor lack the definition alone', async () => {
    const [properties] = await propertiesOf('AWS::StepFunctions::StateMachine', {
      ...list,
      'sfn.DescribeStateMachine': ({ includedData }) => {
        if (includedData !== 'METADATA_ONLY')
          throw Object.assign(new Error('denied'), { name: 'KmsAccessDeniedException' });
        return { tracingConfiguration: { enabled: true } };
      },
    });
    expect(properties).toMatchObject({ TracingConfiguration: { Enabled: true } });
    expect(properties).toHaveProperty('DefinitionString.cause.code', 'denied');
  });
});

describe('tables', () => {
  it('tell a key that was chosen, and nothing of the one that was not', async () => {
    const properties = await propertiesOf('AWS::DynamoDB::Table', {
      'dynamodb.ListTables': { TableNames: ['plain', 'sealed'] },
      'dynamodb.DescribeTable': ({ TableName }) => ({
        Table: {
          BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
          ...(TableName === 'sealed'
            ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: arn('kms', 'key/1') } }
            : {}),
        },
      }),
      'dynamodb.DescribeContinuousBackups': {
        ContinuousBackupsDescription: {
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35 },
        },
      },
      'dynamodb.DescribeTimeToLive': { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
    });
    expect(properties[0]).not.toHaveProperty('SSESpecification');
    expect(properties[0]).not.toHaveProperty('TimeToLiveSpecification');
    expect(properties[1]).toMatchObject({
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arn('kms', 'key/1') },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
    });
  });
});

describe('buckets', () => {
  const replies: Replies = {
    's3.ListBuckets': {
      Buckets: [
        { Name: 'orders', BucketRegion: 'eu-west-1' },
        { Name: 'far', BucketRegion: 'us-east-1' },
      ],
    },
    's3.GetBucketEncryption': {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
            BucketKeyEnabled: true,
          },
        ],
      },
    },
    's3.GetBucketVersioning': { Status: 'Enabled' },
    's3.GetBucketPolicy': { Policy: '{"Statement":[]}' },
    's3.GetPublicAccessBlock': {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false },
    },
    's3.GetBucketNotificationConfiguration': {
      EventBridgeConfiguration: {},
      LambdaFunctionConfigurations: [
        {
          LambdaFunctionArn: arn('lambda', 'function:f'),
          Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
          Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
        },
      ],
    },
  };

  it('are those of the Region, in the shapes of templates', async () => {
    const filter = { S3Key: { Rules: [{ Name: 'prefix', Value: 'in/' }] } };
    expect(await propertiesOf('AWS::S3::Bucket', replies)).toMatchObject([
      {
        BucketName: 'orders',
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
              BucketKeyEnabled: true,
            },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: {
          EventBridgeConfiguration: { EventBridgeEnabled: true },
          LambdaConfigurations: [
            { Event: 's3:ObjectCreated:*', Function: arn('lambda', 'function:f'), Filter: filter },
            { Event: 's3:ObjectRemoved:*', Function: arn('lambda', 'function:f'), Filter: filter },
          ],
        },
      },
    ]);
    expect(await propertiesOf('AWS::S3::BucketPolicy', replies)).toEqual([
      { Bucket: 'orders', PolicyDocument: { Statement: [] } },
    ]);
  });

  it('block what they say that they block, and nothing else', async () => {
    const [bucket] = await propertiesOf('AWS::S3::Bucket', replies);
    expect(bucket).toHaveProperty('PublicAccessBlockConfiguration', {
      BlockPublicAcls: true,
      BlockPublicPolicy: false,
      IgnorePublicAcls: false,
      RestrictPublicBuckets: false,
    });
  });

  it.each([
    ['logdelivery.elasticloadbalancing.amazonaws.com', 'arn:aws:s3:::orders/*', 1],
    ['delivery.logs.amazonaws.com', 'arn:aws:s3:::orders/AWSLogs/*', 0],
  ])('show that load balancers may write their logs to them: %s', async (Service, Resource, count) => {
    const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 's3:PutObject', Resource }];
    const policy = { 's3.GetBucketPolicy': { Policy: JSON.stringify({ Statement }) } };
    const needs = needsOf({ 'AWS::S3::Bucket': [], 'AWS::ElasticLoadBalancingV2::LoadBalancer': [] });
    const { reading } = await collect({ ...replies, ...policy }, { needs });
    const balancers = ofType(reading, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancers.map(({ uncertain }) => uncertain?.code)).toEqual(Array(count).fill('not-collected'));
    expect(reading.incomplete.map(({ type }) => type)).not.toContain(
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    );
  });

  it('keep and copy objects by rules in the shape of templates', async () => {
    const answers: Replies = {
      's3.ListBuckets': { Buckets: [{ Name: 'orders', BucketRegion: 'eu-west-1' }] },
      's3.GetBucketLifecycleConfiguration': {
        Rules: [
          {
            ID: 'old',
            Status: 'Enabled',
            Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'kind', Value: 'log' }] } },
            Expiration: { Days: 90 },
            Transitions: [{ Days: 30, StorageClass: 'GLACIER' }],
            NoncurrentVersionTransitions: [{ NoncurrentDays: 7, StorageClass: 'GLACIER' }],
            NoncurrentVersionExpiration: { NoncurrentDays: 14 },
          },
        ],
      },
      's3.GetBucketReplication': {
        ReplicationConfiguration: {
          Role: 'arn:aws:iam::111122223333:role/copy',
          Rules: [
            {
              ID: 'copy',
              Status: 'Enabled',
              Priority: 1,
              Filter: { Tag: { Key: 'kind', Value: 'log' } },
              Destination: { Bucket: 'arn:aws:s3:::copies' },
            },
          ],
        },
      },
    };
    const [bucket] = await propertiesOf('AWS::S3::Bucket', answers);
    const tag = { Key: 'kind', Value: 'log' };
    expect(bucket).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'old',
            Status: 'Enabled',
            Prefix: 'logs/',
            TagFilters: [tag],
            ExpirationInDays: 90,
            Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 30 }],
            NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER', TransitionInDays: 7 }],
            NoncurrentVersionExpiration: { NoncurrentDays: 14 },
          },
        ],
      },
      ReplicationConfiguration: {
        Role: 'arn:aws:iam::111122223333:role/copy',
        Rules: [
          {
            Id: 'copy',
            Status: 'Enabled',
            Priority: 1,
            Filter: { TagFilter: tag },
            Destination: { Bucket: 'arn:aws:s3:::copies' },
          },
        ],
      },
    });
  });

  it('stand in an account that may block public access for all of them', async () => {
    const block = { BlockPublicAcls: true, BlockPublicPolicy: true };
    const needs = needsOf({ 'Headgate::Scope': ['PublicAccessBlockConfiguration'] });
    const scopes = async (replied: Replies, faults: readonly Fault[] = []) => {
      const { reading } = await collect(replied, { needs, faults });
      return ofType(reading, 'Headgate::Scope').map(
        ({ properties }) => properties.PublicAccessBlockConfiguration,
      );
    };
    const call = 's3-control.GetPublicAccessBlock';
    expect(await scopes({ [call]: { PublicAccessBlockConfiguration: block } })).toEqual([block]);
    expect(await scopes({}, [{ call, fault: 'noBlock' }])).toEqual([undefined]);
    expect(await scopes({}, [{ call, fault: 'deny' }])).toEqual([expect.any(Unresolved)]);
  });
});

describe('secrets and keys', () => {
  it('that rotate have a rotation schedule', async () => {
    const secret = arn('secretsmanager', 'secret:db-AbCdEf');
    const replies: Replies = {
      'secretsmanager.ListSecrets': {
        SecretList: [
          {
            ARN: secret,
            Name: 'db',
            KmsKeyId: 'k',
            RotationEnabled: true,
            RotationLambdaARN: 'f',
            RotationRules: { AutomaticallyAfterDays: 30 },
          },
        ],
      },
      'secretsmanager.GetResourcePolicy': { ResourcePolicy: '{"Statement":[]}' },
    };
    expect(await propertiesOf('AWS::SecretsManager::RotationSchedule', replies)).toEqual([
      { SecretId: secret, RotationLambdaARN: 'f', RotationRules: { AutomaticallyAfterDays: 30 } },
    ]);
    expect(await propertiesOf('AWS::SecretsManager::ResourcePolicy', replies)).toEqual([
      { SecretId: secret, ResourcePolicy: { Statement: [] } },
    ]);
  });

  it('of AWS are known as such without a question about any of them', async () => {
    const { reading, account: replayed } = await collect({
      'kms.ListAliases': {
        Aliases: [
          { AliasName: 'alias/aws/sqs', AliasArn: arn('kms', 'alias/aws/sqs'), TargetKeyId: 'aws-1' },
          { AliasName: 'alias/orders', AliasArn: arn('kms', 'alias/orders'), TargetKeyId: 'own-1' },
        ],
      },
      'kms.ListKeys': { Keys: [{ KeyId: 'aws-1' }, { KeyId: 'own-1' }] },
      'kms.DescribeKey': {
        KeyMetadata: { Enabled: true, KeySpec: 'SYMMETRIC_DEFAULT', KeyState: 'Enabled' },
      },
      'kms.GetKeyRotationStatus': { KeyRotationEnabled: true, RotationPeriodInDays: 365 },
      'kms.GetKeyPolicy': { Policy: '{"Statement":[]}' },
    });
    expect(ofType(reading, 'AWS::KMS::Key').map(({ properties }) => properties)).toMatchObject([
      { KeyId: 'own-1', KeyManager: 'CUSTOMER', EnableKeyRotation: true, KeyPolicy: { Statement: [] } },
    ]);
    expect(ofType(reading, 'Headgate::AwsManagedKey').map(({ name }) => name)).toEqual(['alias/aws/sqs']);
    expect(ofType(reading, 'AWS::KMS::Alias').map(({ properties }) => properties)).toEqual([
      { AliasName: 'alias/orders', TargetKeyId: 'own-1' },
    ]);
    expect(replayed.counts()['kms.DescribeKey']).toBe(1);
  });
});

describe('alarms and logs', () => {
  it('keep the names of templates', async () => {
    const alarm = {
      AlarmName: 'depth',
      AlarmArn: arn('cloudwatch', 'alarm:depth'),
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'dlq' }],
      Threshold: 1,
      AlarmActions: [arn('sns', 'ops')],
      ActionsEnabled: true,
    };
    const replies: Replies = {
      'cloudwatch.DescribeAlarms': {
        MetricAlarms: [alarm],
        CompositeAlarms: [
          { AlarmName: 'any', AlarmArn: arn('cloudwatch', 'alarm:any'), AlarmRule: 'ALARM(depth)' },
        ],
      },
    };
    const { AlarmArn, ...rest } = alarm;
    expect(await propertiesOf('AWS::CloudWatch::Alarm', replies)).toEqual([{ ...rest, Arn: AlarmArn }]);
    expect(await propertiesOf('AWS::CloudWatch::CompositeAlarm', replies)).toMatchObject([
      { AlarmRule: 'ALARM(depth)' },
    ]);
  });

  it('of functions are found with retention and key', async () => {
    const { reading } = await collect({
      'cloudwatch-logs.DescribeLogGroups': {
        logGroups: [
          {
            logGroupName: '/aws/lambda/orders',
            arn: `${arn('logs', 'log-group:/aws/lambda/orders')}:*`,
            retentionInDays: 90,
            kmsKeyId: 'k',
          },
        ],
      },
      'cloudwatch-logs.DescribeSubscriptionFilters': {
        subscriptionFilters: [{ filterName: 'f', logGroupName: '/aws/lambda/orders', destinationArn: 'd' }],
      },
    });
    expect(ofType(reading, 'AWS::Logs::LogGroup')).toMatchObject([
      {
        id: arn('logs', 'log-group:/aws/lambda/orders'),
        properties: { LogGroupName: '/aws/lambda/orders', RetentionInDays: 90, KmsKeyId: 'k' },
      },
    ]);
    expect(ofType(reading, 'AWS::Logs::SubscriptionFilter')).toMatchObject([
      { properties: { DestinationArn: 'd' } },
    ]);
  });
});

describe('what has no Region', () => {
  const document = encodeURIComponent('{"Statement":[]}');
  const details = {
    'iam.GetAccountAuthorizationDetails': {
      IsTruncated: false,
      RoleDetailList: [
        {
          RoleName: 'orders',
          Arn: 'arn:aws:iam::111122223333:role/orders',
          Path: '/',
          AssumeRolePolicyDocument: document,
          RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document }],
          AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/X' }],
        },
        {
          RoleName: 'AWSServiceRoleForX',
          Arn: 'arn:aws:iam::111122223333:role/aws-service-role/x',
          Path: '/aws-service-role/x/',
        },
      ],
      Policies: [
        {
          PolicyName: 'X',
          Arn: 'arn:aws:iam::aws:policy/X',
          AttachmentCount: 1,
          PolicyVersionList: [{ IsDefaultVersion: true, Document: document }],
        },
        { PolicyName: 'Y', Arn: 'arn:aws:iam::aws:policy/Y', AttachmentCount: 0 },
      ],
    },
  };

  it('is read once, however many Regions are', async () => {
    const { reading, account: replayed } = await collect(details, { regions: ['eu-west-1', 'us-east-1'] });
    expect(replayed.counts()['iam.GetAccountAuthorizationDetails']).toBe(1);
    expect(ofType(reading, 'AWS::IAM::Role')).toMatchObject([
      {
        scope: '111122223333/global',
        properties: {
          RoleName: 'orders',
          AssumeRolePolicyDocument: { Statement: [] },
          Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [] } }],
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/X'],
        },
      },
    ]);
    expect(ofType(reading, 'AWS::IAM::ManagedPolicy').map(({ name }) => name)).toEqual(['X']);
  });

  it('leaves every Region in doubt where it cannot be read', async () => {
    const faults = [{ call: 'iam.', fault: 'deny' } as const];
    const { reading } = await collect(details, { regions: ['eu-west-1', 'us-east-1'], faults });
    const scopes = reading.incomplete
      .filter(({ type }) => type === 'AWS::IAM::Role')
      .map(({ scope }) => scope);
    expect(scopes).toEqual(['111122223333/eu-west-1', '111122223333/global', '111122223333/us-east-1']);
    expect(ofType(reading, 'Headgate::Scope').map(({ properties }) => properties.Complete)).toEqual([
      false,
      false,
    ]);
  });

  it('distributions among it, in the shape of templates', async () => {
    const [properties] = await propertiesOf('AWS::CloudFront::Distribution', {
      'cloudfront.ListDistributions': {
        DistributionList: {
          IsTruncated: false,
          Items: [{ Id: 'E1', ARN: 'arn:aws:cloudfront::111122223333:distribution/E1' }],
        },
      },
      'cloudfront.GetDistributionConfig': {
        DistributionConfig: {
          Aliases: { Quantity: 1, Items: ['api.example.com'] },
          CacheBehaviors: { Quantity: 0 },
          DefaultCacheBehavior: {
            ViewerProtocolPolicy: 'https-only',
            AllowedMethods: {
              Quantity: 2,
              Items: ['GET', 'HEAD'],
              CachedMethods: { Quantity: 1, Items: ['GET'] },
            },
          },
          Logging: { Enabled: false, Bucket: '' },
          Origins: {
            Quantity: 1,
            Items: [
              {
                Id: 'api',
                DomainName: 'h1.execute-api.eu-west-1.amazonaws.com',
                CustomHeaders: { Quantity: 1, Items: [{ HeaderName: 'x-origin', HeaderValue: 's' }] },
                CustomOriginConfig: {
                  OriginProtocolPolicy: 'https-only',
                  OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
                },
              },
            ],
          },
          ViewerCertificate: {
            ACMCertificateArn: 'c',
            MinimumProtocolVersion: 'TLSv1.2_2021',
            SSLSupportMethod: 'sni-only',
          },
          WebACLId: 'acl',
        },
      },
    });
    expect(properties).toMatchObject({
      DistributionConfig: {
        Aliases: ['api.example.com'],
        DefaultCacheBehavior: {
          ViewerProtocolPolicy: 'https-only',
          AllowedMethods: ['GET', 'HEAD'],
          CachedMethods: ['GET'],
        },
        Origins: [
          {
            Id: 'api',
            OriginCustomHeaders: [{ HeaderName: 'x-origin', HeaderValue: 's' }],
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
          },
        ],
        ViewerCertificate: {
          AcmCertificateArn: 'c',
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
        WebACLId: 'acl',
      },
    });
    expect(properties).not.toHaveProperty('DistributionConfig.CacheBehaviors');
    expect(properties).not.toHaveProperty('DistributionConfig.Logging');
  });
});

describe('the smaller services', () => {
  it('Security Hub that is off is absent, and not a failure', async () => {
    const off = () => {
      throw Object.assign(new Error('not subscribed'), { name: 'InvalidAccessException' });
    };
    const replies: Replies = { 'securityhub.DescribeHub': off, 'securityhub.GetEnabledStandards': off };
    expect(await propertiesOf('AWS::SecurityHub::Hub', replies)).toEqual([]);
    const on = { 'securityhub.DescribeHub': { HubArn: arn('securityhub', 'hub/default') } };
    expect(await propertiesOf('AWS::SecurityHub::Hub', on)).toEqual([
      { ARN: arn('securityhub', 'hub/default') },
    ]);
  });

  it('signing profiles, certificates and documents are found by their names', async () => {
    expect(
      await propertiesOf('AWS::Signer::SigningProfile', {
        'signer.ListSigningProfiles': {
          profiles: [
            {
              profileName: 'p',
              arn: arn('signer', '/signing-profiles/p'),
              platformId: 'AWSLambda-SHA384-ECDSA',
            },
          ],
        },
      }),
    ).toMatchObject([{ ProfileName: 'p', PlatformId: 'AWSLambda-SHA384-ECDSA' }]);
    expect(
      await propertiesOf('AWS::CertificateManager::Certificate', {
        'acm.ListCertificates': {
          CertificateSummaryList: [
            { CertificateArn: arn('acm', 'certificate/1'), DomainName: 'api.example.com' },
          ],
        },
      }),
    ).toMatchObject([{ DomainName: 'api.example.com' }]);
    expect(
      await propertiesOf('AWS::SSM::Document', {
        'ssm.ListDocuments': { DocumentIdentifiers: [{ Name: 'Redrive', DocumentType: 'Automation' }] },
        'ssm.GetDocument': { Content: '{"schemaVersion":"0.3"}' },
      }),
    ).toEqual([{ Name: 'Redrive', DocumentType: 'Automation', Content: { schemaVersion: '0.3' } }]);
  });

  it('scaling targets and user pools without any secret', async () => {
    expect(
      await propertiesOf('AWS::ApplicationAutoScaling::ScalableTarget', {
        'application-autoscaling.DescribeScalableTargets': ({ ServiceNamespace }) => ({
          ScalableTargets:
            ServiceNamespace === 'lambda'
              ? [{ ResourceId: 'function:f:live', MinCapacity: 1, MaxCapacity: 5 }]
              : [],
        }),
      }),
    ).toEqual([
      { ServiceNamespace: 'lambda', ResourceId: 'function:f:live', MinCapacity: 1, MaxCapacity: 5 },
    ]);
    const clients = await propertiesOf('AWS::Cognito::UserPoolClient', {
      'cognito.ListUserPools': { UserPools: [{ Id: 'eu-west-1_a', Name: 'users' }] },
      'cognito.ListUserPoolClients': { UserPoolClients: [{ ClientId: 'c', ClientName: 'web' }] },
      'cognito.DescribeUserPoolClient': { UserPoolClient: { ClientSecret: 'not-to-be-seen' } },
    });
    expect(clients).toEqual([
      { UserPoolId: 'eu-west-1_a', ClientId: 'c', ClientName: 'web', GenerateSecret: true },
    ]);
  });
});
