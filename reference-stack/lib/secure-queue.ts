import { Duration, Stack, Tags } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Runbook } from './runbook.ts';

const fourteenDays = Duration.days(14);

/** The destination of the alarms of a queue; `Operations` is one. */
export interface AlarmReceiver {
  notify(alarm: cloudwatch.Alarm): void;
}

/** A function that can get the permissions that a queue requires; `SecureFunction` is one. */
export interface QueueClient {
  readonly target: lambda.IFunction;
  allow(actions: readonly string[], resources: readonly string[]): void;
  useKey(key: kms.IKey): void;
}

/** Properties that every queue of a flow has. */
export interface QueueContext {
  /** Customer managed key that encrypts the messages. */
  readonly key: kms.IKey;
  /** Destination of the alarms; `Operations` is one. */
  readonly operations: AlarmReceiver;
  /** Runbook that the depth alarm's description and the dead-letter queue's tag refer to. */
  readonly runbook: Runbook;
}

/** Properties of {@link DeadLetterQueue}. */
export interface DeadLetterQueueProps extends QueueContext {
  /** What the queue contains. The text is part of the description of the alarm. */
  readonly holds: string;
  /**
   * Queues that are allowed to use this one as their dead-letter queue.
   *
   * @default none: AWS services send messages to it directly
   */
  readonly sources?: readonly sqs.IQueue[];
  /** Whether the queue is a FIFO queue. @default false */
  readonly fifo?: boolean;
  /**
   * More inputs that the runbook requires for a retry from this queue, such as `SourceQueueUrl`.
   *
   * @default none: only the queue is required
   */
  readonly retryWith?: Readonly<Record<string, string>>;
}

/**
 * A queue that keeps failed messages for 14 days and raises an alarm when it contains any. The alarm description
 * has the runbook and the action that replays them. SQS moves messages back to their source queue; the runbook
 * retries everything else.
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
  /**
   * Short name. The full name is `<stack>-<name>`, so that only this queue is allowed to use its dead-letter queue.
   */
  readonly name: string;
  /** Timeout of the function that reads the queue. */
  readonly consumerTimeout: Duration;
  /** Maximum time for which Lambda collects messages for a batch. @default none: Lambda does not wait */
  readonly batchingWindow?: Duration;
  /** Whether the queue is a FIFO queue, which keeps the order within a message group. @default false */
  readonly fifo?: boolean;
  /** Number of receives after which a message moves to the dead-letter queue. @default 3 */
  readonly maxReceiveCount?: number;
}

/** Properties of {@link WorkQueue.feed}. */
export interface MappingOptions {
  /**
   * Maximum number of batches that are processed at the same time: at least 2, at most the function's reserved
   * concurrency.
   */
  readonly maximumConcurrency: number;
  /** @default 10 */
  readonly batchSize?: number;
}

/**
 * A queue that a function reads. A received message is hidden for six times the timeout of the function, plus the
 * batching window. Messages are kept for 14 days, and move to the dead-letter queue after three receives.
 */
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

  /** Allows a function to read the queue in batches, and to report single messages as failed. */
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

  /** Allows a function to send messages to the queue. */
  admitProducer(producer: QueueClient): void {
    producer.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    producer.useKey(this.key);
  }

  /**
   * The queue by its name: a reference to the queue itself would create a circular dependency with its dead-letter
   * queue.
   */
  private byName(queueName: string): sqs.IQueue {
    const queueArn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    return sqs.Queue.fromQueueArn(this, 'Source', queueArn);
  }
}
