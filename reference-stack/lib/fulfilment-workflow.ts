import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { ExecutionRole } from './execution-role.ts';
import type { Operations } from './operations.ts';
import { dataRemovalPolicy, type Posture } from './posture.ts';
import { allowObservation } from './workflow-observation.ts';

/** Properties of {@link FulfilmentWorkflow}. */
export interface FulfilmentWorkflowProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Customer managed key of the state machine, its logs, and the table, topic and queue that it uses. */
  readonly key: kms.IKey;
  /** Destination of the alarms. */
  readonly operations: Operations;
  /**
   * Table of orders, with the partition key `orderId`. The workflow writes its own attributes to the item of the
   * order. If the item does not exist, the workflow creates it: an order from the event bus is stored by the
   * application that sent the event.
   */
  readonly orders: dynamodb.ITable;
  /** Topic to which a message is published for every fulfilled order. */
  readonly announcements: sns.ITopic;
  /** Queue to which a message is sent for every order that could not be fulfilled. */
  readonly failures: sqs.IQueue;
}

/**
 * A state machine with the input `{orderId, items: [{sku, quantity}]}`. It reserves every item, then marks and
 * announces the order in parallel. Every state retries with backoff and catches errors, which are reported before
 * the execution fails. An item is reserved once, even if its state, the map or the whole execution is repeated.
 */
export class FulfilmentWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;
  readonly logGroup: logs.LogGroup;
  private readonly props: FulfilmentWorkflowProps;

  constructor(scope: Construct, id: string, props: FulfilmentWorkflowProps) {
    super(scope, id);
    this.props = props;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: props.key,
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    const report = this.reportFailure();
    const definition = this.reserveItems(report)
      .next(this.settle(report))
      .next(new sfn.Succeed(this, 'Fulfilled'));
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      role: this.createRole().sealed(),
      definitionBody: sfn.DefinitionBody.fromChainable(definition),
      timeout: Duration.hours(1),
      tracingEnabled: true,
      logs: { destination: this.logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
      encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(props.key, Duration.minutes(5)),
    });
    this.addAlarm();
  }

  private createRole(): ExecutionRole {
    const { orders, announcements, failures, key } = this.props;
    const role = new ExecutionRole(this, 'Role', {
      service: 'states.amazonaws.com',
      description: 'Runs: fulfillment of orders',
    });
    role.allow(['dynamodb:UpdateItem'], [orders.tableArn]);
    role.allow(['sns:Publish'], [announcements.topicArn]);
    role.allow(['sqs:SendMessage'], [failures.queueArn]);
    role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    allowObservation(role);
    return role;
  }

  private reserveItems(report: sfn.IChainable): sfn.Map {
    const reserve = new tasks.DynamoUpdateItem(this, 'ReserveItem', {
      table: this.props.orders,
      key: { orderId: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.orderId')) },
      updateExpression: 'ADD reservedUnits :quantity, reservedItems :positions SET fulfilment = :state',
      expressionAttributeValues: {
        ':quantity': tasks.DynamoAttributeValue.numberFromString(
          sfn.JsonPath.format('{}', sfn.JsonPath.stringAt('$.item.quantity')),
        ),
        ':positions': tasks.DynamoAttributeValue.fromStringSet(sfn.JsonPath.listAt('$.positions')),
        ':position': tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.positions[0]')),
        ':state': tasks.DynamoAttributeValue.fromString('RESERVING'),
      },
      conditionExpression: 'attribute_not_exists(reservedItems) OR NOT contains(reservedItems, :position)',
      resultPath: sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
    });
    const failed = new sfn.Fail(this, 'ItemNotReserved', {
      errorPath: '$.failure.Error',
      causePath: '$.failure.Cause',
    });
    const map = new sfn.Map(this, 'ReserveItems', {
      itemsPath: '$.items',
      itemSelector: {
        orderId: sfn.JsonPath.stringAt('$.orderId'),
        item: sfn.JsonPath.objectAt('$$.Map.Item.Value'),
        positions: sfn.JsonPath.array(sfn.JsonPath.format('{}', sfn.JsonPath.stringAt('$$.Map.Item.Index'))),
      },
      maxConcurrency: 5,
      resultPath: sfn.JsonPath.DISCARD,
    });
    // An attempt before this one reserved the item, and was not heard of.
    const reserved = ['DynamoDB.ConditionalCheckFailedException'];
    reserve.addRetry({ errors: reserved, maxAttempts: 0, backoffRate: 2 });
    reserve.addCatch(new sfn.Succeed(this, 'ItemReservedBefore'), { errors: reserved });
    map.itemProcessor(withRetryAndCatch(reserve, failed));
    return withRetryAndCatch(map, report);
  }

  private settle(report: sfn.IChainable): sfn.Parallel {
    const branchFailed = (id: string) =>
      new sfn.Fail(this, id, { errorPath: '$.failure.Error', causePath: '$.failure.Cause' });
    const mark = new tasks.DynamoUpdateItem(this, 'MarkFulfilled', {
      table: this.props.orders,
      key: { orderId: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.orderId')) },
      updateExpression: 'SET fulfilment = :state',
      expressionAttributeValues: { ':state': tasks.DynamoAttributeValue.fromString('FULFILLED') },
      resultPath: sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
    });
    const announce = new tasks.SnsPublish(this, 'Announce', {
      topic: this.props.announcements,
      message: sfn.TaskInput.fromObject({
        type: 'order.fulfilled',
        orderId: sfn.JsonPath.stringAt('$.orderId'),
      }),
      messageAttributes: { type: { value: 'order.fulfilled' } },
      resultPath: sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
    });
    const parallel = new sfn.Parallel(this, 'Settle', { resultPath: sfn.JsonPath.DISCARD });
    parallel.branch(
      withRetryAndCatch(mark, branchFailed('NotMarked')),
      withRetryAndCatch(announce, branchFailed('NotAnnounced')),
    );
    return withRetryAndCatch(parallel, report);
  }

  private reportFailure(): sfn.IChainable {
    const report = new tasks.SqsSendMessage(this, 'ReportFailure', {
      queue: this.props.failures,
      messageBody: sfn.TaskInput.fromObject({
        type: 'order.unfulfilled',
        orderId: sfn.JsonPath.stringAt('$.orderId'),
        execution: sfn.JsonPath.executionId,
        failure: sfn.JsonPath.objectAt('$.failure'),
      }),
      resultPath: sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
    });
    const unreported = new sfn.Fail(this, 'UnfulfilledAndUnreported', {
      error: 'Unreported',
      cause:
        'The order was not fulfilled, and no message could be sent to the failure queue; see the execution history.',
    });
    return withRetryAndCatch(report, unreported).next(
      new sfn.Fail(this, 'Unfulfilled', { errorPath: '$.failure.Error', causePath: '$.failure.Cause' }),
    );
  }

  private addAlarm(): void {
    const alarm = new cloudwatch.Alarm(this, 'FailedAlarm', {
      alarmDescription: 'A fulfillment failed or timed out',
      metric: this.stateMachine.metricFailed({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.props.operations.notify(alarm);
  }
}

function withRetryAndCatch<S extends sfn.TaskStateBase | sfn.Map | sfn.Parallel>(
  state: S,
  next: sfn.IChainable,
): S {
  state.addRetry({
    errors: ['States.ALL'],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 3,
    maxDelay: Duration.seconds(30),
    jitterStrategy: sfn.JitterType.FULL,
  });
  state.addCatch(next, { errors: ['States.ALL'], resultPath: '$.failure' });
  return state;
}
