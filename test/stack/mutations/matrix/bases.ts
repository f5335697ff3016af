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

export const pricesMethod: Base = {
  name: 'a method that passes requests on to a web address',
  edits: [
    {
      add: 'PricesMethod',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          ApiKeyRequired: true,
          AuthorizationType: 'COGNITO_USER_POOLS',
          AuthorizerId: { Ref: 'ApiAuthorizer' },
          HttpMethod: 'GET',
          Integration: {
            IntegrationHttpMethod: 'GET',
            TimeoutInMillis: 5000,
            Type: 'HTTP_PROXY',
            Uri: 'https://pricing.example.com/prices',
          },
          RequestValidatorId: { Ref: 'ApiValidator' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          RestApiId: { Ref: 'Api' },
        },
      },
    },
  ],
};

export const apiDestination: Base = {
  name: 'a rule that sends events to a web address',
  edits: [
    {
      add: 'PartnerConnection',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Events::Connection',
        Properties: {
          AuthorizationType: 'API_KEY',
          AuthParameters: {
            ApiKeyAuthParameters: {
              ApiKeyName: 'x-api-key',
              ApiKeyValue: '{{resolve:secretsmanager:partner:SecretString:key}}',
            },
          },
        },
      },
    },
    {
      add: 'Partner',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Events::ApiDestination',
        Properties: {
          ConnectionArn: { 'Fn::GetAtt': ['PartnerConnection', 'Arn'] },
          HttpMethod: 'POST',
          InvocationEndpoint: 'https://partner.example.com/orders',
          InvocationRateLimitPerSecond: 10,
        },
      },
    },
    {
      add: 'PartnerRule',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { Ref: 'EventsBus' },
          EventPattern: { source: ['headgate.orders'] },
          Targets: [
            {
              Arn: { 'Fn::GetAtt': ['Partner', 'Arn'] },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['EventsUndeliveredQueue', 'Arn'] } },
              Id: 'partner',
              RetryPolicy: { MaximumRetryAttempts: 8 },
              RoleArn: { 'Fn::GetAtt': ['EventsForwardUploadsEventsRole', 'Arn'] },
            },
          ],
        },
      },
    },
    // The dead-letter queue admits what the new rule could not deliver.
    {
      id: 'EventsUndeliveredQueuePolicy',
      set: 'PolicyDocument.Statement.-',
      to: {
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['PartnerRule', 'Arn'] } } },
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: { 'Fn::GetAtt': ['EventsUndeliveredQueue', 'Arn'] },
      },
    },
  ],
};

export const spareSubnet: Base = {
  name: 'a function in a subnet of its own',
  edits: [
    {
      add: 'SpareSubnet',
      to: 'HeadgateFoundation',
      resource: {
        Type: 'AWS::EC2::Subnet',
        Properties: {
          AvailabilityZone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
          CidrBlock: '10.0.250.0/24',
          VpcId: { Ref: 'FoundationNetworkVpc' },
        },
      },
    },
    {
      add: 'SpareRouteTable',
      to: 'HeadgateFoundation',
      resource: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'FoundationNetworkVpc' } } },
    },
    {
      add: 'SpareAssociation',
      to: 'HeadgateFoundation',
      resource: {
        Type: 'AWS::EC2::SubnetRouteTableAssociation',
        Properties: { RouteTableId: { Ref: 'SpareRouteTable' }, SubnetId: { Ref: 'SpareSubnet' } },
      },
    },
    { id: 'FoundationNetworkVpcS3', set: 'RouteTableIds.-', to: { Ref: 'SpareRouteTable' } },
    { id: 'FoundationNetworkVpcDynamoDb', set: 'RouteTableIds.-', to: { Ref: 'SpareRouteTable' } },
    {
      stack: 'HeadgateFoundation',
      set: 'Outputs.SpareSubnet',
      to: { Value: { Ref: 'SpareSubnet' }, Export: { Name: 'spare-subnet' } },
    },
    {
      id: 'EventsWriteAuditTrailFunction',
      set: 'VpcConfig.SubnetIds.0',
      to: { 'Fn::ImportValue': 'spare-subnet' },
    },
  ],
};

export const stream: Base = {
  name: 'a consumer of a stream',
  edits: [
    {
      add: 'Clicks',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Kinesis::Stream',
        Properties: {
          ShardCount: 1,
          StreamEncryption: { EncryptionType: 'KMS', KeyId: { 'Fn::GetAtt': ['EventsKey', 'Arn'] } },
        },
      },
    },
    {
      add: 'ClicksMapping',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          BisectBatchOnFunctionError: true,
          DestinationConfig: {
            OnFailure: { Destination: { 'Fn::GetAtt': ['EventsFailuresQueue', 'Arn'] } },
          },
          EventSourceArn: { 'Fn::GetAtt': ['Clicks', 'Arn'] },
          FunctionName: { Ref: 'EventsRecordOrderFunction' },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          MaximumRecordAgeInSeconds: 3600,
          MaximumRetryAttempts: 5,
          StartingPosition: 'LATEST',
        },
      },
    },
  ],
};

export const kafka: Base = {
  name: 'a consumer of a Kafka topic, which has no dead-letter queue',
  edits: [
    {
      add: 'PaymentsMapping',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'ApiOrderApiFunction' },
          SelfManagedEventSource: {
            Endpoints: { KafkaBootstrapServers: ['kafka.example.com:9094'] },
          },
          SourceAccessConfigurations: [{ Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-0a1b2c3d' }],
          StartingPosition: 'LATEST',
          Topics: ['payments'],
        },
      },
    },
  ],
};

export const subscriber: Base = {
  name: 'a bus of the new kind with a subscriber',
  edits: [
    {
      add: 'Parcels',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::EventsV2::EventBus',
        Properties: {
          EncryptionConfiguration: { KmsKeyIdentifier: { 'Fn::GetAtt': ['EventsKey', 'Arn'] } },
          Name: 'parcels',
          StorageConfiguration: { RetentionPeriodInDays: 30 },
        },
      },
    },
    {
      add: 'ParcelsRole',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              {
                Action: 'sts:AssumeRole',
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
              },
            ],
          },
          Policies: [
            {
              PolicyDocument: {
                Statement: [
                  {
                    Action: 'sqs:SendMessage',
                    Effect: 'Allow',
                    Resource: [
                      { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] },
                      { 'Fn::GetAtt': ['EventsUndeliveredQueue', 'Arn'] },
                    ],
                  },
                ],
              },
              PolicyName: 'deliver',
            },
          ],
        },
      },
    },
    {
      add: 'ParcelsSubscriber',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::EventsV2::Subscriber',
        Properties: {
          EventBusArn: { 'Fn::GetAtt': ['Parcels', 'Arn'] },
          FilterConfiguration: { Filters: [{ Pattern: '{"detail-type":["parcel.sent"]}' }] },
          InvokeConfiguration: {
            RoleArn: { 'Fn::GetAtt': ['ParcelsRole', 'Arn'] },
            TargetArn: { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] },
          },
          Name: 'parcels',
          OnFailureConfiguration: { Arn: { 'Fn::GetAtt': ['EventsUndeliveredQueue', 'Arn'] } },
        },
      },
    },
  ],
};

/** A role that may do everything may use any service. */
export const everyEndpoint: Base = {
  name: 'endpoints for every service',
  edits: ['monitoring', 'sts', 'ssm'].map((service) => ({
    add: `Endpoint${service}`,
    to: 'HeadgateFoundation',
    resource: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        PolicyDocument: {
          Statement: [
            {
              Action: `${service}:*`,
              Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
              Effect: 'Allow',
              Principal: '*',
              Resource: '*',
            },
          ],
        },
        PrivateDnsEnabled: true,
        SecurityGroupIds: [{ 'Fn::GetAtt': ['FoundationNetworkEndpointGroup', 'GroupId'] }],
        ServiceName: `com.amazonaws.eu-west-1.${service}`,
        SubnetIds: [{ Ref: 'FoundationNetworkVpcFunctionsSubnet1Subnet' }],
        VpcEndpointType: 'Interface',
        VpcId: { Ref: 'FoundationNetworkVpc' },
      },
    },
  })),
};
