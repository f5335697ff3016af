import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { severities, type Deviation, type Rule, type RuleSet, type Severity } from '../model/rule.ts';
import type {
  Diagnostic,
  Evaluation,
  ReadPlace,
  RuleSummary,
  ScanResult,
  Verdict,
} from '../model/scan-result.ts';
import { firstEdits } from './first-edits.ts';
import { findUncovered } from './uncovered.ts';
import type { SourceReading } from '../model/source.ts';
import { summarizeFlows } from './flow-summary.ts';
import { groupBy } from '../model/group-by.ts';
import { summarizeRequirements } from './requirement-summary.ts';

/** What a result is assembled from. */
export interface ResultParts {
  readonly version: string;
  readonly startedAt: Date;
  readonly ruleSet: RuleSet;
  readonly reading: SourceReading;
  readonly graph: ResourceGraph;
  readonly evaluations: readonly Evaluation[];
  readonly diagnostics?: readonly Diagnostic[];
}

/** Puts the public result together; derives every summary from the evaluations. */
export function assembleResult(parts: ResultParts): ScanResult {
  const { ruleSet, reading, graph, evaluations } = parts;
  const ordered = inOrder(evaluations);
  return {
    schemaVersion: '1.0',
    tool: { name: 'headgate', version: parts.version },
    ruleSet: {
      digest: ruleSet.digest,
      rules: ruleSet.rules.map(summarizeRule),
      deviations: withoutAssumedSecrets(ruleSet.deviations, reading.resources),
      ...(ruleSet.selection === undefined ? {} : { selection: ruleSet.selection }),
    },
    startedAt: parts.startedAt.toISOString(),
    inputs: reading.inputs,
    ...placesOf(parts),
    skipped: reading.skipped,
    summary: summarize(graph, ordered.filter(isCounted)),
    evaluations: ordered,
    ...editsOf(ordered.filter(isCounted), graph, ruleSet),
    flows: summarizeFlows(graph, ruleSet, ordered.filter(isCounted)),
    requirements: summarizeRequirements(ruleSet, ordered),
    diagnostics: withoutSecrets(
      [
        ...reading.diagnostics.map((diagnostic) => withBlockedRules(diagnostic, ruleSet.rules)),
        ...findUncovered(graph, ruleSet, reading),
        ...(parts.diagnostics ?? []),
      ],
      reading.resources,
    ),
  };
}

function editsOf(
  evaluations: readonly Evaluation[],
  graph: ResourceGraph,
  ruleSet: RuleSet,
): { readonly firstEdits?: NonNullable<ScanResult['firstEdits']> } {
  const edits = firstEdits(evaluations, graph, ruleSet);
  return edits.length === 0 ? {} : { firstEdits: edits };
}

/** All resources of a reading share what is marked as secret. */
function withoutSecrets(diagnostics: readonly Diagnostic[], resources: readonly Resource[]): Diagnostic[] {
  const secrets = resources.find((resource) => resource.secrets !== undefined)?.secrets;
  if (secrets === undefined || secrets.isEmpty) return [...diagnostics];
  return diagnostics.map((each) => ({ ...each, message: secrets.withhold(each.message) }));
}

/** The accounts and Regions that were read, each with the types that rules ask about and that were not read to their end. */
function placesOf({ graph, reading, ruleSet }: ResultParts): { readonly places?: readonly ReadPlace[] } {
  const asked = new Set(['*', ...ruleSet.rules.flatMap(({ appliesTo }) => appliesTo)]);
  const uncertain = graph.resources.filter((resource) => resource.uncertain !== undefined);
  const partial = new Map<string, Set<string>>();
  for (const { scope, type } of [...reading.incomplete, ...uncertain.flatMap(withWhatItHolds)])
    if (asked.has(type)) partial.set(scope, (partial.get(scope) ?? new Set()).add(type));
  const places = graph.ofType('Headgate::Scope').flatMap(({ account, region, scope, properties }) => {
    if (properties['Kind'] !== 'account' || account === undefined || region === undefined) return [];
    const types = [...(partial.get(scope) ?? []), ...(partial.get(`${account}/global`) ?? [])];
    return {
      account,
      region,
      complete: properties['Complete'] === true,
      partial: [...new Set(types)].sort(),
    };
  });
  return places.length === 0 ? {} : { places };
}

/** A policy that could not be read stands for the permissions that would be found in it. */
function withWhatItHolds({ scope, type }: Resource): { scope: string; type: string }[] {
  const held = type === 'AWS::Lambda::ResourcePolicy' ? ['AWS::Lambda::Permission'] : [];
  return [type, ...held].map((each) => ({ scope, type: each }));
}

/** By resource, then by rule. Sorted apart, as there are many evaluations of few resources. */
function inOrder(evaluations: readonly Evaluation[]): readonly Evaluation[] {
  const byResource = groupBy(evaluations, ({ resource }) => resource.id);
  return [...byResource.keys()].sort().flatMap((id) => (byResource.get(id) ?? []).sort(byRule));
}

function byRule(a: Evaluation, b: Evaluation): number {
  return a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0;
}

function summarizeRule({
  id,
  title,
  requirement,
  severity,
  level,
  flows,
  decides,
  why,
  fix,
  controls,
  references,
  origin,
}: Rule): RuleSummary {
  return {
    id,
    title,
    requirement,
    severity,
    level,
    flows,
    decides,
    why,
    fix: textsOf(fix),
    controls,
    references,
    origin,
  };
}

/** What a reader is told to do; what a program does is no part of a result. */
function textsOf(fix: Rule['fix']): RuleSummary['fix'] {
  if (fix.edits === undefined) return fix;
  const texts: { edits?: unknown } & RuleSummary['fix'] = { ...fix };
  delete texts.edits;
  return texts;
}

function withBlockedRules(
  { affects, ...diagnostic }: SourceReading['diagnostics'][number],
  rules: readonly Rule[],
): Diagnostic {
  const blocks = rules
    .filter((rule) => affects.includes('*') || rule.appliesTo.some((type) => affects.includes(type)))
    .map((rule) => rule.id);
  return { ...diagnostic, blocks };
}

function isOpenFail(evaluation: Evaluation): boolean {
  return evaluation.verdict === 'fail' && evaluation.waiver === undefined;
}

/** What another failure tells is counted there. */
function isCounted({ followsFrom }: Evaluation): boolean {
  return followsFrom === undefined;
}

/** True for an open unknown that one side of an undecided condition fails. */
function mayFail({ verdict, failsWhen, waiver }: Evaluation): boolean {
  return verdict === 'unknown' && failsWhen !== undefined && waiver === undefined;
}

function summarize(graph: ResourceGraph, evaluations: readonly Evaluation[]): ScanResult['summary'] {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  const possible = { ...bySeverity };
  let waived = 0;
  for (const evaluation of evaluations) {
    if (evaluation.waiver !== undefined) waived += 1;
    else counts[evaluation.verdict] += 1;
    if (isOpenFail(evaluation)) bySeverity[evaluation.severity] += 1;
    if (mayFail(evaluation)) possible[evaluation.severity] += 1;
  }
  const possibleBySeverity = severities.some((severity) => possible[severity] > 0)
    ? { possibleBySeverity: possible }
    : {};
  const resources = graph.resources.filter(
    (resource) => resource.external !== true && !resource.type.startsWith('Headgate::'),
  ).length;
  return {
    resources,
    ...counts,
    waived,
    bySeverity,
    ...possibleBySeverity,
    byFlow: summarizeByFlow(graph, evaluations),
  };
}

function summarizeByFlow(
  graph: ResourceGraph,
  evaluations: readonly Evaluation[],
): ScanResult['summary']['byFlow'] {
  const byFlow: Record<string, { flows: number; fail: number; unknown: number; pass: number }> = {};
  for (const diagram of ['api', 'events', 'batch'])
    byFlow[diagram] = { flows: 0, fail: 0, unknown: 0, pass: 0 };
  for (const flow of graph.flows) {
    const entry = byFlow[flow.diagram];
    if (entry !== undefined) entry.flows += 1;
  }
  // Evaluations of resources that belong to the same flows share the list of them.
  const diagramsOf = shared(
    (ids: readonly string[]) => new Set(ids.map((id) => id.slice(0, id.indexOf(':')))),
  );
  for (const evaluation of evaluations) {
    if (evaluation.waiver !== undefined || evaluation.verdict === 'notApplicable') continue;
    for (const diagram of diagramsOf(evaluation.flows)) {
      const entry = byFlow[diagram];
      if (entry !== undefined) entry[evaluation.verdict] += 1;
    }
  }
  return byFlow;
}

/** Answers a question about an object once. */
function shared<Key extends object, Answer>(answer: (key: Key) => Answer): (key: Key) => Answer {
  const answers = new Map<Key, Answer>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const fresh = answer(key);
    answers.set(key, fresh);
    return fresh;
  };
}

/** An assumption may give a value to a `NoEcho` parameter, which the configuration cannot know. */
function withoutAssumedSecrets(
  deviations: readonly Deviation[],
  resources: readonly Resource[],
): readonly Deviation[] {
  if (!deviations.some(({ kind }) => kind === 'assumed')) return deviations;
  const marked = new Set(
    resources.flatMap(({ secrets }) => (secrets === undefined || secrets.isEmpty ? [] : [secrets])),
  );
  if (marked.size === 0) return deviations;
  return deviations.map((deviation) =>
    deviation.kind === 'assumed'
      ? {
          ...deviation,
          detail: [...marked].reduce((text, secrets) => secrets.withhold(text), deviation.detail),
        }
      : deviation,
  );
}
