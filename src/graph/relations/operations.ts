import { bucketType, functionType, logGroupType, queueType, rowsOf, type RelationRow } from './row.ts';
import {
  readActions,
  readComposedAlarms,
  readDashboard,
  readMetrics,
  readOverallMetrics,
} from './metric-readers.ts';
import { readDataEvents, readFunctionLogGroup, readMentionedDocuments, readRunbookTag } from './readers.ts';

const alarm = 'AWS::CloudWatch::Alarm';
const composite = 'AWS::CloudWatch::CompositeAlarm';
const actionKinds = ['AlarmActions[]', 'OKActions[]', 'InsufficientDataActions[]'];

/** Alarms, dashboards, logs, trails, runbooks. */
export const operationRelations: readonly RelationRow[] = [
  {
    from: alarm,
    path: '',
    to: ['*'],
    name: 'watches',
    inverse: 'alarms',
    read: readMetrics,
    note: 'dimensions of the metric and of metric math; edge attributes metric, namespace, statistic, period',
  },
  {
    from: alarm,
    path: '',
    to: ['Headgate::Scope'],
    name: 'watchesAll',
    inverse: 'overallAlarms',
    read: readOverallMetrics,
    note: 'metrics without dimensions, which count every resource of their service; edge attributes as for watches',
  },
  {
    from: composite,
    path: 'AlarmRule',
    to: [alarm, composite],
    name: 'composedOf',
    inverse: 'partOf',
    read: readComposedAlarms,
  },
  ...[alarm, composite].flatMap((from) =>
    actionKinds.map((path): RelationRow => ({
      from,
      path,
      to: ['*'],
      name: path === 'AlarmActions[]' ? 'actions' : 'otherActions',
      inverse: path === 'AlarmActions[]' ? 'actionOf' : 'otherActionOf',
      invokes: 'async',
      read: readActions,
    })),
  ),
  ...rowsOf([alarm, composite], {
    path: 'AlarmDescription',
    to: ['AWS::SSM::Document'],
    name: 'runbooks',
    inverse: 'runbookFor',
    read: readMentionedDocuments,
  }),
  ...rowsOf(queueType, {
    path: 'Tags[]',
    to: ['AWS::SSM::Document'],
    name: 'runbooks',
    inverse: 'runbookFor',
    read: readRunbookTag,
  }),
  {
    from: 'AWS::CloudWatch::Dashboard',
    path: 'DashboardBody',
    to: ['*'],
    name: 'mentions',
    inverse: 'dashboards',
    read: readDashboard,
  },
  {
    from: 'AWS::Logs::MetricFilter',
    path: 'LogGroupName',
    to: logGroupType,
    name: 'filteredLogGroup',
    inverse: 'metricFilters',
  },
  {
    from: 'AWS::Logs::SubscriptionFilter',
    path: 'LogGroupName',
    to: logGroupType,
    name: 'filteredLogGroup',
    inverse: 'subscriptionFilters',
  },
  {
    from: 'AWS::Logs::SubscriptionFilter',
    path: 'DestinationArn',
    to: ['*'],
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  {
    from: 'AWS::Logs::QueryDefinition',
    path: 'LogGroupNames[]',
    to: logGroupType,
    name: 'queriedLogGroups',
    inverse: 'queryDefinitions',
  },
  {
    from: 'AWS::Logs::QueryDefinition',
    path: 'LogGroupNames[]',
    to: functionType,
    name: 'queriedFunctions',
    inverse: 'logQueries',
    read: readFunctionLogGroup,
    note: 'by the name /aws/lambda/<function>, for log groups that Lambda makes and no template declares',
  },
  {
    from: 'AWS::CloudTrail::Trail',
    path: '',
    to: [...bucketType, ...functionType],
    name: 'dataEvents',
    inverse: 'trails',
    read: readDataEvents,
    note: 'event selectors, plain and advanced',
  },
  {
    from: 'AWS::CloudTrail::Trail',
    path: 'S3BucketName',
    to: bucketType,
    name: 'trailBucket',
    inverse: 'trailStorageOf',
  },
];
