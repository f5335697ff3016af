import { functionArn, functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, sub, text, to, type ParityCase, type Side } from '../parity-case.ts';
import { restSide } from '../rest-side.ts';

const keyArn = arn('kms', 'key/0b1c2d3e');
const groupArn = arn('logs', 'log-group:/aws/lambda/orders');
const sourceArn = arn('logs', 'log-group:/app/web');
const topicArn = arn('sns', 'operators');

const groups = (retention: object): object => ({
  logGroups: [
    {
      logGroupName: '/aws/lambda/orders',
      logGroupArn: groupArn,
      arn: `${groupArn}:*`,
      storedBytes: 0,
      ...retention,
    },
    { logGroupName: '/app/web', logGroupArn: sourceArn, arn: `${sourceArn}:*`, storedBytes: 0 },
  ],
});

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Statistic: string;
}

const rising = {
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

/** An alarm under a name, of a metric with one dimension. */
function alarmSide(
  AlarmName: string,
  metric: Metric & { readonly more?: object },
  dimensions: readonly (readonly [name: string, declared: unknown, live: string])[],
): { readonly declared: Side['resources'][string]; readonly live: object } {
  const { more = {}, ...rest } = metric;
  const as = (index: 1 | 2): readonly object[] =>
    dimensions.map((each) => ({ Name: each[0], Value: each[index] }));
  return {
    declared: ['AWS::CloudWatch::Alarm', { AlarmName, ...rest, ...rising, ...more, Dimensions: as(1) }],
    live: {
      AlarmName,
      AlarmArn: arn('cloudwatch', `alarm:${AlarmName}`),
      ActionsEnabled: true,
      AlarmActions: [],
      OKActions: [],
      InsufficientDataActions: [],
      TreatMissingData: 'missing',
      StateValue: 'OK',
      ...rest,
      ...rising,
      ...more,
      Dimensions: as(2),
    },
  };
}

const throttles = alarmSide(
  'throttles',
  { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Statistic: 'Sum' },
  [['FunctionName', to('Fn'), 'orders']],
);

const retained: Side = {
  resources: {
    Logs: [
      'AWS::Logs::LogGroup',
      { LogGroupName: '/aws/lambda/orders', RetentionInDays: 365, KmsKeyId: keyArn },
    ],
  },
  replies: { 'cloudwatch-logs.DescribeLogGroups': groups({ retentionInDays: 365, kmsKeyId: keyArn }) },
};
const keptForEver: Side = {
  resources: { Logs: ['AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/orders' }] },
  replies: { 'cloudwatch-logs.DescribeLogGroups': groups({}) },
};
const filtered: Side = {
  resources: {
    Filter: [
      'AWS::Logs::MetricFilter',
      {
        LogGroupName: to('Logs'),
        FilterPattern: 'ERROR',
        MetricTransformations: [{ MetricName: 'Errors', MetricNamespace: 'Orders', MetricValue: '1' }],
      },
    ],
  },
  replies: {
    'cloudwatch-logs.DescribeMetricFilters': {
      metricFilters: [
        {
          filterName: 'errors',
          filterPattern: 'ERROR',
          logGroupName: '/aws/lambda/orders',
          metricTransformations: [{ metricName: 'Errors', metricNamespace: 'Orders', metricValue: '1' }],
        },
      ],
    },
  },
};
const queried: Side = {
  resources: {
    Query: [
      'AWS::Logs::QueryDefinition',
      { Name: 'slow', QueryString: 'stats max(@duration)', LogGroupNames: [to('Logs')] },
    ],
  },
  replies: {
    'cloudwatch-logs.DescribeQueryDefinitions': {
      queryDefinitions: [
        {
          queryDefinitionId: 'q1',
          name: 'slow',
          queryString: 'stats max(@duration)',
          logGroupNames: ['/aws/lambda/orders'],
        },
      ],
    },
  },
};
const subscribed: Side = {
  resources: {
    Source: ['AWS::Logs::LogGroup', { LogGroupName: '/app/web' }],
    Subscription: [
      'AWS::Logs::SubscriptionFilter',
      { LogGroupName: to('Source'), FilterPattern: '', DestinationArn: at('Fn') },
    ],
  },
  replies: {
    'cloudwatch-logs.DescribeSubscriptionFilters': ({ logGroupName }) => ({
      subscriptionFilters:
        logGroupName === '/app/web'
          ? [
              {
                filterName: 'orders',
                filterPattern: '',
                logGroupName: '/app/web',
                destinationArn: functionArn,
                distribution: 'ByLogStream',
              },
            ]
          : [],
    }),
  },
};
const alarmed: Side = {
  resources: { Throttles: throttles.declared },
  replies: { 'cloudwatch.DescribeAlarms': { MetricAlarms: [throttles.live], CompositeAlarms: [] } },
};

const without = {
  filter: {
    resources: { Filter: undefined },
    replies: { 'cloudwatch-logs.DescribeMetricFilters': { metricFilters: [] } },
  },
  query: {
    resources: { Query: undefined },
    replies: { 'cloudwatch-logs.DescribeQueryDefinitions': { queryDefinitions: [] } },
  },
  subscription: {
    resources: { Subscription: undefined },
    replies: { 'cloudwatch-logs.DescribeSubscriptionFilters': {} },
  },
  alarm: {
    resources: { Throttles: undefined },
    replies: { 'cloudwatch.DescribeAlarms': { MetricAlarms: [], CompositeAlarms: [] } },
  },
} satisfies Readonly<Record<string, Side>>;

const watchedFunction: ParityCase = {
  name: 'a function that is watched',
  sound: [retained, filtered, queried, subscribed, alarmed].reduce(layOver, functionSide()),
  bad: Object.values(without).reduce(layOver, keptForEver as Side),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Logs::LogGroup', 'Logs', '/aws/lambda/orders'),
    pair('AWS::Logs::LogGroup', 'Source', '/app/web'),
  ],
  proofs: [
    { type: 'AWS::Logs::LogGroup', owner: 'Fn', rules: ['all.lambda.log-group'], change: keptForEver },
    { type: 'AWS::Logs::MetricFilter', owner: 'Fn', rules: ['all.metrics.custom'], change: without.filter },
    { type: 'AWS::Logs::QueryDefinition', owner: 'Fn', rules: ['all.logs.insights'], change: without.query },
    { type: 'AWS::CloudWatch::Alarm', owner: 'Fn', rules: ['all.alarm.throttles'], change: without.alarm },
    {
      type: 'AWS::Logs::SubscriptionFilter',
      owner: 'Fn',
      rules: ['all.lambda.async-failure', 'all.lambda.destinations', 'batch.function.idempotency'],
      change: without.subscription,
    },
  ],
};

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';
const age = alarmSide(
  'orders-age',
  {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Statistic: 'Maximum',
    more: { Threshold: 300 },
  },
  [['QueueName', at('Queue', 'QueueName'), 'orders']],
);
const depth = alarmSide(
  'orders-dlq-depth',
  {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    more: { AlarmDescription: 'Follow the runbook RestoreOrders' },
  },
  [['QueueName', at('Dlq', 'QueueName'), 'orders-dlq']],
);

const composite: Side = {
  resources: {
    Either: [
      'AWS::CloudWatch::CompositeAlarm',
      {
        AlarmName: 'orders',
        AlarmRule: sub('ALARM("${Age}") OR ALARM("${Depth}")'),
        AlarmActions: [topicArn],
      },
    ],
  },
  replies: {
    'cloudwatch.DescribeAlarms': {
      MetricAlarms: [age.live, depth.live],
      CompositeAlarms: [
        {
          AlarmName: 'orders',
          AlarmArn: arn('cloudwatch', 'alarm:orders'),
          AlarmRule: 'ALARM("orders-age") OR ALARM("orders-dlq-depth")',
          ActionsEnabled: true,
          AlarmActions: [topicArn],
        },
      ],
    },
  },
};
const dashboard: Side = {
  resources: {
    Dashboard: [
      'AWS::CloudWatch::Dashboard',
      {
        DashboardName: 'orders',
        DashboardBody: sub(
          '{"widgets":[{"type":"metric","properties":{"metrics":[["AWS/SQS","NumberOfMessagesSent","QueueName","${Queue.QueueName}"]]}}]}',
        ),
      },
    ],
  },
  replies: {
    'cloudwatch.ListDashboards': {
      DashboardEntries: [
        { DashboardName: 'orders', DashboardArn: 'arn:aws:cloudwatch::111122223333:dashboard/orders' },
      ],
    },
    'cloudwatch.GetDashboard': {
      DashboardName: 'orders',
      DashboardBody:
        '{"widgets":[{"type":"metric","properties":{"metrics":[["AWS/SQS","NumberOfMessagesSent","QueueName","orders"]]}}]}',
    },
  },
};
const runbook: Side = {
  resources: {
    Runbook: [
      'AWS::SSM::Document',
      {
        Name: 'RestoreOrders',
        DocumentType: 'Automation',
        Content: { schemaVersion: '0.3', mainSteps: [] },
      },
    ],
  },
  replies: {
    'ssm.ListDocuments': {
      DocumentIdentifiers: [
        { Name: 'RestoreOrders', DocumentType: 'Automation', DocumentFormat: 'JSON', Owner: '111122223333' },
      ],
    },
    'ssm.GetDocument': { Name: 'RestoreOrders', Content: '{"schemaVersion":"0.3","mainSteps":[]}' },
  },
};

const queues: Side = {
  resources: {
    Queue: [
      'AWS::SQS::Queue',
      {
        QueueName: 'orders',
        RedrivePolicy: { deadLetterTargetArn: at('Dlq'), maxReceiveCount: 3 },
      },
    ],
    Dlq: ['AWS::SQS::Queue', { QueueName: 'orders-dlq' }],
    Mapping: ['AWS::Lambda::EventSourceMapping', { FunctionName: to('Fn'), EventSourceArn: at('Queue') }],
    Age: age.declared,
    Depth: depth.declared,
  },
  replies: {
    'sqs.ListQueues': { QueueUrls: ['orders', 'orders-dlq'].map((name) => queueUrl + name) },
    'sqs.GetQueueAttributes': ({ QueueUrl }) => {
      const name = String(QueueUrl).slice(queueUrl.length);
      return {
        Attributes: {
          QueueArn: arn('sqs', name),
          VisibilityTimeout: '30',
          MessageRetentionPeriod: '345600',
          SqsManagedSseEnabled: 'true',
          ...(name === 'orders'
            ? { RedrivePolicy: text({ deadLetterTargetArn: arn('sqs', 'orders-dlq'), maxReceiveCount: 3 }) }
            : {}),
        },
      };
    },
    'lambda.ListEventSourceMappings': {
      EventSourceMappings: [
        {
          UUID: '6b1d9f4a',
          EventSourceMappingArn: arn('lambda', 'event-source-mapping:6b1d9f4a'),
          EventSourceArn: arn('sqs', 'orders'),
          FunctionArn: functionArn,
          BatchSize: 10,
          MaximumBatchingWindowInSeconds: 0,
          State: 'Enabled',
          FunctionResponseTypes: [],
        },
      ],
    },
  },
};

const unwatched: Side = {
  resources: {
    Either: undefined,
    Dashboard: undefined,
    Runbook: undefined,
    Age: undefined,
    Depth: undefined,
  },
  replies: {
    'cloudwatch.DescribeAlarms': { MetricAlarms: [], CompositeAlarms: [] },
    'cloudwatch.ListDashboards': { DashboardEntries: [] },
    'ssm.ListDocuments': { DocumentIdentifiers: [] },
  },
};

const watchedQueue: ParityCase = {
  name: 'a queue that is watched',
  sound: [queues, composite, dashboard, runbook].reduce(layOver, functionSide()),
  bad: unwatched,
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::Queue', 'Dlq', 'orders-dlq'),
    pair('AWS::Lambda::EventSourceMapping', 'Mapping', 'orders from orders'),
  ],
  proofs: [
    {
      type: 'AWS::CloudWatch::CompositeAlarm',
      owner: 'Queue',
      rules: ['batch.alarm.queue-age'],
      change: {
        resources: { Either: undefined },
        replies: {
          'cloudwatch.DescribeAlarms': { MetricAlarms: [age.live, depth.live], CompositeAlarms: [] },
        },
      },
    },
    {
      type: 'AWS::CloudWatch::Dashboard',
      owner: 'Queue',
      rules: ['batch.metrics.dashboard'],
      change: {
        resources: { Dashboard: undefined },
        replies: { 'cloudwatch.ListDashboards': { DashboardEntries: [] } },
      },
    },
    {
      type: 'AWS::SSM::Document',
      owner: 'Dlq',
      rules: ['batch.operations.runbook'],
      change: {
        resources: { Runbook: undefined },
        replies: { 'ssm.ListDocuments': { DocumentIdentifiers: [] } },
      },
    },
  ],
};

const apiDimensions = [
  ['ApiName', 'orders', 'orders'],
  ['Stage', to('Stage'), 'prod'],
] as const;
const failures = alarmSide(
  'orders-5xx',
  { Namespace: 'AWS/ApiGateway', MetricName: '5XXError', Statistic: 'Sum' },
  apiDimensions,
);
const latency = alarmSide(
  'orders-latency',
  { Namespace: 'AWS/ApiGateway', MetricName: 'Latency', Statistic: 'Average' },
  apiDimensions,
);

/** A REST API whose stage has these variables. */
function stageWith(variables: Readonly<Record<string, string>>): Side {
  return restSide({ stageProperties: { Variables: variables }, stage: { variables } });
}

const watchedStage: ParityCase = {
  name: 'a stage that is watched',
  sound: layOver(stageWith({ STAGE: 'production' }), {
    resources: { Failures: failures.declared, Latency: latency.declared },
    replies: {
      'cloudwatch.DescribeAlarms': { MetricAlarms: [failures.live, latency.live], CompositeAlarms: [] },
    },
  }),
  bad: layOver(stageWith({ PARTNER_PASSWORD: 'correct-horse-battery' }), {
    resources: { Latency: undefined },
    replies: { 'cloudwatch.DescribeAlarms': { MetricAlarms: [failures.live], CompositeAlarms: [] } },
  }),
  pairs: [
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
  ],
};

const deliveryPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
};
const openPolicy = {
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'logs:*', Resource: '*' }],
};

const loggingRule: ParityCase = {
  name: 'a rule that writes to a log group',
  sound: {
    resources: {
      Rule: [
        'AWS::Events::Rule',
        {
          Name: 'log',
          EventPattern: { source: ['orders'] },
          Targets: [
            { Id: 'log', Arn: sub('arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Source}') },
          ],
        },
      ],
      Source: ['AWS::Logs::LogGroup', { LogGroupName: '/app/web' }],
      Delivery: [
        'AWS::Logs::ResourcePolicy',
        { PolicyName: 'events', PolicyDocument: JSON.stringify(deliveryPolicy) },
      ],
    },
    replies: {
      'eventbridge.ListEventBuses': {
        EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default') }],
      },
      'eventbridge.ListRules': {
        Rules: [
          {
            Name: 'log',
            Arn: arn('events', 'rule/log'),
            EventBusName: 'default',
            EventPattern: '{"source":["orders"]}',
            State: 'ENABLED',
          },
        ],
      },
      'eventbridge.ListTargetsByRule': { Targets: [{ Id: 'log', Arn: sourceArn }] },
      'cloudwatch-logs.DescribeLogGroups': {
        logGroups: [{ logGroupName: '/app/web', logGroupArn: sourceArn, arn: `${sourceArn}:*` }],
      },
      'cloudwatch-logs.DescribeResourcePolicies': {
        resourcePolicies: [{ policyName: 'events', policyDocument: text(deliveryPolicy) }],
      },
    },
  },
  bad: {
    resources: {
      Rule: [
        'AWS::Events::Rule',
        { Name: 'log', ScheduleExpression: 'rate(1 hour)', State: 'ENABLED', Targets: [] },
      ],
      Delivery: [
        'AWS::Logs::ResourcePolicy',
        { PolicyName: 'events', PolicyDocument: JSON.stringify(openPolicy) },
      ],
    },
    replies: {
      'cloudwatch-logs.DescribeResourcePolicies': {
        resourcePolicies: [{ policyName: 'events', policyDocument: text(openPolicy) }],
      },
      'eventbridge.ListRules': {
        Rules: [
          {
            Name: 'log',
            Arn: arn('events', 'rule/log'),
            EventBusName: 'default',
            ScheduleExpression: 'rate(1 hour)',
            State: 'ENABLED',
          },
        ],
      },
      'eventbridge.ListTargetsByRule': { Targets: [] },
    },
  },
  pairs: [
    pair('AWS::Events::Rule', 'Rule', 'log'),
    pair('AWS::Logs::LogGroup', 'Source', '/app/web'),
    pair('AWS::Logs::ResourcePolicy', 'Delivery', 'events'),
  ],
  oneSided: [
    {
      side: 'live',
      type: 'AWS::Events::EventBus',
      name: 'default',
      reason: 'every account has a default bus, which no template declares',
    },
  ],
  proofs: [
    {
      type: 'AWS::Logs::ResourcePolicy',
      owner: 'Rule',
      rules: ['events.rule.target'],
      change: {
        resources: { Delivery: undefined },
        replies: { 'cloudwatch-logs.DescribeResourcePolicies': { resourcePolicies: [] } },
      },
    },
  ],
};

/** Logs, metrics, alarms and what operators read. */
export const observabilityCases: readonly ParityCase[] = [
  watchedFunction,
  watchedQueue,
  watchedStage,
  loggingRule,
];
