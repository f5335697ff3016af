// Synthetic templates for the benchmarks: groups of about twelve resources that use most relations.

const arn = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

function group(n) {
  const id = (name) => `${name}${n}`;
  const api = n % 4 === 0;
  return {
    [id('Role')]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
          ],
        },
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
                  Resource: arn(id('Table')),
                },
                {
                  Effect: 'Allow',
                  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
                  Resource: arn(id('Queue')),
                },
              ],
            },
          },
        ],
      },
    },
    [id('Function')]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: n % 3 === 0 ? 'nodejs18.x' : 'nodejs22.x',
        Handler: 'index.handler',
        Role: arn(id('Role')),
        Code: { S3Bucket: 'artifacts', S3Key: `function-${n}.zip` },
        Timeout: 30,
        TracingConfig: { Mode: 'Active' },
        Environment: {
          Variables: {
            TABLE: { Ref: id('Table') },
            QUEUE: {
              'Fn::Sub': `https://sqs.\${AWS::Region}.amazonaws.com/\${AWS::AccountId}/\${${id('Queue')}.QueueName}`,
            },
          },
        },
      },
    },
    [id('Queue')]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: n % 2 === 0 ? 180 : 60,
        RedrivePolicy: { deadLetterTargetArn: arn(id('DeadLetters')), maxReceiveCount: 3 },
      },
    },
    [id('DeadLetters')]: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1209600 } },
    [id('Mapping')]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arn(id('Queue')),
        FunctionName: { Ref: id('Function') },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    [id('Alarm')]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id('DeadLetters'), 'QueueName'] } }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 1,
        Period: 60,
        Statistic: 'Maximum',
        AlarmActions: [{ Ref: 'AlarmTopic' }],
      },
    },
    [id('Table')]: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    },
    [id('Logs')]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: { 'Fn::Join': ['', ['/aws/lambda/', { Ref: id('Function') }]] },
        RetentionInDays: 30,
      },
    },
    [id('Rule')]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: [`app.${n}`] },
        Targets: [{ Id: 't', Arn: arn(id('Function')), DeadLetterConfig: { Arn: arn(id('DeadLetters')) } }],
      },
    },
    [id('Permission')]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: id('Function') },
        Principal: 'events.amazonaws.com',
        SourceArn: arn(id('Rule')),
      },
    },
    ...(api
      ? {
          [id('Api')]: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: `api-${n}` } },
          [id('Stage')]: {
            Type: 'AWS::ApiGateway::Stage',
            Properties: { RestApiId: { Ref: id('Api') }, StageName: 'prod' },
          },
          [id('Method')]: {
            Type: 'AWS::ApiGateway::Method',
            Properties: {
              RestApiId: { Ref: id('Api') },
              ResourceId: { 'Fn::GetAtt': [id('Api'), 'RootResourceId'] },
              HttpMethod: 'POST',
              AuthorizationType: 'AWS_IAM',
              Integration: {
                Type: 'AWS_PROXY',
                IntegrationHttpMethod: 'POST',
                Uri: {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':apigateway:',
                      { Ref: 'AWS::Region' },
                      ':lambda:path/2015-03-31/functions/',
                      arn(id('Function')),
                      '/invocations',
                    ],
                  ],
                },
              },
            },
          },
          [id('Bucket')]: {
            Type: 'AWS::S3::Bucket',
            Properties: { VersioningConfiguration: { Status: 'Enabled' } },
          },
        }
      : {}),
  };
}

/** A template of about `count` resources. */
export function template(count) {
  const resources = { AlarmTopic: { Type: 'AWS::SNS::Topic' } };
  let size = 1;
  for (let n = 0; size < count; n++) {
    for (const [id, resource] of Object.entries(group(n))) {
      if (size >= count) break;
      resources[id] = resource;
      size += 1;
    }
  }
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: resources };
}

function sharedFunction(n) {
  const Code = { S3Bucket: 'artifacts', S3Key: `function-${n}.zip` };
  return {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: arn('Role'), Code },
  };
}

/** A template of about `count` resources in which all functions share one role, one table and one topic. */
export function sharedTemplate(count) {
  const { Role0: Role, Table0, Queue0, DeadLetters0 } = group(0);
  const resources = { Role, Table0, Queue0, DeadLetters0, Topic: { Type: 'AWS::SNS::Topic' } };
  for (let n = 0, size = 5; size < count; n += 1, size += 2) {
    resources[`Function${n}`] = sharedFunction(n);
    resources[`Subscription${n}`] = {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arn(`Function${n}`) },
    };
  }
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: resources };
}

/** As `template`, but all functions share one role, and it may write to every table: functions times tables relations. */
export function sharedTables(count) {
  const { AWSTemplateFormatVersion, Resources } = template(count);
  const isOf = (type) => Object.keys(Resources).filter((id) => Resources[id].Type === type);
  const { Role0: Role } = group(0);
  const [statement] = Role.Properties.Policies[0].PolicyDocument.Statement;
  statement.Resource = isOf('AWS::DynamoDB::Table').map(arn);
  for (const id of isOf('AWS::Lambda::Function')) Resources[id].Properties.Role = arn('Role');
  const others = Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::IAM::Role');
  return { AWSTemplateFormatVersion, Resources: { ...Object.fromEntries(others), Role } };
}

/** Files of a cloud assembly of `stacks` stacks, by name. */
export function assembly(stacks, resourcesEach) {
  const artifacts = {};
  const files = {};
  for (let n = 0; n < stacks; n++) {
    artifacts[`Stack${n}`] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `Stack${n}.template.json` },
      displayName: `Stack${n}`,
    };
    files[`Stack${n}.template.json`] = JSON.stringify(template(resourcesEach), null, 1);
  }
  files['manifest.json'] = JSON.stringify({ version: '48.0.0', artifacts });
  return files;
}
