import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RuleSet } from '../../../src/model/rule.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';

const lambda = 'AWS::Lambda::Function';
const stage = 'AWS::ApiGateway::Stage';
const queue = 'AWS::SQS::Queue';
const table = 'AWS::DynamoDB::Table';
const bucket = 'AWS::S3::Bucket';
const secret = 'AWS::SecretsManager::Secret';
const machine = 'AWS::StepFunctions::StateMachine';

/** What each suppression says in its own tool: the type that it stands on, what is accepted, and the rule that says so here. */
const meanings: readonly (readonly [alias: string, type: string, accepts: string, rule: string])[] = [
  ['checkov:CKV_AWS_116', lambda, 'no dead-letter queue', 'all.lambda.async-failure'],
  ['checkov:CKV_AWS_117', lambda, 'outside of a VPC', 'all.lambda.vpc'],
  ['checkov:CKV_AWS_173', lambda, 'environment without a KMS key', 'all.lambda.environment-encryption'],
  ['checkov:CKV_AWS_45', lambda, 'secrets in the environment', 'all.lambda.no-plaintext-secrets'],
  ['checkov:CKV_AWS_115', lambda, 'no reserved concurrency', 'all.lambda.reserved-concurrency'],
  ['checkov:CKV_AWS_363', lambda, 'a deprecated runtime', 'all.lambda.runtime'],
  ['checkov:CKV_AWS_258', 'AWS::Lambda::Url', 'AuthType NONE', 'api.authorizer.present.function-url'],
  ['checkov:CKV_AWS_364', 'AWS::Lambda::Permission', 'a service without source', 'all.lambda.permission'],
  ['checkov:CKV_AWS_76', stage, 'no access logs', 'api.gateway.access-logs'],
  ['checkov:CKV_AWS_95', 'AWS::ApiGatewayV2::Stage', 'no access logs', 'api.gateway.access-logs'],
  ['checkov:CKV_AWS_73', stage, 'no tracing', 'api.gateway.tracing'],
  ['checkov:CKV_AWS_59', 'AWS::ApiGateway::Method', 'no authorizer', 'api.authorizer.present'],
  ['checkov:CKV_AWS_27', queue, 'no encryption', 'batch.queue.encryption'],
  ['checkov:CKV_AWS_26', 'AWS::SNS::Topic', 'no encryption', 'events.sns.encryption'],
  ['checkov:CKV_AWS_28', table, 'no point-in-time recovery', 'api.dynamodb.pitr'],
  ['checkov:CKV_AWS_119', table, 'no customer-managed key', 'api.dynamodb.encryption'],
  ['checkov:CKV_AWS_19', bucket, 'no encryption', 'api.s3.encryption'],
  ['checkov:CKV_AWS_21', bucket, 'no versions', 'api.s3.versioning'],
  ['checkov:CKV_AWS_53', bucket, 'public ACLs may be set', 'api.s3.public-access'],
  ['checkov:CKV_AWS_54', bucket, 'public policies may be set', 'api.s3.public-access'],
  ['checkov:CKV_AWS_55', bucket, 'public ACLs count', 'api.s3.public-access'],
  ['checkov:CKV_AWS_56', bucket, 'public policies count', 'api.s3.public-access'],
  ['checkov:CKV_AWS_149', secret, 'no customer-managed key', 'api.secrets.kms'],
  ['checkov:CKV_AWS_7', 'AWS::KMS::Key', 'no rotation', 'all.kms.rotation'],
  ['checkov:CKV_AWS_33', 'AWS::KMS::Key', 'a wildcard principal', 'all.kms.policy'],
  ['cfn_nag:W89', lambda, 'outside of a VPC', 'all.lambda.vpc'],
  ['cfn_nag:W92', lambda, 'no reserved concurrency', 'all.lambda.reserved-concurrency'],
  ['cfn_nag:F13', 'AWS::Lambda::Permission', 'a wildcard principal', 'all.lambda.permission'],
  ['cfn_nag:W59', 'AWS::ApiGateway::Method', 'no authorizer', 'api.authorizer.present'],
  ['cfn_nag:W69', stage, 'no access logs', 'api.gateway.access-logs'],
  ['cfn_nag:W46', 'AWS::ApiGatewayV2::Stage', 'no access logs', 'api.gateway.access-logs'],
  ['cfn_nag:W62', 'AWS::ApiGateway::DomainName', 'TLS below 1.2', 'api.client.tls.domain-name'],
  ['cfn_nag:W48', queue, 'no KMS key', 'batch.queue.encryption.customer-managed'],
  ['cfn_nag:W47', 'AWS::SNS::Topic', 'no KMS key', 'events.sns.encryption'],
  ['cfn_nag:W78', table, 'no point-in-time recovery', 'api.dynamodb.pitr'],
  ['cfn_nag:W74', table, 'no customer-managed key', 'api.dynamodb.encryption'],
  ['cfn_nag:W77', secret, 'no customer-managed key', 'api.secrets.kms'],
  ['cfn_nag:F19', 'AWS::KMS::Key', 'no rotation', 'all.kms.rotation'],
  ['cfn_nag:F76', 'AWS::KMS::Key', 'a wildcard principal', 'all.kms.policy'],
  ['cfn-guard:LAMBDA_DLQ_CHECK', lambda, 'no dead-letter queue', 'all.lambda.async-failure'],
  ['cfn-guard:LAMBDA_INSIDE_VPC', lambda, 'outside of a VPC', 'all.lambda.vpc'],
  [
    'cfn-guard:LAMBDA_CONCURRENCY_CHECK',
    lambda,
    'no reserved concurrency',
    'all.lambda.reserved-concurrency',
  ],
  [
    'cfn-guard:LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED',
    'AWS::Lambda::Permission',
    'a public permission',
    'all.lambda.permission',
  ],
  ['cfn-guard:API_GW_CACHE_ENABLED_AND_ENCRYPTED', stage, 'a plain cache', 'api.gateway.cache-encryption'],
  ['cfn-guard:DYNAMODB_PITR_ENABLED', table, 'no point-in-time recovery', 'api.dynamodb.pitr'],
  ['cfn-guard:DYNAMODB_TABLE_ENCRYPTED_KMS', table, 'no customer-managed key', 'api.dynamodb.encryption'],
  ['cfn-guard:SECRETSMANAGER_USING_CMK', secret, 'no customer-managed key', 'api.secrets.kms'],
  ['cfn-guard:SECRETSMANAGER_ROTATION_ENABLED_CHECK', secret, 'no rotation', 'api.secrets.rotation'],
  ['cfn-guard:CMK_BACKING_KEY_ROTATION_ENABLED', 'AWS::KMS::Key', 'no rotation', 'all.kms.rotation'],
  ['cdk-nag:AwsSolutions-APIG1', stage, 'no access logs', 'api.gateway.access-logs'],
  ['cdk-nag:AwsSolutions-APIG3', stage, 'no web ACL', 'api.waf.associated'],
  ['cdk-nag:AwsSolutions-APIG4', 'AWS::ApiGateway::Method', 'no authorizer', 'api.authorizer.present'],
  ['cdk-nag:AwsSolutions-APIG4', 'AWS::ApiGatewayV2::Route', 'no authorizer', 'api.authorizer.present.route'],
  ['cdk-nag:AwsSolutions-COG4', 'AWS::ApiGateway::Method', 'no user pool', 'api.authorizer.present'],
  ['cdk-nag:AwsSolutions-L1', lambda, 'an old runtime', 'all.lambda.runtime'],
  ['cdk-nag:AwsSolutions-SQS2', queue, 'no encryption', 'batch.queue.encryption'],
  ['cdk-nag:AwsSolutions-SQS3', queue, 'no dead-letter queue', 'batch.dlq.redrive'],
  ['cdk-nag:AwsSolutions-SQS4', queue, 'requests without TLS', 'batch.queue.policy'],
  ['cdk-nag:AwsSolutions-SNS2', 'AWS::SNS::Topic', 'no encryption', 'events.sns.encryption'],
  ['cdk-nag:AwsSolutions-SNS3', 'AWS::SNS::Topic', 'publishing without TLS', 'events.sns.transit'],
  ['cdk-nag:AwsSolutions-S1', bucket, 'no server access logs', 'batch.downstream.audit-trail'],
  ['cdk-nag:AwsSolutions-S2', bucket, 'public access', 'api.s3.public-access'],
  ['cdk-nag:AwsSolutions-S10', bucket, 'requests without TLS', 'api.s3.tls'],
  ['cdk-nag:AwsSolutions-DDB3', table, 'no point-in-time recovery', 'api.dynamodb.pitr'],
  ['cdk-nag:AwsSolutions-SMG4', secret, 'no rotation', 'api.secrets.rotation'],
  ['cdk-nag:AwsSolutions-KMS5', 'AWS::KMS::Key', 'no rotation', 'all.kms.rotation'],
  ['cdk-nag:AwsSolutions-SF1', machine, 'no logs', 'events.stepfunctions.observability'],
  ['cdk-nag:AwsSolutions-SF2', machine, 'no tracing', 'events.stepfunctions.observability'],
  [
    'cdk-nag:AwsSolutions-EVB1',
    'AWS::Events::EventBusPolicy',
    'anybody puts events',
    'events.bus.policy.default',
  ],
  ['cdk-nag:Serverless-LambdaTracing', lambda, 'no tracing', 'all.lambda.tracing'],
  ['cdk-nag:Serverless-LambdaDLQ', lambda, 'no dead-letter queue', 'all.lambda.async-failure'],
  ['cdk-nag:Serverless-APIGWXrayEnabled', stage, 'no tracing', 'api.gateway.tracing'],
  ['cdk-nag:Serverless-APIGWAccessLogging', stage, 'no access logs', 'api.gateway.access-logs'],
  ['cdk-nag:Serverless-APIGWDefaultThrottling', stage, 'no limits', 'api.gateway.throttling'],
  ['cdk-nag:Serverless-EventBusDLQ', 'AWS::Events::Rule', 'no dead-letter queue', 'events.rule.dlq'],
  ['cdk-nag:Serverless-SQSRedrivePolicy', queue, 'no dead-letter queue', 'batch.dlq.redrive'],
];

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
});

describe('suppressions for other tools', () => {
  it.each(meanings)('%s on %s accepts %s, as %s does', (alias, type, _accepts, rule) => {
    expect(ruleSet.data.peerAliases[alias]).toContain(rule);
    expect(ruleSet.rules.find(({ id }) => id === rule)?.appliesTo).toContain(type);
  });

  it('lead to the rules of these meanings alone', () => {
    const led = Object.entries(ruleSet.data.peerAliases).flatMap(([alias, rules]) =>
      rules.map((rule) => `${alias} ${rule}`),
    );
    expect(new Set(led)).toEqual(new Set(meanings.map(([alias, , , rule]) => `${alias} ${rule}`)));
  });

  it.each([
    ['cfn_nag:W24', 'another action than lambda:InvokeFunction'],
    ['cfn_nag:F45', 'an event source token in plain text'],
    ['checkov:CKV_AWS_120', 'no cache at all'],
    ['cfn-guard:API_GW_EXECUTION_LOGGING_ENABLED', 'no execution logs'],
    ['checkov:CKV_AWS_158', 'a log group without a KMS key'],
    ['cdk-nag:AwsSolutions-APIG2', 'an API without request validators'],
  ])('%s waives nothing: no rule decides %s on that resource', (alias) => {
    expect(Object.hasOwn(ruleSet.data.peerAliases, alias)).toBe(false);
  });
});
