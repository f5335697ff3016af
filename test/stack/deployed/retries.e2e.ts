import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { derivedId } from '../../../reference-stack/handlers/order.ts';
import { startExternalServer, type ExternalServer } from '../handlers/external-server.ts';
import { deployApplication, type Deployment } from './deployment.ts';
import type { FaultTime } from './fault-proxy.ts';
import { installMinistack } from './ministack.mjs';
import { eventually, stateOf } from './state.ts';

const goods = { items: [{ sku: 'A-1', quantity: 2 }], currency: 'EUR' };
const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };

/** One piece of work for a function, and what it leaves. */
interface Work {
  /** Given again until it succeeds, as whatever invokes the function would. */
  readonly events: readonly object[];
  /** What is there afterwards, without what differs by nature: ids, times, ciphertexts. */
  readonly result: () => Promise<unknown>;
}

const missing = await installMinistack();
if (missing !== undefined) console.warn(`Skipped: ${missing}.`);

(missing === undefined ? describe : describe.skip)(
  'a function that fails at any of its calls, and is retried',
  () => {
    let external: ExternalServer;
    let app: Deployment;
    let state: ReturnType<typeof stateOf>;
    let lambda: LambdaClient;
    let sealFields: (fields: object, orderId: string) => Promise<string>;
    let sequence = 0;
    const fresh = () => `r${Date.now()}-${++sequence}`;

    beforeAll(async () => {
      external = await startExternalServer(({ path, headers }) => {
        if (path === '/prices') return { status: 200, body: { totalCents: 4200 } };
        if (path === '/settlements') return { status: 200, body: { settlementId: 's-1' } };
        return { status: 200, body: { apiKey: `key of ${String(headers['idempotency-key'])}` } };
      });
      app = await deployApplication(external.url, { posture: 'sandbox' });
      state = stateOf(app);
      lambda = new LambdaClient(app.client);
      await new SecretsManagerClient(app.client).send(
        new PutSecretValueCommand({ SecretId: secret(), SecretString: '{"apiKey":"k-1"}' }),
      );
      await new S3Client(app.client).send(new CreateBucketCommand({ Bucket: 'files' }));
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: app.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: app.client.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'testing',
        POWERTOOLS_TRACE_ENABLED: 'false',
        PERSONAL_DATA_KEY_ARN: `arn:aws:kms:us-east-1:123456789012:key/${app.id('AWS::KMS::Key', 'FoundationPersonalDataKey')}`,
      });
      ({ sealFields } = await import('../../../reference-stack/handlers/field-encryption.ts'));
    }, 600_000);
    afterAll(async () => {
      await app?.stop();
      await external?.close();
    });

    const secret = () => app.output('HeadgateFoundation', 'ExternalApiKeySecret');

    const message = async (orderId: string) => ({
      orderId,
      customer: await sealFields(customer, orderId),
      ...goods,
    });

    const batchOf = (body: object, id: string) => ({
      Records: [
        {
          messageId: id,
          receiptHandle: 'r',
          body: JSON.stringify(body),
          attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()), MessageGroupId: id },
          messageAttributes: {},
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders.fifo',
          awsRegion: 'us-east-1',
        },
      ],
    });

    const without = (row: Record<string, unknown> | undefined, ...names: string[]) =>
      Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !names.includes(name)));

    const works: [string, string, number, () => Promise<Work>][] = [
      [
        'order-api',
        'ApiOrderApiFunction',
        5,
        async () => {
          const key = fresh();
          const orderId = derivedId('user-1', key);
          const event = {
            httpMethod: 'POST',
            headers: { 'Idempotency-Key': key },
            body: JSON.stringify({ customer, ...goods }),
            requestContext: { requestId: key, authorizer: { claims: { sub: 'user-1' } }, identity: {} },
            pathParameters: null,
          };
          return {
            events: [event],
            result: async () => {
              const row = await state.row('ApiOrders', orderId);
              const documents = await state.objects('ApiDocuments', orderId);
              const kept = JSON.parse(documents[0] ?? '{}') as { customer?: unknown };
              await eventually(() => state.row('BatchProcessed', orderId), 'it is settled');
              return {
                row: without(row, 'orderId', 'customer'),
                documents: documents.length,
                same: kept.customer === row?.['customer'],
                executions: (await state.executions(orderId)).length,
              };
            },
          };
        },
      ],
      [
        'process-orders',
        'BatchProcessOrdersFunction',
        5,
        async () => {
          const orderId = fresh();
          return {
            events: [batchOf(await message(orderId), orderId)],
            result: async () => {
              const row = await state.row('BatchProcessed', orderId);
              const trail = await state.objects('BatchAuditTrail', orderId);
              const { processedAt } = JSON.parse(trail[0] ?? '{}') as { processedAt?: unknown };
              return {
                row: without(row, 'orderId', 'customer', 'correlationId', 'processedAt'),
                trail: trail.length,
                same: processedAt === row?.['processedAt'],
              };
            },
          };
        },
      ],
      [
        'record-order',
        'EventsRecordOrderFunction',
        5,
        async () => {
          const orderId = fresh();
          const dueAt = '2999-01-01T00:00:00Z';
          return {
            events: [batchOf({ ...(await message(orderId)), dueAt }, orderId)],
            result: async () =>
              without(
                await state.row('EventsOrders', orderId),
                'orderId',
                'customer',
                'recordedAt',
                'correlationId',
              ),
          };
        },
      ],
      [
        'ingest-upload',
        'EventsIngestUploadFunction',
        5,
        async () => {
          const key = `${fresh()}.ndjson`;
          const lines = ['A-1', 'A-2'].map((sku) =>
            JSON.stringify({
              customer,
              ...goods,
              items: [{ sku, quantity: 1 }],
              dueAt: '2999-01-01T00:00:00Z',
            }),
          );
          await new S3Client(app.client).send(
            new PutObjectCommand({ Bucket: 'files', Key: key, Body: lines.join('\n') }),
          );
          const detail = { bucket: { name: 'files' }, object: { key, sequencer: '1' } };
          return {
            events: [{ id: key, 'detail-type': 'Object Created', source: 'aws.s3', detail }],
            result: async () => {
              const rows = lines.map((line, index) =>
                eventually(
                  () => state.row('EventsOrders', derivedId(`files/${key}`, String(index), line)),
                  'the line is recorded',
                ),
              );
              return (await Promise.all(rows)).map(({ items, status }) => ({
                items: items as unknown,
                status: status as unknown,
              }));
            },
          };
        },
      ],
      [
        'release-due-orders',
        'EventsReleaseDueOrdersFunction',
        13,
        async () => {
          const orderId = fresh();
          await DynamoDBDocumentClient.from(new DynamoDBClient(app.client)).send(
            new PutCommand({
              TableName: app.id('AWS::DynamoDB::Table', 'EventsOrders'),
              Item: { ...(await message(orderId)), status: 'PENDING', dueAt: '2026-01-01T00:00:00Z' },
            }),
          );
          return {
            events: [{ id: orderId }],
            result: async () => {
              await eventually(
                async () => (await state.objects('EventsAuditTrail', orderId))[0],
                'the announcement is kept',
              );
              const { status } = (await state.row('EventsOrders', orderId)) ?? {};
              return {
                status: status as unknown,
                kept: (await state.objects('EventsAuditTrail', orderId)).length,
              };
            },
          };
        },
      ],
      [
        'start-fulfilment',
        'EventsStartFulfilmentFunction',
        5,
        () => {
          const orderId = fresh();
          const detail = { orderId, items: goods.items, correlationId: orderId };
          return Promise.resolve({
            events: [{ id: orderId, 'detail-type': 'order.accepted', source: 'headgate.orders', detail }],
            result: async () => (await state.executions(orderId)).length,
          });
        },
      ],
      [
        'write-audit-trail',
        'EventsWriteAuditTrailFunction',
        5,
        () => {
          const id = fresh();
          return Promise.resolve({
            events: [batchOf({ type: 'order.due', orderId: id }, id)],
            result: async () => (await state.objects('EventsAuditTrail', id)).length,
          });
        },
      ],
      [
        'rotate-api-key',
        'ExternalApiRotationFunction',
        5,
        () => {
          const token = `${fresh()}-0000-0000-0000-000000000000`;
          const step = (Step: string) => ({ Step, SecretId: secret(), ClientRequestToken: token });
          return Promise.resolve({
            events: ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map(step),
            result: async () => {
              const { SecretString: text = '', VersionId: version } = await new SecretsManagerClient(
                app.client,
              ).send(new GetSecretValueCommand({ SecretId: secret() }));
              return { key: text.replace(token, 'token'), current: version === token };
            },
          });
        },
      ],
    ];

    /** Invokes until it succeeds. @returns how often it failed */
    async function deliver(functionName: string, event: object): Promise<number> {
      for (let failures = 0; failures < 40; failures++) {
        const { FunctionError: error, Payload: payload } = await lambda.send(
          new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
        );
        const answer = JSON.parse(Buffer.from(payload ?? []).toString('utf8') || 'null') as {
          statusCode?: number;
          batchItemFailures?: unknown[];
        } | null;
        if (!error && (answer?.statusCode ?? 200) < 300 && !answer?.batchItemFailures?.length)
          return failures;
        await sleep(500); // an attempt that died holds its idempotency record until it would have timed out
      }
      throw new Error(`${functionName} never succeeded.`);
    }

    it.each(works)(
      '%s leaves what it would have left without the fault',
      async (_name, logicalId, timeoutSeconds, work) => {
        const proxy = app.proxy(logicalId);
        const name = app.id('AWS::Lambda::Function', logicalId);
        await lambda.send(
          new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: timeoutSeconds }),
        );
        const run = async ({ events, result }: Work) => {
          let failures = 0;
          for (const event of events) failures += await deliver(name, event);
          return { failures, result: await result() };
        };
        await run(await work()); // what is read once is read
        proxy.calls.length = 0;
        const expected = await run(await work());
        const calls = proxy.calls.map(({ operation }) => operation);
        expect(expected.failures).toBe(0);
        expect(calls.length).toBeGreaterThan(0);
        for (const time of ['before', 'after'] satisfies FaultTime[]) {
          for (const [index, operation] of calls.entries()) {
            const next = await work();
            proxy.arm(index + 1, time);
            const { result } = await run(next);
            expect({ time, operation, struck: proxy.struck, result }).toEqual({
              time,
              operation,
              struck: true,
              result: expected.result,
            });
          }
        }
      },
      600_000,
    );
  },
);
