/** CloudFormation types that ASFF names otherwise than by dropping the colons. */
const renamed = new Map(
  Object.entries({
    'AWS::DynamoDB::Table': 'AwsDynamoDbTable',
    'AWS::SQS::Queue': 'AwsSqsQueue',
    'AWS::SNS::Topic': 'AwsSnsTopic',
    'AWS::EC2::VPC': 'AwsEc2Vpc',
    'AWS::EC2::Subnet': 'AwsEc2Subnet',
    'AWS::EC2::SecurityGroup': 'AwsEc2SecurityGroup',
    'AWS::EC2::RouteTable': 'AwsEc2RouteTable',
    'AWS::WAFv2::WebACL': 'AwsWafv2WebAcl',
    'AWS::WAFv2::RuleGroup': 'AwsWafv2RuleGroup',
    'AWS::KMS::Key': 'AwsKmsKey',
    'AWS::IAM::Role': 'AwsIamRole',
    'AWS::IAM::ManagedPolicy': 'AwsIamPolicy',
    'AWS::Events::EventBus': 'AwsEventsEventbus',
    'AWS::Events::Endpoint': 'AwsEventsEndpoint',
    'AWS::StepFunctions::StateMachine': 'AwsStepFunctionStateMachine',
  }),
);

/** Types whose ASFF name is the CloudFormation name without colons and `AWS` as `Aws`. */
const regular: ReadonlySet<string> = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::S3::Bucket',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::SecretsManager::Secret',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFormation::Stack',
  'AWS::CloudWatch::Alarm',
]);

/**
 * `Resources[].Type` for a CloudFormation type; `Other` where ASFF has none.
 * Source: ResourceDetails of the Security Hub API, 2018-10-26, read 2026-11-23.
 */
export function asffResourceType(type: string): string {
  const name = renamed.get(type);
  if (name !== undefined) return name;
  return regular.has(type) ? type.replace('AWS', 'Aws').replaceAll('::', '') : 'Other';
}
