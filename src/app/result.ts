import { summarizeResource } from '../evaluate/evaluate.ts';
import type { Flow, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { severities, type FlowDiagram, type Rule, type RuleSet, type Severity } from '../model/rule.ts';
import type {
  Diagnostic,
  Evaluation,
  FlowSummary,
  ReadPlace,
  RequirementSummary,
  RuleSummary,
  ScanResult,
  Verdict,
} from '../model/scan-result.ts';
import { findUncovered } from './uncovered.ts';
import type { SourceReading } from '../model/source.ts';

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
      deviations: ruleSet.deviations,
      ...(ruleSet.selection === undefined ? {} : { selection: ruleSet.selection }),
    },
    startedAt: parts.startedAt.toISOString(),
    inputs: reading.inputs,
    ...placesOf(parts),
    skipped: reading.skipped,
    summary: summarize(graph, ordered),
    evaluations: ordered,
    flows: summarizeFlows(graph, ruleSet, ordered),
    requirements: summarizeRequirements(ruleSet, ordered),
    diagnostics: [
      ...reading.diagnostics.map((diagnostic) => withBlockedRules(diagnostic, ruleSet.rules)),
      ...findUncovered(graph, ruleSet, reading),
      ...(parts.diagnostics ?? []),
    ],
  };
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
  return { id, title, requirement, severity, level, flows, decides, why, fix, controls, references, origin };
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

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function worst(verdicts: readonly Verdict[]): Verdict {
  for (const verdict of ['fail', 'unknown', 'pass'] as const) if (verdicts.includes(verdict)) return verdict;
  return 'notApplicable';
}

type DiagramNode = FlowDiagram['nodes'][number];
type NodeSummary = FlowSummary['nodes'][number];

/** What a node of a diagram is about, worked out once for all flows of the diagram. */
interface NodePlan {
  readonly node: DiagramNode;
  readonly label: string;
  /** Requirements that are decided on what fills the node. */
  readonly stated: ReadonlySet<string>;
  /** Requirements that demand the node, decided on the flow's other resources. */
  readonly demanding: readonly string[];
}

function summarizeFlows(
  graph: ResourceGraph,
  ruleSet: RuleSet,
  evaluations: readonly Evaluation[],
): FlowSummary[] {
  const decided = evaluations.filter(
    ({ waiver, verdict }) => waiver === undefined && verdict !== 'notApplicable',
  );
  const byResource = groupBy(decided, ({ resource }) => resource.id);
  const troubles = decided.filter(({ verdict }) => verdict !== 'pass');
  const diagrams = new Map(
    ruleSet.diagrams.map((diagram) => [
      diagram.id,
      { diagram, plans: planNodes(diagram), edges: diagram.edges.map(drawnEdge) },
    ]),
  );
  const demandsOf = indexDemands(groupBy(troubles, ({ resource }) => resource.id));
  // Flows share the arrays of their nodes, and so what is said of them.
  const filled = shared((plan: NodePlan) =>
    shared((members: Members) => summarizeFilled(plan, members, byResource)),
  );
  return graph.flows.map((flow) => {
    const found = diagrams.get(flow.diagram);
    const demands = demandsOf(flow);
    const nodes = (found?.plans ?? []).map((plan) => {
      const members = flow.nodes.get(plan.node.id) ?? [];
      return members.length > 0 ? filled(plan)(members) : summarizeEmpty(plan, demands);
    });
    return {
      id: flow.id,
      diagram: flow.diagram,
      title: found?.diagram.title ?? flow.diagram,
      entry: summarizeResource(flow.entry),
      verdict: worst(nodes.map(({ verdict }) => verdict)),
      nodes,
      edges: found?.edges ?? [],
    };
  });
}

function planNodes({ nodes, edges }: FlowDiagram): NodePlan[] {
  return nodes.map((node) => {
    const stated = node.bullets.flatMap(({ requirements }) => requirements);
    const incoming = edges
      .filter(({ to }) => to === node.id)
      .flatMap(({ requirements }) => requirements ?? []);
    return {
      node,
      label: labelOf(node, nodes),
      stated: new Set([...stated, ...(node.presence ?? [])]),
      demanding: [...new Set(node.presence ?? [...stated, ...incoming])],
    };
  });
}

// The document gives the same name to several nodes (VPC Endpoint) and tells them apart by their first line.
function labelOf(node: DiagramNode, nodes: readonly DiagramNode[]): string {
  const [first] = node.bullets;
  const isAlone = nodes.filter(({ label }) => label === node.label).length === 1;
  return isAlone || first === undefined ? node.label : `${node.label}: ${first.text}`;
}

function drawnEdge({
  from,
  to,
  label,
  dashed,
}: FlowDiagram['edges'][number]): NonNullable<FlowSummary['edges']>[number] {
  return { from, to, ...(label === undefined ? {} : { label }), ...(dashed === undefined ? {} : { dashed }) };
}

type Members = readonly Resource[];
type Tally = Readonly<Record<Verdict, number>>;

const nothing: Tally = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };

function tally(evaluations: readonly Evaluation[]): Tally {
  const counts = { ...nothing };
  for (const { verdict } of evaluations) counts[verdict] += 1;
  return counts;
}

/** A node shows the verdicts of its own statements on the resources that fill it. */
function summarizeFilled(
  plan: NodePlan,
  members: Members,
  byResource: ReadonlyMap<string, Evaluation[]>,
): NodeSummary {
  const own = members
    .flatMap(({ id }) => byResource.get(id) ?? [])
    .filter(({ requirement }) => plan.stated.has(requirement));
  return summarizeNode(plan, members, tally(own));
}

/** Where nothing fills a node, what demands it stands on the flow's other resources. */
function summarizeEmpty(plan: NodePlan, demands: (requirement: string) => Tally): NodeSummary {
  return summarizeNode(plan, [], plan.demanding.map(demands).reduce(sum, nothing));
}

function sum(left: Tally, right: Tally): Tally {
  return {
    pass: left.pass + right.pass,
    fail: left.fail + right.fail,
    unknown: left.unknown + right.unknown,
    notApplicable: left.notApplicable + right.notApplicable,
  };
}

function summarizeNode({ node, label }: NodePlan, members: Members, counts: Tally): NodeSummary {
  const { fail, unknown, pass } = counts;
  return {
    node: node.id,
    label,
    ...(node.group === undefined ? {} : { group: node.group }),
    resources: members.map(({ id }) => id),
    verdict: worst((['fail', 'unknown', 'pass'] as const).filter((verdict) => counts[verdict] > 0)),
    fail,
    unknown,
    pass,
  };
}

/** Arrays up to this long are gone through for each flow; longer ones, which flows share, once. */
const shortArray = 8;

type Demands = ReadonlyMap<string, Tally>;

/** What fails or is unknown of a requirement on all resources of a flow, each counted once. */
function indexDemands(
  byResource: ReadonlyMap<string, Evaluation[]>,
): (flow: Flow) => (requirement: string) => Tally {
  const numbers = new Map<Members, number>();
  const numberOf = (array: Members): number => {
    const known = numbers.get(array) ?? numbers.size;
    numbers.set(array, known);
    return known;
  };
  const demandsOn = (resources: ReadonlySet<Resource>): Demands => {
    const evaluations = [...resources].flatMap(({ id }) => byResource.get(id) ?? []);
    const groups = groupBy(evaluations, ({ requirement }) => requirement);
    return new Map([...groups].map(([requirement, group]) => [requirement, tally(group)]));
  };
  const unions = new Map<string, { readonly all: ReadonlySet<Resource>; readonly demands: Demands }>();
  return (flow) => {
    const arrays = [...new Set(flow.nodes.values())];
    const long = arrays.filter(({ length }) => length > shortArray);
    const key = long.map(numberOf).join();
    const all = unions.get(key)?.all ?? new Set(long.flat());
    const union = unions.get(key) ?? { all, demands: demandsOn(all) };
    unions.set(key, union);
    const short = [flow.entry, ...arrays.filter(({ length }) => length <= shortArray).flat()];
    const own = demandsOn(new Set(short.filter((resource) => !all.has(resource))));
    return (requirement) => sum(union.demands.get(requirement) ?? nothing, own.get(requirement) ?? nothing);
  };
}

function summarizeRequirements(ruleSet: RuleSet, evaluations: readonly Evaluation[]): RequirementSummary[] {
  const byRequirement = groupBy(evaluations, ({ requirement }) => requirement);
  return ruleSet.requirements.map(({ id, says }) => {
    const evaluated = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, waived: 0 };
    const own = byRequirement.get(id) ?? [];
    for (const evaluation of own)
      evaluated[evaluation.waiver === undefined ? evaluation.verdict : 'waived'] += 1;
    const rules = ruleSet.rules.filter((rule) => rule.requirement === id).map((rule) => rule.id);
    return {
      id,
      says,
      verdict: worst(own.filter(({ waiver }) => waiver === undefined).map(({ verdict }) => verdict)),
      rules,
      evaluated,
    };
  });
}
