import { describe, expect, it } from '@jest/globals';
import { isUnread } from '../../src/evaluate/sources.ts';
import { isFailure } from '../../src/model/value.ts';
import { accounts, audit, invented } from './denial-matrix.ts';
import type { Fault } from './replay.ts';

describe('what is not answered invents nothing', () => {
  it('whatever it says of why', () => {
    for (const code of ['denied', 'throttled', 'failed', 'timeout', 'slice'] as const) {
      expect(isFailure({ code, message: '' })).toBe(true);
      expect(isUnread({ code, message: '' })).toBe(true);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'where six of ten calls are denied at random: %i',
    async (seed) => {
      const replies = seed % 2 === 0 ? accounts.sound : accounts.bad;
      const whole = await audit(replies);
      const random = randomFrom(seed);
      const faults = whole.calls.map((call): Fault => ({ call, fault: 'deny', when: () => random() < 0.6 }));
      const after = await audit(replies, faults);
      expect(invented(whole, after)).toEqual([]);
      expect([...after.verdicts.values()].filter((verdict) => verdict === 'unknown').length).toBeGreaterThan(
        5,
      );
    },
    60_000,
  );
});

/** Numbers in [0, 1) that a seed repeats (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
