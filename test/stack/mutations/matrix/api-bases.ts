import type { Base, Edit } from '../apply-mutation.ts';

const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/0c1d2e3f';

/** A distribution with a web ACL before some origin. */
function distribution(id: string, domainName: unknown): Edit {
  return {
    add: id,
    to: 'HeadgateApi',
    resource: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Enabled: true,
          WebACLId: webAclArn,
          Origins: [
            {
              Id: 'origin',
              DomainName: domainName,
              CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
            },
          ],
          DefaultCacheBehavior: { TargetOriginId: 'origin', ViewerProtocolPolicy: 'https-only' },
          ViewerCertificate: {
            AcmCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/orders',
            MinimumProtocolVersion: 'TLSv1.2_2021',
            SslSupportMethod: 'sni-only',
          },
        },
      },
    },
  };
}

export const httpApi: Base = {
  name: 'an HTTP API behind a distribution',
  edits: [
    {
      add: 'OrdersHttpApi',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: { Name: 'orders', ProtocolType: 'HTTP', DisableExecuteApiEndpoint: true },
      },
    },
    {
      add: 'OrdersAuthorizer',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          ApiId: { Ref: 'OrdersHttpApi' },
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['orders'] },
          Name: 'clients',
        },
      },
    },
    {
      add: 'OrdersIntegration',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'OrdersHttpApi' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { Ref: 'ApiOrderApiLive' },
          PayloadFormatVersion: '2.0',
        },
      },
    },
    {
      add: 'OrdersRoute',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'OrdersHttpApi' },
          AuthorizationType: 'JWT',
          AuthorizerId: { Ref: 'OrdersAuthorizer' },
          RouteKey: 'GET /orders',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'OrdersIntegration' }]] },
        },
      },
    },
    distribution('ApiEdge', {
      'Fn::Join': ['', [{ Ref: 'OrdersHttpApi' }, '.execute-api.', { Ref: 'AWS::Region' }, '.amazonaws.com']],
    }),
  ],
};

export const functionUrl: Base = {
  name: 'a function URL behind a distribution',
  edits: [
    {
      add: 'ReportsUrl',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::Lambda::Url',
        Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { Ref: 'ApiOrderApiLive' } },
      },
    },
    distribution('ReportsEdge', {
      'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['ReportsUrl', 'FunctionUrl'] }] }],
    }),
  ],
};

export const cache: Base = {
  name: 'a stage that caches',
  edits: [
    { id: 'ApiDeploymentStagelive', set: 'CacheClusterEnabled', to: true },
    { id: 'ApiDeploymentStagelive', set: 'CacheClusterSize', to: '0.5' },
    { id: 'ApiDeploymentStagelive', set: 'MethodSettings.0.CachingEnabled', to: true },
  ],
};
