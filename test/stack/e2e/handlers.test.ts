import '../handlers/settings.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startExternalServer, type ExternalServer } from '../handlers/external-server.ts';
import { context } from '../handlers/lambda-inputs.ts';
import { hasLocalAws, startLocalAws, type LocalAws } from './local-aws.ts';

const account = '123456789012';
const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };
const goods = { items: [{ sku: 'A-1', quantity: 2 }], currency: 'EUR' };

/**
 * The handlers, loaded once the endpoint stands, one after the other: their clients and settings are read when they
 * are made. The queue of uploads is another one than the API's.
 */
async function loadHandlers(queues: Record<string, string>) {
  process.env['ORDER_QUEUE_URL'] = queues['ordered'];
  const ingest = await import('../../../reference-stack/handlers/ingest-upload.ts');
  process.env['ORDER_QUEUE_URL'] = queues['orders'];
  const orderApi = await import('../../../reference-stack/handlers/order-api.ts');
  const processOrders = await import('../../../reference-stack/handlers/process-orders.ts');
  const record = await import('../../../reference-stack/handlers/record-order.ts');
  const release = await import('../../../reference-stack/handlers/release-due-orders.ts');
  const start = await import('../../../reference-stack/handlers/start-fulfilment.ts');
  const keepTrail = await import('../../../reference-stack/handlers/write-audit-trail.ts');
  const fields = await import('../../../reference-stack/handlers/field-encryption.ts');
  return { processOrders, orderApi, ingest, record, release, start, keepTrail, fields };
}

// Only where the endpoint is installed; the same handlers run against answers in this process everywhere.
(hasLocalAws() ? describe : describe.skip)('the handlers against a local AWS endpoint', () => {
  let aws: LocalAws;
  let external: ExternalServer;
  let handlers: Awaited<ReturnType<typeof loadHandlers>>;
  const queues: Record<string, string> = {};

  beforeAll(async () => {
    aws = await startLocalAws();
    external = await startExternalServer(({ path }) => ({
      status: 200,
      body: path === '/prices' ? { totalCents: 4200 } : { settlementId: 's-1' },
    }));
    Object.assign(process.env, { AWS_ENDPOINT_URL: aws.url, EXTERNAL_API_URL: external.url });
    await seed();
    handlers = await loadHandlers(queues);
  }, 60_000);
  afterAll(async () => {
    await external.close();
    await aws.stop();
  });

  async function seed(): Promise<void> {
    const table = (TableName: string, key: string) =>
      new DynamoDBClient().send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
          AttributeDefinitions: [key, ...(TableName === 'orders' ? ['status', 'dueAt'] : [])].map(
            (AttributeName) => ({
              AttributeName,
              AttributeType: 'S',
            }),
          ),
          ...(TableName === 'orders' && {
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byStatusAndDue',
                KeySchema: [
                  { AttributeName: 'status', KeyType: 'HASH' },
                  { AttributeName: 'dueAt', KeyType: 'RANGE' },
                ],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
          }),
        }),
      );
    await Promise.all([
      table('idempotency', 'id'),
      table('orders', 'orderId'),
      table('processed', 'orderId'),
    ]);
    for (const Bucket of ['documents', 'audit', 'uploads']) {
      await new S3Client().send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
        }),
      );
    }
    for (const name of ['orders', 'audit']) {
      queues[name] = (await new SQSClient().send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '';
    }
    const fifo = new CreateQueueCommand({ QueueName: 'ordered.fifo', Attributes: { FifoQueue: 'true' } });
    queues['ordered'] = (await new SQSClient().send(fifo)).QueueUrl ?? '';
    const { TopicArn: topic = '' } = await new SNSClient().send(
      new CreateTopicCommand({ Name: 'announcements' }),
    );
    await new SNSClient().send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:eu-central-1:${account}:audit`,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    await new EventBridgeClient().send(new CreateEventBusCommand({ Name: 'orders' }));
    const { KeyMetadata: key } = await new KMSClient().send(new CreateKeyCommand({}));
    const { ARN: secret } = await new SecretsManagerClient().send(
      new CreateSecretCommand({ Name: 'external', SecretString: '{"apiKey":"k-1"}' }),
    );
    const { stateMachineArn } = await new SFNClient().send(
      new CreateStateMachineCommand({
        name: 'fulfilment',
        roleArn: `arn:aws:iam::${account}:role/fulfilment`,
        definition: '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}',
      }),
    );
    Object.assign(process.env, {
      TOPIC_ARN: topic,
      PERSONAL_DATA_KEY_ARN: key?.Arn,
      EXTERNAL_API_CREDENTIALS_ARN: secret,
      STATE_MACHINE_ARN: stateMachineArn,
    });
  }

  /** What the event source mapping would hand over: everything that waits in a queue. */
  async function poll(name: string): Promise<SQSEvent> {
    const { Messages: messages = [] } = await new SQSClient().send(
      new ReceiveMessageCommand({
        QueueUrl: queues[name],
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const records = messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([key, { StringValue: stringValue }]) => [
          key,
          { stringValue },
        ]),
      ),
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:eu-central-1:${account}:${name}`,
    }));
    return { Records: records as unknown as SQSRecord[] }; // as the service writes them
  }

  const scan = async (TableName: string) =>
    (await new DynamoDBClient().send(new ScanCommand({ TableName }))).Items ?? [];
  const keys = async (Bucket: string) =>
    ((await new S3Client().send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(
      ({ Key: key }) => key,
    );

  const apiRequest = (change: object) =>
    ({
      httpMethod: 'POST',
      headers: { 'Idempotency-Key': 'key-1' },
      body: JSON.stringify({ customer, ...goods }),
      requestContext: { requestId: 'request-1', authorizer: { claims: { sub: 'user-1' } } },
      ...change,
    }) as unknown as Parameters<typeof handlers.orderApi.handler>[0]; // what the handler reads of it

  it('API: accepts an order once, stores it sealed, queues it, and shows it to its owner', async () => {
    const first = await handlers.orderApi.handler(apiRequest({}), context());
    const second = await handlers.orderApi.handler(apiRequest({}), context());
    expect(first.statusCode).toBe(202);
    expect(second).toEqual(first);
    const { orderId } = JSON.parse(first.body) as { orderId: string };
    const stored = await scan('orders');
    expect(stored.map((item) => item['orderId']?.S).sort()).toEqual([orderId, `key#${orderId}`].sort());
    expect(JSON.stringify(stored)).not.toContain('Ada');
    expect(await keys('documents')).toEqual([`orders/${orderId}.json`]);
    const shown = await handlers.orderApi.handler(
      apiRequest({ httpMethod: 'GET', pathParameters: { orderId } }),
      context(),
    );
    expect(JSON.parse(shown.body)).toMatchObject({ customer, totalCents: 4200 });
  });

  it('batch: settles the queued order, returns the poison message alone, and takes a duplicate for done', async () => {
    await new SQSClient().send(new SendMessageCommand({ QueueUrl: queues['orders'], MessageBody: 'poison' }));
    const batch = await poll('orders');
    expect(batch.Records).toHaveLength(2);
    const poison = batch.Records.find(({ body }) => body === 'poison')?.messageId;
    const failures = { batchItemFailures: [{ itemIdentifier: poison }] };
    await expect(handlers.processOrders.handler(batch, context())).resolves.toEqual(failures);
    const settlements = () => external.seen.filter(({ path }) => path === '/settlements');
    expect(settlements()).toHaveLength(1);
    expect(settlements()[0]).toMatchObject({
      headers: { 'x-api-key': 'k-1', 'x-correlation-id': 'request-1' },
      body: { customer },
    });
    await expect(handlers.processOrders.handler(batch, context())).resolves.toEqual(failures);
    expect(settlements()).toHaveLength(1);
    expect(await scan('processed')).toHaveLength(2);
    expect(await keys('audit')).toEqual([expect.stringMatching(/^processed\//)]);
  });

  it('events: an upload goes through the ordered queue into the table, is released, fanned out and kept', async () => {
    const lines = [customer, { ...customer, name: 'Grace' }].map((each) =>
      JSON.stringify({ customer: each, ...goods }),
    );
    await new S3Client().send(
      new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'orders.ndjson',
        Body: [...lines, 'no order'].join('\n'),
      }),
    );
    const upload = { bucket: { name: 'uploads' }, object: { key: 'orders.ndjson', sequencer: '1' } };
    const event = { id: 'e-1', 'detail-type': 'Object Created', detail: upload };
    await handlers.ingest.handler(event as Parameters<typeof handlers.ingest.handler>[0], context());
    const queued = await poll('ordered');
    expect(queued.Records).toHaveLength(2);
    await expect(handlers.record.handler(queued, context())).resolves.toEqual({ batchItemFailures: [] });
    await expect(handlers.record.handler(queued, context())).resolves.toEqual({ batchItemFailures: [] });

    const run = { id: 'run-1' } as Parameters<typeof handlers.release.handler>[0]; // all that is read of it
    await expect(handlers.release.handler(run, context())).resolves.toEqual({ released: 2 });
    const announced = await poll('audit');
    expect(announced.Records).toHaveLength(2);
    expect(JSON.stringify(announced)).not.toMatch(/Ada|Grace/);
    await expect(handlers.keepTrail.handler(announced, context())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect((await keys('audit')).filter((key) => key?.startsWith('announcements/'))).toHaveLength(2);
    const statuses = (await scan('orders'))
      .map((item) => item['status']?.S)
      .filter((status) => status !== undefined);
    expect(statuses.sort()).toEqual(['ACCEPTED', 'RELEASED', 'RELEASED']);
  });

  it('workflow: starts one execution for an order', async () => {
    const event = {
      id: 'e-2',
      'detail-type': 'order.accepted',
      detail: { orderId: 'o-1', ...goods, correlationId: 'c' },
    };
    const input = event as unknown as Parameters<typeof handlers.start.handler>[0]; // what is read of it
    await handlers.start.handler(input, context());
    await handlers.start.handler(input, context());
    const { executions = [] } = await new SFNClient().send(
      new ListExecutionsCommand({ stateMachineArn: process.env['STATE_MACHINE_ARN'] }),
    );
    expect(executions.map(({ name }) => name)).toEqual(['order-o-1']);
  });

  it('seals with a real data key, and opens for the same order alone', async () => {
    const sealed = await handlers.fields.sealFields(customer, 'o-1');
    await expect(handlers.fields.openFields(sealed, 'o-1')).resolves.toEqual(customer);
    await expect(handlers.fields.openFields(sealed, 'o-2')).rejects.toThrow();
  });

  // Last: the circuit stays open.
  it('batch: a failing downstream opens the circuit, and then is left alone', async () => {
    external.reply = () => ({ status: 503, body: {} });
    const sendOrder = async (orderId: string) =>
      new SQSClient().send(
        new SendMessageCommand({
          QueueUrl: queues['orders'],
          MessageBody: JSON.stringify({
            orderId,
            customer: await handlers.fields.sealFields(customer, orderId),
            ...goods,
          }),
        }),
      );
    for (const orderId of ['f-1', 'f-2', 'f-3']) await sendOrder(orderId);
    await expect(handlers.processOrders.handler(await poll('orders'), context())).rejects.toThrow(
      'All records failed',
    );
    const calls = external.seen.length;
    await sendOrder('f-4');
    await expect(handlers.processOrders.handler(await poll('orders'), context())).rejects.toMatchObject({
      recordErrors: [{ name: 'CircuitOpenError' }],
    });
    expect(external.seen).toHaveLength(calls);
  });
});
