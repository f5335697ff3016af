import type { CloudWatchLogs, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { defineCollector, type Found } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const groupType = 'AWS::Logs::LogGroup';

/** Log groups, what filters and subscribes to them, and saved queries. */
export const cloudwatchLogs = defineCollector<CloudWatchLogs>({
  service: 'cloudwatch-logs',
  prefix: 'logs',
  open: async (config) => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(config),
  operations: [
    {
      operation: 'DescribeLogGroups',
      finds: [groupType],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.describeLogGroups({ nextToken, limit: 50 }),
          (page) => page.nextToken,
        );
        for await (const { logGroups = [] } of listed) yield { found: logGroups.map(groupFound) };
      },
    },
    {
      operation: 'DescribeMetricFilters',
      finds: ['AWS::Logs::MetricFilter'],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.describeMetricFilters({ nextToken, limit: 50 }),
          (page) => page.nextToken,
        );
        for await (const { metricFilters = [] } of listed) {
          yield {
            found: metricFilters.map((filter) => ({
              type: 'AWS::Logs::MetricFilter',
              name: filter.filterName ?? '',
              key: `${filter.logGroupName ?? ''}|${filter.filterName ?? ''}`,
              properties: {
                FilterName: filter.filterName,
                FilterPattern: filter.filterPattern,
                LogGroupName: filter.logGroupName,
                MetricTransformations: filter.metricTransformations?.map((each) => ({
                  MetricName: each.metricName,
                  MetricNamespace: each.metricNamespace,
                  MetricValue: each.metricValue,
                  DefaultValue: each.defaultValue,
                })),
              },
            })),
          };
        }
      },
    },
    {
      operation: 'DescribeSubscriptionFilters',
      each: groupType,
      links: 'few',
      finds: ['AWS::Logs::SubscriptionFilter'],
      async *read(api, { name: logGroupName }) {
        const listed = pages(
          (nextToken) => api.describeSubscriptionFilters({ logGroupName, nextToken }),
          (page) => page.nextToken,
        );
        for await (const { subscriptionFilters = [] } of listed) {
          yield {
            found: subscriptionFilters.map((filter) => ({
              type: 'AWS::Logs::SubscriptionFilter',
              name: filter.filterName ?? '',
              key: `${logGroupName}|${filter.filterName ?? ''}`,
              properties: {
                FilterName: filter.filterName,
                FilterPattern: filter.filterPattern,
                LogGroupName: filter.logGroupName,
                DestinationArn: filter.destinationArn,
                RoleArn: filter.roleArn,
                Distribution: filter.distribution,
              },
            })),
          };
        }
      },
    },
    {
      operation: 'DescribeQueryDefinitions',
      finds: ['AWS::Logs::QueryDefinition'],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.describeQueryDefinitions({ nextToken }),
          (page) => page.nextToken,
        );
        for await (const { queryDefinitions = [] } of listed) {
          yield {
            found: queryDefinitions.map((query) => ({
              type: 'AWS::Logs::QueryDefinition',
              name: query.queryDefinitionId ?? '',
              properties: {
                QueryDefinitionId: query.queryDefinitionId,
                Name: query.name,
                QueryString: query.queryString,
                LogGroupNames: query.logGroupNames,
              },
            })),
          };
        }
      },
    },
    {
      operation: 'DescribeResourcePolicies',
      finds: ['AWS::Logs::ResourcePolicy'],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.describeResourcePolicies({ nextToken }),
          (page) => page.nextToken,
        );
        for await (const { resourcePolicies = [] } of listed) {
          yield {
            found: resourcePolicies.map(({ policyName: PolicyName = '', policyDocument }) => ({
              type: 'AWS::Logs::ResourcePolicy',
              name: PolicyName,
              properties: { PolicyName, PolicyDocument: parseDocument(policyDocument) },
            })),
          };
        }
      },
    },
  ],
});

function groupFound(group: LogGroup): Found {
  const name = group.logGroupName ?? '';
  // The older member ends in `:*`, which policies want and nothing else.
  const arn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
  return {
    type: groupType,
    name,
    ...(arn === undefined ? {} : { arn }),
    properties: {
      LogGroupName: name,
      Arn: group.arn,
      LogGroupClass: group.logGroupClass,
      RetentionInDays: group.retentionInDays,
      KmsKeyId: group.kmsKeyId,
      DeletionProtectionEnabled: group.deletionProtectionEnabled,
    },
  };
}
