import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Deployment } from './deployment.ts';

/** Asks again until the answer is there. @throws what was answered last, after a minute and a half */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const until = Date.now() + 90_000;
  while (Date.now() < until) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(300);
  }
  throw new Error(`It did not come about: ${what}.`);
}

/** What a deployment has stored, sent and started. */
export function stateOf(app: Deployment) {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(app.client));
  const s3 = new S3Client(app.client);
  const sqs = new SQSClient(app.client);
  const sfn = new SFNClient(app.client);
  const machine = () => app.id('AWS::StepFunctions::StateMachine', 'EventsFulfilmentStateMachine');
  const table = (name: string) => app.id('AWS::DynamoDB::Table', name);

  return {
    row: async (tableName: string, orderId: string) =>
      (await documents.send(new GetCommand({ TableName: table(tableName), Key: { orderId } }))).Item,
    /** Texts of a bucket's objects whose name or text holds a word. */
    objects: async (bucketName: string, word: string): Promise<string[]> => {
      const bucket = app.id('AWS::S3::Bucket', bucketName);
      const { Contents: found = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const texts = await Promise.all(
        found.map(async ({ Key: key = '' }) => {
          const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return { key, text: (await body?.transformToString()) ?? '' };
        }),
      );
      return texts
        .filter(({ key, text }) => key.includes(word) || text.includes(word))
        .map(({ text }) => text);
    },
    queueUrl: (logicalId: string) => app.id('AWS::SQS::Queue', logicalId),
    depth: async (logicalId: string): Promise<number> => {
      const { Attributes: of = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: app.id('AWS::SQS::Queue', logicalId),
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Number(of['ApproximateNumberOfMessages']) + Number(of['ApproximateNumberOfMessagesNotVisible']);
    },
    /** Status of each execution of an order. */
    executions: async (orderId: string): Promise<string[]> => {
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn: machine(), maxResults: 1000 }),
      );
      const own = executions.filter(({ name }) => name === `order-${orderId}`);
      const described = await Promise.all(
        own.map(({ executionArn }) => sfn.send(new DescribeExecutionCommand({ executionArn }))),
      );
      return described.map(({ status = '' }) => status);
    },
  };
}
