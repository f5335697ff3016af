import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { writeOnce } from './write-once.ts';

const logger = new Logger();
const metrics = new Metrics();
const processor = new SqsFifoPartialProcessorAsync();
const table = process.env['ORDERS_TABLE'] ?? '';

/** Records orders in their order: after a failure the rest of its message group waits, other groups go on. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    return await processPartialResponse(event, record, processor, { context, skipGroupOnError: true });
  } finally {
    metrics.publishStoredMetrics();
  }
}

async function record({ body, messageId, messageAttributes }: SQSRecord): Promise<void> {
  const log = logger.createChild();
  log.appendKeys({ correlationId: messageAttributes['correlationId']?.stringValue ?? messageId });
  const { orderId } = JSON.parse(body) as { readonly orderId: string };
  const isNew = await writeOnce(table, orderId, messageId);
  if (isNew) metrics.addMetric('OrderRecorded', 'Count', 1);
  log.info(isNew ? 'An order was recorded' : 'An order was recorded before');
}
