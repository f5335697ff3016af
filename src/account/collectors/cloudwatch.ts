import type { CloudWatch, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { defineCollector, type Found } from '../collector.ts';
import { pages } from '../pages.ts';

const dashboardType = 'AWS::CloudWatch::Dashboard';

/** Alarms and dashboards. */
export const cloudwatch = defineCollector<CloudWatch>({
  service: 'cloudwatch',
  prefix: 'cloudwatch',
  open: async (config) => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(config),
  operations: [
    {
      operation: 'DescribeAlarms',
      finds: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'],
      async *list(api) {
        const listed = pages(
          // Without the types the service leaves composite alarms out.
          (NextToken) =>
            api.describeAlarms({ NextToken, MaxRecords: 100, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
          (page) => page.NextToken,
        );
        for await (const { MetricAlarms = [], CompositeAlarms = [] } of listed) {
          yield { found: [...MetricAlarms.map(alarmFound), ...CompositeAlarms.map(compositeFound)] };
        }
      },
    },
    {
      operation: 'ListDashboards',
      finds: [dashboardType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listDashboards({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { DashboardEntries = [] } of listed) {
          yield {
            found: DashboardEntries.map(({ DashboardName = '', DashboardArn = '' }) => ({
              type: dashboardType,
              name: DashboardName,
              arn: DashboardArn,
              properties: { DashboardName },
            })),
          };
        }
      },
    },
    {
      operation: 'GetDashboard',
      each: dashboardType,
      fills: ['DashboardBody'],
      async *read(api, { name }) {
        const { DashboardBody } = await api.getDashboard({ DashboardName: name });
        yield { properties: { DashboardBody } };
      },
    },
  ],
});

function alarmFound(alarm: MetricAlarm): Found {
  return {
    type: 'AWS::CloudWatch::Alarm',
    name: alarm.AlarmName ?? '',
    arn: alarm.AlarmArn ?? '',
    properties: {
      ...actionsOf(alarm),
      ComparisonOperator: alarm.ComparisonOperator,
      DatapointsToAlarm: alarm.DatapointsToAlarm,
      Dimensions: alarm.Dimensions,
      EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile,
      EvaluationPeriods: alarm.EvaluationPeriods,
      ExtendedStatistic: alarm.ExtendedStatistic,
      MetricName: alarm.MetricName,
      Metrics: alarm.Metrics?.length === 0 ? undefined : alarm.Metrics,
      Namespace: alarm.Namespace,
      Period: alarm.Period,
      Statistic: alarm.Statistic,
      Threshold: alarm.Threshold,
      ThresholdMetricId: alarm.ThresholdMetricId,
      TreatMissingData: alarm.TreatMissingData,
      Unit: alarm.Unit,
    },
  };
}

function compositeFound(alarm: CompositeAlarm): Found {
  return {
    type: 'AWS::CloudWatch::CompositeAlarm',
    name: alarm.AlarmName ?? '',
    arn: alarm.AlarmArn ?? '',
    properties: {
      ...actionsOf(alarm),
      AlarmRule: alarm.AlarmRule,
      ActionsSuppressor: alarm.ActionsSuppressor,
    },
  };
}

function actionsOf(alarm: MetricAlarm | CompositeAlarm): Record<string, unknown> {
  return {
    AlarmName: alarm.AlarmName,
    Arn: alarm.AlarmArn,
    AlarmDescription: alarm.AlarmDescription,
    ActionsEnabled: alarm.ActionsEnabled,
    AlarmActions: alarm.AlarmActions,
    OKActions: alarm.OKActions,
    InsufficientDataActions: alarm.InsufficientDataActions,
  };
}
