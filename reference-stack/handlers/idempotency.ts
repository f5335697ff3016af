import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { dynamoDb } from './aws/dynamo-db.ts';
import { requireEnvironment } from './environment.ts';

/** Records of what was done already, which expire by themselves. */
export function idempotencyStore(): DynamoDBPersistenceLayer {
  return new DynamoDBPersistenceLayer({
    tableName: requireEnvironment('IDEMPOTENCY_TABLE'),
    awsSdkV3Client: dynamoDb,
  });
}

/**
 * One day of memory, longer than any retry or redrive of a healthy system.
 *
 * @param keyPath JMESPath of what makes two inputs the same
 * @param payloadPath JMESPath of what must then be equal; a difference is refused
 */
export function rememberForADay(keyPath: string, payloadPath?: string): IdempotencyConfig {
  return new IdempotencyConfig({
    eventKeyJmesPath: keyPath,
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: 24 * 3600,
    ...(payloadPath !== undefined && { payloadValidationJmesPath: payloadPath }),
  });
}
