import { lookup } from '../model/lookup.ts';
import { applyBaseline, applyKnown } from '../evaluate/apply-baseline.ts';
import { applyWaivers, type WaivedEvaluations } from '../evaluate/apply-waivers.ts';
import type { RuleSet } from '../model/rule.ts';
import type { Diagnostic, Evaluation } from '../model/scan-result.ts';
import type { SourceReading, SourceSuppression } from '../model/source.ts';
import type { Baseline, KnownFinding, Waiver } from '../model/waiver.ts';

/** What may waive findings beside what stands in the sources themselves. */
export interface WaiveOptions {
  readonly waivers?: readonly Waiver[];
  readonly baseline?: { readonly file: string; readonly entries: Baseline };
  /** What a scan of the state before a change found: only what the change brings counts. */
  readonly against?: { readonly source: string; readonly findings: readonly KnownFinding[] };
  /** Tools whose suppressions count. */
  readonly peerSuppressions?: readonly string[];
  /** False where what stands in the sources waives nothing. */
  readonly templateWaivers?: boolean;
}

/** Applies waivers of files and sources, then the baseline. */
export function waive(
  evaluations: readonly Evaluation[],
  reading: SourceReading,
  ruleSet: RuleSet,
  now: Date,
  options: WaiveOptions,
): WaivedEvaluations {
  const isTrusted = options.templateWaivers !== false;
  const counted = new Set(isTrusted ? (options.peerSuppressions ?? []) : []);
  const own = reading.suppressions
    .filter(({ source }) => isTrusted && source !== 'peer')
    .map((suppression) => toWaiver(suppression, suppression.ruleId, suppression.source));
  const peers = reading.suppressions.filter(({ source }) => source === 'peer');
  const counting = peers.filter(({ ruleId }) => counted.has(toolOf(ruleId)));
  const fromPeers = counting.flatMap((suppression) =>
    (lookup(ruleSet.data.peerAliases, suppression.ruleId) ?? []).map((id) =>
      toWaiver(suppression, id, `peer ${suppression.ruleId}`),
    ),
  );
  const selected = new Set(ruleSet.rules.map(({ id }) => id));
  // What another tool was told may concern rules that are not part of this scan.
  const waivers = [
    ...(options.waivers ?? []),
    ...own,
    ...fromPeers.filter(({ ruleId }) => selected.has(ruleId)),
  ];
  const waived = applyWaivers(evaluations, waivers, ruleSet.rules, now);
  const counts = new Set(counting);
  const shown = [
    ...(isTrusted ? [] : refused(reading.suppressions)),
    ...peers
      .filter((suppression) => !counts.has(suppression))
      .flatMap((suppression) => describePeer(suppression, ruleSet)),
  ];
  const { baseline, against } = options;
  const known = against === undefined ? waived.evaluations : applyKnown(waived.evaluations, against);
  const diagnostics = [...waived.diagnostics, ...shown];
  if (against !== undefined) {
    const count = known.filter(({ waiver }) => waiver?.source === against.source).length;
    diagnostics.push({
      code: 'against',
      severity: 'info',
      message: `Only new findings of the change count: ${count} ${count === 1 ? 'finding was' : 'findings were'} there before.`,
      where: against.source,
      blocks: [],
    });
  }
  if (baseline === undefined) return { evaluations: known, diagnostics };
  const compared = applyBaseline(known, baseline.entries, baseline.file, ruleSet.rules);
  return { evaluations: compared.evaluations, diagnostics: [...diagnostics, ...compared.diagnostics] };
}

/** Waivers that the configuration does not take from what is scanned, one line a rule. */
function refused(suppressions: readonly SourceSuppression[]): Diagnostic[] {
  const byRule = new Map<string, SourceSuppression[]>();
  for (const one of suppressions)
    if (one.source !== 'peer') byRule.set(one.ruleId, [...(byRule.get(one.ruleId) ?? []), one]);
  return [...byRule].map(([ruleId, [first, ...others]]) => ({
    code: 'waiver-untrusted',
    severity: 'warning',
    message: `The waiver of \`${ruleId}\` in the template has no effect${others.length === 0 ? '' : ` (nor ${others.length} more of this rule)`}: the configuration trusts no waivers in templates (\`trust.templateWaivers: false\`).`,
    where: first === undefined ? '' : placeOf(first),
    blocks: [],
  }));
}

function toolOf(ruleId: string): string {
  return ruleId.slice(0, ruleId.indexOf(':'));
}

function placeOf({ file, line, resourceId }: SourceSuppression): string {
  if (file === undefined) return resourceId;
  return line === undefined ? file : `${file}:${line}`;
}

function toWaiver(suppression: SourceSuppression, ruleId: string, source: string): Waiver {
  const { resourceId, reason, owner, expires } = suppression;
  return {
    source,
    ruleId,
    scope: { resourceId },
    wish: suppression.wish ?? JSON.stringify([source, resourceId, suppression.ruleId]),
    where: placeOf(suppression),
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
  };
}

/** An acknowledgement that names a rule of Headgate without saying that it is Headgate's. */
function describeUnprefixed(suppression: SourceSuppression, { rules }: RuleSet): Diagnostic[] {
  const [tool = '', ...rest] = suppression.ruleId.split(':');
  const id = rest.join(':');
  if (!rules.some((rule) => rule.id === id)) return [];
  return [
    {
      code: 'waiver-malformed',
      severity: 'warning',
      message: `The suppression of \`${id}\`${tool === 'cdk' ? '' : ` for \`${tool}\``} has no effect; write \`headgate::${id}\` in a CDK application, or \`Metadata.headgate.ignore\` in a template.`,
      where: placeOf(suppression),
      blocks: [],
    },
  ];
}

function describePeer(suppression: SourceSuppression, ruleSet: RuleSet): Diagnostic[] {
  const rules = lookup(ruleSet.data.peerAliases, suppression.ruleId);
  if (rules === undefined) return describeUnprefixed(suppression, ruleSet);
  return [
    {
      code: 'peer-suppression',
      severity: 'info',
      message: `\`${suppression.ruleId}\` is suppressed here for another tool${suppression.reason === undefined ? '' : ` ("${suppression.reason}")`}; that does not waive ${rules.join(', ')}. Name the tool under \`peerSuppressions\` in headgate.yaml to count it.`,
      where: placeOf(suppression),
      blocks: [],
    },
  ];
}
