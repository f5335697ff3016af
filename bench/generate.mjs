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
