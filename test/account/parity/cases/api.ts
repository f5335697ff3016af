import { functionArn, functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, sub, to, type ParityCase, type Side } from '../parity-case.ts';
import { restSide } from '../rest-side.ts';

const httpBackEnd = (uri: string, timeout?: number): readonly [object, object] => [
  {
    Type: 'HTTP_PROXY',
    IntegrationHttpMethod: 'GET',
    Uri: uri,
    ...(timeout === undefined ? {} : { TimeoutInMillis: timeout }),
  },
  {
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri,
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: timeout ?? 29_000,
  },
];
const mock: readonly [object, object] = [
  { Type: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode": 200}' } },
  {
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
  },
];
const open = { properties: { AuthorizationType: 'NONE' }, method: { authorizationType: 'NONE' } };

/** A REST API under its own domain, whose clients bring keys and tokens; or one that asks for neither. */
function clientsSide(isSound: boolean): Side {
  const limits = { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 };
  const format = '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp"}';
  const logArn = arn('logs', 'log-group:orders-api');
  const rest = restSide({
    properties: {
      EndpointConfiguration: { Types: ['REGIONAL'] },
      DisableExecuteApiEndpoint: isSound,
      SecurityPolicy: isSound ? 'SecurityPolicy_TLS13_1_2_2021_06' : 'TLS_1_0',
    },
    api: {
      endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: isSound,
      securityPolicy: isSound ? 'SecurityPolicy_TLS13_1_2_2021_06' : 'TLS_1_0',
    },
    stageProperties: {
      CacheClusterEnabled: true,
      CacheClusterSize: '0.5',
      MethodSettings: [
        {
          ResourcePath: '/*',
          HttpMethod: '*',
          CachingEnabled: true,
          CacheDataEncrypted: isSound,
          DataTraceEnabled: !isSound,
          ...(isSound ? limits : {}),
        },
      ],
      ...(isSound
        ? { AccessLogSetting: { DestinationArn: at('Logs'), Format: format }, TracingEnabled: true }
        : {}),
    },
    stage: {
      cacheClusterEnabled: true,
      cacheClusterSize: '0.5',
      cacheClusterStatus: 'AVAILABLE',
      tracingEnabled: isSound,
      methodSettings: {
        '*/*': {
          cachingEnabled: true,
          cacheDataEncrypted: isSound,
          dataTraceEnabled: !isSound,
          metricsEnabled: false,
          cacheTtlInSeconds: 300,
          requireAuthorizationForCacheControl: true,
          throttlingBurstLimit: isSound ? 100 : 5_000,
          throttlingRateLimit: isSound ? 50 : 10_000,
        },
      },
      ...(isSound ? { accessLogSettings: { destinationArn: logArn, format } } : {}),
    },
    methods: {
      POST: isSound
        ? {
            properties: {
              AuthorizationType: 'CUSTOM',
              AuthorizerId: to('Tokens'),
              ApiKeyRequired: true,
              RequestValidatorId: to('Validator'),
              RequestModels: { 'application/json': to('Order') },
            },
            method: {
              authorizationType: 'CUSTOM',
              authorizerId: 'a1',
              apiKeyRequired: true,
              requestValidatorId: 'v1',
              requestModels: { 'application/json': 'Order' },
            },
          }
        : {
            properties: { AuthorizationType: 'NONE', ApiKeyRequired: true },
            method: { authorizationType: 'NONE', apiKeyRequired: true },
          },
      GET: {
        properties: {
          AuthorizationType: 'AWS_IAM',
          ...(isSound ? { RequestValidatorId: to('Validator') } : {}),
        },
        method: { authorizationType: 'AWS_IAM', ...(isSound ? { requestValidatorId: 'v1' } : {}) },
        integration: isSound
          ? httpBackEnd('https://partner.example.com/orders', 5_000)
          : httpBackEnd('http://partner.example.com/orders'),
      },
      OPTIONS: { ...open, integration: mock },
    },
  });
  return layOver(rest, {
    resources: {
      Logs: ['AWS::Logs::LogGroup', { LogGroupName: 'orders-api' }],
      Tokens: [
        'AWS::ApiGateway::Authorizer',
        {
          RestApiId: to('Api'),
          Name: 'tokens',
          Type: 'TOKEN',
          AuthorizerUri: sub(
            'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
          ),
          ...(isSound ? { IdentitySource: 'method.request.header.Authorization' } : {}),
        },
      ],
      Validator: [
        'AWS::ApiGateway::RequestValidator',
        { RestApiId: to('Api'), Name: 'all', ValidateRequestBody: true, ValidateRequestParameters: true },
      ],
      Order: [
        'AWS::ApiGateway::Model',
        { RestApiId: to('Api'), Name: 'Order', ContentType: 'application/json', Schema: { type: 'object' } },
      ],
      Plan: isSound
        ? [
            'AWS::ApiGateway::UsagePlan',
            {
              UsagePlanName: 'partners',
              ApiStages: [{ ApiId: to('Api'), Stage: to('Stage') }],
              Quota: { Limit: 10_000, Period: 'DAY' },
              Throttle: { BurstLimit: 20, RateLimit: 10 },
            },
          ]
        : undefined,
      Domain: [
        'AWS::ApiGateway::DomainName',
        {
          DomainName: 'api.example.com',
          EndpointConfiguration: { Types: ['REGIONAL'] },
          SecurityPolicy: isSound ? 'TLS_1_2' : 'TLS_1_0',
          ...(isSound ? { RegionalCertificateArn: to('Certificate') } : {}),
        },
      ],
      Certificate: isSound
        ? ['AWS::CertificateManager::Certificate', { DomainName: 'api.example.com' }]
        : undefined,
      Mapping: [
        'AWS::ApiGateway::BasePathMapping',
        { DomainName: to('Domain'), RestApiId: to('Api'), Stage: to('Stage') },
      ],
    },
    replies: {
      'cloudwatch-logs.DescribeLogGroups': {
        logGroups: [{ logGroupName: 'orders-api', logGroupArn: logArn, arn: `${logArn}:*` }],
      },
      'apigateway.GetAuthorizers': {
        items: [
          {
            id: 'a1',
            name: 'tokens',
            type: 'TOKEN',
            authType: 'custom',
            authorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
            ...(isSound ? { identitySource: 'method.request.header.Authorization' } : {}),
          },
        ],
      },
      'apigateway.GetRequestValidators': {
        items: [{ id: 'v1', name: 'all', validateRequestBody: true, validateRequestParameters: true }],
      },
      'apigateway.GetModels': {
        items: [{ id: 'm1', name: 'Order', contentType: 'application/json', schema: '{"type":"object"}' }],
      },
      'apigateway.GetUsagePlans': {
        items: isSound
          ? [
              {
                id: 'p1',
                name: 'partners',
                apiStages: [{ apiId: 'a1b2c3d4e5', stage: 'prod' }],
                quota: { limit: 10_000, offset: 0, period: 'DAY' },
                throttle: { burstLimit: 20, rateLimit: 10 },
              },
            ]
          : [],
      },
      'apigateway.GetDomainNames': {
        items: [
          {
            domainName: 'api.example.com',
            endpointConfiguration: { types: ['REGIONAL'] },
            securityPolicy: isSound ? 'TLS_1_2' : 'TLS_1_0',
            regionalDomainName: 'd-abcdefghij.execute-api.eu-west-1.amazonaws.com',
            ...(isSound ? { regionalCertificateArn: arn('acm', 'certificate/1') } : {}),
          },
        ],
      },
      'acm.ListCertificates': {
        CertificateSummaryList: isSound
          ? [
              {
                CertificateArn: arn('acm', 'certificate/1'),
                DomainName: 'api.example.com',
                SubjectAlternativeNameSummaries: ['api.example.com'],
                HasAdditionalSubjectAlternativeNames: false,
                KeyAlgorithm: 'RSA-2048',
                Status: 'ISSUED',
                Type: 'AMAZON_ISSUED',
              },
            ]
          : [],
      },
      'apigatewayv2.GetDomainNames': { Items: [{ DomainName: 'api.example.com' }] },
      'apigatewayv2.GetApiMappings': {
        Items: [{ ApiId: 'a1b2c3d4e5', ApiMappingId: 'm1', ApiMappingKey: '', Stage: 'prod' }],
      },
    },
  });
}

const clients: ParityCase = {
  name: 'a REST API whose clients bring keys and tokens',
  sound: layOver(functionSide(), clientsSide(true)),
  bad: clientsSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Logs::LogGroup', 'Logs', 'orders-api'),
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::ApiGateway::Method', 'POSTMethod', 'orders POST /orders'),
    pair('AWS::ApiGateway::Method', 'GETMethod', 'orders GET /orders'),
    pair('AWS::ApiGateway::Method', 'OPTIONSMethod', 'orders OPTIONS /orders'),
    pair('AWS::ApiGateway::Authorizer', 'Tokens', 'tokens'),
    pair('AWS::ApiGateway::DomainName', 'Domain', 'api.example.com'),
  ],
  idle: [
    {
      type: 'AWS::CertificateManager::Certificate',
      without: { 'acm.ListCertificates': { CertificateSummaryList: [] } },
      reason: 'that a domain has a certificate of ACM is told by the ARN that it names',
    },
  ],
  exceptions: [
    {
      logicalId: 'GETMethod',
      rule: 'batch.downstream.api-timeouts.integration',
      declared: 'fail',
      live: 'unknown',
      reason: 'the service answers 29,000 ms where nobody set a timeout, as it does where somebody set that',
    },
  ],
  proofs: [
    {
      type: 'AWS::ApiGateway::RequestValidator',
      owner: 'POSTMethod',
      rules: ['api.gateway.request-validation'],
      change: {
        resources: {
          Validator: [
            'AWS::ApiGateway::RequestValidator',
            { RestApiId: to('Api'), Name: 'all', ValidateRequestParameters: true },
          ],
        },
        replies: {
          'apigateway.GetRequestValidators': {
            items: [{ id: 'v1', name: 'all', validateRequestBody: false, validateRequestParameters: true }],
          },
        },
      },
    },
    {
      type: 'AWS::ApiGateway::UsagePlan',
      owner: 'Api',
      rules: ['api.gateway.usage-plans'],
      change: {
        resources: {
          Plan: [
            'AWS::ApiGateway::UsagePlan',
            { UsagePlanName: 'partners', ApiStages: [{ ApiId: to('Api'), Stage: to('Stage') }] },
          ],
        },
        replies: {
          'apigateway.GetUsagePlans': {
            items: [{ id: 'p1', name: 'partners', apiStages: [{ apiId: 'a1b2c3d4e5', stage: 'prod' }] }],
          },
        },
      },
    },
    {
      type: 'AWS::ApiGatewayV2::ApiMapping',
      declaredAs: 'AWS::ApiGateway::BasePathMapping',
      owner: 'Api',
      rules: ['api.client.default-endpoint'],
      change: {
        resources: { Mapping: undefined },
        replies: { 'apigatewayv2.GetApiMappings': { Items: [] } },
      },
    },
  ],
};

const poolArn = arn('cognito-idp', 'userpool/eu-west-1_AbCdEfGhI');

/** An HTTP API that takes tokens of a user pool; or of an issuer that nobody can trust. */
function tokensSide(isSound: boolean): Side {
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI';
  const partner = `${isSound ? 'https' : 'http'}://partner.example.com`;
  return {
    resources: {
      HttpApi: ['AWS::ApiGatewayV2::Api', { Name: 'orders', ProtocolType: 'HTTP' }],
      HttpStage: [
        'AWS::ApiGatewayV2::Stage',
        { ApiId: to('HttpApi'), StageName: '$default', AutoDeploy: true },
      ],
      Jwt: [
        'AWS::ApiGatewayV2::Authorizer',
        {
          ApiId: to('HttpApi'),
          Name: 'jwt',
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: isSound
            ? {
                Issuer: sub('https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}'),
                Audience: [to('Client')],
              }
            : { Issuer: 'http://tokens.example.com' },
        },
      ],
      Requests: [
        'AWS::ApiGatewayV2::Authorizer',
        {
          ApiId: to('HttpApi'),
          Name: 'requests',
          AuthorizerType: 'REQUEST',
          AuthorizerPayloadFormatVersion: '2.0',
          AuthorizerUri: sub(
            'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
          ),
          ...(isSound ? { IdentitySource: ['$request.header.Authorization'] } : {}),
        },
      ],
      Partner: [
        'AWS::ApiGatewayV2::Integration',
        {
          ApiId: to('HttpApi'),
          IntegrationType: 'HTTP_PROXY',
          IntegrationMethod: 'GET',
          IntegrationUri: partner,
          PayloadFormatVersion: '1.0',
          TimeoutInMillis: isSound ? 5_000 : 30_000,
        },
      ],
      Route: [
        'AWS::ApiGatewayV2::Route',
        {
          ApiId: to('HttpApi'),
          RouteKey: 'GET /orders',
          ...(isSound
            ? { AuthorizationType: 'JWT', AuthorizerId: to('Jwt') }
            : { AuthorizationType: 'NONE' }),
          Target: sub('integrations/${Partner}'),
        },
      ],
      Pool: [
        'AWS::Cognito::UserPool',
        { UserPoolName: 'users', LambdaConfig: { PreTokenGeneration: at('Fn') } },
      ],
      Client: ['AWS::Cognito::UserPoolClient', { UserPoolId: to('Pool'), ClientName: 'web' }],
    },
    replies: {
      'apigatewayv2.GetApis': {
        Items: [
          {
            ApiId: 'h1h2h3h4h5',
            Name: 'orders',
            ProtocolType: 'HTTP',
            DisableExecuteApiEndpoint: false,
            ApiEndpoint: 'https://h1h2h3h4h5.execute-api.eu-west-1.amazonaws.com',
          },
        ],
      },
      'apigatewayv2.GetAuthorizers': {
        Items: [
          {
            AuthorizerId: 'a1',
            Name: 'jwt',
            AuthorizerType: 'JWT',
            IdentitySource: ['$request.header.Authorization'],
            JwtConfiguration: isSound
              ? { Issuer: issuer, Audience: ['client1'] }
              : { Issuer: 'http://tokens.example.com' },
          },
          {
            AuthorizerId: 'a2',
            Name: 'requests',
            AuthorizerType: 'REQUEST',
            AuthorizerPayloadFormatVersion: '2.0',
            AuthorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
            EnableSimpleResponses: false,
            ...(isSound ? { IdentitySource: ['$request.header.Authorization'] } : { IdentitySource: [] }),
          },
        ],
      },
      'apigatewayv2.GetIntegrations': {
        Items: [
          {
            IntegrationId: 'i1',
            IntegrationType: 'HTTP_PROXY',
            IntegrationMethod: 'GET',
            IntegrationUri: partner,
            ConnectionType: 'INTERNET',
            PayloadFormatVersion: '1.0',
            TimeoutInMillis: isSound ? 5_000 : 30_000,
          },
        ],
      },
      'apigatewayv2.GetStages': { Items: [{ StageName: '$default', AutoDeploy: true }] },
      'apigatewayv2.GetRoutes': {
        Items: [
          {
            RouteId: 'r1',
            RouteKey: 'GET /orders',
            ApiKeyRequired: false,
            ...(isSound ? { AuthorizationType: 'JWT', AuthorizerId: 'a1' } : { AuthorizationType: 'NONE' }),
            Target: 'integrations/i1',
          },
        ],
      },
      'cognito.ListUserPools': { UserPools: [{ Id: 'eu-west-1_AbCdEfGhI', Name: 'users' }] },
      'cognito.DescribeUserPool': {
        UserPool: {
          Id: 'eu-west-1_AbCdEfGhI',
          Name: 'users',
          Arn: poolArn,
          LambdaConfig: {
            PreTokenGeneration: functionArn,
            PreTokenGenerationConfig: { LambdaArn: functionArn, LambdaVersion: 'V1_0' },
          },
        },
      },
      'cognito.ListUserPoolClients': {
        UserPoolClients: [{ ClientId: 'client1', ClientName: 'web', UserPoolId: 'eu-west-1_AbCdEfGhI' }],
      },
    },
  };
}

const tokens: ParityCase = {
  name: 'an HTTP API that takes tokens',
  sound: layOver(functionSide(), tokensSide(true)),
  bad: tokensSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::ApiGatewayV2::Api', 'HttpApi', 'orders'),
    pair('AWS::Cognito::UserPool', 'Pool', 'users'),
    pair('AWS::ApiGatewayV2::Stage', 'HttpStage', 'orders/$default'),
    pair('AWS::ApiGatewayV2::Authorizer', 'Jwt', 'jwt'),
    pair('AWS::ApiGatewayV2::Authorizer', 'Requests', 'requests'),
    pair('AWS::ApiGatewayV2::Integration', 'Partner', 'i1'),
    pair('AWS::ApiGatewayV2::Route', 'Route', 'orders GET /orders'),
  ],
};

const trigger: ParityCase = {
  name: 'a function that a user pool triggers',
  sound: layOver(functionSide(), {
    resources: { Pool: tokensSide(true).resources.Pool },
    replies: {
      'cognito.ListUserPools': tokensSide(true).replies['cognito.ListUserPools'] ?? {},
      'cognito.DescribeUserPool': tokensSide(true).replies['cognito.DescribeUserPool'] ?? {},
    },
  }),
  bad: { resources: {}, replies: {} },
  pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders'), pair('AWS::Cognito::UserPool', 'Pool', 'users')],
  proofs: [
    {
      type: 'AWS::Cognito::UserPool',
      owner: 'Fn',
      rules: ['all.lambda.async-failure', 'all.xray.everywhere'],
      change: {
        resources: { Pool: ['AWS::Cognito::UserPool', { UserPoolName: 'users' }] },
        replies: { 'cognito.DescribeUserPool': { UserPool: { Name: 'users', LambdaConfig: {} } } },
      },
    },
  ],
};

const privateDomainArn =
  'arn:aws:apigateway:eu-west-1:111122223333:/domainnames/private.example.com+abcd1234';

/** A private API under a private domain. */
function privateSide(isSound: boolean): Side {
  const SecurityPolicy = isSound ? 'TLS_1_2' : 'TLS_1_0';
  const Policy = {
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        ...(isSound ? { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } } : {}),
      },
    ],
  };
  const rest = restSide({
    properties: { EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-1'] }, Policy },
    api: {
      endpointConfiguration: { types: ['PRIVATE'], vpcEndpointIds: ['vpce-1'] },
      policy: JSON.stringify(Policy),
    },
  });
  return layOver(rest, {
    resources: {
      PrivateDomain: [
        'AWS::ApiGateway::DomainNameV2',
        {
          DomainName: 'private.example.com',
          EndpointConfiguration: { Types: ['PRIVATE'] },
          SecurityPolicy,
          ...(isSound ? { CertificateArn: arn('acm', 'certificate/1') } : {}),
        },
      ],
      PrivateMapping: [
        'AWS::ApiGateway::BasePathMappingV2',
        {
          DomainNameArn: at('PrivateDomain', 'DomainNameArn'),
          RestApiId: to('Api'),
          Stage: to('Stage'),
        },
      ],
    },
    replies: {
      'apigateway.GetDomainNames': {
        items: [
          {
            domainName: 'private.example.com',
            domainNameId: 'abcd1234',
            domainNameArn: privateDomainArn,
            endpointConfiguration: { types: ['PRIVATE'] },
            securityPolicy: SecurityPolicy,
            ...(isSound ? { certificateArn: arn('acm', 'certificate/1') } : {}),
          },
        ],
      },
      'apigateway.GetBasePathMappings': { items: [{ restApiId: 'a1b2c3d4e5', stage: 'prod' }] },
    },
  });
}

const privateApi: ParityCase = {
  name: 'a private API under a private domain',
  sound: privateSide(true),
  bad: privateSide(false),
  pairs: [
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::ApiGateway::DomainNameV2', 'PrivateDomain', 'private.example.com'),
  ],
  idle: [
    {
      type: 'AWS::ApiGateway::BasePathMappingV2',
      without: { 'apigateway.GetBasePathMappings': { items: [] } },
      reason: 'private APIs alone have them, of which no rule asks for a default endpoint or a distribution',
    },
  ],
};

/** APIs with their clients. */
export const apiCases: readonly ParityCase[] = [clients, tokens, trigger, privateApi];
