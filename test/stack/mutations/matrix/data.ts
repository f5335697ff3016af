import type { Mutation } from '../apply-mutation.ts';
import { sharedSecretPolicy } from './event-bases.ts';

/** DynamoDB, S3, Secrets Manager, KMS. */
export const data: readonly Mutation[] = [
  {
    rule: 'api.dynamodb.encryption',
    on: 'ApiOrders',
    mistake: 'the table is encrypted with the key that AWS manages',
    edits: [{ id: 'ApiOrders', remove: 'SSESpecification.KMSMasterKeyId' }],
  },
  {
    rule: 'api.dynamodb.pitr',
    on: 'ApiOrders',
    mistake: 'no recovery to a point in time',
    edits: [{ id: 'ApiOrders', remove: 'PointInTimeRecoverySpecification' }],
  },
  {
    rule: 'api.s3.encryption',
    on: 'ApiDocuments',
    mistake: 'the bucket is encrypted with keys of S3',
    edits: [
      {
        id: 'ApiDocuments',
        set: 'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault',
        to: { SSEAlgorithm: 'AES256' },
      },
    ],
  },
  {
    rule: 'api.s3.public-access',
    on: 'ApiDocuments',
    mistake: 'a public bucket policy is not blocked',
    edits: [{ id: 'ApiDocuments', set: 'PublicAccessBlockConfiguration.BlockPublicPolicy', to: false }],
  },
  {
    rule: 'api.s3.tls',
    on: 'ApiDocuments',
    mistake: 'the bucket policy lets plain HTTP in',
    edits: [{ id: 'ApiDocumentsPolicy', remove: 'PolicyDocument.Statement.0' }],
  },
  {
    rule: 'api.s3.versioning',
    on: 'ApiDocuments',
    mistake: 'versioning is suspended',
    edits: [{ id: 'ApiDocuments', set: 'VersioningConfiguration.Status', to: 'Suspended' }],
  },
  {
    rule: 'batch.downstream.audit-trail',
    on: 'BatchAuditTrail',
    mistake: 'nobody logs who reads and writes',
    edits: [{ id: 'BatchAuditTrail', remove: 'LoggingConfiguration' }],
  },
  {
    rule: 'api.secrets.kms',
    on: 'ExternalApiKey',
    mistake: 'the secret is encrypted with the key that AWS manages',
    edits: [{ id: 'ExternalApiKey', remove: 'KmsKeyId' }],
  },
  {
    rule: 'all.lambda.no-plaintext-secrets.policy',
    on: 'ExternalApiKey',
    mistake: 'everyone may read the secret',
    edits: [
      {
        add: 'OpenSecret',
        to: 'HeadgateFoundation',
        resource: {
          Type: 'AWS::SecretsManager::ResourcePolicy',
          Properties: {
            SecretId: { Ref: 'ExternalApiKey' },
            ResourcePolicy: {
              Statement: [
                {
                  Action: 'secretsmanager:GetSecretValue',
                  Effect: 'Allow',
                  Principal: '*',
                  Resource: '*',
                },
              ],
            },
          },
        },
      },
    ],
  },
  {
    rule: 'all.lambda.no-plaintext-secrets.policy.alone',
    on: 'SharedPolicy',
    mistake: 'everyone may read the secret of another application',
    base: sharedSecretPolicy,
    edits: [{ id: 'SharedPolicy', remove: 'ResourcePolicy.Statement.0.Condition' }],
  },
  {
    rule: 'all.vpce.policy.table',
    on: 'ApiOrders',
    mistake: 'everyone may use the table',
    edits: [
      {
        id: 'ApiOrders',
        set: 'ResourcePolicy',
        to: {
          PolicyDocument: {
            Statement: [{ Action: 'dynamodb:*', Effect: 'Allow', Principal: '*', Resource: '*' }],
          },
        },
      },
    ],
  },
  {
    rule: 'api.secrets.rotation',
    on: 'ExternalApiKey',
    mistake: 'the secret rotates once a year',
    edits: [{ id: 'ExternalApiSchedule', set: 'RotationRules.AutomaticallyAfterDays', to: 365 }],
  },
  {
    rule: 'all.kms.policy',
    on: 'BatchKey',
    mistake: 'everybody may decrypt',
    edits: [
      {
        id: 'BatchKey',
        set: 'KeyPolicy.Statement.-',
        to: { Action: 'kms:Decrypt', Effect: 'Allow', Principal: '*', Resource: '*' },
      },
    ],
  },
  {
    rule: 'all.kms.rotation',
    on: 'BatchKey',
    mistake: 'the key does not rotate',
    edits: [{ id: 'BatchKey', set: 'EnableKeyRotation', to: false }],
  },
];
