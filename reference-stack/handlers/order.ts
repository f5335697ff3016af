import { createHash } from 'node:crypto';

/** Personal data: never stored, sent or logged in the clear. */
export interface Customer {
  readonly name: string;
  readonly email: string;
  readonly address?: string;
}

/** One position of an order. */
export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
}

/** An order as clients and uploads give it. */
export interface OrderRequest {
  readonly customer: Customer;
  readonly items: readonly OrderItem[];
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 8601, UTC; due at once when absent. */
  readonly dueAt?: string;
}

/** An order as it travels between functions. */
export interface OrderMessage {
  readonly orderId: string;
  /** Sealed {@link Customer}. */
  readonly customer: string;
  readonly items: readonly OrderItem[];
  readonly currency: string;
  readonly dueAt?: string;
}

/** The input is not an order; says which part is wrong, without its value. */
export class InvalidOrderError extends Error {
  override readonly name = 'InvalidOrderError';
}

const limits = { name: 200, email: 320, address: 500, items: 100, quantity: 1000 };
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

/**
 * Checks an order again behind the gateway: uploads never passed one.
 *
 * @throws InvalidOrderError
 */
export function parseOrderRequest(input: unknown): OrderRequest {
  const order = object(input, 'order');
  const customer = object(order['customer'], 'customer');
  const email = text(customer['email'], 'customer.email', limits.email);
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new InvalidOrderError('customer.email is not an address.');
  return {
    customer: {
      name: text(customer['name'], 'customer.name', limits.name),
      email,
      ...(customer['address'] !== undefined && {
        address: text(customer['address'], 'customer.address', limits.address),
      }),
    },
    ...parseGoods(order),
  };
}

/**
 * Checks a message from a queue or topic.
 *
 * @throws InvalidOrderError
 */
export function parseOrderMessage(body: string): OrderMessage {
  const message = object(json(body), 'message');
  return {
    orderId: text(message['orderId'], 'orderId', 64),
    customer: sealed(message['customer']),
    ...parseGoods(message),
  };
}

/**
 * An id that is the same whenever the same parts are given: a retried request finds its order.
 *
 * @returns 32 hexadecimal digits
 */
export function derivedId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function parseGoods(input: Record<string, unknown>): Pick<OrderMessage, 'items' | 'currency' | 'dueAt'> {
  const { items, dueAt } = input;
  if (!Array.isArray(items) || items.length === 0 || items.length > limits.items) {
    throw new InvalidOrderError(`items must have 1 to ${limits.items} positions.`);
  }
  const currency = text(input['currency'], 'currency', 3);
  if (!/^[A-Z]{3}$/.test(currency)) throw new InvalidOrderError('currency is not an ISO 4217 code.');
  if (dueAt !== undefined && !isoTime.test(text(dueAt, 'dueAt', 40))) {
    throw new InvalidOrderError('dueAt is not a UTC time in ISO 8601 format.');
  }
  return { items: items.map(parseItem), currency, ...(typeof dueAt === 'string' && { dueAt }) };
}

function parseItem(input: unknown, index: number): OrderItem {
  const item = object(input, `items[${index}]`);
  const sku = text(item['sku'], `items[${index}].sku`, 40);
  const quantity = item['quantity'];
  if (!/^[A-Z0-9-]+$/.test(sku))
    throw new InvalidOrderError(`items[${index}].sku must contain only A-Z, 0-9 and -.`);
  if (
    typeof quantity !== 'number' ||
    !Number.isInteger(quantity) ||
    quantity < 1 ||
    quantity > limits.quantity
  ) {
    throw new InvalidOrderError(
      `items[${index}].quantity must be a whole number from 1 to ${limits.quantity}.`,
    );
  }
  return { sku, quantity };
}

/** Personal data in the clear is refused: it would be stored as it came. */
function sealed(input: unknown): string {
  const value = text(input, 'customer', 8192);
  if (!/^v1(\.[\w-]+){4}$/.test(value)) throw new InvalidOrderError('customer is not encrypted.');
  return value;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new InvalidOrderError('The body is not JSON.', { cause: error });
  }
}

function object(input: unknown, name: string): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidOrderError(`${name} must be an object.`);
  }
  return input as Record<string, unknown>; // checked just above
}

function text(input: unknown, name: string, maximumLength: number): string {
  if (typeof input !== 'string' || input.length === 0 || input.length > maximumLength) {
    throw new InvalidOrderError(`${name} must be a string of 1 to ${maximumLength} characters.`);
  }
  return input;
}
