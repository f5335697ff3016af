import { withWaiver, type Diagnostic, type Evaluation } from '../model/scan-result.ts';
import type { Baseline } from '../model/waiver.ts';

/** How the findings of a scan stand against a baseline. */
export interface BaselineComparison {
  /** Open failures that the baseline does not know. */
  readonly added: readonly Evaluation[];
  /** Open failures that were there before. */
  readonly known: readonly Evaluation[];
  /** Entries of the baseline whose finding is gone. */
  readonly fixed: Baseline['findings'];
}

/** Open failures as a baseline, ordered by fingerprint. */
export function baselineOf(evaluations: readonly Evaluation[]): Baseline {
  const findings = openFailures(evaluations)
    .map(({ fingerprint, ruleId, resource }) => ({ fingerprint, ruleId, resource: resource.name }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return { version: 1, findings };
}

/** Compares by fingerprint alone, so that a moved or reformatted file changes nothing. */
export function compareWithBaseline(
  evaluations: readonly Evaluation[],
  baseline: Baseline,
): BaselineComparison {
  const before = new Set(baseline.findings.map(({ fingerprint }) => fingerprint));
  const open = openFailures(evaluations);
  const now = new Set(open.map(({ fingerprint }) => fingerprint));
  return {
    added: open.filter(({ fingerprint }) => !before.has(fingerprint)),
    known: open.filter(({ fingerprint }) => before.has(fingerprint)),
    fixed: baseline.findings.filter(({ fingerprint }) => !now.has(fingerprint)),
  };
}

/** Marks known failures as waived by the baseline, so that only new ones count; visible in every format. */
export function applyBaseline(
  evaluations: readonly Evaluation[],
  baseline: Baseline,
  file: string,
): { readonly evaluations: readonly Evaluation[]; readonly diagnostics: readonly Diagnostic[] } {
  const { known, fixed } = compareWithBaseline(evaluations, baseline);
  const old = new Set(known);
  const diagnostics: Diagnostic[] = fixed.map(({ ruleId, resource }) => ({
    code: 'baseline-fixed',
    severity: 'info',
    message: `\`${ruleId}\` no longer fails on \`${resource}\`; \`headgate baseline write\` prunes the entry.`,
    where: file,
    blocks: [],
  }));
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

function openFailures(evaluations: readonly Evaluation[]): Evaluation[] {
  return evaluations.filter(({ verdict, waiver }) => verdict === 'fail' && waiver === undefined);
}
