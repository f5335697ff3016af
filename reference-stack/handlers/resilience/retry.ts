/** How often and how patiently a call is repeated. Times are in milliseconds. */
export interface RetryOptions {
  /** Attempts altogether, the first one included. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly maximumMs: number;
  /** Whether an error may pass by itself. */
  readonly isTransient: (error: unknown) => boolean;
  /** What the other side asked for; counts where it is longer than the backoff. */
  readonly askedDelayMs?: (error: unknown) => number | undefined;
  /** In [0, 1). @default Math.random */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Waits without holding the event loop's other work. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Repeats a call with exponential backoff and full jitter, so that callers that failed together do not come back
 * together.
 *
 * @throws the last error, or the first that is not transient
 */
export async function withRetry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { random = Math.random, sleep: wait = sleep } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= options.attempts || !options.isTransient(error)) throw error;
      const ceiling = Math.min(options.maximumMs, options.baseMs * 2 ** (attempt - 1));
      await wait(Math.max(random() * ceiling, options.askedDelayMs?.(error) ?? 0));
    }
  }
}
