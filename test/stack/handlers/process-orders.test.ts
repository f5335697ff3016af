import './settings.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dynamoDb } from '../../../reference-stack/handlers/aws/dynamo-db.ts';
import { s3 } from '../../../reference-stack/handlers/aws/s3.ts';
import { secretsManager } from '../../../reference-stack/handlers/aws/secrets-manager.ts';
import { sealFields } from '../../../reference-stack/handlers/field-encryption.ts';
import { handler } from '../../../reference-stack/handlers/process-orders.ts';
import { answering, idempotencyAnswers, orderTableAnswers, type Answer, type Call } from './fake-aws.ts';
import { fakeKms } from './fake-kms.ts';
import { startExternalServer, type ExternalServer } from './external-server.ts';
import { context, sqsEvent } from './lambda-inputs.ts';

const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };
let sequence = 0;

async function order(orderId = `order-${++sequence}`) {
  return {
    orderId,
    customer: await sealFields(customer, orderId),
    items: [{ sku: 'A-1', quantity: 2 }],
    currency: 'EUR',
  };
}

const settled: ExternalServer['reply'] = () => ({ status: 200, body: { settlementId: 's-1' } });

describe('process-orders', () => {
  let external: ExternalServer;
  let tableCalls: Call[];
  let objects: Call[];
  let transaction: (() => object) | undefined;
  let putObject: Answer;

  beforeAll(async () => {
    external = await startExternalServer(settled);
    process.env['EXTERNAL_API_URL'] = external.url;
  });
  afterAll(() => external.close());

  beforeEach(() => {
    external.seen.length = 0;
    external.reply = settled;
    transaction = undefined;
    putObject = () => ({});
    const orders = orderTableAnswers();
    fakeKms();
    tableCalls = answering(dynamoDb, {
      ...idempotencyAnswers(),
      ...orders,
      TransactWriteItemsCommand: (input) => transaction?.() ?? orders['TransactWriteItemsCommand']?.(input),
    });
    objects = answering(s3, { PutObjectCommand: (input) => putObject(input) });
    answering(secretsManager, {
      GetSecretValueCommand: () => ({ SecretString: '{"apiKey":"k-1"}' }),
    } as Record<string, Answer>);
  });

  const transactions = () => tableCalls.filter(({ command }) => command.startsWith('TransactWrite'));

  it('settles, records in one transaction with its idempotency key, and keeps a trail without personal data', async () => {
    const one = await order();
    await expect(handler(sqsEvent(one), context())).resolves.toEqual({ batchItemFailures: [] });

    expect(external.seen).toHaveLength(1);
    expect(external.seen[0]).toMatchObject({
      path: '/settlements',
      headers: { 'x-api-key': 'k-1', 'idempotency-key': one.orderId, 'x-correlation-id': 'correlation-1' },
      body: { orderId: one.orderId, customer },
    });
    const [written] = transactions();
    expect(written?.input['TransactItems']).toHaveLength(2);
    expect(JSON.stringify(written?.input)).not.toContain('Ada');
    const trail = JSON.stringify(objects[0]?.input);
    expect(trail).toContain(`${one.orderId}.json`);
    expect(trail).not.toContain('Ada');
    expect(trail).not.toContain(one.customer);
  });

  it('returns the poison message alone', async () => {
    const event = sqsEvent(await order(), '{"orderId":', await order());
    await expect(handler(event, context())).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }],
    });
    expect(transactions()).toHaveLength(2);
  });

  it('processes a duplicate once', async () => {
    const one = await order();
    await handler(sqsEvent(one), context());
    await expect(handler(sqsEvent(one), context())).resolves.toEqual({ batchItemFailures: [] });
    expect(external.seen).toHaveLength(1);
    expect(transactions()).toHaveLength(1);
  });

  it('goes on where an earlier attempt had written already, with the trail that it would have kept', async () => {
    const one = await order();
    putObject = () => Promise.reject(new Error('no such bucket'));
    await expect(handler(sqsEvent(one), context())).rejects.toThrow('All records failed processing');
    putObject = () => ({});
    await expect(handler(sqsEvent(one), context())).resolves.toEqual({ batchItemFailures: [] });
    expect(objects).toHaveLength(2);
    expect(objects[1]?.input).toEqual(objects[0]?.input);
  });

  it('gives back what the database refused, and handles it anew the next time', async () => {
    const one = await order();
    transaction = () => {
      throw Object.assign(new Error('busy'), { name: 'ProvisionedThroughputExceededException' });
    };
    await expect(handler(sqsEvent(one), context())).rejects.toThrow('All records failed processing');
    transaction = undefined;
    await expect(handler(sqsEvent(one), context())).resolves.toEqual({ batchItemFailures: [] });
  });

  it('asks for the key again when the remembered one was rotated away', async () => {
    external.reply = ({ headers }) =>
      headers['x-api-key'] === 'k-2'
        ? { status: 200, body: { settlementId: 's' } }
        : { status: 401, body: {} };
    answering(secretsManager, { GetSecretValueCommand: () => ({ SecretString: '{"apiKey":"k-2"}' }) });
    await expect(handler(sqsEvent(await order()), context())).resolves.toEqual({ batchItemFailures: [] });
    expect(external.seen.map(({ headers }) => headers['x-api-key'])).toEqual(['k-1', 'k-2']);
  });

  // Last: the circuit stays open.
  it('repeats an outage, opens the circuit, and then fails without calling', async () => {
    external.reply = () => ({ status: 503, body: {} });
    const batch = sqsEvent(await order(), await order(), await order());
    await expect(handler(batch, context())).rejects.toThrow('All records failed processing');
    const calls = external.seen.length;
    expect(calls).toBeGreaterThanOrEqual(5);
    expect(calls).toBeLessThan(9);
    await expect(handler(sqsEvent(await order()), context())).rejects.toMatchObject({
      recordErrors: [{ name: 'CircuitOpenError' }],
    });
    expect(external.seen).toHaveLength(calls);
  });
});
