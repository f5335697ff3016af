import { describe, expect, it, jest } from '@jest/globals';
import { describeProgress, showProgress } from '../../../src/cli/show-progress.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';

const progress = {
  regions: { done: 1, planned: 3 },
  services: { done: 40, planned: 84 },
  calls: { done: 812, planned: 8475 },
  waitingFor: 'lambda eu-west-1',
};

describe('progress', () => {
  it('tells Regions, services, calls, and which rate is waited for', () => {
    expect(describeProgress(progress, 65_900)).toBe(
      '1:05 Regions 1/3, services 40/84, calls 812/8475, waiting for rate limit: lambda eu-west-1',
    );
    const { regions, services, calls } = progress;
    expect(describeProgress({ regions, services, calls }, 0)).toBe(
      '0:00 Regions 1/3, services 40/84, calls 812/8475',
    );
    const none = { done: 0, planned: 0 };
    expect(describeProgress({ regions: none, services: none, calls: none }, 1000)).toBe(
      '0:01 identifying the account and its Regions',
    );
  });

  it('writes one line over and over, never wider than the terminal, and takes it away', () => {
    const text = shown({ isTTY: true, columns: 41 });
    expect(text.split('\r\u001b[K')).toEqual([
      '',
      ...Array.from({ length: 3 }, () => '0:00 Regions 1/3, services 40/84, calls '),
      '',
    ]);
  });

  it('is silent where nobody watches, and where nobody wants it', () => {
    expect(shown({})).toBe('');
    expect(shown({ isTTY: true, quiet: true })).toBe('');
  });
});

/** What half a second of progress writes. */
function shown({ quiet, ...terminal }: { isTTY?: boolean; columns?: number; quiet?: boolean }): string {
  jest.useFakeTimers();
  let text = '';
  const stderr = { ...terminal, write: (chunk: string) => (text += chunk) };
  const now = (): Date => new Date(0);
  const surroundings: Surroundings = { cwd: '/', env: {}, now, stdout: stderr, stderr };
  const line = showProgress(surroundings, quiet);
  line.watch(() => progress);
  jest.advanceTimersByTime(500);
  line.end();
  jest.advanceTimersByTime(500);
  jest.useRealTimers();
  return text;
}
