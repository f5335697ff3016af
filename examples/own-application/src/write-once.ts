import { DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

const dynamoDb = new DynamoDBClient({ maxAttempts: 3 });

/**
 * Writes an item and the id of the message that brought it, both or neither: a message that is delivered twice is
 * written once.
 *
 * @param table its partition key is `orderId`
 * @returns false where the message was written before
 */
export async function writeOnce(table: string, orderId: string, messageId: string): Promise<boolean> {
  const put = (id: string, of: string) => ({
    Put: {
      TableName: table,
      Item: { orderId: { S: id }, of: { S: of } },
      ConditionExpression: 'attribute_not_exists(orderId)',
    },
  });
  try {
    await dynamoDb.send(
      new TransactWriteItemsCommand({ TransactItems: [put(orderId, messageId), put(`message#${messageId}`, orderId)] }),
    );
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false;
    throw error;
  }
}
