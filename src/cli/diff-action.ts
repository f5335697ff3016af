import { diffResults } from '../app/diff.ts';
import type { ResultDiff } from '../model/result-diff.ts';
import { severities } from '../model/rule.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { renderDiff, type DiffFormat } from '../report/diff.ts';
import { print, save } from './emit.ts';
import type { FailOn, OnUnknown } from '../app/exit-code.ts';
import { readResult } from './read-result.ts';
import type { Surroundings } from './surroundings.ts';

export interface DiffOptions {
  readonly format: DiffFormat;
  readonly output?: string;
  readonly failOn: FailOn;
  readonly unknown: OnUnknown;
}

/**
 * `headgate diff`. Answers 1 for new failures at or above the threshold, of which those are that a waiver no longer
 * accepts, and for newly unknown verdicts that one side of an undecided condition fails, or for all where they are to fail.
 */
export async function diffSavedResults(
  older: string,
  newer: string,
  { format, output, failOn, unknown }: DiffOptions,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const { cwd, stdout } = surroundings;
  const flows = (): undefined => undefined;
  const after = await readResult(newer, cwd, {
    evaluations: (evaluation) => (isOpen(evaluation) ? evaluation : stateOf(evaluation)),
    flows,
  });
  const opened = new Set(after.evaluations.filter(isOpen).map(({ fingerprint }) => fingerprint));
  const before = await readResult(older, cwd, {
    evaluations: (evaluation) =>
      evaluation.verdict === 'fail' && !opened.has(evaluation.fingerprint) ? evaluation : stateOf(evaluation),
    flows,
  });
  const diff = diffResults(before, after);
  const parts = renderDiff(format, diff);
  if (output === undefined) await print(parts, stdout);
  else await save(output, parts, cwd);
  return exitCodeOfDiff(diff, failOn, unknown);
}

/** True for what a comparison shows of the newer result. */
function isOpen({ verdict, waiver }: Evaluation): boolean {
  return (verdict === 'fail' || verdict === 'unknown') && waiver === undefined;
}

/** What a comparison asks of a verdict that it does not show, without the texts of it. */
function stateOf({
  ruleId,
  requirement,
  severity,
  verdict,
  fingerprint,
  resource,
  waiver,
  followsFrom,
}: Evaluation): Evaluation {
  return {
    ...{ ruleId, requirement, severity, verdict, message: '', fingerprint, resource },
    ...{ evidence: [], related: [], flows: [] },
    ...(waiver === undefined ? {} : { waiver }),
    ...(followsFrom === undefined ? {} : { followsFrom }),
  };
}

/**
 * 1 where something at or above the threshold is new, among it what became unknown and one side of a condition fails,
 * unless unknowns are to be ignored; where they are to fail, anything that became unknown.
 */
export function exitCodeOfDiff(diff: ResultDiff, failOn: FailOn, unknown: OnUnknown): 0 | 1 {
  const failing = failOn === 'none' ? [] : severities.slice(0, severities.indexOf(failOn) + 1);
  // What failed already is not worse by a condition around it.
  const possible = diff.newlyUnknown.filter(
    ({ finding, before }) => finding.failsWhen !== undefined && before !== 'fail',
  );
  const fresh = [
    ...diff.added.map(({ finding }) => finding),
    ...diff.waiversEnded,
    ...(unknown === 'ignore' ? [] : possible.map(({ finding }) => finding)),
  ];
  const isWorse = fresh.some(({ severity }) => failing.includes(severity));
  return isWorse || (unknown === 'fail' && diff.newlyUnknown.length > 0) ? 1 : 0;
}
