import type { Base, Edit } from '../apply-mutation.ts';

const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/0c1d2e3f';

/** A distribution with a web ACL before some origin. */
function distribution(id: string, domainName: unknown, to = 'HeadgateApi'): Edit {
  return {
    add: id,
    to,
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
              OriginAccessControlId: 'E2QWRUHAPOMQZL',
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

const key = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const foundation = 'HeadgateFoundation';

export const webFunction: Base = {
  name: 'a Web Function behind a distribution',
  edits: [
    {
      add: 'Shop',
      to: foundation,
      resource: { Type: 'AWS::Lambda::WebFunction', Properties: { FunctionName: 'shop' } },
    },
    {
      add: 'ShopLogs',
      to: foundation,
      resource: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: key, RetentionInDays: 365 } },
    },
    {
      add: 'ShopConnector',
      to: foundation,
      resource: {
        Type: 'AWS::Lambda::NetworkConnector',
        Properties: {
          Configuration: {
            VpcEgressConfiguration: {
              AssociatedComputeResourceTypes: ['WebFunction'],
              NetworkProtocol: 'IPv4',
              SecurityGroupIds: ['sg-0123456789abcdef0'],
              SubnetIds: [
                { Ref: 'FoundationNetworkVpcFunctionsSubnet1Subnet' },
                { Ref: 'FoundationNetworkVpcFunctionsSubnet2Subnet' },
              ],
            },
          },
        },
      },
    },
    {
      add: 'ShopRevision',
      to: foundation,
      resource: {
        Type: 'AWS::Lambda::WebFunctionRevision',
        Properties: {
          BuildConfig: {
            CodeConfig: { S3Object: { Bucket: 'code', Key: 'shop.zip' } },
            RuntimeConfig: { Runtime: 'nodejs24.x' },
          },
          FunctionName: { Ref: 'Shop' },
          KmsKeyArn: key,
          ServiceConfig: {
            EgressNetworkConnectorArn: { 'Fn::GetAtt': ['ShopConnector', 'Arn'] },
            EnvironmentVariables: { STAGE: 'prod' },
            ExecutionRoleArn: 'arn:aws:iam::111122223333:role/shop',
            TelemetryConfig: { LoggingConfig: { LogGroup: { Ref: 'ShopLogs' } } },
          },
        },
      },
    },
    {
      add: 'ShopEndpoint',
      to: foundation,
      resource: {
        Type: 'AWS::Lambda::WebFunctionEndpoint',
        Properties: {
          AuthType: 'IamAuth',
          EndpointName: 'web',
          EndpointType: 'HomeRegion',
          FunctionName: { Ref: 'Shop' },
          ThrottleConfig: { RateLimit: 100 },
        },
      },
    },
    distribution('ShopEdge', { 'Fn::GetAtt': ['ShopEndpoint', 'DomainName'] }, foundation),
  ],
};
