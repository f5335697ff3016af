import type { DynamoDB, TableDescription } from '@aws-sdk/client-dynamodb';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const tableType = 'AWS::DynamoDB::Table';

/** Tables. Replicas are seen in their own Regions. */
export const dynamodb = defineCollector<DynamoDB>({
  service: 'dynamodb',
  prefix: 'dynamodb',
  open: async (config) => new (await import('@aws-sdk/client-dynamodb')).DynamoDB(config),
  operations: [
    {
      operation: 'ListTables',
      finds: [tableType],
      standsFor: ['AWS::DynamoDB::GlobalTable'],
      async *list(api, { partition, region, account }) {
        const listed = pages(
          (ExclusiveStartTableName) => api.listTables({ ExclusiveStartTableName }),
          (page) => page.LastEvaluatedTableName,
        );
        for await (const { TableNames = [] } of listed) {
          yield {
            found: TableNames.map((TableName) => {
              const arn = `arn:${partition}:dynamodb:${region}:${account}:table/${TableName}`;
              return { type: tableType, name: TableName, arn, properties: { TableName, Arn: arn } };
            }),
          };
        }
      },
    },
    {
      operation: 'DescribeTable',
      each: tableType,
      fills: [
        'AttributeDefinitions',
        'BillingMode',
        'DeletionProtectionEnabled',
        'GlobalSecondaryIndexes',
        'KeySchema',
        'ProvisionedThroughput',
        'Replicas',
        'SSESpecification',
        'StreamArn',
        'StreamSpecification',
        'TableClass',
      ],
      async *read(api, { name }) {
        const { Table } = await api.describeTable({ TableName: name });
        yield { properties: tableProperties(Table) };
      },
    },
    {
      operation: 'DescribeContinuousBackups',
      each: tableType,
      fills: ['PointInTimeRecoverySpecification'],
      async *read(api, { name }) {
        const { ContinuousBackupsDescription } = await api.describeContinuousBackups({ TableName: name });
        const { PointInTimeRecoveryStatus, RecoveryPeriodInDays } =
          ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
        const PointInTimeRecoveryEnabled = PointInTimeRecoveryStatus === 'ENABLED';
        yield {
          properties: {
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, RecoveryPeriodInDays },
          },
        };
      },
    },
    {
      operation: 'DescribeTimeToLive',
      each: tableType,
      fills: ['TimeToLiveSpecification'],
      async *read(api, { name }) {
        const { TimeToLiveDescription: description } = await api.describeTimeToLive({ TableName: name });
        if (description?.AttributeName === undefined) return;
        const Enabled = /^ENABL/.test(description.TimeToLiveStatus ?? '');
        yield {
          properties: { TimeToLiveSpecification: { AttributeName: description.AttributeName, Enabled } },
        };
      },
    },
    {
      operation: 'GetResourcePolicy',
      each: tableType,
      fills: ['ResourcePolicy'],
      absent: ['PolicyNotFoundException'],
      async *read(api, { arn }) {
        const { Policy } = await api.getResourcePolicy({ ResourceArn: arn });
        yield { properties: { ResourcePolicy: { PolicyDocument: parseDocument(Policy) } } };
      },
    },
    {
      operation: 'DescribeContributorInsights',
      each: tableType,
      fills: ['ContributorInsightsSpecification'],
      async *read(api, { name }) {
        const { ContributorInsightsStatus } = await api.describeContributorInsights({ TableName: name });
        const Enabled = /^ENABL/.test(ContributorInsightsStatus ?? '');
        yield { properties: { ContributorInsightsSpecification: { Enabled } } };
      },
    },
    {
      operation: 'ListTagsOfResource',
      each: tableType,
      fills: ['Tags'],
      async *read(api, { arn }) {
        const listed = pages(
          (NextToken) => api.listTagsOfResource({ ResourceArn: arn, NextToken }),
          (page) => page.NextToken,
        );
        const Tags = [];
        for await (const page of listed) Tags.push(...(page.Tags ?? []));
        yield { properties: { Tags } };
      },
    },
  ],
});

function tableProperties(table: TableDescription = {}): Record<string, unknown> {
  const { SSEDescription: encryption, ProvisionedThroughput: throughput } = table;
  const isEncrypted = /^(ENABL|UPDATING)/.test(encryption?.Status ?? '');
  return {
    AttributeDefinitions: table.AttributeDefinitions,
    BillingMode: table.BillingModeSummary?.BillingMode,
    DeletionProtectionEnabled: table.DeletionProtectionEnabled,
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    KeySchema: table.KeySchema,
    ProvisionedThroughput: throughput && {
      ReadCapacityUnits: throughput.ReadCapacityUnits,
      WriteCapacityUnits: throughput.WriteCapacityUnits,
    },
    Replicas: table.Replicas?.map(({ RegionName: Region }) => ({ Region })),
    // Without a description the service's own key encrypts: the template's absent specification.
    SSESpecification: isEncrypted
      ? { SSEEnabled: true, SSEType: encryption?.SSEType, KMSMasterKeyId: encryption?.KMSMasterKeyArn }
      : undefined,
    StreamArn: table.LatestStreamArn,
    StreamSpecification:
      table.StreamSpecification?.StreamEnabled === true
        ? { StreamViewType: table.StreamSpecification.StreamViewType }
        : undefined,
    TableClass: table.TableClassSummary?.TableClass,
  };
}
