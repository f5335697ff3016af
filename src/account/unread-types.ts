/**
 * Types that templates have, that no collector reads, and that are taken to be absent from accounts: said in
 * every audit as a limit of what was looked at. To doubt them instead would leave unknown of every queue
 * whether it is a dead-letter queue, and of every function who invokes it. What stands in an account after
 * all is declared under `outside` in headgate.yaml.
 *
 * A type whose absence would itself be a finding (a trail, say) may never stand here.
 */
export const takenToBeAbsent: ReadonlySet<string> = new Set([
  // Invoke functions, or take their dead letters, by a role of their own.
  'AWS::AppSync::DataSource',
  'AWS::CloudFormation::LambdaHook',
  'AWS::EventsV2::EventBus',
  'AWS::EventsV2::EventSource',
  'AWS::EventsV2::ResourcePolicy',
  'AWS::EventsV2::Subscriber',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::S3ObjectLambda::AccessPoint',
  // The SDK in use has no calls for them (2026-11-28).
  'AWS::Lambda::WebFunction',
  'AWS::Lambda::WebFunctionEndpoint',
  'AWS::Lambda::WebFunctionRevision',
  // Are judged by themselves alone, so that nothing else rests on their absence.
  'AWS::AppSync::Api',
  'AWS::AppSync::ApiCache',
  'AWS::AppSync::GraphQLApi',
  'AWS::Cognito::IdentityPool',
  'AWS::EFS::AccessPoint',
  'AWS::ECR::RegistryScanningConfiguration',
  'AWS::ECR::Repository',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::LayerVersionPermission',
  // Are named by ARN, and judged by no rule.
  'AWS::AmazonMQ::Broker',
  'AWS::DocDB::DBCluster',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::EC2::VPNGateway',
  'AWS::EFS::FileSystem',
  'AWS::MSK::Cluster',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
]);
