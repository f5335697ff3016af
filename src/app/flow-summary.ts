import { summarizeResource } from '../evaluate/evaluate.ts';
import { flowPlaces, placeInFlow, type FlowPlaces } from '../model/flow-place.ts';
import type { Flow, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { FlowDiagram, RuleSet } from '../model/rule.ts';
import type { Evaluation, FlowCounts, FlowSummary, Verdict } from '../model/scan-result.ts';
import { groupBy } from '../model/group-by.ts';

type Counts = FlowCounts;
type DiagramNode = FlowDiagram['nodes'][number];

/** What is the same in all flows of a diagram. */
interface DiagramPlan {
  readonly diagram: FlowDiagram;
  readonly labels: readonly string[];
  readonly places: FlowPlaces;
  /** Counts by place, by what was asked: see `Tally`. */
  readonly known: Map<string, PlaceCounts>;
}

type PlaceCounts = ReadonlyMap<number, Counts>;
type Members = readonly Resource[];

const nothing: Counts = { pass: 0, fail: 0, unknown: 0, waived: 0 };

/**
 * Every flow with its nodes and arrows. Each verdict on a resource of the flow, not-applicable ones aside, is counted
 * at one node or arrow, waived ones as such; the flow's verdict is the worst of all that are open.
 */
export function summarizeFlows(
  graph: ResourceGraph,
  ruleSet: RuleSet,
  evaluations: readonly Evaluation[],
): FlowSummary[] {
  const decided = evaluations.filter(({ verdict }) => verdict !== 'notApplicable');
  const plans = new Map(ruleSet.diagrams.map((diagram) => [diagram.id, planDiagram(diagram)]));
  const tally = new Tally(groupBy(decided, ({ resource }) => resource.id));
  return graph.flows.map((flow) => summarizeFlow(flow, plans.get(flow.diagram), tally));
}

function summarizeFlow(flow: Flow, plan: DiagramPlan | undefined, tally: Tally): FlowSummary {
  const head = { id: flow.id, diagram: flow.diagram, title: plan?.diagram.title ?? flow.diagram };
  const entry = summarizeResource(flow.entry);
  if (plan === undefined) return { ...head, entry, verdict: 'notApplicable', nodes: [], edges: [] };
  const { diagram, labels, places } = plan;
  const counts = tally.ofFlow(flow, plan);
  const nodes = places.nodes.map(({ node, requirements }, index): FlowSummary['nodes'][number] => {
    const group = diagram.nodes[index]?.group;
    return {
      node,
      label: labels[index] ?? node,
      ...(group === undefined ? {} : { group }),
      resources: (flow.nodes.get(node) ?? []).map((member) => summarizeResource(member).id),
      requirements,
      ...withVerdict(counts.get(index)),
    };
  });
  const edges = places.edges.map(({ from, to, requirements }, index) => {
    const { label, dashed } = diagram.edges[index] ?? {};
    return {
      from,
      to,
      ...(label === undefined ? {} : { label }),
      ...(dashed === undefined ? {} : { dashed }),
      requirements,
      ...withVerdict(counts.get(nodes.length + index)),
    };
  });
  return { ...head, entry, verdict: worst([...nodes, ...edges].map(({ verdict }) => verdict)), nodes, edges };
}

function withVerdict(counts: Counts = nothing): Counts & { readonly verdict: Verdict } {
  const { fail, unknown, pass, waived } = counts;
  const verdict = fail > 0 ? 'fail' : unknown > 0 ? 'unknown' : pass + waived > 0 ? 'pass' : 'notApplicable';
  return { verdict, fail, unknown, pass, waived };
}

/** The worst of the verdicts; not applicable where there is none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  for (const verdict of ['fail', 'unknown', 'pass'] as const) if (verdicts.includes(verdict)) return verdict;
  return 'notApplicable';
}

function planDiagram(diagram: FlowDiagram): DiagramPlan {
  const nodes = diagram.nodes.map(({ id, bullets, presence }) => ({
    node: id,
    requirements: [...new Set([...(presence ?? []), ...bullets.flatMap(({ requirements }) => requirements)])],
  }));
  const edges = diagram.edges.map(({ from, to, requirements }) => ({
    from,
    to,
    requirements: requirements ?? [],
  }));
  return {
    diagram,
    labels: diagram.nodes.map((node) => labelOf(node, diagram.nodes)),
    places: flowPlaces(nodes, edges),
    known: new Map(),
  };
}

// The document gives the same name to several nodes (VPC Endpoint) and tells them apart by their first line.
function labelOf(node: DiagramNode, nodes: readonly DiagramNode[]): string {
  const [first] = node.bullets;
  const isAlone = nodes.filter(({ label }) => label === node.label).length === 1;
  return isAlone || first === undefined ? node.label : `${node.label}: ${first.text}`;
}

/** Arrays of members up to this long are gone through for each flow; longer ones, which flows share, once. */
const shortArray = 8;

/** Counts of flows by place. Linear: what flows share, they share by identity (see `ResourceSets`). */
class Tally {
  private readonly numbers = new Map<object, number>();

  constructor(private readonly byResource: ReadonlyMap<string, readonly Evaluation[]>) {}

  ofFlow(flow: Flow, plan: DiagramPlan): PlaceCounts {
    const members = plan.places.nodes.map(({ node }) => flow.nodes.get(node) ?? []);
    const filled = new Set(members.flatMap(({ length }, index) => (length > 0 ? [index] : [])));
    const long = members.map((array) => (array.length > shortArray ? array : []));
    const shared = this.ofShared(long, filled, plan);
    const short = standing(members.map((array) => (array.length > shortArray ? [] : array)));
    if (short.size === 0) return shared.counts;
    const total = new Map(shared.counts);
    for (const [resource, nodes] of short) {
      const also = shared.nodesOf.get(resource);
      if (also !== undefined) add(total, this.ofResource(resource, also, filled, plan), -1);
      const own = also === undefined ? nodes : [...new Set([...also, ...nodes])].sort((a, b) => a - b);
      add(total, this.ofResource(resource, own, filled, plan), 1);
    }
    return total;
  }

  private readonly sharedParts = new Map<string, Shared>();

  private ofShared(arrays: readonly Members[], filled: ReadonlySet<number>, plan: DiagramPlan): Shared {
    const key = [
      plan.diagram.id,
      ...arrays.map((array) => (array.length === 0 ? '' : this.numberOf(array))),
    ].join();
    const fullKey = `${key} ${[...filled].join()}`;
    const known = this.sharedParts.get(fullKey);
    if (known !== undefined) return known;
    const nodesOf = standing(arrays);
    const counts = new Map<number, Counts>();
    for (const [resource, nodes] of nodesOf) add(counts, this.ofResource(resource, nodes, filled, plan), 1);
    const made = { nodesOf, counts };
    this.sharedParts.set(fullKey, made);
    return made;
  }

  /** What is counted of a resource that fills these nodes. */
  private ofResource(
    resource: Resource,
    own: readonly number[],
    filled: ReadonlySet<number>,
    { places, known }: DiagramPlan,
  ): PlaceCounts {
    const key = `${this.numberOf(resource)} ${own.join()} ${[...filled].join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const counts = new Map<number, Counts>();
    for (const { requirement, verdict, waiver } of this.byResource.get(resource.id) ?? []) {
      const place = placeInFlow(places, requirement, own, filled);
      const name = waiver === undefined ? verdict : 'waived';
      if (name === 'notApplicable') continue;
      const entry = counts.get(place) ?? nothing;
      counts.set(place, { ...entry, [name]: entry[name] + 1 });
    }
    known.set(key, counts);
    return counts;
  }

  private numberOf(item: object): number {
    const number = this.numbers.get(item) ?? this.numbers.size;
    this.numbers.set(item, number);
    return number;
  }
}

/** Counts of what flows share, and in which of the shared arrays each resource stands. */
interface Shared {
  readonly nodesOf: ReadonlyMap<Resource, readonly number[]>;
  readonly counts: PlaceCounts;
}

/** Which of the arrays each resource stands in, in their order. */
function standing(arrays: readonly Members[]): Map<Resource, number[]> {
  const found = new Map<Resource, number[]>();
  arrays.forEach((array, index) => {
    for (const resource of array) {
      const nodes = found.get(resource);
      if (nodes === undefined) found.set(resource, [index]);
      else nodes.push(index);
    }
  });
  return found;
}

function add(total: Map<number, Counts>, counts: PlaceCounts, sign: 1 | -1): void {
  for (const [place, { pass, fail, unknown, waived }] of counts) {
    const before = total.get(place) ?? nothing;
    total.set(place, {
      pass: before.pass + sign * pass,
      fail: before.fail + sign * fail,
      unknown: before.unknown + sign * unknown,
      waived: before.waived + sign * waived,
    });
  }
}
