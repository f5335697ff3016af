import { PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { s3 } from './aws/s3.ts';
import { requireEnvironment } from './environment.ts';
import { callExternalApi } from './external-api.ts';
import { openFields } from './field-encryption.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import { derivedId, InvalidOrderError, parseOrderMessage, type OrderMessage } from './order.ts';
import { writeOnce } from './orders-table.ts';
import { correlationIdOf, loggerFor } from './records.ts';

const table = requireEnvironment('PROCESSED_TABLE');
const bucket = requireEnvironment('AUDIT_BUCKET');
const processor = new BatchProcessor(EventType.SQS);
const idempotency = rememberForADay('orderId');

interface Work {
  readonly orderId: string;
  readonly order: OrderMessage;
  readonly correlationId: string;
}

interface Settlement {
  readonly settlementId: string;
}

const settleOnce = makeIdempotent(settle, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'process-orders',
  config: idempotency,
  dataIndexArgument: 0,
});

/** Settles the orders of a batch; returns those that failed, and those alone. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  idempotency.registerLambdaContext(context);
  try {
    return await processPartialResponse(event, processRecord, processor, { context });
  } finally {
    publishMetrics();
  }
}

async function processRecord(record: SQSRecord): Promise<void> {
  const log = loggerFor(record);
  try {
    const order = parseOrderMessage(record.body);
    await settleOnce({ orderId: order.orderId, order, correlationId: correlationIdOf(record) });
    log.info('Order processed.', { orderId: order.orderId });
  } catch (error) {
    if (error instanceof InvalidOrderError) count('OrderRejected');
    log.error('Order not processed.', error as Error); // logged as it is, of whatever kind
    throw error;
  }
}

async function settle({ order, orderId, correlationId }: Work): Promise<{ orderId: string }> {
  const { settlementId } = await traced('settle', () => requestSettlement(order, correlationId));
  const processed = {
    orderId,
    items: order.items,
    currency: order.currency,
    settlementId,
    correlationId,
    processedAt: new Date().toISOString(),
  };
  const outcome = await traced('record', () =>
    writeOnce(table, { ...processed, customer: order.customer }, derivedId('processed', orderId)),
  );
  await traced('audit', () => keepAuditTrail(processed));
  if (outcome === 'written') count('OrderProcessed');
  return { orderId };
}

async function requestSettlement(order: OrderMessage, correlationId: string): Promise<Settlement> {
  const customer = await openFields(order.customer, order.orderId);
  const answer = await callExternalApi({
    path: '/settlements',
    body: { orderId: order.orderId, customer, items: order.items, currency: order.currency },
    idempotencyKey: order.orderId,
    correlationId,
  });
  const { settlementId } = answer as Partial<Settlement>; // any JSON
  if (typeof settlementId !== 'string') throw new Error('The external API named no settlement.');
  return { settlementId };
}

/** What was done, without personal data. */
async function keepAuditTrail(entry: { orderId: string; processedAt: string }): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `processed/${entry.processedAt.slice(0, 10)}/${entry.orderId}.json`,
      Body: JSON.stringify(entry),
      ContentType: 'application/json',
    }),
  );
}
