import { withWaiver, type Diagnostic, type Evaluation } from '../model/scan-result.ts';
import type { Rule } from '../model/rule.ts';
import type { Baseline } from '../model/waiver.ts';

/** How the findings of a scan stand against a baseline. */
export interface BaselineComparison {
  /** Open failures that the baseline does not know. */
  readonly added: readonly Evaluation[];
  /** Open failures that were there before. */
  readonly known: readonly Evaluation[];
  /** Those of `added` that the baseline knows, of rules that nothing waives. */
  readonly refused: readonly Evaluation[];
  /** Entries of the baseline whose finding is repaired or gone; entries of rules that were not asked stay. */
  readonly fixed: Baseline['findings'];
}

/** Open failures as a baseline, ordered by fingerprint; those of rules that nothing waives are left out. */
export function baselineOf(evaluations: readonly Evaluation[], rules: readonly Rule[]): Baseline {
  const strict = notWaivable(rules);
  const findings = openFailures(evaluations)
    .filter(({ ruleId }) => !strict.has(ruleId))
    .map(({ fingerprint, ruleId, resource }) => ({ fingerprint, ruleId, resource: resource.name }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return { version: 1, findings };
}

/** Compares by fingerprint alone, so that a moved or reformatted file changes nothing. */
export function compareWithBaseline(
  evaluations: readonly Evaluation[],
  baseline: Baseline,
  rules: readonly Rule[],
): BaselineComparison {
  const before = new Set(baseline.findings.map(({ fingerprint }) => fingerprint));
  const strict = notWaivable(rules);
  const asked = new Set(rules.map(({ id }) => id));
  const isKnown = ({ fingerprint, ruleId }: Evaluation): boolean =>
    before.has(fingerprint) && !strict.has(ruleId);
  const open = openFailures(evaluations);
  // What is waived, or cannot be decided at the moment, is not repaired.
  const there = new Set(
    evaluations
      .filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
      .map(({ fingerprint }) => fingerprint),
  );
  return {
    added: open.filter((evaluation) => !isKnown(evaluation)),
    known: open.filter(isKnown),
    refused: open.filter(({ fingerprint, ruleId }) => before.has(fingerprint) && strict.has(ruleId)),
    fixed: baseline.findings.filter(
      ({ fingerprint, ruleId }) => asked.has(ruleId) && !there.has(fingerprint),
    ),
  };
}

/** Marks known failures as waived by the baseline, so that only new ones count; visible in every format. */
export function applyBaseline(
  evaluations: readonly Evaluation[],
  baseline: Baseline,
  file: string,
  rules: readonly Rule[],
): { readonly evaluations: readonly Evaluation[]; readonly diagnostics: readonly Diagnostic[] } {
  const { known, fixed, refused } = compareWithBaseline(evaluations, baseline, rules);
  const old = new Set(known);
  const diagnostics: Diagnostic[] = fixed.map(({ ruleId, resource }) => ({
    code: 'baseline-fixed',
    severity: 'info',
    message: `\`${ruleId}\` no longer fails on \`${resource}\`; \`headgate baseline prune\` removes the entry.`,
    where: file,
    blocks: [],
  }));
  diagnostics.push(...refusals(refused, file));
  const marked = evaluations.map((evaluation) =>
    old.has(evaluation)
      ? withWaiver(evaluation, {
          source: `baseline (${file})`,
          reason: 'was there when the baseline was written',
        })
      : evaluation,
  );
  return { evaluations: marked, diagnostics };
}

/** Ids of rules that nothing waives. */
function notWaivable(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.filter(({ waivable }) => !waivable).map(({ id }) => id));
}

function refusals(entries: readonly Evaluation[], file: string): Diagnostic[] {
  const byRule = new Map<string, number>();
  for (const { ruleId } of entries) byRule.set(ruleId, (byRule.get(ruleId) ?? 0) + 1);
  return [...byRule].map(([ruleId, count]) => ({
    code: 'waiver-refused',
    severity: 'warning',
    message: `${count === 1 ? 'An entry' : `${count} entries`} of the baseline for \`${ruleId}\` have no effect: the rule may never be waived.`,
    where: file,
    blocks: [],
  }));
}

function openFailures(evaluations: readonly Evaluation[]): Evaluation[] {
  return evaluations.filter(({ verdict, waiver }) => verdict === 'fail' && waiver === undefined);
}
