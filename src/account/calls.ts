/** What one operation of a service was asked in one Region. */
export interface CallStats {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** Times that it was wanted. */
  readonly calls: number;
  /** Requests sent, retries included. */
  readonly attempts: number;
  /** Calls that ended in an error, after all retries; the error that says "there is none" is one too. */
  readonly errors: number;
  /** Milliseconds spent waiting for the rate. */
  readonly waitedMs: number;
}

type Counts = { -readonly [Member in keyof CallStats]: CallStats[Member] };

/** Counts calls as they are made. */
export class CallLog {
  readonly #counts = new Map<string, Counts>();
  readonly #waiting = new Map<string, number>();

  /** The counters of one operation, to be added to. */
  of(service: string, operation: string, region: string): Counts {
    const key = `${region}\n${service}\n${operation}`;
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = { service, operation, region, calls: 0, attempts: 0, errors: 0, waitedMs: 0 };
      this.#counts.set(key, counts);
    }
    return counts;
  }

  /** Adds `change` to the requests of a service that wait for their rate in a Region. */
  countWaiting(service: string, region: string, change: 1 | -1): void {
    const who = `${service} ${region}`;
    this.#waiting.set(who, (this.#waiting.get(who) ?? 0) + change);
  }

  /** Service and Region of which most requests wait; undefined where none does. */
  mostWaiting(): string | undefined {
    let most: readonly [who: string | undefined, count: number] = [undefined, 0];
    for (const entry of this.#waiting) if (entry[1] > most[1]) most = entry;
    return most[0];
  }

  /** A copy of everything counted, sorted by Region, service and operation. */
  list(): readonly CallStats[] {
    return [...this.#counts.entries()]
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([, counts]) => ({ ...counts, waitedMs: Math.round(counts.waitedMs) }));
  }
}
