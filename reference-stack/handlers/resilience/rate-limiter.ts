import { sleep } from './retry.ts';

/** Spaces calls evenly, so that one execution environment makes no more of them a second than agreed. */
export class RateLimiter {
  private readonly intervalMs: number;
  private readonly now: () => number;
  private readonly wait: (milliseconds: number) => Promise<void>;
  private nextFreeAt = 0;

  constructor(callsPerSecond: number, now: () => number = Date.now, wait = sleep) {
    this.intervalMs = 1000 / callsPerSecond;
    this.now = now;
    this.wait = wait;
  }

  /** Returns when the caller's turn has come, in the order of asking. */
  async acquire(): Promise<void> {
    const now = this.now();
    const turn = Math.max(now, this.nextFreeAt);
    this.nextFreeAt = turn + this.intervalMs;
    if (turn > now) await this.wait(turn - now);
  }
}
