import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { secretsManager } from './aws/secrets-manager.ts';
import { requireEnvironment } from './environment.ts';
import { count, logger } from './observability.ts';
import { CircuitBreaker } from './resilience/circuit-breaker.ts';
import { RateLimiter } from './resilience/rate-limiter.ts';
import { withRetry } from './resilience/retry.ts';

/** The API answered with an error, or not in time. */
export class ExternalApiError extends Error {
  /** HTTP status; absent where there was no answer. */
  readonly status: number | undefined;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: { status?: number; retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.name = 'ExternalApiError';
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** One call of the external API. */
export interface ExternalCall {
  /** Path below the base address, with its slash. */
  readonly path: string;
  readonly body: unknown;
  /** The other side does the work once for it, however often it is asked. */
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

const callTimeoutMs = 2_000;

/** Whether the other side, not the request, is at fault: no answer, too many calls, or a server error. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof ExternalApiError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}

const secrets = new SecretsProvider({ awsSdkV3Client: secretsManager });
const limiter = new RateLimiter(Number(process.env['EXTERNAL_API_CALLS_PER_SECOND'] ?? 5));
const breaker = new CircuitBreaker({
  name: 'the external API',
  failureThreshold: 5,
  resetAfterMs: 30_000,
  isFailure: isOutage,
  onOpen: () => {
    count('CircuitOpened');
    logger.warn('The circuit breaker of the external API opened.');
  },
});

/**
 * Calls the external API: at the agreed rate, with a time-out, again after an outage with backoff, and not at all
 * while the circuit is open.
 *
 * @returns the answer's JSON
 * @throws ExternalApiError, or CircuitOpenError without a call
 */
export async function callExternalApi(call: ExternalCall): Promise<unknown> {
  return withRetry(() => breaker.run(() => attempt(call)), {
    attempts: 3,
    baseMs: 100,
    maximumMs: 1_000,
    isTransient: isOutage,
    askedDelayMs: (error) => (error instanceof ExternalApiError ? error.retryAfterMs : undefined),
  });
}

async function attempt(call: ExternalCall): Promise<unknown> {
  const response = await post(call, await apiKey(false));
  // The key may have been rotated since it was remembered.
  return read(response.status === 401 ? await post(call, await apiKey(true)) : response);
}

async function post(call: ExternalCall, key: string): Promise<Response> {
  await limiter.acquire();
  try {
    return await fetch(new URL(call.path, requireEnvironment('EXTERNAL_API_URL')), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': key,
        'idempotency-key': call.idempotencyKey,
        'x-correlation-id': call.correlationId,
      },
      body: JSON.stringify(call.body),
      signal: AbortSignal.timeout(callTimeoutMs),
      redirect: 'error',
    });
  } catch (error) {
    throw new ExternalApiError('The external API did not respond in time.', { cause: error });
  }
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new ExternalApiError(`The external API responded with ${response.status}.`, {
      status: response.status,
      ...(Number.isFinite(seconds) && { retryAfterMs: Math.min(seconds * 1000, callTimeoutMs) }),
    });
  }
  try {
    return await response.json();
  } catch (error) {
    throw new ExternalApiError('The response of the external API is not JSON.', { cause: error });
  }
}

async function apiKey(fresh: boolean): Promise<string> {
  const credentials = await secrets.get(requireEnvironment('EXTERNAL_API_CREDENTIALS_ARN'), {
    transform: 'json',
    maxAge: 300,
    forceFetch: fresh,
  });
  const key: unknown = (credentials as { apiKey?: unknown } | undefined)?.apiKey; // any JSON
  if (typeof key !== 'string') throw new Error('The secret of the external API does not contain apiKey.');
  return key;
}
