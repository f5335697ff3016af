import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ExternalApi } from './external-api.ts';
import { FlowKey } from './flow-key.ts';
import type { Foundation } from './foundation.ts';
import { shippedHandler } from './handler-code.ts';
import { FlowObservability } from './observability.ts';
import { grantPersonalData } from './personal-data.ts';
import { Runbook } from './runbook.ts';
import { SecureBucket } from './secure-bucket.ts';
import { metricsNamespace, SecureFunction } from './secure-function.ts';
import { DeadLetterQueue, WorkQueue } from './secure-queue.ts';
import { IdempotencyTable, SecureTable } from './secure-table.ts';
import { subscribeQueue } from './secure-topic.ts';

/** Events with the detail type `payment.captured`. Their detail is an order message. */
export interface PaymentEvents {
  /** Event bus that receives the events. */
  readonly bus: events.IEventBus;
  /** `source` of the events, such as `shop.payments`. */
  readonly source: string;
}

/** Properties of {@link BatchFlow}. */
export interface BatchFlowProps {
  /** Network, code signing, alarms and keys that the flow uses. */
  readonly foundation: Foundation;
  /**
   * API outside AWS that the function calls. The built-in handler charges each order with it.
   *
   * @default none: the function cannot call addresses outside AWS, and `entry` is required
   */
  readonly externalApi?: ExternalApi;
  /** Topics whose order messages the queue also receives, in their original form. @default none */
  readonly topics?: readonly sns.ITopic[];
  /**
   * Values of the message attribute `type` that mark order messages. The queue does not receive the topics' other
   * messages.
   *
   * @default ['order.due']
   */
  readonly topicMessageTypes?: readonly string[];
  /** Payment events that the queue also receives. @default none */
  readonly paymentEvents?: PaymentEvents;
  /** Path of a custom handler, a file that exports `handler`. @default the built-in `process-orders` */
  readonly entry?: string;
  /** Reserved concurrency of the function. @default 20 */
  readonly reservedConcurrency?: number;
  /**
   * Maximum number of batches that are processed at the same time: at least 2, at most the reserved concurrency.
   *
   * @default 10
   */
  readonly maximumConcurrency?: number;
  /** Provisioned concurrency of the alias `live`. @default 2 */
  readonly provisionedConcurrency?: number;
}

/**
 * Diagram 3: producers -> queue -> batch function -> database, external API and storage. A message that fails three
 * times moves to the dead-letter queue. The other messages of its batch are not affected.
 */
export class BatchFlow extends Construct {
  readonly key: FlowKey;
  readonly queue: WorkQueue;
  readonly function: SecureFunction;
  readonly table: SecureTable;
  readonly bucket: SecureBucket;
  readonly runbook: Runbook;
  /** Messages of topics and event buses that did not reach the queue; absent if it receives neither. */
  readonly undelivered?: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: BatchFlowProps) {
    super(scope, id);
    if (!props.externalApi && props.entry === undefined)
      throw new Error(
        'The built-in handler charges orders with an external API. Set `externalApi`, or set `entry` to a custom handler.',
      );
    const { foundation } = props;
    const { posture, operations } = foundation;
    this.key = new FlowKey(this, 'Key', {
      description: 'Queue, tables, storage and logs of the batch flow',
      posture,
      services: ['logs', 'sns', 'events'],
    });
    this.runbook = new Runbook(this, 'Runbook', { flow: 'batch', key: this.key });
    const timeout = Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Orders', {
      name: 'orders',
      key: this.key,
      operations,
      runbook: this.runbook,
      consumerTimeout: timeout,
      batchingWindow: Duration.seconds(5),
    });
    this.table = new SecureTable(this, 'Processed', { posture, key: this.key, partitionKey: 'orderId' });
    this.bucket = new SecureBucket(this, 'AuditTrail', {
      posture,
      key: this.key,
      accessLogs: foundation.accessLogs,
      accessLogPrefix: 'batch-audit-trail',
    });
    const idempotency = new IdempotencyTable(this, 'Idempotency', { posture, key: this.key });
    this.function = this.createFunction(props, timeout, idempotency);
    const topics = props.topics ?? [];
    if (topics.length > 0 || props.paymentEvents) {
      const undelivered = new DeadLetterQueue(this, 'Undelivered', {
        key: this.key,
        operations,
        runbook: this.runbook,
        holds: 'Messages of topics and buses that did not reach the order queue',
        retryWith: { SourceQueueUrl: this.queue.queue.queueUrl },
      });
      this.undelivered = undelivered;
      topics.forEach((topic, index) => {
        subscribeQueue(this, `Subscription${index}`, topic, this.queue.queue, undelivered.queue, {
          type: sns.SubscriptionFilter.stringFilter({
            allowlist: [...(props.topicMessageTypes ?? ['order.due'])],
          }),
        });
      });
      if (props.paymentEvents) this.takePayments(props.paymentEvents, undelivered);
    }
    new FlowObservability(this, 'Observability', {
      functions: [this.function],
      queues: [this.queue],
      deadLetters: [this.queue.deadLetters, ...(this.undelivered ? [this.undelivered] : [])],
      widgets: [businessRow()],
    });
  }

  private createFunction(props: BatchFlowProps, timeout: Duration, idempotency: IdempotencyTable) {
    const { foundation, externalApi } = props;
    const handler = new SecureFunction(this, 'ProcessOrders', {
      foundation,
      key: this.key,
      description: 'Charges the orders of the queue one by one',
      entry: props.entry ?? shippedHandler('process-orders'),
      service: 'process-orders',
      timeout,
      reservedConcurrency: props.reservedConcurrency ?? 20,
      provisionedConcurrency: props.provisionedConcurrency ?? 2,
      egress: externalApi !== undefined,
      environment: {
        ...externalApi?.environment(),
        PROCESSED_TABLE: this.table.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
        AUDIT_BUCKET: this.bucket.bucketName,
        PERSONAL_DATA_KEY_ARN: foundation.personalDataKey.keyArn,
      },
    });
    externalApi?.grantUse(handler);
    handler.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [this.table.tableArn]);
    handler.allow(idempotencyActions, [idempotency.tableArn]);
    handler.allowObjects(['s3:PutObject'], this.bucket, 'processed/');
    grantPersonalData(foundation, handler, 'decrypt');
    // Nobody here knows what another handler does.
    if (props.entry === undefined)
      handler.vouch(
        'all.application.field-level',
        'It stores personal data as the order API encrypted it, rejects plaintext, and decrypts only for one call.',
      );
    this.queue.feed(handler, { maximumConcurrency: props.maximumConcurrency ?? 10 });
    return handler;
  }

  private takePayments({ bus, source }: PaymentEvents, undelivered: DeadLetterQueue): void {
    const rule = new events.Rule(this, 'Payments', {
      description: 'Sends captured payments to the order queue',
      eventBus: bus,
      eventPattern: {
        source: [source],
        detailType: ['payment.captured'],
        detail: { orderId: [{ exists: true }] },
      },
    });
    for (const queue of [this.queue.queue, undelivered.queue]) admitRule(queue, rule);
    rule.addTarget({
      bind: () => ({
        arn: this.queue.queue.queueArn,
        input: events.RuleTargetInput.fromEventPath('$.detail'),
        deadLetterConfig: { arn: undelivered.queue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 7200, maximumRetryAttempts: 8 },
      }),
    });
  }
}

/** The L2 target does not add the rule to the policy of an encrypted queue. */
function admitRule(queue: sqs.IQueue, rule: events.Rule): void {
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    }),
  );
}

/** What Powertools idempotency does to its table. */
export const idempotencyActions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map(
  (action) => `dynamodb:${action}`,
);

function businessRow(): cloudwatch.IWidget[] {
  const metric = (metricName: string) =>
    new cloudwatch.Metric({
      namespace: metricsNamespace,
      metricName,
      dimensionsMap: { service: 'process-orders' },
      statistic: 'Sum',
    });
  return [
    new cloudwatch.GraphWidget({
      title: 'Orders processed and rejected (business), circuit openings',
      width: 24,
      left: [metric('OrderProcessed'), metric('OrderRejected')],
      right: [metric('CircuitOpened')],
    }),
  ];
}
