import { diffResults } from '../app/diff.ts';
import type { ResultDiff } from '../model/result-diff.ts';
import { severities } from '../model/rule.ts';
import { renderDiff, type DiffFormat } from '../report/diff.ts';
import { print, save } from './emit.ts';
import type { FailOn } from '../app/exit-code.ts';
import { readResult } from './read-result.ts';
import type { Surroundings } from './surroundings.ts';

export interface DiffOptions {
  readonly format: DiffFormat;
  readonly output?: string;
  readonly failOn: FailOn;
  readonly unknown: 'ignore' | 'fail';
}

/**
 * `headgate diff`. Answers 1 for new failures at or above the threshold, of which those are that a waiver no longer
 * accepts, and for newly unknown verdicts where they are to fail.
 */
export async function diffSavedResults(
  older: string,
  newer: string,
  { format, output, failOn, unknown }: DiffOptions,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const { cwd, stdout } = surroundings;
  const diff = diffResults(await readResult(older, cwd), await readResult(newer, cwd));
  const parts = renderDiff(format, diff);
  if (output === undefined) await print(parts, stdout);
  else await save(output, parts, cwd);
  return exitCodeOfDiff(diff, failOn, unknown === 'fail');
}

/** 1 where something at or above the threshold is new, or, if asked for, something is newly unknown. */
export function exitCodeOfDiff(diff: ResultDiff, failOn: FailOn, failsUnknown: boolean): 0 | 1 {
  const failing = failOn === 'none' ? [] : severities.slice(0, severities.indexOf(failOn) + 1);
  const fresh = [...diff.added.map(({ finding }) => finding), ...diff.waiversEnded];
  const isWorse = fresh.some(({ severity }) => failing.includes(severity));
  return isWorse || (failsUnknown && diff.newlyUnknown.length > 0) ? 1 : 0;
}
