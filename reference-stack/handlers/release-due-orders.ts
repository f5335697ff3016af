import { PublishCommand } from '@aws-sdk/client-sns';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { documents } from './aws/documents.ts';
import { sns } from './aws/sns.ts';
import { requireEnvironment } from './environment.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import type { OrderMessage } from './order.ts';

const table = requireEnvironment('ORDERS_TABLE');
const index = requireEnvironment('DUE_INDEX');
const topicArn = requireEnvironment('TOPIC_ARN');
const pageSize = 100;
/** Time that one order needs at most; the run ends while there is still that much left. */
const reserveMs = 10_000;

const idempotency = rememberForADay('id');
const releaseOnce = makeIdempotent(releaseAll, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'release-due-orders',
  config: idempotency,
});

interface DueOrder extends OrderMessage {
  readonly correlationId?: string;
}

/** Announces the orders that are due; an event of the schedule that comes twice is answered from its record. */
export async function handler(event: ScheduledEvent, context: Context): Promise<{ released: number }> {
  logger.addContext(context);
  logger.setCorrelationId(event.id);
  idempotency.registerLambdaContext(context);
  try {
    return await releaseOnce({ id: event.id }, context);
  } finally {
    publishMetrics();
  }
}

/**
 * Announces every order that is due and still pending. An order is published before it is marked, so that none is
 * lost; who receives it twice after a failure knows it by its id.
 */
async function releaseAll(_run: { id: string }, context: Context): Promise<{ released: number }> {
  const now = new Date().toISOString();
  let released = 0;
  for await (const order of dueOrders(now)) {
    if (context.getRemainingTimeInMillis() < reserveMs) {
      logger.warn('The run has no time left; the next run continues.', { released });
      break;
    }
    await traced('release', () => release(order));
    released += 1;
  }
  count('OrderReleased', released);
  logger.info('Due orders released.', { released });
  return { released };
}

async function* dueOrders(now: string): AsyncGenerator<DueOrder> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: next } = await documents.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#status = :pending AND dueAt <= :now',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pending': 'PENDING', ':now': now },
        Limit: pageSize,
        ExclusiveStartKey: start,
      }),
    );
    yield* items as DueOrder[]; // written by record-order
    start = next;
  } while (start);
}

async function release(order: DueOrder): Promise<void> {
  const { orderId, customer, items, currency, dueAt } = order;
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: JSON.stringify({ orderId, customer, items, currency, dueAt } satisfies OrderMessage),
      MessageAttributes: {
        correlationId: { DataType: 'String', StringValue: order.correlationId ?? orderId },
        type: { DataType: 'String', StringValue: 'order.due' },
      },
    }),
  );
  try {
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: { orderId },
        UpdateExpression: 'SET #status = :released',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pending': 'PENDING', ':released': 'RELEASED' },
      }),
    );
  } catch (error) {
    // Another run was quicker.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
