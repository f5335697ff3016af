import type { MappedType } from './mapped-type.ts';

/** Roles, policies, keys and secrets. */
export const identityTypes: readonly MappedType[] = [
  {
    terraform: 'aws_iam_role',
    type: 'AWS::IAM::Role',
    ids: { name: 'Ref', id: 'Ref', arn: 'Arn', unique_id: 'RoleId' },
    rows: [
      ['name', 'RoleName', { free: true }],
      ['assume_role_policy', 'AssumeRolePolicyDocument', { as: 'json' }],
      ['managed_policy_arns', 'ManagedPolicyArns', { list: true }],
      ['inline_policy[].name', 'Policies[].PolicyName'],
      ['inline_policy[].policy', 'Policies[].PolicyDocument', { as: 'json' }],
      ['permissions_boundary', 'PermissionsBoundary'],
      ['max_session_duration', 'MaxSessionDuration'],
      ['path', 'Path'],
    ],
  },
  {
    terraform: 'aws_iam_role_policy',
    type: 'AWS::IAM::RolePolicy',
    rows: [
      ['role', 'RoleName'],
      ['name', 'PolicyName'],
      ['policy', 'PolicyDocument', { as: 'json' }],
    ],
  },
  {
    terraform: 'aws_iam_role_policy_attachment',
    type: 'AWS::IAM::Role',
    partOf: { role: 'RoleName' },
    rows: [['policy_arn', 'ManagedPolicyArns[]']],
  },
  {
    terraform: 'aws_iam_role_policy_attachments_exclusive',
    type: 'AWS::IAM::Role',
    partOf: { role_name: 'RoleName' },
    rows: [['policy_arns', 'ManagedPolicyArns', { list: true }]],
  },
  {
    terraform: 'aws_iam_policy_attachment',
    type: 'AWS::IAM::Role',
    partOf: { roles: 'RoleName' },
    each: 'roles',
    rows: [['policy_arn', 'ManagedPolicyArns[]']],
  },
  {
    terraform: 'aws_iam_policy',
    type: 'AWS::IAM::ManagedPolicy',
    ids: { arn: 'Ref', id: 'Ref' },
    rows: [
      ['name', 'ManagedPolicyName', { free: true }],
      ['policy', 'PolicyDocument', { as: 'json' }],
    ],
  },
  {
    terraform: 'aws_kms_key',
    type: 'AWS::KMS::Key',
    ids: { key_id: 'Ref', id: 'Ref', arn: 'Arn' },
    rows: [
      ['key_id', 'KeyId'],
      ['policy', 'KeyPolicy', { as: 'json' }],
      ['enable_key_rotation', 'EnableKeyRotation'],
      ['is_enabled', 'Enabled'],
      ['customer_master_key_spec', 'KeySpec'],
      ['key_usage', 'KeyUsage'],
      ['multi_region', 'MultiRegion'],
      ['rotation_period_in_days', 'RotationPeriodInDays'],
    ],
  },
  {
    terraform: 'aws_kms_external_key',
    type: 'AWS::KMS::Key',
    ids: { id: 'Ref', arn: 'Arn', key_id: 'Ref' },
    rows: [
      ['id', 'KeyId'],
      ['policy', 'KeyPolicy', { as: 'json' }],
      ['enabled', 'Enabled'],
    ],
  },
  {
    terraform: 'aws_kms_key_policy',
    type: 'AWS::KMS::Key',
    partOf: { key_id: 'Ref' },
    rows: [['policy', 'KeyPolicy', { as: 'json' }]],
  },
  {
    terraform: 'aws_kms_replica_key',
    type: 'AWS::KMS::ReplicaKey',
    ids: { arn: 'Arn', key_id: 'KeyId', id: 'KeyId' },
    rows: [
      ['key_id', 'KeyId'],
      ['primary_key_arn', 'PrimaryKeyArn'],
      ['enabled', 'Enabled'],
      ['policy', 'KeyPolicy', { as: 'json' }],
    ],
  },
  {
    terraform: 'aws_kms_alias',
    type: 'AWS::KMS::Alias',
    ids: {
      name: 'Ref',
      id: 'Ref',
      arn: 'Arn',
      target_key_arn: '@target_key_id',
      target_key_id: '@target_key_id',
    },
    rows: [
      ['name', 'AliasName'],
      ['target_key_id', 'TargetKeyId'],
    ],
  },
  {
    terraform: 'aws_secretsmanager_secret',
    type: 'AWS::SecretsManager::Secret',
    ids: { arn: 'Ref', id: 'Ref', name: 'Name' },
    rows: [
      ['name', 'Name'],
      ['kms_key_id', 'KmsKeyId'],
      ['replica[].kms_key_id', 'ReplicaRegions[].KmsKeyId'],
    ],
    also: [
      {
        type: 'AWS::SecretsManager::ResourcePolicy',
        suffix: 'policy',
        owner: 'SecretId',
        when: 'policy',
        rows: [['policy', 'ResourcePolicy', { as: 'json' }]],
      },
    ],
  },
  {
    terraform: 'aws_secretsmanager_secret_rotation',
    type: 'AWS::SecretsManager::RotationSchedule',
    rows: [
      ['secret_id', 'SecretId'],
      ['rotation_lambda_arn', 'RotationLambdaARN'],
      ['rotation_rules.automatically_after_days', 'RotationRules.AutomaticallyAfterDays'],
      ['rotation_rules.schedule_expression', 'RotationRules.ScheduleExpression'],
      ['rotation_rules.duration', 'RotationRules.Duration'],
    ],
  },
  {
    terraform: 'aws_secretsmanager_secret_policy',
    type: 'AWS::SecretsManager::ResourcePolicy',
    rows: [
      ['secret_arn', 'SecretId'],
      ['policy', 'ResourcePolicy', { as: 'json' }],
    ],
  },
  {
    terraform: 'aws_secretsmanager_secret_version',
    type: 'AWS::SecretsManager::Secret',
    partOf: { secret_id: 'Ref' },
    rows: [
      ['secret_string', '-', { as: 'secret' }],
      ['secret_binary', '-', { as: 'secret' }],
    ],
  },
  {
    terraform: 'aws_ssm_parameter',
    type: 'AWS::SSM::Parameter',
    ids: { name: 'Ref', id: 'Ref', arn: 'arn:{partition}:ssm:{region}:{account}:parameter/{Ref}' },
    rows: [
      ['name', 'Name'],
      ['type', 'Type'],
      ['key_id', 'KeyId'],
      ['value', 'Value', { as: 'kept' }],
      ['insecure_value', 'Value', { as: 'kept', weak: true }],
    ],
  },
  {
    terraform: 'aws_ssm_document',
    type: 'AWS::SSM::Document',
    ids: { name: 'Ref', id: 'Ref', arn: 'arn:{partition}:ssm:{region}:{account}:document/{Ref}' },
    rows: [
      ['name', 'Name'],
      ['document_type', 'DocumentType'],
      ['content', 'Content', { as: 'document' }],
    ],
  },
  {
    terraform: 'aws_iam_instance_profile',
    type: 'AWS::IAM::InstanceProfile',
    ids: { arn: 'Arn', name: 'Ref', id: 'Ref' },
    rows: [
      ['name', 'InstanceProfileName'],
      ['role', 'Roles[]'],
    ],
  },
  {
    terraform: 'aws_iam_user',
    type: 'AWS::IAM::User',
    ids: { arn: 'Arn', name: 'Ref', id: 'Ref' },
    rows: [['name', 'UserName']],
  },
];
