import './settings.ts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ScheduledEvent } from 'aws-lambda';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import { dynamoDb } from '../../../reference-stack/handlers/aws/dynamo-db.ts';
import { s3 } from '../../../reference-stack/handlers/aws/s3.ts';
import { sns } from '../../../reference-stack/handlers/aws/sns.ts';
import { sqs } from '../../../reference-stack/handlers/aws/sqs.ts';
import { stepFunctions } from '../../../reference-stack/handlers/aws/step-functions.ts';
import { handler as ingest, type UploadEvent } from '../../../reference-stack/handlers/ingest-upload.ts';
import { handler as record } from '../../../reference-stack/handlers/record-order.ts';
import { handler as release } from '../../../reference-stack/handlers/release-due-orders.ts';
import { handler as start } from '../../../reference-stack/handlers/start-fulfilment.ts';
import { handler as keepTrail } from '../../../reference-stack/handlers/write-audit-trail.ts';
import { answering, idempotencyAnswers, orderTableAnswers, type Answer, type Call } from './fake-aws.ts';
import { fakeKms } from './fake-kms.ts';
import { context, sqsEvent } from './lambda-inputs.ts';

const goods = { items: [{ sku: 'A-1', quantity: 2 }], currency: 'EUR' };
const line = (name: string) => JSON.stringify({ customer: { name, email: 'a@example.com' }, ...goods });

function upload(sequencer: string, detailType: UploadEvent['detail-type'] = 'Object Created'): UploadEvent {
  return {
    id: 'event-1',
    version: '0',
    account: '111122223333',
    time: '2026-11-23T00:00:00Z',
    region: 'eu-central-1',
    resources: [],
    source: 'aws.s3',
    'detail-type': detailType,
    detail: { bucket: { name: 'uploads' }, object: { key: 'orders.ndjson', sequencer } },
  };
}

describe('ingest-upload', () => {
  let content: string;
  let sent: Call[];
  let failed: { Code: string }[];

  beforeEach(() => {
    failed = [];
    fakeKms();
    answering(dynamoDb, idempotencyAnswers());
    answering(s3, {
      GetObjectCommand: () => ({
        ContentLength: content.length,
        Body: { transformToString: () => Promise.resolve(content) },
      }),
    });
    sent = answering(sqs, { SendMessageBatchCommand: () => ({ Failed: failed }) });
  });

  const entries = () =>
    sent.map(({ input }) => input['Entries'] as { MessageBody: string; MessageGroupId: string }[]);

  it('sends every line, sealed, in batches of ten; a line that is no order is left', async () => {
    content = [
      ...Array.from({ length: 12 }, (_, i) => line(`Ada ${i}`)),
      '',
      '{"no":"order"}',
      'no json',
    ].join('\n');
    await ingest(upload('1'), context());
    expect(entries().map((batch) => batch.length)).toEqual([10, 2]);
    expect(JSON.stringify(entries())).not.toContain('Ada');
    expect(
      new Set(
        entries()
          .flat()
          .map((entry) => entry.MessageGroupId),
      ).size,
    ).toBe(12);
  });

  it('ingests an event that comes twice once', async () => {
    content = line('Ada');
    await ingest(upload('2'), context());
    await ingest(upload('2'), context());
    expect(sent).toHaveLength(1);
  });

  it('fails where the queue refuses, so that the event comes again, and then sends the same ids', async () => {
    content = line('Ada');
    failed = [{ Code: 'InternalError' }];
    await expect(ingest(upload('3'), context())).rejects.toThrow('rejected orders (1): InternalError');
    failed = [];
    await ingest(upload('3'), context());
    const ids = entries().map((batch) => batch[0]?.MessageGroupId);
    expect(ids[0]).toBe(ids[1]);
  });

  it('reads nothing for a deleted object', async () => {
    await ingest(upload('4', 'Object Deleted'), context());
    expect(sent).toHaveLength(0);
  });

  it('refuses a file that is too large before reading it', async () => {
    answering(s3, {
      GetObjectCommand: () => ({
        ContentLength: 6e6,
        Body: { transformToString: () => Promise.reject(new Error('read')) },
      }),
    });
    await expect(ingest(upload('5'), context())).rejects.toThrow('the maximum is 5242880');
  });
});

describe('record-order', () => {
  const message = (orderId: string) => ({ orderId, customer: 'v1.a.b.c.d', ...goods });

  it('records each order pending and due, and holds back the group of a failure alone', async () => {
    const calls = answering(dynamoDb, orderTableAnswers());
    const result = await record(sqsEvent(message('o-1'), 'poison', message('o-3')), context());
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect(calls).toHaveLength(2);
    expect(JSON.stringify(calls[0]?.input)).toMatch(/PENDING.*dueAt|dueAt.*PENDING/);
  });

  it('takes a message that comes a second time, at another time, for recorded', async () => {
    answering(dynamoDb, orderTableAnswers());
    await record(sqsEvent(message('o-4')), context());
    await expect(record(sqsEvent(message('o-4')), context())).resolves.toEqual({ batchItemFailures: [] });
  });
});

let runs = 0;
const scheduled = () => ({ id: `run-${++runs}` }) as ScheduledEvent; // all that is read of it
/** Whether an update is of an idempotency record. */
const isRecord = (input: Record<string, unknown>) => input['TableName'] === 'idempotency';

describe('release-due-orders', () => {
  const due = (orderId: string) => ({
    orderId,
    customer: 'v1.a.b.c.d',
    ...goods,
    dueAt: '2026-01-01T00:00Z',
  });
  let published: Call[];
  let table: Call[];
  let update: Answer;

  beforeEach(() => {
    update = () => ({});
    published = answering(sns, { PublishCommand: () => ({}) });
    const records = idempotencyAnswers();
    table = answering(dynamoDb, {
      ...records,
      QueryCommand: (input: { ExclusiveStartKey?: unknown }) =>
        input.ExclusiveStartKey
          ? { Items: [due('o-3')] }
          : { Items: [due('o-1'), due('o-2')], LastEvaluatedKey: { orderId: 'o-2' } },
      UpdateItemCommand: (input) => (isRecord(input) ? records['UpdateItemCommand']?.(input) : update(input)),
    });
  });

  it('publishes every page of due orders, and marks each afterwards', async () => {
    await expect(release(scheduled(), context())).resolves.toEqual({ released: 3 });
    expect(published.map(({ input }) => JSON.parse(String(input['Message'])) as object)).toMatchObject([
      { orderId: 'o-1' },
      { orderId: 'o-2' },
      { orderId: 'o-3' },
    ]);
    expect(
      table.filter(({ command }) => command === 'UpdateItemCommand').filter(({ input }) => !isRecord(input)),
    ).toHaveLength(3);
  });

  it('releases once for an event that comes twice', async () => {
    const event = scheduled();
    await release(event, context());
    await expect(release(event, context())).resolves.toEqual({ released: 3 });
    expect(published).toHaveLength(3);
  });

  it('goes on where another run had marked the order', async () => {
    update = () => {
      throw new ConditionalCheckFailedException({ message: 'marked', $metadata: {} });
    };
    await expect(release(scheduled(), context())).resolves.toEqual({ released: 3 });
  });

  it('ends in time, and leaves the rest to the next run', async () => {
    await expect(release(scheduled(), context(5_000))).resolves.toEqual({ released: 0 });
    expect(published).toHaveLength(0);
  });
});

describe('start-fulfilment', () => {
  beforeEach(() => {
    answering(dynamoDb, idempotencyAnswers());
  });
  const event = {
    ...upload('1'),
    'detail-type': 'order.accepted' as const,
    detail: { orderId: 'o-1', items: goods.items, correlationId: 'c-1' },
  };

  it('starts an execution that carries the id of the order', async () => {
    const calls = answering(stepFunctions, { StartExecutionCommand: () => ({}) });
    await expect(start(event, context())).resolves.toEqual({ orderId: 'o-1', started: true });
    expect(calls[0]?.input).toMatchObject({ name: 'order-o-1' });
  });

  it('takes an execution that exists for done, and nothing else', async () => {
    answering(stepFunctions, {
      StartExecutionCommand: () => {
        throw new ExecutionAlreadyExists({ message: 'exists', $metadata: {} });
      },
    });
    await expect(start(event, context())).resolves.toEqual({ orderId: 'o-1', started: false });
    answering(stepFunctions, { StartExecutionCommand: () => Promise.reject(new Error('denied')) });
    const other = { ...event, detail: { ...event.detail, orderId: 'o-2' } };
    await expect(start(other, context())).rejects.toThrow('denied');
  });
});

describe('write-audit-trail', () => {
  beforeEach(() => {
    answering(dynamoDb, idempotencyAnswers());
  });

  it('keeps each announcement, and gives back what could not be kept', async () => {
    const calls = answering(s3, {
      PutObjectCommand: (input: { Body?: string }) => {
        if (input.Body === '{"a":2}') throw new Error('denied');
        return {};
      },
    });
    const result = await keepTrail(sqsEvent({ a: 1 }, { a: 2 }), context());
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect(calls[0]?.input).toMatchObject({
      Key: expect.stringMatching(/^announcements\/2026-11-18\/[0-9a-f]{32}\.json$/),
      Body: '{"a":1}',
    });
  });

  it('keeps an announcement that was published twice once', async () => {
    const calls = answering(s3, { PutObjectCommand: () => ({}) });
    const twice = sqsEvent({ b: 1 }, { b: 1 });
    await keepTrail(sqsEvent({ b: 1 }), context());
    await expect(keepTrail(twice, context())).resolves.toEqual({ batchItemFailures: [] });
    expect(calls).toHaveLength(1);
  });
});
