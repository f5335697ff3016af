import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { stepFunctions } from './aws/step-functions.ts';
import { requireEnvironment } from './environment.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import type { OrderItem } from './order.ts';

/** An order that the API accepted. */
interface AcceptedOrder {
  readonly orderId: string;
  readonly items: readonly OrderItem[];
  readonly correlationId: string;
}

const stateMachineArn = requireEnvironment('STATE_MACHINE_ARN');
const idempotency = rememberForADay('orderId');
const startOnce = makeIdempotent(start, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'start-fulfilment',
  config: idempotency,
  dataIndexArgument: 0,
});

/**
 * Starts one fulfilment for each order. A repeated event is answered from its record; when that is gone, the
 * execution that carries the order's id is still there.
 */
export async function handler(
  event: EventBridgeEvent<'order.accepted', AcceptedOrder>,
  context: Context,
): Promise<{ orderId: string; started: boolean }> {
  logger.addContext(context);
  idempotency.registerLambdaContext(context);
  logger.setCorrelationId(event.detail.correlationId);
  try {
    const started = await traced('start', () => startOnce(event.detail));
    if (started) count('FulfilmentStarted');
    logger.info(started ? 'The fulfillment started.' : 'The fulfillment was already started.', {
      orderId: event.detail.orderId,
    });
    return { orderId: event.detail.orderId, started };
  } finally {
    publishMetrics();
  }
}

async function start({ orderId, items }: AcceptedOrder): Promise<boolean> {
  try {
    await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: `order-${orderId}`,
        input: JSON.stringify({ orderId, items }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}
