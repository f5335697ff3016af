import { summarizeResource } from './evaluate/evaluate.ts';
import type { Flow, ResourceGraph } from './model/resource-graph.ts';
import { severities, type FlowDiagram, type Rule, type RuleSet, type Severity } from './model/rule.ts';
import type {
  Diagnostic,
  Evaluation,
  FlowSummary,
  RequirementSummary,
  RuleSummary,
  ScanResult,
  Verdict,
} from './model/scan-result.ts';
import type { SourceReading } from './model/source.ts';

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
  const ordered = [...evaluations].sort(byPlace);
  return {
    schemaVersion: '1.0',
    tool: { name: 'headgate', version: parts.version },
    ruleSet: {
      digest: ruleSet.digest,
      rules: ruleSet.rules.map(summarizeRule),
      deviations: ruleSet.deviations,
    },
    startedAt: parts.startedAt.toISOString(),
    inputs: reading.inputs,
    skipped: reading.skipped,
    summary: summarize(graph, ordered),
    evaluations: ordered,
    flows: summarizeFlows(graph, ruleSet, ordered),
    requirements: summarizeRequirements(ruleSet, ordered),
    diagnostics: [
      ...reading.diagnostics.map((diagnostic) => withBlockedRules(diagnostic, ruleSet.rules)),
      ...(parts.diagnostics ?? []),
    ],
  };
}

function byPlace(a: Evaluation, b: Evaluation): number {
  if (a.resource.id !== b.resource.id) return a.resource.id < b.resource.id ? -1 : 1;
  return a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0;
}

function summarizeRule({
  id,
  title,
  requirement,
  severity,
  flows,
  decides,
  why,
  fix,
  controls,
  references,
  origin,
}: Rule): RuleSummary {
  return { id, title, requirement, severity, flows, decides, why, fix, controls, references, origin };
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

function summarize(graph: ResourceGraph, evaluations: readonly Evaluation[]): ScanResult['summary'] {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  let waived = 0;
  for (const evaluation of evaluations) {
    if (evaluation.waiver !== undefined) waived += 1;
    else counts[evaluation.verdict] += 1;
    if (isOpenFail(evaluation)) bySeverity[evaluation.severity] += 1;
  }
  const resources = graph.resources.filter(
    (resource) => resource.external !== true && !resource.type.startsWith('Headgate::'),
  ).length;
  return { resources, ...counts, waived, bySeverity, byFlow: summarizeByFlow(graph, evaluations) };
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
  for (const evaluation of evaluations) {
    if (evaluation.waiver !== undefined || evaluation.verdict === 'notApplicable') continue;
    for (const diagram of new Set(evaluation.flows.map((id) => id.slice(0, id.indexOf(':'))))) {
      const entry = byFlow[diagram];
      if (entry !== undefined) entry[evaluation.verdict] += 1;
    }
  }
  return byFlow;
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
  const open = evaluations.filter(({ waiver }) => waiver === undefined);
  const byResource = groupBy(open, ({ resource }) => resource.id);
  const diagrams = new Map(
    ruleSet.diagrams.map((diagram) => [
      diagram.id,
      { diagram, plans: planNodes(diagram), edges: diagram.edges.map(drawnEdge) },
    ]),
  );
  return graph.flows.map((flow) => {
    const found = diagrams.get(flow.diagram);
    const demands = groupBy(
      [...new Set([flow.entry, ...[...flow.nodes.values()].flat()])].flatMap(
        ({ id }) => byResource.get(id) ?? [],
      ),
      ({ requirement }) => requirement,
    );
    const nodes = (found?.plans ?? []).map((plan) => summarizeNode(plan, flow, byResource, demands));
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

// A node shows the verdicts of its own statements on the resources that fill it. Where nothing fills
// it, what demands it stands on the flow's other resources.
function summarizeNode(
  { node, label, stated, demanding }: NodePlan,
  flow: Flow,
  byResource: ReadonlyMap<string, Evaluation[]>,
  demands: ReadonlyMap<string, Evaluation[]>,
): NodeSummary {
  const members = flow.nodes.get(node.id) ?? [];
  const own =
    members.length > 0
      ? members
          .flatMap(({ id }) => byResource.get(id) ?? [])
          .filter(({ requirement }) => stated.has(requirement))
      : demanding.flatMap((id) => demands.get(id) ?? []).filter(({ verdict }) => verdict !== 'pass');
  const count = (verdict: Verdict): number =>
    own.filter((evaluation) => evaluation.verdict === verdict).length;
  return {
    node: node.id,
    label,
    ...(node.group === undefined ? {} : { group: node.group }),
    resources: members.map(({ id }) => id),
    verdict: worst(own.map(({ verdict }) => verdict)),
    fail: count('fail'),
    unknown: count('unknown'),
    pass: count('pass'),
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
