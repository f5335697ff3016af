import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';

/** A schedule that runs once. */
export interface OneTimeSchedule {
  /** At most 64 characters; a second one of the same name is none. */
  readonly name: string;
  /** ISO time, to the minute. */
  readonly at: string;
  readonly description: string;
  /** What the audit is passed. */
  readonly input: object;
}

/** What a schedule starts, and how. */
export interface ScheduleTarget {
  readonly auditArn: string;
  /** Role by which the scheduler starts the audit. */
  readonly roleArn: string;
  readonly deadLetterArn: string;
  readonly keyArn: string;
}

/**
 * EventBridge Scheduler behind the SDK: answers whether the schedule was made, false where its name was taken. Other errors
 * of the service pass through.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export function oneTimeScheduling(
  { auditArn, roleArn, deadLetterArn, keyArn }: ScheduleTarget,
  config: { readonly endpoint?: string; readonly region?: string },
): {
  create(schedule: OneTimeSchedule): Promise<boolean>;
} {
  const client = new SchedulerClient(config);
  return {
    async create({ name, at, description, input }) {
      const command = new CreateScheduleCommand({
        Name: name,
        Description: description,
        ScheduleExpression: `at(${at.slice(0, 19)})`,
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        KmsKeyArn: keyArn,
        Target: {
          Arn: auditArn,
          RoleArn: roleArn,
          Input: JSON.stringify(input),
          DeadLetterConfig: { Arn: deadLetterArn },
          RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 },
        },
      });
      try {
        await client.send(command);
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConflictException') return false;
        throw error;
      }
    },
  };
}
