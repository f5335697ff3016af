import type { CallLog } from './calls.ts';
import type { RateLimiter } from './rate.ts';

/** What stands between a collector and the network. */
export interface Guard {
  readonly service: string;
  readonly region: string;
  /** SDK operations that were planned. */
  readonly allowed: ReadonlySet<string>;
  readonly limiter: RateLimiter;
  readonly log: CallLog;
  /** Aborted with an error when the deadline passes. */
  readonly signal: AbortSignal;
}

/** The part of an SDK client that is used here. */
export interface GuardedClient {
  readonly middlewareStack: MiddlewareStack;
  destroy(): void;
}

type Handler = (args: object) => Promise<object>;
type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;

interface MiddlewareStack {
  add(
    middleware: Middleware,
    options:
      | { step: 'initialize'; priority: 'high'; name: string }
      | { step: 'deserialize'; priority: 'low'; name: string },
  ): void;
  addRelativeTo(
    middleware: Middleware,
    options: { relation: 'after'; toMiddleware: string; name: string },
  ): void;
}

/**
 * Lets a client call only what was planned, counts, keeps to the rate and ends with the deadline.
 * The rate stands behind the SDK's retries and before its signing: every retry takes a token, and a
 * request that had to wait is not signed with an old time.
 */
export function guardClient(client: GuardedClient, guard: Guard): void {
  client.middlewareStack.add(countCalls(guard), {
    step: 'initialize',
    priority: 'high',
    name: 'headgateCall',
  });
  client.middlewareStack.addRelativeTo(keepRate(guard), {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'headgateRate',
  });
  client.middlewareStack.add(refusePages, { step: 'deserialize', priority: 'low', name: 'headgateAnswer' });
}

/**
 * A page for people (of a proxy, a sign-in) may be well-formed XML, and would be read as an answer that lists nothing.
 * Emulators call other answers pages too, so that the text decides.
 */
const refusePages: Middleware = (next) => async (args) => {
  const result: { readonly response?: PageResponse } = await next(args);
  const { response } = result;
  if (response?.body === undefined || !/^text\/html\b/i.test(response.headers?.['content-type'] ?? ''))
    return result;
  const body = await bytesOf(response.body);
  if (/^\s*<(!doctype html|html)\b/i.test(body.subarray(0, 200).toString('utf8')))
    throw new SyntaxError('the answer is a web page');
  response.body = new Uint8Array(body);
  return result;
};

interface PageResponse {
  readonly headers?: Readonly<Record<string, string>>;
  body?: Uint8Array | AsyncIterable<Uint8Array>;
}

async function bytesOf(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function countCalls({ service, region, allowed, log, signal }: Guard): Middleware {
  return (next, context) => async (args) => {
    const operation = operationOf(context);
    if (!allowed.has(operation))
      throw new Error(`${service} ${operation} is not part of the collection plan`);
    signal.throwIfAborted();
    const counts = log.of(service, operation, region);
    counts.calls += 1;
    try {
      return await untilAborted(next(args), signal);
    } catch (error) {
      counts.errors += 1;
      throw error;
    }
  };
}

function keepRate({ service, region, limiter, log, signal }: Guard): Middleware {
  return (next, context) => async (args) => {
    const operation = operationOf(context);
    const counts = log.of(service, operation, region);
    log.countWaiting(service, region, 1);
    try {
      counts.waitedMs += await limiter.take(service, operation, region, signal);
    } finally {
      log.countWaiting(service, region, -1);
    }
    counts.attempts += 1;
    return next(args);
  };
}

function operationOf(context: { readonly commandName?: string }): string {
  return (context.commandName ?? '').replace(/Command$/, '');
}

/** The work's outcome, or the signal's reason when that comes first; the work's socket closes with its client. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error); // aborted with errors only
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
