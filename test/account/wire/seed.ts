import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { WAFV2 } from '@aws-sdk/client-wafv2';

/** How to reach the local endpoint. */
export interface Wire {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Who may take the functions' role. */
export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** The smallest zip file there is: an empty archive. */
export const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);

/** The batch flow: a queue with a dead-letter queue, its consumer, and the alarm over what is left. */
export async function seedBatch(wire: Wire): Promise<void> {
  const { Role } = await new IAM(wire).createRole({ RoleName: 'orders', AssumeRolePolicyDocument: trust });
  const { KeyMetadata } = await new KMS(wire).createKey({ Description: 'orders' });
  const sqs = new SQS(wire);
  const arn = (name: string): string => `arn:aws:sqs:${wire.region}:123456789012:${name}`;
  await sqs.createQueue({ QueueName: 'orders-dlq', Attributes: { MessageRetentionPeriod: '1209600' } });
  await sqs.createQueue({
    QueueName: 'orders',
    Attributes: {
      VisibilityTimeout: '180',
      KmsMasterKeyId: KeyMetadata?.Arn ?? '',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('orders-dlq'), maxReceiveCount: 3 }),
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: arn('orders') }],
      }),
    },
    tags: { runbook: 'https://runbooks.example.com/orders' },
  });
  const lambda = new Lambda(wire);
  for (const FunctionName of ['orders', 'insecure']) {
    await lambda.createFunction({
      FunctionName,
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: emptyZip },
      Timeout: 30,
      ...(FunctionName === 'orders' ? { TracingConfig: { Mode: 'Active' } } : {}),
      Environment: { Variables: { TABLE: 'orders' } },
    });
  }
  await lambda.putFunctionConcurrency({ FunctionName: 'orders', ReservedConcurrentExecutions: 20 });
  await lambda.createEventSourceMapping({
    FunctionName: 'orders',
    EventSourceArn: arn('orders'),
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await lambda.addPermission({
    FunctionName: 'insecure',
    StatementId: 'anyone',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
  });
  await new CloudWatch(wire).putMetricAlarm({
    AlarmName: 'orders-dlq-depth',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: 'orders-dlq' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [`arn:aws:sns:${wire.region}:123456789012:ops`],
  });
}

/** The API flow: a REST API with a stage, behind nothing. */
export async function seedApi(wire: Wire): Promise<void> {
  const api = new APIGateway(wire);
  const { id: restApiId = '' } = await api.createRestApi({
    name: 'orders',
    endpointConfiguration: { types: ['REGIONAL'] },
  });
  const { items = [] } = await api.getResources({ restApiId });
  const resourceId = items[0]?.id ?? '';
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await api.putMethod({ ...method, authorizationType: 'AWS_IAM' });
  await api.putIntegration({
    ...method,
    type: 'HTTP',
    integrationHttpMethod: 'GET',
    uri: 'https://example.com/',
  });
  await api.createDeployment({ restApiId, stageName: 'prod' });
  await new WAFV2(wire).createWebACL({
    Name: 'orders',
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'orders' },
    Rules: [],
  });
}

/** The event flow: a bus with a rule and its target, a topic, a state machine, and where things are kept. */
export async function seedEvents(wire: Wire): Promise<void> {
  const events = new EventBridge(wire);
  await events.createEventBus({ Name: 'orders' });
  await events.putRule({ Name: 'placed', EventBusName: 'orders', EventPattern: '{"source":["orders"]}' });
  await events.putTargets({
    Rule: 'placed',
    EventBusName: 'orders',
    Targets: [
      {
        Id: 'fn',
        Arn: `arn:aws:lambda:${wire.region}:123456789012:function:orders`,
        DeadLetterConfig: { Arn: `arn:aws:sqs:${wire.region}:123456789012:orders-dlq` },
      },
    ],
  });
  await new SNS(wire).createTopic({ Name: 'orders' });
  await new DynamoDB(wire).createTable({
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const s3 = new S3(wire);
  await s3.createBucket({
    Bucket: 'orders-bucket',
    CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
  });
  await s3.putBucketVersioning({ Bucket: 'orders-bucket', VersioningConfiguration: { Status: 'Enabled' } });
  await new SecretsManager(wire).createSecret({ Name: 'orders/db', SecretString: 'not-to-be-read' });
  await new SFN(wire).createStateMachine({
    name: 'fulfil',
    roleArn: 'arn:aws:iam::123456789012:role/orders',
    definition: '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}',
  });
}
