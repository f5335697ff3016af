import type { Data } from './recordings.ts';

/** A resource that an answer shows, by what CloudFormation's documentation calls things. */
export interface Expected {
  readonly type: string;
  /** Undefined where the answer does not say. */
  readonly arn?: unknown;
  readonly name?: unknown;
  /** At least these, each exactly so; `undefined` for a property that has to be absent. */
  readonly properties: Data;
}

/** What an operation's answers show, written down without a look at the collector. */
export interface Expectation {
  /** Collector and operation. */
  readonly service: string;
  readonly operation: string;
  /** As boto names the recording, where that is another name. */
  readonly recordedAs?: string;
  /** Tells the answers of two services apart that boto gives one name. */
  readonly isOfService?: (data: Data) => boolean;
  /** Answers of other operations, so that the question comes up. */
  readonly madeUp: (data: Data) => Readonly<Record<string, object>>;
  readonly expected: (data: Data) => readonly Expected[];
  /** Errors that say that there is none. */
  readonly none?: readonly string[];
}

type Row = Data;

const rows = (value: unknown): readonly Row[] => (Array.isArray(value) ? (value as readonly Row[]) : []);
const parsed = (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text) : undefined);
const filled = (list: unknown): unknown => (Array.isArray(list) && list.length > 0 ? list : undefined);
const tagList = (tags: unknown): unknown =>
  Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
/** Only the members that the answer has. */
const given = (members: Data): Data =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));

const functionArn = 'arn:aws:lambda:us-east-1:644160558196:function:recorded';
const oneFunction = {
  'lambda.ListFunctions': { Functions: [{ FunctionName: 'recorded', FunctionArn: functionArn }] },
};
const bucketArn = 'arn:aws:s3:::recorded';
const oneBucket = { 's3.ListBuckets': { Buckets: [{ Name: 'recorded', BucketRegion: 'us-east-1' }] } };
const keyArn = 'arn:aws:kms:us-east-1:644160558196:key/recorded';
const oneKey = { 'kms.ListKeys': { Keys: [{ KeyId: 'recorded', KeyArn: keyArn }] } };
const tableArn = 'arn:aws:dynamodb:us-east-1:644160558196:table/recorded';
const oneTable = { 'dynamodb.ListTables': { TableNames: ['recorded'] } };
const busArn = 'arn:aws:events:us-east-1:644160558196:event-bus/recorded';
const oneBus = { 'eventbridge.ListEventBuses': { EventBuses: [{ Name: 'recorded', Arn: busArn }] } };
const machineArn = 'arn:aws:states:us-east-1:644160558196:stateMachine:recorded';
const oneMachine = {
  'sfn.ListStateMachines': {
    stateMachines: [{ name: 'recorded', stateMachineArn: machineArn, type: 'STANDARD' }],
  },
};
const topicArn = 'arn:aws:sns:us-east-1:644160558196:recorded';
const oneTopic = { 'sns.ListTopics': { Topics: [{ TopicArn: topicArn }] } };
const oneQueue = {
  'sqs.ListQueues': { QueueUrls: ['https://sqs.us-east-1.amazonaws.com/644160558196/recorded'] },
};
const aclArn = 'arn:aws:wafv2:us-east-1:644160558196:regional/webacl/recorded/recorded';
const groupArn = 'arn:aws:wafv2:us-east-1:644160558196:regional/rulegroup/recorded/recorded';
const oneApi = { 'apigateway.GetRestApis': { items: [{ id: 'recorded', name: 'recorded' }] } };

/** A property of the bucket that a call asks about. */
function ofBucket(operation: string, properties: (data: Data) => Data, none: readonly string[]): Expectation {
  return {
    service: 's3',
    operation,
    madeUp: () => oneBucket,
    expected: (data) => [{ type: 'AWS::S3::Bucket', arn: bucketArn, properties: properties(data) }],
    none,
  };
}

/** S3 takes several events in one notification, CloudFormation one. */
function perEvent(configurations: unknown, member: string, from: string): unknown {
  const each = rows(configurations).flatMap((row) =>
    (row['Events'] as readonly string[]).map((Event) => ({ Event, [member]: row[from] })),
  );
  return filled(each);
}

/** Every operation of a collector of which recordings exist. */
export const expectations: readonly Expectation[] = [
  {
    service: 'lambda',
    operation: 'ListFunctions',
    madeUp: () => ({}),
    expected: ({ Functions }) =>
      rows(Functions).map((row) => ({
        type: 'AWS::Lambda::Function',
        arn: row['FunctionArn'],
        name: row['FunctionName'],
        properties: given({
          FunctionName: row['FunctionName'],
          Runtime: row['Runtime'],
          Handler: row['Handler'],
          Role: row['Role'],
          Timeout: row['Timeout'],
          MemorySize: row['MemorySize'],
          KmsKeyArn: row['KMSKeyArn'],
          TracingConfig: row['TracingConfig'],
          DeadLetterConfig: row['DeadLetterConfig'],
          Architectures: row['Architectures'],
        }),
      })),
  },
  {
    service: 'lambda',
    operation: 'ListEventSourceMappings',
    madeUp: () => ({}),
    expected: ({ EventSourceMappings }) =>
      rows(EventSourceMappings).map((row) => ({
        type: 'AWS::Lambda::EventSourceMapping',
        arn: row['EventSourceMappingArn'],
        properties: given({
          Id: row['UUID'],
          BatchSize: row['BatchSize'],
          EventSourceArn: row['EventSourceArn'],
          FunctionName: row['FunctionArn'],
          Enabled: row['State'] === 'Enabled',
          KmsKeyArn: row['KMSKeyArn'],
        }),
      })),
  },
  {
    service: 'lambda',
    operation: 'ListTags',
    madeUp: () => oneFunction,
    expected: ({ Tags }) => [
      { type: 'AWS::Lambda::Function', arn: functionArn, properties: { Tags: tagList(Tags) } },
    ],
  },
  {
    service: 'lambda',
    operation: 'GetPolicy',
    madeUp: () => oneFunction,
    none: ['ResourceNotFoundException'],
    expected: ({ Policy }) =>
      rows((parsed(Policy) as Data | undefined)?.['Statement']).map((row) => {
        const { Service, AWS } = (
          typeof row['Principal'] === 'string' ? { AWS: row['Principal'] } : row['Principal']
        ) as Record<string, string>;
        const condition = (row['Condition'] ?? {}) as Record<string, Record<string, string>>;
        return {
          type: 'AWS::Lambda::Permission',
          name: row['Sid'],
          properties: given({
            Action: row['Action'],
            Principal: Service ?? AWS,
            FunctionName: row['Resource'],
            SourceArn: (condition['ArnLike'] ?? condition['ArnEquals'])?.['AWS:SourceArn'],
            SourceAccount: condition['StringEquals']?.['AWS:SourceAccount'],
          }),
        };
      }),
  },
  {
    service: 's3',
    operation: 'ListBuckets',
    madeUp: () => ({}),
    expected: ({ Buckets }) =>
      rows(Buckets).map((row) => ({
        type: 'AWS::S3::Bucket',
        arn: `arn:aws:s3:::${String(row['Name'])}`,
        name: row['Name'],
        properties: { BucketName: row['Name'] },
      })),
  },
  ofBucket(
    'GetBucketEncryption',
    ({ ServerSideEncryptionConfiguration: config }) => {
      const [rule] = rows((config as Data)['Rules']);
      return {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            given({
              ServerSideEncryptionByDefault: rule?.['ApplyServerSideEncryptionByDefault'],
              BucketKeyEnabled: rule?.['BucketKeyEnabled'],
            }),
          ],
        },
      };
    },
    ['ServerSideEncryptionConfigurationNotFoundError'],
  ),
  ofBucket(
    'GetBucketVersioning',
    ({ Status }) => ({ VersioningConfiguration: Status === undefined ? undefined : { Status } }),
    [],
  ),
  ofBucket(
    'GetPublicAccessBlock',
    ({ PublicAccessBlockConfiguration }) => ({ PublicAccessBlockConfiguration }),
    ['NoSuchPublicAccessBlockConfiguration'],
  ),
  ofBucket(
    'GetBucketLogging',
    ({ LoggingEnabled }) => {
      const { TargetBucket, TargetPrefix } = (LoggingEnabled ?? {}) as Row;
      return {
        LoggingConfiguration:
          LoggingEnabled === undefined
            ? undefined
            : { DestinationBucketName: TargetBucket, LogFilePrefix: TargetPrefix },
      };
    },
    [],
  ),
  ofBucket('GetBucketOwnershipControls', ({ OwnershipControls }) => ({ OwnershipControls }), [
    'OwnershipControlsNotFoundError',
  ]),
  ofBucket(
    'GetBucketLifecycleConfiguration',
    ({ Rules }) => ({
      LifecycleConfiguration: { Rules: rows(Rules).map(({ ID: Id, Status }) => given({ Id, Status })) },
    }),
    ['NoSuchLifecycleConfiguration'],
  ),
  ofBucket('GetObjectLockConfiguration', ({ ObjectLockConfiguration }) => ({ ObjectLockConfiguration }), [
    'ObjectLockConfigurationNotFoundError',
  ]),
  ofBucket(
    'GetBucketReplication',
    ({ ReplicationConfiguration }) => {
      const { Role, Rules } = ReplicationConfiguration as Row;
      return {
        ReplicationConfiguration: {
          Role,
          Rules: rows(Rules).map(({ ID: Id, Status }) => given({ Id, Status })),
        },
      };
    },
    ['ReplicationConfigurationNotFoundError'],
  ),
  ofBucket(
    'GetBucketNotificationConfiguration',
    ({ TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations }) => {
      const members = given({
        TopicConfigurations: perEvent(TopicConfigurations, 'Topic', 'TopicArn'),
        QueueConfigurations: perEvent(QueueConfigurations, 'Queue', 'QueueArn'),
        LambdaConfigurations: perEvent(LambdaFunctionConfigurations, 'Function', 'LambdaFunctionArn'),
      });
      return { NotificationConfiguration: Object.keys(members).length === 0 ? undefined : members };
    },
    [],
  ),
  ofBucket('GetBucketTagging', ({ TagSet }) => ({ Tags: TagSet }), ['NoSuchTagSet']),
  {
    service: 's3',
    operation: 'GetBucketPolicy',
    madeUp: () => oneBucket,
    none: ['NoSuchBucketPolicy'],
    expected: ({ Policy }) => [
      {
        type: 'AWS::S3::BucketPolicy',
        properties: { Bucket: 'recorded', PolicyDocument: parsed(Policy) },
      },
    ],
  },
  {
    service: 'apigateway',
    operation: 'GetRestApis',
    madeUp: () => ({}),
    expected: ({ items }) =>
      rows(items).map((row) => ({
        type: 'AWS::ApiGateway::RestApi',
        name: row['name'],
        properties: given({
          RestApiId: row['id'],
          Name: row['name'],
          ApiKeySourceType: row['apiKeySource'],
          DisableExecuteApiEndpoint: row['disableExecuteApiEndpoint'],
          // The service hands the policy out with every quote escaped.
          Policy:
            row['policy'] === undefined ? undefined : parsed(String(row['policy']).replaceAll('\\"', '"')),
        }),
      })),
  },
  {
    service: 'apigateway',
    operation: 'GetStages',
    isOfService: (data) => 'item' in data,
    madeUp: () => oneApi,
    expected: ({ item }) =>
      rows(item).map((row) => ({
        type: 'AWS::ApiGateway::Stage',
        properties: given({
          RestApiId: 'recorded',
          StageName: row['stageName'],
          DeploymentId: row['deploymentId'],
          TracingEnabled: row['tracingEnabled'],
          CacheClusterEnabled: row['cacheClusterEnabled'],
          ClientCertificateId: row['clientCertificateId'],
        }),
      })),
  },
  {
    service: 'apigateway',
    operation: 'GetResources',
    madeUp: () => oneApi,
    expected: ({ items }) =>
      rows(items).flatMap((row): Expected[] => [
        {
          type: 'AWS::ApiGateway::Resource',
          properties: given({
            RestApiId: 'recorded',
            PathPart: row['pathPart'],
            ParentId: row['parentId'],
            Path: row['path'],
          }),
        },
        // No stage was recorded along, and methods that no stage serves take no requests.
      ]),
  },
  {
    service: 'apigateway',
    operation: 'GetAccount',
    madeUp: () => ({}),
    expected: ({ cloudwatchRoleArn }) => [
      { type: 'AWS::ApiGateway::Account', properties: { CloudWatchRoleArn: cloudwatchRoleArn } },
    ],
  },
  {
    service: 'apigatewayv2',
    operation: 'GetApis',
    recordedAs: 'apigateway.GetApis',
    madeUp: () => ({}),
    expected: ({ Items }) =>
      rows(Items).map((row) => ({
        type: 'AWS::ApiGatewayV2::Api',
        name: row['Name'],
        properties: {
          ApiId: row['ApiId'],
          Name: row['Name'],
          ProtocolType: row['ProtocolType'],
          DisableExecuteApiEndpoint: row['DisableExecuteApiEndpoint'],
        },
      })),
  },
  {
    service: 'apigatewayv2',
    operation: 'GetStages',
    recordedAs: 'apigateway.GetStages',
    isOfService: (data) => 'Items' in data,
    madeUp: () => ({ 'apigatewayv2.GetApis': { Items: [{ ApiId: 'recorded', Name: 'recorded' }] } }),
    expected: ({ Items }) =>
      rows(Items).map((row) => ({
        type: 'AWS::ApiGatewayV2::Stage',
        properties: given({
          ApiId: 'recorded',
          StageName: row['StageName'],
          AutoDeploy: row['AutoDeploy'],
          AccessLogSettings: row['AccessLogSettings'],
        }),
      })),
  },
  {
    service: 'cloudwatch',
    operation: 'DescribeAlarms',
    recordedAs: 'monitoring.DescribeAlarms',
    madeUp: () => ({}),
    expected: ({ MetricAlarms }) =>
      rows(MetricAlarms).map((row) => ({
        type: 'AWS::CloudWatch::Alarm',
        arn: row['AlarmArn'],
        name: row['AlarmName'],
        properties: given({
          AlarmName: row['AlarmName'],
          Namespace: row['Namespace'],
          MetricName: row['MetricName'],
          Dimensions: row['Dimensions'],
          Threshold: row['Threshold'],
          ComparisonOperator: row['ComparisonOperator'],
          AlarmActions: row['AlarmActions'],
          ActionsEnabled: row['ActionsEnabled'],
        }),
      })),
  },
  {
    service: 'cloudwatch-logs',
    operation: 'DescribeLogGroups',
    recordedAs: 'logs.DescribeLogGroups',
    madeUp: () => ({}),
    expected: ({ logGroups }) =>
      rows(logGroups).map((row) => ({
        type: 'AWS::Logs::LogGroup',
        arn: String(row['arn']).replace(/:\*$/, ''),
        name: row['logGroupName'],
        properties: given({
          LogGroupName: row['logGroupName'],
          RetentionInDays: row['retentionInDays'],
          KmsKeyId: row['kmsKeyId'],
        }),
      })),
  },
  {
    service: 'cloudwatch-logs',
    operation: 'DescribeMetricFilters',
    recordedAs: 'logs.DescribeMetricFilters',
    madeUp: () => ({}),
    expected: ({ metricFilters }) =>
      rows(metricFilters).map((row) => ({
        type: 'AWS::Logs::MetricFilter',
        properties: {
          FilterName: row['filterName'],
          FilterPattern: row['filterPattern'],
          LogGroupName: row['logGroupName'],
          MetricTransformations: rows(row['metricTransformations']).map((each) =>
            given({
              MetricName: each['metricName'],
              MetricNamespace: each['metricNamespace'],
              MetricValue: each['metricValue'],
            }),
          ),
        },
      })),
  },
  {
    service: 'cloudwatch-logs',
    operation: 'DescribeResourcePolicies',
    recordedAs: 'logs.DescribeResourcePolicies',
    madeUp: () => ({}),
    expected: ({ resourcePolicies }) =>
      rows(resourcePolicies).map((row) => ({
        type: 'AWS::Logs::ResourcePolicy',
        properties: { PolicyName: row['policyName'], PolicyDocument: parsed(row['policyDocument']) },
      })),
  },
  {
    service: 'cloudwatch-logs',
    operation: 'DescribeSubscriptionFilters',
    recordedAs: 'logs.DescribeSubscriptionFilters',
    madeUp: () => ({
      'cloudwatch-logs.DescribeLogGroups': {
        logGroups: [
          {
            logGroupName: '/aws/codebuild/custodian',
            arn: 'arn:aws:logs:us-east-1:644160558196:log-group:/aws/codebuild/custodian:*',
          },
        ],
      },
    }),
    expected: ({ subscriptionFilters }) =>
      rows(subscriptionFilters).map((row) => ({
        type: 'AWS::Logs::SubscriptionFilter',
        properties: {
          FilterName: row['filterName'],
          DestinationArn: row['destinationArn'],
          LogGroupName: row['logGroupName'],
        },
      })),
  },
  {
    service: 'dynamodb',
    operation: 'ListTables',
    madeUp: () => ({}),
    expected: ({ TableNames }) =>
      (TableNames as readonly string[]).map((name) => ({
        type: 'AWS::DynamoDB::Table',
        name,
        properties: { TableName: name },
      })),
  },
  {
    service: 'dynamodb',
    operation: 'DescribeTable',
    madeUp: () => oneTable,
    expected: ({ Table }) => {
      const row = Table as Row;
      const sse = row['SSEDescription'] as Row | undefined;
      return [
        {
          type: 'AWS::DynamoDB::Table',
          arn: tableArn,
          properties: given({
            KeySchema: row['KeySchema'],
            AttributeDefinitions: row['AttributeDefinitions'],
            DeletionProtectionEnabled: row['DeletionProtectionEnabled'],
            BillingMode: (row['BillingModeSummary'] as Row | undefined)?.['BillingMode'],
            SSESpecification:
              sse?.['Status'] === 'ENABLED'
                ? given({ SSEEnabled: true, KMSMasterKeyId: sse['KMSMasterKeyArn'] })
                : undefined,
          }),
        },
      ];
    },
  },
  {
    service: 'dynamodb',
    operation: 'GetResourcePolicy',
    madeUp: () => oneTable,
    none: ['PolicyNotFoundException'],
    expected: ({ Policy }) => [
      {
        type: 'AWS::DynamoDB::Table',
        arn: tableArn,
        properties: { ResourcePolicy: { PolicyDocument: parsed(Policy) } },
      },
    ],
  },
  {
    service: 'dynamodb',
    operation: 'ListTagsOfResource',
    madeUp: () => oneTable,
    expected: ({ Tags }) => [{ type: 'AWS::DynamoDB::Table', arn: tableArn, properties: { Tags } }],
  },
  {
    service: 'eventbridge',
    operation: 'ListEventBuses',
    recordedAs: 'events.ListEventBuses',
    madeUp: () => ({}),
    expected: ({ EventBuses }) =>
      rows(EventBuses).map((row) => ({
        type: 'AWS::Events::EventBus',
        arn: row['Arn'],
        name: row['Name'],
        properties: { Name: row['Name'] },
      })),
  },
  {
    service: 'eventbridge',
    operation: 'DescribeEventBus',
    recordedAs: 'events.DescribeEventBus',
    madeUp: () => oneBus,
    expected: ({ KmsKeyIdentifier }) => [
      { type: 'AWS::Events::EventBus', arn: busArn, properties: given({ KmsKeyIdentifier }) },
    ],
  },
  {
    service: 'eventbridge',
    operation: 'ListRules',
    recordedAs: 'events.ListRules',
    madeUp: () => oneBus,
    expected: ({ Rules }) =>
      rows(Rules)
        // What a service of AWS manages is not the customer's.
        .filter(({ ManagedBy }) => ManagedBy === undefined)
        .map((row) => ({
          type: 'AWS::Events::Rule',
          arn: row['Arn'],
          name: row['Name'],
          properties: given({
            Name: row['Name'],
            State: row['State'],
            ScheduleExpression: row['ScheduleExpression'],
            EventPattern: parsed(row['EventPattern']),
          }),
        })),
  },
  {
    service: 'eventbridge',
    operation: 'ListTargetsByRule',
    recordedAs: 'events.ListTargetsByRule',
    madeUp: () => ({
      ...oneBus,
      'eventbridge.ListRules': {
        Rules: [
          {
            Name: 'recorded',
            Arn: 'arn:aws:events:us-east-1:644160558196:rule/recorded/recorded',
            EventBusName: 'recorded',
          },
        ],
      },
    }),
    none: ['ResourceNotFoundException'],
    expected: ({ Targets }) => [
      {
        type: 'AWS::Events::Rule',
        name: 'recorded',
        properties: { Targets: rows(Targets).map(({ Id, Arn }) => given({ Id, Arn })) },
      },
    ],
  },
  {
    service: 'eventbridge',
    operation: 'ListApiDestinations',
    recordedAs: 'events.ListApiDestinations',
    madeUp: () => ({}),
    expected: ({ ApiDestinations }) =>
      rows(ApiDestinations).map((row) => ({
        type: 'AWS::Events::ApiDestination',
        arn: row['ApiDestinationArn'],
        name: row['Name'],
        properties: {
          Name: row['Name'],
          ConnectionArn: row['ConnectionArn'],
          InvocationEndpoint: row['InvocationEndpoint'],
          HttpMethod: row['HttpMethod'],
        },
      })),
  },
  {
    service: 'kms',
    operation: 'ListAliases',
    madeUp: () => ({}),
    expected: ({ Aliases }) =>
      rows(Aliases)
        // Those of AWS's own keys only say whose they are.
        .filter(({ AliasName }) => !String(AliasName).startsWith('alias/aws/'))
        .map((row) => ({
          type: 'AWS::KMS::Alias',
          properties: { AliasName: row['AliasName'], TargetKeyId: row['TargetKeyId'] },
        })),
  },
  {
    service: 'kms',
    operation: 'ListKeys',
    madeUp: () => ({}),
    expected: ({ Keys }) =>
      rows(Keys).map((row) => ({
        type: 'AWS::KMS::Key',
        arn: row['KeyArn'],
        properties: { KeyId: row['KeyId'] },
      })),
  },
  {
    service: 'kms',
    operation: 'DescribeKey',
    madeUp: () => oneKey,
    expected: ({ KeyMetadata }) => {
      const row = KeyMetadata as Row;
      return [
        {
          type: 'AWS::KMS::Key',
          arn: keyArn,
          properties: given({
            Enabled: row['Enabled'],
            KeyUsage: row['KeyUsage'],
            KeySpec: row['KeySpec'],
            MultiRegion: row['MultiRegion'],
          }),
        },
      ];
    },
  },
  {
    service: 'kms',
    operation: 'GetKeyRotationStatus',
    madeUp: () => oneKey,
    none: ['UnsupportedOperationException'],
    expected: ({ KeyRotationEnabled: EnableKeyRotation }) => [
      { type: 'AWS::KMS::Key', arn: keyArn, properties: { EnableKeyRotation } },
    ],
  },
  {
    service: 'kms',
    operation: 'GetKeyPolicy',
    madeUp: () => oneKey,
    expected: ({ Policy }) => [
      { type: 'AWS::KMS::Key', arn: keyArn, properties: { KeyPolicy: parsed(Policy) } },
    ],
  },
  {
    service: 'kms',
    operation: 'ListResourceTags',
    madeUp: () => oneKey,
    expected: ({ Tags }) => [
      {
        type: 'AWS::KMS::Key',
        arn: keyArn,
        properties: {
          Tags: rows(Tags).map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })),
        },
      },
    ],
  },
  {
    service: 'scheduler',
    operation: 'GetSchedule',
    madeUp: ({ State }) => ({
      'scheduler.ListSchedules': {
        Schedules: [
          {
            State,
            Name: 'recorded',
            GroupName: 'default',
            Arn: 'arn:aws:scheduler:us-east-1:644160558196:schedule/default/recorded',
          },
        ],
      },
    }),
    expected: (row) => [
      {
        type: 'AWS::Scheduler::Schedule',
        name: 'recorded',
        properties: given({
          ScheduleExpression: row['ScheduleExpression'],
          State: row['State'],
          FlexibleTimeWindow: row['FlexibleTimeWindow'],
          KmsKeyArn: row['KmsKeyArn'],
          Target: row['Target'] === undefined ? undefined : given({ Arn: (row['Target'] as Row)['Arn'] }),
        }),
      },
    ],
  },
  {
    service: 'secretsmanager',
    operation: 'ListSecrets',
    madeUp: () => ({}),
    expected: ({ SecretList }) =>
      rows(SecretList).map((row) => ({
        type: 'AWS::SecretsManager::Secret',
        arn: row['ARN'],
        name: row['Name'],
        properties: given({ Name: row['Name'], KmsKeyId: row['KmsKeyId'], Description: row['Description'] }),
      })),
  },
  {
    service: 'secretsmanager',
    operation: 'GetResourcePolicy',
    madeUp: () => ({
      'secretsmanager.ListSecrets': {
        SecretList: [
          { Name: 'recorded', ARN: 'arn:aws:secretsmanager:us-east-1:644160558196:secret:recorded-AbCdEf' },
        ],
      },
    }),
    expected: ({ ResourcePolicy }) =>
      ResourcePolicy === undefined
        ? []
        : [
            {
              type: 'AWS::SecretsManager::ResourcePolicy',
              properties: { ResourcePolicy: parsed(ResourcePolicy) },
            },
          ],
  },
  {
    service: 'securityhub',
    operation: 'DescribeHub',
    madeUp: () => ({}),
    expected: ({ HubArn }) => [
      { type: 'AWS::SecurityHub::Hub', arn: HubArn as string, properties: { ARN: HubArn } },
    ],
  },
  {
    service: 'sfn',
    operation: 'ListStateMachines',
    recordedAs: 'states.ListStateMachines',
    madeUp: () => ({}),
    expected: ({ stateMachines }) =>
      rows(stateMachines).map((row) => ({
        type: 'AWS::StepFunctions::StateMachine',
        arn: row['stateMachineArn'],
        name: row['name'],
        properties: { StateMachineName: row['name'], StateMachineType: row['type'] },
      })),
  },
  {
    service: 'sfn',
    operation: 'DescribeStateMachine',
    recordedAs: 'states.DescribeStateMachine',
    madeUp: () => oneMachine,
    expected: (row) => [
      {
        type: 'AWS::StepFunctions::StateMachine',
        arn: machineArn,
        properties: given({
          RoleArn: row['roleArn'],
          DefinitionString: row['definition'],
          TracingConfiguration:
            row['tracingConfiguration'] === undefined
              ? undefined
              : { Enabled: (row['tracingConfiguration'] as Row)['enabled'] },
          LoggingConfiguration:
            row['loggingConfiguration'] === undefined
              ? undefined
              : given({ Level: (row['loggingConfiguration'] as Row)['level'] }),
        }),
      },
    ],
  },
  {
    service: 'sfn',
    operation: 'ListTagsForResource',
    recordedAs: 'states.ListTagsForResource',
    madeUp: () => oneMachine,
    expected: ({ tags }) => [
      {
        type: 'AWS::StepFunctions::StateMachine',
        arn: machineArn,
        properties: { Tags: rows(tags).map(({ key, value }) => ({ Key: key, Value: value })) },
      },
    ],
  },
  {
    service: 'sns',
    operation: 'ListTopics',
    madeUp: () => ({}),
    expected: ({ Topics }) =>
      rows(Topics).map((row) => ({
        type: 'AWS::SNS::Topic',
        arn: row['TopicArn'],
        properties: { TopicName: String(row['TopicArn']).split(':')[5] },
      })),
  },
  {
    service: 'sns',
    operation: 'GetTopicAttributes',
    madeUp: () => oneTopic,
    none: ['NotFoundException'],
    expected: ({ Attributes }) => {
      const { KmsMasterKeyId, DisplayName, Policy } = (Attributes ?? {}) as Row;
      return [
        { type: 'AWS::SNS::Topic', arn: topicArn, properties: given({ KmsMasterKeyId, DisplayName }) },
        ...(Policy === undefined
          ? []
          : [
              {
                type: 'AWS::SNS::TopicPolicy',
                properties: { Topics: [topicArn], PolicyDocument: parsed(Policy) },
              },
            ]),
      ];
    },
  },
  {
    service: 'sns',
    operation: 'ListTagsForResource',
    madeUp: () => oneTopic,
    expected: ({ Tags }) => [{ type: 'AWS::SNS::Topic', arn: topicArn, properties: { Tags } }],
  },
  {
    service: 'sns',
    operation: 'ListSubscriptions',
    madeUp: () => ({}),
    expected: ({ Subscriptions }) =>
      rows(Subscriptions).map((row) => ({
        type: 'AWS::SNS::Subscription',
        arn: row['SubscriptionArn'],
        properties: { TopicArn: row['TopicArn'], Protocol: row['Protocol'], Endpoint: row['Endpoint'] },
      })),
  },
  {
    service: 'sqs',
    operation: 'ListQueues',
    madeUp: () => ({}),
    expected: ({ QueueUrls }) =>
      ((QueueUrls ?? []) as readonly string[]).map((url) => ({
        type: 'AWS::SQS::Queue',
        name: url.slice(url.lastIndexOf('/') + 1),
        properties: { QueueName: url.slice(url.lastIndexOf('/') + 1), QueueUrl: url },
      })),
  },
  {
    service: 'sqs',
    operation: 'GetQueueAttributes',
    madeUp: () => oneQueue,
    expected: ({ Attributes }) => {
      const row = (Attributes ?? {}) as Row;
      const number = (text: unknown): unknown => (text === undefined ? undefined : Number(text));
      const redrive = parsed(row['RedrivePolicy']) as Row | undefined;
      return [
        {
          type: 'AWS::SQS::Queue',
          name: 'recorded',
          properties: given({
            VisibilityTimeout: number(row['VisibilityTimeout']),
            MessageRetentionPeriod: number(row['MessageRetentionPeriod']),
            KmsMasterKeyId: row['KmsMasterKeyId'],
            SqsManagedSseEnabled:
              row['SqsManagedSseEnabled'] === undefined
                ? undefined
                : String(row['SqsManagedSseEnabled']) === 'true',
            RedrivePolicy:
              redrive === undefined
                ? undefined
                : given({
                    deadLetterTargetArn: redrive['deadLetterTargetArn'],
                    maxReceiveCount: Number(redrive['maxReceiveCount']),
                  }),
          }),
        },
        ...(row['Policy'] === undefined
          ? []
          : [{ type: 'AWS::SQS::QueuePolicy', properties: { PolicyDocument: parsed(row['Policy']) } }]),
      ];
    },
  },
  {
    service: 'sqs',
    operation: 'ListQueueTags',
    madeUp: () => oneQueue,
    expected: ({ Tags }) => [
      { type: 'AWS::SQS::Queue', name: 'recorded', properties: { Tags: Tags && tagList(Tags) } },
    ],
  },
  {
    service: 'wafv2',
    operation: 'ListWebACLs',
    madeUp: () => ({}),
    expected: ({ WebACLs }) =>
      rows(WebACLs).map((row) => ({
        type: 'AWS::WAFv2::WebACL',
        arn: row['ARN'],
        name: row['Name'],
        properties: { Name: row['Name'], Id: row['Id'] },
      })),
  },
  {
    service: 'wafv2',
    operation: 'ListLoggingConfigurations',
    madeUp: () => ({}),
    expected: ({ LoggingConfigurations }) =>
      rows(LoggingConfigurations).map((row) => ({
        type: 'AWS::WAFv2::LoggingConfiguration',
        properties: {
          ResourceArn: row['ResourceArn'],
          LogDestinationConfigs: row['LogDestinationConfigs'],
        },
      })),
  },
  {
    service: 'wafv2',
    operation: 'GetWebACL',
    // Some have the shape of the first WAF's.
    isOfService: ({ WebACL }) => !('Type' in ((WebACL as Row)['DefaultAction'] as object)),
    madeUp: () => ({
      'wafv2.ListWebACLs': { WebACLs: [{ Name: 'recorded', Id: 'recorded', ARN: aclArn }] },
    }),
    expected: ({ WebACL }) => {
      const row = WebACL as Row;
      return [
        {
          type: 'AWS::WAFv2::WebACL',
          arn: aclArn,
          properties: {
            DefaultAction: row['DefaultAction'],
            VisibilityConfig: row['VisibilityConfig'],
            Rules: rows(row['Rules']).map(({ Name, Priority, VisibilityConfig }) =>
              given({ Name, Priority, VisibilityConfig }),
            ),
          },
        },
      ];
    },
  },
  {
    service: 'wafv2',
    operation: 'GetRuleGroup',
    madeUp: () => ({
      'wafv2.ListRuleGroups': { RuleGroups: [{ Name: 'recorded', Id: 'recorded', ARN: groupArn }] },
    }),
    expected: ({ RuleGroup }) => {
      const row = RuleGroup as Row;
      return [
        {
          type: 'AWS::WAFv2::RuleGroup',
          arn: groupArn,
          properties: {
            Capacity: row['Capacity'],
            Rules: rows(row['Rules']).map(({ Name, Priority }) => given({ Name, Priority })),
          },
        },
      ];
    },
  },
];
