import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

const logger = new Logger();
const metrics = new Metrics();
const processor = new BatchProcessor(EventType.SQS);

/** Settles payments one by one; one that fails comes back alone. */
export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  return processPartialResponse(event, settle, processor, { context });
}

function settle({ messageId }: SQSRecord): void {
  logger.appendKeys({ correlationId: messageId });
  logger.info('A payment was settled');
  metrics.addMetric('PaymentSettled', 'Count', 1);
  metrics.publishStoredMetrics();
}
