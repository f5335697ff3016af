import { GetObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { s3 } from './aws/s3.ts';
import { sqs } from './aws/sqs.ts';
import { requireEnvironment } from './environment.ts';
import { sealFields } from './field-encryption.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import { derivedId, InvalidOrderError, parseOrderRequest, type OrderMessage } from './order.ts';

/** What S3 says of an object, as far as it is read here. */
interface ObjectDetail {
  readonly bucket: { readonly name: string };
  readonly object: { readonly key: string; readonly 'version-id'?: string; readonly sequencer: string };
}

/** Event of S3 through EventBridge. */
export type UploadEvent = EventBridgeEvent<'Object Created' | 'Object Deleted', ObjectDetail>;

const queueUrl = requireEnvironment('ORDER_QUEUE_URL');
const maximumBytes = 5 * 1024 * 1024;
const batchSize = 10;
const idempotency = rememberForADay('[bucket.name, object.key, object.sequencer]');
const ingestOnce = makeIdempotent(ingest, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'ingest-upload',
  config: idempotency,
  dataIndexArgument: 0,
});

/** Reads an uploaded file, one order a line, into the ordered queue; a line that is no order is counted and left. */
export async function handler(event: UploadEvent, context: Context): Promise<void> {
  logger.addContext(context);
  logger.setCorrelationId(event.id);
  idempotency.registerLambdaContext(context);
  try {
    if (event['detail-type'] === 'Object Deleted') {
      logger.info('Upload deleted.', { key: event.detail.object.key });
      return;
    }
    const result = await ingestOnce(event.detail, event.id);
    logger.info('Upload ingested.', { key: event.detail.object.key, ...result });
  } finally {
    publishMetrics();
  }
}

async function ingest(
  detail: ObjectDetail,
  correlationId: string,
): Promise<{ sent: number; rejected: number }> {
  const lines = (await traced('read', () => readObject(detail))).split('\n');
  const messages: OrderMessage[] = [];
  let rejected = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const message = await toMessage(line, `${detail.bucket.name}/${detail.object.key}`, index);
    if (message) messages.push(message);
    else rejected += 1;
  }
  await traced('send', () => sendAll(messages, correlationId));
  if (rejected > 0) count('OrderRejected', rejected);
  return { sent: messages.length, rejected };
}

async function readObject({ bucket, object }: ObjectDetail): Promise<string> {
  const { Body: body, ContentLength: length = 0 } = await s3.send(
    new GetObjectCommand({ Bucket: bucket.name, Key: object.key, VersionId: object['version-id'] }),
  );
  if (length > maximumBytes)
    throw new Error(`The upload has ${length} bytes; the maximum is ${maximumBytes}.`);
  if (!body) throw new Error('The upload has no content.');
  return body.transformToString();
}

async function toMessage(line: string, source: string, index: number): Promise<OrderMessage | undefined> {
  try {
    const { customer, ...goods } = parseOrderRequest(JSON.parse(line));
    const orderId = derivedId(source, String(index), line);
    return { orderId, customer: await sealFields(customer, orderId), ...goods };
  } catch (error) {
    if (!(error instanceof InvalidOrderError || error instanceof SyntaxError)) throw error;
    logger.warn('A line of the upload is not an order.', { line: index + 1, reason: error.name });
    return undefined;
  }
}

async function sendAll(messages: readonly OrderMessage[], correlationId: string): Promise<void> {
  for (let start = 0; start < messages.length; start += batchSize) {
    const entries = messages
      .slice(start, start + batchSize)
      .map((message) => toEntry(message, correlationId));
    const { Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    // Sent again by the retry of the whole event; the queue drops what it has by deduplication id.
    if (failed.length > 0)
      throw new Error(`The queue rejected orders (${failed.length}): ${failed[0]?.Code ?? ''}.`);
  }
}

function toEntry(message: OrderMessage, correlationId: string): SendMessageBatchRequestEntry {
  return {
    Id: message.orderId,
    MessageBody: JSON.stringify(message),
    MessageGroupId: message.orderId,
    MessageDeduplicationId: message.orderId,
    MessageAttributes: { correlationId: { DataType: 'String', StringValue: correlationId } },
  };
}
