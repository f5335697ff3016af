import type { Evaluation, Verdict } from './scan-result.ts';

/** What a finding was in the older result: its verdict, `waived`, or `absent` where the result did not have it. */
export type Before = Verdict | 'waived' | 'absent';

export interface ChangedFinding {
  readonly finding: Evaluation;
  readonly before: Before;
}

/** A failure of the older result that is none any more, and what became of it. */
export interface RepairedFinding {
  readonly finding: Evaluation;
  /** `gone`: the newer result does not evaluate the resource or the rule. */
  readonly now: 'pass' | 'notApplicable' | 'waived' | 'gone';
}

/** One side of a comparison. */
export interface ComparedResult {
  readonly startedAt: string;
  readonly version: string;
  readonly ruleSetDigest: string;
  readonly inputs: readonly string[];
}

/** Two results held against each other by fingerprint; each finding is in one list. */
export interface ResultDiff {
  readonly schemaVersion: '1.0';
  readonly old: ComparedResult;
  readonly new: ComparedResult;
  /** Failures that the older result did not have as failures, or as milder ones. */
  readonly added: readonly ChangedFinding[];
  /** Failures that a waiver accepted in the older result, and none does now. */
  readonly waiversEnded: readonly Evaluation[];
  /** Unknown verdicts that the older result did not have as unknown; a failure that became unknown is not repaired. */
  readonly newlyUnknown: readonly ChangedFinding[];
  readonly repaired: readonly RepairedFinding[];
  /** Failures of both results, no graver now than before. */
  readonly stillOpen: readonly Evaluation[];
  /** Rules that one result evaluates and the other does not: what they decide is no change of the input. */
  readonly rules: { readonly onlyOld: readonly string[]; readonly onlyNew: readonly string[] };
}
