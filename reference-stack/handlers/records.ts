import type { SQSRecord } from 'aws-lambda';
import type { Logger } from '@aws-lambda-powertools/logger';
import { logger } from './observability.ts';

/** Id that a message shares with the request it came from; its own id where it came without. */
export function correlationIdOf(record: SQSRecord): string {
  return record.messageAttributes['correlationId']?.stringValue ?? record.messageId;
}

/** A log of its own for each message: the messages of a batch are worked on side by side. */
export function loggerFor(record: SQSRecord): Logger {
  const log = logger.createChild();
  log.setCorrelationId(correlationIdOf(record));
  log.appendKeys({ messageId: record.messageId, receives: record.attributes.ApproximateReceiveCount });
  return log;
}
