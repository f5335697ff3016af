/** A policy template: what it must be told, and its statements, in which `Ref` to a parameter stands for what it was told. */
export interface PolicyTemplate {
  readonly parameters: readonly string[];
  readonly statements: readonly Readonly<Record<string, unknown>>[];
}

/** Policy templates by name (AWS SAM developer guide, "AWS SAM policy templates", and what the official translator makes of them, read 2026-11). */
export const policyTemplates: Readonly<Record<string, PolicyTemplate>> = {
  AMIDescribePolicy: {
    parameters: [],
    statements: [{ Action: ['ec2:DescribeImages'], Effect: 'Allow', Resource: '*' }],
  },
  AWSSecretsManagerGetSecretValuePolicy: {
    parameters: ['SecretArn'],
    statements: [
      {
        Action: ['secretsmanager:GetSecretValue'],
        Effect: 'Allow',
        Resource: { 'Fn::Sub': ['${secretArn}', { secretArn: { Ref: 'SecretArn' } }] },
      },
    ],
  },
  AWSSecretsManagerRotationPolicy: {
    parameters: ['FunctionName'],
    statements: [
      {
        Action: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        Condition: {
          StringEquals: {
            'secretsmanager:resource/AllowRotationLambdaArn': {
              'Fn::Sub': [
                'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${functionName}',
                { functionName: { Ref: 'FunctionName' } },
              ],
            },
          },
        },
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*',
        },
      },
      { Action: ['secretsmanager:GetRandomPassword'], Effect: 'Allow', Resource: '*' },
    ],
  },
  AcmGetCertificatePolicy: {
    parameters: ['CertificateArn'],
    statements: [
      {
        Action: ['acm:GetCertificate'],
        Effect: 'Allow',
        Resource: { 'Fn::Sub': ['${certificateArn}', { certificateArn: { Ref: 'CertificateArn' } }] },
      },
    ],
  },
  AthenaQueryPolicy: {
    parameters: ['WorkGroupName'],
    statements: [
      {
        Action: [
          'athena:ListWorkGroups',
          'athena:GetExecutionEngine',
          'athena:GetExecutionEngines',
          'athena:GetNamespace',
          'athena:GetCatalogs',
          'athena:GetNamespaces',
          'athena:GetTables',
          'athena:GetTable',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
      {
        Action: [
          'athena:StartQueryExecution',
          'athena:GetQueryResults',
          'athena:DeleteNamedQuery',
          'athena:GetNamedQuery',
          'athena:ListQueryExecutions',
          'athena:StopQueryExecution',
          'athena:GetQueryResultsStream',
          'athena:ListNamedQueries',
          'athena:CreateNamedQuery',
          'athena:GetQueryExecution',
          'athena:BatchGetNamedQuery',
          'athena:BatchGetQueryExecution',
          'athena:GetWorkGroup',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${workgroupName}',
            { workgroupName: { Ref: 'WorkGroupName' } },
          ],
        },
      },
    ],
  },
  CloudFormationDescribeStacksPolicy: {
    parameters: [],
    statements: [
      {
        Action: ['cloudformation:DescribeStacks'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': 'arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/*',
        },
      },
    ],
  },
  CloudWatchDashboardPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'cloudwatch:GetDashboard',
          'cloudwatch:ListDashboards',
          'cloudwatch:PutDashboard',
          'cloudwatch:ListMetrics',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  CloudWatchDescribeAlarmHistoryPolicy: {
    parameters: [],
    statements: [{ Action: ['cloudwatch:DescribeAlarmHistory'], Effect: 'Allow', Resource: '*' }],
  },
  CloudWatchPutMetricPolicy: {
    parameters: [],
    statements: [{ Action: ['cloudwatch:PutMetricData'], Effect: 'Allow', Resource: '*' }],
  },
  CodeCommitCrudPolicy: {
    parameters: ['RepositoryName'],
    statements: [
      {
        Action: [
          'codecommit:GitPull',
          'codecommit:GitPush',
          'codecommit:CreateBranch',
          'codecommit:DeleteBranch',
          'codecommit:GetBranch',
          'codecommit:ListBranches',
          'codecommit:MergeBranchesByFastForward',
          'codecommit:MergeBranchesBySquash',
          'codecommit:MergeBranchesByThreeWay',
          'codecommit:UpdateDefaultBranch',
          'codecommit:BatchDescribeMergeConflicts',
          'codecommit:CreateUnreferencedMergeCommit',
          'codecommit:DescribeMergeConflicts',
          'codecommit:GetMergeCommit',
          'codecommit:GetMergeOptions',
          'codecommit:BatchGetPullRequests',
          'codecommit:CreatePullRequest',
          'codecommit:DescribePullRequestEvents',
          'codecommit:GetCommentsForPullRequest',
          'codecommit:GetCommitsFromMergeBase',
          'codecommit:GetMergeConflicts',
          'codecommit:GetPullRequest',
          'codecommit:ListPullRequests',
          'codecommit:MergePullRequestByFastForward',
          'codecommit:MergePullRequestBySquash',
          'codecommit:MergePullRequestByThreeWay',
          'codecommit:PostCommentForPullRequest',
          'codecommit:UpdatePullRequestDescription',
          'codecommit:UpdatePullRequestStatus',
          'codecommit:UpdatePullRequestTitle',
          'codecommit:DeleteFile',
          'codecommit:GetBlob',
          'codecommit:GetFile',
          'codecommit:GetFolder',
          'codecommit:PutFile',
          'codecommit:DeleteCommentContent',
          'codecommit:GetComment',
          'codecommit:GetCommentsForComparedCommit',
          'codecommit:PostCommentForComparedCommit',
          'codecommit:PostCommentReply',
          'codecommit:UpdateComment',
          'codecommit:BatchGetCommits',
          'codecommit:CreateCommit',
          'codecommit:GetCommit',
          'codecommit:GetCommitHistory',
          'codecommit:GetDifferences',
          'codecommit:GetObjectIdentifier',
          'codecommit:GetReferences',
          'codecommit:GetTree',
          'codecommit:GetRepository',
          'codecommit:UpdateRepositoryDescription',
          'codecommit:ListTagsForResource',
          'codecommit:TagResource',
          'codecommit:UntagResource',
          'codecommit:GetRepositoryTriggers',
          'codecommit:PutRepositoryTriggers',
          'codecommit:TestRepositoryTriggers',
          'codecommit:GetBranch',
          'codecommit:GetCommit',
          'codecommit:UploadArchive',
          'codecommit:GetUploadArchiveStatus',
          'codecommit:CancelUploadArchive',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${repositoryName}',
            { repositoryName: { Ref: 'RepositoryName' } },
          ],
        },
      },
    ],
  },
  CodeCommitReadPolicy: {
    parameters: ['RepositoryName'],
    statements: [
      {
        Action: [
          'codecommit:GitPull',
          'codecommit:GetBranch',
          'codecommit:ListBranches',
          'codecommit:BatchDescribeMergeConflicts',
          'codecommit:DescribeMergeConflicts',
          'codecommit:GetMergeCommit',
          'codecommit:GetMergeOptions',
          'codecommit:BatchGetPullRequests',
          'codecommit:DescribePullRequestEvents',
          'codecommit:GetCommentsForPullRequest',
          'codecommit:GetCommitsFromMergeBase',
          'codecommit:GetMergeConflicts',
          'codecommit:GetPullRequest',
          'codecommit:ListPullRequests',
          'codecommit:GetBlob',
          'codecommit:GetFile',
          'codecommit:GetFolder',
          'codecommit:GetComment',
          'codecommit:GetCommentsForComparedCommit',
          'codecommit:BatchGetCommits',
          'codecommit:GetCommit',
          'codecommit:GetCommitHistory',
          'codecommit:GetDifferences',
          'codecommit:GetObjectIdentifier',
          'codecommit:GetReferences',
          'codecommit:GetTree',
          'codecommit:GetRepository',
          'codecommit:ListTagsForResource',
          'codecommit:GetRepositoryTriggers',
          'codecommit:TestRepositoryTriggers',
          'codecommit:GetBranch',
          'codecommit:GetCommit',
          'codecommit:GetUploadArchiveStatus',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${repositoryName}',
            { repositoryName: { Ref: 'RepositoryName' } },
          ],
        },
      },
    ],
  },
  CodePipelineLambdaExecutionPolicy: {
    parameters: [],
    statements: [
      {
        Action: ['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  CodePipelineReadOnlyPolicy: {
    parameters: ['PipelineName'],
    statements: [
      {
        Action: ['codepipeline:ListPipelineExecutions'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${pipelinename}',
            { pipelinename: { Ref: 'PipelineName' } },
          ],
        },
      },
    ],
  },
  ComprehendBasicAccessPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'comprehend:BatchDetectKeyPhrases',
          'comprehend:DetectDominantLanguage',
          'comprehend:DetectEntities',
          'comprehend:BatchDetectEntities',
          'comprehend:DetectKeyPhrases',
          'comprehend:DetectSentiment',
          'comprehend:BatchDetectDominantLanguage',
          'comprehend:BatchDetectSentiment',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  CostExplorerReadOnlyPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'ce:GetCostAndUsage',
          'ce:GetDimensionValues',
          'ce:GetReservationCoverage',
          'ce:GetReservationPurchaseRecommendation',
          'ce:GetReservationUtilization',
          'ce:GetTags',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  DynamoDBBackupFullAccessPolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: ['dynamodb:CreateBackup', 'dynamodb:DescribeContinuousBackups'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
      {
        Action: ['dynamodb:DeleteBackup', 'dynamodb:DescribeBackup', 'dynamodb:ListBackups'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/backup/*',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
    ],
  },
  DynamoDBCrudPolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: [
          'dynamodb:GetItem',
          'dynamodb:DeleteItem',
          'dynamodb:PutItem',
          'dynamodb:Scan',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
          'dynamodb:BatchWriteItem',
          'dynamodb:BatchGetItem',
          'dynamodb:DescribeTable',
          'dynamodb:ConditionCheckItem',
        ],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
              { tableName: { Ref: 'TableName' } },
            ],
          },
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/index/*',
              { tableName: { Ref: 'TableName' } },
            ],
          },
        ],
      },
    ],
  },
  DynamoDBReadPolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: [
          'dynamodb:GetItem',
          'dynamodb:Scan',
          'dynamodb:Query',
          'dynamodb:BatchGetItem',
          'dynamodb:DescribeTable',
        ],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
              { tableName: { Ref: 'TableName' } },
            ],
          },
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/index/*',
              { tableName: { Ref: 'TableName' } },
            ],
          },
        ],
      },
    ],
  },
  DynamoDBReconfigurePolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: ['dynamodb:UpdateTable'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
    ],
  },
  DynamoDBRestoreFromBackupPolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: ['dynamodb:RestoreTableFromBackup'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/backup/*',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
      {
        Action: [
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:Query',
          'dynamodb:Scan',
          'dynamodb:BatchWriteItem',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
    ],
  },
  DynamoDBStreamReadPolicy: {
    parameters: ['StreamName', 'TableName'],
    statements: [
      {
        Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/stream/${streamName}',
            { streamName: { Ref: 'StreamName' }, tableName: { Ref: 'TableName' } },
          ],
        },
      },
      {
        Action: ['dynamodb:ListStreams'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/stream/*',
            { tableName: { Ref: 'TableName' } },
          ],
        },
      },
    ],
  },
  DynamoDBWritePolicy: {
    parameters: ['TableName'],
    statements: [
      {
        Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}',
              { tableName: { Ref: 'TableName' } },
            ],
          },
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/index/*',
              { tableName: { Ref: 'TableName' } },
            ],
          },
        ],
      },
    ],
  },
  EC2CopyImagePolicy: {
    parameters: ['ImageId'],
    statements: [
      {
        Action: ['ec2:CopyImage'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:image/${imageId}',
            { imageId: { Ref: 'ImageId' } },
          ],
        },
      },
    ],
  },
  EC2DescribePolicy: {
    parameters: [],
    statements: [
      { Action: ['ec2:DescribeRegions', 'ec2:DescribeInstances'], Effect: 'Allow', Resource: '*' },
    ],
  },
  EFSWriteAccessPolicy: {
    parameters: ['AccessPoint', 'FileSystem'],
    statements: [
      {
        Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        Condition: {
          StringEquals: {
            'elasticfilesystem:AccessPointArn': {
              'Fn::Sub': [
                'arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:access-point/${AccessPoint}',
                { AccessPoint: { Ref: 'AccessPoint' } },
              ],
            },
          },
        },
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/${FileSystem}',
            { FileSystem: { Ref: 'FileSystem' } },
          ],
        },
      },
    ],
  },
  EKSDescribePolicy: {
    parameters: [],
    statements: [{ Action: ['eks:DescribeCluster', 'eks:ListClusters'], Effect: 'Allow', Resource: '*' }],
  },
  EcsRunTaskPolicy: {
    parameters: ['TaskDefinition'],
    statements: [
      {
        Action: ['ecs:RunTask'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/${taskDefinition}',
            { taskDefinition: { Ref: 'TaskDefinition' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceAddJobFlowStepsPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: 'elasticmapreduce:AddJobFlowSteps',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceCancelStepsPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: 'elasticmapreduce:CancelSteps',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceModifyInstanceFleetPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: ['elasticmapreduce:ModifyInstanceFleet', 'elasticmapreduce:ListInstanceFleets'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceModifyInstanceGroupsPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: ['elasticmapreduce:ModifyInstanceGroups', 'elasticmapreduce:ListInstanceGroups'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceSetTerminationProtectionPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: 'elasticmapreduce:SetTerminationProtection',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticMapReduceTerminateJobFlowsPolicy: {
    parameters: ['ClusterId'],
    statements: [
      {
        Action: 'elasticmapreduce:TerminateJobFlows',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${clusterId}',
            { clusterId: { Ref: 'ClusterId' } },
          ],
        },
      },
    ],
  },
  ElasticsearchHttpPostPolicy: {
    parameters: ['DomainName'],
    statements: [
      {
        Action: ['es:ESHttpPost', 'es:ESHttpPut'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${domainName}/*',
            { domainName: { Ref: 'DomainName' } },
          ],
        },
      },
    ],
  },
  EventBridgePutEventsPolicy: {
    parameters: ['EventBusName'],
    statements: [
      {
        Action: 'events:PutEvents',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${eventBusName}',
            { eventBusName: { Ref: 'EventBusName' } },
          ],
        },
      },
    ],
  },
  FilterLogEventsPolicy: {
    parameters: ['LogGroupName'],
    statements: [
      {
        Action: ['logs:FilterLogEvents'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${logGroupName}:log-stream:*',
            { logGroupName: { Ref: 'LogGroupName' } },
          ],
        },
      },
    ],
  },
  FirehoseCrudPolicy: {
    parameters: ['DeliveryStreamName'],
    statements: [
      {
        Action: [
          'firehose:CreateDeliveryStream',
          'firehose:DeleteDeliveryStream',
          'firehose:DescribeDeliveryStream',
          'firehose:PutRecord',
          'firehose:PutRecordBatch',
          'firehose:UpdateDestination',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${deliveryStreamName}',
            { deliveryStreamName: { Ref: 'DeliveryStreamName' } },
          ],
        },
      },
    ],
  },
  FirehoseWritePolicy: {
    parameters: ['DeliveryStreamName'],
    statements: [
      {
        Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${deliveryStreamName}',
            { deliveryStreamName: { Ref: 'DeliveryStreamName' } },
          ],
        },
      },
    ],
  },
  KMSDecryptPolicy: {
    parameters: ['KeyId'],
    statements: [
      {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${keyId}',
            { keyId: { Ref: 'KeyId' } },
          ],
        },
      },
    ],
  },
  KMSEncryptPolicy: {
    parameters: ['KeyId'],
    statements: [
      {
        Action: 'kms:Encrypt',
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${keyId}',
            { keyId: { Ref: 'KeyId' } },
          ],
        },
      },
    ],
  },
  KMSEncryptPolicy_v2: {
    parameters: ['KeyId'],
    statements: [
      {
        Action: [
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:GenerateDataKeyPair',
          'kms:GenerateDataKeyPairWithoutPlaintext',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${keyId}',
            { keyId: { Ref: 'KeyId' } },
          ],
        },
      },
    ],
  },
  KinesisCrudPolicy: {
    parameters: ['StreamName'],
    statements: [
      {
        Action: [
          'kinesis:AddTagsToStream',
          'kinesis:CreateStream',
          'kinesis:DecreaseStreamRetentionPeriod',
          'kinesis:DeleteStream',
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetShardIterator',
          'kinesis:IncreaseStreamRetentionPeriod',
          'kinesis:ListTagsForStream',
          'kinesis:MergeShards',
          'kinesis:PutRecord',
          'kinesis:PutRecords',
          'kinesis:SplitShard',
          'kinesis:RemoveTagsFromStream',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${streamName}',
            { streamName: { Ref: 'StreamName' } },
          ],
        },
      },
    ],
  },
  KinesisStreamReadPolicy: {
    parameters: ['StreamName'],
    statements: [
      {
        Action: ['kinesis:ListStreams', 'kinesis:DescribeLimits'],
        Effect: 'Allow',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/*' },
      },
      {
        Action: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${streamName}',
            { streamName: { Ref: 'StreamName' } },
          ],
        },
      },
    ],
  },
  LambdaInvokePolicy: {
    parameters: ['FunctionName'],
    statements: [
      {
        Action: ['lambda:InvokeFunction'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${functionName}*',
            { functionName: { Ref: 'FunctionName' } },
          ],
        },
      },
    ],
  },
  MobileAnalyticsWriteOnlyAccessPolicy: {
    parameters: [],
    statements: [{ Action: ['mobileanalytics:PutEvents'], Effect: 'Allow', Resource: '*' }],
  },
  OrganizationsListAccountsPolicy: {
    parameters: [],
    statements: [{ Action: ['organizations:ListAccounts'], Effect: 'Allow', Resource: '*' }],
  },
  PinpointEndpointAccessPolicy: {
    parameters: ['PinpointApplicationId'],
    statements: [
      {
        Action: [
          'mobiletargeting:GetEndpoint',
          'mobiletargeting:UpdateEndpoint',
          'mobiletargeting:UpdateEndpointsBatch',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:mobiletargeting:${AWS::Region}:${AWS::AccountId}:apps/${pinpointApplicationId}/endpoints/*',
            { pinpointApplicationId: { Ref: 'PinpointApplicationId' } },
          ],
        },
      },
    ],
  },
  PollyFullAccessPolicy: {
    parameters: ['LexiconName'],
    statements: [
      {
        Action: ['polly:GetLexicon', 'polly:DeleteLexicon'],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:polly:${AWS::Region}:${AWS::AccountId}:lexicon/${lexiconName}',
              { lexiconName: { Ref: 'LexiconName' } },
            ],
          },
        ],
      },
      {
        Action: ['polly:DescribeVoices', 'polly:ListLexicons', 'polly:PutLexicon', 'polly:SynthesizeSpeech'],
        Effect: 'Allow',
        Resource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:polly:${AWS::Region}:${AWS::AccountId}:lexicon/*' }],
      },
    ],
  },
  RekognitionDetectOnlyPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'rekognition:DetectFaces',
          'rekognition:DetectLabels',
          'rekognition:DetectModerationLabels',
          'rekognition:DetectText',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  RekognitionFacesManagementPolicy: {
    parameters: ['CollectionId'],
    statements: [
      {
        Action: [
          'rekognition:IndexFaces',
          'rekognition:DeleteFaces',
          'rekognition:SearchFaces',
          'rekognition:SearchFacesByImage',
          'rekognition:ListFaces',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${collectionId}',
            { collectionId: { Ref: 'CollectionId' } },
          ],
        },
      },
    ],
  },
  RekognitionFacesPolicy: {
    parameters: [],
    statements: [
      { Action: ['rekognition:CompareFaces', 'rekognition:DetectFaces'], Effect: 'Allow', Resource: '*' },
    ],
  },
  RekognitionLabelsPolicy: {
    parameters: [],
    statements: [
      {
        Action: ['rekognition:DetectLabels', 'rekognition:DetectModerationLabels'],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  RekognitionNoDataAccessPolicy: {
    parameters: ['CollectionId'],
    statements: [
      {
        Action: [
          'rekognition:CompareFaces',
          'rekognition:DetectFaces',
          'rekognition:DetectLabels',
          'rekognition:DetectModerationLabels',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${collectionId}',
            { collectionId: { Ref: 'CollectionId' } },
          ],
        },
      },
    ],
  },
  RekognitionReadPolicy: {
    parameters: ['CollectionId'],
    statements: [
      {
        Action: [
          'rekognition:ListCollections',
          'rekognition:ListFaces',
          'rekognition:SearchFaces',
          'rekognition:SearchFacesByImage',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${collectionId}',
            { collectionId: { Ref: 'CollectionId' } },
          ],
        },
      },
    ],
  },
  RekognitionWriteOnlyAccessPolicy: {
    parameters: ['CollectionId'],
    statements: [
      {
        Action: ['rekognition:CreateCollection', 'rekognition:IndexFaces'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${collectionId}',
            { collectionId: { Ref: 'CollectionId' } },
          ],
        },
      },
    ],
  },
  Route53ChangeResourceRecordSetsPolicy: {
    parameters: ['HostedZoneId'],
    statements: [
      {
        Action: ['route53:ChangeResourceRecordSets'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:route53:::hostedzone/${HostedZoneId}',
            { HostedZoneId: { Ref: 'HostedZoneId' } },
          ],
        },
      },
    ],
  },
  S3CrudPolicy: {
    parameters: ['BucketName'],
    statements: [
      {
        Action: [
          's3:GetObject',
          's3:ListBucket',
          's3:GetBucketLocation',
          's3:GetObjectVersion',
          's3:PutObject',
          's3:PutObjectAcl',
          's3:GetLifecycleConfiguration',
          's3:PutLifecycleConfiguration',
          's3:DeleteObject',
        ],
        Effect: 'Allow',
        Resource: [
          { 'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}', { bucketName: { Ref: 'BucketName' } }] },
          {
            'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}/*', { bucketName: { Ref: 'BucketName' } }],
          },
        ],
      },
    ],
  },
  S3FullAccessPolicy: {
    parameters: ['BucketName'],
    statements: [
      {
        Action: [
          's3:GetObject',
          's3:GetObjectAcl',
          's3:GetObjectVersion',
          's3:PutObject',
          's3:PutObjectAcl',
          's3:DeleteObject',
          's3:DeleteObjectTagging',
          's3:DeleteObjectVersionTagging',
          's3:GetObjectTagging',
          's3:GetObjectVersionTagging',
          's3:PutObjectTagging',
          's3:PutObjectVersionTagging',
        ],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}/*', { bucketName: { Ref: 'BucketName' } }],
          },
        ],
      },
      {
        Action: [
          's3:ListBucket',
          's3:GetBucketLocation',
          's3:GetLifecycleConfiguration',
          's3:PutLifecycleConfiguration',
        ],
        Effect: 'Allow',
        Resource: [
          { 'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}', { bucketName: { Ref: 'BucketName' } }] },
        ],
      },
    ],
  },
  S3ReadPolicy: {
    parameters: ['BucketName'],
    statements: [
      {
        Action: [
          's3:GetObject',
          's3:ListBucket',
          's3:GetBucketLocation',
          's3:GetObjectVersion',
          's3:GetLifecycleConfiguration',
        ],
        Effect: 'Allow',
        Resource: [
          { 'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}', { bucketName: { Ref: 'BucketName' } }] },
          {
            'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}/*', { bucketName: { Ref: 'BucketName' } }],
          },
        ],
      },
    ],
  },
  S3WritePolicy: {
    parameters: ['BucketName'],
    statements: [
      {
        Action: ['s3:PutObject', 's3:PutObjectAcl', 's3:PutLifecycleConfiguration'],
        Effect: 'Allow',
        Resource: [
          { 'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}', { bucketName: { Ref: 'BucketName' } }] },
          {
            'Fn::Sub': ['arn:${AWS::Partition}:s3:::${bucketName}/*', { bucketName: { Ref: 'BucketName' } }],
          },
        ],
      },
    ],
  },
  SESBulkTemplatedCrudPolicy: {
    parameters: ['IdentityName'],
    statements: [
      {
        Action: [
          'ses:GetIdentityVerificationAttributes',
          'ses:SendEmail',
          'ses:SendRawEmail',
          'ses:SendTemplatedEmail',
          'ses:SendBulkTemplatedEmail',
          'ses:VerifyEmailIdentity',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${identityName}',
            { identityName: { Ref: 'IdentityName' } },
          ],
        },
      },
    ],
  },
  SESBulkTemplatedCrudPolicy_v2: {
    parameters: ['IdentityName', 'TemplateName'],
    statements: [
      {
        Action: ['ses:SendEmail', 'ses:SendRawEmail', 'ses:SendTemplatedEmail', 'ses:SendBulkTemplatedEmail'],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${identityName}',
              { identityName: { Ref: 'IdentityName' } },
            ],
          },
          {
            'Fn::Sub': [
              'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:template/${templateName}',
              { templateName: { Ref: 'TemplateName' } },
            ],
          },
        ],
      },
      {
        Action: ['ses:GetIdentityVerificationAttributes', 'ses:VerifyEmailIdentity'],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  SESCrudPolicy: {
    parameters: ['IdentityName'],
    statements: [
      {
        Action: [
          'ses:GetIdentityVerificationAttributes',
          'ses:SendEmail',
          'ses:SendRawEmail',
          'ses:VerifyEmailIdentity',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${identityName}',
            { identityName: { Ref: 'IdentityName' } },
          ],
        },
      },
    ],
  },
  SESEmailTemplateCrudPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'ses:CreateTemplate',
          'ses:GetTemplate',
          'ses:ListTemplates',
          'ses:UpdateTemplate',
          'ses:DeleteTemplate',
          'ses:TestRenderTemplate',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  SESSendBouncePolicy: {
    parameters: ['IdentityName'],
    statements: [
      {
        Action: ['ses:SendBounce'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${identityName}',
            { identityName: { Ref: 'IdentityName' } },
          ],
        },
      },
    ],
  },
  SNSCrudPolicy: {
    parameters: ['TopicName'],
    statements: [
      {
        Action: [
          'sns:ListSubscriptionsByTopic',
          'sns:CreateTopic',
          'sns:SetTopicAttributes',
          'sns:Subscribe',
          'sns:Publish',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${topicName}*',
            { topicName: { Ref: 'TopicName' } },
          ],
        },
      },
    ],
  },
  SNSPublishMessagePolicy: {
    parameters: ['TopicName'],
    statements: [
      {
        Action: ['sns:Publish'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${topicName}',
            { topicName: { Ref: 'TopicName' } },
          ],
        },
      },
    ],
  },
  SQSPollerPolicy: {
    parameters: ['QueueName'],
    statements: [
      {
        Action: [
          'sqs:ChangeMessageVisibility',
          'sqs:ChangeMessageVisibilityBatch',
          'sqs:DeleteMessage',
          'sqs:DeleteMessageBatch',
          'sqs:GetQueueAttributes',
          'sqs:ReceiveMessage',
        ],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${queueName}',
            { queueName: { Ref: 'QueueName' } },
          ],
        },
      },
    ],
  },
  SQSSendMessagePolicy: {
    parameters: ['QueueName'],
    statements: [
      {
        Action: ['sqs:SendMessage*'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${queueName}',
            { queueName: { Ref: 'QueueName' } },
          ],
        },
      },
    ],
  },
  SSMParameterReadPolicy: {
    parameters: ['ParameterName'],
    statements: [
      { Action: ['ssm:DescribeParameters'], Effect: 'Allow', Resource: '*' },
      {
        Action: ['ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParametersByPath'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${parameterName}',
            { parameterName: { Ref: 'ParameterName' } },
          ],
        },
      },
    ],
  },
  SSMParameterWithSlashPrefixReadPolicy: {
    parameters: ['ParameterName'],
    statements: [
      { Action: ['ssm:DescribeParameters'], Effect: 'Allow', Resource: '*' },
      {
        Action: ['ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParametersByPath'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${parameterName}',
            { parameterName: { Ref: 'ParameterName' } },
          ],
        },
      },
    ],
  },
  SageMakerCreateEndpointConfigPolicy: {
    parameters: ['EndpointConfigName'],
    statements: [
      {
        Action: ['sagemaker:CreateEndpointConfig'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint-config/${endpointConfigName}',
            { endpointConfigName: { Ref: 'EndpointConfigName' } },
          ],
        },
      },
    ],
  },
  SageMakerCreateEndpointPolicy: {
    parameters: ['EndpointName'],
    statements: [
      {
        Action: ['sagemaker:CreateEndpoint'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint/${endpointName}',
            { endpointName: { Ref: 'EndpointName' } },
          ],
        },
      },
    ],
  },
  ServerlessRepoReadWriteAccessPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'serverlessrepo:CreateApplication',
          'serverlessrepo:CreateApplicationVersion',
          'serverlessrepo:UpdateApplication',
          'serverlessrepo:GetApplication',
          'serverlessrepo:ListApplications',
          'serverlessrepo:ListApplicationVersions',
          'serverlessrepo:ListApplicationDependencies',
        ],
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Sub': 'arn:${AWS::Partition}:serverlessrepo:${AWS::Region}:${AWS::AccountId}:applications/*',
          },
        ],
      },
    ],
  },
  StepFunctionsCallbackPolicy: {
    parameters: ['StateMachineName'],
    statements: [
      {
        Action: ['states:SendTaskFailure', 'states:SendTaskHeartbeat', 'states:SendTaskSuccess'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${stateMachineName}',
            { stateMachineName: { Ref: 'StateMachineName' } },
          ],
        },
      },
    ],
  },
  StepFunctionsExecutionPolicy: {
    parameters: ['StateMachineName'],
    statements: [
      {
        Action: ['states:StartExecution'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${stateMachineName}',
            { stateMachineName: { Ref: 'StateMachineName' } },
          ],
        },
      },
    ],
  },
  StepFunctionsExecutionPolicy_v2: {
    parameters: ['StateMachineName'],
    statements: [
      {
        Action: ['states:StartExecution', 'states:StartSyncExecution'],
        Effect: 'Allow',
        Resource: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${stateMachineName}',
            { stateMachineName: { Ref: 'StateMachineName' } },
          ],
        },
      },
    ],
  },
  TextractDetectAnalyzePolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'textract:DetectDocumentText',
          'textract:StartDocumentTextDetection',
          'textract:StartDocumentAnalysis',
          'textract:AnalyzeDocument',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  TextractGetResultPolicy: {
    parameters: [],
    statements: [
      {
        Action: ['textract:GetDocumentTextDetection', 'textract:GetDocumentAnalysis'],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  TextractPolicy: {
    parameters: [],
    statements: [{ Action: ['textract:*'], Effect: 'Allow', Resource: '*' }],
  },
  VPCAccessPolicy: {
    parameters: [],
    statements: [
      {
        Action: [
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DetachNetworkInterface',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
};
