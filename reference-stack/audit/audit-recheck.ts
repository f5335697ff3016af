import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ExecutionRole } from '../lib/execution-role.ts';
import type { FlowKey } from '../lib/flow-key.ts';
import type { Foundation } from '../lib/foundation.ts';
import type { Runbook } from '../lib/runbook.ts';
import { SecureFunction } from '../lib/secure-function.ts';
import { type DeadLetterQueue, WorkQueue } from '../lib/secure-queue.ts';
import { auditCode } from './audit-code.ts';

/** Properties of {@link AuditRecheck}. */
export interface AuditRecheckProps {
  readonly foundation: Foundation;
  readonly key: FlowKey;
  readonly runbook: Runbook;
  readonly audit: lambda.IFunction;
  /** Role by which the scheduler starts the audit. */
  readonly scheduleRole: ExecutionRole;
  /** Where starts of the audit go that failed. */
  readonly deadLetters: DeadLetterQueue;
  /** Minutes of changes that one audit reads. */
  readonly slotMinutes: number;
  /** Name of the deployment: the schedules are called by it. */
  readonly deployment: string;
}

// Sources of CloudTrail's management events that an audit reads the settings of.
const sources = [
  ...[
    'apigateway',
    'cloudfront',
    'cognito-idp',
    'dynamodb',
    'ec2',
    'events',
    'iam',
    'kinesis',
    'kms',
    'lambda',
  ],
  ...[
    'logs',
    'monitoring',
    'pipes',
    's3',
    'scheduler',
    'secretsmanager',
    'signer',
    'sns',
    'sqs',
    'states',
    'wafv2',
  ],
].map((name) => `aws.${name}`);

// Calls that change something begin so; calls that read do not.
const changing = [
  ...[
    'Add',
    'Associate',
    'Create',
    'Delete',
    'Disable',
    'Disassociate',
    'Enable',
    'Import',
    'Modify',
    'Publish',
  ],
  ...['Put', 'Remove', 'Revoke', 'Schedule', 'Set', 'Subscribe', 'Tag', 'Unsubscribe', 'Untag', 'Update'],
  ...['Attach', 'Detach', 'Authorize'],
];

const settled = [
  'CREATE_COMPLETE',
  'DELETE_COMPLETE',
  'IMPORT_COMPLETE',
  'ROLLBACK_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
];

/**
 * Audits anew after a change: CloudFormation's and CloudTrail's events -> queue -> function -> one schedule for all
 * changes of a slot -> the audit. The nightly audit stays the truth: events of CloudTrail are delivered best effort.
 */
export class AuditRecheck extends Construct {
  readonly queue: WorkQueue;
  readonly function: SecureFunction;

  constructor(scope: Construct, id: string, props: AuditRecheckProps) {
    super(scope, id);
    const { foundation, key, runbook } = props;
    const timeout = Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Changes', {
      ...{ key, runbook, operations: foundation.operations, name: 'changes' },
      consumerTimeout: timeout,
      batchingWindow: Duration.seconds(30),
    });
    this.function = new SecureFunction(this, 'Planner', {
      ...{ foundation, key, timeout, egress: true },
      description: 'Plans an audit after changes',
      entry: auditCode(this, 'recheck'),
      service: 'audit-recheck',
      reservedConcurrency: 2,
      environment: {
        HEADGATE_AUDIT_ARN: props.audit.functionArn,
        HEADGATE_SCHEDULE_ROLE_ARN: props.scheduleRole.roleArn,
        HEADGATE_DEAD_LETTER_ARN: props.deadLetters.queue.queueArn,
        HEADGATE_KEY_ARN: key.keyArn,
        HEADGATE_SLOT_MINUTES: String(props.slotMinutes),
        HEADGATE_DEPLOYMENT: props.deployment,
      },
    });
    this.function.allow(
      ['scheduler:CreateSchedule'],
      [
        Stack.of(this).formatArn({
          service: 'scheduler',
          resource: 'schedule',
          resourceName: `default/${props.deployment.slice(0, 40)}-*`,
        }),
      ],
    );
    this.function.allow(['iam:PassRole'], [props.scheduleRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    });
    this.function.vouch(
      'batch.function.idempotency',
      'The name of a schedule contains its interval, so a repeated message does not create a second one.',
    );
    this.queue.feed(this.function, { maximumConcurrency: 2 });
    this.listen('Stacks', 'Deployed stacks', {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: { 'status-details': { status: settled } },
    });
    this.listen('Calls', 'Calls that change an audited AWS service', {
      source: sources,
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        eventName: changing.map((prefix) => ({ prefix })),
        errorCode: [{ exists: false }],
      },
    });
  }

  private listen(id: string, description: string, eventPattern: events.EventPattern): void {
    const rule = new events.Rule(this, id, { description, eventPattern });
    rule.addTarget(
      new targets.SqsQueue(this.queue.queue, {
        deadLetterQueue: this.queue.deadLetters.queue,
        retryAttempts: 3,
        maxEventAge: Duration.hours(2),
      }),
    );
  }
}
