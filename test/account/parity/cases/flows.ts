import { functionArn, functionSide, roleArn } from '../function-side.ts';
import { arn, at, layOver, pair, sub, text, to, type ParityCase, type Side } from '../parity-case.ts';

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';
const keyArn = arn('kms', 'key/0b1c2d3e');
const streamArn = arn('dynamodb', 'table/orders/stream/2026-11-01T00:00:00.000');
const uploads = arn('events', 'rule/uploads');

const keyPolicy = (isSound: boolean): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    ...(isSound
      ? [
          {
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
            Resource: '*',
          },
        ]
      : []),
  ],
});

const deadLetterPolicy = (Resource: unknown, source: unknown): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource,
      Condition: { ArnEquals: { 'aws:SourceArn': source } },
    },
  ],
});

const uploadsPolicy = (Resource: unknown, source: unknown): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource,
      Condition: { ArnLike: { 'aws:SourceArn': source } },
    },
  ],
});

/** Queues of a batch flow, in order and out of it, whose failures are kept. */
function queuesSide(isSound: boolean): Side {
  const count = isSound ? 3 : 20;
  const allow = (sources: readonly unknown[]): object =>
    isSound ? { redrivePermission: 'byQueue', sourceQueueArns: sources } : { redrivePermission: 'allowAll' };
  const attributes: Readonly<Record<string, object>> = {
    jobs: {
      KmsMasterKeyId: keyArn,
      SqsManagedSseEnabled: 'false',
      RedrivePolicy: text({ deadLetterTargetArn: arn('sqs', 'jobs-dlq'), maxReceiveCount: count }),
      ...(isSound ? { Policy: text(uploadsPolicy(arn('sqs', 'jobs'), 'arn:aws:s3:::uploads-bucket')) } : {}),
    },
    'jobs-dlq': {
      RedriveAllowPolicy: text(allow([arn('sqs', 'jobs')])),
      ...(isSound ? { Policy: text(deadLetterPolicy(arn('sqs', 'jobs-dlq'), uploads)) } : {}),
    },
    'ordered.fifo': {
      FifoQueue: 'true',
      ContentBasedDeduplication: String(isSound),
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    },
  };
  return {
    resources: {
      Key: ['AWS::KMS::Key', { KeyPolicy: keyPolicy(isSound), EnableKeyRotation: true }],
      Jobs: [
        'AWS::SQS::Queue',
        {
          QueueName: 'jobs',
          KmsMasterKeyId: at('Key'),
          RedrivePolicy: { deadLetterTargetArn: at('Dlq'), maxReceiveCount: count },
        },
      ],
      Dlq: [
        'AWS::SQS::Queue',
        {
          QueueName: 'jobs-dlq',
          RedriveAllowPolicy: allow([sub('arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs')]),
        },
      ],
      JobsPolicy: isSound
        ? [
            'AWS::SQS::QueuePolicy',
            { Queues: [to('Jobs')], PolicyDocument: uploadsPolicy(at('Jobs'), at('Bucket')) },
          ]
        : undefined,
      DlqPolicy: isSound
        ? [
            'AWS::SQS::QueuePolicy',
            { Queues: [to('Dlq')], PolicyDocument: deadLetterPolicy(at('Dlq'), at('Uploads')) },
          ]
        : undefined,
      Ordered: [
        'AWS::SQS::Queue',
        {
          QueueName: 'ordered.fifo',
          FifoQueue: true,
          ...(isSound ? { ContentBasedDeduplication: true } : {}),
        },
      ],
      JobsMapping: [
        'AWS::Lambda::EventSourceMapping',
        {
          FunctionName: to('Fn'),
          EventSourceArn: at('Jobs'),
          ...(isSound
            ? { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] }
            : { BatchSize: 100 }),
        },
      ],
      OrderedMapping: [
        'AWS::Lambda::EventSourceMapping',
        {
          FunctionName: to('Fn'),
          EventSourceArn: at('Ordered'),
          ...(isSound ? {} : { MaximumBatchingWindowInSeconds: 5 }),
        },
      ],
    },
    replies: {
      'kms.ListKeys': { Keys: [{ KeyId: '0b1c2d3e' }] },
      'kms.DescribeKey': {
        KeyMetadata: {
          KeyState: 'Enabled',
          Enabled: true,
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
          Origin: 'AWS_KMS',
          MultiRegion: false,
        },
      },
      'kms.GetKeyRotationStatus': { KeyRotationEnabled: true },
      'kms.GetKeyPolicy': { Policy: text(keyPolicy(isSound)) },
      'sqs.ListQueues': { QueueUrls: Object.keys(attributes).map((name) => queueUrl + name) },
      'sqs.GetQueueAttributes': ({ QueueUrl }) => {
        const name = String(QueueUrl).slice(queueUrl.length);
        return {
          Attributes: {
            QueueArn: arn('sqs', name),
            VisibilityTimeout: '30',
            MessageRetentionPeriod: '345600',
            SqsManagedSseEnabled: 'true',
            ...attributes[name],
          },
        };
      },
    },
  };
}

const mapping = (UUID: string, EventSourceArn: string, more: object): object => ({
  UUID,
  EventSourceMappingArn: arn('lambda', `event-source-mapping:${UUID}`),
  EventSourceArn,
  FunctionArn: functionArn,
  BatchSize: 10,
  MaximumBatchingWindowInSeconds: 0,
  State: 'Enabled',
  FunctionResponseTypes: [],
  ...more,
});

/** A table's stream, and what polls it and the queues. */
function streamSide(isSound: boolean): Side {
  const limits = isSound
    ? { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 5, MaximumRecordAgeInSeconds: 3600 }
    : {};
  return {
    resources: {
      Table: [
        'AWS::DynamoDB::Table',
        {
          TableName: 'orders',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      ],
      StreamMapping: [
        'AWS::Lambda::EventSourceMapping',
        {
          FunctionName: to('Fn'),
          EventSourceArn: at('Table', 'StreamArn'),
          StartingPosition: 'LATEST',
          ...limits,
          ...(isSound ? { DestinationConfig: { OnFailure: { Destination: at('Dlq') } } } : {}),
        },
      ],
    },
    replies: {
      'dynamodb.ListTables': { TableNames: ['orders'] },
      'dynamodb.DescribeTable': {
        Table: {
          TableName: 'orders',
          BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
          LatestStreamArn: streamArn,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        },
      },
      'dynamodb.DescribeContinuousBackups': {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      },
      'lambda.ListEventSourceMappings': {
        EventSourceMappings: [
          mapping('m1', arn('sqs', 'jobs'), {
            BatchSize: isSound ? 10 : 100,
            FunctionResponseTypes: isSound ? ['ReportBatchItemFailures'] : [],
          }),
          mapping('m2', arn('sqs', 'ordered.fifo'), { MaximumBatchingWindowInSeconds: isSound ? 0 : 5 }),
          mapping('m3', streamArn, {
            BatchSize: 100,
            StartingPosition: 'LATEST',
            BisectBatchOnFunctionError: false,
            MaximumRetryAttempts: -1,
            MaximumRecordAgeInSeconds: -1,
            ParallelizationFactor: 1,
            TumblingWindowInSeconds: 0,
            ...limits,
            DestinationConfig: { OnFailure: isSound ? { Destination: arn('sqs', 'jobs-dlq') } : {} },
          }),
        ],
      },
    },
  };
}

/** A bucket whose events go through EventBridge and to a queue, a schedule, and a workflow. */
function eventsSide(isSound: boolean): Side {
  const pattern = {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: ['uploads-bucket'] } },
  };
  const schedule = isSound ? 'rate(1 hour)' : 'at(2027-01-01T00:00:00)';
  const handling = isSound
    ? {
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3, BackoffRate: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
      }
    : {};
  const definition = (FunctionName: string): string =>
    text({
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName },
          ...handling,
          End: true,
        },
        Failed: { Type: 'Fail' },
      },
    });
  const dead = (Arn: unknown): object => (isSound ? { DeadLetterConfig: { Arn } } : {});
  return {
    resources: {
      Bucket: [
        'AWS::S3::Bucket',
        {
          BucketName: 'uploads-bucket',
          NotificationConfiguration: {
            QueueConfigurations: [{ Event: 's3:ObjectRemoved:*', Queue: at('Jobs') }],
            ...(isSound ? { EventBridgeConfiguration: { EventBridgeEnabled: true } } : {}),
          },
        },
      ],
      Uploads: [
        'AWS::Events::Rule',
        {
          Name: 'uploads',
          EventPattern: pattern,
          Targets: [{ Id: 'fn', Arn: at('Fn'), ...dead(at('Dlq')) }],
        },
      ],
      Hourly: [
        'AWS::Events::Rule',
        { Name: 'hourly', ScheduleExpression: schedule, Targets: [{ Id: 'fn', Arn: at('Fn') }] },
      ],
      Machine: [
        'AWS::StepFunctions::StateMachine',
        { StateMachineName: 'fulfil', RoleArn: at('Role'), DefinitionString: sub(definition('${Fn.Arn}')) },
      ],
    },
    replies: {
      's3.ListBuckets': { Buckets: [{ Name: 'uploads-bucket', BucketRegion: 'eu-west-1' }] },
      's3.GetBucketEncryption': {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
      // What CloudFormation and the console set where nobody says otherwise.
      's3.GetPublicAccessBlock': {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
      's3.GetBucketNotificationConfiguration': {
        QueueConfigurations: [{ Id: '1', QueueArn: arn('sqs', 'jobs'), Events: ['s3:ObjectRemoved:*'] }],
        ...(isSound ? { EventBridgeConfiguration: {} } : {}),
      },
      'eventbridge.ListEventBuses': {
        EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default') }],
      },
      'eventbridge.ListRules': {
        Rules: [
          {
            Name: 'uploads',
            Arn: uploads,
            EventBusName: 'default',
            EventPattern: text(pattern),
            State: 'ENABLED',
          },
          {
            Name: 'hourly',
            Arn: arn('events', 'rule/hourly'),
            EventBusName: 'default',
            ScheduleExpression: schedule,
            State: 'ENABLED',
          },
        ],
      },
      'eventbridge.ListTargetsByRule': ({ Rule }) => ({
        Targets: [
          { Id: 'fn', Arn: functionArn, ...(Rule === 'uploads' ? dead(arn('sqs', 'jobs-dlq')) : {}) },
        ],
      }),
      'sfn.ListStateMachines': {
        stateMachines: [
          { name: 'fulfil', stateMachineArn: arn('states', 'stateMachine:fulfil'), type: 'STANDARD' },
        ],
      },
      'sfn.DescribeStateMachine': {
        definition: definition(functionArn),
        roleArn,
        tracingConfiguration: { enabled: false },
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      },
    },
  };
}

/** The function of all of it, with an alarm over its errors. */
function consumerSide(isSound: boolean): Side {
  const Variables = isSound
    ? { AWS_RETRY_MODE: 'standard', PARTNER_URL: 'https://partner.example.com' }
    : { PARTNER_URL: 'http://partner.example.com' };
  const alarm = {
    AlarmName: 'errors',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [arn('sns', 'operators')],
  };
  const layer = 'arn:aws:lambda:eu-west-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:30';
  const allow = (Action: string, Resource: unknown): object => ({ Effect: 'Allow', Action, Resource });
  const [write, send] = ['dynamodb:TransactWriteItems', 'sqs:SendMessage'];
  return layOver(
    functionSide({
      properties: { Environment: { Variables }, ...(isSound ? { Layers: [layer] } : {}) },
      configuration: {
        Environment: { Variables },
        ...(isSound ? { Layers: [{ Arn: layer, CodeSize: 1 }] } : {}),
      },
      statements: isSound
        ? [
            [allow(write, at('Table')), allow(write, arn('dynamodb', 'table/orders'))],
            [allow(send, at('Dlq')), allow(send, arn('sqs', 'jobs-dlq'))],
          ]
        : [],
    }),
    {
      resources: {
        Errors: isSound
          ? ['AWS::CloudWatch::Alarm', { ...alarm, Dimensions: [{ Name: 'FunctionName', Value: to('Fn') }] }]
          : undefined,
      },
      replies: {
        'cloudwatch.DescribeAlarms': {
          MetricAlarms: isSound
            ? [
                {
                  ...alarm,
                  AlarmArn: arn('cloudwatch', 'alarm:errors'),
                  ActionsEnabled: true,
                  Dimensions: [{ Name: 'FunctionName', Value: 'orders' }],
                },
              ]
            : [],
          CompositeAlarms: [],
        },
      },
    },
  );
}

const everySide = (isSound: boolean): Side =>
  [queuesSide(isSound), streamSide(isSound), eventsSide(isSound)].reduce(layOver, consumerSide(isSound));

/** What the orders application leaves out: streams, order, EventBridge from buckets, retries of workflows. */
export const flowCases: readonly ParityCase[] = [
  {
    name: 'flows of queues, streams and uploads',
    sound: everySide(true),
    bad: everySide(false),
    pairs: [
      pair('AWS::Lambda::Function', 'Fn', 'orders'),
      pair('AWS::Lambda::EventSourceMapping', 'JobsMapping', 'orders from jobs'),
      pair('AWS::Lambda::EventSourceMapping', 'OrderedMapping', 'orders from ordered.fifo'),
      pair('AWS::Lambda::EventSourceMapping', 'StreamMapping', 'orders from orders'),
      pair('AWS::KMS::Key', 'Key', '0b1c2d3e'),
      pair('AWS::SQS::Queue', 'Jobs', 'jobs'),
      pair('AWS::SQS::Queue', 'Dlq', 'jobs-dlq'),
      pair('AWS::SQS::QueuePolicy', 'JobsPolicy', 'jobs'),
      pair('AWS::SQS::QueuePolicy', 'DlqPolicy', 'jobs-dlq'),
      pair('AWS::SQS::Queue', 'Ordered', 'ordered.fifo'),
      pair('AWS::DynamoDB::Table', 'Table', 'orders'),
      pair('AWS::S3::Bucket', 'Bucket', 'uploads-bucket'),
      pair('AWS::Events::Rule', 'Uploads', 'uploads'),
      pair('AWS::Events::Rule', 'Hourly', 'hourly'),
      pair('AWS::StepFunctions::StateMachine', 'Machine', 'fulfil'),
    ],
    oneSided: [
      {
        side: 'live',
        type: 'AWS::Events::EventBus',
        name: 'default',
        reason: 'every account has a default bus, which no template declares',
      },
    ],
  },
];
