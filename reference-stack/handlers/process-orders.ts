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
import { writeOrRead } from './orders-table.ts';
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

/** What is stored of a settled order. */
interface Processed {
  readonly orderId: string;
  readonly items: OrderMessage['items'];
  readonly currency: string;
  readonly settlementId: string;
  readonly correlationId: string;
  readonly processedAt: string;
  /** Sealed; no part of the trail. */
  readonly customer: string;
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
  const processed: Processed = {
    orderId,
    items: order.items,
    currency: order.currency,
    settlementId,
    correlationId,
    processedAt: new Date().toISOString(),
    customer: order.customer,
  };
  const { outcome, stored } = await traced('record', () =>
    writeOrRead(table, { ...processed }, derivedId('processed', orderId)),
  );
  // Of what is stored: the trail of a later attempt has the same time, and so the same name.
  await traced('audit', () => keepAuditTrail(stored));
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
  if (typeof settlementId !== 'string')
    throw new Error('The response of the external API has no settlement.');
  return { settlementId };
}

/** What was done, without personal data. */
async function keepAuditTrail(processed: Processed): Promise<void> {
  const { orderId, items, currency, settlementId, correlationId, processedAt } = processed;
  const entry = { orderId, items, currency, settlementId, correlationId, processedAt };
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `processed/${processedAt.slice(0, 10)}/${orderId}.json`,
      Body: JSON.stringify(entry),
      ContentType: 'application/json',
    }),
  );
}
