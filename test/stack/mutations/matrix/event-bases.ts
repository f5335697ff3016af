import type { Base } from '../apply-mutation.ts';

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

export const defaultBusPolicy: Base = {
  name: 'a policy of the default bus',
  edits: [
    {
      add: 'DefaultBusPolicy',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: {
          Statement: {
            Action: 'events:PutEvents',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
            Effect: 'Allow',
            Principal: '*',
            Resource: '*',
          },
          StatementId: 'organisation',
        },
      },
    },
  ],
};

const ofOrganisation = (action: string): Record<string, unknown> => ({
  Statement: [
    {
      Action: action,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      Effect: 'Allow',
      Principal: '*',
      Resource: '*',
    },
  ],
});

const policyElsewhere = (type: string, target: Record<string, unknown>, action: string): Base => ({
  name: 'a policy of what stands outside of the application',
  edits: [
    {
      add: 'SharedPolicy',
      to: 'HeadgateEvents',
      resource: {
        Type: type,
        Properties: {
          ...target,
          PolicyDocument: ofOrganisation(action),
        },
      },
    },
  ],
});

export const sharedBucketPolicy = policyElsewhere(
  'AWS::S3::BucketPolicy',
  { Bucket: 'shared-bucket' },
  's3:GetObject',
);
export const sharedQueuePolicy = policyElsewhere(
  'AWS::SQS::QueuePolicy',
  { Queues: ['https://sqs.eu-central-1.amazonaws.com/999988887777/shared'] },
  'sqs:SendMessage',
);
export const sharedTopicPolicy = policyElsewhere(
  'AWS::SNS::TopicPolicy',
  { Topics: ['arn:aws:sns:eu-central-1:999988887777:shared'] },
  'sns:Publish',
);

const sharedWith = (name: string, edit: Base['edits'][number]): Base => ({ name, edits: [edit] });

export const sharedSecretPolicy = sharedWith('a policy of a secret of another application', {
  add: 'SharedPolicy',
  to: 'HeadgateEvents',
  resource: {
    Type: 'AWS::SecretsManager::ResourcePolicy',
    Properties: {
      SecretId: 'arn:aws:secretsmanager:eu-central-1:999988887777:secret:shared-a1b2c3',
      ResourcePolicy: ofOrganisation('secretsmanager:GetSecretValue'),
    },
  },
});
export const layerPermission = sharedWith('a layer for the organisation', {
  add: 'LayerPermission',
  to: 'HeadgateEvents',
  resource: {
    Type: 'AWS::Lambda::LayerVersionPermission',
    Properties: {
      Action: 'lambda:GetLayerVersion',
      LayerVersionArn: 'arn:aws:lambda:eu-central-1:111122223333:layer:tools:1',
      OrganizationId: 'o-a1b2c3d4e5',
      Principal: '*',
    },
  },
});
export const imageRepository = sharedWith('a repository for the organisation', {
  add: 'Images',
  to: 'HeadgateEvents',
  resource: {
    Type: 'AWS::ECR::Repository',
    Properties: {
      EncryptionConfiguration: {
        EncryptionType: 'KMS',
        KmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555',
      },
      ImageScanningConfiguration: { ScanOnPush: true },
      ImageTagMutability: 'IMMUTABLE',
      RepositoryPolicyText: ofOrganisation('ecr:BatchGetImage'),
    },
  },
});

export const notification: Base = {
  name: 'a bucket that notifies a queue',
  edits: [
    {
      id: 'EventsUploads',
      set: 'NotificationConfiguration.QueueConfigurations',
      to: [{ Event: 's3:ObjectCreated:*', Queue: { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] } }],
    },
    {
      id: 'EventsAuditQueuePolicy',
      set: 'PolicyDocument.Statement.-',
      to: {
        Action: 'sqs:SendMessage',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Resource: { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] },
      },
    },
    {
      id: 'EventsKey',
      set: 'KeyPolicy.Statement.-',
      to: {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Resource: '*',
      },
    },
  ],
};

/** Allows a role to send to queues that are behind the key of the events stack. */
const sendTo = (...queues: readonly string[]): object[] => [
  {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Resource: queues.map((queue) => ({ 'Fn::GetAtt': [queue, 'Arn'] })),
  },
  {
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Condition: {
      StringEquals: {
        'kms:ViaService': { 'Fn::Join': ['', ['sqs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
      },
    },
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': ['EventsKey', 'Arn'] },
  },
];

export const schedule: Base = {
  name: 'a schedule of EventBridge Scheduler',
  edits: [
    {
      add: 'SchedulerRole',
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
                Principal: { Service: 'scheduler.amazonaws.com' },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'Send',
              PolicyDocument: { Statement: sendTo('EventsAuditQueue', 'EventsFailuresQueue') },
            },
          ],
        },
      },
    },
    {
      add: 'NightlySchedule',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          FlexibleTimeWindow: { Mode: 'OFF' },
          ScheduleExpression: 'cron(0 3 * * ? *)',
          Target: {
            Arn: { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['EventsFailuresQueue', 'Arn'] } },
            RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
          },
        },
      },
    },
  ],
};

export const topic: Base = {
  name: 'a topic with one subscription',
  edits: [
    {
      add: 'News',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::SNS::Topic',
        Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['EventsKey', 'Arn'] }, TracingConfig: 'Active' },
      },
    },
    {
      add: 'NewsSubscription',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::SNS::Subscription',
        Properties: { Endpoint: 'news@example.com', Protocol: 'email', TopicArn: { Ref: 'News' } },
      },
    },
    {
      add: 'NewsPolicy',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Action: 'sns:Publish',
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
                Effect: 'Deny',
                Principal: '*',
                Resource: { Ref: 'News' },
              },
            ],
          },
          Topics: [{ Ref: 'News' }],
        },
      },
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
          RetentionPeriodHours: 168,
          ShardCount: 1,
          StreamEncryption: { EncryptionType: 'KMS', KeyId: { 'Fn::GetAtt': ['EventsKey', 'Arn'] } },
        },
      },
    },
    ...[
      {
        Action: [
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': ['Clicks', 'Arn'] },
      },
      ...sendTo('EventsFailuresQueue'),
    ].map((to) => ({ id: 'EventsRecordOrderRole', set: 'Policies.0.PolicyDocument.Statement.-', to })),
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

export const pipe: Base = {
  name: 'a pipe from a stream to a queue',
  edits: [
    {
      add: 'Parcels',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Kinesis::Stream',
        Properties: {
          RetentionPeriodHours: 168,
          ShardCount: 1,
          StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
        },
      },
    },
    {
      add: 'PipeRole',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'pipes.amazonaws.com' } },
            ],
          },
          Policies: [
            {
              PolicyName: 'Pass',
              PolicyDocument: {
                Statement: [
                  {
                    Action: ['kinesis:GetRecords', 'kinesis:GetShardIterator'],
                    Effect: 'Allow',
                    Resource: { 'Fn::GetAtt': ['Parcels', 'Arn'] },
                  },
                  ...sendTo('EventsAuditQueue'),
                ],
              },
            },
          ],
        },
      },
    },
    {
      add: 'OrdersPipe',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Pipes::Pipe',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['PipeRole', 'Arn'] },
          Source: { 'Fn::GetAtt': ['Parcels', 'Arn'] },
          SourceParameters: { KinesisStreamParameters: { StartingPosition: 'LATEST' } },
          Target: { 'Fn::GetAtt': ['EventsAuditQueue', 'Arn'] },
        },
      },
    },
  ],
};
