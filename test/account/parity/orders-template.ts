import { at, to, type Declared } from './parity-case.ts';

const invocation = {
  'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
};
const format = '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp"}';

/** The orders application as a template: built as the diagrams say, or as badly as CloudFormation allows. */
export function ordersResources(isSound: boolean): Readonly<Record<string, Declared>> {
  const sound = <Properties extends object>(properties: Properties): Partial<Properties> =>
    isSound ? properties : {};
  return {
    Key: ['AWS::KMS::Key', { KeyPolicy: keyPolicy(isSound), ...sound({ EnableKeyRotation: true }) }],
    Role: [
      'AWS::IAM::Role',
      {
        RoleName: 'orders',
        AssumeRolePolicyDocument: trustOf(isSound),
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: roleStatements(isSound, {
                table: at('Table'),
                deadLetters: at('Dlq'),
                key: at('Key'),
                scheduled: at('Fn'),
              }),
            },
          },
        ],
      },
    ],
    Fn: [
      'AWS::Lambda::Function',
      {
        FunctionName: 'orders',
        Runtime: isSound ? 'nodejs22.x' : 'nodejs12.x',
        Handler: 'index.handler',
        Role: at('Role'),
        Timeout: 30,
        Code: { S3Bucket: 'code', S3Key: 'orders.zip' },
        Environment: { Variables: isSound ? { TABLE: 'orders' } : { DB_PASSWORD: 'hunter2-hunter2' } },
        ...sound({
          TracingConfig: { Mode: 'Active' },
          KmsKeyArn: at('Key'),
          ReservedConcurrentExecutions: 20,
          DeadLetterConfig: { TargetArn: at('Dlq') },
          LoggingConfig: { LogFormat: 'JSON', LogGroup: '/aws/lambda/orders' },
          VpcConfig: {
            SubnetIds: [to('SubnetA'), to('SubnetB')],
            SecurityGroupIds: [at('Group', 'GroupId')],
          },
        }),
      },
    ],
    Permission: [
      'AWS::Lambda::Permission',
      {
        FunctionName: to('Fn'),
        Action: 'lambda:InvokeFunction',
        ...(isSound ? { Principal: 'events.amazonaws.com', SourceArn: at('Rule') } : { Principal: '*' }),
      },
    ],
    LogGroup: [
      'AWS::Logs::LogGroup',
      { LogGroupName: '/aws/lambda/orders', ...sound({ RetentionInDays: 90, KmsKeyId: at('Key') }) },
    ],
    Dlq: [
      'AWS::SQS::Queue',
      {
        QueueName: 'orders-dlq',
        MessageRetentionPeriod: retentionSeconds(isSound),
        ...sound({ KmsMasterKeyId: at('Key') }),
      },
    ],
    Queue: [
      'AWS::SQS::Queue',
      {
        QueueName: 'orders',
        VisibilityTimeout: isSound ? 180 : 30,
        SqsManagedSseEnabled: false,
        ...sound({
          KmsMasterKeyId: at('Key'),
          RedrivePolicy: { deadLetterTargetArn: at('Dlq'), maxReceiveCount: 3 },
        }),
      },
    ],
    QueuePolicy: [
      'AWS::SQS::QueuePolicy',
      { Queues: [to('Queue')], PolicyDocument: queuePolicy(isSound, to('Topic')) },
    ],
    ...(isSound
      ? {
          DlqPolicy: [
            'AWS::SQS::QueuePolicy',
            { Queues: [to('Dlq')], PolicyDocument: deadLetterPolicy(to('Topic')) },
          ],
        }
      : {}),
    Mapping: [
      'AWS::Lambda::EventSourceMapping',
      {
        FunctionName: to('Fn'),
        EventSourceArn: at('Queue'),
        BatchSize: 10,
        ...sound({ FunctionResponseTypes: ['ReportBatchItemFailures'] }),
      },
    ],
    Topic: ['AWS::SNS::Topic', { TopicName: 'orders', ...sound({ KmsMasterKeyId: at('Key') }) }],
    Subscription: [
      'AWS::SNS::Subscription',
      {
        TopicArn: to('Topic'),
        Protocol: 'sqs',
        Endpoint: at('Queue'),
        ...sound({ RedrivePolicy: { deadLetterTargetArn: at('Dlq') } }),
      },
    ],
    Bus: ['AWS::Events::EventBus', { Name: 'orders', ...sound({ KmsKeyIdentifier: at('Key') }) }],
    ...(isSound ? { Archive: ['AWS::Events::Archive', { SourceArn: at('Bus'), RetentionDays: 30 }] } : {}),
    Rule: [
      'AWS::Events::Rule',
      {
        Name: 'placed',
        EventBusName: to('Bus'),
        EventPattern: isSound ? { source: ['orders'] } : { source: [{ prefix: '' }] },
        State: 'ENABLED',
        Targets: [{ Id: 'fn', Arn: at('Fn'), ...sound({ DeadLetterConfig: { Arn: at('Dlq') } }) }],
      },
    ],
    Schedule: [
      'AWS::Scheduler::Schedule',
      {
        Name: 'nightly',
        GroupName: 'default',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: at('Fn'),
          RoleArn: at('Role'),
          ...sound({ DeadLetterConfig: { Arn: at('Dlq') } }),
        },
      },
    ],
    Machine: [
      'AWS::StepFunctions::StateMachine',
      {
        StateMachineName: 'fulfil',
        RoleArn: at('Role'),
        DefinitionString: {
          'Fn::Sub': JSON.stringify({
            StartAt: 'Call',
            States: {
              Call: {
                Type: 'Task',
                Resource: 'arn:aws:states:::lambda:invoke',
                Parameters: {
                  FunctionName: '${Fn.Arn}',
                  ...(isSound ? {} : { Payload: { password: 'correct-horse-battery' } }),
                },
                ...(isSound ? { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }] } : {}),
                End: true,
              },
            },
          }),
        },
        ...sound({
          TracingConfiguration: { Enabled: true },
          LoggingConfiguration: {
            Level: 'ALL',
            Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: at('LogGroup') } }],
          },
          EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: at('Key') },
        }),
      },
    ],
    Table: [
      'AWS::DynamoDB::Table',
      {
        TableName: 'orders',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        ...sound({
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: at('Key') },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      },
    ],
    Bucket: [
      'AWS::S3::Bucket',
      {
        BucketName: 'orders-bucket',
        PublicAccessBlockConfiguration: blocks(isSound),
        ...sound({
          VersioningConfiguration: { Status: 'Enabled' },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: at('Key') } },
            ],
          },
        }),
      },
    ],
    BucketPolicy: ['AWS::S3::BucketPolicy', { Bucket: to('Bucket'), PolicyDocument: bucketPolicy(isSound) }],
    Secret: ['AWS::SecretsManager::Secret', { Name: 'orders/db', ...sound({ KmsKeyId: at('Key') }) }],
    ...(isSound
      ? {
          Rotation: [
            'AWS::SecretsManager::RotationSchedule',
            {
              SecretId: to('Secret'),
              RotationLambdaARN: at('Fn'),
              RotationRules: { AutomaticallyAfterDays: 30 },
            },
          ],
        }
      : {}),
    Api: [
      'AWS::ApiGateway::RestApi',
      { Name: 'orders', EndpointConfiguration: { Types: ['REGIONAL'] }, DisableExecuteApiEndpoint: isSound },
    ],
    ApiResource: [
      'AWS::ApiGateway::Resource',
      { RestApiId: to('Api'), ParentId: at('Api', 'RootResourceId'), PathPart: 'orders' },
    ],
    Authorizer: [
      'AWS::ApiGateway::Authorizer',
      {
        RestApiId: to('Api'),
        Name: 'users',
        Type: 'COGNITO_USER_POOLS',
        IdentitySource: 'method.request.header.Authorization',
        ProviderARNs: ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_users'],
      },
    ],
    Validator: [
      'AWS::ApiGateway::RequestValidator',
      { RestApiId: to('Api'), Name: 'all', ValidateRequestBody: isSound, ValidateRequestParameters: isSound },
    ],
    Method: [
      'AWS::ApiGateway::Method',
      {
        RestApiId: to('Api'),
        ResourceId: to('ApiResource'),
        HttpMethod: 'POST',
        ...(isSound
          ? {
              AuthorizationType: 'COGNITO_USER_POOLS',
              AuthorizerId: to('Authorizer'),
              RequestValidatorId: to('Validator'),
            }
          : { AuthorizationType: 'NONE' }),
        RequestModels: { 'application/json': 'Order' },
        Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: invocation },
      },
    ],
    Deployment: ['AWS::ApiGateway::Deployment', { RestApiId: to('Api') }],
    Stage: [
      'AWS::ApiGateway::Stage',
      {
        RestApiId: to('Api'),
        StageName: 'prod',
        DeploymentId: to('Deployment'),
        TracingEnabled: isSound,
        ...sound({
          AccessLogSetting: { DestinationArn: at('LogGroup'), Format: format },
          MethodSettings: [
            { ResourcePath: '/*', HttpMethod: '*', ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 },
          ],
        }),
      },
    ],
    Association: [
      'AWS::WAFv2::WebACLAssociation',
      {
        ResourceArn: { 'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}' },
        WebACLArn: at('Acl'),
      },
    ],
    ...(isSound
      ? {
          AclLogs: [
            'AWS::WAFv2::LoggingConfiguration',
            { ResourceArn: at('Acl'), LogDestinationConfigs: [at('AclLogGroup')] },
          ],
        }
      : {}),
    AclLogGroup: [
      'AWS::Logs::LogGroup',
      { LogGroupName: 'aws-waf-logs-orders', ...sound({ RetentionInDays: 90, KmsKeyId: at('Key') }) },
    ],
    Acl: [
      'AWS::WAFv2::WebACL',
      {
        Name: 'orders',
        Scope: 'REGIONAL',
        DefaultAction: { Allow: {} },
        VisibilityConfig: visibility('orders'),
        Rules: isSound ? aclRules : [],
      },
    ],
    HttpApi: [
      'AWS::ApiGatewayV2::Api',
      { Name: 'orders-http', ProtocolType: 'HTTP', DisableExecuteApiEndpoint: isSound },
    ],
    HttpIntegration: [
      'AWS::ApiGatewayV2::Integration',
      {
        ApiId: to('HttpApi'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: at('Fn'),
        PayloadFormatVersion: '2.0',
      },
    ],
    Route: [
      'AWS::ApiGatewayV2::Route',
      {
        ApiId: to('HttpApi'),
        RouteKey: 'GET /orders',
        AuthorizationType: isSound ? 'AWS_IAM' : 'NONE',
        Target: { 'Fn::Sub': 'integrations/${HttpIntegration}' },
      },
    ],
    HttpStage: [
      'AWS::ApiGatewayV2::Stage',
      {
        ApiId: to('HttpApi'),
        StageName: '$default',
        AutoDeploy: true,
        ...sound({
          AccessLogSettings: { DestinationArn: at('LogGroup'), Format: format },
          DefaultRouteSettings: { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 },
        }),
      },
    ],
    Vpc: ['AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }],
    SubnetA: [
      'AWS::EC2::Subnet',
      { VpcId: to('Vpc'), AvailabilityZone: 'eu-west-1a', CidrBlock: '10.0.1.0/24' },
    ],
    SubnetB: [
      'AWS::EC2::Subnet',
      { VpcId: to('Vpc'), AvailabilityZone: 'eu-west-1b', CidrBlock: '10.0.2.0/24' },
    ],
    Routes: ['AWS::EC2::RouteTable', { VpcId: to('Vpc') }],
    TieA: ['AWS::EC2::SubnetRouteTableAssociation', { SubnetId: to('SubnetA'), RouteTableId: to('Routes') }],
    TieB: ['AWS::EC2::SubnetRouteTableAssociation', { SubnetId: to('SubnetB'), RouteTableId: to('Routes') }],
    Group: [
      'AWS::EC2::SecurityGroup',
      {
        GroupName: 'functions',
        GroupDescription: 'functions',
        VpcId: to('Vpc'),
        SecurityGroupEgress: [{ ...https, CidrIp: cidrOf(isSound) }],
      },
    ],
    Endpoint: [
      'AWS::EC2::VPCEndpoint',
      {
        VpcId: to('Vpc'),
        ServiceName: 'com.amazonaws.eu-west-1.dynamodb',
        VpcEndpointType: 'Gateway',
        RouteTableIds: [to('Routes')],
        PolicyDocument: endpointPolicy(isSound),
      },
    ],
    ...(isSound
      ? {
          Alarm: [
            'AWS::CloudWatch::Alarm',
            {
              AlarmName: 'orders-dlq-depth',
              Namespace: 'AWS/SQS',
              MetricName: 'ApproximateNumberOfMessagesVisible',
              Dimensions: [{ Name: 'QueueName', Value: at('Dlq', 'QueueName') }],
              Statistic: 'Maximum',
              Period: 60,
              EvaluationPeriods: 1,
              Threshold: 0,
              ComparisonOperator: 'GreaterThanThreshold',
              AlarmActions: [to('Topic')],
            },
          ],
        }
      : {}),
  };
}

/** Whom the role trusts: a bad one does not let schedules use it. */
export const trustOf = (isSound: boolean): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', ...(isSound ? ['scheduler.amazonaws.com'] : [])] },
      Action: 'sts:AssumeRole',
    },
  ],
});

interface RoleReaches {
  readonly table: unknown;
  readonly deadLetters: unknown;
  readonly key: unknown;
  readonly scheduled: unknown;
}

/** What the one role may do: what the function, the schedule and the state machine need, or everything. */
export function roleStatements(
  isSound: boolean,
  { table, deadLetters, key, scheduled }: RoleReaches,
): object[] {
  const allow = (Action: string | readonly string[], Resource: unknown): object => ({
    Effect: 'Allow',
    Action,
    Resource,
  });
  if (!isSound) return [allow('*', '*')];
  return [
    allow('dynamodb:GetItem', table),
    allow('sqs:SendMessage', deadLetters),
    allow('lambda:InvokeFunction', scheduled),
    allow(['kms:GenerateDataKey', 'kms:Decrypt'], key),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
  ];
}

const root = { AWS: 'arn:aws:iam::111122223333:root' };

/** The policy of the key; a bad one lets anyone use it. */
export function keyPolicy(isSound: boolean): object {
  const Principal = isSound ? root : '*';
  const ofTopics = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: '*',
  };
  const whole = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' };
  return { Version: '2012-10-17', Statement: isSound ? [whole, ofTopics] : [whole] };
}

/** The policy of the queue; a bad one lets anyone send. */
export function queuePolicy(isSound: boolean, topic: unknown): object {
  if (isSound) return fedByTopic('orders', topic);
  const Resource = 'arn:aws:sqs:eu-west-1:111122223333:orders';
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource }],
  };
}

/** A policy that lets the topic send, and nobody without TLS. */
function fedByTopic(queue: string, topic: unknown): object {
  const Resource = `arn:aws:sqs:eu-west-1:111122223333:${queue}`;
  const closed = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource,
    Condition: { ArnEquals: { 'aws:SourceArn': topic } },
  };
  const secure = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return { Version: '2012-10-17', Statement: [closed, secure] };
}

/** The policy of the dead-letter queue, which the subscription leaves its messages to as well. */
export const deadLetterPolicy = (topic: unknown): object => fedByTopic('orders-dlq', topic);

/** The policy of the bucket; a bad one lets anyone read. */
export function bucketPolicy(isSound: boolean): object {
  const Resource = ['arn:aws:s3:::orders-bucket', 'arn:aws:s3:::orders-bucket/*'];
  const statement = isSound
    ? {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }
    : { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** The policy of the endpoint; a bad one lets anything through. */
export function endpointPolicy(isSound: boolean): object {
  const statement = isSound
    ? {
        Effect: 'Allow',
        Principal: '*',
        Action: 'dynamodb:GetItem',
        Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
      }
    : { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** What a firewall tells about itself. */
export function visibility(MetricName: string): object {
  return { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName };
}

/** A rate limit, two managed groups and a blocked list. */
export const aclRules = [
  {
    Name: 'rate',
    Priority: 0,
    Action: { Block: {} },
    Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP' } },
    VisibilityConfig: visibility('rate'),
  },
  ...['AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesAmazonIpReputationList'].map((Name, index) => ({
    Name,
    Priority: index + 1,
    OverrideAction: { None: {} },
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
    VisibilityConfig: visibility(Name),
  })),
];

/** Fields of the access log. */
export const accessLogFormat = format;

/** The public access block of the bucket. */
export function blocks(isSound: boolean): object {
  return {
    BlockPublicAcls: isSound,
    BlockPublicPolicy: isSound,
    IgnorePublicAcls: isSound,
    RestrictPublicBuckets: isSound,
  };
}

/** The one port that functions may reach. */
export const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

/** Where they may reach it. */
export function cidrOf(isSound: boolean): string {
  return isSound ? '10.0.0.0/16' : '0.0.0.0/0';
}

/** How long the dead-letter queue keeps messages. */
export function retentionSeconds(isSound: boolean): number {
  return isSound ? 1_209_600 : 345_600;
}
