import { withWaiver, type Diagnostic, type Evaluation } from '../model/scan-result.ts';
import { severities, type Rule } from '../model/rule.ts';
import type { Baseline, KnownFinding } from '../model/waiver.ts';

/** How the findings of a scan stand against a baseline. */
export interface BaselineComparison {
  /** Open findings that the baseline does not know. */
  readonly added: readonly Evaluation[];
  /** Open findings that were there before. */
  readonly known: readonly Evaluation[];
  /** Those of `added` that the baseline knows, of rules that nothing waives. */
  readonly refused: readonly Evaluation[];
  /** Entries of the baseline whose finding is repaired or gone; entries of rules that were not asked stay. */
  readonly fixed: Baseline['findings'];
}

/** Open findings as a baseline, ordered by fingerprint; those of rules that nothing waives are left out. */
export function baselineOf(evaluations: readonly Evaluation[], rules: readonly Rule[]): Baseline {
  const strict = notWaivable(rules);
  return { version: 1, findings: knownFindings(evaluations).filter(({ ruleId }) => !strict.has(ruleId)) };
}

/** Open findings as what a later scan knows, ordered by fingerprint. */
export function knownFindings(evaluations: readonly Evaluation[]): readonly KnownFinding[] {
  return evaluations
    .filter(isOpenFinding)
    .map(({ fingerprint, ruleId, resource, severity, verdict }) => ({
      fingerprint,
      ruleId,
      resource: resource.name,
      severity,
      ...(verdict === 'unknown' ? { possible: true as const } : {}),
    }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** Compares by fingerprint and gravity, so that a moved or reformatted file changes nothing. */
export function compareWithBaseline(
  evaluations: readonly Evaluation[],
  baseline: Baseline,
  rules: readonly Rule[],
): BaselineComparison {
  const before = byFingerprint(baseline.findings);
  const strict = notWaivable(rules);
  const asked = new Set(rules.map(({ id }) => id));
  const isKnown = (evaluation: Evaluation): boolean =>
    wasThere(evaluation, before) && !strict.has(evaluation.ruleId);
  const open = evaluations.filter(isOpenFinding);
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

function byFingerprint(findings: readonly KnownFinding[]): ReadonlyMap<string, KnownFinding> {
  return new Map(findings.map((finding) => [finding.fingerprint, finding]));
}

/** One rule fails for several reasons: what was there hides none that is graver, nor one that is certain now. */
function wasThere(
  { fingerprint, severity, verdict }: Evaluation,
  before: ReadonlyMap<string, KnownFinding>,
): boolean {
  const known = before.get(fingerprint);
  if (known === undefined || (verdict === 'fail' && known.possible === true)) return false;
  return known.severity === undefined || severities.indexOf(severity) >= severities.indexOf(known.severity);
}

/** Marks what another scan found too as waived, so that only what is new counts; visible in every format. */
export function applyKnown(
  evaluations: readonly Evaluation[],
  { source, findings }: { readonly source: string; readonly findings: readonly KnownFinding[] },
): readonly Evaluation[] {
  const before = byFingerprint(findings);
  return evaluations.map((evaluation) =>
    isOpenFinding(evaluation) && wasThere(evaluation, before)
      ? withWaiver(evaluation, { source, reason: 'was there before the change' })
      : evaluation,
  );
}

/** Marks known findings as waived by the baseline, so that only new ones count; visible in every format. */
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
          reason: 'existed when the baseline was created',
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
    message: `${count === 1 ? 'An entry' : `${count} entries`} of the baseline for \`${ruleId}\` have no effect: the rule cannot be waived.`,
    where: file,
    blocks: [],
  }));
}

function isOpenFinding({ verdict, failsWhen, waiver }: Evaluation): boolean {
  return waiver === undefined && (verdict === 'fail' || (verdict === 'unknown' && failsWhen !== undefined));
}
