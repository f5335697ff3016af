import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { documents } from './aws/documents.ts';

/** Writes that were made, or had been made by an earlier attempt. */
export type WriteOutcome = 'written' | 'already-written';

/**
 * Writes an item and the idempotency key it was made for in one transaction: both stand, or neither.
 *
 * The transaction has no client request token of its own. The SDK makes a new one for each call, which its own
 * retries share. A later attempt has other content (a time, a new data key), and DynamoDB rejects a token that comes
 * back with other content within ten minutes (IdempotentParameterMismatchException). The condition on the key is what
 * makes attempts one.
 *
 * @param table its partition key is `orderId`
 * @param item the order
 * @param idempotencyKey same for every attempt
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

/**
 * Writes like {@link writeOnce}, and returns what is stored: what a later attempt hands on is what the first one wrote.
 *
 * @returns the item, or the one that an earlier attempt had written
 * @throws whatever DynamoDB throws, and when the key was used but its item is gone
 */
export async function writeOrRead<T extends Readonly<Record<string, unknown>> & { readonly orderId: string }>(
  table: string,
  item: T,
  idempotencyKey: string,
): Promise<{ readonly outcome: WriteOutcome; readonly stored: T }> {
  const outcome = await writeOnce(table, item, idempotencyKey);
  if (outcome === 'written') return { outcome, stored: item };
  const { Item: stored } = await documents.send(
    new GetCommand({ TableName: table, Key: { orderId: item.orderId }, ConsistentRead: true }),
  );
  if (!stored) throw new Error('The idempotency key was used for an order that was deleted.');
  return { outcome, stored: stored as T }; // written by an earlier attempt of the same code
}

function usedBefore(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return error.CancellationReasons?.[1]?.Code === 'ConditionalCheckFailed';
}
