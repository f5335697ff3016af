import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireEnvironment } from './environment.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import { parseOrderMessage } from './order.ts';
import { writeOnce } from './orders-table.ts';
import { correlationIdOf, loggerFor } from './records.ts';

const table = requireEnvironment('ORDERS_TABLE');
const processor = new SqsFifoPartialProcessorAsync();

/** Records ordered orders; after a failure the rest of its message group waits, other groups go on. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  try {
    return await processPartialResponse(event, record, processor, { context, skipGroupOnError: true });
  } finally {
    publishMetrics();
  }
}

async function record(message: SQSRecord): Promise<void> {
  const log = loggerFor(message);
  const order = parseOrderMessage(message.body);
  const now = new Date().toISOString();
  const item = {
    ...order,
    status: 'PENDING',
    dueAt: order.dueAt ?? now,
    recordedAt: now,
    correlationId: correlationIdOf(message),
  };
  const outcome = await traced('record', () => writeOnce(table, item, order.orderId));
  if (outcome === 'written') count('OrderRecorded');
  log.info('Order recorded.', { orderId: order.orderId, outcome });
}
