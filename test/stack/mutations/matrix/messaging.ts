import type { Mutation } from '../apply-mutation.ts';
import { sharedBucketPolicy, sharedQueuePolicy, sharedTopicPolicy, stream, topic } from './event-bases.ts';

const sameSwitch = 'both diagrams ask it of a queue, and it stands in both';

/** SQS, SNS, event source mappings. */
export const messaging: readonly Mutation[] = [
  {
    rule: 'all.application.payload',
    on: 'BatchOrdersQueue',
    mistake: 'messages are encrypted with the key that AWS manages',
    edits: [{ id: 'BatchOrdersQueue', set: 'KmsMasterKeyId', to: 'alias/aws/sqs' }],
    also: [
      {
        rule: 'batch.queue.encryption.customer-managed',
        on: 'BatchOrdersQueue',
        because: 'it asks the same of queues',
      },
      {
        rule: 'events.rule.target',
        on: 'BatchPayments',
        because: 'the key that AWS manages does not let EventBridge use it',
      },
      {
        rule: 'events.sns.fan-out.subscription',
        on: 'BatchSubscription0',
        because: 'nor does it let SNS use it',
      },
    ],
  },
  {
    rule: 'batch.queue.encryption',
    on: 'BatchOrdersQueue',
    mistake: 'encryption is switched off',
    edits: [
      { id: 'BatchOrdersQueue', remove: 'KmsMasterKeyId' },
      { id: 'BatchOrdersQueue', set: 'SqsManagedSseEnabled', to: false },
    ],
    also: [
      {
        rule: 'all.application.payload',
        on: 'BatchOrdersQueue',
        because: 'what is not encrypted at all is not encrypted with a key of the account',
      },
    ],
  },
  {
    rule: 'batch.queue.encryption.customer-managed',
    on: 'BatchOrdersQueue',
    mistake: 'messages are encrypted with keys of SQS',
    edits: [{ id: 'BatchOrdersQueue', remove: 'KmsMasterKeyId' }],
    also: [
      {
        rule: 'all.application.payload',
        on: 'BatchOrdersQueue',
        because: 'it asks the same of every place where messages wait',
      },
    ],
  },
  {
    rule: 'batch.queue.policy',
    on: 'BatchOrdersQueue',
    mistake: 'the queue policy lets plain HTTP in',
    edits: [{ id: 'BatchOrdersQueuePolicy', remove: 'PolicyDocument.Statement.0' }],
  },
  {
    rule: 'api.s3.public-access.policy',
    on: 'SharedPolicy',
    mistake: 'everyone may use the bucket of another application',
    base: sharedBucketPolicy,
    edits: [{ id: 'SharedPolicy', remove: 'PolicyDocument.Statement.0.Condition' }],
  },
  {
    rule: 'batch.queue.policy.alone',
    on: 'SharedPolicy',
    mistake: 'everyone may use the queue of another application',
    base: sharedQueuePolicy,
    edits: [{ id: 'SharedPolicy', remove: 'PolicyDocument.Statement.0.Condition' }],
  },
  {
    rule: 'events.sns.transit.policy',
    on: 'SharedPolicy',
    mistake: 'everyone may use the topic of another application',
    base: sharedTopicPolicy,
    edits: [{ id: 'SharedPolicy', remove: 'PolicyDocument.Statement.0.Condition' }],
  },
  {
    rule: 'batch.queue.retention',
    on: 'BatchOrdersQueue',
    mistake: 'messages are deleted after four days',
    edits: [{ id: 'BatchOrdersQueue', remove: 'MessageRetentionPeriod' }],
  },
  {
    rule: 'batch.queue.visibility-timeout',
    on: 'BatchOrdersQueue',
    mistake: 'the time-out of the function is doubled',
    edits: [{ id: 'BatchProcessOrdersFunction', set: 'Timeout', to: 60 }],
    also: [{ rule: 'events.sqs.visibility', on: 'BatchOrdersQueue', because: sameSwitch }],
  },
  {
    rule: 'events.sqs.visibility',
    on: 'EventsAuditQueue',
    mistake: 'messages come back while they are worked on',
    edits: [{ id: 'EventsAuditQueue', remove: 'VisibilityTimeout' }],
    also: [{ rule: 'batch.queue.visibility-timeout', on: 'EventsAuditQueue', because: sameSwitch }],
  },
  {
    rule: 'batch.dlq.redrive',
    on: 'BatchOrdersQueue',
    mistake: 'the dead-letter queue is a FIFO queue, and its source is none',
    edits: [
      { id: 'BatchOrdersDeadLettersQueue', set: 'FifoQueue', to: true },
      { id: 'BatchOrdersDeadLettersQueue', set: 'ContentBasedDeduplication', to: true },
    ],
  },
  {
    rule: 'events.sqs.dlq',
    on: 'EventsAuditQueue',
    mistake: 'no redrive policy',
    edits: [{ id: 'EventsAuditQueue', remove: 'RedrivePolicy' }],
    also: [{ rule: 'batch.dlq.redrive', on: 'EventsAuditQueue', because: sameSwitch }],
  },
  {
    rule: 'batch.dlq.redrive.allow',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'every queue may bury its messages there',
    edits: [{ id: 'BatchOrdersDeadLettersQueue', remove: 'RedriveAllowPolicy' }],
  },
  {
    rule: 'batch.dlq.max-receive-count',
    on: 'BatchOrdersQueue',
    mistake: 'a message is tried a hundred times',
    edits: [{ id: 'BatchOrdersQueue', set: 'RedrivePolicy.maxReceiveCount', to: 100 }],
  },
  {
    rule: 'batch.dlq.retention',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'dead letters are deleted after four days',
    edits: [{ id: 'BatchOrdersDeadLettersQueue', remove: 'MessageRetentionPeriod' }],
  },
  {
    rule: 'batch.mapping.batch-size',
    on: 'BatchProcessOrdersLiveOrdersMapping',
    mistake: 'a hundred messages at once',
    edits: [{ id: 'BatchProcessOrdersLiveOrdersMapping', set: 'BatchSize', to: 100 }],
  },
  {
    rule: 'batch.mapping.partial-failure',
    on: 'BatchProcessOrdersLiveOrdersMapping',
    mistake: 'the whole batch is retried',
    edits: [{ id: 'BatchProcessOrdersLiveOrdersMapping', remove: 'FunctionResponseTypes' }],
  },
  {
    rule: 'batch.mapping.partial-failure.stream',
    on: 'ClicksMapping',
    mistake: 'bad batches are not split',
    base: stream,
    edits: [{ id: 'ClicksMapping', remove: 'BisectBatchOnFunctionError' }],
  },
  {
    rule: 'events.sqs.fifo',
    on: 'EventsOrderedOrdersQueue',
    mistake: 'the mapping waits for a batch, which Lambda refuses of a FIFO queue',
    edits: [
      { id: 'EventsOrderedOrdersQueue', set: 'VisibilityTimeout', to: 200 },
      { id: 'EventsRecordOrderFunctionOrderedOrdersMapping', set: 'MaximumBatchingWindowInSeconds', to: 5 },
    ],
  },
  {
    rule: 'events.sns.encryption',
    on: 'FoundationOperationsAlarms',
    mistake: 'alarms may not use the key of the topic',
    edits: [
      {
        id: 'FoundationKey',
        in: 'KeyPolicy',
        replace: 'cloudwatch.amazonaws.com',
        by: 'budgets.amazonaws.com',
      },
    ],
  },
  {
    rule: 'events.sns.fan-out',
    on: 'News',
    mistake: 'nobody has subscribed',
    base: topic,
    edits: [{ drop: 'NewsSubscription' }],
  },
  {
    rule: 'events.sns.fan-out.subscription',
    on: 'BatchSubscription0',
    mistake: 'what the queue does not take is lost',
    edits: [{ id: 'BatchSubscription0', remove: 'RedrivePolicy' }],
  },
  {
    rule: 'events.sns.transit',
    on: 'EventsAnnouncements',
    mistake: 'no topic policy, so plain HTTP is let in',
    edits: [{ drop: 'EventsAnnouncementsPolicy' }],
  },
  {
    rule: 'all.xray.everywhere',
    on: 'EventsAnnouncements',
    mistake: 'traces end at the topic',
    edits: [{ id: 'EventsAnnouncements', remove: 'TracingConfig' }],
  },
];
