import type { Scheduler } from '@aws-sdk/client-scheduler';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

const scheduleType = 'AWS::Scheduler::Schedule';

/** Schedules of EventBridge Scheduler. */
export const scheduler = defineCollector<Scheduler>({
  service: 'scheduler',
  prefix: 'scheduler',
  open: async (config) => new (await import('@aws-sdk/client-scheduler')).Scheduler(config),
  operations: [
    {
      operation: 'ListSchedules',
      finds: [scheduleType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listSchedules({ NextToken, MaxResults: 100 }),
          (page) => page.NextToken,
        );
        for await (const { Schedules = [] } of listed) {
          yield {
            found: Schedules.map(({ Name = '', Arn = '', GroupName, State }) => ({
              type: scheduleType,
              name: Name,
              arn: Arn,
              keys: { group: GroupName },
              properties: { Name, Arn, GroupName, State },
            })),
          };
        }
      },
    },
    {
      operation: 'GetSchedule',
      each: scheduleType,
      links: true,
      fills: [
        'Description',
        'EndDate',
        'FlexibleTimeWindow',
        'KmsKeyArn',
        'ScheduleExpression',
        'ScheduleExpressionTimezone',
        'StartDate',
        'Target',
      ],
      async *read(api, { name, keys }) {
        const schedule = await api.getSchedule({ Name: name, GroupName: keys?.group });
        yield {
          properties: {
            Description: schedule.Description,
            EndDate: schedule.EndDate,
            FlexibleTimeWindow: schedule.FlexibleTimeWindow,
            KmsKeyArn: schedule.KmsKeyArn,
            ScheduleExpression: schedule.ScheduleExpression,
            ScheduleExpressionTimezone: schedule.ScheduleExpressionTimezone,
            StartDate: schedule.StartDate,
            Target: schedule.Target,
          },
        };
      },
    },
  ],
});
