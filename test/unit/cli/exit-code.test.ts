import { describe, expect, it } from '@jest/globals';
import { exitCodeOf } from '../../../src/cli/exit-code.ts';
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
