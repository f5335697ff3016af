import type { Mutation } from '../apply-mutation.ts';
import { kafka } from './function-bases.ts';

/** What functions' code shows, alarms, dashboards, runbooks, Security Hub. */
export const operations: readonly Mutation[] = [
  {
    rule: 'all.application.field-level',
    on: 'ApiOrderApiFunction',
    mistake: 'no field is encrypted',
    becomes: 'unknown',
    edits: [{ id: 'ApiOrderApiFunction', hides: ['field-encryption'] }],
  },
  {
    rule: 'all.metrics.custom',
    on: 'EventsRecordOrderFunction',
    mistake: 'Powertools come from a layer, and nothing counts',
    becomes: 'unknown',
    edits: [
      { id: 'EventsRecordOrderFunction', hides: ['metrics'] },
      { id: 'EventsRecordOrderFunction', remove: 'Environment.Variables.POWERTOOLS_METRICS_NAMESPACE' },
      {
        id: 'EventsRecordOrderFunction',
        set: 'Layers',
        to: ['arn:aws:lambda:eu-west-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:41'],
      },
    ],
  },
  {
    rule: 'all.lambda.powertools',
    on: 'EventsRecordOrderFunction',
    mistake: 'the function logs by hand',
    becomes: 'unknown',
    edits: [
      { id: 'EventsRecordOrderFunction', hides: ['logger'] },
      { id: 'EventsRecordOrderFunction', remove: 'Environment.Variables.POWERTOOLS_SERVICE_NAME' },
    ],
  },
  {
    rule: 'batch.downstream.database',
    on: 'BatchProcessOrdersFunction',
    mistake: 'items are written one by one',
    becomes: 'unknown',
    edits: [{ id: 'BatchProcessOrdersFunction', hides: ['transactions'] }],
  },
  {
    rule: 'batch.function.correlation',
    on: 'BatchProcessOrdersFunction',
    mistake: 'no correlation id is carried on',
    becomes: 'unknown',
    edits: [
      { id: 'BatchProcessOrdersFunction', hides: ['correlation'] },
      { id: 'BatchProcessOrdersFunction', remove: 'Environment.Variables.POWERTOOLS_SERVICE_NAME' },
    ],
  },
  {
    rule: 'batch.function.idempotency',
    on: 'BatchProcessOrdersFunction',
    mistake: 'a message that comes twice is processed twice',
    becomes: 'unknown',
    edits: [
      { id: 'BatchProcessOrdersFunction', hides: ['idempotency'] },
      { id: 'BatchIdempotency', remove: 'TimeToLiveSpecification' },
    ],
  },
  {
    rule: 'batch.function.retry',
    on: 'ApiOrderApiFunction',
    mistake: 'nothing backs off or gives up',
    becomes: 'unknown',
    base: kafka,
    edits: [
      { id: 'ApiOrderApiFunction', hides: ['retry', 'circuit-breaker'] },
      { id: 'ApiOrderApiFunction', remove: 'Environment.Variables.AWS_RETRY_MODE' },
    ],
  },
  {
    rule: 'all.alarm.dlq-depth',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'the alarm waits for ten messages',
    edits: [{ id: 'BatchOrdersDeadLettersDepthAlarm', set: 'Threshold', to: 10 }],
  },
  {
    rule: 'all.alarm.throttles',
    on: 'ApiOrderApiFunction',
    mistake: 'no alarm on throttles',
    edits: [{ drop: 'ApiOrderApiThrottleAlarm' }],
  },
  {
    rule: 'all.alarm.throttles.stage',
    on: 'ApiDeploymentStagelive',
    mistake: 'no alarm on server errors',
    edits: [{ drop: 'ApiServerErrorAlarm' }],
  },
  {
    rule: 'all.logs.insights',
    on: 'ApiOrderApiFunction',
    mistake: 'no saved query reads its logs',
    edits: [{ drop: 'ApiObservabilityErrorsQuery' }, { drop: 'ApiObservabilitySlowestQuery' }],
  },
  {
    rule: 'batch.alarm.error-rate',
    on: 'BatchProcessOrdersFunction',
    mistake: 'the alarm waits for a fifth of all invocations to fail',
    edits: [{ id: 'BatchProcessOrdersErrorRateAlarm', set: 'Threshold', to: 20 }],
  },
  {
    rule: 'batch.alarm.queue-age',
    on: 'BatchOrdersQueue',
    mistake: 'the alarm waits for an hour',
    edits: [{ id: 'BatchOrdersAgeAlarm', set: 'Threshold', to: 3600 }],
  },
  {
    rule: 'batch.metrics.dashboard',
    on: 'BatchOrdersQueue',
    mistake: 'no dashboard',
    edits: [{ drop: 'BatchObservabilityDashboard' }],
  },
  {
    rule: 'batch.operations.replay',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'nobody may move dead letters back',
    becomes: 'unknown',
    edits: [
      {
        id: 'BatchRunbookRoleDefaultPolicy',
        in: 'PolicyDocument',
        replace: 'sqs:StartMessageMoveTask',
        by: 'sqs:ListDeadLetterSourceQueues',
      },
    ],
  },
  {
    rule: 'batch.operations.replay.source',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'the dead-letter queues of the queue and of the rule are exchanged, and the runbook is not told',
    edits: [
      {
        id: 'BatchOrdersQueue',
        set: 'RedrivePolicy.deadLetterTargetArn',
        to: { 'Fn::GetAtt': ['BatchUndeliveredQueue', 'Arn'] },
      },
      {
        id: 'BatchUndeliveredQueue',
        set: 'RedriveAllowPolicy',
        to: {
          redrivePermission: 'byQueue',
          sourceQueueArns: [
            { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:HeadgateBatch-orders' },
          ],
        },
      },
      {
        id: 'BatchPayments',
        set: 'Targets.0.DeadLetterConfig.Arn',
        to: { 'Fn::GetAtt': ['BatchOrdersDeadLettersQueue', 'Arn'] },
      },
      {
        id: 'BatchOrdersDeadLettersQueuePolicy',
        set: 'PolicyDocument.Statement.-',
        to: {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': ['BatchOrdersDeadLettersQueue', 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['BatchPayments', 'Arn'] } } },
        },
      },
      {
        id: 'BatchRunbookRoleDefaultPolicy',
        set: 'PolicyDocument.Statement.-',
        to: {
          Effect: 'Allow',
          Action: 'sqs:*',
          Resource: { 'Fn::GetAtt': ['BatchUndeliveredQueue', 'Arn'] },
        },
      },
    ],
  },
  {
    rule: 'batch.operations.replay.archive',
    on: 'EventsArchive',
    mistake: 'nobody may replay the archive',
    becomes: 'unknown',
    edits: [
      {
        id: 'EventsRunbookRoleDefaultPolicy',
        in: 'PolicyDocument',
        replace: 'events:StartReplay',
        by: 'events:ListReplays',
      },
    ],
  },
  {
    rule: 'batch.operations.runbook',
    on: 'BatchOrdersDeadLettersQueue',
    mistake: 'nothing says what to do about a dead letter',
    becomes: 'unknown',
    edits: [
      { id: 'BatchOrdersDeadLettersQueue', remove: 'Tags' },
      { id: 'BatchOrdersDeadLettersDepthAlarm', set: 'AlarmDescription', to: 'Messages that failed' },
    ],
  },
  {
    rule: 'all.securityhub.enabled',
    on: '.',
    mistake: 'the hub checks no standard',
    edits: [{ drop: 'FoundationSecurityHubBestPractices' }],
  },
];
