import { Duration, Stack, Tags } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Runbook } from './runbook.ts';

const fourteenDays = Duration.days(14);

/** Where the alarms of a queue go; `Operations` is one. */
export interface AlarmReceiver {
  notify(alarm: cloudwatch.Alarm): void;
}

/** A function that may be granted what a queue needs of it; `SecureFunction` is one. */
export interface QueueClient {
  readonly target: lambda.IFunction;
  allow(actions: readonly string[], resources: readonly string[]): void;
  useKey(key: kms.IKey): void;
}

/** Properties that every queue of a flow shares. */
export interface QueueContext {
  readonly key: kms.IKey;
  readonly operations: AlarmReceiver;
  /** Runbook that the depth alarm and the queue's tag name. */
  readonly runbook: Runbook;
}

/** Properties of {@link DeadLetterQueue}. */
export interface DeadLetterQueueProps extends QueueContext {
  /** What lands here; read by whom the alarm wakes. */
  readonly holds: string;
  /** Queues that may redrive into this one. @default none: services send to it themselves */
  readonly sources?: readonly sqs.IQueue[];
  /** @default false */
  readonly fifo?: boolean;
  /** Inputs of the runbook that a retry needs here, such as `SourceQueueUrl`. @default none beyond the queue */
  readonly retryWith?: Readonly<Record<string, string>>;
}

/**
 * Keeps what failed for 14 days, and raises an alarm as soon as it holds anything. The alarm names the runbook and the
 * action that replays what is in there: SQS moves back what came from a queue, and everything else is done again.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly runbook: Runbook;
  readonly depthAlarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: props.key,
      enforceSSL: true,
      retentionPeriod: fourteenDays,
      redriveAllowPolicy: props.sources
        ? { redrivePermission: sqs.RedrivePermission.BY_QUEUE, sourceQueues: [...props.sources] }
        : { redrivePermission: sqs.RedrivePermission.DENY_ALL },
      ...(props.fifo && { fifo: true, contentBasedDeduplication: true }),
    });
    Tags.of(this.queue).add('runbook', props.runbook.document.ref);
    this.runbook = props.runbook;
    props.runbook.admitDeadLetters(this.queue, props.key, props.sources !== undefined);
    this.depthAlarm = new cloudwatch.Alarm(this, 'DepthAlarm', {
      alarmDescription: `${props.holds}. Runbook: SSM document ${props.runbook.document.ref}, ${this.replayOf(props)}`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    props.operations.notify(this.depthAlarm);
    const itself = 'The queue is a dead-letter queue itself; another one would never be read.';
    acknowledge(this, { 'AwsSolutions-SQS3': itself, 'Serverless-SQSRedrivePolicy': itself });
  }

  private replayOf({ sources, retryWith = {} }: DeadLetterQueueProps): string {
    if (sources) return `Action RedriveAll, QueueArn ${this.queue.queueArn}`;
    const inputs = { QueueUrl: this.queue.queueUrl, ...retryWith };
    return ['Action RetryAll', ...Object.entries(inputs).map(([name, value]) => `${name} ${value}`)].join(
      ', ',
    );
  }
}

/** Properties of {@link WorkQueue}. */
export interface WorkQueueProps extends QueueContext {
  /** Short name; the queue is called `<stack>-<name>`, so that its dead-letter queue can admit it alone. */
  readonly name: string;
  /** Time-out of the function that reads the queue. */
  readonly consumerTimeout: Duration;
  /** @default no batching window */
  readonly batchingWindow?: Duration;
  /** Keeps the order within a message group. @default false */
  readonly fifo?: boolean;
  /** Receives after which a message is dead. @default 3 */
  readonly maxReceiveCount?: number;
}

/** Properties of {@link WorkQueue.feed}. */
export interface MappingOptions {
  /** Batches that are worked on at once; at least 2, at most the function's reserved concurrency. */
  readonly maximumConcurrency: number;
  /** @default 10 */
  readonly batchSize?: number;
}

/** A queue that a function reads: six times its time-out hidden, 14 days kept, three receives, then dead. */
export class WorkQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: DeadLetterQueue;
  readonly ageAlarm: cloudwatch.Alarm;
  readonly batchingWindow?: Duration;
  private readonly key: kms.IKey;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.key = props.key;
    const window = props.batchingWindow?.toSeconds() ?? 0;
    if (props.batchingWindow) this.batchingWindow = props.batchingWindow;
    const queueName = `${Stack.of(this).stackName}-${props.name}${props.fifo ? '.fifo' : ''}`;
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      ...props,
      holds: `Messages of ${props.name} that failed ${props.maxReceiveCount ?? 3} times`,
      sources: [this.byName(queueName)],
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName,
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: props.key,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds() + window),
      retentionPeriod: fourteenDays,
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: props.maxReceiveCount ?? 3 },
      ...(props.fifo && {
        fifo: true,
        contentBasedDeduplication: true,
        deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    });
    props.runbook.admitSource(this.queue);
    this.ageAlarm = new cloudwatch.Alarm(this, 'AgeAlarm', {
      alarmDescription: `The oldest message of ${props.name} waits for more than five minutes`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 300,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    props.operations.notify(this.ageAlarm);
  }

  /** Lets a function read the queue in batches, and give single messages back. */
  feed(handler: QueueClient, options: MappingOptions): lambda.EventSourceMapping {
    handler.allow(
      ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(
        (action) => `sqs:${action}`,
      ),
      [this.queue.queueArn],
    );
    const mapping = handler.target.addEventSourceMapping(`${this.node.id}Mapping`, {
      eventSourceArn: this.queue.queueArn,
      batchSize: options.batchSize ?? 10,
      reportBatchItemFailures: true,
      maxConcurrency: options.maximumConcurrency,
      ...(this.batchingWindow && { maxBatchingWindow: this.batchingWindow }),
    });
    // By ARN: an alias has no name that names its function as well, so CDK takes one apart.
    (mapping.node.defaultChild as lambda.CfnEventSourceMapping).functionName = handler.target.functionArn;
    return mapping;
  }

  /** Lets a function send to the queue. */
  admitProducer(producer: QueueClient): void {
    producer.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    producer.useKey(this.key);
  }

  /** The queue by its name: a reference to the queue itself would close a circle with its dead-letter queue. */
  private byName(queueName: string): sqs.IQueue {
    const queueArn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    return sqs.Queue.fromQueueArn(this, 'Source', queueArn);
  }
}
