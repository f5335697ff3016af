import {
  ConditionalCheckFailedException,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

/** Answers a command's input; what it throws, the caller sees. */
export type Answer = (input: Record<string, never>) => unknown;

/** A client of the SDK, as far as a test touches it. */
interface AnyClient {
  readonly middlewareStack: { add: (middleware: never, options: never) => void };
}

/** One call as it was made. */
export interface Call {
  readonly command: string;
  readonly input: Record<string, unknown>;
}

/**
 * Answers every command of a client in this process, before anything is signed or sent.
 *
 * Commands of the document client go by the low-level command's name, with plain JavaScript values.
 *
 * @returns the calls, in order; a command without an answer fails
 */
export function answering(client: AnyClient, answers: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  const middleware =
    (_next: unknown, context: { commandName: string }) =>
    async ({ input }: { input: Record<string, never> }) => {
      calls.push({ command: context.commandName, input });
      const answer = answers[context.commandName];
      if (!answer) throw new Error(`No answer prepared for ${context.commandName}.`);
      return { output: { $metadata: {}, ...((await answer(input)) as object) }, response: {} };
    };
  client.middlewareStack.add(
    middleware as never, // the SDK's generics say more than a test needs
    { step: 'initialize', priority: 'high', name: 'answering', override: true } as never,
  );
  return calls;
}

interface StoredRecord {
  item: Record<string, { S?: string; N?: string }>;
}

/** A table of idempotency records (low-level attribute values) that enforces the one condition that Powertools puts on it. */
export function idempotencyAnswers(): Record<string, Answer> {
  const records = new Map<string, StoredRecord>();
  const keyOf = (key: { id: { S: string } }) => key.id.S;
  return {
    PutItemCommand: ({ Item: item }: { Item: StoredRecord['item'] & { id: { S: string } } }) => {
      const existing = records.get(item.id.S);
      if (existing) {
        throw new ConditionalCheckFailedException({
          message: 'exists',
          $metadata: {},
          Item: existing.item as never,
        });
      }
      records.set(item.id.S, { item: { ...item } });
      return {};
    },
    UpdateItemCommand: (input: {
      Key: { id: { S: string } };
      ExpressionAttributeNames: Record<string, string>;
      ExpressionAttributeValues: Record<string, { S?: string }>;
    }) => {
      const record = records.get(keyOf(input.Key));
      for (const [name, attribute] of Object.entries(input.ExpressionAttributeNames)) {
        const value = input.ExpressionAttributeValues[name.replace('#', ':')];
        if (record && value) record.item[attribute] = value;
      }
      return {};
    },
    GetItemCommand: (input: { Key: { id: { S: string } } }) => ({
      Item: records.get(keyOf(input.Key))?.item,
    }),
    DeleteItemCommand: (input: { Key: { id: { S: string } } }) => {
      records.delete(keyOf(input.Key));
      return {};
    },
  } as unknown as Record<string, Answer>; // each answer knows its own command's input
}

/** A transaction of puts, each on the condition that its item is new. */
interface Transaction {
  readonly ClientRequestToken?: string;
  readonly TransactItems: { readonly Put: { readonly Item: { readonly orderId: string } } }[];
}

/**
 * A table keyed by `orderId` that holds transactions to what DynamoDB demands of them: every item is new, and a client
 * request token never comes back with other content.
 *
 * @param stored the table's items, plain JavaScript values
 */
export function orderTableAnswers(stored = new Map<string, object>()): Record<string, Answer> {
  const tokens = new Map<string, string>();
  return {
    TransactWriteItemsCommand: ({ ClientRequestToken: token, TransactItems: items }: Transaction) => {
      const content = JSON.stringify(items);
      if (token !== undefined && (tokens.get(token) ?? content) !== content) {
        throw new IdempotentParameterMismatchException({ message: 'other content', $metadata: {} });
      }
      if (token !== undefined) tokens.set(token, content);
      const exists = items.map(({ Put: { Item: item } }) => stored.has(item.orderId));
      if (exists.includes(true)) {
        throw new TransactionCanceledException({
          message: 'cancelled',
          $metadata: {},
          CancellationReasons: exists.map((found) => ({ Code: found ? 'ConditionalCheckFailed' : 'None' })),
        });
      }
      for (const { Put: put } of items) stored.set(put.Item.orderId, put.Item);
      return {};
    },
    GetItemCommand: ({ Key: { orderId } }: { Key: { orderId: string } }) => ({ Item: stored.get(orderId) }),
  } as unknown as Record<string, Answer>; // each answer knows its own command's input
}
