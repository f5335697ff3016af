import type { Mutation } from '../apply-mutation.ts';
import { cache, functionUrl, httpApi, webFunction } from './api-bases.ts';

/** API Gateway and function URLs. */
export const api: readonly Mutation[] = [
  {
    rule: 'api.authorizer.jwt',
    on: 'OrdersAuthorizer',
    mistake: 'tokens for any audience pass',
    base: httpApi,
    edits: [{ id: 'OrdersAuthorizer', remove: 'JwtConfiguration.Audience' }],
  },
  {
    rule: 'all.application.jwt',
    on: 'OrdersAuthorizer',
    mistake: 'the issuer is the address of its discovery document',
    base: httpApi,
    edits: [
      {
        id: 'OrdersAuthorizer',
        set: 'JwtConfiguration.Issuer',
        to: 'https://id.example.com/.well-known/openid-configuration',
      },
    ],
  },
  {
    rule: 'api.authorizer.present',
    on: 'ApiordersorderIdGET',
    mistake: 'one method asks for no token',
    edits: [
      { id: 'ApiordersorderIdGET', set: 'AuthorizationType', to: 'NONE' },
      { id: 'ApiordersorderIdGET', remove: 'AuthorizerId' },
      { id: 'ApiordersorderIdGET', remove: 'AuthorizationScopes' },
    ],
  },
  {
    rule: 'api.authorizer.present.route',
    on: 'OrdersRoute',
    mistake: 'the route asks for no token',
    base: httpApi,
    edits: [{ id: 'OrdersRoute', set: 'AuthorizationType', to: 'NONE' }],
  },
  {
    rule: 'api.authorizer.present.function-url',
    on: 'ReportsUrl',
    mistake: 'anybody may call the function URL',
    base: functionUrl,
    edits: [{ id: 'ReportsUrl', set: 'AuthType', to: 'NONE' }],
    also: [
      {
        rule: 'api.waf.associated.function-url',
        on: 'ReportsUrl',
        because: 'who need not sign can go past the distribution and its web ACL',
      },
    ],
  },
  {
    rule: 'api.client.default-endpoint',
    on: 'Api',
    mistake: 'the default endpoint stays on beside the domain',
    edits: [{ id: 'Api', remove: 'DisableExecuteApiEndpoint' }],
  },
  {
    rule: 'api.client.tls',
    on: 'Api',
    mistake: 'no security policy, so TLS 1.0 is taken',
    edits: [{ id: 'Api', remove: 'SecurityPolicy' }],
  },
  {
    rule: 'api.client.tls.domain-name',
    on: 'ApiDomain',
    mistake: 'the domain takes TLS 1.0',
    edits: [{ id: 'ApiDomain', set: 'SecurityPolicy', to: 'TLS_1_0' }],
  },
  {
    rule: 'api.gateway.access-logs',
    on: 'ApiDeploymentStagelive',
    mistake: 'no access log',
    edits: [{ id: 'ApiDeploymentStagelive', remove: 'AccessLogSetting' }],
  },
  {
    rule: 'api.gateway.cache-encryption',
    on: 'ApiDeploymentStagelive',
    mistake: 'the cache is not encrypted',
    base: cache,
    edits: [{ id: 'ApiDeploymentStagelive', set: 'MethodSettings.0.CacheDataEncrypted', to: false }],
  },
  {
    rule: 'api.gateway.request-validation',
    on: 'ApiordersPOST',
    mistake: 'one method validates nothing',
    edits: [{ id: 'ApiordersPOST', remove: 'RequestValidatorId' }],
  },
  {
    rule: 'api.gateway.throttling',
    on: 'ApiDeploymentStagelive',
    mistake: 'no burst limit',
    edits: [{ id: 'ApiDeploymentStagelive', remove: 'MethodSettings.0.ThrottlingBurstLimit' }],
  },
  {
    rule: 'api.gateway.tls-termination',
    on: 'ApiDomain',
    mistake: 'a certificate that IAM keeps and nobody renews',
    edits: [
      {
        id: 'ApiDomain',
        set: 'RegionalCertificateArn',
        to: 'arn:aws:iam::111122223333:server-certificate/orders',
      },
    ],
  },
  {
    rule: 'api.gateway.tracing',
    on: 'ApiDeploymentStagelive',
    mistake: 'the stage does not trace',
    edits: [{ id: 'ApiDeploymentStagelive', set: 'TracingEnabled', to: false }],
    also: [
      {
        rule: 'all.xray.everywhere',
        on: 'ApiDeploymentStagelive',
        because: 'it decides the same switch along the flow',
      },
    ],
  },
  {
    rule: 'api.authorizer.present.deployed',
    on: 'ApiDeploymentStagelive',
    appears: true,
    mistake: 'what an account shows of a stage: a method was deployed before it demanded authorization',
    edits: [
      {
        id: 'ApiDeploymentStagelive',
        set: 'DraftDeployed',
        to: false,
      },
    ],
  },
  {
    rule: 'api.gateway.usage-plans',
    on: 'Api',
    mistake: 'the usage plan has no quota',
    edits: [{ id: 'ApiUsagePlan', remove: 'Quota' }],
  },
  {
    rule: 'api.authorizer.present.web-function',
    on: 'ShopEndpoint',
    mistake: 'the function itself has to authorize',
    base: webFunction,
    edits: [{ id: 'ShopEndpoint', set: 'AuthType', to: 'ApplicationManaged' }],
    also: [
      {
        rule: 'api.waf.associated.web-function',
        on: 'ShopEndpoint',
        because: 'who need not sign can go past the distribution and its web ACL',
      },
    ],
  },
  {
    rule: 'api.waf.associated.web-function',
    on: 'ShopEndpoint',
    mistake: 'the distribution has no web ACL',
    base: webFunction,
    edits: [{ id: 'ShopEdge', remove: 'DistributionConfig.WebACLId' }],
  },
  {
    rule: 'api.gateway.throttling.web-function',
    on: 'ShopEndpoint',
    mistake: 'no rate limit',
    base: webFunction,
    edits: [{ id: 'ShopEndpoint', remove: 'ThrottleConfig' }],
  },
  {
    rule: 'all.lambda.environment-encryption.web-function',
    on: 'ShopRevision',
    mistake: 'no key',
    base: webFunction,
    edits: [{ id: 'ShopRevision', remove: 'KmsKeyArn' }],
  },
  {
    rule: 'all.lambda.no-plaintext-secrets.web-function',
    on: 'ShopRevision',
    mistake: 'a password in the environment',
    base: webFunction,
    edits: [{ id: 'ShopRevision', set: 'ServiceConfig.EnvironmentVariables.DB_PASSWORD', to: 'a1b2c3d4e5' }],
  },
  {
    rule: 'all.lambda.vpc.web-function',
    on: 'ShopRevision',
    mistake: 'subnets of one zone',
    base: webFunction,
    edits: [{ id: 'ShopConnector', remove: 'Configuration.VpcEgressConfiguration.SubnetIds.1' }],
  },
  {
    rule: 'all.lambda.log-group.web-function',
    on: 'ShopRevision',
    mistake: 'the log group that Lambda creates',
    base: webFunction,
    edits: [{ id: 'ShopRevision', remove: 'ServiceConfig.TelemetryConfig' }],
  },
  {
    rule: 'all.lambda.runtime.web-function',
    on: 'ShopRevision',
    mistake: 'a deprecated runtime',
    base: webFunction,
    edits: [{ id: 'ShopRevision', set: 'BuildConfig.RuntimeConfig.Runtime', to: 'nodejs16.x' }],
  },
];
