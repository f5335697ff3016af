import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { stepFunctions } from './aws/step-functions.ts';
import { requireEnvironment } from './environment.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import type { OrderItem } from './order.ts';

/** An order that the API accepted. */
interface AcceptedOrder {
  readonly orderId: string;
  readonly items: readonly OrderItem[];
  readonly correlationId: string;
}

const stateMachineArn = requireEnvironment('STATE_MACHINE_ARN');

/** Starts one fulfilment for each order: the execution carries the order's id, so a repeated event starts none. */
export async function handler(
  event: EventBridgeEvent<'order.accepted', AcceptedOrder>,
  context: Context,
): Promise<{ orderId: string; started: boolean }> {
  logger.addContext(context);
  logger.setCorrelationId(event.detail.correlationId);
  try {
    const started = await traced('start', () => start(event.detail));
    if (started) count('FulfilmentStarted');
    logger.info(started ? 'Fulfilment started.' : 'Fulfilment had been started.', {
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
