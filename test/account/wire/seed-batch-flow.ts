import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { Lambda } from '@aws-sdk/client-lambda';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import { seedRole } from './seed-events-flow.ts';
import { seedFunction, type Network } from './seed-foundation.ts';
import { policy, tlsOnly, type Seeding } from './seeding.ts';

const functionName = 'orders-batch';
const queue = 'orders';
const letters = 'orders-dlq';

/** A queue with its consumer, what is left over, and who is told. */
export async function seedBatchFlow(seeding: Seeding, network: Network, httpApi: string): Promise<void> {
  await seedFunction(seeding, network, functionName, [
    {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: seeding.arn('sqs', queue),
    },
    { Effect: 'Allow', Action: ['dynamodb:PutItem'], Resource: seeding.arn('dynamodb', 'table/orders') },
  ]);
  await seedQueues(seeding);
  await new Lambda(seeding.wire).createEventSourceMapping({
    FunctionName: functionName,
    EventSourceArn: seeding.arn('sqs', queue),
    BatchSize: 10,
    ...seeding.sound({
      FunctionResponseTypes: ['ReportBatchItemFailures' as const],
      ScalingConfig: { MaximumConcurrency: 5 },
    }),
  });
  if (seeding.isSound) await seedOperations(seeding, httpApi);
}

async function seedQueues(seeding: Seeding): Promise<void> {
  const sqs = new SQS(seeding.wire);
  const [arn, lettersArn] = [seeding.arn('sqs', queue), seeding.arn('sqs', letters)];
  const KmsMasterKeyId = seeding.key;
  const allowed = { redrivePermission: 'byQueue', sourceQueueArns: [arn] };
  const runbook = 'https://runbooks.example.com/orders';
  await sqs.createQueue({
    QueueName: letters,
    Attributes: seeding.sound({
      MessageRetentionPeriod: '1209600',
      KmsMasterKeyId,
      RedriveAllowPolicy: JSON.stringify(allowed),
      Policy: policy(tlsOnly('sqs:*', [lettersArn])),
    }),
    tags: seeding.sound({ runbook }),
  });
  const anyone = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: arn };
  await sqs.createQueue({
    QueueName: queue,
    Attributes: seeding.isSound
      ? {
          VisibilityTimeout: '185',
          MessageRetentionPeriod: '1209600',
          KmsMasterKeyId,
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: lettersArn, maxReceiveCount: 5 }),
          Policy: policy(tlsOnly('sqs:*', [arn])),
        }
      : { VisibilityTimeout: '30', SqsManagedSseEnabled: 'false', Policy: policy(anyone) },
    tags: seeding.sound({ runbook }),
  });
}

/** Alarms over every queue and function, a dashboard, a saved query, and a document that moves messages back. */
async function seedOperations(seeding: Seeding, httpApi: string): Promise<void> {
  const { wire, key } = seeding;
  const { TopicArn } = await new SNS(wire).createTopic({
    Name: 'operators',
    Attributes: {
      KmsMasterKeyId: key,
      Policy: policy(tlsOnly('sns:Publish', [seeding.arn('sns', 'operators')])),
    },
  });
  const deadLetterTargetArn = seeding.arn('sqs', 'orders-events-dlq');
  await new SNS(wire).subscribe({
    TopicArn,
    Protocol: 'https',
    Endpoint: 'https://pager.example.com/',
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) },
  });
  const cloudwatch = new CloudWatch(wire);
  const alarms: readonly (readonly [string, string, string, string])[] = [
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', letters],
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'orders-events-dlq'],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', queue],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', 'returns'],
    ...['orders-api', 'orders-events', functionName].flatMap((name) => [
      ['AWS/Lambda', 'Throttles', 'FunctionName', name] as const,
      ['AWS/Lambda', 'Errors', 'FunctionName', name] as const,
    ]),
    ['AWS/ApiGateway', '5XXError', 'ApiName', 'orders'],
    ['AWS/ApiGateway', 'Latency', 'ApiName', 'orders'],
    ['AWS/ApiGateway', '5xx', 'ApiId', httpApi],
    ['AWS/ApiGateway', 'Latency', 'ApiId', httpApi],
  ];
  for (const [Namespace, MetricName, Name, Value] of alarms) {
    await cloudwatch.putMetricAlarm({
      AlarmName: `${Value}-${MetricName}`,
      Namespace,
      MetricName,
      Dimensions: [{ Name, Value }],
      Statistic: Namespace === 'AWS/SQS' ? 'Maximum' : 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: ['ApproximateAgeOfOldestMessage', 'Latency'].includes(MetricName) ? 300 : 0,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TopicArn ?? ''],
    });
  }
  const metrics = alarms.map(([space, metric, name, value]) => [space, metric, name, value]);
  const widget = { type: 'metric', width: 24, height: 6, properties: { metrics, region: wire.region } };
  await cloudwatch.putDashboard({
    DashboardName: 'orders',
    DashboardBody: JSON.stringify({ widgets: [widget] }),
  });
  await seeding.offered(
    'logs:PutQueryDefinition',
    new CloudWatchLogs(wire).putQueryDefinition({
      name: 'orders/errors',
      queryString: 'filter level = "ERROR"',
      logGroupNames: [`/aws/lambda/${functionName}`],
    }),
  );
  await seedRunbook(seeding);
  await seedRole(seeding, 'operators', `arn:aws:iam::${seeding.account}:root`, {
    Effect: 'Allow',
    Action: ['sqs:StartMessageMoveTask', 'events:StartReplay'],
    Resource: [
      seeding.arn('sqs', letters),
      seeding.arn('sqs', 'orders-events-dlq'),
      seeding.arn('events', 'archive/orders'),
    ],
  });
}

async function seedRunbook(seeding: Seeding): Promise<void> {
  const step = {
    name: 'redrive',
    action: 'aws:executeAwsApi',
    inputs: {
      Service: 'sqs',
      Api: 'StartMessageMoveTask',
      SourceArn: seeding.arn('sqs', letters),
    },
  };
  await new SSM(seeding.wire).createDocument({
    Name: 'redrive-orders',
    DocumentType: 'Automation',
    DocumentFormat: 'JSON',
    Content: JSON.stringify({ schemaVersion: '0.3', mainSteps: [step] }),
  });
}
