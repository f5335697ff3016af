import { describe, expect, it } from '@jest/globals';
import { exitCodeOf } from '../../../src/app/exit-code.ts';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import { scanResult } from '../report/scan-result-fixture.ts';

/** A result in which nothing is decided, of an account of which a list may have stayed unanswered. */
function accountRead(complete: boolean): ScanResult {
  const { summary, ...result } = scanResult();
  return {
    ...result,
    summary: { ...summary, unknown: 0, bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 } },
    diagnostics: [],
    places: [{ account: '111122223333', region: 'eu-west-1', complete, partial: [] }],
  };
}

/** A result of which one high check is unknown and fails on one side of a condition. */
function failsOnOneSide(): ScanResult {
  const result = accountRead(true);
  const none = result.summary.bySeverity;
  return { ...result, summary: { ...result.summary, possibleBySeverity: { ...none, high: 1 } } };
}

describe('the exit code, where one side of an undecided condition fails', () => {
  it.each([
    ['high', 'warn', 1],
    ['high', 'fail', 1],
    ['high', 'ignore', 0],
    ['critical', 'warn', 0],
    ['none', 'warn', 0],
  ] as const)('at --fail-on %s and --unknown %s is %d', (failOn, unknown, code) => {
    expect(exitCodeOf(failsOnOneSide(), failOn, unknown)).toBe(code);
  });
});

describe('the exit code, where unknowns are to fail', () => {
  it('is 1 of an account that was not read to its end, though nothing in it is unknown', () => {
    expect(exitCodeOf(accountRead(false), 'high', 'fail')).toBe(1);
  });

  it('is 0 of one that was', () => {
    expect(exitCodeOf(accountRead(true), 'high', 'fail')).toBe(0);
  });

  it('hangs on findings alone where unknowns are not to fail', () => {
    expect(exitCodeOf(accountRead(false), 'high', 'warn')).toBe(0);
  });
});
