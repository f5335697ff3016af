import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { writeOnce } from './write-once.ts';

const logger = new Logger();
const metrics = new Metrics();
const processor = new BatchProcessor(EventType.SQS);
const table = process.env['PROCESSED_TABLE'] ?? '';

/** Settles payments one by one; one that fails comes back alone. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    return await processPartialResponse(event, settle, processor, { context });
  } finally {
    metrics.publishStoredMetrics();
  }
}

async function settle({ body, messageId, messageAttributes }: SQSRecord): Promise<void> {
  const log = logger.createChild();
  log.appendKeys({ correlationId: messageAttributes['correlationId']?.stringValue ?? messageId });
  const { paymentId } = JSON.parse(body) as { readonly paymentId: string };
  const isNew = await writeOnce(table, paymentId, messageId);
  if (isNew) metrics.addMetric('PaymentSettled', 'Count', 1);
  log.info(isNew ? 'A payment was settled' : 'A payment was settled before');
}
