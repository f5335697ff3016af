import {
  bucketType,
  functionType,
  keyType,
  queueType,
  roleType,
  rowsOf,
  tableType,
  topicType,
  type RelationRow,
} from './row.ts';
import { readEndpoint, readScalingId } from './readers.ts';
import { readReplayers } from './use-readers.ts';

const queue = 'AWS::SQS::Queue';
const topic = 'AWS::SNS::Topic';
const subscription = 'AWS::SNS::Subscription';
const bucket = 'AWS::S3::Bucket';
const secret = ['AWS::SecretsManager::Secret'];
const encryption =
  'BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.KMSMasterKeyID';

/** Property of a type that names the key that its data is encrypted with. */
const keys: readonly (readonly [type: string, path: string])[] = [
  [queue, 'KmsMasterKeyId'],
  [topic, 'KmsMasterKeyId'],
  [bucket, encryption],
  ['AWS::DynamoDB::Table', 'SSESpecification.KMSMasterKeyId'],
  ['AWS::DynamoDB::GlobalTable', 'Replicas[].SSESpecification.KMSMasterKeyId'],
  ['AWS::SecretsManager::Secret', 'KmsKeyId'],
  ['AWS::Logs::LogGroup', 'KmsKeyId'],
  ['AWS::Kinesis::Stream', 'StreamEncryption.KeyId'],
  ['AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamEncryptionConfigurationInput.KeyARN'],
  ['AWS::EFS::FileSystem', 'KmsKeyId'],
  ['AWS::RDS::DBCluster', 'KmsKeyId'],
  ['AWS::RDS::DBInstance', 'KmsKeyId'],
  ['AWS::SSM::Parameter', 'KeyId'],
  ['AWS::CloudTrail::Trail', 'KMSKeyId'],
];

/** Queues, topics, buckets, tables, secrets, keys and their policies. */
export const dataRelations: readonly RelationRow[] = [
  {
    from: queue,
    path: '',
    to: ['AWS::IAM::Role', 'AWS::SSM::Document', 'AWS::StepFunctions::StateMachine'],
    name: 'replayedBy',
    inverse: 'replays',
    read: readReplayers,
    note: 'what may call sqs:StartMessageMoveTask on the queue',
  },
  ...keys.map(([from, path]): RelationRow => ({ from, path, to: keyType, name: 'kmsKey', inverse: 'keyOf' })),
  {
    from: queue,
    path: 'RedrivePolicy.deadLetterTargetArn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
    carries: { maxReceiveCount: 'RedrivePolicy.maxReceiveCount' },
  },
  {
    from: queue,
    path: 'RedriveAllowPolicy.sourceQueueArns[]',
    to: queueType,
    name: 'redriveSources',
    inverse: 'redriveAllowedBy',
  },
  { from: 'AWS::SQS::QueuePolicy', path: 'Queues[]', to: queueType, name: 'policyOf', inverse: 'policies' },
  {
    from: 'AWS::SQS::QueueInlinePolicy',
    path: 'Queue',
    to: queueType,
    name: 'policyOf',
    inverse: 'policies',
  },
  { from: subscription, path: 'TopicArn', to: topicType, name: 'topic', inverse: 'subscriptions' },
  {
    from: subscription,
    path: 'Endpoint',
    to: [...queueType, ...functionType, 'AWS::KinesisFirehose::DeliveryStream'],
    name: 'endpoint',
    inverse: 'subscribedBy',
    read: readEndpoint,
    invokes: 'async',
    carries: { protocol: 'Protocol' },
  },
  {
    from: subscription,
    path: 'RedrivePolicy.deadLetterTargetArn',
    to: queueType,
    name: 'deadLetterQueue',
    inverse: 'deadLetterOf',
  },
  { from: subscription, path: 'SubscriptionRoleArn', to: roleType, name: 'role', inverse: 'users' },
  { from: 'AWS::SNS::TopicPolicy', path: 'Topics[]', to: topicType, name: 'policyOf', inverse: 'policies' },
  {
    from: 'AWS::SNS::TopicInlinePolicy',
    path: 'TopicArn',
    to: topicType,
    name: 'policyOf',
    inverse: 'policies',
  },
  { from: 'AWS::S3::BucketPolicy', path: 'Bucket', to: bucketType, name: 'policyOf', inverse: 'policies' },
  {
    from: bucket,
    path: 'LoggingConfiguration.DestinationBucketName',
    to: bucketType,
    name: 'loggingTarget',
    inverse: 'accessLogs',
  },
  {
    from: bucket,
    path: 'ReplicationConfiguration.Rules[].Destination.Bucket',
    to: bucketType,
    name: 'replicas',
    inverse: 'replicaOf',
  },
  { from: bucket, path: 'ReplicationConfiguration.Role', to: roleType, name: 'role', inverse: 'users' },
  {
    from: 'AWS::SecretsManager::RotationSchedule',
    path: 'SecretId',
    to: secret,
    name: 'secret',
    inverse: 'rotationSchedules',
  },
  {
    from: 'AWS::SecretsManager::RotationSchedule',
    path: 'RotationLambdaARN',
    to: functionType,
    name: 'rotationFunction',
    inverse: 'rotates',
    invokes: 'sync',
  },
  {
    from: 'AWS::SecretsManager::ResourcePolicy',
    path: 'SecretId',
    to: secret,
    name: 'policyOf',
    inverse: 'resourcePolicies',
  },
  {
    from: 'AWS::SecretsManager::SecretTargetAttachment',
    path: 'SecretId',
    to: secret,
    name: 'secret',
    inverse: 'targetAttachments',
  },
  { from: 'AWS::KMS::Alias', path: 'TargetKeyId', to: keyType, name: 'key', inverse: 'aliases' },
  {
    from: 'AWS::KMS::ReplicaKey',
    path: 'PrimaryKeyArn',
    to: keyType,
    name: 'primaryKey',
    inverse: 'replicas',
  },
  {
    from: 'AWS::DynamoDB::Table',
    path: 'KinesisStreamSpecification.StreamArn',
    to: ['AWS::Kinesis::Stream'],
    name: 'changeStream',
    inverse: 'changeStreamOf',
  },
  {
    from: 'AWS::ApplicationAutoScaling::ScalableTarget',
    path: 'ResourceId',
    to: tableType,
    name: 'scaledTable',
    inverse: 'scalableTargets',
    read: readScalingId,
  },
  {
    from: 'AWS::Kinesis::StreamConsumer',
    path: 'StreamARN',
    to: ['AWS::Kinesis::Stream'],
    name: 'stream',
    inverse: 'streamConsumers',
  },
  ...rowsOf(['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'], {
    path: 'Roles[]',
    to: roleType,
    name: 'policyOf',
    inverse: 'policies',
  }),
  { from: 'AWS::IAM::RolePolicy', path: 'RoleName', to: roleType, name: 'policyOf', inverse: 'policies' },
  {
    from: 'AWS::IAM::Role',
    path: 'ManagedPolicyArns[]',
    to: ['AWS::IAM::ManagedPolicy'],
    name: 'managedPolicies',
    inverse: 'attachedTo',
  },
  {
    from: 'AWS::IAM::Role',
    path: 'PermissionsBoundary',
    to: ['AWS::IAM::ManagedPolicy'],
    name: 'permissionsBoundary',
    inverse: 'boundaryOf',
  },
  ...rowsOf(['AWS::CodeBuild::Project'], {
    path: 'ServiceRole',
    to: roleType,
    name: 'role',
    inverse: 'users',
  }),
];
