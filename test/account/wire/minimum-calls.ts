import type { Received } from './recording-proxy.ts';

/** How many resources of a type the account holds. */
export type Count = (type: string) => number;

/**
 * The fewest requests that can tell everything the shipped rules read: one for each page of a list, and one for each
 * resource and group of properties that no list tells. Everything here fits on one page.
 */
export function minimumCalls(count: Count): Readonly<Record<string, number>> {
  const functions = count('AWS::Lambda::Function');
  const [restApis, httpApis] = [count('AWS::ApiGateway::RestApi'), count('AWS::ApiGatewayV2::Api')];
  const buses = count('AWS::Events::EventBus');
  return {
    sts: 1,
    acm: 1,
    iam: 1,
    // Secrets; the policy of each.
    secretsmanager: 1 + count('AWS::SecretsManager::Secret'),
    // Functions, mappings, code signing; of each function aliases, versions, URLs, invoke configs, reserved and
    // provisioned concurrency, policy, tags; the policy of each alias and version.
    lambda: 3 + 8 * functions + count('AWS::Lambda::Alias') + count('AWS::Lambda::Version'),
    // REST APIs, usage plans, domain names, and HTTP APIs and their names; of each API four lists, and of a REST API its
    // models and what its stage's deployment serves; of each name its mappings.
    apigateway: 5 + 6 * restApis + 4 * httpApis + count('AWS::ApiGateway::DomainName'),
    // Regions, VPCs, subnets, route tables, groups, endpoints, both kinds of gateways.
    ec2: 8,
    // Two scopes of web ACLs, logging configurations, rule groups and IP sets; each web ACL and IP set.
    wafv2: 8 + count('AWS::WAFv2::WebACL') + count('AWS::WAFv2::IPSet'),
    // Buses, archives, connections, destinations; of each bus itself and its rules, of each rule its targets.
    events: 4 + 2 * buses + count('AWS::Events::Rule') + count('AWS::Events::Connection'),
    scheduler: 1 + count('AWS::Scheduler::Schedule'),
    pipes: 1 + count('AWS::Pipes::Pipe'),
    states: 1 + count('AWS::StepFunctions::StateMachine'),
    sqs: 1 + 2 * count('AWS::SQS::Queue'),
    sns: 2 + count('AWS::SNS::Topic') + count('AWS::SNS::Subscription'),
    // Tables; of each itself, its backups and its policy.
    dynamodb: 1 + 3 * count('AWS::DynamoDB::Table'),
    // Buckets and the account's own block; of each bucket seven answers.
    s3: 2 + 7 * count('AWS::S3::Bucket'),
    kms: 2 + 3 * count('AWS::KMS::Key'),
    // Alarms and dashboards; each dashboard's body.
    monitoring: 2 + count('AWS::CloudWatch::Dashboard'),
    // Groups, metric filters, resource policies, saved queries; of each group its subscriptions.
    logs: 4 + count('AWS::Logs::LogGroup'),
    // Pools; of each itself and its clients, and each client.
    'cognito-idp': 1 + 2 * count('AWS::Cognito::UserPool') + count('AWS::Cognito::UserPoolClient'),
    cloudfront: 1 + count('AWS::CloudFront::Distribution'),
    securityhub: 2,
    ssm: 2,
    // Targets and policies, of functions and of tables.
    'application-autoscaling': 4,
  };
}

/** Requests of each service: all that arrived, and those of them that repeat one the endpoint does not offer. */
export function receivedCalls(
  received: readonly Received[],
): Readonly<Record<string, { readonly all: number; readonly again: number }>> {
  const services: Record<string, { all: number; again: number }> = {};
  const refused = new Set<string>();
  for (const { service, url, named, status } of received) {
    const counts = (services[service] ??= { all: 0, again: 0 });
    counts.all += 1;
    if (status < 500) continue;
    const key = `${service} ${named} ${url}`;
    if (refused.has(key)) counts.again += 1;
    refused.add(key);
  }
  return services;
}
