import type { Mutation } from '../apply-mutation.ts';
import { apiDestination, cache, functionUrl, httpApi, pricesMethod } from './bases.ts';

/** API Gateway, WAF, CloudFront. */
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
    rule: 'api.client.tls.distribution',
    on: 'ApiEdge',
    mistake: 'the distribution takes TLS 1.1',
    base: httpApi,
    edits: [
      {
        id: 'ApiEdge',
        set: 'DistributionConfig.ViewerCertificate.MinimumProtocolVersion',
        to: 'TLSv1.1_2016',
      },
    ],
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
    rule: 'api.gateway.tls-termination.integration',
    on: 'PricesMethod',
    mistake: 'the back end is called without TLS',
    base: pricesMethod,
    edits: [{ id: 'PricesMethod', set: 'Integration.Uri', to: 'http://pricing.example.com/prices' }],
  },
  {
    rule: 'batch.downstream.api-timeouts.integration',
    on: 'PricesMethod',
    mistake: 'no time-out of its own',
    base: pricesMethod,
    edits: [{ id: 'PricesMethod', remove: 'Integration.TimeoutInMillis' }],
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
    rule: 'api.gateway.usage-plans',
    on: 'Api',
    mistake: 'the usage plan has no quota',
    edits: [{ id: 'ApiUsagePlan', remove: 'Quota' }],
  },
  {
    rule: 'api.waf.associated',
    on: 'ApiDeploymentStagelive',
    mistake: 'the association is dropped',
    edits: [{ drop: 'ApiWebAclAssociation' }],
  },
  {
    rule: 'api.waf.associated.http-api',
    on: 'OrdersHttpApi',
    mistake: 'the default endpoint leads past the distribution',
    base: httpApi,
    edits: [{ id: 'OrdersHttpApi', set: 'DisableExecuteApiEndpoint', to: false }],
  },
  {
    rule: 'api.waf.associated.function-url',
    on: 'ReportsUrl',
    mistake: 'the distribution has no web ACL',
    base: functionUrl,
    edits: [{ id: 'ReportsEdge', remove: 'DistributionConfig.WebACLId' }],
  },
  {
    rule: 'api.waf.ip-filtering',
    on: 'ApiWebAcl',
    mistake: 'addresses are only counted',
    edits: [
      { id: 'ApiWebAcl', set: 'Rules.0.Action', to: { Count: {} } },
      { id: 'ApiWebAcl', set: 'Rules.2.OverrideAction', to: { Count: {} } },
    ],
  },
  {
    rule: 'api.waf.rate-limiting',
    on: 'ApiWebAcl',
    mistake: 'ten times as many requests are let in',
    edits: [{ id: 'ApiWebAcl', set: 'Rules.1.Statement.RateBasedStatement.Limit', to: 20_000 }],
  },
  {
    rule: 'api.waf.security-events',
    on: 'ApiWebAcl',
    mistake: 'nothing logs what the web ACL decides',
    edits: [{ drop: 'ApiWebAclLogging' }],
  },
  {
    rule: 'api.waf.sql-injection',
    on: 'ApiWebAcl',
    mistake: 'SQL injection is only counted',
    edits: [{ id: 'ApiWebAcl', set: 'Rules.5.OverrideAction', to: { Count: {} } }],
  },
  {
    rule: 'api.external.api-key',
    on: 'PartnerConnection',
    mistake: 'the key stands in the template',
    base: apiDestination,
    edits: [
      {
        id: 'PartnerConnection',
        set: 'AuthParameters.ApiKeyAuthParameters.ApiKeyValue',
        to: 'not-a-secret-any-more',
      },
    ],
  },
  {
    rule: 'api.external.tls',
    on: 'ApiOrderApiFunction',
    mistake: 'the external API is called without TLS',
    edits: [
      {
        id: 'ApiOrderApiFunction',
        set: 'Environment.Variables.EXTERNAL_API_URL',
        to: 'http://pricing.example.com',
      },
    ],
  },
  {
    rule: 'api.external.tls.destination',
    on: 'Partner',
    mistake: 'events are sent without TLS',
    base: apiDestination,
    edits: [{ id: 'Partner', set: 'InvocationEndpoint', to: 'http://partner.example.com/orders' }],
  },
  {
    rule: 'batch.downstream.api-timeouts',
    on: 'Partner',
    mistake: 'the rate is left to the service',
    base: apiDestination,
    edits: [{ id: 'Partner', remove: 'InvocationRateLimitPerSecond' }],
  },
];
