import { mappedTypes } from './mapping/index.ts';

/** Types of one kind that no row knows, and what that means. */
export interface UnreadTypes {
  readonly types: readonly string[];
  /** CloudFormation types of which there may be more, or other, than was read. */
  readonly affects: readonly string[];
  readonly message: string;
  readonly severity: 'info' | 'warning';
}

/**
 * Types that have been looked at, and that no rule could decide anything by: they configure what no rule reads, or
 * act once when they are created. Taken from the schemas of hashicorp/aws 5.99 and 6.66 (2026-11-28).
 */
const withoutEffect: ReadonlySet<string> = new Set([
  'aws_api_gateway_documentation_part',
  'aws_api_gateway_documentation_version',
  'aws_api_gateway_integration_response',
  'aws_api_gateway_method_response',
  'aws_apigatewayv2_deployment',
  'aws_apigatewayv2_integration_response',
  'aws_apigatewayv2_model',
  'aws_apigatewayv2_route_response',
  'aws_cloudfront_cache_policy',
  'aws_cloudfront_origin_access_identity',
  'aws_cloudfront_origin_request_policy',
  'aws_cloudfront_response_headers_policy',
  'aws_cloudwatch_log_stream',
  'aws_cloudwatch_query_definition',
  'aws_cognito_identity_pool_roles_attachment',
  'aws_cognito_resource_server',
  'aws_cognito_user_pool_domain',
  'aws_dynamodb_table_item',
  'aws_dynamodb_tag',
  'aws_iam_account_alias',
  'aws_iam_group',
  'aws_iam_group_membership',
  'aws_iam_openid_connect_provider',
  'aws_iam_service_linked_role',
  'aws_kms_ciphertext',
  'aws_kms_grant',
  'aws_lambda_invocation',
  'aws_lb_listener_certificate',
  'aws_s3_bucket_accelerate_configuration',
  'aws_s3_bucket_analytics_configuration',
  'aws_s3_bucket_cors_configuration',
  'aws_s3_bucket_intelligent_tiering_configuration',
  'aws_s3_bucket_inventory',
  'aws_s3_bucket_metric',
  'aws_s3_bucket_object',
  'aws_s3_bucket_request_payment_configuration',
  'aws_s3_bucket_website_configuration',
  'aws_s3_object',
  'aws_s3_object_copy',
  'aws_scheduler_schedule_group',
  'aws_sns_platform_application',
  'aws_sns_sms_preferences',
  'aws_sqs_queue_tag',
]);

/** Services whose types rules read, by the prefix of their types. */
const services: readonly (readonly [prefix: string, service: string])[] = [
  ['aws_api_gateway_', 'AWS::ApiGateway::'],
  ['aws_apigatewayv2_', 'AWS::ApiGatewayV2::'],
  ['aws_cloudwatch_event_', 'AWS::Events::'],
  ['aws_cloudwatch_log_', 'AWS::Logs::'],
  ['aws_dynamodb_', 'AWS::DynamoDB::'],
  ['aws_kms_', 'AWS::KMS::'],
  ['aws_lambda_', 'AWS::Lambda::'],
  ['aws_pipes_', 'AWS::Pipes::'],
  ['aws_s3_bucket_', 'AWS::S3::'],
  ['aws_scheduler_', 'AWS::Scheduler::'],
  ['aws_secretsmanager_', 'AWS::SecretsManager::'],
  ['aws_sfn_', 'AWS::StepFunctions::'],
  ['aws_sns_', 'AWS::SNS::'],
  ['aws_sqs_', 'AWS::SQS::'],
  ['aws_wafv2_', 'AWS::WAFv2::'],
];

/** Sorts unread types into those that may change what is decided, and all others. */
export function unreadTypes(types: readonly string[]): readonly UnreadTypes[] {
  const harmless: string[] = [];
  const byService = new Map<string, string[]>();
  for (const type of [...types].sort()) {
    const service = services.find(([prefix]) => type.startsWith(prefix))?.[1];
    if (service === undefined || withoutEffect.has(type)) harmless.push(type);
    else byService.set(service, [...(byService.get(service) ?? []), type]);
  }
  const doubtful = [...byService].map(([service, found]): UnreadTypes => {
    const affects = new Set(mappedTypes.map(({ type }) => type).filter((type) => type.startsWith(service)));
    return {
      types: found,
      affects: [...affects].sort(),
      message: `Headgate does not read ${listed(found)}; what it can change is unknown`,
      severity: 'warning',
    };
  });
  const rest: UnreadTypes = {
    types: harmless,
    affects: [],
    message: `no rule reads ${listed(harmless)}`,
    severity: 'info',
  };
  return [...doubtful, rest];
}

function listed(types: readonly string[]): string {
  return types.map((type) => `\`${type}\``).join(', ');
}
