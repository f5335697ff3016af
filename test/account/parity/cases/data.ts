import { functionArn, functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, sub, text, to, type ParityCase, type Side } from '../parity-case.ts';

const keyArn = arn('kms', 'key/0b1c2d3e');
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
  ],
};

interface KeyParts {
  readonly isEnabled?: boolean;
  readonly isAliased?: boolean;
}

/** A key of the account's own, with an alias or without one, and the key that AWS keeps for tables. */
function keySide({ isEnabled = true, isAliased = false }: KeyParts = {}): Side {
  const ofTables = { AliasName: 'alias/aws/dynamodb', TargetKeyId: 'aaaa1111' };
  const own = { AliasName: 'alias/orders', AliasArn: arn('kms', 'alias/orders'), TargetKeyId: '0b1c2d3e' };
  return {
    resources: {
      Key: [
        'AWS::KMS::Key',
        { KeyPolicy: keyPolicy, EnableKeyRotation: true, ...(isEnabled ? {} : { Enabled: false }) },
      ],
      Alias: isAliased
        ? ['AWS::KMS::Alias', { AliasName: 'alias/orders', TargetKeyId: to('Key') }]
        : undefined,
    },
    replies: {
      'kms.ListAliases': {
        Aliases: [{ ...ofTables, AliasArn: arn('kms', 'alias/aws/dynamodb') }, ...(isAliased ? [own] : [])],
      },
      'kms.ListKeys': { Keys: [{ KeyId: '0b1c2d3e' }, { KeyId: 'aaaa1111' }] },
      'kms.DescribeKey': {
        KeyMetadata: {
          KeyId: '0b1c2d3e',
          KeyState: isEnabled ? 'Enabled' : 'Disabled',
          Enabled: isEnabled,
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
          KeyManager: 'CUSTOMER',
          Origin: 'AWS_KMS',
          MultiRegion: false,
        },
      },
      'kms.GetKeyRotationStatus': { KeyRotationEnabled: true, RotationPeriodInDays: 365 },
      'kms.GetKeyPolicy': { Policy: text(keyPolicy), PolicyName: 'default' },
    },
  };
}

const keyPair = pair('AWS::KMS::Key', 'Key', '0b1c2d3e');

interface TableParts {
  readonly declared: Side['resources'][string];
  readonly encryption?: object;
  readonly recovers: boolean;
}

function tableSide({ declared, encryption, recovers }: TableParts): Side {
  return {
    resources: { Table: declared },
    replies: {
      'dynamodb.ListTables': { TableNames: ['orders'] },
      'dynamodb.DescribeTable': {
        Table: {
          TableName: 'orders',
          TableStatus: 'ACTIVE',
          BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
          DeletionProtectionEnabled: recovers,
          ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
          ...(encryption === undefined ? {} : { SSEDescription: encryption }),
        },
      },
      'dynamodb.DescribeContinuousBackups': {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recovers ? 'ENABLED' : 'DISABLED' },
        },
      },
    },
  };
}

const byKey = { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn };
const byAws = { ...byKey, KMSMasterKeyArn: arn('kms', 'key/aaaa1111') };
const attributes = {
  TableName: 'orders',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};

const globalTable: ParityCase = {
  name: 'a global table with one replica',
  sound: layOver(
    keySide(),
    tableSide({
      declared: [
        'AWS::DynamoDB::GlobalTable',
        {
          ...attributes,
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
          Replicas: [
            {
              Region: 'eu-west-1',
              SSESpecification: { KMSMasterKeyId: at('Key') },
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
              DeletionProtectionEnabled: true,
            },
          ],
        },
      ],
      encryption: byKey,
      recovers: true,
    }),
  ),
  bad: tableSide({
    declared: ['AWS::DynamoDB::GlobalTable', { ...attributes, Replicas: [{ Region: 'eu-west-1' }] }],
    recovers: false,
  }),
  pairs: [keyPair, pair('AWS::DynamoDB::Table', 'Table', 'orders', 'AWS::DynamoDB::GlobalTable')],
};

/** A table of fixed capacity, and what scales its reads and writes. */
function scaledSide(isScaled: boolean): Side {
  const units = ['Read', 'Write'];
  const dimension = (unit: string): string => `dynamodb:table:${unit}CapacityUnits`;
  const tracking = { TargetValue: 70 };
  return {
    resources: {
      Table: [
        'AWS::DynamoDB::Table',
        {
          ...attributes,
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        },
      ],
      ...Object.fromEntries(
        units.flatMap((unit): [string, Side['resources'][string]][] => [
          [
            `${unit}s`,
            [
              'AWS::ApplicationAutoScaling::ScalableTarget',
              {
                ServiceNamespace: 'dynamodb',
                ScalableDimension: dimension(unit),
                ResourceId: sub('table/${Table}'),
                MinCapacity: 5,
                MaxCapacity: 100,
              },
            ],
          ],
          [
            `${unit}Policy`,
            isScaled
              ? [
                  'AWS::ApplicationAutoScaling::ScalingPolicy',
                  {
                    PolicyName: unit,
                    PolicyType: 'TargetTrackingScaling',
                    ScalingTargetId: to(`${unit}s`),
                    TargetTrackingScalingPolicyConfiguration: tracking,
                  },
                ]
              : undefined,
          ],
        ]),
      ),
    },
    replies: {
      'dynamodb.ListTables': { TableNames: ['orders'] },
      'dynamodb.DescribeTable': {
        Table: {
          TableName: 'orders',
          TableStatus: 'ACTIVE',
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5, NumberOfDecreasesToday: 0 },
        },
      },
      'dynamodb.DescribeContinuousBackups': {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      },
      'application-autoscaling.DescribeScalableTargets': ({ ServiceNamespace }) => ({
        ScalableTargets:
          ServiceNamespace === 'dynamodb'
            ? units.map((unit) => ({
                ServiceNamespace,
                ScalableDimension: dimension(unit),
                ResourceId: 'table/orders',
                MinCapacity: 5,
                MaxCapacity: 100,
              }))
            : [],
      }),
      'application-autoscaling.DescribeScalingPolicies': ({ ServiceNamespace }) => ({
        ScalingPolicies:
          isScaled && ServiceNamespace === 'dynamodb'
            ? units.map((unit) => ({
                PolicyARN: arn('autoscaling', `scalingPolicy:${unit}`),
                PolicyName: unit,
                PolicyType: 'TargetTrackingScaling',
                ServiceNamespace,
                ScalableDimension: dimension(unit),
                ResourceId: 'table/orders',
                TargetTrackingScalingPolicyConfiguration: tracking,
              }))
            : [],
      }),
    },
  };
}

const scaledTable: ParityCase = {
  name: 'a table whose capacity is scaled',
  sound: scaledSide(true),
  bad: scaledSide(false),
  pairs: [pair('AWS::DynamoDB::Table', 'Table', 'orders')],
  proofs: [
    {
      type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      owner: 'Table',
      rules: ['more.dynamodb.capacity'],
      change: scaledSide(false),
    },
  ],
};

const openTable = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'dynamodb:*', Resource: '*' }],
};

const tableOfAws: ParityCase = {
  name: 'a table that is encrypted with a key of AWS, and open to everyone',
  sound: layOver(
    keySide(),
    tableSide({
      declared: [
        'AWS::DynamoDB::Table',
        {
          ...attributes,
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: at('Key') },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
      ],
      encryption: byKey,
      recovers: true,
    }),
  ),
  bad: layOver(
    tableSide({
      declared: [
        'AWS::DynamoDB::Table',
        {
          ...attributes,
          SSESpecification: { SSEEnabled: true },
          ResourcePolicy: { PolicyDocument: openTable },
        },
      ],
      encryption: byAws,
      recovers: false,
    }),
    { resources: {}, replies: { 'dynamodb.GetResourcePolicy': { Policy: text(openTable) } } },
  ),
  pairs: [keyPair, pair('AWS::DynamoDB::Table', 'Table', 'orders')],
};

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders';
const queueArn = arn('sqs', 'orders');
const topicArn = arn('sns', 'orders');

interface PolicyTypes {
  readonly queue: 'AWS::SQS::QueuePolicy' | 'AWS::SQS::QueueInlinePolicy';
  readonly topic: 'AWS::SNS::TopicPolicy' | 'AWS::SNS::TopicInlinePolicy';
}

const policyTypes: PolicyTypes = { queue: 'AWS::SQS::QueuePolicy', topic: 'AWS::SNS::TopicPolicy' };
const inlineTypes: PolicyTypes = {
  queue: 'AWS::SQS::QueueInlinePolicy',
  topic: 'AWS::SNS::TopicInlinePolicy',
};

const sole = (Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });

/** What a queue's policy, and a topic's, says soundly and badly. */
const queueStatements = (Resource: unknown, isSound: boolean): readonly object[] =>
  isSound
    ? [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sqs:*', Resource },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]
    : [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource }];
const topicStatements = (Resource: unknown, isSound: boolean): readonly object[] =>
  isSound
    ? [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]
    : [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sns:Publish', Resource }];

function queuePolicySide(isSound: boolean, { queue }: PolicyTypes = policyTypes): Side {
  const policies = queue === policyTypes.queue ? { Queues: [to('Queue')] } : { Queue: to('Queue') };
  const PolicyDocument = sole(queueStatements(at('Queue'), isSound));
  return {
    resources: { QueuePolicy: [queue, { ...policies, PolicyDocument }] },
    replies: {
      'sqs.GetQueueAttributes': {
        Attributes: {
          QueueArn: queueArn,
          VisibilityTimeout: '30',
          MessageRetentionPeriod: '345600',
          KmsMasterKeyId: 'alias/orders',
          KmsDataKeyReusePeriodSeconds: '300',
          SqsManagedSseEnabled: 'false',
          Policy: text(sole(queueStatements(queueArn, isSound))),
        },
      },
    },
  };
}

function topicPolicySide(isSound: boolean, { topic }: PolicyTypes = policyTypes): Side {
  const policies = topic === policyTypes.topic ? { Topics: [to('Topic')] } : { TopicArn: to('Topic') };
  const PolicyDocument = sole(topicStatements(to('Topic'), isSound));
  return {
    resources: { TopicPolicy: [topic, { ...policies, PolicyDocument }] },
    replies: {
      'sns.GetTopicAttributes': {
        Attributes: {
          TopicArn: topicArn,
          DisplayName: '',
          KmsMasterKeyId: 'alias/orders',
          Policy: text(sole(topicStatements(topicArn, isSound))),
        },
      },
    },
  };
}

/** A queue and a topic under the key's alias, with policies, and an HTTP subscriber. */
function messagesSide(isSound: boolean, types: PolicyTypes): Side {
  const Protocol = isSound ? 'https' : 'http';
  const Endpoint = `${Protocol}://partner.example.com/orders`;
  const messages: Side = {
    resources: {
      Queue: ['AWS::SQS::Queue', { QueueName: 'orders', KmsMasterKeyId: 'alias/orders' }],
      Topic: ['AWS::SNS::Topic', { TopicName: 'orders', KmsMasterKeyId: 'alias/orders' }],
      Subscription: ['AWS::SNS::Subscription', { TopicArn: to('Topic'), Protocol, Endpoint }],
    },
    replies: {
      'sqs.ListQueues': { QueueUrls: [queueUrl] },
      'sns.ListTopics': { Topics: [{ TopicArn: topicArn }] },
      'sns.ListSubscriptions': {
        Subscriptions: [{ SubscriptionArn: `${topicArn}:1`, TopicArn: topicArn, Protocol, Endpoint }],
      },
      'sns.GetSubscriptionAttributes': { Attributes: { RawMessageDelivery: 'false' } },
    },
  };
  return [messages, queuePolicySide(isSound, types), topicPolicySide(isSound, types)].reduce(
    layOver,
    keySide({ isAliased: true }),
  );
}

const queueRules = ['batch.queue.policy'];
const topicRules = ['events.sns.transit'];

const messageCase = (name: string, types: PolicyTypes): ParityCase => ({
  name,
  sound: messagesSide(true, types),
  bad: messagesSide(false, types),
  pairs: [
    pair('AWS::KMS::Key', 'Key', 'alias/orders'),
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::QueuePolicy', 'QueuePolicy', 'orders', types.queue),
    pair('AWS::SNS::Topic', 'Topic', 'orders'),
    pair('AWS::SNS::TopicPolicy', 'TopicPolicy', 'orders', types.topic),
    pair('AWS::SNS::Subscription', 'Subscription', `${topicArn}:1`),
  ],
  proofs: [
    {
      type: 'AWS::SQS::QueuePolicy',
      declaredAs: types.queue,
      owner: 'Queue',
      rules: queueRules,
      change: queuePolicySide(false, types),
    },
    {
      type: 'AWS::SNS::TopicPolicy',
      declaredAs: types.topic,
      owner: 'Topic',
      rules: topicRules,
      change: topicPolicySide(false, types),
    },
  ],
});

const parameter: Side = {
  resources: {
    Parameter: ['AWS::SSM::Parameter', { Name: '/orders/token', Type: 'SecureString', KeyId: at('Key') }],
  },
  replies: {
    'ssm.DescribeParameters': {
      Parameters: [
        {
          Name: '/orders/token',
          ARN: arn('ssm', 'parameter/orders/token'),
          Type: 'SecureString',
          KeyId: keyArn,
          Tier: 'Standard',
        },
      ],
    },
  },
};

const parameterCase: ParityCase = {
  name: 'a parameter under a key that is enabled, or is not',
  sound: layOver(keySide(), parameter),
  bad: keySide({ isEnabled: false }),
  pairs: [keyPair, pair('AWS::SSM::Parameter', 'Parameter', '/orders/token')],
  proofs: [
    {
      type: 'AWS::SSM::Parameter',
      owner: 'Key',
      rules: ['all.kms.policy'],
      over: 'bad',
      change: {
        resources: { Parameter: undefined },
        replies: { 'ssm.DescribeParameters': { Parameters: [] } },
      },
      apart: {
        live: { 'all.kms.policy': 'unknown' },
        reason: 'no collector reads trails, any of which may use a key that nothing else uses',
      },
    },
  ],
};

const secretArn = arn('secretsmanager', 'secret:orders/db-AbCdEf');

function secretSide(isSound: boolean): Side {
  const rotation = isSound ? { AutomaticallyAfterDays: 30 } : { AutomaticallyAfterDays: 400 };
  const policy = sole([
    {
      Effect: isSound ? 'Deny' : 'Allow',
      Principal: '*',
      Action: 'secretsmanager:DeleteSecret',
      Resource: '*',
    },
  ]);
  return layOver(functionSide(), {
    resources: {
      Secret: ['AWS::SecretsManager::Secret', { Name: 'orders/db' }],
      Rotation: [
        'AWS::SecretsManager::RotationSchedule',
        { SecretId: to('Secret'), RotationLambdaARN: at('Fn'), RotationRules: rotation },
      ],
      SecretPolicy: [
        'AWS::SecretsManager::ResourcePolicy',
        { SecretId: to('Secret'), ResourcePolicy: policy },
      ],
    },
    replies: {
      'secretsmanager.ListSecrets': {
        SecretList: [
          {
            ARN: secretArn,
            Name: 'orders/db',
            RotationEnabled: true,
            RotationLambdaARN: functionArn,
            RotationRules: rotation,
          },
        ],
      },
      'secretsmanager.GetResourcePolicy': {
        ARN: secretArn,
        Name: 'orders/db',
        ResourcePolicy: text(policy),
      },
    },
  });
}

const secretCase: ParityCase = {
  name: 'a secret that a function rotates',
  sound: secretSide(true),
  bad: secretSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::SecretsManager::Secret', 'Secret', 'orders/db'),
    pair('AWS::SecretsManager::ResourcePolicy', 'SecretPolicy', 'orders/db'),
  ],
  proofs: [
    {
      type: 'AWS::SecretsManager::RotationSchedule',
      shownBy: ['AWS::SecretsManager::Secret'],
      owner: 'Secret',
      rules: ['api.secrets.rotation'],
      change: {
        resources: { Rotation: undefined },
        replies: {
          'secretsmanager.ListSecrets': { SecretList: [{ ARN: secretArn, Name: 'orders/db' }] },
        },
      },
    },
  ],
};

const bucketArn = 'arn:aws:s3:::orders-bucket';
const bucketPolicy = (Resource: readonly unknown[], isSound: boolean): object =>
  sole([
    isSound
      ? {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }
      : { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource },
  ]);

function bucketSide(isSound: boolean): Side {
  const block = {
    BlockPublicAcls: isSound,
    BlockPublicPolicy: isSound,
    IgnorePublicAcls: isSound,
    RestrictPublicBuckets: isSound,
  };
  return layOver(functionSide(), {
    resources: {
      Bucket: ['AWS::S3::Bucket', { BucketName: 'orders-bucket', PublicAccessBlockConfiguration: block }],
      BucketPolicy: [
        'AWS::S3::BucketPolicy',
        {
          Bucket: to('Bucket'),
          PolicyDocument: bucketPolicy([at('Bucket'), sub('${Bucket.Arn}/*')], isSound),
        },
      ],
      Notifications: [
        'Custom::S3BucketNotifications',
        {
          ServiceToken: arn('lambda', 'function:provider'),
          BucketName: to('Bucket'),
          Managed: true,
          NotificationConfiguration: {
            LambdaFunctionConfigurations: [{ Events: ['s3:ObjectCreated:*'], LambdaFunctionArn: at('Fn') }],
          },
        },
      ],
    },
    replies: {
      's3.ListBuckets': { Buckets: [{ Name: 'orders-bucket', BucketRegion: 'eu-west-1' }] },
      's3.GetBucketEncryption': {
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
              BucketKeyEnabled: false,
            },
          ],
        },
      },
      's3.GetPublicAccessBlock': { PublicAccessBlockConfiguration: block },
      's3.GetBucketPolicy': { Policy: text(bucketPolicy([bucketArn, `${bucketArn}/*`], isSound)) },
      's3.GetBucketNotificationConfiguration': {
        LambdaFunctionConfigurations: [
          { Id: '1', LambdaFunctionArn: functionArn, Events: ['s3:ObjectCreated:*'] },
        ],
      },
    },
  });
}

const bucketCase: ParityCase = {
  name: 'a bucket that notifies a function as CDK writes it',
  sound: bucketSide(true),
  bad: bucketSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::S3::Bucket', 'Bucket', 'orders-bucket'),
    pair('AWS::S3::BucketPolicy', 'BucketPolicy', 'orders-bucket'),
  ],
  proofs: [
    {
      type: 'AWS::S3::BucketPolicy',
      owner: 'Bucket',
      rules: ['api.s3.tls'],
      change: {
        resources: { BucketPolicy: undefined },
        replies: { 's3.GetBucketPolicy': {} },
      },
    },
    {
      type: 'AWS::S3::Bucket',
      declaredAs: 'Custom::S3BucketNotifications',
      owner: 'Fn',
      rules: [
        'all.lambda.async-failure',
        'all.lambda.destinations',
        'all.xray.everywhere',
        'batch.function.idempotency',
      ],
      change: {
        resources: { Notifications: undefined },
        replies: { 's3.GetBucketNotificationConfiguration': {} },
      },
    },
  ],
};

type BalancerType = 'AWS::ElasticLoadBalancingV2::LoadBalancer' | 'AWS::ElasticLoadBalancing::LoadBalancer';

const balancers: Readonly<Record<BalancerType, object>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    Type: 'application',
    LoadBalancerAttributes: [
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: to('Bucket') },
    ],
  },
  'AWS::ElasticLoadBalancing::LoadBalancer': {
    AccessLoggingPolicy: { Enabled: true, S3BucketName: to('Bucket') },
  },
};

/** A bucket that a load balancer writes its logs to, which only its policy shows. */
const balancerLogs = (type: BalancerType): ParityCase => {
  const policy = (Resource: unknown): object =>
    sole([
      {
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource,
      },
    ]);
  const { Bucket } = bucketSide(true).resources;
  return {
    name: `a bucket for the logs of an ${type}`,
    sound: {
      resources: { Bucket },
      replies: {
        's3.ListBuckets': bucketSide(true).replies['s3.ListBuckets'] ?? {},
        's3.GetBucketEncryption': bucketSide(true).replies['s3.GetBucketEncryption'] ?? {},
        's3.GetPublicAccessBlock': bucketSide(true).replies['s3.GetPublicAccessBlock'] ?? {},
        's3.GetBucketPolicy': {},
      },
    },
    bad: {
      resources: {
        Balancer: [type, balancers[type]],
        BucketPolicy: [
          'AWS::S3::BucketPolicy',
          { Bucket: to('Bucket'), PolicyDocument: policy(sub('${Bucket.Arn}/*')) },
        ],
      },
      replies: { 's3.GetBucketPolicy': { Policy: text(policy(`${bucketArn}/*`)) } },
    },
    pairs: [
      pair('AWS::S3::Bucket', 'Bucket', 'orders-bucket'),
      pair('AWS::S3::BucketPolicy', 'BucketPolicy', 'orders-bucket'),
    ],
    exceptions: [
      {
        logicalId: 'Bucket',
        rule: 'api.s3.encryption',
        declared: 'notApplicable',
        live: 'unknown',
        reason: 'the bucket policy lets load balancers write logs, and whether one does is not read',
      },
    ],
    proofs: [
      {
        type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        declaredAs: type,
        with: ['AWS::S3::BucketPolicy'],
        shownBy: ['AWS::S3::BucketPolicy'],
        owner: 'Bucket',
        rules: ['api.s3.encryption'],
        over: 'bad',
        change: {
          resources: { Balancer: undefined, BucketPolicy: undefined },
          replies: { 's3.GetBucketPolicy': {} },
        },
      },
    ],
  };
};

const replicaPolicy = (isSound: boolean): object =>
  sole([
    ...(keyPolicy.Statement as readonly object[]),
    ...(isSound
      ? [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
            Resource: '*',
          },
        ]
      : []),
  ]);

/** A topic, which an alarm writes to, under the replica of a key of another Region. */
function replicaSide(isSound: boolean): Side {
  const alarm = {
    AlarmName: 'errors',
    Namespace: 'Orders',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  };
  return {
    resources: {
      Replica: [
        'AWS::KMS::ReplicaKey',
        {
          PrimaryKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1',
          KeyPolicy: replicaPolicy(isSound),
        },
      ],
      Topic: ['AWS::SNS::Topic', { TopicName: 'orders', KmsMasterKeyId: at('Replica') }],
      Alarm: ['AWS::CloudWatch::Alarm', { ...alarm, AlarmActions: [to('Topic')] }],
    },
    replies: {
      'kms.ListAliases': { Aliases: [] },
      'kms.ListKeys': { Keys: [{ KeyId: 'mrk-1' }] },
      'kms.DescribeKey': {
        KeyMetadata: {
          KeyId: 'mrk-1',
          KeyState: 'Enabled',
          Enabled: true,
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
          KeyManager: 'CUSTOMER',
          Origin: 'AWS_KMS',
          MultiRegion: true,
          MultiRegionConfiguration: {
            MultiRegionKeyType: 'REPLICA',
            PrimaryKey: { Arn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1', Region: 'us-east-1' },
            ReplicaKeys: [{ Arn: arn('kms', 'key/mrk-1'), Region: 'eu-west-1' }],
          },
        },
      },
      'kms.GetKeyRotationStatus': { KeyRotationEnabled: true },
      'kms.GetKeyPolicy': { Policy: text(replicaPolicy(isSound)) },
      'sns.ListTopics': { Topics: [{ TopicArn: topicArn }] },
      'sns.GetTopicAttributes': {
        Attributes: { TopicArn: topicArn, DisplayName: '', KmsMasterKeyId: arn('kms', 'key/mrk-1') },
      },
      'cloudwatch.DescribeAlarms': {
        MetricAlarms: [
          {
            ...alarm,
            AlarmArn: arn('cloudwatch', 'alarm:errors'),
            ActionsEnabled: true,
            AlarmActions: [topicArn],
            Dimensions: [],
          },
        ],
        CompositeAlarms: [],
      },
    },
  };
}

const replica: ParityCase = {
  name: 'a topic under a replica key',
  sound: replicaSide(true),
  bad: replicaSide(false),
  pairs: [
    pair('AWS::KMS::Key', 'Replica', 'mrk-1', 'AWS::KMS::ReplicaKey'),
    pair('AWS::SNS::Topic', 'Topic', 'orders'),
  ],
  proofs: [
    {
      type: 'AWS::KMS::Key',
      declaredAs: 'AWS::KMS::ReplicaKey',
      owner: 'Topic',
      rules: ['events.sns.encryption'],
      change: {
        resources: { Replica: replicaSide(false).resources.Replica },
        replies: { 'kms.GetKeyPolicy': { Policy: text(replicaPolicy(false)) } },
      },
    },
  ],
};

/** Tables, keys, queues, topics, buckets and secrets. */
export const dataCases: readonly ParityCase[] = [
  globalTable,
  scaledTable,
  tableOfAws,
  messageCase('a queue and a topic with policies', policyTypes),
  messageCase('a queue and a topic with inline policies', inlineTypes),
  parameterCase,
  secretCase,
  bucketCase,
  balancerLogs('AWS::ElasticLoadBalancingV2::LoadBalancer'),
  balancerLogs('AWS::ElasticLoadBalancing::LoadBalancer'),
  replica,
];
