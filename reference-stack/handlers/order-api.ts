import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { IdempotencyValidationError, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { documents } from './aws/documents.ts';
import { eventBridge } from './aws/event-bridge.ts';
import { s3 } from './aws/s3.ts';
import { sqs } from './aws/sqs.ts';
import { requireEnvironment } from './environment.ts';
import { callExternalApi, ExternalApiError } from './external-api.ts';
import { openFields, sealFields } from './field-encryption.ts';
import { idempotencyStore, rememberForADay } from './idempotency.ts';
import { count, logger, publishMetrics, traced } from './observability.ts';
import {
  derivedId,
  InvalidOrderError,
  parseOrderRequest,
  type OrderMessage,
  type OrderRequest,
} from './order.ts';
import { writeOrRead } from './orders-table.ts';
import { CircuitOpenError } from './resilience/circuit-breaker.ts';

const table = requireEnvironment('ORDERS_TABLE');
const bucket = requireEnvironment('DOCUMENT_BUCKET');
const idempotency = rememberForADay('orderId', 'order');

interface Acceptance {
  readonly orderId: string;
  /** Who asked: the subject of the token. */
  readonly subject: string;
  readonly order: OrderRequest;
  readonly correlationId: string;
}

interface Accepted {
  readonly orderId: string;
  readonly totalCents: number;
}

const acceptOnce = makeIdempotent(accept, {
  persistenceStore: idempotencyStore(),
  keyPrefix: 'order-api',
  config: idempotency,
  dataIndexArgument: 0,
});

/** `POST /orders` accepts an order once for each Idempotency-Key; `GET /orders/{orderId}` shows it to its owner. */
export async function handler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  logger.addContext(context);
  logger.setCorrelationId(event.requestContext.requestId);
  idempotency.registerLambdaContext(context);
  try {
    return event.httpMethod === 'POST' ? await place(event) : await show(event);
  } catch (error) {
    return refusal(error);
  } finally {
    publishMetrics();
  }
}

async function place(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const subject = subjectOf(event);
  const order = parseOrderRequest(parseBody(event.body));
  const key = header(event, 'idempotency-key');
  if (key === undefined) throw new InvalidOrderError('The header Idempotency-Key is missing.');
  const orderId = derivedId(subject, key);
  const correlationId = event.requestContext.requestId;
  const accepted = await acceptOnce({ orderId, subject, order, correlationId });
  logger.info('Order accepted.', { orderId });
  return answer(202, accepted);
}

async function accept({ orderId, subject, order, correlationId }: Acceptance): Promise<Accepted> {
  const { items, currency, dueAt } = order;
  const quoted = await traced('price', () => requestPrice(orderId, order, correlationId));
  const sealed = await traced('seal', () => sealFields(order.customer, orderId));
  const wanted = {
    orderId,
    owner: subject,
    status: 'ACCEPTED',
    customer: sealed,
    items,
    currency,
    totalCents: quoted,
    dueAt,
  };
  // An earlier attempt may have written the order and failed afterwards: what it wrote counts.
  const { outcome, stored } = await traced('record', () => writeOrRead(table, wanted, orderId));
  const { customer, totalCents } = stored;
  const message: OrderMessage = { orderId, customer, items, currency, ...(dueAt !== undefined && { dueAt }) };
  // Each of these may be repeated: after a failure the client asks again, and every receiver is idempotent.
  await traced('hand over', () =>
    Promise.all([keepDocument(message), enqueue(message, correlationId), announce(message, correlationId)]),
  );
  if (outcome === 'written') count('OrderAccepted');
  return { orderId, totalCents };
}

async function requestPrice(orderId: string, order: OrderRequest, correlationId: string): Promise<number> {
  const quote = await callExternalApi({
    path: '/prices',
    body: { items: order.items, currency: order.currency },
    idempotencyKey: orderId,
    correlationId,
  });
  const { totalCents } = quote as { totalCents?: unknown }; // any JSON
  if (typeof totalCents !== 'number')
    throw new ExternalApiError('The response of the external API has no price.');
  return totalCents;
}

async function show(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const orderId = event.pathParameters?.['orderId'] ?? '';
  const { Item: order } = await documents.send(new GetCommand({ TableName: table, Key: { orderId } }));
  // Somebody else's order is not there either: its existence is nobody's business.
  if (!order || order['owner'] !== subjectOf(event))
    return answer(404, { message: 'The order does not exist.' });
  const customer = await traced('open', () => openFields(String(order['customer']), orderId));
  const { status, items, currency, totalCents } = order;
  return answer(200, { orderId, status, customer, items, currency, totalCents });
}

// ---- handing over

async function keepDocument(message: OrderMessage): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `orders/${message.orderId}.json`,
      Body: JSON.stringify(message),
      ContentType: 'application/json',
    }),
  );
}

async function enqueue(message: OrderMessage, correlationId: string): Promise<void> {
  const queue = process.env['ORDER_QUEUE_URL'];
  if (queue === undefined) return;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue,
      MessageBody: JSON.stringify(message),
      MessageAttributes: {
        correlationId: { DataType: 'String', StringValue: correlationId },
        type: { DataType: 'String', StringValue: 'order.accepted' },
      },
    }),
  );
}

async function announce(message: OrderMessage, correlationId: string): Promise<void> {
  const bus = process.env['EVENT_BUS_NAME'];
  if (bus === undefined) return;
  const detail = { orderId: message.orderId, items: message.items, correlationId };
  const { FailedEntryCount: failed } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: 'headgate.orders',
          DetailType: 'order.accepted',
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  // PutEvents answers 200 even when the bus refused the event.
  if (failed) throw new Error('The event bus rejected the event.');
}

// ---- requests and answers

/** Who asks: subject of a token, principal of an authorizer of your own, or ARN of an IAM caller. */
function subjectOf(event: APIGatewayProxyEvent): string {
  const { authorizer, identity } = event.requestContext;
  const claims = authorizer?.['claims'] as { sub?: unknown } | undefined; // Cognito's
  const subject: unknown = claims?.sub ?? authorizer?.principalId ?? identity.userArn;
  if (typeof subject !== 'string') throw new Error('The request has no authorized subject.');
  return subject;
}

function header(event: APIGatewayProxyEvent, name: string): string | undefined {
  const found = Object.entries(event.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function parseBody(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch (error) {
    throw new InvalidOrderError('The body is not JSON.', { cause: error });
  }
}

function refusal(error: unknown): APIGatewayProxyResult {
  if (error instanceof InvalidOrderError) {
    count('OrderRejected');
    return answer(400, { message: error.message });
  }
  if (error instanceof IdempotencyValidationError) {
    return answer(422, { message: 'The Idempotency-Key was used for another order.' });
  }
  logger.error('The request failed.', error as Error); // logged as it is, of whatever kind
  if (isUnavailable(error)) return answer(503, { message: 'Try again later.' }, { 'Retry-After': '30' });
  return answer(500, { message: 'The order was not accepted; try again with the same Idempotency-Key.' });
}

/** Powertools wraps what happens inside an idempotent function where its own store fails; causes tell. */
function isUnavailable(error: unknown): boolean {
  return error instanceof CircuitOpenError || error instanceof ExternalApiError;
}

function answer(
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
