import { describe, expect, it } from '@jest/globals';
import { ReadingBuilder } from '../../../src/template/reading-builder.ts';
import { parseTemplateText } from '../../../src/text/parse-template.ts';
import { expandSam } from '../../../src/sam/expand.ts';
import { Stack } from '../../../src/template/stack.ts';

/** Text of the place that a property of a generated resource is shown at: `line: text`. */
function placesIn(template: string): (name: string, path?: string) => string {
  const parsed = expandSam(parseTemplateText(template, 't.yaml'), () => undefined);
  const builder = new ReadingBuilder();
  const options = { id: 't', scope: 't', environment: {}, given: () => undefined };
  builder.addStack(new Stack(parsed, parsed.root ?? {}, options, builder.reading));
  const { resources, positions } = builder.finish();
  return (name, path = '') => {
    const resource = resources.find((each) => each.name === name);
    if (resource === undefined)
      return `no resource ${name} among ${resources.map((each) => each.name).join(', ')}`;
    const segments =
      path === '' ? [] : path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const found = positions(resource.locate(segments));
    if (found === undefined) return 'nowhere';
    const line = template.split('\n')[found.startLine - 1] ?? '';
    const end = found.endLine === found.startLine ? found.endColumn - 1 : undefined;
    return `${found.startLine}: ${line.slice(found.startColumn - 1, end)}`;
  };
}

const functions = `Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 5
    Layers: [shared]
    Environment: {Variables: {LEVEL: shared, NAME: shared}}
    Tracing: PassThrough
    MemorySize: 128
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: h
      CodeUri: s3://bucket/key
      Layers: [own]
      Environment: {Variables: {NAME: own}}
      MemorySize:
      DeadLetterQueue: {Type: SQS, TargetArn: arn}
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
      PermissionsBoundary: boundary
      Policies:
        - AmazonS3FullAccess
        - SQSPollerPolicy: {QueueName: q}
        - Statement: [{Effect: Allow, Action: '*', Resource: '*'}]
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ['*']}}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS}}
      DeploymentPreference: {Type: AllAtOnce, Alarms: [a]}
  G:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Timeout]
    Properties: {Runtime: r, Handler: h, CodeUri: s3://bucket/key, Role: role}
  H:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, ImageUri: image, Tracing: Active}
`;

describe('a function', () => {
  const at = placesIn(functions);

  it.each([
    ['its own property', 'F', 'Runtime', '13: nodejs22.x'],
    ['a property of Globals', 'F', 'Timeout', '4: 5'],
    ['a key with nothing behind it', 'F', 'MemorySize', '8: 128'],
    ['one that it ignores', 'G', 'Timeout', '32: G'],
    ['an item of a list of Globals', 'F', 'Layers.0', '5: shared'],
    ['an item of its own list', 'F', 'Layers.1', '16: own'],
    ['a member that Globals gives', 'F', 'Environment.Variables.LEVEL', '6: shared'],
    ['a member that both give', 'F', 'Environment.Variables.NAME', '17: own'],
    ['a member that neither gives', 'F', 'Environment.Variables.OTHER', '17: Variables'],
    ['another name', 'H', 'TracingConfig.Mode', '38: Active'],
    ['another name in Globals', 'F', 'TracingConfig.Mode', '7: PassThrough'],
    ['code', 'F', 'Code.S3Key', '15: s3://bucket/key'],
    ['an image', 'H', 'Code.ImageUri', '38: image'],
    ['a member of another name', 'F', 'DeadLetterConfig.TargetArn', '19: arn'],
    ['what is not written', 'F', 'ReservedConcurrentExecutions', '10: F'],
    ['a role that is generated', 'F', 'Role', '10: F'],
    ['a role that is given', 'G', 'Role', '35: role'],
  ])('shows %s', (_, name, path, expected) => {
    expect(at(name, path)).toBe(expected);
  });

  it.each([
    ['the role', 'FRole', '', '23: Policies'],
    ['the boundary of its role', 'FRole', 'PermissionsBoundary', '22: boundary'],
    ['a managed policy', 'FRole', 'ManagedPolicyArns.2', '24: AmazonS3FullAccess'],
    ['a policy that the transform adds', 'FRole', 'ManagedPolicyArns.0', '23: Policies'],
    [
      'a policy template',
      'FRole',
      'Policies.2.PolicyDocument.Statement.0',
      '25: SQSPollerPolicy: {QueueName: q}',
    ],
    ['a statement', 'FRole', 'Policies.3.PolicyDocument.Statement.0.Action', "26: '*'"],
    ['the alias', 'FAliaslive', '', '20: AutoPublishAlias'],
    ['the name of the alias', 'FAliaslive', 'Name', '20: live'],
    [
      'provisioned concurrency',
      'FAliaslive',
      'ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions',
      '21: 2',
    ],
    ['the URL', 'FUrl', '', '27: FunctionUrlConfig'],
    ['the authorization of the URL', 'FUrl', 'AuthType', '27: NONE'],
    ['an origin of the URL', 'FUrl', 'Cors.AllowOrigins.0', "27: '*'"],
    ['who may call the URL', 'FUrlPublicPermissions', 'Principal', '27: NONE'],
    ['the invoke config', 'FEventInvokeConfig', 'MaximumRetryAttempts', '29: 1'],
    [
      'what the invoke config lacks',
      'FEventInvokeConfig',
      'MaximumEventAgeInSeconds',
      '28: EventInvokeConfig',
    ],
    ['a destination that is made', 'FEventInvokeConfigOnFailureQueue', 'KmsMasterKeyId', '30: Type'],
    ['the deployment group', 'FDeploymentGroup', 'DeploymentConfigName', '31: AllAtOnce'],
  ])('shows %s', (_, name, path, expected) => {
    expect(at(name, path)).toBe(expected);
  });
});

const events = `Transform: AWS::Serverless-2016-10-31
Globals: {Api: {TracingEnabled: false}}
Resources:
  B: {Type: AWS::S3::Bucket}
  P: {Type: AWS::Cognito::UserPool}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: r
      Handler: h
      InlineCode: x
      Events:
        Jobs:
          Type: SQS
          Properties: {Queue: !GetAtt Q.Arn, BatchSize: 5}
        Docs:
          Type: DocumentDB
          Properties: {Cluster: c, DatabaseName: d, SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: u}]}
        Nightly:
          Type: Schedule
          Properties: {Schedule: rate(1 day), Enabled: false, DeadLetterConfig: {Type: SQS}}
        Hourly:
          Type: ScheduleV2
          Properties: {ScheduleExpression: rate(1 hour), RetryPolicy: {MaximumRetryAttempts: 3}}
        Orders:
          Type: EventBridgeRule
          Properties: {Pattern: {source: [orders]}, EventBusName: bus}
        Topic:
          Type: SNS
          Properties: {Topic: !Ref T, SqsSubscription: true}
        Files:
          Type: S3
          Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}
        SignUp:
          Type: Cognito
          Properties: {UserPool: !Ref P, Trigger: PreSignUp}
        Skill:
          Type: AlexaSkill
          Properties: {SkillId: skill}
        Logs:
          Type: CloudWatchLogs
          Properties: {LogGroupName: group, FilterPattern: pattern}
        Things:
          Type: IoTRule
          Properties: {Sql: select}
        Get:
          Type: Api
          Properties: {Path: /a, Method: get, TimeoutInMillis: 900, RequestParameters: [method.request.header.A]}
        All:
          Type: HttpApi
          Properties: {RouteSettings: {ThrottlingRateLimit: 3}}
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::SNS::Topic}
`;

describe('an event', () => {
  const at = placesIn(events);

  it.each([
    ['the mapping', 'FJobs', '', '13: Jobs'],
    ['the queue of the mapping', 'FJobs', 'EventSourceArn', '15: !GetAtt Q.Arn'],
    ['a property of the same name', 'FJobs', 'BatchSize', '15: 5'],
    ['what the event lacks', 'FJobs', 'FunctionResponseTypes', '13: Jobs'],
    ['a property that moved', 'FDocs', 'DocumentDBEventSourceConfig.DatabaseName', '18: d'],
    ['the schedule', 'FNightly', 'ScheduleExpression', '21: rate(1 day)'],
    ['its state', 'FNightly', 'State', '21: false'],
    ['its dead-letter queue', 'FNightlyQueue', 'KmsMasterKeyId', '21: Type'],
    ['the policy of the queue', 'FNightlyQueuePolicy', 'PolicyDocument.Statement.0', '21: Type'],
    ['what calls the function', 'FNightlyPermission', 'Principal', '19: Nightly'],
    ['the target that lacks a queue', 'FHourly', 'Target.DeadLetterConfig.Arn', '22: Hourly'],
    ['the retries of the target', 'FHourly', 'Target.RetryPolicy.MaximumRetryAttempts', '24: 3'],
    ['the role of a schedule', 'FHourlyRole', '', '22: Hourly'],
    ['the pattern', 'FOrders', 'EventPattern.source.0', '27: orders'],
    ['the bus', 'FOrders', 'EventBusName', '27: bus'],
    ['a rule without a queue', 'FOrders', 'Targets.0.DeadLetterConfig.Arn', '25: Orders'],
    ['the subscription', 'FTopic', 'TopicArn', '30: !Ref T'],
    ['the queue of a subscription', 'FTopicQueue', '', '30: SqsSubscription'],
    ['the mapping of a subscription', 'FTopicEventSourceMapping', 'BatchSize', '30: true'],
    ['a notification', 'B', 'NotificationConfiguration.LambdaConfigurations.0', '31: Files'],
    ['what a bucket lacks', 'B', 'BucketEncryption', '4: B'],
    ['a trigger', 'P', 'LambdaConfig.PreSignUp', '34: SignUp'],
    ['a skill', 'FSkillPermission', 'EventSourceToken', '39: skill'],
    ['a log group', 'FLogs', 'FilterPattern', '42: pattern'],
    ['a topic rule', 'FThings', 'TopicRulePayload.Sql', '45: select'],
    ['the implicit API', 'ServerlessRestApi', '', '46: Get'],
    ['a route', 'ServerlessRestApi', 'Body.paths./a.get', '46: Get'],
    [
      'the timeout of a route',
      'ServerlessRestApi',
      'Body.paths./a.get.x-amazon-apigateway-integration.timeoutInMillis',
      '48: 900',
    ],
    [
      'the parameters of a route',
      'ServerlessRestApi',
      'Body.paths./a.get.parameters',
      '48: RequestParameters',
    ],
    [
      'a route that says nothing of authorization',
      'ServerlessRestApi',
      'Body.paths./a.get.security',
      '46: Get',
    ],
    ['the stage of the implicit API', 'ServerlessRestApiProdStage', 'MethodSettings', '46: Get'],
    ['a property of its stage in Globals', 'ServerlessRestApiProdStage', 'TracingEnabled', '2: false'],
    [
      'the settings of a route',
      'ServerlessHttpApiApiGatewayDefaultStage',
      'RouteSettings.$default.ThrottlingRateLimit',
      '51: 3',
    ],
    ['the implicit HTTP API', 'ServerlessHttpApi', 'Body.paths.$default', '49: All'],
  ])('shows %s', (_, name, path, expected) => {
    expect(at(name, path)).toBe(expected);
  });
});

const others = `Transform: AWS::Serverless-2016-10-31
Globals: {HttpApi: {AccessLogSettings: {Format: shared}}}
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 9}]
      DisableExecuteApiEndpoint: false
      DefinitionBody: {openapi: 3.0.1, paths: {/a: {get: {security: []}}}}
      Auth:
        UsagePlan: {CreateUsagePlan: PER_API, Quota: {Limit: 1}}
        Authorizers: {Own: {FunctionArn: arn}}
      Domain: {DomainName: d.example, CertificateArn: certificate, SecurityPolicy: TLS_1_0, BasePath: [a]}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties: {StageName: live, CorsConfiguration: {AllowOrigins: ['*']}, DefaultRouteSettings: {ThrottlingRateLimit: 7}}
  Table:
    Type: AWS::Serverless::SimpleTable
    Properties: {PrimaryKey: {Name: id, Type: String}, SSESpecification: {SSEEnabled: false}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Succeed}}}
      Tracing: {Enabled: false}
      Logging: {Level: OFF}
      Policies: AWSLambdaRole
      Events:
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Layer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: s3://bucket/key, LayerName: l}
  App:
    Type: AWS::Serverless::Application
    Properties: {Location: ./other.yaml, TimeoutInMinutes: 3}
  Graph:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      SchemaInline: type
      XrayEnabled: false
      Auth: {Type: API_KEY}
      ApiKeys: {Key: {ExpiresOn: 4}}
      DataSources: {DynamoDb: {Items: {TableName: t, TableArn: arn}}}
      Cache: {AtRestEncryptionEnabled: false, ApiCachingBehavior: b, Ttl: 1, Type: T2_SMALL}
  Sockets:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: r
      Routes: {$connect: {FunctionArn: arn, IntegrationTimeout: 50}}
      Auth: {AuthType: AWS_IAM}
  Capacity:
    Type: AWS::Serverless::CapacityProvider
    Properties: {VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g]}, ScalingConfig: {MaxVCpuCount: 4}}
  Q: {Type: AWS::SQS::Queue}
  Link:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: Machine}, Destination: {Id: Table}, Permissions: [Write]}
  F:
    Type: AWS::Serverless::Function
    Connectors:
      Send: {Properties: {Destination: {Id: Q}, Permissions: [Write]}}
    Properties: {Runtime: r, Handler: h, InlineCode: x}
`;

describe('other resources', () => {
  const at = placesIn(others);
  const deployment = 'RestDeployment';

  it.each([
    ['a REST API', 'Rest', 'MinimumCompressionSize', '4: Rest'],
    ['its kind of endpoint', 'Rest', 'EndpointConfiguration.Types.0', '8: REGIONAL'],
    ['its document', 'Rest', 'Body.paths./a.get.security', '11: security'],
    ['its own endpoint', 'Rest', 'Body.servers', '10: false'],
    ['its stage', 'RestliveStage', 'MethodSettings.0.ThrottlingRateLimit', '9: 9'],
    ['what its stage lacks', 'RestliveStage', 'AccessLogSetting.DestinationArn', '4: Rest'],
    ['its usage plan', 'RestUsagePlan', 'Quota.Limit', '13: 1'],
    ['its authorizers', 'Rest', 'Body.components.securitySchemes.Own', '14: Own'],
    ['what calls its authorizer', 'RestOwnAuthorizerPermission', 'FunctionName', '14: arn'],
    ['its mapping', 'RestaBasePathMapping', 'BasePath', '15: BasePath'],
    ['an HTTP API', 'Http', 'Body.x-amazon-apigateway-cors.allowOrigins', '18: CorsConfiguration'],
    ['the stage of an HTTP API', 'HttpliveStage', 'DefaultRouteSettings.ThrottlingRateLimit', '18: 7'],
    ['its logs in Globals', 'HttpliveStage', 'AccessLogSettings.Format', '2: shared'],
    ['a table', 'Table', 'SSESpecification.SSEEnabled', '21: false'],
    ['the key of a table', 'Table', 'KeySchema.0.AttributeName', '21: PrimaryKey'],
    [
      'what a table lacks',
      'Table',
      'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
      '19: Table',
    ],
    ['a state', 'Machine', 'DefinitionString.States.A', '25: A'],
    ['the tracing of a state machine', 'Machine', 'TracingConfiguration.Enabled', '26: false'],
    ['the logs of a state machine', 'Machine', 'LoggingConfiguration.Level', '27: OFF'],
    ['what a state machine lacks', 'Machine', 'EncryptionConfiguration.KmsKeyId', '22: Machine'],
    ['the role of a state machine', 'MachineRole', 'ManagedPolicyArns.0', '28: AWSLambdaRole'],
    ['the schedule of a state machine', 'MachineDaily', 'ScheduleExpression', '30: rate(1 day)'],
    ['the role of that schedule', 'MachineDailyRole', 'Policies.0', '30: Daily'],
    ['a nested stack', 'App', 'TemplateURL', '36: ./other.yaml'],
    ['a GraphQL API', 'Graph', 'AuthenticationType', '42: API_KEY'],
    ['its schema', 'GraphSchema', 'Definition', '40: type'],
    ['its key', 'GraphKey', 'Expires', '43: 4'],
    ['its source', 'GraphItemsDynamoDBDataSource', 'DynamoDBConfig.TableName', '44: t'],
    ['its cache', 'GraphApiCache', 'AtRestEncryptionEnabled', '45: false'],
    ['a WebSocket route', 'SocketsConnectRoute', 'AuthorizationType', '51: AWS_IAM'],
    ['its integration', 'SocketsConnectIntegration', 'TimeoutInMillis', '50: 50'],
    ['a capacity provider', 'Capacity', 'CapacityProviderScalingConfig.MaxVCpuCount', '54: 4'],
    ['the role of a capacity provider', 'CapacityOperatorRole', '', '52: Capacity'],
    ['a connector', 'LinkPolicy', 'PolicyDocument.Statement.0', '58: Permissions'],
    ['a connector inside of a resource', 'FSendPolicy', '', '62: Permissions'],
  ])('shows %s', (_, name, path, expected) => {
    expect(at(name, path)).toBe(expected);
  });

  it('shows what is named by a hash', () => {
    const made = expandSam(parseTemplateText(others, 't.yaml'), () => undefined).root?.['Resources'] ?? {};
    const named = (start: string): string =>
      Object.keys(made).find((id) => id.startsWith(start)) ?? `none like ${start}`;
    expect(at(named(deployment), 'StageName')).toBe('4: Rest');
    expect(at(named('ApiGatewayDomainName'), 'SecurityPolicy')).toBe('15: TLS_1_0');
    expect(at(named('ApiGatewayDomainName'), 'RegionalCertificateArn')).toBe('15: certificate');
    expect(at(named('Layer'), 'Content.S3Key')).toBe('33: s3://bucket/key');
  });
});
