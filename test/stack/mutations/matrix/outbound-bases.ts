import type { Base } from '../apply-mutation.ts';

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
      add: 'PartnerRole',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              {
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'Invoke',
              PolicyDocument: {
                Statement: [
                  {
                    Action: 'events:InvokeApiDestination',
                    Effect: 'Allow',
                    Resource: { 'Fn::GetAtt': ['Partner', 'Arn'] },
                  },
                ],
              },
            },
          ],
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
              RoleArn: { 'Fn::GetAtt': ['PartnerRole', 'Arn'] },
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
