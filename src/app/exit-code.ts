import { severities, type Severity } from '../model/rule.ts';
import type { ScanResult } from '../model/scan-result.ts';

/** The severity from which on findings fail a run. */
export type FailOn = Severity | 'none';

/** What unknown verdicts do to a run. */
export type OnUnknown = 'ignore' | 'warn' | 'fail';

/**
 * 0 clean; 1 findings at or above the threshold, among them unknowns that one side of an undecided condition fails unless
 * unknowns are to be ignored (where unknowns are to fail: any unknown, or an account that was not read to its end); 2 the
 * scan could not be completed.
 */
export function exitCodeOf(result: ScanResult, failOn: FailOn, unknown: OnUnknown): 0 | 1 | 2 {
  if (result.inputs.length === 0) return 2;
  if (result.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return 2;
  const limit = failOn === 'none' ? -1 : severities.indexOf(failOn);
  const { bySeverity, possibleBySeverity } = result.summary;
  const findings = severities
    .slice(0, limit + 1)
    .some(
      (severity) =>
        bySeverity[severity] > 0 || (unknown !== 'ignore' && (possibleBySeverity?.[severity] ?? 0) > 0),
    );
  return findings || (unknown === 'fail' && hasUnknown(result)) ? 1 : 0;
}

// What a list that was not answered would have named has no evaluation that could be unknown.
function hasUnknown({ summary, places = [] }: ScanResult): boolean {
  return summary.unknown > 0 || places.some(({ complete }) => !complete);
}
