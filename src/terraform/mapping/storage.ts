import type { MappedType } from './mapped-type.ts';

/** Tables, streams, buckets and databases. */
export const storageTypes: readonly MappedType[] = [
  {
    terraform: 'aws_dynamodb_table',
    type: 'AWS::DynamoDB::Table',
    ids: { name: 'Ref', id: 'Ref', arn: 'Arn', stream_arn: 'StreamArn' },
    rows: [
      ['name', 'TableName', { free: true }],
      ['server_side_encryption.enabled', 'SSESpecification.SSEEnabled'],
      ['server_side_encryption.kms_key_arn', 'SSESpecification.KMSMasterKeyId'],
      ['point_in_time_recovery.enabled', 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled'],
      ['stream_view_type', 'StreamSpecification.StreamViewType'],
      ['ttl.attribute_name', 'TimeToLiveSpecification.AttributeName'],
      ['ttl.enabled', 'TimeToLiveSpecification.Enabled'],
      ['billing_mode', 'BillingMode'],
      ['global_secondary_index[].name', 'GlobalSecondaryIndexes[].IndexName'],
      ['deletion_protection_enabled', 'DeletionProtectionEnabled'],
      ['replica[].region_name', 'Replicas[].Region'],
      ['replica[].kms_key_arn', 'Replicas[].SSESpecification.KMSMasterKeyId'],
      [
        'replica[].point_in_time_recovery',
        'Replicas[].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
        { default: false },
      ],
    ],
  },
  {
    terraform: 'aws_dynamodb_table_replica',
    type: 'AWS::DynamoDB::GlobalTable',
    partOf: { global_table_arn: 'Arn' },
    rows: [
      ['kms_key_arn', 'Replicas[].SSESpecification.KMSMasterKeyId'],
      ['point_in_time_recovery', 'Replicas[].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled'],
    ],
  },
  {
    terraform: 'aws_dynamodb_resource_policy',
    type: 'AWS::DynamoDB::Table',
    partOf: { resource_arn: 'Arn' },
    rows: [['policy', 'ResourcePolicy.PolicyDocument', { as: 'json' }]],
  },
  {
    terraform: 'aws_dynamodb_kinesis_streaming_destination',
    type: 'AWS::DynamoDB::Table',
    partOf: { table_name: 'TableName' },
    rows: [['stream_arn', 'KinesisStreamSpecification.StreamArn']],
  },
  {
    terraform: 'aws_kinesis_stream',
    type: 'AWS::Kinesis::Stream',
    ids: { arn: 'Arn', name: 'Ref' },
    rows: [
      ['name', 'Name'],
      ['encryption_type', 'StreamEncryption.EncryptionType', { unless: ['NONE'] }],
      ['kms_key_id', 'StreamEncryption.KeyId'],
      ['retention_period', 'RetentionPeriodHours'],
    ],
  },
  {
    terraform: 'aws_kinesis_stream_consumer',
    type: 'AWS::Kinesis::StreamConsumer',
    ids: { arn: 'ConsumerARN' },
    rows: [
      ['stream_arn', 'StreamARN'],
      ['name', 'ConsumerName'],
    ],
  },
  {
    terraform: 'aws_kinesis_firehose_delivery_stream',
    type: 'AWS::KinesisFirehose::DeliveryStream',
    ids: { arn: 'Arn', name: 'Ref' },
    rows: [
      ['extended_s3_configuration.role_arn', 'ExtendedS3DestinationConfiguration.RoleARN'],
      ['name', 'DeliveryStreamName'],
      ['server_side_encryption.enabled', '-'],
      [
        'kinesis_source_configuration.kinesis_stream_arn',
        'KinesisStreamSourceConfiguration.KinesisStreamARN',
      ],
      ['msk_source_configuration.msk_cluster_arn', 'MSKSourceConfiguration.MSKClusterARN'],
      ['server_side_encryption.key_arn', 'DeliveryStreamEncryptionConfigurationInput.KeyARN'],
      ['server_side_encryption.key_type', 'DeliveryStreamEncryptionConfigurationInput.KeyType'],
      ['extended_s3_configuration.bucket_arn', 'ExtendedS3DestinationConfiguration.BucketARN'],
      [
        'extended_s3_configuration.processing_configuration.processors[].parameters[].parameter_value',
        'ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue',
      ],
    ],
  },
  {
    terraform: 'aws_s3_bucket',
    type: 'AWS::S3::Bucket',
    ids: {
      bucket: 'Ref',
      id: 'Ref',
      arn: 'Arn',
      bucket_domain_name: 'DomainName',
      bucket_regional_domain_name: 'RegionalDomainName',
      website_endpoint: 'WebsiteURL',
    },
    rows: [
      ['tags', 'Tags', { as: 'tags' }],
      ['bucket', 'BucketName', { free: true }],
      [
        'server_side_encryption_configuration.rule[].apply_server_side_encryption_by_default.sse_algorithm',
        'BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.SSEAlgorithm',
      ],
      ['versioning.enabled', 'VersioningConfiguration.Status', { as: 'versioning' }],
      ['acl', 'AccessControl', { as: 'acl' }],
      ['logging.target_bucket', 'LoggingConfiguration.DestinationBucketName'],
      ['tags_all', 'Tags', { as: 'tags' }],
    ],
    also: [
      {
        type: 'AWS::S3::BucketPolicy',
        suffix: 'policy',
        owner: 'Bucket',
        when: 'policy',
        rows: [['policy', 'PolicyDocument', { as: 'json' }]],
      },
    ],
  },
  {
    terraform: 'aws_s3_bucket_server_side_encryption_configuration',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      [
        'rule[].apply_server_side_encryption_by_default.sse_algorithm',
        'BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.SSEAlgorithm',
      ],
      [
        'rule[].apply_server_side_encryption_by_default.kms_master_key_id',
        'BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.KMSMasterKeyID',
      ],
      ['rule[].bucket_key_enabled', 'BucketEncryption.ServerSideEncryptionConfiguration[].BucketKeyEnabled'],
    ],
  },
  {
    terraform: 'aws_s3_bucket_versioning',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [['versioning_configuration.status', 'VersioningConfiguration.Status', { unless: ['Disabled'] }]],
  },
  {
    terraform: 'aws_s3_bucket_public_access_block',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      ['block_public_acls', 'PublicAccessBlockConfiguration.BlockPublicAcls', { default: false }],
      ['block_public_policy', 'PublicAccessBlockConfiguration.BlockPublicPolicy', { default: false }],
      ['ignore_public_acls', 'PublicAccessBlockConfiguration.IgnorePublicAcls', { default: false }],
      ['restrict_public_buckets', 'PublicAccessBlockConfiguration.RestrictPublicBuckets', { default: false }],
    ],
  },
  {
    terraform: 'aws_s3_bucket_policy',
    type: 'AWS::S3::BucketPolicy',
    ids: { bucket: '@bucket', id: '@bucket' },
    rows: [
      ['bucket', 'Bucket'],
      ['policy', 'PolicyDocument', { as: 'json' }],
    ],
  },
  {
    terraform: 'aws_s3_bucket_logging',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      ['target_bucket', 'LoggingConfiguration.DestinationBucketName'],
      ['target_prefix', 'LoggingConfiguration.LogFilePrefix'],
    ],
  },
  {
    terraform: 'aws_s3_bucket_notification',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      [
        'eventbridge',
        'NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
        { unless: [false] },
      ],
      ['lambda_function[].lambda_function_arn', 'NotificationConfiguration.LambdaConfigurations[].Function'],
      ['lambda_function[].events', 'NotificationConfiguration.LambdaConfigurations[].Event'],
      ['queue[].queue_arn', 'NotificationConfiguration.QueueConfigurations[].Queue'],
      ['queue[].events', 'NotificationConfiguration.QueueConfigurations[].Event'],
      ['topic[].topic_arn', 'NotificationConfiguration.TopicConfigurations[].Topic'],
      ['topic[].events', 'NotificationConfiguration.TopicConfigurations[].Event'],
    ],
  },
  {
    terraform: 'aws_s3_bucket_acl',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [['acl', 'AccessControl', { as: 'acl' }]],
  },
  {
    terraform: 'aws_s3_bucket_ownership_controls',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [['rule[].object_ownership', 'OwnershipControls.Rules[].ObjectOwnership']],
  },
  {
    terraform: 'aws_s3_bucket_replication_configuration',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      ['role', 'ReplicationConfiguration.Role'],
      ['rule[].destination.bucket', 'ReplicationConfiguration.Rules[].Destination.Bucket'],
    ],
  },
  {
    terraform: 'aws_s3_bucket_lifecycle_configuration',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [
      ['rule[].id', 'LifecycleConfiguration.Rules[].Id'],
      ['rule[].status', 'LifecycleConfiguration.Rules[].Status'],
    ],
  },
  {
    terraform: 'aws_s3_bucket_object_lock_configuration',
    type: 'AWS::S3::Bucket',
    partOf: { bucket: 'Ref' },
    rows: [['rule.default_retention.mode', 'ObjectLockConfiguration.Rule.DefaultRetention.Mode']],
  },
  {
    terraform: 'aws_s3_account_public_access_block',
    type: 'Headgate::Scope',
    partOf: {},
    rows: [
      ['block_public_acls', 'PublicAccessBlockConfiguration.BlockPublicAcls', { default: false }],
      ['block_public_policy', 'PublicAccessBlockConfiguration.BlockPublicPolicy', { default: false }],
      ['ignore_public_acls', 'PublicAccessBlockConfiguration.IgnorePublicAcls', { default: false }],
      ['restrict_public_buckets', 'PublicAccessBlockConfiguration.RestrictPublicBuckets', { default: false }],
    ],
  },
  {
    terraform: 'aws_rds_cluster',
    type: 'AWS::RDS::DBCluster',
    ids: { arn: 'DBClusterArn', id: 'Ref' },
    rows: [
      ['kms_key_id', 'KmsKeyId'],
      ['storage_encrypted', 'StorageEncrypted'],
    ],
  },
  {
    terraform: 'aws_db_instance',
    type: 'AWS::RDS::DBInstance',
    ids: { arn: 'DBInstanceArn', id: 'Ref', identifier: 'Ref' },
    rows: [
      ['kms_key_id', 'KmsKeyId'],
      ['storage_encrypted', 'StorageEncrypted'],
    ],
  },
  {
    terraform: 'aws_db_proxy',
    type: 'AWS::RDS::DBProxy',
    ids: { arn: 'DBProxyArn', endpoint: 'Endpoint' },
    rows: [
      ['name', 'DBProxyName'],
      ['require_tls', 'RequireTLS'],
    ],
  },
  {
    terraform: 'aws_efs_access_point',
    type: 'AWS::EFS::AccessPoint',
    ids: { arn: 'Arn', id: 'Ref' },
    rows: [
      ['id', 'AccessPointId'],
      ['file_system_id', 'FileSystemId'],
      ['posix_user.uid', 'PosixUser.Uid'],
      ['posix_user.gid', 'PosixUser.Gid'],
      ['root_directory.path', 'RootDirectory.Path'],
    ],
  },
  {
    terraform: 'aws_efs_file_system',
    type: 'AWS::EFS::FileSystem',
    ids: { id: 'Ref', arn: 'Arn' },
    rows: [
      ['id', 'FileSystemId'],
      ['kms_key_id', 'KmsKeyId'],
      ['encrypted', 'Encrypted'],
    ],
  },
  {
    terraform: 'aws_msk_cluster',
    type: 'AWS::MSK::Cluster',
    ids: { arn: 'Ref', id: 'Ref' },
    rows: [['cluster_name', 'ClusterName']],
  },
  {
    terraform: 'aws_mq_broker',
    type: 'AWS::AmazonMQ::Broker',
    ids: { arn: 'Arn', id: 'Ref' },
    rows: [['broker_name', 'BrokerName']],
  },
  {
    terraform: 'aws_docdb_cluster',
    type: 'AWS::DocDB::DBCluster',
    ids: { id: 'Ref' },
    rows: [['cluster_identifier', 'DBClusterIdentifier']],
  },
  {
    terraform: 'aws_ecr_repository',
    type: 'AWS::ECR::Repository',
    ids: { arn: 'Arn', name: 'Ref', id: 'Ref' },
    rows: [
      ['name', 'RepositoryName'],
      ['image_scanning_configuration.scan_on_push', 'ImageScanningConfiguration.ScanOnPush'],
      ['image_tag_mutability', 'ImageTagMutability'],
      [
        'image_tag_mutability_exclusion_filter[].filter',
        'ImageTagMutabilityExclusionFilters[].ImageTagMutabilityExclusionFilterValue',
      ],
      ['encryption_configuration.encryption_type', 'EncryptionConfiguration.EncryptionType'],
      ['encryption_configuration.kms_key', 'EncryptionConfiguration.KmsKey'],
    ],
  },
  {
    terraform: 'aws_ecr_registry_scanning_configuration',
    type: 'AWS::ECR::RegistryScanningConfiguration',
    rows: [
      ['rule[].scan_frequency', 'Rules[].ScanFrequency'],
      ['rule[].repository_filter[].filter', 'Rules[].RepositoryFilters[].Filter'],
    ],
  },
  {
    terraform: 'aws_ecr_repository_policy',
    type: 'AWS::ECR::Repository',
    partOf: { repository: 'Ref' },
    rows: [['policy', 'RepositoryPolicyText', { as: 'json' }]],
  },
];
