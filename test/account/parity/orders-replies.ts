import {
  accessLogFormat,
  aclRules,
  blocks,
  bucketPolicy,
  cidrOf,
  deadLetterPolicy,
  endpointPolicy,
  https,
  keyPolicy,
  queuePolicy,
  retentionSeconds,
  roleStatements,
  trustOf,
  visibility,
} from './orders-template.ts';
import type { Replies } from '../replay.ts';

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const functionArn = arn('lambda', 'function:orders');
const keyArn = arn('kms', 'key/0b1c2d3e');
const topicArn = arn('sns', 'orders');
const machineArn = arn('states', 'stateMachine:fulfil');
const ruleArn = arn('events', 'rule/orders/placed');
const busArn = arn('events', 'event-bus/orders');
const aclArn = arn('wafv2', 'regional/webacl/orders/1');
const groupArn = arn('logs', 'log-group:/aws/lambda/orders');
const aclGroupArn = arn('logs', 'log-group:aws-waf-logs-orders');
const dlqArn = arn('sqs', 'orders-dlq');
const roleArn = 'arn:aws:iam::111122223333:role/orders';
const secretArn = arn('secretsmanager', 'secret:orders/db-AbCdEf');
const queueUrl = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
const text = (document: object): string => JSON.stringify(document);

/**
 * The application of `ordersTemplate` as AWS answers for it: in the shapes of recorded answers, with the
 * values that the service fills in where the template says nothing.
 */
export function ordersReplies(isSound: boolean): Replies {
  return {
    ...functionReplies(isSound),
    ...messageReplies(isSound),
    ...eventReplies(isSound),
    ...storeReplies(isSound),
    ...restReplies(isSound),
    ...httpReplies(isSound),
    ...networkReplies(isSound),
    ...keyReplies(isSound),
    'cloudwatch.DescribeAlarms': {
      MetricAlarms: isSound
        ? [
            {
              AlarmName: 'orders-dlq-depth',
              AlarmArn: arn('cloudwatch', 'alarm:orders-dlq-depth'),
              Namespace: 'AWS/SQS',
              MetricName: 'ApproximateNumberOfMessagesVisible',
              Dimensions: [{ Name: 'QueueName', Value: 'orders-dlq' }],
              Statistic: 'Maximum',
              Period: 60,
              EvaluationPeriods: 1,
              Threshold: 0,
              ComparisonOperator: 'GreaterThanThreshold',
              ActionsEnabled: true,
              AlarmActions: [topicArn],
            },
          ]
        : [],
      CompositeAlarms: [],
    },
    'cloudwatch-logs.DescribeLogGroups': {
      logGroups: [groupArn, aclGroupArn].map((logGroupArn) => ({
        logGroupName: logGroupArn.slice(logGroupArn.indexOf('log-group:') + 10),
        logGroupArn,
        arn: `${logGroupArn}:*`,
        ...(isSound ? { retentionInDays: 90, kmsKeyId: keyArn } : {}),
      })),
    },
  };
}

function functionReplies(isSound: boolean): Replies {
  const statement = isSound
    ? {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnLike: { 'AWS:SourceArn': ruleArn } },
      }
    : { Principal: '*' };
  return {
    'lambda.ListFunctions': {
      Functions: [
        {
          FunctionName: 'orders',
          FunctionArn: functionArn,
          PackageType: 'Zip',
          Runtime: isSound ? 'nodejs22.x' : 'nodejs12.x',
          Handler: 'index.handler',
          Role: roleArn,
          Timeout: 30,
          MemorySize: 128,
          Architectures: ['x86_64'],
          EphemeralStorage: { Size: 512 },
          Environment: { Variables: isSound ? { TABLE: 'orders' } : { DB_PASSWORD: 'hunter2-hunter2' } },
          TracingConfig: { Mode: isSound ? 'Active' : 'PassThrough' },
          LoggingConfig: { LogFormat: isSound ? 'JSON' : 'Text', LogGroup: '/aws/lambda/orders' },
          SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
          ...(isSound
            ? {
                KMSKeyArn: keyArn,
                DeadLetterConfig: { TargetArn: dlqArn },
                VpcConfig: {
                  SubnetIds: ['subnet-a', 'subnet-b'],
                  SecurityGroupIds: ['sg-1'],
                  VpcId: 'vpc-1',
                },
              }
            : {}),
        },
      ],
    },
    'lambda.GetFunctionConcurrency': isSound ? { ReservedConcurrentExecutions: 20 } : {},
    'lambda.GetPolicy': {
      Policy: text({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'one',
            Effect: 'Allow',
            Action: 'lambda:InvokeFunction',
            Resource: functionArn,
            ...statement,
          },
        ],
      }),
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
          FunctionResponseTypes: isSound ? ['ReportBatchItemFailures'] : [],
        },
      ],
    },
    'iam.GetAccountAuthorizationDetails': {
      IsTruncated: false,
      RoleDetailList: [
        {
          RoleName: 'orders',
          Arn: roleArn,
          Path: '/',
          AssumeRolePolicyDocument: encodeURIComponent(text(trustOf(isSound))),
          RolePolicyList: [
            {
              PolicyName: 'own',
              PolicyDocument: encodeURIComponent(
                text({
                  Version: '2012-10-17',
                  Statement: roleStatements(isSound, {
                    table: arn('dynamodb', 'table/orders'),
                    deadLetters: dlqArn,
                    key: keyArn,
                    scheduled: functionArn,
                  }),
                }),
              ),
            },
          ],
          AttachedManagedPolicies: [],
          Tags: [],
        },
      ],
      Policies: [],
    },
  };
}

function messageReplies(isSound: boolean): Replies {
  const attributes: Record<string, Record<string, string>> = {
    orders: {
      VisibilityTimeout: isSound ? '180' : '30',
      MessageRetentionPeriod: '345600',
      Policy: text(queuePolicy(isSound, topicArn)),
      ...(isSound ? { RedrivePolicy: text({ deadLetterTargetArn: dlqArn, maxReceiveCount: 3 }) } : {}),
    },
    'orders-dlq': {
      VisibilityTimeout: '30',
      MessageRetentionPeriod: String(retentionSeconds(isSound)),
      ...(isSound ? { Policy: text(deadLetterPolicy(topicArn)) } : {}),
    },
  };
  return {
    'sqs.ListQueues': { QueueUrls: ['orders', 'orders-dlq'].map(queueUrl) },
    'sqs.GetQueueAttributes': ({ QueueUrl }) => {
      const name = String(QueueUrl).slice(queueUrl('').length);
      return {
        Attributes: {
          QueueArn: arn('sqs', name),
          SqsManagedSseEnabled: isSound || name === 'orders' ? 'false' : 'true',
          ...(isSound ? { KmsMasterKeyId: keyArn, KmsDataKeyReusePeriodSeconds: '300' } : {}),
          ...attributes[name],
        },
      };
    },
    'sns.ListTopics': { Topics: [{ TopicArn: topicArn }] },
    'sns.GetTopicAttributes': {
      Attributes: { TopicArn: topicArn, DisplayName: '', ...(isSound ? { KmsMasterKeyId: keyArn } : {}) },
    },
    'sns.ListSubscriptions': {
      Subscriptions: [
        {
          SubscriptionArn: `${topicArn}:1`,
          TopicArn: topicArn,
          Protocol: 'sqs',
          Endpoint: arn('sqs', 'orders'),
        },
      ],
    },
    'sns.GetSubscriptionAttributes': {
      Attributes: {
        RawMessageDelivery: 'false',
        ...(isSound ? { RedrivePolicy: text({ deadLetterTargetArn: dlqArn }) } : {}),
      },
    },
  };
}

function eventReplies(isSound: boolean): Replies {
  const deadLetters = isSound ? { DeadLetterConfig: { Arn: dlqArn } } : {};
  const call = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functionArn,
      ...(isSound ? {} : { Payload: { password: 'correct-horse-battery' } }),
    },
    ...(isSound ? { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }] } : {}),
    End: true,
  };
  return {
    'eventbridge.ListEventBuses': { EventBuses: [{ Name: 'orders', Arn: busArn }] },
    'eventbridge.DescribeEventBus': isSound
      ? { Name: 'orders', KmsKeyIdentifier: keyArn }
      : { Name: 'orders' },
    'eventbridge.ListArchives': {
      Archives: isSound
        ? [{ ArchiveName: 'orders', EventSourceArn: busArn, RetentionDays: 30, State: 'ENABLED' }]
        : [],
    },
    'eventbridge.ListRules': {
      Rules: [
        {
          Name: 'placed',
          Arn: ruleArn,
          EventBusName: 'orders',
          EventPattern: isSound ? '{"source":["orders"]}' : '{"source":[{"prefix":""}]}',
          State: 'ENABLED',
        },
      ],
    },
    'eventbridge.ListTargetsByRule': { Targets: [{ Id: 'fn', Arn: functionArn, ...deadLetters }] },
    'scheduler.ListSchedules': {
      Schedules: [
        { Name: 'nightly', GroupName: 'default', Arn: arn('scheduler', 'schedule/default/nightly') },
      ],
    },
    'scheduler.GetSchedule': {
      ScheduleExpression: 'rate(1 hour)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: functionArn,
        RoleArn: roleArn,
        RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
        ...deadLetters,
      },
    },
    'sfn.ListStateMachines': {
      stateMachines: [{ name: 'fulfil', stateMachineArn: machineArn, type: 'STANDARD' }],
    },
    'sfn.DescribeStateMachine': {
      definition: text({ StartAt: 'Call', States: { Call: call } }),
      roleArn,
      tracingConfiguration: { enabled: isSound },
      loggingConfiguration: isSound
        ? { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${groupArn}:*` } }] }
        : { level: 'OFF', includeExecutionData: false },
      encryptionConfiguration: isSound
        ? { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: keyArn }
        : { type: 'AWS_OWNED_KEY' },
    },
  };
}

function storeReplies(isSound: boolean): Replies {
  const byDefault = isSound
    ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn }
    : { SSEAlgorithm: 'AES256' };
  return {
    'dynamodb.ListTables': { TableNames: ['orders'] },
    'dynamodb.DescribeTable': {
      Table: {
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        ...(isSound
          ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn } }
          : {}),
      },
    },
    'dynamodb.DescribeContinuousBackups': {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: isSound ? 'ENABLED' : 'DISABLED' },
      },
    },
    's3.ListBuckets': { Buckets: [{ Name: 'orders-bucket', BucketRegion: 'eu-west-1' }] },
    's3.GetBucketEncryption': {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: false }],
      },
    },
    's3.GetBucketVersioning': isSound ? { Status: 'Enabled' } : {},
    's3.GetPublicAccessBlock': { PublicAccessBlockConfiguration: blocks(isSound) },
    's3.GetBucketPolicy': { Policy: text(bucketPolicy(isSound)) },
    'secretsmanager.ListSecrets': {
      SecretList: [
        {
          ARN: secretArn,
          Name: 'orders/db',
          ...(isSound
            ? {
                KmsKeyId: keyArn,
                RotationEnabled: true,
                RotationLambdaARN: functionArn,
                RotationRules: { AutomaticallyAfterDays: 30 },
              }
            : { RotationEnabled: false }),
        },
      ],
    },
  };
}

function restReplies(isSound: boolean): Replies {
  const secured = isSound
    ? { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'a1', requestValidatorId: 'v1' }
    : { authorizationType: 'NONE' };
  const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  return {
    'apigateway.GetRestApis': {
      items: [
        {
          id: 'rest1',
          name: 'orders',
          rootResourceId: 'r0',
          endpointConfiguration: { types: ['REGIONAL'] },
          disableExecuteApiEndpoint: isSound,
        },
      ],
    },
    'apigateway.GetStages': {
      item: [
        {
          stageName: 'prod',
          deploymentId: 'd1',
          tracingEnabled: isSound,
          cacheClusterEnabled: false,
          webAclArn: aclArn,
          methodSettings: isSound
            ? { '*/*': { throttlingBurstLimit: 100, throttlingRateLimit: 50, dataTraceEnabled: false } }
            : {},
          ...(isSound
            ? {
                accessLogSettings: { destinationArn: groupArn, format: accessLogFormat },
              }
            : {}),
        },
      ],
    },
    'apigateway.GetResources': {
      items: [
        { id: 'r0', path: '/' },
        {
          id: 'r1',
          parentId: 'r0',
          pathPart: 'orders',
          path: '/orders',
          resourceMethods: {
            POST: {
              httpMethod: 'POST',
              apiKeyRequired: false,
              requestModels: { 'application/json': 'Order' },
              methodIntegration: { type: 'AWS_PROXY', httpMethod: 'POST', uri, timeoutInMillis: 29000 },
              ...secured,
            },
          },
        },
      ],
    },
    'apigateway.GetAuthorizers': {
      items: [
        {
          id: 'a1',
          name: 'users',
          type: 'COGNITO_USER_POOLS',
          identitySource: 'method.request.header.Authorization',
          providerARNs: ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_users'],
        },
      ],
    },
    'apigateway.GetRequestValidators': {
      items: [{ id: 'v1', name: 'all', validateRequestBody: isSound, validateRequestParameters: isSound }],
    },
    'wafv2.ListWebACLs': { WebACLs: [{ Name: 'orders', Id: '1', ARN: aclArn }] },
    'wafv2.GetWebACL': {
      WebACL: {
        Name: 'orders',
        Id: '1',
        DefaultAction: { Allow: {} },
        VisibilityConfig: visibility('orders'),
        Rules: isSound ? aclRules : [],
      },
    },
    'wafv2.ListLoggingConfigurations': {
      LoggingConfigurations: isSound ? [{ ResourceArn: aclArn, LogDestinationConfigs: [aclGroupArn] }] : [],
    },
  };
}

function httpReplies(isSound: boolean): Replies {
  return {
    'apigatewayv2.GetApis': {
      Items: [{ ApiId: 'h1', Name: 'orders-http', ProtocolType: 'HTTP', DisableExecuteApiEndpoint: isSound }],
    },
    'apigatewayv2.GetStages': {
      Items: [
        {
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: {
            DetailedMetricsEnabled: false,
            ...(isSound ? { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 } : {}),
          },
          ...(isSound ? { AccessLogSettings: { DestinationArn: groupArn, Format: accessLogFormat } } : {}),
        },
      ],
    },
    'apigatewayv2.GetRoutes': {
      Items: [
        {
          RouteId: 'r1',
          RouteKey: 'GET /orders',
          AuthorizationType: isSound ? 'AWS_IAM' : 'NONE',
          ApiKeyRequired: false,
          Target: 'integrations/i1',
        },
      ],
    },
    'apigatewayv2.GetIntegrations': {
      Items: [
        {
          IntegrationId: 'i1',
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: functionArn,
          IntegrationMethod: 'POST',
          PayloadFormatVersion: '2.0',
          ConnectionType: 'INTERNET',
          TimeoutInMillis: 30000,
        },
      ],
    },
  };
}

function networkReplies(isSound: boolean): Replies {
  return {
    'ec2.DescribeVpcs': { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', IsDefault: false }] },
    'ec2.DescribeSubnets': {
      Subnets: ['a', 'b'].map((zone, index) => ({
        SubnetId: `subnet-${zone}`,
        SubnetArn: arn('ec2', `subnet/subnet-${zone}`),
        VpcId: 'vpc-1',
        AvailabilityZone: `eu-west-1${zone}`,
        CidrBlock: `10.0.${index + 1}.0/24`,
        MapPublicIpOnLaunch: false,
      })),
    },
    'ec2.DescribeRouteTables': {
      RouteTables: [
        {
          RouteTableId: 'rtb-1',
          VpcId: 'vpc-1',
          Associations: ['a', 'b'].map((zone) => ({
            Main: false,
            SubnetId: `subnet-${zone}`,
            RouteTableAssociationId: `rtbassoc-${zone}`,
          })),
          Routes: [
            { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' },
            { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1' },
          ],
        },
      ],
    },
    'ec2.DescribeSecurityGroups': {
      SecurityGroups: [
        {
          GroupId: 'sg-1',
          GroupName: 'functions',
          Description: 'functions',
          VpcId: 'vpc-1',
          IpPermissions: [],
          IpPermissionsEgress: [{ ...https, IpRanges: [{ CidrIp: cidrOf(isSound) }] }],
        },
      ],
    },
    'ec2.DescribeVpcEndpoints': {
      VpcEndpoints: [
        {
          VpcEndpointId: 'vpce-1',
          VpcId: 'vpc-1',
          ServiceName: 'com.amazonaws.eu-west-1.dynamodb',
          VpcEndpointType: 'Gateway',
          State: 'available',
          RouteTableIds: ['rtb-1'],
          SubnetIds: [],
          Groups: [],
          PrivateDnsEnabled: false,
          PolicyDocument: text(endpointPolicy(isSound)),
        },
      ],
    },
  };
}

function keyReplies(isSound: boolean): Replies {
  return {
    'kms.ListAliases': { Aliases: [] },
    'kms.ListKeys': { Keys: [{ KeyId: '0b1c2d3e', KeyArn: keyArn }] },
    'kms.DescribeKey': {
      KeyMetadata: {
        KeyId: '0b1c2d3e',
        KeyState: 'Enabled',
        Enabled: true,
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyUsage: 'ENCRYPT_DECRYPT',
        Origin: 'AWS_KMS',
        MultiRegion: false,
      },
    },
    'kms.GetKeyRotationStatus': { KeyRotationEnabled: isSound },
    'kms.GetKeyPolicy': { Policy: text(keyPolicy(isSound)) },
  };
}
