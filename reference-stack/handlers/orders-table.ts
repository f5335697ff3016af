import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { documents } from './aws/documents.ts';

/** Writes that were made, or had been made by an earlier attempt. */
export type WriteOutcome = 'written' | 'already-written';

/**
 * Writes an item and the idempotency key it was made for in one transaction: both stand, or neither.
 *
 * @param table its partition key is `orderId`
 * @param item the order
 * @param idempotencyKey at most 36 characters; also makes the SDK's own retries one transaction
 * @throws whatever DynamoDB throws, other than that the key was used already
 */
export async function writeOnce(
  table: string,
  item: Readonly<Record<string, unknown>> & { readonly orderId: string },
  idempotencyKey: string,
): Promise<WriteOutcome> {
  const isNew = 'attribute_not_exists(orderId)';
  const ledger = { orderId: `key#${idempotencyKey}`, of: item.orderId };
  try {
    await documents.send(
      new TransactWriteCommand({
        ClientRequestToken: idempotencyKey,
        TransactItems: [
          { Put: { TableName: table, Item: item, ConditionExpression: isNew } },
          { Put: { TableName: table, Item: ledger, ConditionExpression: isNew } },
        ],
      }),
    );
    return 'written';
  } catch (error) {
    if (usedBefore(error)) return 'already-written';
    throw error;
  }
}

function usedBefore(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return error.CancellationReasons?.[1]?.Code === 'ConditionalCheckFailed';
}
