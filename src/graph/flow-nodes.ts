/** One way in which a node of a diagram is filled: the far ends of a chain, from what stands in other nodes. */
export interface NodeRow {
  readonly node: string;
  /** Nodes to start from; `entry` is the flow's entry. */
  readonly of: readonly string[];
  /** Relations to follow, with dots; empty for the resources themselves. */
  readonly through: string;
  /** Types that belong into the node, by prefix; all when absent. */
  readonly types?: readonly string[];
  /** Text that a VPC endpoint's service name ends in. */
  readonly endpoint?: string;
}

const functionType = ['AWS::Lambda::Function'];
const tables = ['AWS::DynamoDB::', 'AWS::RDS::'];
const buckets = ['AWS::S3::Bucket'];
const queues = ['AWS::SQS::Queue'];
const topics = ['AWS::SNS::Topic'];
const secrets = ['AWS::SecretsManager::Secret'];
const machines = ['AWS::StepFunctions::StateMachine'];
const externals = ['AWS::Events::ApiDestination', 'AWS::Events::Connection'];

/** Diagram 1: API Gateway + Lambda. */
export const apiNodes: readonly NodeRow[] = [
  { node: 'APIGW', of: ['entry'], through: '' },
  { node: 'APIGW', of: ['entry'], through: 'api' },
  { node: 'APIGW', of: ['entry'], through: 'stageMethods' },
  { node: 'APIGW', of: ['entry'], through: 'usagePlans' },
  { node: 'APIGW', of: ['entry'], through: 'domainNames' },
  { node: 'APIGW', of: ['entry'], through: 'api.domainNames' },
  { node: 'WAF', of: ['entry'], through: 'webAcl' },
  { node: 'WAF', of: ['entry'], through: 'apiDistributions.webAcl' },
  { node: 'WAF', of: ['entry'], through: 'distributions.webAcl' },
  { node: 'WAF', of: ['WAF'], through: 'loggingConfigurations' },
  { node: 'Auth', of: ['entry'], through: 'stageMethods' },
  { node: 'Auth', of: ['entry'], through: 'stageMethods.authorizer' },
  { node: 'Auth', of: ['entry'], through: 'stageMethods.authorizer.authorizerFunction' },
  {
    node: 'Auth',
    of: ['entry'],
    through: '',
    types: ['AWS::Lambda::Url', 'AWS::Lambda::WebFunctionEndpoint'],
  },
  { node: 'Lambda', of: ['entry'], through: 'functions' },
  { node: 'Lambda', of: ['entry'], through: 'function' },
  { node: 'Lambda', of: ['entry'], through: 'webFunction' },
  { node: 'Lambda', of: ['entry'], through: 'webFunction.revisions' },
  { node: 'PowerTools', of: ['Lambda'], through: '' },
  { node: 'VPCE_DDB', of: ['Lambda'], through: 'endpoints', endpoint: '.dynamodb' },
  { node: 'VPCE_S3', of: ['Lambda'], through: 'endpoints', endpoint: '.s3' },
  { node: 'VPCE_SM', of: ['Lambda'], through: 'endpoints', endpoint: '.secretsmanager' },
  { node: 'DDB', of: ['Lambda'], through: 'uses', types: tables },
  { node: 'S3', of: ['Lambda'], through: 'uses', types: buckets },
  { node: 'SM', of: ['Lambda'], through: 'uses', types: secrets },
  { node: 'External', of: ['Lambda'], through: 'uses', types: externals },
  { node: 'DLQ', of: ['Lambda'], through: 'deadLetterQueue' },
  { node: 'Dest', of: ['Lambda'], through: 'eventInvokeConfigs' },
  { node: 'Dest', of: ['Lambda'], through: 'eventInvokeConfigs.onFailure' },
  { node: 'Dest', of: ['Lambda'], through: 'eventInvokeConfigs.onSuccess' },
  { node: 'CW', of: ['entry'], through: 'accessLogs' },
  { node: 'CW', of: ['Lambda'], through: 'logGroup' },
  { node: 'CW', of: ['entry', 'Lambda', 'DLQ'], through: 'alarms' },
  { node: 'XRay', of: ['entry', 'Lambda'], through: '', types: ['AWS::ApiGateway::Stage', ...functionType] },
];

/** Diagram 2: EventBridge + Lambda; the nodes of rules and functions are filled by the kind of entry (see `eventRoles`). */
export const eventNodes: readonly NodeRow[] = [
  { node: 'EB', of: ['entry'], through: 'bus' },
  { node: 'EB', of: ['EB'], through: 'archives' },
  { node: 'S3Event', of: ['entry'], through: 'matchedBuckets' },
  { node: 'Custom', of: ['EB'], through: 'eventSources' },
  { node: 'SQS', of: ['entry'], through: 'targets', types: queues },
  { node: 'SQS', of: ['entry'], through: 'configuredTargets', types: queues },
  { node: 'SQS', of: ['entry'], through: 'subscribers', types: queues },
  { node: 'SQS', of: ['Lambda'], through: 'uses', types: queues },
  { node: 'SNS', of: ['entry'], through: '', types: topics },
  { node: 'SNS', of: ['entry'], through: 'targets', types: topics },
  { node: 'SNS', of: ['Lambda'], through: 'uses', types: topics },
  { node: 'SNS', of: ['SNS'], through: 'subscriptions' },
  { node: 'SF', of: ['entry'], through: 'targets', types: machines },
  { node: 'SF', of: ['Lambda'], through: 'uses', types: machines },
  { node: 'DLQ1', of: ['entry', 'Lambda'], through: 'deadLetterQueue' },
  { node: 'DLQ1', of: ['entry'], through: 'subscriptions.deadLetterQueue' },
  { node: 'DLQ1', of: ['Lambda'], through: 'eventInvokeConfigs.onFailure', types: [...queues, ...topics] },
  { node: 'DLQ2', of: ['SQS'], through: 'deadLetterQueue' },
  { node: 'Alarm', of: ['DLQ1', 'DLQ2', 'Lambda'], through: 'alarms' },
  { node: 'CWLogs', of: ['Lambda'], through: 'logGroup' },
  { node: 'CWLogs', of: ['SF'], through: 'logGroups' },
  { node: 'CWLogs', of: ['CWLogs'], through: 'queryDefinitions' },
  { node: 'CWMetrics', of: ['Lambda'], through: 'dashboards' },
  { node: 'CWMetrics', of: ['CWLogs'], through: 'metricFilters' },
  {
    node: 'XRayTrace',
    of: ['Lambda', 'SF', 'SNS'],
    through: '',
    types: [...functionType, ...machines, ...topics],
  },
];

/** Ways from an event entry to the functions behind it. */
export const eventFunctions: readonly string[] = [
  'targets',
  'enrichment',
  'configuredTargets',
  'subscribers',
  'dataSources.targets',
  'processors',
  'transformations',
  'triggers',
  'targets.functions',
  'targets.subscribers',
  'targets.consumers',
];

/** What an event entry is in the diagram: which node it is, which rule node and which function node it fills. */
export const eventRoles = {
  bucket: { source: 'S3Event', rule: 'Rule1', lambda: 'Lambda1' },
  schedule: { source: 'Schedule', rule: 'Rule2', lambda: 'Lambda2' },
  custom: { source: 'Custom', rule: 'Rule3', lambda: 'Lambda3' },
} as const;

/** Diagram 3: SQS + Lambda batch processing. */
export const batchNodes: readonly NodeRow[] = [
  { node: 'SQSMain', of: ['entry'], through: '' },
  { node: 'Lambda', of: ['entry'], through: 'consumers' },
  { node: 'SQSMain', of: ['entry'], through: 'mappings' },
  { node: 'SQSMain', of: ['entry'], through: 'policies' },
  { node: 'SQSDLQ', of: ['entry'], through: 'deadLetterQueue' },
  { node: 'SQSDLQ', of: ['entry'], through: 'mappings.onFailure' },
  { node: 'Producer1', of: ['entry'], through: 'targetOf' },
  { node: 'Producer1', of: ['entry'], through: 'integrations' },
  { node: 'Producer2', of: ['entry'], through: 'notifiedBy' },
  { node: 'Producer2', of: ['entry'], through: 'subscribedTopics' },
  { node: 'Producer3', of: ['entry'], through: 'usedBy' },
  { node: 'Reserved', of: ['Lambda'], through: '' },
  { node: 'Provisioned', of: ['Lambda'], through: 'aliases' },
  { node: 'Provisioned', of: ['Lambda'], through: 'scalableTargets' },
  { node: 'Retry', of: ['Lambda'], through: '' },
  { node: 'Retry', of: ['entry'], through: 'mappings' },
  { node: 'PartialFail', of: ['entry'], through: 'mappings' },
  { node: 'DB', of: ['Lambda'], through: 'uses', types: tables },
  { node: 'API', of: ['Lambda'], through: 'uses', types: externals },
  { node: 'S3Store', of: ['Lambda'], through: 'uses', types: buckets },
  { node: 'Metrics', of: ['entry', 'Lambda', 'SQSDLQ'], through: '', types: [...queues, ...functionType] },
  { node: 'Alarms', of: ['entry', 'Lambda', 'SQSDLQ'], through: 'alarms' },
  { node: 'Dashboard', of: ['entry', 'Lambda', 'SQSDLQ'], through: 'dashboards' },
  { node: 'Runbook', of: ['SQSDLQ', 'Alarms'], through: 'runbooks' },
  { node: 'Replay', of: ['SQSDLQ'], through: 'replayedBy' },
];
