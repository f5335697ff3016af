import './settings.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { dynamoDb } from '../../../reference-stack/handlers/aws/dynamo-db.ts';
import { eventBridge } from '../../../reference-stack/handlers/aws/event-bridge.ts';
import { s3 } from '../../../reference-stack/handlers/aws/s3.ts';
import { secretsManager } from '../../../reference-stack/handlers/aws/secrets-manager.ts';
import { sqs } from '../../../reference-stack/handlers/aws/sqs.ts';
import { handler } from '../../../reference-stack/handlers/order-api.ts';
import { answering, idempotencyAnswers, orderTableAnswers, type Answer, type Call } from './fake-aws.ts';
import { startExternalServer, type ExternalServer } from './external-server.ts';
import { fakeKms } from './fake-kms.ts';
import { context } from './lambda-inputs.ts';

const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };
const body = { customer, items: [{ sku: 'A-1', quantity: 2 }], currency: 'EUR' };

function request(change: object): APIGatewayProxyEvent {
  const event = {
    httpMethod: 'POST',
    headers: { 'Idempotency-Key': 'key-1' },
    pathParameters: null,
    body: JSON.stringify(body),
    requestContext: { requestId: 'request-1', authorizer: { claims: { sub: 'user-1' } } },
    ...change,
  };
  return event as unknown as APIGatewayProxyEvent; // what the handler reads of it
}

const priced: ExternalServer['reply'] = () => ({ status: 200, body: { totalCents: 4200 } });

describe('order-api', () => {
  let external: ExternalServer;
  let table: Call[];
  let sent: Call[];
  let announced: Call[];
  let failedEvents: number;
  let putObject: Answer;
  let objects: Call[];
  const stored = new Map<string, object>();

  beforeAll(async () => {
    external = await startExternalServer(priced);
    process.env['EXTERNAL_API_URL'] = external.url;
  });
  afterAll(() => external.close());

  beforeEach(() => {
    external.seen.length = 0;
    external.reply = priced;
    failedEvents = 0;
    stored.clear();
    fakeKms();
    table = answering(dynamoDb, {
      ...idempotencyAnswers(),
      ...orderTableAnswers(stored),
    });
    putObject = () => ({});
    objects = answering(s3, { PutObjectCommand: (input) => putObject(input) });
    sent = answering(sqs, { SendMessageCommand: () => ({ MessageId: 'm' }) });
    announced = answering(eventBridge, { PutEventsCommand: () => ({ FailedEntryCount: failedEvents }) });
    answering(secretsManager, { GetSecretValueCommand: () => ({ SecretString: '{"apiKey":"k-1"}' }) });
  });

  const place = async (change: object = {}) => {
    const result = await handler(request(change), context());
    return { status: result.statusCode, body: JSON.parse(result.body) as Record<string, unknown> };
  };

  it('prices, stores, hands over and announces an order, with personal data sealed everywhere', async () => {
    const { status, body: answer } = await place();
    expect({ status, answer }).toEqual({
      status: 202,
      answer: { orderId: expect.stringMatching(/^[0-9a-f]{32}$/), totalCents: 4200 },
    });
    expect(JSON.stringify([...stored.values(), ...sent, ...announced])).not.toMatch(/Ada|ada@/);
    expect(JSON.stringify(external.seen)).not.toMatch(/Ada|ada@/);
    expect(sent[0]?.input).toMatchObject({
      MessageAttributes: { correlationId: { StringValue: 'request-1' } },
    });
    expect(announced[0]?.input).toMatchObject({
      Entries: [{ Source: 'headgate.orders', DetailType: 'order.accepted' }],
    });
  });

  it('accepts a repeated request once, with the same answer', async () => {
    const first = await place();
    await expect(place()).resolves.toEqual(first);
    expect(external.seen).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });

  it('refuses the same key for another order', async () => {
    await place();
    const other = JSON.stringify({ ...body, currency: 'USD' });
    await expect(place({ body: other })).resolves.toMatchObject({ status: 422 });
  });

  it('keeps the keys of two clients apart', async () => {
    const first = await place();
    const second = await place({
      requestContext: { requestId: 'r', authorizer: { claims: { sub: 'user-2' } } },
    });
    expect(second.body['orderId']).not.toBe(first.body['orderId']);
  });

  it.each([
    ['no JSON', { body: '{' }],
    ['no body', { body: null }],
    ['no key', { headers: {} }],
    ['an empty order', { body: '{}' }],
    ['a bad quantity', { body: JSON.stringify({ ...body, items: [{ sku: 'A', quantity: 0.5 }] }) }],
    ['a bad address', { body: JSON.stringify({ ...body, customer: { name: 'A', email: 'nobody' } }) }],
  ])('answers 400 to %s, without calling anybody', async (_name, change) => {
    await expect(place(change)).resolves.toMatchObject({ status: 400 });
    expect(external.seen).toHaveLength(0);
    expect(table).toHaveLength(0);
  });

  it('answers 500 where the bus refused the event, and accepts the repeated request', async () => {
    failedEvents = 1;
    await expect(place()).resolves.toMatchObject({ status: 500 });
    failedEvents = 0;
    await expect(place()).resolves.toMatchObject({ status: 202 });
  });

  it('hands on what the first attempt stored where the hand-over failed and the client asks again', async () => {
    putObject = () => Promise.reject(new Error('no such bucket'));
    await expect(place()).resolves.toMatchObject({ status: 500 });
    putObject = () => ({});
    external.reply = () => ({ status: 200, body: { totalCents: 9999 } });
    await expect(place()).resolves.toMatchObject({ status: 202, body: { totalCents: 4200 } });
    const [order] = [...stored.values()] as { customer: string }[];
    const document = JSON.parse(String(objects.at(-1)?.input['Body'])) as { customer: string };
    expect(document.customer).toBe(order?.customer);
  });

  it('shows an order to its owner alone', async () => {
    const { body: answer } = await place();
    const show = { httpMethod: 'GET', pathParameters: { orderId: answer['orderId'] }, body: null };
    await expect(place(show)).resolves.toMatchObject({ status: 200, body: { customer, totalCents: 4200 } });
    const stranger = {
      ...show,
      requestContext: { requestId: 'r', authorizer: { claims: { sub: 'user-2' } } },
    };
    await expect(place(stranger)).resolves.toMatchObject({ status: 404 });
    await expect(place({ ...show, pathParameters: { orderId: 'none' } })).resolves.toMatchObject({
      status: 404,
    });
  });

  // Last: the circuit stays open.
  it('answers 503 while the external API is out', async () => {
    external.reply = () => ({ status: 500, body: {} });
    await expect(place()).resolves.toMatchObject({ status: 503 });
    await expect(place()).resolves.toMatchObject({ status: 503 });
    const calls = external.seen.length;
    await expect(place()).resolves.toMatchObject({ status: 503 });
    expect(external.seen).toHaveLength(calls);
    expect(stored.size).toBe(0);
  });
});
