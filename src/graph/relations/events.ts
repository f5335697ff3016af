import {
  bucketType,
  busType,
  functionType,
  keyType,
  logGroupType,
  queueType,
  roleType,
  rowsOf,
  tableType,
  topicType,
  type RelationRow,
} from './row.ts';
import { readMatchedBuckets, readProcessor } from './readers.ts';
import { readArchiveReplayers } from './use-readers.ts';
import { readProviderFunctions, readTaskFunctions, readTaskTargets } from './workflow-readers.ts';

const rule = 'AWS::Events::Rule';
const subscriber = 'AWS::EventsV2::Subscriber';
const schedule = 'AWS::Scheduler::Schedule';
const pipe = 'AWS::Pipes::Pipe';
const bucket = 'AWS::S3::Bucket';
const machine = 'AWS::StepFunctions::StateMachine';
const custom = 'Custom::S3BucketNotifications';
const destinations = [...functionType, ...queueType, ...topicType];

/** Buses, rules, schedules, pipes. */
const busRelations: readonly RelationRow[] = [
  { from: rule, path: 'EventBusName', to: busType, name: 'bus', inverse: 'rules' },
  { from: rule, path: 'RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: rule,
    path: 'Targets[].Arn',
    to: ['*'],
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
    carries: { targetId: '.Id' },
  },
  { from: rule, path: 'Targets[].RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: rule,
    path: 'Targets[].DeadLetterConfig.Arn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  {
    from: rule,
    path: 'EventPattern',
    to: bucketType,
    name: 'matchedBuckets',
    inverse: 'matchingRules',
    read: readMatchedBuckets,
    note: 'a pattern of source aws.s3 that names the bucket',
  },
  { from: 'AWS::Events::EventBus', path: 'KmsKeyIdentifier', to: keyType, name: 'kmsKey', inverse: 'keyOf' },
  {
    from: 'AWS::Events::EventBus',
    path: 'DeadLetterConfig.Arn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  {
    from: 'AWS::Events::EventBusPolicy',
    path: 'EventBusName',
    to: busType,
    name: 'policyOf',
    inverse: 'policies',
  },
  {
    from: 'AWS::Events::Archive',
    path: '',
    to: ['AWS::IAM::Role'],
    name: 'replayedBy',
    inverse: 'replays',
    read: readArchiveReplayers,
    note: 'a role that is allowed to call events:StartReplay',
  },
  { from: 'AWS::Events::Archive', path: 'SourceArn', to: busType, name: 'archivedBus', inverse: 'archives' },
  { from: 'AWS::Events::Archive', path: 'KmsKeyIdentifier', to: keyType, name: 'kmsKey', inverse: 'keyOf' },
  {
    from: 'AWS::Events::ApiDestination',
    path: 'ConnectionArn',
    to: ['AWS::Events::Connection'],
    name: 'connection',
    inverse: 'apiDestinations',
  },
  {
    from: 'AWS::Events::Connection',
    path: 'KmsKeyIdentifier',
    to: keyType,
    name: 'kmsKey',
    inverse: 'keyOf',
  },
  {
    from: 'AWS::EventsV2::EventBus',
    path: 'EncryptionConfiguration.KmsKeyIdentifier',
    to: keyType,
    name: 'kmsKey',
    inverse: 'keyOf',
  },
  {
    from: 'AWS::EventsV2::ResourcePolicy',
    path: 'EventBusArn',
    to: busType,
    name: 'policyOf',
    inverse: 'policies',
  },
  {
    from: 'AWS::EventsV2::EventSource',
    path: 'EventBusArn',
    to: busType,
    name: 'bus',
    inverse: 'eventSources',
  },
  { from: subscriber, path: 'EventBusArn', to: busType, name: 'bus', inverse: 'subscribers' },
  {
    from: subscriber,
    path: 'InvokeConfiguration.TargetArn',
    to: ['*'],
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  { from: subscriber, path: 'InvokeConfiguration.RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: subscriber,
    path: 'OnFailureConfiguration.Arn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  { from: schedule, path: 'Target.Arn', to: ['*'], name: 'targets', inverse: 'targetOf', invokes: 'async' },
  { from: schedule, path: 'Target.RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: schedule,
    path: 'Target.DeadLetterConfig.Arn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  { from: schedule, path: 'KmsKeyArn', to: keyType, name: 'kmsKey', inverse: 'keyOf' },
  { from: pipe, path: 'Source', to: ['*'], name: 'source', inverse: 'pipes' },
  { from: pipe, path: 'Enrichment', to: ['*'], name: 'enrichment', inverse: 'enrichmentOf', invokes: 'sync' },
  {
    from: pipe,
    path: 'Target',
    to: ['*'],
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'sync',
    carries: { invocationType: 'TargetParameters.LambdaFunctionParameters.InvocationType' },
  },
  { from: pipe, path: 'RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: pipe,
    path: 'SourceParameters.KinesisStreamParameters.DeadLetterConfig.Arn',
    to: [...queueType, ...topicType],
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  {
    from: pipe,
    path: 'SourceParameters.DynamoDBStreamParameters.DeadLetterConfig.Arn',
    to: [...queueType, ...topicType],
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  {
    from: pipe,
    path: 'LogConfiguration.CloudwatchLogsLogDestination.LogGroupArn',
    to: logGroupType,
    name: 'logGroups',
    inverse: 'logGroupOf',
  },
  { from: pipe, path: 'KmsKeyIdentifier', to: keyType, name: 'kmsKey', inverse: 'keyOf' },
];

/** Where a delivery stream delivers; each destination may have a function change the records first. */
const deliveries = [
  'AmazonOpenSearchServerlessDestination',
  'AmazonopensearchserviceDestination',
  'ElasticsearchDestination',
  'ExtendedS3Destination',
  'HttpEndpointDestination',
  'IcebergDestination',
  'RedshiftDestination',
  'SnowflakeDestination',
  'SplunkDestination',
];

/** Buckets that notify, and other senders of events. */
const senderRelations: readonly RelationRow[] = [
  ...[bucket, custom].flatMap((from) =>
    (
      [
        ['LambdaConfigurations[].Function', 'async'],
        ['LambdaFunctionConfigurations[].LambdaFunctionArn', 'async'],
        ['QueueConfigurations[].Queue', undefined],
        ['QueueConfigurations[].QueueArn', undefined],
        ['TopicConfigurations[].Topic', undefined],
        ['TopicConfigurations[].TopicArn', undefined],
      ] as const
    ).map(([path, invokes]): RelationRow => ({
      from,
      path: `NotificationConfiguration.${path}`,
      to: destinations,
      name: 'notificationTargets',
      inverse: 'notifiedBy',
      carries: { event: '.Event', events: '.Events' },
      ...(invokes === undefined ? {} : { invokes }),
    })),
  ),
  {
    from: custom,
    path: 'BucketName',
    to: bucketType,
    name: 'notifyingBucket',
    inverse: 'notificationConfigurations',
    note: 'the custom resource through which CDK configures notifications',
  },
  {
    from: 'AWS::SES::ReceiptRule',
    path: 'Rule.Actions[].LambdaAction.FunctionArn',
    to: functionType,
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
    carries: { invocationType: '.InvocationType' },
  },
  {
    from: 'AWS::IoT::Authorizer',
    path: 'AuthorizerFunctionArn',
    to: functionType,
    name: 'authorizerFunction',
    inverse: 'authorizerFor',
    invokes: 'sync',
  },
  {
    from: 'AWS::IoT::TopicRule',
    path: 'TopicRulePayload.Actions[].Lambda.FunctionArn',
    to: functionType,
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  {
    from: 'AWS::IoT::TopicRule',
    path: 'TopicRulePayload.ErrorAction.Lambda.FunctionArn',
    to: functionType,
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  {
    from: 'AWS::Config::ConfigRule',
    path: 'Source.SourceIdentifier',
    to: functionType,
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  {
    from: 'AWS::CodeCommit::Repository',
    path: 'Triggers[].DestinationArn',
    to: [...functionType, ...topicType],
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'async',
  },
  ...rowsOf(['AWS::CloudFormation::CustomResource'], {
    path: 'ServiceToken',
    to: [...functionType, ...topicType],
    name: 'serviceToken',
    inverse: 'serviceTokenOf',
    invokes: 'async',
  }),
  {
    from: 'AWS::CloudFormation::LambdaHook',
    path: 'LambdaFunction',
    to: functionType,
    name: 'targets',
    inverse: 'targetOf',
    invokes: 'sync',
  },
  ...deliveries.map((delivery): RelationRow => ({
    from: 'AWS::KinesisFirehose::DeliveryStream',
    path: `${delivery}Configuration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue`,
    to: functionType,
    name: 'processors',
    inverse: 'processorOf',
    invokes: 'sync',
    read: readProcessor,
  })),
  {
    from: 'AWS::S3ObjectLambda::AccessPoint',
    path: 'ObjectLambdaConfiguration.TransformationConfigurations[].ContentTransformation.AwsLambda.FunctionArn',
    to: functionType,
    name: 'transformations',
    inverse: 'transforms',
    invokes: 'sync',
  },
];

/** State machines. */
const workflowRelations: readonly RelationRow[] = [
  { from: machine, path: 'RoleArn', to: roleType, name: 'role', inverse: 'users' },
  {
    from: machine,
    path: 'LoggingConfiguration.Destinations[].CloudWatchLogsLogGroup.LogGroupArn',
    to: logGroupType,
    name: 'logGroups',
    inverse: 'logGroupOf',
  },
  { from: machine, path: 'EncryptionConfiguration.KmsKeyId', to: keyType, name: 'kmsKey', inverse: 'keyOf' },
  {
    from: machine,
    path: '',
    to: functionType,
    name: 'functions',
    inverse: 'workflows',
    invokes: 'sync',
    read: readTaskFunctions,
    note: 'tasks of the definition, nested ones included',
  },
  {
    from: machine,
    path: '',
    to: functionType,
    name: 'providerFunctions',
    inverse: 'providerWorkflows',
    walks: true,
    read: readProviderFunctions,
    note: "what the waiter of CDK's provider framework calls",
  },
  {
    from: machine,
    path: '',
    to: [...queueType, ...topicType, ...tableType, ...busType, machine],
    name: 'workflowTargets',
    inverse: 'workflowTargetOf',
    read: readTaskTargets,
    note: 'queues, topics, tables and buses that tasks name',
  },
];

export const eventRelations: readonly RelationRow[] = [
  ...busRelations,
  ...senderRelations,
  ...workflowRelations,
];
