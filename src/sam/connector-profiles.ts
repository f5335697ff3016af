/** What a connector makes for one pair of types: `@Source.Arn@` and the like stand for what it connects. */
export interface ConnectorProfile {
  readonly kind: 'role' | 'permission' | 'topic' | 'queue';
  /** Whose role gets the policy. */
  readonly role?: 'Source' | 'Destination';
  /** Statements, or properties of the permission, by `Read`, `Write` or `Read+Write`. */
  readonly access: Readonly<Record<string, unknown>>;
}

/** By `<source type> <destination type>` (AWS SAM developer guide, "AWS SAM connector reference", and what the official translator makes of each pair, read 2026-11). */
export const connectorProfiles: Readonly<Record<string, ConnectorProfile>> = {
  'AWS::ApiGateway::RestApi AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SourceResourceId}/${SourceQualifier}',
            { SourceResourceId: '@Source.ResourceId@', SourceQualifier: '@Source.Qualifier@' },
          ],
        },
      },
    },
  },
  'AWS::ApiGatewayV2::Api AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SourceResourceId}/${SourceQualifier}',
            { SourceResourceId: '@Source.ResourceId@', SourceQualifier: '@Source.Qualifier@' },
          ],
        },
      },
    },
  },
  'AWS::DynamoDB::Table AWS::Lambda::Function': {
    kind: 'role',
    role: 'Destination',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:DescribeStream',
            'dynamodb:GetRecords',
            'dynamodb:GetShardIterator',
            'dynamodb:ListStreams',
          ],
          Resource: [{ 'Fn::Sub': ['${SourceArn}/stream/*', { SourceArn: '@Source.Arn@' }] }],
        },
      ],
    },
  },
  'AWS::Events::Rule AWS::Events::EventBus': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::Events::Rule AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 'events.amazonaws.com',
        SourceArn: '@Source.Arn@',
      },
    },
  },
  'AWS::Events::Rule AWS::SNS::Topic': {
    kind: 'topic',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: '@Destination.Arn@',
          Action: 'sns:Publish',
          Condition: { ArnEquals: { 'aws:SourceArn': '@Source.Arn@' } },
        },
      ],
    },
  },
  'AWS::Events::Rule AWS::SQS::Queue': {
    kind: 'queue',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: '@Destination.Arn@',
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': '@Source.Arn@' } },
        },
      ],
    },
  },
  'AWS::Events::Rule AWS::StepFunctions::StateMachine': {
    kind: 'role',
    role: 'Source',
    access: {
      Write: [{ Effect: 'Allow', Action: ['states:StartExecution'], Resource: ['@Destination.Arn@'] }],
    },
  },
  'AWS::Lambda::Function AWS::DynamoDB::Table': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:GetItem',
            'dynamodb:Query',
            'dynamodb:Scan',
            'dynamodb:BatchGetItem',
            'dynamodb:ConditionCheckItem',
            'dynamodb:PartiQLSelect',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:PutItem',
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:PartiQLDelete',
            'dynamodb:PartiQLInsert',
            'dynamodb:PartiQLUpdate',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::Lambda::Function AWS::Events::EventBus': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::Lambda::Function AWS::Lambda::Function': {
    kind: 'role',
    role: 'Source',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeAsync', 'lambda:InvokeFunction'],
          Resource: ['@Destination.Arn@'],
        },
      ],
    },
  },
  'AWS::Lambda::Function AWS::S3::Bucket': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            's3:GetObject',
            's3:GetObjectAcl',
            's3:GetObjectLegalHold',
            's3:GetObjectRetention',
            's3:GetObjectTorrent',
            's3:GetObjectVersion',
            's3:GetObjectVersionAcl',
            's3:GetObjectVersionForReplication',
            's3:GetObjectVersionTorrent',
            's3:ListBucket',
            's3:ListBucketMultipartUploads',
            's3:ListBucketVersions',
            's3:ListMultipartUploadParts',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: [
            's3:AbortMultipartUpload',
            's3:DeleteObject',
            's3:DeleteObjectVersion',
            's3:PutObject',
            's3:PutObjectLegalHold',
            's3:PutObjectRetention',
            's3:RestoreObject',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::Lambda::Function AWS::SNS::Topic': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::Lambda::Function AWS::SQS::Queue': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'],
          Resource: ['@Destination.Arn@'],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: ['sqs:DeleteMessage', 'sqs:SendMessage', 'sqs:ChangeMessageVisibility', 'sqs:PurgeQueue'],
          Resource: ['@Destination.Arn@'],
        },
      ],
    },
  },
  'AWS::Lambda::Function AWS::StepFunctions::StateMachine': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: ['states:DescribeStateMachine', 'states:ListExecutions'],
          Resource: ['@Destination.Arn@'],
        },
        {
          Effect: 'Allow',
          Action: [
            'states:DescribeExecution',
            'states:DescribeStateMachineForExecution',
            'states:GetExecutionHistory',
          ],
          Resource: [
            {
              'Fn::Sub': [
                'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*',
                { DestinationName: '@Destination.Name@' },
              ],
            },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: ['states:StartExecution', 'states:StartSyncExecution'],
          Resource: ['@Destination.Arn@'],
        },
        {
          Effect: 'Allow',
          Action: ['states:StopExecution'],
          Resource: [
            {
              'Fn::Sub': [
                'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*',
                { DestinationName: '@Destination.Name@' },
              ],
            },
          ],
        },
      ],
    },
  },
  'AWS::Lambda::Function AWS::Location::PlaceIndex': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            'geo:DescribePlaceIndex',
            'geo:GetPlace',
            'geo:SearchPlaceIndexForPosition',
            'geo:SearchPlaceIndexForSuggestions',
            'geo:SearchPlaceIndexForText',
          ],
          Resource: ['@Destination.Arn@'],
        },
      ],
    },
  },
  'AWS::S3::Bucket AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 's3.amazonaws.com',
        SourceAccount: { 'Fn::Sub': '${AWS::AccountId}' },
        SourceArn: '@Source.Arn@',
      },
    },
  },
  'AWS::SNS::Topic AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 'sns.amazonaws.com',
        SourceArn: '@Source.Arn@',
      },
    },
  },
  'AWS::SNS::Topic AWS::SQS::Queue': {
    kind: 'queue',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Resource: '@Destination.Arn@',
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': '@Source.Arn@' } },
        },
      ],
    },
  },
  'AWS::SQS::Queue AWS::Lambda::Function': {
    kind: 'role',
    role: 'Destination',
    access: {
      'Read+Write': [
        { Effect: 'Allow', Action: ['sqs:DeleteMessage'], Resource: ['@Source.Arn@'] },
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'],
          Resource: ['@Source.Arn@'],
        },
      ],
    },
  },
  'AWS::StepFunctions::StateMachine AWS::DynamoDB::Table': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:GetItem',
            'dynamodb:Query',
            'dynamodb:Scan',
            'dynamodb:BatchGetItem',
            'dynamodb:ConditionCheckItem',
            'dynamodb:PartiQLSelect',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:PutItem',
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:PartiQLDelete',
            'dynamodb:PartiQLInsert',
            'dynamodb:PartiQLUpdate',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::StepFunctions::StateMachine AWS::Events::EventBus': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::StepFunctions::StateMachine AWS::Lambda::Function': {
    kind: 'role',
    role: 'Source',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeAsync', 'lambda:InvokeFunction'],
          Resource: ['@Destination.Arn@'],
        },
      ],
    },
  },
  'AWS::StepFunctions::StateMachine AWS::S3::Bucket': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            's3:GetObject',
            's3:GetObjectAcl',
            's3:GetObjectLegalHold',
            's3:GetObjectRetention',
            's3:GetObjectTorrent',
            's3:GetObjectVersion',
            's3:GetObjectVersionAcl',
            's3:GetObjectVersionForReplication',
            's3:GetObjectVersionTorrent',
            's3:ListBucket',
            's3:ListBucketMultipartUploads',
            's3:ListBucketVersions',
            's3:ListMultipartUploadParts',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: [
            's3:AbortMultipartUpload',
            's3:DeleteObject',
            's3:DeleteObjectVersion',
            's3:PutObject',
            's3:PutObjectLegalHold',
            's3:PutObjectRetention',
            's3:RestoreObject',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::StepFunctions::StateMachine AWS::SNS::Topic': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::StepFunctions::StateMachine AWS::SQS::Queue': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::StepFunctions::StateMachine AWS::StepFunctions::StateMachine': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: ['states:DescribeExecution'],
          Resource: [
            {
              'Fn::Sub': [
                'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*',
                { DestinationName: '@Destination.Name@' },
              ],
            },
          ],
        },
        {
          Effect: 'Allow',
          Action: ['events:DescribeRule'],
          Resource: [
            {
              'Fn::Sub':
                'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
            },
          ],
        },
      ],
      'Read+Write': [
        {
          Effect: 'Allow',
          Action: ['states:DescribeExecution'],
          Resource: [
            {
              'Fn::Sub': [
                'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*',
                { DestinationName: '@Destination.Name@' },
              ],
            },
          ],
        },
        {
          Effect: 'Allow',
          Action: ['events:DescribeRule'],
          Resource: [
            {
              'Fn::Sub':
                'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
            },
          ],
        },
        { Effect: 'Allow', Action: ['states:StartExecution'], Resource: ['@Destination.Arn@'] },
        {
          Effect: 'Allow',
          Action: ['states:StopExecution'],
          Resource: [
            {
              'Fn::Sub': [
                'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*',
                { DestinationName: '@Destination.Name@' },
              ],
            },
          ],
        },
        {
          Effect: 'Allow',
          Action: ['events:PutTargets', 'events:PutRule'],
          Resource: [
            {
              'Fn::Sub':
                'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
            },
          ],
        },
      ],
    },
  },
  'AWS::AppSync::DataSource AWS::DynamoDB::Table': {
    kind: 'role',
    role: 'Source',
    access: {
      Read: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:GetItem',
            'dynamodb:Query',
            'dynamodb:Scan',
            'dynamodb:BatchGetItem',
            'dynamodb:ConditionCheckItem',
            'dynamodb:PartiQLSelect',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
      Write: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:PutItem',
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:PartiQLDelete',
            'dynamodb:PartiQLInsert',
            'dynamodb:PartiQLUpdate',
          ],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}/index/*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::AppSync::DataSource AWS::Events::EventBus': {
    kind: 'role',
    role: 'Source',
    access: { Write: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: ['@Destination.Arn@'] }] },
  },
  'AWS::AppSync::DataSource AWS::Lambda::Function': {
    kind: 'role',
    role: 'Source',
    access: {
      Write: [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeAsync', 'lambda:InvokeFunction'],
          Resource: [
            '@Destination.Arn@',
            { 'Fn::Sub': ['${DestinationArn}:*', { DestinationArn: '@Destination.Arn@' }] },
          ],
        },
      ],
    },
  },
  'AWS::AppSync::GraphQLApi AWS::Lambda::Function': {
    kind: 'permission',
    access: {
      Write: {
        Action: 'lambda:InvokeFunction',
        FunctionName: '@Destination.Arn@',
        Principal: 'appsync.amazonaws.com',
        SourceArn: {
          'Fn::Sub': [
            'arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${SourceResourceId}',
            { SourceResourceId: '@Source.ResourceId@' },
          ],
        },
      },
    },
  },
};
