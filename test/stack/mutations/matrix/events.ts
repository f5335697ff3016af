import type { Mutation } from '../apply-mutation.ts';
import { defaultBusPolicy, notification, pipe, schedule, subscriber } from './event-bases.ts';

const defaultBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/default';

/** EventBridge, S3 events, Step Functions. */
export const events: readonly Mutation[] = [
  {
    rule: 'events.bus.archive',
    on: 'EventsBus',
    mistake: 'the archive is that of another bus',
    edits: [{ id: 'EventsArchive', set: 'SourceArn', to: defaultBusArn }],
  },
  {
    rule: 'events.bus.archive.storage',
    on: 'Parcels',
    mistake: 'nothing says how long events are kept',
    base: subscriber,
    edits: [{ id: 'Parcels', remove: 'StorageConfiguration' }],
  },
  {
    rule: 'events.bus.encryption',
    on: 'EventsBus',
    mistake: 'the bus is encrypted with a key that AWS owns',
    edits: [{ id: 'EventsBus', remove: 'KmsKeyIdentifier' }],
    also: [
      {
        rule: 'all.application.payload',
        on: 'EventsBus',
        because: 'it asks the same of every place where messages wait',
      },
    ],
  },
  {
    rule: 'events.bus.filtering',
    on: 'EventsAcceptedOrders',
    mistake: 'the rule takes every event of the bus',
    edits: [{ id: 'EventsAcceptedOrders', set: 'EventPattern', to: { version: ['0'] } }],
  },
  {
    rule: 'events.bus.filtering.subscriber',
    on: 'ParcelsSubscriber',
    mistake: 'the subscriber takes every event of the bus',
    base: subscriber,
    edits: [{ id: 'ParcelsSubscriber', remove: 'FilterConfiguration' }],
  },
  {
    rule: 'events.bus.policy',
    on: 'EventsBus',
    mistake: 'every account may send events',
    edits: [{ id: 'EventsBuscdkOwnAccountOnly', set: 'Statement.Principal', to: '*' }],
  },
  {
    rule: 'events.bus.policy.default',
    on: 'DefaultBusPolicy',
    mistake: 'every account may send events to the default bus',
    base: defaultBusPolicy,
    edits: [{ id: 'DefaultBusPolicy', remove: 'Statement.Condition' }],
  },
  {
    rule: 'events.rule.dlq',
    on: 'EventsAcceptedOrders',
    mistake: 'what the target does not take is lost',
    edits: [{ id: 'EventsAcceptedOrders', remove: 'Targets.0.DeadLetterConfig' }],
  },
  {
    rule: 'events.rule.dlq.bus',
    on: 'EventsBus',
    mistake: 'the dead-letter queue is behind the key of the bus',
    edits: [
      { id: 'EventsUndeliveredQueue', set: 'KmsMasterKeyId', to: { 'Fn::GetAtt': ['EventsKey', 'Arn'] } },
    ],
  },
  {
    rule: 'events.rule.dlq.subscriber',
    on: 'ParcelsSubscriber',
    mistake: 'what the target does not take is lost',
    base: subscriber,
    edits: [{ id: 'ParcelsSubscriber', remove: 'OnFailureConfiguration' }],
  },
  {
    rule: 'events.rule.target',
    on: 'EventsAcceptedOrders',
    mistake: 'the function does not admit the rule',
    edits: [{ drop: 'EventsAcceptedOrdersAllowEventRuleHeadgateEventsStartFulfilmentFunction4D65F996' }],
  },
  {
    rule: 'events.rule.target.pipe',
    on: 'OrdersPipe',
    mistake: 'the role may not read the source',
    base: pipe,
    edits: [
      { id: 'PipeRole', set: 'Policies.0.PolicyDocument.Statement.0.Action', to: 'kinesis:ListShards' },
    ],
  },
  {
    rule: 'events.rule.target.schedule',
    on: 'NightlySchedule',
    mistake: 'the role is one that Lambda assumes',
    base: schedule,
    edits: [
      {
        id: 'SchedulerRole',
        set: 'AssumeRolePolicyDocument.Statement.0.Principal.Service',
        to: 'lambda.amazonaws.com',
      },
    ],
  },
  {
    rule: 'events.s3.encrypted-notification',
    on: 'EventsUploads',
    mistake: 'S3 may not use the key of the queue that it notifies',
    base: notification,
    edits: [{ id: 'EventsKey', in: 'KeyPolicy', replace: 's3.amazonaws.com', by: 'budgets.amazonaws.com' }],
  },
  {
    rule: 'events.s3.encrypted-notification.target',
    on: 'EventsUploads',
    mistake: 'the queue that the bucket notifies takes nothing from S3',
    base: notification,
    edits: [
      {
        id: 'EventsAuditQueuePolicy',
        in: 'PolicyDocument',
        replace: 's3.amazonaws.com',
        by: 'budgets.amazonaws.com',
      },
    ],
  },
  {
    rule: 'events.s3.eventbridge',
    on: 'EventsUploads',
    mistake: 'the bucket sends nothing to EventBridge',
    edits: [{ id: 'EventsUploads', remove: 'NotificationConfiguration' }],
  },
  {
    rule: 'events.schedule.expression',
    on: 'NightlySchedule',
    mistake: 'what the target does not take is lost',
    base: schedule,
    edits: [{ id: 'NightlySchedule', remove: 'Target.DeadLetterConfig' }],
  },
  {
    rule: 'events.schedule.expression.rule',
    on: 'EventsSchedule',
    mistake: 'day of month and day of week at once',
    edits: [{ id: 'EventsSchedule', set: 'ScheduleExpression', to: 'cron(0/5 * * * * *)' }],
  },
  {
    rule: 'events.stepfunctions.observability',
    on: 'EventsFulfilmentStateMachine',
    mistake: 'executions are not logged',
    edits: [{ id: 'EventsFulfilmentStateMachine', set: 'LoggingConfiguration.Level', to: 'OFF' }],
  },
  {
    rule: 'events.stepfunctions.observability.encryption',
    on: 'EventsFulfilmentStateMachine',
    mistake: 'executions are encrypted with a key that AWS owns',
    edits: [{ id: 'EventsFulfilmentStateMachine', remove: 'EncryptionConfiguration' }],
  },
  {
    rule: 'events.stepfunctions.retry',
    on: 'EventsFulfilmentStateMachine',
    mistake: 'retries do not back off',
    edits: [
      {
        id: 'EventsFulfilmentStateMachine',
        in: 'DefinitionString',
        replace: 'BackoffRate\\":2',
        by: 'BackoffRate\\":1',
      },
    ],
  },
];
