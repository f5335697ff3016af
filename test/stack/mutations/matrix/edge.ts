import type { Mutation } from '../apply-mutation.ts';
import { functionUrl, httpApi } from './api-bases.ts';

/** WAF and CloudFront. */
export const edge: readonly Mutation[] = [
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
    rule: 'api.waf.associated',
    on: 'ApiDeploymentStagelive',
    mistake: 'the association is dropped',
    edits: [{ drop: 'ApiWebAclAssociation' }],
  },
  {
    rule: 'api.waf.associated.extra-stage',
    on: 'test',
    appears: true,
    mistake: 'a deployment makes a stage of its own',
    edits: [
      {
        add: 'TestDeployment',
        to: 'HeadgateApi',
        resource: {
          Type: 'AWS::ApiGateway::Deployment',
          Properties: { RestApiId: { Ref: 'Api' }, StageName: 'test' },
        },
      },
    ],
    also: [
      {
        rule: 'api.gateway.usage-plans',
        on: 'Api',
        because: 'no usage plan limits the other stage',
      },
      ...[
        'all.alarm.throttles.stage',
        'all.xray.everywhere',
        'api.gateway.access-logs',
        'api.gateway.throttling',
        'api.gateway.tracing',
        'api.waf.associated',
      ].map((rule) => ({
        rule,
        on: 'test',
        appears: true as const,
        because: 'what the declared stage has does not concern it; these follow and are not listed',
      })),
    ],
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
];
