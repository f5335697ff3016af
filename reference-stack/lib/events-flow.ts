import { ArnFormat, type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { idempotencyActions } from './batch-flow.ts';
import { FlowKey } from './flow-key.ts';
import type { Foundation } from './foundation.ts';
import { shippedHandler } from './handler-code.ts';
import { FulfilmentWorkflow } from './fulfilment-workflow.ts';
import { FlowObservability } from './observability.ts';
import { grantPersonalData } from './personal-data.ts';
import type { Posture } from './posture.ts';
import { Runbook } from './runbook.ts';
import { SecureBucket } from './secure-bucket.ts';
import { SecureFunction } from './secure-function.ts';
import { DeadLetterQueue, type DeadLetterQueueProps, WorkQueue } from './secure-queue.ts';
import { IdempotencyTable, SecureTable } from './secure-table.ts';
import { SecureTopic, subscribeQueue } from './secure-topic.ts';

/** Properties of {@link EventsFlow}. */
export interface EventsFlowProps {
  /** Network, code signing, alarms and keys that the flow uses. */
  readonly foundation: Foundation;
  /** Schedule on which due orders are released. @default every five minutes; in a sandbox, every hour */
  readonly schedule?: events.Schedule;
  /** `source` of the application's events. @default 'headgate.orders' */
  readonly applicationSource?: string;
  /** Days for which the archive keeps events for replay. @default 90 */
  readonly archiveDays?: number;
  /** Paths of custom handlers by the name of the handler that each one replaces. @default the built-in handlers */
  readonly entries?: Partial<Record<EventsHandler, string>>;
}

/** Handlers of the events flow. */
export type EventsHandler =
  'ingest-upload' | 'release-due-orders' | 'start-fulfilment' | 'record-order' | 'write-audit-trail';

/** Name of the index that finds orders by status and due time. */
export const dueIndex = 'byStatusAndDue';

/**
 * Diagram 2: object uploads, a schedule and the application's events -> rules -> functions -> a FIFO queue, a topic
 * and a state machine. Undeliverable events, failed invocations and poison messages each have a queue with an
 * alarm. The archive can replay all events.
 */
export class EventsFlow extends Construct {
  readonly key: FlowKey;
  readonly bus: events.EventBus;
  readonly archive: events.Archive;
  readonly uploads: SecureBucket;
  readonly topic: SecureTopic;
  readonly orders: SecureTable;
  readonly workflow: FulfilmentWorkflow;
  readonly runbook: Runbook;
  /** Events that a rule could not deliver to its target. */
  readonly undelivered: DeadLetterQueue;
  /** Events that a function failed to process after all retries, and orders that the workflow could not fulfill. */
  readonly failures: DeadLetterQueue;
  private readonly props: EventsFlowProps;
  private readonly idempotency: IdempotencyTable;

  constructor(scope: Construct, id: string, props: EventsFlowProps) {
    super(scope, id);
    this.props = props;
    const { foundation } = props;
    const { posture, operations } = foundation;
    this.key = new FlowKey(this, 'Key', {
      description: 'Bus, queues, topic, tables, storage and logs of the events flow',
      posture,
      services: ['logs', 'events', 'event-bus', 'sns'],
    });
    this.runbook = new Runbook(this, 'Runbook', { flow: 'events', key: this.key });
    // Under another key than the bus: what cannot be encrypted or decrypted with the bus's key lands here too.
    this.undelivered = this.createDeadLetters('Undelivered', 'Events that did not reach their target', {
      key: foundation.key,
    });
    this.failures = this.createDeadLetters('Failures', 'Events that failed in a function or the workflow');
    this.bus = this.createBus();
    this.archive = this.createArchive(props.archiveDays ?? 90);
    this.uploads = this.createBucket('Uploads', 'uploads', {
      eventBridge: true,
      expireAfter: Duration.days(90),
    });
    this.orders = this.createOrdersTable();
    this.idempotency = new IdempotencyTable(this, 'Idempotency', { posture, key: this.key });
    this.topic = new SecureTopic(this, 'Announcements', {
      key: this.key,
      displayName: 'Order announcements',
    });
    this.workflow = new FulfilmentWorkflow(this, 'Fulfilment', {
      posture,
      key: this.key,
      operations,
      orders: this.orders,
      announcements: this.topic,
      failures: this.failures.queue,
    });
    this.admitRedrive();
    const ordered = this.createQueue('OrderedOrders', 'ordered-orders', true);
    const audit = this.createQueue('Audit', 'audit', false);
    this.subscribeAudit(audit);
    const functions = [
      this.ingestUploads(ordered),
      this.recordOrders(ordered),
      this.releaseDueOrders(),
      this.startFulfilment(),
      this.writeAuditTrail(audit),
    ];
    new FlowObservability(this, 'Observability', {
      functions,
      queues: [ordered, audit],
      deadLetters: [this.undelivered, this.failures, ordered.deadLetters, audit.deadLetters],
    });
  }

  // ---- sources

  private createBus(): events.EventBus {
    const bus = new events.EventBus(this, 'Bus', {
      eventBusName: `${Stack.of(this).stackName}-orders`,
      description: 'Order events of the application',
      deadLetterQueue: this.undelivered.queue,
    });
    // By hand, here and for the archive: the L2 property names the bus in the key's policy, which closes a circle
    // with the dead-letter queue. The key admits the buses of this account instead.
    (bus.node.defaultChild as events.CfnEventBus).kmsKeyIdentifier = this.key.keyArn;
    bus.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OwnAccountOnly',
        principals: [new iam.AccountRootPrincipal()],
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
      }),
    );
    // Each rule's target admits its rule; nothing admits the bus itself.
    this.undelivered.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': bus.eventBusArn } },
      }),
    );
    return bus;
  }

  private createArchive(days: number): events.Archive {
    const archive = new events.Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      description: 'All events of the bus, to replay them after an incident',
      eventPattern: { version: ['0'] },
      retention: Duration.days(days),
    });
    (archive.node.defaultChild as events.CfnArchive).kmsKeyIdentifier = this.key.keyArn;
    this.runbook.admitArchive(archive.archiveArn, this.bus);
    return archive;
  }

  private createBucket(
    id: string,
    prefix: string,
    more: { eventBridge?: boolean; expireAfter?: Duration } = {},
  ): SecureBucket {
    const { posture, accessLogs } = this.props.foundation;
    return new SecureBucket(this, id, {
      posture,
      key: this.key,
      accessLogs,
      accessLogPrefix: `events-${prefix}`,
      ...more,
    });
  }

  private createOrdersTable(): SecureTable {
    const table = new SecureTable(this, 'Orders', {
      posture: this.props.foundation.posture,
      key: this.key,
      partitionKey: 'orderId',
    });
    table.addGlobalSecondaryIndex({
      indexName: dueIndex,
      partitionKey: { name: 'status', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'dueAt', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.ALL,
    });
    return table;
  }

  // ---- queues

  private createDeadLetters(
    id: string,
    holds: string,
    more: Partial<DeadLetterQueueProps> = {},
  ): DeadLetterQueue {
    const { operations } = this.props.foundation;
    return new DeadLetterQueue(this, id, {
      ...{ key: this.key, operations, runbook: this.runbook, holds },
      ...more,
    });
  }

  /** Allows the runbook to redrive an order that the workflow could not fulfill. */
  private admitRedrive(): void {
    const { stateMachineName } = this.workflow.stateMachine;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.runbook.admitReplay(['states:RedriveExecution'], executions);
    const logicalId = Stack.of(this).getLogicalId(
      this.workflow.stateMachine.node.defaultChild as CfnResource,
    ); // what it always is
    acknowledge(this.runbook, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${logicalId}.Name>:*]`]:
        'The name of an execution is set when it starts; the statement is limited to one state machine.',
    });
  }

  private createQueue(id: string, name: string, fifo: boolean): WorkQueue {
    return new WorkQueue(this, id, {
      name,
      fifo,
      key: this.key,
      operations: this.props.foundation.operations,
      runbook: this.runbook,
      consumerTimeout: consumerTimeout,
    });
  }

  private subscribeAudit(audit: WorkQueue): void {
    const undelivered = this.createDeadLetters(
      'UndeliveredAnnouncements',
      'Announcements that could not be delivered to a queue',
      { retryWith: { SourceQueueUrl: audit.queue.queueUrl } },
    );
    subscribeQueue(this, 'AuditSubscription', this.topic, audit.queue, undelivered.queue);
  }

  // ---- rule 1: uploads -> ordered queue

  private ingestUploads(ordered: WorkQueue): SecureFunction {
    const handler = this.createFunction(
      'ingest-upload',
      'Sends the orders of an uploaded file to the ordered queue',
      {
        timeout: Duration.seconds(60),
        environment: {
          ORDER_QUEUE_URL: ordered.queue.queueUrl,
          PERSONAL_DATA_KEY_ARN: this.props.foundation.personalDataKey.keyArn,
        },
        failures: this.failures,
        onSuccess: { bind: () => ({ destination: this.bus.eventBusArn }) },
      },
    );
    handler.allow(['events:PutEvents'], [this.bus.eventBusArn]);
    this.remember(handler);
    // The event of a versioned bucket names the version, and reading a version is a permission of its own.
    handler.allowObjects(['s3:GetObject', 's3:GetObjectVersion'], this.uploads, '');
    handler.allow(['sqs:SendMessage'], [ordered.queue.queueArn]);
    grantPersonalData(this.props.foundation, handler, 'encrypt');
    const ofUploads = {
      source: ['aws.s3'],
      detailType: ['Object Created', 'Object Deleted'],
      detail: { bucket: { name: [this.uploads.bucketName] } },
    };
    const forward = new events.Rule(this, 'ForwardUploads', {
      description: 'Forwards upload events from the default event bus to the encrypted one',
      eventPattern: ofUploads,
    });
    forward.addTarget(new targets.EventBus(this.bus, { deadLetterQueue: this.undelivered.queue }));
    // The target has no property for its retries.
    (forward.node.defaultChild as events.CfnRule).addPropertyOverride('Targets.0.RetryPolicy', {
      MaximumRetryAttempts: boundedRetries.retryAttempts,
      MaximumEventAgeInSeconds: boundedRetries.maxEventAge.toSeconds(),
    });
    const rule = new events.Rule(this, 'UploadedOrders', {
      description: 'Sends upload events to the processing function',
      eventBus: this.bus,
      eventPattern: ofUploads,
    });
    this.invoke(rule, handler);
    return handler;
  }

  private recordOrders(ordered: WorkQueue): SecureFunction {
    const handler = this.createFunction('record-order', 'Stores each ordered order in one transaction', {
      timeout: consumerTimeout,
      writes: false,
      environment: { ORDERS_TABLE: this.orders.tableName },
    });
    handler.allow(['dynamodb:PutItem'], [this.orders.tableArn]);
    this.vouch(
      'record-order',
      handler,
      'all.application.field-level',
      'It stores personal data that was encrypted before it was queued, and rejects plaintext.',
    );
    ordered.feed(handler, { maximumConcurrency: 5 });
    return handler;
  }

  // ---- rule 2: schedule -> topic

  private releaseDueOrders(): SecureFunction {
    const handler = this.createFunction(
      'release-due-orders',
      'Announces orders whose release date has come',
      {
        timeout: Duration.seconds(60),
        reservedConcurrency: 1,
        environment: {
          ORDERS_TABLE: this.orders.tableName,
          DUE_INDEX: dueIndex,
          TOPIC_ARN: this.topic.topicArn,
        },
        failures: this.failures,
      },
    );
    this.remember(handler);
    handler.allow(['dynamodb:Query'], [`${this.orders.tableArn}/index/${dueIndex}`]);
    handler.allow(['dynamodb:UpdateItem'], [this.orders.tableArn]);
    handler.allow(['sns:Publish'], [this.topic.topicArn]);
    this.vouch('release-due-orders', handler, 'all.application.field-level', writesNoPersonalData);
    const rule = new events.Rule(this, 'Schedule', {
      description: 'Releases due orders',
      schedule: this.props.schedule ?? defaultSchedule(this.props.foundation.posture),
    });
    this.invoke(rule, handler);
    return handler;
  }

  // ---- rule 3: application events -> workflow

  private startFulfilment(): SecureFunction {
    const handler = this.createFunction('start-fulfilment', 'Starts the fulfillment of an accepted order', {
      environment: { STATE_MACHINE_ARN: this.workflow.stateMachine.stateMachineArn },
      failures: this.failures,
    });
    this.remember(handler);
    handler.allow(['states:StartExecution'], [this.workflow.stateMachine.stateMachineArn]);
    this.vouch('start-fulfilment', handler, 'all.application.field-level', writesNoPersonalData);
    const rule = new events.Rule(this, 'AcceptedOrders', {
      description: 'Sends accepted orders to the workflow',
      eventBus: this.bus,
      eventPattern: {
        source: [this.props.applicationSource ?? 'headgate.orders'],
        detailType: ['order.accepted'],
        detail: { orderId: [{ exists: true }], items: { quantity: [{ numeric: ['>', 0] }] } },
      },
    });
    this.invoke(rule, handler);
    return handler;
  }

  // ---- fan-out

  private writeAuditTrail(audit: WorkQueue): SecureFunction {
    const bucket = this.createBucket('AuditTrail', 'audit-trail');
    const handler = this.createFunction('write-audit-trail', 'Stores all announcements', {
      timeout: consumerTimeout,
      environment: { AUDIT_BUCKET: bucket.bucketName },
    });
    this.remember(handler);
    handler.allowObjects(['s3:PutObject'], bucket, 'announcements/');
    this.vouch('write-audit-trail', handler, 'all.application.field-level', writesNoPersonalData);
    this.vouch(
      'write-audit-trail',
      handler,
      'batch.downstream.database',
      'It writes one object per message; the only table that it uses has one idempotency record per message.',
    );
    audit.feed(handler, { maximumConcurrency: 2 });
    return handler;
  }

  private createFunction(name: EventsHandler, description: string, own: FunctionSettings): SecureFunction {
    const { foundation, entries } = this.props;
    return new SecureFunction(this, pascalCase(name), {
      foundation,
      key: this.key,
      description,
      entry: entries?.[name] ?? shippedHandler(name),
      service: name,
      reservedConcurrency: own.reservedConcurrency ?? 10,
      ...(own.timeout && { timeout: own.timeout }),
      ...(own.failures && { failures: own.failures }),
      ...(own.onSuccess && { onSuccess: own.onSuccess }),
      ...(own.writes !== undefined && { writes: own.writes }),
      environment: own.environment,
    });
  }

  /** Acknowledges a rule for the code of a built-in handler. The code of a custom handler is not acknowledged. */
  private vouch(name: EventsHandler, handler: SecureFunction, rule: string, reason: string): void {
    if (this.props.entries?.[name] === undefined) handler.vouch(rule, reason);
  }

  /** Allows a function to keep records of what it has done. */
  private remember(handler: SecureFunction): void {
    handler.function.addEnvironment('IDEMPOTENCY_TABLE', this.idempotency.tableName);
    handler.allow(idempotencyActions, [this.idempotency.tableArn]);
  }

  private invoke(rule: events.Rule, handler: SecureFunction): void {
    rule.addTarget(
      new targets.LambdaFunction(handler.target, {
        deadLetterQueue: this.undelivered.queue,
        ...boundedRetries,
      }),
    );
  }
}

interface FunctionSettings {
  readonly timeout?: Duration;
  readonly reservedConcurrency?: number;
  readonly environment: Record<string, string>;
  readonly failures?: DeadLetterQueue;
  readonly onSuccess?: lambda.IDestination;
  readonly writes?: boolean;
}

const writesNoPersonalData =
  'It does not write personal data to a table, only status and idempotency records.';

const consumerTimeout = Duration.seconds(30);

const boundedRetries = { maxEventAge: Duration.hours(2), retryAttempts: 8 };

function defaultSchedule(posture: Posture): events.Schedule {
  return posture === 'production'
    ? events.Schedule.cron({ minute: '0/5' })
    : events.Schedule.rate(Duration.hours(1));
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash: string, letter: string) => letter.toUpperCase());
}
