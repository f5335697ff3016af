import type { Base, Mutation } from '../apply-mutation.ts';
import { functionUrl, httpApi } from './api-bases.ts';
import { imageRepository } from './event-bases.ts';
import { everyEndpoint } from './function-bases.ts';

const foundation = 'HeadgateFoundation';

const graph: Base = {
  name: 'a GraphQL API with a cache',
  edits: [
    {
      add: 'Graph',
      to: foundation,
      resource: {
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: {
          Name: 'orders',
          AuthenticationType: 'AWS_IAM',
          LogConfig: {
            CloudWatchLogsRoleArn: 'arn:aws:iam::111122223333:role/logs',
            FieldLogLevel: 'ERROR',
          },
          XrayEnabled: true,
        },
      },
    },
    {
      add: 'GraphCache',
      to: foundation,
      resource: {
        Type: 'AWS::AppSync::ApiCache',
        Properties: {
          ApiId: { 'Fn::GetAtt': ['Graph', 'ApiId'] },
          AtRestEncryptionEnabled: true,
          TransitEncryptionEnabled: true,
        },
      },
    },
  ],
};

/** Rules of the second catalogue, which goes beyond the reference diagrams. */
export const beyond: readonly Mutation[] = [
  {
    rule: 'more.function-url.cors',
    on: 'ReportsUrl',
    mistake: 'every page may call the function URL with the credentials of its visitor',
    base: functionUrl,
    appears: true,
    edits: [{ id: 'ReportsUrl', set: 'Cors', to: { AllowOrigins: ['https://*'], AllowCredentials: true } }],
  },
  {
    rule: 'more.http-api.cors',
    on: 'OrdersHttpApi',
    mistake: 'every page may call the HTTP API with the credentials of its visitor',
    base: httpApi,
    appears: true,
    edits: [
      {
        id: 'OrdersHttpApi',
        set: 'CorsConfiguration',
        to: { AllowOrigins: ['https://*'], AllowCredentials: true },
      },
    ],
  },
  {
    rule: 'more.dynamodb.deletion-protection',
    on: 'ApiOrders',
    mistake: 'one call deletes the table',
    edits: [{ id: 'ApiOrders', remove: 'DeletionProtectionEnabled' }],
  },
  {
    rule: 'more.kinesis.encryption',
    on: 'Stream',
    mistake: 'a stream is not encrypted',
    appears: true,
    edits: [
      {
        add: 'Stream',
        to: foundation,
        resource: {
          Type: 'AWS::Kinesis::Stream',
          Properties: { RetentionPeriodHours: 168, ShardCount: 1 },
        },
      },
    ],
  },
  {
    rule: 'more.cognito.guests',
    on: 'Visitors',
    mistake: 'guests get credentials',
    appears: true,
    edits: [
      {
        add: 'Visitors',
        to: foundation,
        resource: {
          Type: 'AWS::Cognito::IdentityPool',
          Properties: { AllowUnauthenticatedIdentities: true },
        },
      },
    ],
  },
  {
    rule: 'more.cloudfront.origin-tls',
    on: 'ApiEdge',
    mistake: 'the distribution speaks plain HTTP to the API',
    base: httpApi,
    edits: [
      {
        id: 'ApiEdge',
        set: 'DistributionConfig.Origins.0.CustomOriginConfig.OriginProtocolPolicy',
        to: 'http-only',
      },
    ],
  },
  {
    rule: 'more.cloudfront.origin-access',
    on: 'ReportsEdge',
    mistake: 'the distribution signs nothing',
    base: functionUrl,
    edits: [{ id: 'ReportsEdge', remove: 'DistributionConfig.Origins.0.OriginAccessControlId' }],
  },
  ...[
    ['more.ecr.scanning', 'images are not scanned', 'ImageScanningConfiguration'],
    ['more.ecr.immutable-tags', 'a tag may be moved', 'ImageTagMutability'],
    ['more.ecr.encryption', 'images are encrypted with the key of AWS', 'EncryptionConfiguration'],
  ].map(([rule = '', mistake = '', property = '']) => ({
    rule,
    on: 'Images',
    mistake,
    base: imageRepository,
    edits: [{ id: 'Images', remove: property }],
  })),
  {
    rule: 'more.logs.retention',
    on: 'ApiAccessLogs',
    mistake: 'access logs are kept forever',
    edits: [{ id: 'ApiAccessLogs', remove: 'RetentionInDays' }],
  },
  {
    rule: 'more.logs.encryption',
    on: 'ApiAccessLogs',
    mistake: 'access logs are encrypted with the key of CloudWatch',
    edits: [{ id: 'ApiAccessLogs', remove: 'KmsKeyId' }],
  },
  ...[
    ['more.role.decrypt', 'the role may decrypt with every key', 'kms:Decrypt'],
    ['more.role.escalation', 'the role may give every role any permission', 'iam:PutRolePolicy'],
    ['more.role.pass-role', 'the role may pass every role', 'iam:PassRole'],
    ['more.role.service-wildcards', 'the role may do all of EC2', 'ec2:*'],
  ].map(([rule = '', mistake = '', Action = '']) => ({
    rule,
    on: 'ApiOrderApiFunction',
    mistake,
    base: everyEndpoint,
    edits: [
      {
        id: 'ApiOrderApiRole',
        set: 'Policies.0.PolicyDocument.Statement.-',
        to: { Action, Effect: 'Allow', Resource: '*' },
      },
    ],
  })),
  {
    rule: 'more.workflow.role',
    on: 'EventsFulfilmentStateMachine',
    mistake: 'everyone may assume the role of the state machine',
    edits: [
      {
        id: 'EventsFulfilmentRole',
        set: 'AssumeRolePolicyDocument.Statement.0.Principal',
        to: { AWS: '*' },
      },
    ],
  },
  {
    rule: 'more.cognito.mfa',
    on: 'ApiClientsPool',
    mistake: 'a password is enough',
    edits: [{ id: 'ApiClientsPool', set: 'MfaConfiguration', to: 'OFF' }],
  },
  {
    rule: 'more.dynamodb.capacity',
    on: 'ApiOrders',
    mistake: 'the table has a fixed capacity',
    edits: [{ id: 'ApiOrders', set: 'BillingMode', to: 'PROVISIONED' }],
  },
  {
    rule: 'more.appsync.api-key',
    on: 'Graph',
    mistake: 'an API key is enough',
    base: graph,
    edits: [{ id: 'Graph', set: 'AuthenticationType', to: 'API_KEY' }],
  },
  {
    rule: 'more.appsync.logging',
    on: 'Graph',
    mistake: 'resolvers are not logged',
    base: graph,
    edits: [{ id: 'Graph', remove: 'LogConfig' }],
  },
  {
    rule: 'more.appsync.cache',
    on: 'GraphCache',
    mistake: 'what is cached is not encrypted',
    base: graph,
    edits: [{ id: 'GraphCache', remove: 'AtRestEncryptionEnabled' }],
  },
  {
    rule: 'more.ssm.secrets',
    on: 'PartnerToken',
    mistake: 'a parameter holds a password',
    appears: true,
    edits: [
      {
        add: 'PartnerToken',
        to: foundation,
        resource: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Name: '/orders/partner-password', Type: 'String', Value: 'not-a-secret-any-more' },
        },
      },
    ],
  },
  {
    rule: 'more.stage.secrets',
    on: 'ApiDeploymentStagelive',
    mistake: 'a stage variable holds a password',
    appears: true,
    edits: [{ id: 'ApiDeploymentStagelive', set: 'Variables', to: { PARTNER_PASSWORD: 'not-a-secret' } }],
  },
  {
    rule: 'more.workflow.secrets',
    on: 'EventsFulfilmentStateMachine',
    mistake: 'a substitution of the definition holds a password',
    edits: [
      {
        id: 'EventsFulfilmentStateMachine',
        set: 'DefinitionSubstitutions',
        to: { PartnerPassword: 'not-a-secret' },
      },
    ],
  },
  {
    rule: 'more.private-api.policy',
    on: 'Api',
    mistake: 'every VPC endpoint may call a private API',
    appears: true,
    edits: [
      { id: 'Api', set: 'EndpointConfiguration', to: { Types: ['PRIVATE'] } },
      {
        id: 'Api',
        set: 'Policy',
        to: {
          Statement: [
            { Action: 'execute-api:Invoke', Effect: 'Allow', Principal: '*', Resource: 'execute-api:/*' },
          ],
        },
      },
    ],
  },
  {
    rule: 'more.cognito.password',
    on: 'ApiClientsPool',
    mistake: 'passwords need no symbol',
    edits: [{ id: 'ApiClientsPool', set: 'Policies.PasswordPolicy.RequireSymbols', to: false }],
  },
  {
    rule: 'more.cognito.deletion-protection',
    on: 'ApiClientsPool',
    mistake: 'one call deletes all users',
    edits: [{ id: 'ApiClientsPool', remove: 'DeletionProtection' }],
  },
  ...[
    ['more.firehose.encryption', 'Reports', 'AWS::KinesisFirehose::DeliveryStream', {}],
    ['more.efs.encryption', 'Files', 'AWS::EFS::FileSystem', {}],
    [
      'more.efs.access-point',
      'Directory',
      'AWS::EFS::AccessPoint',
      { FileSystemId: 'fs-1', PosixUser: { Uid: '1001', Gid: '1001' } },
    ],
    [
      'more.kinesis.retention',
      'Clicks',
      'AWS::Kinesis::Stream',
      { ShardCount: 1, StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } },
    ],
    [
      'more.logs.policy',
      'Delivery',
      'AWS::Logs::ResourcePolicy',
      {
        PolicyName: 'open',
        PolicyDocument:
          '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"logs:PutLogEvents","Resource":"*"}]}',
      },
    ],
  ].map(([rule, on, Type, Properties]) => ({
    rule: rule as string,
    on: on as string,
    mistake: `a ${String(Type)} as it is by default, or open`,
    appears: true as const,
    edits: [{ add: on as string, to: foundation, resource: { Type, Properties } }],
  })),
  {
    rule: 'more.function.code-secrets',
    on: 'EventsRecordOrderFunction',
    mistake: 'inline code holds an access key',
    appears: true,
    edits: [
      {
        id: 'EventsRecordOrderFunction',
        set: 'Code',
        to: { ZipFile: "exports.handler = async () => 'AKIAABCDEFGHIJKLMNOP'" },
      },
    ],
  },
];
