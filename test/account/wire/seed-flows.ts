import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { emptyZip, trust, type Wire } from './seed.ts';

const account = '123456789012';

/** The three flows, named `sound-...` as the diagrams have them and `bad-...` as nobody should, as far as the endpoint goes. */
export async function seedFlows(wire: Wire): Promise<void> {
  const { KeyMetadata } = await new KMS(wire).createKey({ Description: 'flows' });
  const key = KeyMetadata?.Arn ?? '';
  await new KMS(wire).enableKeyRotation({ KeyId: key });
  for (const isSound of [true, false]) {
    const name = isSound ? 'sound' : 'bad';
    await seedFunctions(wire, name, isSound, key);
    await seedBatchFlow(wire, name, isSound, key);
    await seedEventFlow(wire, name, isSound, key);
    await seedApiFlow(wire, name, isSound);
    await seedBucket(wire, name, isSound, key);
  }
}

const arnOf = (wire: Wire, service: string, resource: string): string =>
  `arn:aws:${service}:${wire.region}:${account}:${resource}`;

async function seedFunctions(wire: Wire, name: string, isSound: boolean, key: string): Promise<void> {
  const iam = new IAM(wire);
  const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: trust });
  const Action = isSound ? ['dynamodb:GetItem'] : ['*'];
  const Resource = isSound ? arnOf(wire, 'dynamodb', 'table/orders') : '*';
  await iam.putRolePolicy({
    RoleName: name,
    PolicyName: 'own',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource }],
    }),
  });
  const lambda = new Lambda(wire);
  for (const part of ['api', 'events', 'batch']) {
    const FunctionName = `${name}-${part}`;
    await lambda.createFunction({
      FunctionName,
      Role: Role?.Arn,
      Runtime: isSound ? 'nodejs22.x' : 'nodejs12.x',
      Handler: 'index.handler',
      Code: { ZipFile: emptyZip },
      Timeout: 30,
      Environment: { Variables: isSound ? { TABLE: 'orders' } : { DB_PASSWORD: 'hunter2-hunter2' } },
      ...(isSound ? { TracingConfig: { Mode: 'Active' } } : {}),
    });
    if (isSound) await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
    if (!isSound)
      await lambda.addPermission({
        FunctionName,
        StatementId: 'anyone',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      });
    if (isSound) await keepLogs(wire, `/aws/lambda/${FunctionName}`, key);
  }
}

async function keepLogs(wire: Wire, logGroupName: string, kmsKeyId: string): Promise<void> {
  const logs = new CloudWatchLogs(wire);
  await logs.deleteLogGroup({ logGroupName }).catch(() => undefined);
  await logs.createLogGroup({ logGroupName, kmsKeyId });
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 90 });
}

async function seedBatchFlow(wire: Wire, name: string, isSound: boolean, key: string): Promise<void> {
  const sqs = new SQS(wire);
  const queue = arnOf(wire, 'sqs', `${name}-batch`);
  await sqs.createQueue({
    QueueName: `${name}-dlq`,
    Attributes: {
      MessageRetentionPeriod: '1209600',
      ...(isSound ? { KmsMasterKeyId: key, Policy: guarded(arnOf(wire, 'sqs', `${name}-dlq`)) } : {}),
    },
  });
  const redrive = { deadLetterTargetArn: arnOf(wire, 'sqs', `${name}-dlq`), maxReceiveCount: 3 };
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: queue };
  await sqs.createQueue({
    QueueName: `${name}-batch`,
    Attributes: isSound
      ? {
          VisibilityTimeout: '180',
          KmsMasterKeyId: key,
          RedrivePolicy: JSON.stringify(redrive),
          Policy: guarded(queue),
        }
      : {
          VisibilityTimeout: '30',
          Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
        },
  });
  await new Lambda(wire).createEventSourceMapping({
    FunctionName: `${name}-batch`,
    EventSourceArn: queue,
    BatchSize: 10,
    ...(isSound ? { FunctionResponseTypes: ['ReportBatchItemFailures'] } : {}),
  });
  if (!isSound) return;
  await new CloudWatch(wire).putMetricAlarm({
    AlarmName: `${name}-dlq-depth`,
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: `${name}-dlq` }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [arnOf(wire, 'sns', 'operators')],
  });
}

/** A policy that lets EventBridge of this account send, and nobody without TLS. */
function guarded(Resource: string): string {
  const send = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource,
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  };
  const plain = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [send, plain] });
}

async function seedEventFlow(wire: Wire, name: string, isSound: boolean, key: string): Promise<void> {
  const events = new EventBridge(wire);
  const EventBusName = `${name}-events`;
  await events.createEventBus({ Name: EventBusName, ...(isSound ? { KmsKeyIdentifier: key } : {}) });
  if (isSound)
    await events.createArchive({
      ArchiveName: name,
      EventSourceArn: arnOf(wire, 'events', `event-bus/${EventBusName}`),
      RetentionDays: 30,
    });
  const EventPattern = isSound ? '{"source":["orders"]}' : '{"source":[{"prefix":""}]}';
  await events.putRule({ Name: `${name}-rule`, EventBusName, EventPattern });
  const letters = isSound ? { DeadLetterConfig: { Arn: arnOf(wire, 'sqs', `${name}-dlq`) } } : {};
  const Arn = arnOf(wire, 'lambda', `function:${name}-events`);
  await events.putTargets({ Rule: `${name}-rule`, EventBusName, Targets: [{ Id: 'fn', Arn, ...letters }] });
  const sns = new SNS(wire);
  await sns.createTopic({
    Name: `${name}-events`,
    ...(isSound ? { Attributes: { KmsMasterKeyId: key } } : {}),
  });
}

async function seedApiFlow(wire: Wire, name: string, isSound: boolean): Promise<void> {
  const api = new APIGateway(wire);
  const { id: restApiId = '' } = await api.createRestApi({
    name,
    endpointConfiguration: { types: ['REGIONAL'] },
  });
  const { items = [] } = await api.getResources({ restApiId });
  const method = { restApiId, resourceId: items[0]?.id ?? '', httpMethod: 'POST' };
  await api.putMethod({ ...method, authorizationType: isSound ? 'AWS_IAM' : 'NONE' });
  const invoke = arnOf(wire, 'lambda', `function:${name}-api`);
  await api.putIntegration({
    ...method,
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: `arn:aws:apigateway:${wire.region}:lambda:path/2015-03-31/functions/${invoke}/invocations`,
  });
  await api.createDeployment({ restApiId, stageName: 'prod' });
  if (isSound)
    await api.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        { op: 'replace', path: '/tracingEnabled', value: 'true' },
        { op: 'replace', path: '/*/*/throttling/rateLimit', value: '50' },
        { op: 'replace', path: '/*/*/throttling/burstLimit', value: '100' },
      ],
    });
  await new WAFV2(wire).createWebACL({
    Name: name,
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name },
    Rules: [],
  });
}

async function seedBucket(wire: Wire, name: string, isSound: boolean, key: string): Promise<void> {
  const s3 = new S3(wire);
  const Bucket = `${name}-bucket`;
  await s3.createBucket({
    Bucket,
    ...(wire.region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  });
  await s3.putPublicAccessBlock({
    Bucket,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: isSound,
      BlockPublicPolicy: isSound,
      IgnorePublicAcls: isSound,
      RestrictPublicBuckets: isSound,
    },
  });
  if (!isSound) return;
  await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } as const;
  await s3.putBucketEncryption({
    Bucket,
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] },
  });
}
