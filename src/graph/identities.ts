/**
 * The properties that hold what a type is called by others: the literal name first, then the id that
 * the service gave it (live resources carry it). Values are unique within account and region.
 */
export const identityProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::ApiKey': ['APIKeyId', 'Name'],
  'AWS::ApiGateway::Authorizer': ['AuthorizerId'],
  'AWS::ApiGateway::DomainName': ['DomainName', 'RegionalDomainName', 'DistributionDomainName'],
  'AWS::ApiGateway::RequestValidator': ['RequestValidatorId'],
  'AWS::ApiGateway::Resource': ['ResourceId'],
  // Metrics name a REST API by `Name`, which the service does not keep unique: the first by id counts.
  'AWS::ApiGateway::RestApi': ['RestApiId', 'Name'],
  'AWS::ApiGateway::UsagePlan': ['Id'],
  'AWS::ApiGatewayV2::Api': ['ApiId'],
  'AWS::ApiGatewayV2::Authorizer': ['AuthorizerId'],
  'AWS::ApiGatewayV2::DomainName': ['DomainName'],
  'AWS::ApiGatewayV2::Integration': ['IntegrationId'],
  'AWS::AppSync::Api': ['ApiId'],
  'AWS::AppSync::GraphQLApi': ['ApiId'],
  'AWS::CertificateManager::Certificate': ['Id'],
  'AWS::CloudFront::Distribution': ['Id'],
  'AWS::CloudTrail::Trail': ['TrailName'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::Cognito::UserPool': ['UserPoolId'],
  'AWS::DynamoDB::GlobalTable': ['TableName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::EC2::InternetGateway': ['InternetGatewayId'],
  'AWS::EC2::NatGateway': ['NatGatewayId'],
  'AWS::EC2::PrefixList': ['PrefixListId', 'PrefixListName'],
  'AWS::EC2::RouteTable': ['RouteTableId'],
  'AWS::EC2::SecurityGroup': ['GroupId', 'Id'],
  'AWS::EC2::Subnet': ['SubnetId'],
  'AWS::EC2::VPC': ['VpcId'],
  'AWS::EC2::VPCEndpoint': ['Id', 'VpcEndpointId'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::EFS::AccessPoint': ['AccessPointId'],
  'AWS::EFS::FileSystem': ['FileSystemId'],
  'AWS::Events::ApiDestination': ['Name'],
  'AWS::Events::Archive': ['ArchiveName'],
  'AWS::Events::Connection': ['Name'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Events::Rule': ['Name'],
  'AWS::EventsV2::EventBus': ['Name'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::IAM::User': ['UserName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': ['KeyId'],
  'AWS::KMS::ReplicaKey': ['KeyId'],
  'AWS::Kinesis::Stream': ['Name'],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName'],
  'AWS::Lambda::CodeSigningConfig': ['CodeSigningConfigId'],
  'AWS::Lambda::EventSourceMapping': ['Id'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Lambda::LayerVersion': ['LayerName'],
  'AWS::Lambda::Url': ['UrlId'],
  'AWS::Lambda::WebFunction': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Pipes::Pipe': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SSM::Document': ['Name'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::Signer::SigningProfile': ['ProfileName'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::IPSet': ['Name'],
  'AWS::WAFv2::RegexPatternSet': ['Name'],
  'AWS::WAFv2::RuleGroup': ['Name'],
  'AWS::WAFv2::WebACL': ['Name'],
};

/** Types whose names are unique only within a parent: the properties that hold both, and the parent's type. */
export const childTypes: Readonly<
  Record<string, { readonly parent: string; readonly of: string; readonly name: string }>
> = {
  'AWS::ApiGateway::Stage': { parent: 'RestApiId', of: 'AWS::ApiGateway::RestApi', name: 'StageName' },
  'AWS::ApiGatewayV2::Stage': { parent: 'ApiId', of: 'AWS::ApiGatewayV2::Api', name: 'StageName' },
  'AWS::Lambda::Alias': { parent: 'FunctionName', of: 'AWS::Lambda::Function', name: 'Name' },
};

/** Types that stand for another resource: the property that says for which. */
export const proxies: Readonly<Record<string, string>> = {
  'AWS::KMS::Alias': 'TargetKeyId',
  'AWS::Kinesis::StreamConsumer': 'StreamARN',
  'AWS::Lambda::Alias': 'FunctionName',
  'AWS::Lambda::Version': 'FunctionName',
  'AWS::SecretsManager::SecretTargetAttachment': 'SecretId',
  'AWS::IAM::InstanceProfile': 'Roles',
};

/** What the property of a proxy names: where any type is asked for, a name is one of these. */
export const proxiedTypes: Readonly<Record<string, readonly string[]>> = {
  'AWS::KMS::Alias': ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'],
  'AWS::Kinesis::StreamConsumer': ['AWS::Kinesis::Stream'],
  'AWS::Lambda::Alias': ['AWS::Lambda::Function'],
  'AWS::Lambda::Version': ['AWS::Lambda::Function'],
  'AWS::SecretsManager::SecretTargetAttachment': ['AWS::SecretsManager::Secret'],
  'AWS::IAM::InstanceProfile': ['AWS::IAM::Role'],
};
