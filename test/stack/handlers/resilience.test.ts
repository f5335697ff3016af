import { describe, expect, it } from '@jest/globals';
import {
  CircuitBreaker,
  CircuitOpenError,
} from '../../../reference-stack/handlers/resilience/circuit-breaker.ts';
import { RateLimiter } from '../../../reference-stack/handlers/resilience/rate-limiter.ts';
import { withRetry } from '../../../reference-stack/handlers/resilience/retry.ts';

const failing = () => Promise.reject(new Error('down'));
const working = () => Promise.resolve('up');

function breakerAt(clock: { now: number }) {
  const opened: number[] = [];
  const breaker = new CircuitBreaker({
    name: 'it',
    failureThreshold: 3,
    resetAfterMs: 1000,
    isFailure: (error) => (error as Error).message === 'down',
    onOpen: () => opened.push(clock.now),
    now: () => clock.now,
  });
  return { breaker, opened };
}

describe('CircuitBreaker', () => {
  it('opens after as many failures in a row as it was told, and then does not call', async () => {
    const clock = { now: 0 };
    const { breaker, opened } = breakerAt(clock);
    for (let i = 0; i < 3; i++) await expect(breaker.run(failing)).rejects.toThrow('down');
    let called = false;
    const call = () => ((called = true), working());
    await expect(breaker.run(call)).rejects.toMatchObject({ name: 'CircuitOpenError', retryAfterMs: 1000 });
    expect(called).toBe(false);
    expect(opened).toEqual([0]);
  });

  it('forgets failures after a success, and those that are the request’s own', async () => {
    const { breaker, opened } = breakerAt({ now: 0 });
    for (const call of [failing, failing, working, failing, failing])
      await breaker.run(call).catch(() => undefined);
    await expect(breaker.run(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    for (const call of [failing, failing]) await breaker.run(call).catch(() => undefined);
    expect(opened).toEqual([]);
  });

  it('lets one trial call pass after the time, and closes on its success', async () => {
    const clock = { now: 0 };
    const { breaker } = breakerAt(clock);
    for (let i = 0; i < 3; i++) await breaker.run(failing).catch(() => undefined);
    clock.now = 1000;
    const release: { trial?: (value: string) => void } = {};
    const trial = breaker.run(() => new Promise<string>((resolve) => (release.trial = resolve)));
    await expect(breaker.run(working)).rejects.toBeInstanceOf(CircuitOpenError);
    release.trial?.('up');
    await expect(trial).resolves.toBe('up');
    await expect(breaker.run(working)).resolves.toBe('up');
  });

  it('opens again when the trial call fails, without counting to the threshold', async () => {
    const clock = { now: 0 };
    const { breaker, opened } = breakerAt(clock);
    for (let i = 0; i < 3; i++) await breaker.run(failing).catch(() => undefined);
    clock.now = 1500;
    await expect(breaker.run(failing)).rejects.toThrow('down');
    clock.now = 2000;
    await expect(breaker.run(working)).rejects.toMatchObject({ retryAfterMs: 500 });
    expect(opened).toEqual([0]);
  });
});

describe('withRetry', () => {
  const waits: number[] = [];
  const options = {
    attempts: 4,
    baseMs: 100,
    maximumMs: 250,
    isTransient: (error: unknown) => (error as Error).message === 'down',
    random: () => 0.5,
    sleep: (milliseconds: number) => (waits.push(milliseconds), Promise.resolve()),
  };

  it('doubles the ceiling up to the maximum, and throws the last error', async () => {
    waits.length = 0;
    await expect(withRetry(failing, options)).rejects.toThrow('down');
    expect(waits).toEqual([50, 100, 125]);
  });

  it('does not repeat what will not pass by itself', async () => {
    waits.length = 0;
    await expect(withRetry(() => Promise.reject(new Error('refused')), options)).rejects.toThrow('refused');
    expect(waits).toEqual([]);
  });

  it('waits as long as the other side asked for', async () => {
    waits.length = 0;
    await expect(withRetry(failing, { ...options, attempts: 2, askedDelayMs: () => 700 })).rejects.toThrow(
      'down',
    );
    expect(waits).toEqual([700]);
  });
});

describe('RateLimiter', () => {
  it('spaces calls that come at once, and lets a late one pass', async () => {
    let now = 0;
    const waits: number[] = [];
    const limiter = new RateLimiter(
      10,
      () => now,
      (milliseconds) => (waits.push(milliseconds), Promise.resolve()),
    );
    await Promise.all([limiter.acquire(), limiter.acquire(), limiter.acquire()]);
    expect(waits).toEqual([100, 200]);
    now = 1000;
    await limiter.acquire();
    expect(waits).toEqual([100, 200]);
  });
});
