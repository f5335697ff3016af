import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { Pipes } from '@aws-sdk/client-pipes';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { keepLogs, seedFunction, seedKey, type Network } from './seed-foundation.ts';
import { policy, tlsOnly, type Seeding } from './seeding.ts';

const functionName = 'orders-events';
const bus = 'orders';
const letters = 'orders-events-dlq';

/** A bus, a schedule, a topic and a pipe before one function, and the workflow that it starts. */
export async function seedEventsFlow(seeding: Seeding, network: Network): Promise<void> {
  const { isSound } = seeding;
  await seedFunction(
    seeding,
    network,
    functionName,
    [
      {
        Effect: 'Allow',
        Action: ['states:StartExecution'],
        Resource: seeding.arn('states', 'stateMachine:fulfil'),
      },
      { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: seeding.arn('sqs', letters) },
    ],
    { DeadLetterConfig: { TargetArn: seeding.arn('sqs', letters) } },
  );
  if (isSound) await seedLetters(seeding);
  await seedBus(seeding);
  await seedSchedule(seeding);
  await seedTopic(seeding);
  await seedWorkflow(seeding);
  await seedPipe(seeding);
}

async function seedLetters(seeding: Seeding): Promise<void> {
  const queue = seeding.arn('sqs', letters);
  const senders = ['events.amazonaws.com', 'scheduler.amazonaws.com', 'sns.amazonaws.com'].map((Service) => ({
    Effect: 'Allow',
    Principal: { Service },
    Action: 'sqs:SendMessage',
    Resource: queue,
    Condition: { StringEquals: { 'aws:SourceAccount': seeding.account } },
  }));
  await new SQS(seeding.wire).createQueue({
    QueueName: letters,
    Attributes: {
      MessageRetentionPeriod: '1209600',
      RedriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [seeding.arn('sqs', 'returns')],
      }),
      KmsMasterKeyId: seeding.key,
      Policy: policy(...senders, tlsOnly('sqs:*', [queue])),
    },
    tags: { runbook: 'https://runbooks.example.com/orders' },
  });
}

async function seedBus(seeding: Seeding): Promise<void> {
  const { wire, isSound, account } = seeding;
  const events = new EventBridge(wire);
  const busArn = seeding.arn('events', `event-bus/${bus}`);
  await events.createEventBus({
    Name: bus,
    ...seeding.sound({
      // Not the key of the dead letters: events go there when the key of the bus fails.
      KmsKeyIdentifier: isSound ? await seedKey(seeding, 'bus') : seeding.key,
      DeadLetterConfig: { Arn: seeding.arn('sqs', letters) },
    }),
  });
  await events.putPermission({
    EventBusName: bus,
    Policy: policy({
      Sid: 'Senders',
      Effect: 'Allow',
      Principal: isSound ? { AWS: `arn:aws:iam::${account}:root` } : '*',
      Action: 'events:PutEvents',
      Resource: busArn,
    }),
  });
  if (isSound)
    await events.createArchive({ ArchiveName: 'orders', EventSourceArn: busArn, RetentionDays: 30 });
  await events.putRule({
    Name: 'placed',
    EventBusName: bus,
    EventPattern: isSound
      ? '{"source":["shop.orders"],"detail-type":["OrderPlaced"]}'
      : '{"source":[{"prefix":""}]}',
  });
  const reliable = seeding.sound({
    DeadLetterConfig: { Arn: seeding.arn('sqs', letters) },
    RetryPolicy: { MaximumRetryAttempts: 8, MaximumEventAgeInSeconds: 3600 },
  });
  const Targets = [{ Id: 'fn', Arn: seeding.arn('lambda', `function:${functionName}`), ...reliable }];
  await events.putTargets({ Rule: 'placed', EventBusName: bus, Targets });
  await seedDestination(seeding, events, reliable);
  await allow(seeding, 'bus', 'events.amazonaws.com', seeding.arn('events', `rule/${bus}/placed`));
}

/** An API outside that the bus calls. */
async function seedDestination(seeding: Seeding, events: EventBridge, reliable: object): Promise<void> {
  const { ConnectionArn } = await events.createConnection({
    Name: 'carrier',
    AuthorizationType: 'API_KEY',
    ...seeding.sound({ KmsKeyIdentifier: seeding.key }),
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 'not-to-be-read' } },
  });
  const { ApiDestinationArn } = await events.createApiDestination({
    Name: 'carrier',
    ConnectionArn,
    InvocationEndpoint: `${seeding.isSound ? 'https' : 'http'}://carrier.example.com/shipments`,
    HttpMethod: 'POST',
    ...seeding.sound({ InvocationRateLimitPerSecond: 10 }),
  });
  const EventPattern = '{"source":["shop.orders"],"detail-type":["OrderPacked"]}';
  await events.putRule({ Name: 'packed', EventBusName: bus, EventPattern });
  const RoleArn = await seedRole(seeding, 'carrier', 'events.amazonaws.com', {
    Effect: 'Allow',
    Action: 'events:InvokeApiDestination',
    Resource: ApiDestinationArn,
  });
  const Targets = [{ Id: 'carrier', Arn: ApiDestinationArn, RoleArn, ...reliable }];
  await events.putTargets({ Rule: 'packed', EventBusName: bus, Targets });
}

async function seedSchedule(seeding: Seeding): Promise<void> {
  const Arn = seeding.arn('lambda', `function:${functionName}`);
  await new Scheduler(seeding.wire).createSchedule({
    Name: 'nightly',
    ScheduleExpression: 'cron(0 3 * * ? *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn,
      RoleArn: await seedRole(
        seeding,
        'schedule',
        'scheduler.amazonaws.com',
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: Arn },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: seeding.arn('sqs', letters) },
        { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: seeding.key },
      ),
      ...seeding.sound({
        DeadLetterConfig: { Arn: seeding.arn('sqs', letters) },
        RetryPolicy: { MaximumRetryAttempts: 8, MaximumEventAgeInSeconds: 3600 },
      }),
    },
  });
}

async function seedTopic(seeding: Seeding): Promise<void> {
  const { wire, isSound, account } = seeding;
  const sns = new SNS(wire);
  const topic = seeding.arn('sns', 'orders');
  const own = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sns:Publish',
    Resource: topic,
  };
  const anyone = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: topic };
  await sns.createTopic({
    Name: 'orders',
    Attributes: {
      Policy: isSound ? policy(own, tlsOnly('sns:Publish', [topic])) : policy(anyone),
      ...seeding.sound({ KmsMasterKeyId: seeding.key, TracingConfig: 'Active' }),
    },
  });
  await sns.subscribe({
    TopicArn: topic,
    Protocol: 'lambda',
    Endpoint: seeding.arn('lambda', `function:${functionName}`),
    Attributes: isSound
      ? {
          FilterPolicy: '{"kind":["order"]}',
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: seeding.arn('sqs', letters) }),
        }
      : {},
  });
  await allow(seeding, 'topic', 'sns.amazonaws.com', topic);
}

const retrying = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 };

async function seedWorkflow(seeding: Seeding): Promise<void> {
  const { isSound, key } = seeding;
  const call = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: seeding.arn('lambda', 'function:orders-api'), 'Payload.$': '$' },
    ...seeding.sound({
      Retry: [retrying],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
      TimeoutSeconds: 60,
    }),
    Next: 'Done',
  };
  const States = { Pack: call, Done: { Type: 'Succeed' }, Failed: { Type: 'Fail' } };
  if (isSound) await keepLogs(seeding, '/aws/vendedlogs/states/fulfil');
  const logs = seeding.arn('logs', 'log-group:/aws/vendedlogs/states/fulfil:*');
  await new SFN(seeding.wire).createStateMachine({
    name: 'fulfil',
    roleArn: await seedRole(
      seeding,
      'fulfil',
      'states.amazonaws.com',
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: seeding.arn('lambda', 'function:orders-api'),
      },
      { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
    ),
    definition: JSON.stringify({ StartAt: 'Pack', States }),
    ...seeding.sound({
      loggingConfiguration: {
        level: 'ALL' as const,
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs } }],
      },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' as const, kmsKeyId: key },
    }),
  });
}

async function seedPipe(seeding: Seeding): Promise<void> {
  const { wire, isSound } = seeding;
  const reading = [
    {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: seeding.arn('sqs', 'returns'),
    },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: seeding.key },
  ];
  await new SQS(wire).createQueue({
    QueueName: 'returns',
    Attributes: seeding.sound({
      KmsMasterKeyId: seeding.key,
      VisibilityTimeout: '180',
      MessageRetentionPeriod: '1209600',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: seeding.arn('sqs', letters), maxReceiveCount: 3 }),
      Policy: policy(tlsOnly('sqs:*', [seeding.arn('sqs', 'returns')])),
    }),
  });
  const Target = seeding.arn('lambda', `function:${functionName}`);
  await new Pipes(wire).createPipe({
    Name: 'returns',
    Source: seeding.arn('sqs', 'returns'),
    Target,
    RoleArn: await seedRole(
      seeding,
      'returns',
      'pipes.amazonaws.com',
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: Target },
      ...(isSound ? reading : []),
    ),
  });
}

/** A role that a service takes, or that people do. */
export async function seedRole(
  { wire }: Seeding,
  RoleName: string,
  trustedBy: string,
  ...statements: readonly object[]
): Promise<string> {
  const iam = new IAM(wire);
  const Principal = trustedBy.startsWith('arn:') ? { AWS: trustedBy } : { Service: trustedBy };
  const trusted = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' };
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: policy(trusted) });
  await iam.putRolePolicy({ RoleName, PolicyName: 'own', PolicyDocument: policy(...statements) });
  return Role?.Arn ?? '';
}

/** Lets a service invoke the function; in the other account whoever it acts for. */
async function allow(
  seeding: Seeding,
  StatementId: string,
  Principal: string,
  SourceArn: string,
): Promise<void> {
  await new Lambda(seeding.wire).addPermission({
    FunctionName: functionName,
    StatementId,
    Action: 'lambda:InvokeFunction',
    Principal,
    ...seeding.sound({ SourceArn }),
  });
}
