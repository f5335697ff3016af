/** A rate: how many calls a second, and how many at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Time as the buckets see it; replaced in tests. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * Documented limits of the control planes, a second, for one account and Region; the headings of the
 * quota pages are named beside them (read 2026-11). `*` is the bucket that all other operations of the
 * service share. Headgate uses a third of each: the rest belongs to the account's own deployments.
 */
const documented: Readonly<Record<string, Readonly<Record<string, { rate: number; burst?: number }>>>> = {
  // Lambda quotas: 15 requests a second across all control-plane APIs together, GetPolicy and GetFunction apart.
  lambda: { '*': { rate: 15 }, GetPolicy: { rate: 15 }, GetFunction: { rate: 100 } },
  // API Gateway quotas: 10 a second with a burst of 40 over all management operations; GetResources 5 in 2 s.
  apigateway: { '*': { rate: 10, burst: 40 }, GetResources: { rate: 2.5 } },
  // AWS WAF quotas: the two association calls 1 a second, every other Get and List call 5.
  wafv2: {
    GetWebACLForResource: { rate: 1 },
    ListResourcesForWebACL: { rate: 1 },
    '*': { rate: 5 },
  },
  // CloudWatch quotas.
  cloudwatch: { DescribeAlarms: { rate: 9 }, DescribeAlarmsForMetric: { rate: 9 } },
  // CloudWatch Logs quotas.
  'cloudwatch-logs': {
    DescribeLogGroups: { rate: 10 },
    DescribeMetricFilters: { rate: 5 },
    ListTagsForResource: { rate: 5 },
  },
  // EventBridge quotas: 50 a second for the control plane.
  eventbridge: { '*': { rate: 50 } },
  // EventBridge Scheduler quotas.
  scheduler: { ListSchedules: { rate: 50 }, GetSchedule: { rate: 250 } },
  // Step Functions quotas: bucket size and refill.
  sfn: {
    DescribeStateMachine: { rate: 20, burst: 200 },
    ListStateMachines: { rate: 5, burst: 100 },
    ListTagsForResource: { rate: 1, burst: 100 },
  },
  // SNS quotas.
  sns: { GetTopicAttributes: { rate: 30 }, GetSubscriptionAttributes: { rate: 30 } },
  organizations: { ListAccounts: { rate: 8, burst: 12 } },
};

/** Services that share one documented budget. */
const budgets: Readonly<Record<string, string>> = { apigatewayv2: 'apigateway', 'wafv2-global': 'wafv2' };

/** API Gateway's page says "per account": the Regions of an account share it. */
const sharedByRegions: ReadonlySet<string> = new Set(['apigateway']);

/** Operations that count against the bucket of all others too. */
const countTwice: ReadonlySet<string> = new Set(['apigateway GetResources']);

/** For operations without a documented limit: modest, since it is shared with the account's own use. */
const undocumented: Rate = { perSecond: 15, burst: 5 };
/** Of each rate, unless the user gives another share: the rest belongs to the account's own use. */
export const usualShare = 1 / 3;

/** The buckets, by name, that one call of an operation in a Region takes a token from. */
export function bucketsOf(
  service: string,
  operation: string,
  region: string,
  share = usualShare,
): ReadonlyMap<string, Rate> {
  const budget = budgets[service] ?? service;
  const limits = documented[budget] ?? {};
  const own = limits[operation];
  const shared = limits['*'];
  const name = sharedByRegions.has(budget) ? budget : `${region} ${budget}`;
  const buckets = new Map<string, Rate>();
  if (own !== undefined) buckets.set(`${name} ${operation}`, sharedRate(own, share));
  if (shared !== undefined && (own === undefined || countTwice.has(`${budget} ${operation}`))) {
    buckets.set(name, sharedRate(shared, share));
  }
  if (buckets.size === 0) buckets.set(`${name} ${operation}`, undocumentedRate(share));
  return buckets;
}

function undocumentedRate(share: number): Rate {
  const factor = share / usualShare;
  return {
    perSecond: undocumented.perSecond * factor,
    burst: Math.max(1, Math.floor(undocumented.burst * factor)),
  };
}

function sharedRate(limit: { readonly rate: number; readonly burst?: number }, share: number): Rate {
  return {
    perSecond: limit.rate * share,
    burst: limit.burst === undefined ? 1 : Math.max(1, Math.floor(limit.burst * share)),
  };
}

/** Token buckets of one account. */
export class RateLimiter {
  readonly #clock: Clock;
  /** When each bucket would be full again, by the calls that were promised a time, and by those that were let through. */
  readonly #promised = new Map<string, number>();
  readonly #taken = new Map<string, number>();

  readonly #share: number;

  /** `share` of each documented rate, above 0 and at most 1. */
  constructor(clock: Clock, share = usualShare) {
    this.#clock = clock;
    this.#share = share;
  }

  /**
   * Waits until the operation may be called once more, and takes its tokens. Calls are let through in
   * the order in which they asked. Returns the milliseconds waited.
   * @throws the signal's reason when it is aborted.
   */
  async take(service: string, operation: string, region: string, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const asked = this.#clock.now();
    const buckets = bucketsOf(service, operation, region, this.#share);
    const start = earliest(this.#promised, buckets, asked);
    reserve(this.#promised, buckets, start);
    if (start > asked) await this.#clock.sleep(start - asked, signal);
    const at = await this.#catchUp(buckets, Math.max(start, this.#clock.now()), signal);
    return at - asked;
  }

  /** A process that was held up wakes its calls all at once: they go one by one all the same. Answers when this one goes. */
  async #catchUp(buckets: ReadonlyMap<string, Rate>, woken: number, signal: AbortSignal): Promise<number> {
    let at = woken;
    for (;;) {
      const free = earliest(this.#taken, buckets, at);
      if (free <= at) break;
      await this.#clock.sleep(free - at, signal);
      at = Math.max(free, this.#clock.now());
    }
    reserve(this.#taken, buckets, at);
    return at;
  }
}

// The generic cell rate algorithm: one number a bucket, the time at which it would be full again.
function earliest(
  fullAt: ReadonlyMap<string, number>,
  buckets: ReadonlyMap<string, Rate>,
  now: number,
): number {
  let start = now;
  for (const [name, { perSecond, burst }] of buckets)
    start = Math.max(start, (fullAt.get(name) ?? now) - ((burst - 1) * 1000) / perSecond);
  return start;
}

function reserve(fullAt: Map<string, number>, buckets: ReadonlyMap<string, Rate>, at: number): void {
  for (const [name, { perSecond }] of buckets)
    fullAt.set(name, Math.max(fullAt.get(name) ?? at, at) + 1000 / perSecond);
}

/** Real time, without keeping the process alive for an aborted wait. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error); // abort reasons here are errors
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      signal.addEventListener('abort', abort, { once: true });
    }),
};
