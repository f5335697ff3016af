/** The circuit is open: the call was not made. */
export class CircuitOpenError extends Error {
  /** Time until the next trial call, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(name: string, retryAfterMs: number) {
    super(`The circuit to ${name} is open for ${retryAfterMs} ms.`);
    this.name = 'CircuitOpenError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** Properties of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** What stands behind the circuit. */
  readonly name: string;
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number;
  /** How long it stays open before one trial call, in milliseconds. */
  readonly resetAfterMs: number;
  /** Whether an error speaks against the other side; a refused request does not. */
  readonly isFailure: (error: unknown) => boolean;
  readonly onOpen?: () => void;
  /** In milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Stops calling what keeps failing. Closed: calls pass. Open: calls fail at once. After `resetAfterMs` one trial
 * call passes, and decides. The state is one execution environment's: each learns for itself, which needs no
 * store that could fail as well.
 */
export class CircuitBreaker {
  private readonly options: CircuitBreakerOptions;
  private readonly now: () => number;
  private failures = 0;
  private openedAt: number | undefined;
  private trialUnderWay = false;

  constructor(options: CircuitBreakerOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  /** @throws CircuitOpenError without calling, or whatever the call throws */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.admit();
    try {
      const result = await call();
      this.close();
      return result;
    } catch (error) {
      if (this.options.isFailure(error)) this.countFailure();
      else this.close();
      throw error;
    }
  }

  private admit(): void {
    if (this.openedAt === undefined) return;
    const remaining = this.openedAt + this.options.resetAfterMs - this.now();
    if (remaining > 0 || this.trialUnderWay) {
      throw new CircuitOpenError(this.options.name, Math.max(remaining, 0));
    }
    this.trialUnderWay = true;
  }

  private countFailure(): void {
    this.failures += 1;
    this.trialUnderWay = false;
    const wasClosed = this.openedAt === undefined;
    if (wasClosed && this.failures < this.options.failureThreshold) return;
    this.openedAt = this.now();
    if (wasClosed) this.options.onOpen?.();
  }

  private close(): void {
    this.failures = 0;
    this.openedAt = undefined;
    this.trialUnderWay = false;
  }
}
