import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ExecutionRole } from '../lib/execution-role.ts';
import type { DeadLetterQueue } from '../lib/secure-queue.ts';

/** What is started when, and where it goes when it cannot be. */
export interface AuditScheduleProps {
  /** For people: what a start does, e.g. `Audits the account`. */
  readonly description: string;
  readonly roleDescription: string;
  /** @default every day at 03:00 UTC */
  readonly schedule?: string | undefined;
  /** @default 'UTC' */
  readonly timeZone?: string | undefined;
  readonly targetArn: string;
  /** What starting the target takes. */
  readonly action: string;
  readonly deadLetters: DeadLetterQueue;
  readonly key: kms.IKey;
}

/** Starts an audit on a schedule, with retries; what could not be started lands in the queue. Answers the schedule's role. */
export function addAuditSchedule(scope: Construct, props: AuditScheduleProps): ExecutionRole {
  const { key } = props;
  const { queue } = props.deadLetters;
  const role = new ExecutionRole(scope, 'ScheduleRole', {
    service: 'scheduler.amazonaws.com',
    description: props.roleDescription,
  });
  role.allow([props.action], [props.targetArn]);
  role.allow(['sqs:SendMessage'], [queue.queueArn]);
  props.deadLetters.runbook.admitReplay([props.action], props.targetArn);
  role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
  new scheduler.CfnSchedule(scope, 'Schedule', {
    description: props.description,
    scheduleExpression: props.schedule ?? 'cron(0 3 * * ? *)',
    scheduleExpressionTimezone: props.timeZone ?? 'UTC',
    flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
    kmsKeyArn: key.keyArn,
    target: {
      arn: props.targetArn,
      roleArn: role.roleArn,
      // A retry is due at the same time, and so writes the same objects.
      input: JSON.stringify({ time: '<aws.scheduler.scheduled-time>' }),
      deadLetterConfig: { arn: queue.queueArn },
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: Duration.hours(2).toSeconds() },
    },
  });
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ArnPrincipal(role.roleArn)],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
    }),
  );
  return role;
}
