/** Path of a generated property -> paths of the SAM properties that it comes from, the likeliest first. */
export type WrittenNames = Readonly<Record<string, readonly string[]>>;

/** The same name below another prefix, for each of some names. */
function below(prefix: string, names: string, from = ''): WrittenNames {
  return Object.fromEntries(names.split(' ').map((name) => [`${prefix}.${name}`, [`${from}${name}`]]));
}

const endpointTypes = {
  'EndpointConfiguration.Types': ['EndpointConfiguration.Type', 'EndpointConfiguration'],
};

const restDocument = {
  'Body.x-amazon-apigateway-endpoint-configuration': [
    'DefinitionBody.x-amazon-apigateway-endpoint-configuration',
    'DisableExecuteApiEndpoint',
  ],
  'Body.x-amazon-apigateway-endpoint-configuration.disableExecuteApiEndpoint': ['DisableExecuteApiEndpoint'],
  'Body.servers': ['DefinitionBody.servers', 'DisableExecuteApiEndpoint'],
  'Body.x-amazon-apigateway-policy': ['DefinitionBody.x-amazon-apigateway-policy', 'Auth.ResourcePolicy'],
  'Body.securityDefinitions': ['DefinitionBody.securityDefinitions', 'Auth.Authorizers'],
  'Body.components.securitySchemes': ['DefinitionBody.components.securitySchemes', 'Auth.Authorizers'],
  'Body.x-amazon-apigateway-cors': ['CorsConfiguration'],
  'Body.x-amazon-apigateway-gateway-responses': ['GatewayResponses'],
  'Body.definitions': ['DefinitionBody.definitions', 'Models'],
  Body: ['DefinitionBody'],
  BodyS3Location: ['DefinitionUri'],
};

const role: WrittenNames = {
  // Which of the written policies makes which part is told for each role.
  Policies: [],
  ManagedPolicyArns: [],
  PermissionsBoundary: ['PermissionsBoundary'],
  AssumeRolePolicyDocument: ['AssumeRolePolicyDocument'],
  Path: ['RolePath'],
  Tags: ['Tags'],
};

const connected: WrittenNames = { '': ['Permissions'], PolicyDocument: ['Permissions'] };

/** Queues and topics that an event or a destination asks for, with what lets them be sent to. */
const asked: WrittenNames = { '': ['DeadLetterConfig.Type', 'DeadLetterConfig', 'SqsSubscription', 'Type'] };

/**
 * What the properties of generated resources are called in SAM, where not the same; the path `''`
 * is what asks for the resource as a whole (SAM developer guide, "Generated CloudFormation resources", read 2026-11).
 */
export const writtenNames: Readonly<Record<string, WrittenNames>> = {
  'AWS::Lambda::Function': {
    Code: ['InlineCode', 'ImageUri', 'CodeUri'],
    'Code.ZipFile': ['InlineCode'],
    'Code.ImageUri': ['ImageUri'],
    'Code.S3Bucket': ['CodeUri.Bucket', 'CodeUri'],
    'Code.S3Key': ['CodeUri.Key', 'CodeUri'],
    'Code.SourceKMSKeyArn': ['SourceKMSKeyArn'],
    TracingConfig: ['Tracing'],
    'TracingConfig.Mode': ['Tracing'],
    DeadLetterConfig: ['DeadLetterQueue'],
  },
  'AWS::Lambda::Alias': { Name: ['AutoPublishAlias'], ...same('ProvisionedConcurrencyConfig') },
  'AWS::Lambda::Version': { ...same('FunctionScalingConfig'), Description: ['VersionDescription'] },
  'AWS::Lambda::LayerVersion': { Content: ['ContentUri'] },
  'AWS::Lambda::Permission': {
    '': ['AuthType', 'Permissions'],
    Principal: ['AuthType'],
    FunctionUrlAuthType: ['AuthType'],
    InvokedViaFunctionUrl: ['AuthType'],
    EventSourceToken: ['SkillId'],
    FunctionName: ['FunctionArn', 'AuthArn'],
  },
  'AWS::Lambda::EventSourceMapping': {
    EventSourceArn: ['Queue', 'Stream', 'Broker', 'Cluster', 'SqsSubscription.QueueArn', 'SqsSubscription'],
    BatchSize: ['BatchSize', 'SqsSubscription.BatchSize'],
    Enabled: ['Enabled', 'SqsSubscription.Enabled'],
    ...below('SelfManagedEventSource.Endpoints', 'KafkaBootstrapServers'),
    ...below('AmazonManagedKafkaEventSourceConfig', 'ConsumerGroupId SchemaRegistryConfig'),
    ...below('SelfManagedKafkaEventSourceConfig', 'ConsumerGroupId SchemaRegistryConfig'),
    ...below('DocumentDBEventSourceConfig', 'DatabaseName CollectionName FullDocument'),
  },
  'AWS::Lambda::CapacityProvider': {
    PermissionsConfig: ['OperatorRole'],
    'PermissionsConfig.CapacityProviderOperatorRoleArn': ['OperatorRole'],
    'InstanceRequirements.AllowedInstanceTypes': ['InstanceRequirements.AllowedTypes'],
    'InstanceRequirements.ExcludedInstanceTypes': ['InstanceRequirements.ExcludedTypes'],
    CapacityProviderScalingConfig: ['ScalingConfig'],
    ...below('TelemetryConfig', 'LoggingConfig'),
    PropagateTags: ['ManagedResourceTags'],
  },
  'AWS::IAM::Role': role,
  'AWS::IAM::ManagedPolicy': connected,
  'AWS::SNS::TopicPolicy': connected,
  'AWS::SQS::QueuePolicy': { ...connected, '': [...(connected[''] ?? []), ...(asked[''] ?? [])] },
  'AWS::SQS::Queue': asked,
  'AWS::SNS::Topic': asked,
  'AWS::Events::Rule': {
    ScheduleExpression: ['Schedule'],
    EventPattern: ['Pattern'],
    Name: ['Name', 'RuleName'],
    State: ['State', 'Enabled'],
    ...below('Targets.0', 'DeadLetterConfig RetryPolicy Input InputPath InputTransformer'),
    ...below('Targets.0', 'Id', 'Target.'),
  },
  'AWS::Scheduler::Schedule': below('Target', 'DeadLetterConfig RetryPolicy Input RoleArn'),
  'AWS::SNS::Subscription': { TopicArn: ['Topic'] },
  'AWS::IoT::TopicRule': below('TopicRulePayload', 'Sql AwsIotSqlVersion'),
  'AWS::DynamoDB::Table': { AttributeDefinitions: ['PrimaryKey'], KeySchema: ['PrimaryKey'] },
  'AWS::StepFunctions::StateMachine': {
    DefinitionString: ['Definition', 'DefinitionUri'],
    DefinitionS3Location: ['DefinitionUri'],
    LoggingConfiguration: ['Logging'],
    TracingConfiguration: ['Tracing'],
    StateMachineName: ['Name'],
    StateMachineType: ['Type'],
    RoleArn: ['Role'],
  },
  'AWS::StepFunctions::StateMachineAlias': { Name: ['AutoPublishAlias'], ...same('DeploymentPreference') },
  'AWS::CloudFormation::Stack': { TemplateURL: ['Location'] },
  'AWS::CodeDeploy::DeploymentGroup': {
    DeploymentConfigName: ['Type'],
    AlarmConfiguration: ['Alarms'],
    ServiceRoleArn: ['Role'],
  },
  // The stage that a deployment makes is not the one that the author names.
  'AWS::ApiGateway::Deployment': { StageName: [] },
  'AWS::ApiGateway::RestApi': { ...restDocument, ...endpointTypes },
  'AWS::ApiGateway::DomainName': { RegionalCertificateArn: ['CertificateArn'], ...endpointTypes },
  'AWS::ApiGateway::DomainNameV2': endpointTypes,
  'AWS::ApiGateway::UsagePlan': { '': ['CreateUsagePlan'] },
  'AWS::ApiGatewayV2::Api': restDocument,
  'AWS::ApiGatewayV2::ApiMapping': { ApiMappingKey: ['BasePath'] },
  'AWS::ApiGatewayV2::DomainName': {
    ...below(
      'DomainNameConfigurations.0',
      'CertificateArn SecurityPolicy OwnershipVerificationCertificateArn',
    ),
    'DomainNameConfigurations.0.EndpointType': ['EndpointConfiguration'],
  },
  'AWS::ApiGatewayV2::Route': { AuthorizationType: ['Auth.AuthType'], AuthorizerId: ['Auth'] },
  'AWS::ApiGatewayV2::Integration': {
    IntegrationUri: ['FunctionArn'],
    TimeoutInMillis: ['IntegrationTimeout'],
  },
  'AWS::ApiGatewayV2::Authorizer': { AuthorizerUri: ['AuthArn'], AuthorizerCredentialsArn: ['InvokeRole'] },
  'AWS::AppSync::GraphQLApi': {
    AuthenticationType: ['Auth.Type'],
    LambdaAuthorizerConfig: ['Auth.LambdaAuthorizer'],
    OpenIDConnectConfig: ['Auth.OpenIDConnect'],
    UserPoolConfig: ['Auth.UserPool'],
    AdditionalAuthenticationProviders: ['Auth.Additional'],
    LogConfig: ['Logging'],
  },
  'AWS::AppSync::ApiKey': { Expires: ['ExpiresOn'] },
  'AWS::AppSync::DataSource': {
    ...below('DynamoDBConfig', 'TableName UseCallerCredentials Versioned'),
    'LambdaConfig.LambdaFunctionArn': ['FunctionArn'],
  },
  'AWS::AppSync::GraphQLSchema': { Definition: ['SchemaInline'], DefinitionS3Location: ['SchemaUri'] },
};

/** A property of the same name that stands beside the one that asks for the resource. */
function same(name: string): WrittenNames {
  return { [name]: [name] };
}

/** Names of what an event says of its route -> where it ends up in the route's definition. */
export const routeNames: Readonly<Record<string, readonly string[]>> = {
  Auth: ['security'],
  RequestModel: ['x-amazon-apigateway-request-validator', 'requestBody'],
  RequestParameters: ['parameters'],
  TimeoutInMillis: ['x-amazon-apigateway-integration', 'timeoutInMillis'],
};
