import { describe, expect, it } from '@jest/globals';
import { bucketsOf, RateLimiter, systemClock } from '../../src/account/rate.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';

const never = new AbortController().signal;

/** Lets so many calls through as fast as it can, and returns when each went. */
async function times(count: number, service: string, operation: string): Promise<number[]> {
  const started: number[] = [];
  let clock: number;
  const limiter = new RateLimiter({
    now: () => 0,
    sleep: (milliseconds) => {
      clock = milliseconds;
      return Promise.resolve();
    },
  });
  for (let index = 0; index < count; index += 1) {
    clock = 0;
    await limiter.take(service, operation, 'eu-west-1', never);
    started.push(clock);
  }
  return started;
}

/** The most calls within any window of a second. */
function busiestSecond(started: readonly number[]): number {
  return Math.max(...started.map((from) => started.filter((at) => at >= from && at < from + 1000).length));
}

describe('rates', () => {
  it.each([
    ['lambda', 'GetFunctionConcurrency', 15],
    ['lambda', 'GetPolicy', 15],
    ['wafv2', 'GetWebACL', 5],
    ['wafv2', 'GetWebACLForResource', 1],
    ['apigateway', 'GetResources', 2.5],
    ['cloudwatch-logs', 'DescribeLogGroups', 10],
    ['sns', 'GetTopicAttributes', 30],
    ['eventbridge', 'ListTargetsByRule', 50],
  ])('keep %s %s within a third of the documented limit', async (service, operation, limit) => {
    const busiest = busiestSecond(await times(60, service, operation));
    expect(busiest).toBeLessThanOrEqual(Math.ceil(limit / 3));
    expect(busiest).toBeGreaterThan(0);
  });

  it('let a third of a documented burst through at once, and then the rate', async () => {
    const started = await times(30, 'apigateway', 'GetStages');
    expect(started.filter((at) => at === 0)).toHaveLength(13);
    expect((started[29] ?? 0) - (started[28] ?? 0)).toBeCloseTo(300);
  });

  it('share one budget among the operations of a service that has one', () => {
    expect(bucketsOf('lambda', 'ListTags', 'eu-west-1').get('eu-west-1 lambda')?.perSecond).toBe(5);
    expect(bucketsOf('lambda', 'ListTags', 'eu-west-1', 1).get('eu-west-1 lambda')?.perSecond).toBe(15);
    expect([...bucketsOf('lambda', 'ListTags', 'eu-west-1').keys()]).toEqual(['eu-west-1 lambda']);
    expect([...bucketsOf('lambda', 'ListAliases', 'eu-west-1').keys()]).toEqual(['eu-west-1 lambda']);
    expect([...bucketsOf('apigatewayv2', 'GetApis', 'eu-west-1').keys()]).toEqual(['apigateway']);
    expect([...bucketsOf('apigateway', 'GetResources', 'eu-west-1').keys()]).toEqual([
      'apigateway GetResources',
      'apigateway',
    ]);
  });

  it('hold for retries as well, over a whole audit', async () => {
    const Functions = Array.from({ length: 30 }, (_, index) => ({
      FunctionName: `f${index}`,
      FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:f${index}`,
    }));
    const { account } = await collect(
      { 'lambda.ListFunctions': { Functions } },
      {
        needs: needsOf({ 'AWS::Lambda::Function': ['ReservedConcurrentExecutions', 'Tags'] }),
        faults: [{ call: 'lambda.ListTags', fault: 'throttle', times: 20 }],
      },
    );
    const started = account.attempts.filter(({ service }) => service === 'lambda').map(({ at }) => at);
    expect(started.length).toBeGreaterThan(1 + 30 + 30);
    expect(busiestSecond(started)).toBeLessThanOrEqual(5);
  });

  it('hold where the process was held up, and all its waits end at once', async () => {
    let now = 0;
    const waiting: { readonly until: number; readonly wake: () => void }[] = [];
    const limiter = new RateLimiter({
      now: () => now,
      sleep: (milliseconds) => new Promise((wake) => waiting.push({ until: now + milliseconds, wake })),
    });
    const started: number[] = [];
    const calls = Array.from({ length: 12 }, async () => {
      await limiter.take('lambda', 'ListTags', 'eu-west-1', never);
      started.push(now);
    });
    await new Promise(setImmediate);
    // Two seconds pass unnoticed; then time goes on as it should.
    for (now = 2000; started.length < 12; now += 10) {
      for (const due of waiting.filter(({ until }) => until <= now)) {
        waiting.splice(waiting.indexOf(due), 1);
        due.wake();
      }
      await new Promise(setImmediate);
    }
    await Promise.all(calls);
    expect(busiestSecond(started)).toBeLessThanOrEqual(5);
    expect(started.at(-1)).toBeLessThan(4300);
  });

  it('end a wait when the audit ends', async () => {
    const stop = new AbortController();
    const wait = systemClock.sleep(60_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(wait).rejects.toThrow('stopped');
  });
});
