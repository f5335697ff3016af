import { PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { s3 } from './aws/s3.ts';
import { requireEnvironment } from './environment.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import { derivedId } from './order.ts';
import { loggerFor } from './records.ts';

const bucket = requireEnvironment('AUDIT_BUCKET');
const processor = new BatchProcessor(EventType.SQS);
const idempotency = rememberForADay('body');
const keepOnce = makeIdempotent(keep, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'write-audit-trail',
  config: idempotency,
  dataIndexArgument: 0,
});

/**
 * Keeps every announcement as one object, once. What makes two messages one is their content: an announcement that
 * was published again after a failure has another message id. The name is derived from the content as well.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  idempotency.registerLambdaContext(context);
  try {
    return await processPartialResponse(event, keepOnce, processor, { context });
  } finally {
    publishMetrics();
  }
}

async function keep(record: SQSRecord): Promise<void> {
  const day = new Date(Number(record.attributes.SentTimestamp)).toISOString().slice(0, 10);
  const key = `announcements/${day}/${derivedId(record.body)}.json`;
  await traced('keep', () =>
    s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: record.body, ContentType: 'application/json' }),
    ),
  );
  count('AnnouncementKept');
  loggerFor(record).info('Announcement kept.', { key });
}
