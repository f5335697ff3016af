import { severities } from '../model/rule.ts';
import type { Before, ComparedResult, RepairedFinding, ResultDiff } from '../model/result-diff.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';

/** What changed from an older result to a newer one, worst severity first. Pure; linear but for sorting. */
export function diffResults(older: ScanResult, newer: ScanResult): ResultDiff {
  const before = byFingerprint(older);
  const now = byFingerprint(newer);
  const failures = newer.evaluations.filter(isOpen('fail')).map((finding) => {
    const earlier = before.get(finding.fingerprint);
    return { finding, before: stateOf(earlier), isGraver: isGraver(finding, earlier) };
  });
  const unknowns = newer.evaluations.filter(isOpen('unknown')).map((finding) => ({
    finding,
    before: stateOf(before.get(finding.fingerprint)),
  }));
  const repaired = older.evaluations.filter(isOpen('fail')).flatMap((finding): RepairedFinding[] => {
    const state = stateOf(now.get(finding.fingerprint));
    if (state === 'fail' || state === 'unknown') return [];
    return [{ finding, now: state === 'absent' ? 'gone' : state }];
  });
  return {
    schemaVersion: '1.0',
    old: describe(older),
    new: describe(newer),
    added: worstFirst(
      failures.filter(
        ({ before: state, isGraver: grew }) => state !== 'waived' && (state !== 'fail' || grew),
      ),
    ).map(({ finding, before: state }) => ({ finding, before: state })),
    waiversEnded: failures.filter((item) => item.before === 'waived').map(({ finding }) => finding),
    newlyUnknown: worstFirst(unknowns.filter((item) => item.before !== 'unknown')),
    repaired: worstFirst(repaired),
    stillOpen: worstFirst(
      failures.filter(({ before: state, isGraver: grew }) => state === 'fail' && !grew),
    ).map(({ finding }) => finding),
    rules: { onlyOld: onlyIn(older, newer), onlyNew: onlyIn(newer, older) },
  };
}

function byFingerprint({ evaluations }: ScanResult): ReadonlyMap<string, Evaluation> {
  return new Map(evaluations.map((evaluation) => [evaluation.fingerprint, evaluation]));
}

function isOpen(verdict: 'fail' | 'unknown'): (evaluation: Evaluation) => boolean {
  return ({ verdict: found, waiver, followsFrom }) =>
    found === verdict && waiver === undefined && followsFrom === undefined;
}

function stateOf(evaluation: Evaluation | undefined): Before {
  if (evaluation === undefined) return 'absent';
  return evaluation.waiver === undefined ? evaluation.verdict : 'waived';
}

/** One rule may find worse of the same resource: a queue without a TLS statement is opened for everyone. */
function isGraver(finding: Evaluation, earlier: Evaluation | undefined): boolean {
  return earlier !== undefined && severities.indexOf(finding.severity) < severities.indexOf(earlier.severity);
}

function worstFirst<Item extends { readonly finding: Evaluation }>(items: readonly Item[]): Item[] {
  const rank = ({ finding }: Item): number => severities.indexOf(finding.severity);
  return items.toSorted((a, b) => rank(a) - rank(b));
}

function describe({ startedAt, tool, ruleSet, inputs }: ScanResult): ComparedResult {
  return {
    startedAt,
    version: tool.version,
    ruleSetDigest: ruleSet.digest,
    inputs: inputs.map(({ name }) => name),
  };
}

function onlyIn(one: ScanResult, other: ScanResult): string[] {
  const known = new Set(other.ruleSet.rules.map(({ id }) => id));
  return one.ruleSet.rules.map(({ id }) => id).filter((id) => !known.has(id));
}
