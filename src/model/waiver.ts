import type { Severity } from './rule.ts';

/** A wish that findings of a rule be accepted for now: from a waivers file, a comment, Metadata or a CDK acknowledgement. */
export interface Waiver {
  /** `waivers-file`, `comment`, `metadata`, `cdk`, or `peer:<tool>`. */
  readonly source: string;
  readonly ruleId: string;
  /** Which resources: `*` stands for any characters, held against id, name, construct path and ARN; or exactly one resource. */
  readonly scope: { readonly pattern: string } | { readonly resourceId: string };
  /** Equal for waivers that were written as one: it is used when any of them is. */
  readonly wish?: string;
  readonly account?: string;
  readonly region?: string;
  readonly reason?: string;
  readonly owner?: string;
  /** ISO date, as written; the waiver holds to the end of that day in UTC. */
  readonly expires?: string;
  /** `file:line`, for messages. */
  readonly where: string;
}

/** A finding that was there before. */
export interface KnownFinding {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly resource: string;
  /** How grave it was: a graver one of the same rule is new. Files of earlier versions do not say it. */
  readonly severity?: Severity;
  /** True where only one side of an undecided condition failed: what fails on both is new. */
  readonly possible?: true;
}

/** Findings that were there when the baseline was written. */
export interface Baseline {
  readonly version: 1;
  readonly findings: readonly KnownFinding[];
}
