import { functionArn, functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, sub, to, type ParityCase, type Side } from '../parity-case.ts';
import { restSide } from '../rest-side.ts';

const distributionArn = 'arn:aws:cloudfront::111122223333:distribution/E1';
const globalAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/1';
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'edge' };

const behavior = {
  TargetOriginId: 'origin',
  ViewerProtocolPolicy: 'redirect-to-https',
  CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
};
const customOrigin = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' };

interface Edge {
  readonly declaredHost: object | string;
  readonly liveHost: string;
  readonly path?: string;
  readonly isSound: boolean;
}

const accessControl = 'E2QWRUHAPOMQZL';

/** A distribution before one origin, with a web ACL and a certificate, or without both. */
function distributionSide({ declaredHost, liveHost, path = '', isSound }: Edge): Side {
  const common = {
    DefaultCacheBehavior: behavior,
    Enabled: true,
    HttpVersion: 'http2',
  };
  return {
    resources: {
      Edge: [
        'AWS::CloudFront::Distribution',
        {
          DistributionConfig: {
            ...common,
            Origins: [
              {
                Id: 'origin',
                DomainName: declaredHost,
                ...(path === '' ? {} : { OriginPath: path }),
                CustomOriginConfig: {
                  OriginProtocolPolicy: isSound ? 'https-only' : 'http-only',
                  OriginSSLProtocols: ['TLSv1.2'],
                },
                ...(isSound ? { OriginAccessControlId: accessControl } : {}),
              },
            ],
            ...(isSound
              ? {
                  WebACLId: at('EdgeAcl'),
                  ViewerCertificate: {
                    AcmCertificateArn: certificateArn,
                    MinimumProtocolVersion: 'TLSv1.2_2021',
                    SslSupportMethod: 'sni-only',
                  },
                }
              : { ViewerCertificate: { CloudFrontDefaultCertificate: true } }),
          },
        },
      ],
    },
    replies: {
      'cloudfront.ListDistributions': {
        DistributionList: {
          IsTruncated: false,
          Items: [
            {
              Id: 'E1',
              ARN: distributionArn,
              DomainName: 'd1.cloudfront.net',
              Status: 'Deployed',
              Enabled: true,
            },
          ],
        },
      },
      'cloudfront.GetDistributionConfig': {
        DistributionConfig: {
          ...common,
          CallerReference: '1',
          Comment: '',
          Origins: {
            Quantity: 1,
            Items: [
              {
                Id: 'origin',
                DomainName: liveHost,
                OriginPath: path,
                CustomHeaders: { Quantity: 0 },
                CustomOriginConfig: {
                  ...customOrigin,
                  OriginProtocolPolicy: isSound ? 'https-only' : 'http-only',
                  OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
                },
                ConnectionAttempts: 3,
                OriginAccessControlId: isSound ? accessControl : '',
              },
            ],
          },
          CacheBehaviors: { Quantity: 0 },
          Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' },
          WebACLId: isSound ? globalAclArn : '',
          ViewerCertificate: isSound
            ? {
                CloudFrontDefaultCertificate: false,
                ACMCertificateArn: certificateArn,
                MinimumProtocolVersion: 'TLSv1.2_2021',
                SSLSupportMethod: 'sni-only',
              }
            : {
                CloudFrontDefaultCertificate: true,
                MinimumProtocolVersion: 'TLSv1',
                SSLSupportMethod: 'vip',
              },
        },
      },
    },
  };
}

const aclRules = [
  {
    Name: 'rate',
    Priority: 0,
    Action: { Block: {} },
    Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP' } },
    VisibilityConfig: visibility,
  },
  ...['AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesAmazonIpReputationList'].map((Name, index) => ({
    Name,
    Priority: index + 1,
    OverrideAction: { None: {} },
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
    VisibilityConfig: visibility,
  })),
];

/** The web ACL of the distribution; both scopes of the firewall answer, each with its own. */
const edgeAcl: Side = {
  resources: {
    EdgeAcl: [
      'AWS::WAFv2::WebACL',
      {
        Name: 'edge',
        Scope: 'CLOUDFRONT',
        DefaultAction: { Allow: {} },
        VisibilityConfig: visibility,
        Rules: aclRules,
      },
    ],
  },
  replies: {
    'wafv2-global.ListWebACLs': { WebACLs: [{ Name: 'edge', Id: '1', ARN: globalAclArn, Description: '' }] },
    'wafv2-global.GetWebACL': {
      WebACL: {
        Name: 'edge',
        Id: '1',
        ARN: globalAclArn,
        DefaultAction: { Allow: {} },
        VisibilityConfig: visibility,
        Rules: aclRules,
        Capacity: 227,
      },
    },
  },
};

const url = 'https://abcdefghijklmnopqrstuvwxyz.lambda-url.eu-west-1.on.aws/';

/** The origins and methods of browsers' requests from other sites: those of one page, or all. */
function corsOf(isSound: boolean): object {
  return isSound
    ? { AllowOrigins: ['https://www.example.com'], AllowMethods: ['GET'] }
    : { AllowOrigins: ['*'], AllowMethods: ['*'] };
}

function urlSide(AuthType: string): Side {
  const Cors = corsOf(AuthType === 'AWS_IAM');
  return {
    resources: { Url: ['AWS::Lambda::Url', { TargetFunctionArn: at('Fn'), AuthType, Cors }] },
    replies: {
      'lambda.ListFunctionUrlConfigs': {
        FunctionUrlConfigs: [
          { FunctionArn: functionArn, FunctionUrl: url, AuthType, Cors, InvokeMode: 'BUFFERED' },
        ],
      },
    },
  };
}

const urlHost = {
  declaredHost: { 'Fn::Select': [2, { 'Fn::Split': ['/', at('Url', 'FunctionUrl')] }] },
  liveHost: 'abcdefghijklmnopqrstuvwxyz.lambda-url.eu-west-1.on.aws',
};

const functionUrl: ParityCase = {
  name: 'a function URL behind a distribution',
  sound: [urlSide('AWS_IAM'), distributionSide({ ...urlHost, isSound: true }), edgeAcl].reduce(
    layOver,
    functionSide(),
  ),
  bad: layOver(urlSide('NONE'), distributionSide({ ...urlHost, isSound: false })),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Lambda::Url', 'Url', 'orders'),
    pair('AWS::CloudFront::Distribution', 'Edge', 'E1'),
    pair('AWS::WAFv2::WebACL', 'EdgeAcl', 'edge'),
  ],
};

const aclArn = arn('wafv2', 'regional/webacl/orders/1');
const groupArn = arn('wafv2', 'regional/rulegroup/own/2');
const setArn = arn('wafv2', 'regional/ipset/blocked/3');
const logArn = arn('logs', 'log-group:aws-waf-logs-orders');

/** Rules of the group, in the shape that template and service share; `list` names the IP set on either side. */
const groupRules = (list: unknown): readonly object[] => [
  {
    Name: 'rate',
    Priority: 0,
    Action: { Block: {} },
    Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP', EvaluationWindowSec: 300 } },
    VisibilityConfig: visibility,
  },
  {
    Name: 'blocked',
    Priority: 1,
    Action: { Block: {} },
    Statement: { IPSetReferenceStatement: { Arn: list } },
    VisibilityConfig: visibility,
  },
  {
    Name: 'sql',
    Priority: 2,
    Action: { Block: {} },
    Statement: {
      SqliMatchStatement: {
        FieldToMatch: { AllQueryArguments: {} },
        TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
      },
    },
    VisibilityConfig: visibility,
  },
];

/** A web ACL that leaves all to a rule group; each rule group refers to a list of addresses. */
function regionalAcl(rules: (list: unknown) => readonly object[]): Side {
  const referring = (Arn: unknown): readonly object[] => [
    {
      Name: 'own',
      Priority: 0,
      OverrideAction: { None: {} },
      Statement: { RuleGroupReferenceStatement: { Arn } },
      VisibilityConfig: visibility,
    },
  ];
  return {
    resources: {
      Acl: [
        'AWS::WAFv2::WebACL',
        {
          Name: 'orders',
          Scope: 'REGIONAL',
          DefaultAction: { Allow: {} },
          VisibilityConfig: visibility,
          Rules: referring(at('Group')),
        },
      ],
      Group: [
        'AWS::WAFv2::RuleGroup',
        {
          Name: 'own',
          Scope: 'REGIONAL',
          Capacity: 50,
          VisibilityConfig: visibility,
          Rules: rules(at('Blocked')),
        },
      ],
      Blocked: [
        'AWS::WAFv2::IPSet',
        { Name: 'blocked', Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses: ['192.0.2.0/24'] },
      ],
    },
    replies: {
      'wafv2.ListWebACLs': { WebACLs: [{ Name: 'orders', Id: '1', ARN: aclArn, Description: '' }] },
      'wafv2.GetWebACL': {
        WebACL: {
          Name: 'orders',
          Id: '1',
          ARN: aclArn,
          DefaultAction: { Allow: {} },
          VisibilityConfig: visibility,
          Rules: referring(groupArn),
          Capacity: 50,
        },
      },
      'wafv2.ListRuleGroups': { RuleGroups: [{ Name: 'own', Id: '2', ARN: groupArn, Description: '' }] },
      'wafv2.GetRuleGroup': {
        RuleGroup: {
          Name: 'own',
          Id: '2',
          ARN: groupArn,
          Capacity: 50,
          VisibilityConfig: visibility,
          Rules: rules(setArn),
        },
      },
      'wafv2.ListIPSets': { IPSets: [{ Name: 'blocked', Id: '3', ARN: setArn, Description: '' }] },
      'wafv2.GetIPSet': {
        IPSet: {
          Name: 'blocked',
          Id: '3',
          ARN: setArn,
          IPAddressVersion: 'IPV4',
          Addresses: ['192.0.2.0/24'],
        },
      },
    },
  };
}

const guarded = restSide({ stage: { webAclArn: aclArn } });
const association: Side = {
  resources: {
    Association: [
      'AWS::WAFv2::WebACLAssociation',
      {
        ResourceArn: sub('arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}'),
        WebACLArn: at('Acl'),
      },
    ],
  },
  replies: {},
};
const aclLogs: Side = {
  resources: {
    AclLogs: [
      'AWS::WAFv2::LoggingConfiguration',
      { ResourceArn: at('Acl'), LogDestinationConfigs: [at('AclLogGroup')] },
    ],
    AclLogGroup: ['AWS::Logs::LogGroup', { LogGroupName: 'aws-waf-logs-orders' }],
  },
  replies: {
    'wafv2.ListLoggingConfigurations': {
      LoggingConfigurations: [
        { ResourceArn: aclArn, LogDestinationConfigs: [logArn], ManagedByFirewallManager: false },
      ],
    },
    'cloudwatch-logs.DescribeLogGroups': {
      logGroups: [
        { logGroupName: 'aws-waf-logs-orders', logGroupArn: logArn, arn: `${logArn}:*`, storedBytes: 0 },
      ],
    },
  },
};

const stageAcl: ParityCase = {
  name: 'a stage behind a web ACL of rule groups',
  sound: [guarded, association, aclLogs].reduce(layOver, regionalAcl(groupRules)),
  bad: layOver(
    regionalAcl(() => []),
    {
      resources: { AclLogs: undefined },
      replies: { 'wafv2.ListLoggingConfigurations': { LoggingConfigurations: [] } },
    },
  ),
  pairs: [
    pair('AWS::Logs::LogGroup', 'AclLogGroup', 'aws-waf-logs-orders'),
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::WAFv2::WebACL', 'Acl', 'orders'),
  ],
  proofs: [
    {
      type: 'AWS::WAFv2::RuleGroup',
      owner: 'Acl',
      rules: ['api.waf.ip-filtering', 'api.waf.rate-limiting', 'api.waf.sql-injection'],
      change: {
        resources: { Group: regionalAcl(() => []).resources.Group },
        replies: {
          'wafv2.GetRuleGroup': { RuleGroup: { Name: 'own', Rules: [], VisibilityConfig: visibility } },
        },
      },
    },
    {
      type: 'AWS::WAFv2::IPSet',
      owner: 'Acl',
      rules: ['api.waf.ip-filtering'],
      change: {
        resources: {
          Blocked: [
            'AWS::WAFv2::IPSet',
            { Name: 'blocked', Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses: [] },
          ],
        },
        replies: {
          'wafv2.GetIPSet': {
            IPSet: { Name: 'blocked', Id: '3', ARN: setArn, IPAddressVersion: 'IPV4', Addresses: [] },
          },
        },
      },
    },
    {
      type: 'AWS::WAFv2::LoggingConfiguration',
      owner: 'Acl',
      rules: ['api.waf.security-events'],
      change: {
        resources: { AclLogs: undefined },
        replies: { 'wafv2.ListLoggingConfigurations': { LoggingConfigurations: [] } },
      },
    },
    {
      type: 'AWS::WAFv2::WebACLAssociation',
      shownBy: ['AWS::ApiGateway::Stage'],
      owner: 'Stage',
      rules: ['api.waf.associated'],
      change: {
        resources: { Association: undefined },
        replies: { 'apigateway.GetStages': restSide().replies['apigateway.GetStages'] ?? {} },
      },
    },
  ],
};

function httpApiSide(isSound: boolean): Side {
  const SecurityPolicy = isSound ? 'TLS_1_2' : 'TLS_1_0';
  const regional = 'd-abcdefghij.execute-api.eu-west-1.amazonaws.com';
  const regionalCertificate = isSound
    ? arn('acm', 'certificate/2')
    : 'arn:aws:iam::111122223333:server-certificate/own';
  return {
    resources: {
      HttpApi: [
        'AWS::ApiGatewayV2::Api',
        {
          Name: 'orders',
          ProtocolType: 'HTTP',
          DisableExecuteApiEndpoint: isSound,
          CorsConfiguration: corsOf(isSound),
        },
      ],
      Domain: [
        'AWS::ApiGatewayV2::DomainName',
        {
          DomainName: 'api.example.com',
          DomainNameConfigurations: [
            { CertificateArn: regionalCertificate, EndpointType: 'REGIONAL', SecurityPolicy },
          ],
        },
      ],
      Mapping: [
        'AWS::ApiGatewayV2::ApiMapping',
        { ApiId: to('HttpApi'), DomainName: to('Domain'), Stage: to('HttpStage') },
      ],
      HttpStage: [
        'AWS::ApiGatewayV2::Stage',
        { ApiId: to('HttpApi'), StageName: '$default', AutoDeploy: true },
      ],
    },
    replies: {
      'apigatewayv2.GetApis': {
        Items: [
          {
            ApiId: 'h1h2h3h4h5',
            ApiEndpoint: 'https://h1h2h3h4h5.execute-api.eu-west-1.amazonaws.com',
            ApiKeySelectionExpression: '$request.header.x-api-key',
            DisableExecuteApiEndpoint: isSound,
            CorsConfiguration: corsOf(isSound),
            Name: 'orders',
            ProtocolType: 'HTTP',
            RouteSelectionExpression: '$request.method $request.path',
            Tags: {},
          },
        ],
      },
      'apigatewayv2.GetStages': {
        Items: [
          {
            StageName: '$default',
            AutoDeploy: true,
            DefaultRouteSettings: { DetailedMetricsEnabled: false },
            RouteSettings: {},
            StageVariables: {},
            Tags: {},
          },
        ],
      },
      // Each version of the service answers for every domain.
      'apigatewayv2.GetDomainNames': { Items: [{ DomainName: 'api.example.com' }] },
      'apigateway.GetDomainNames': {
        items: [
          {
            domainName: 'api.example.com',
            domainNameStatus: 'AVAILABLE',
            endpointConfiguration: { types: ['REGIONAL'] },
            regionalCertificateArn: regionalCertificate,
            regionalDomainName: regional,
            securityPolicy: SecurityPolicy,
          },
        ],
      },
      'apigatewayv2.GetApiMappings': {
        Items: [{ ApiId: 'h1h2h3h4h5', ApiMappingId: 'm1', ApiMappingKey: '', Stage: '$default' }],
      },
    },
  };
}

const regionalHost = {
  declaredHost: at('Domain', 'RegionalDomainName'),
  liveHost: 'd-abcdefghij.execute-api.eu-west-1.amazonaws.com',
};

const httpApi: ParityCase = {
  name: 'an HTTP API with a custom domain behind a distribution',
  sound: [distributionSide({ ...regionalHost, isSound: true }), edgeAcl].reduce(layOver, httpApiSide(true)),
  bad: layOver(httpApiSide(false), distributionSide({ ...regionalHost, isSound: false })),
  pairs: [
    pair('AWS::ApiGatewayV2::Api', 'HttpApi', 'orders'),
    pair('AWS::ApiGatewayV2::Stage', 'HttpStage', 'orders/$default'),
    pair('AWS::ApiGateway::DomainName', 'Domain', 'api.example.com', 'AWS::ApiGatewayV2::DomainName'),
    pair('AWS::CloudFront::Distribution', 'Edge', 'E1'),
    pair('AWS::WAFv2::WebACL', 'EdgeAcl', 'edge'),
  ],
  proofs: [
    {
      type: 'AWS::ApiGatewayV2::ApiMapping',
      owner: 'HttpApi',
      rules: ['api.client.default-endpoint', 'api.waf.associated.http-api'],
      change: {
        resources: { Mapping: undefined },
        replies: { 'apigatewayv2.GetApiMappings': { Items: [] } },
      },
    },
  ],
};

const restHost = {
  declaredHost: sub('${Api}.execute-api.${AWS::Region}.amazonaws.com'),
  liveHost: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
  path: '/prod',
};

const restBehindEdge: ParityCase = {
  name: 'a REST API behind a distribution',
  sound: [distributionSide({ ...restHost, isSound: true }), edgeAcl].reduce(layOver, restSide()),
  bad: distributionSide({ ...restHost, isSound: false }),
  pairs: [
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::CloudFront::Distribution', 'Edge', 'E1'),
    pair('AWS::WAFv2::WebACL', 'EdgeAcl', 'edge'),
  ],
};

/** Distributions and firewalls, and what stands behind them. */
export const edgeCases: readonly ParityCase[] = [functionUrl, stageAcl, httpApi, restBehindEdge];
