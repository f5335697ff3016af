import type { MappedType } from './mapped-type.ts';

/** Other services that invoke functions. */
export const othersTypes: readonly MappedType[] = [
  {
    terraform: 'aws_appsync_datasource',
    type: 'AWS::AppSync::DataSource',
    rows: [
      ['type', 'Type'],
      ['lambda_config.function_arn', 'LambdaConfig.LambdaFunctionArn'],
    ],
  },
  {
    terraform: 'aws_appsync_graphql_api',
    type: 'AWS::AppSync::GraphQLApi',
    ids: { id: 'ApiId', arn: 'Arn' },
    rows: [
      ['name', 'Name'],
      ['authentication_type', 'AuthenticationType'],
      [
        'additional_authentication_provider[].authentication_type',
        'AdditionalAuthenticationProviders[].AuthenticationType',
      ],
      ['log_config.field_log_level', 'LogConfig.FieldLogLevel'],
      ['log_config.cloudwatch_logs_role_arn', 'LogConfig.CloudWatchLogsRoleArn'],
      ['xray_enabled', 'XrayEnabled'],
    ],
  },
  {
    terraform: 'aws_appsync_api_cache',
    type: 'AWS::AppSync::ApiCache',
    rows: [
      ['api_id', 'ApiId'],
      ['at_rest_encryption_enabled', 'AtRestEncryptionEnabled'],
      ['transit_encryption_enabled', 'TransitEncryptionEnabled'],
    ],
  },
  {
    terraform: 'aws_iot_topic_rule',
    type: 'AWS::IoT::TopicRule',
    ids: { arn: 'Arn', name: 'Ref', id: 'Ref' },
    rows: [['lambda[].function_arn', 'TopicRulePayload.Actions[].Lambda.FunctionArn']],
  },
  {
    terraform: 'aws_iot_authorizer',
    type: 'AWS::IoT::Authorizer',
    rows: [['authorizer_function_arn', 'AuthorizerFunctionArn']],
  },
  {
    terraform: 'aws_ses_receipt_rule',
    type: 'AWS::SES::ReceiptRule',
    rows: [['lambda_action[].function_arn', 'Rule.Actions[].LambdaAction.FunctionArn']],
  },
  {
    terraform: 'aws_codecommit_trigger',
    type: 'AWS::CodeCommit::Repository',
    partOf: { repository_name: 'RepositoryName' },
    rows: [['trigger[].destination_arn', 'Triggers[].DestinationArn']],
  },
  {
    terraform: 'aws_codebuild_project',
    type: 'AWS::CodeBuild::Project',
    ids: { name: 'Ref', arn: 'Arn' },
    rows: [['service_role', 'ServiceRole']],
  },
  {
    terraform: 'aws_ecs_cluster',
    type: 'AWS::ECS::Cluster',
    ids: { arn: 'Arn', id: 'Arn', name: 'Ref' },
    rows: [['name', 'ClusterName']],
  },
];
