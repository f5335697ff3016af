import type { Relation, ResourceGraph } from '../model/resource-graph.ts';
import type { Cause } from '../model/value.ts';
import { elementsSource, entriesSource } from './list-sources.ts';
import { outside, type Members, type Source } from './members.ts';
import { nodeOf, type Context, type Node } from './node.ts';
import { parsePath } from '../model/parse-path.ts';
import { statementsSource } from './statement-source.ts';
import { statesSource } from './state-source.ts';
import { doubtedAs } from './worlds.ts';

/** Compiles the source of a quantifier; a validated rule has exactly one. */
export function compileSource(quantifier: Readonly<Record<string, unknown>>): Source {
  if (typeof quantifier['related'] === 'string')
    return relatedSource(quantifier['related'].split('.'), quantifier['certain'] !== false);
  if (typeof quantifier['elements'] === 'string') return elementsSource(parsePath(quantifier['elements']));
  if (typeof quantifier['entries'] === 'string') return entriesSource(parsePath(quantifier['entries']));
  if (quantifier['statements'] !== undefined)
    return statementsSource(quantifier['statements'] === 'identity');
  if (Array.isArray(quantifier['states']))
    return statesSource(quantifier['states'] as string[], quantifier['where']);
  if (quantifier['services'] === true) return servicesSource;
  return resourcesSource(quantifier['resources'] as string[]);
}

/** What evidence calls the members of a quantifier's source. */
export function describeSource(quantifier: Readonly<Record<string, unknown>>): string {
  for (const key of ['related', 'elements', 'entries', 'resources', 'statements', 'states', 'services']) {
    const value = quantifier[key];
    if (value === undefined) continue;
    if (key === 'services') return 'used services';
    return key === 'statements' ? `${String(value)} policy statements` : String(value);
  }
  return 'members';
}

function relatedSource(steps: readonly string[], certain: boolean): Source {
  return (start, context) => {
    const [only = ''] = steps;
    if (steps.length === 1) return handedOn(start, relatedTo(start, only, certain, context));
    let nodes: readonly Node[] = [start];
    let incomplete: Cause | undefined;
    for (const step of steps) {
      const next: Node[] = [];
      const seen = new Set<string>();
      for (const node of nodes) {
        const members = relatedTo(node, step, certain, context);
        if (members.incomplete !== undefined && context.world.admits(node.uncertain))
          incomplete ??= members.incomplete;
        for (const member of members.nodes) {
          if (seen.has(member.resource.id)) continue;
          // What hangs on conditions may be reached on another way too.
          if (node.uncertain === undefined && member.uncertain === undefined) seen.add(member.resource.id);
          next.push(doubtedAs(member, node));
        }
      }
      nodes = next;
    }
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

/** Where it is not certain that something is there, what it leads to is not either. */
function handedOn({ uncertain }: Node, members: Members): Members {
  if (uncertain === undefined) return members;
  const nodes = members.nodes.map((member) =>
    member.uncertain === undefined ? { ...member, uncertain } : member,
  );
  return { ...members, nodes };
}

/** Of an account: what was not asked, or not answered. What a template leaves open a rule may take for absent; this not. */
const unread: ReadonlySet<Cause['code']> = new Set([
  'denied',
  'throttled',
  'failed',
  'timeout',
  'not-collected',
  'slice',
]);

/** True for what an account did not answer, rather than what a source leaves open. */
export function isUnread({ code }: Cause): boolean {
  return unread.has(code);
}

function relatedTo(node: Node, relation: string, certain: boolean, context: Context): Members {
  if (node.resource.external === true) {
    const set = context.graph.related(node.resource, relation);
    if (set.edges.length > 0) return { nodes: set.edges.map(farEnd).filter((far) => far !== undefined) };
    return { nodes: [], incomplete: outside(node.resource) };
  }
  const set = context.graph.related(node.resource, relation, node.path.length === 0 ? undefined : node.path);
  const nodes = set.edges.map(farEnd).filter((far) => far !== undefined);
  const counts = (cause: Cause | undefined): boolean => cause !== undefined && (certain || isUnread(cause));
  if (counts(set.incomplete) && set.incomplete !== undefined) return { nodes, incomplete: set.incomplete };
  const open = set.edges.filter(
    ({ to, cause, uncertain }) => to === undefined && counts(cause) && context.world.admits(uncertain),
  );
  const [first] = open;
  if (first?.cause === undefined) return { nodes };
  return {
    nodes,
    incomplete: first.cause,
    ...(open.every(standsForOne) ? { unresolved: open.length } : {}),
  };
}

/** What names one thing, whichever that is: an element of a list, other than one that may be none or several. */
const single: ReadonlySet<Cause['code']> = new Set(['parameter', 'import', 'pseudo-parameter', 'attribute']);

function standsForOne({ path, cause }: Relation): boolean {
  return typeof path.at(-1) === 'number' && cause !== undefined && single.has(cause.code);
}

function farEnd(edge: Relation): Node | undefined {
  return edge.to === undefined ? undefined : nodeOf(edge.to, edge);
}

const servicesSource: Source = (node, context) => {
  const { services, incomplete } = context.graph.usedServices(node.resource);
  const nodes = services.map((used) => ({
    resource: node.resource,
    path: [],
    value: { Service: used.service, Because: used.because },
    derived: 'service',
    ...(used.uncertain === undefined ? {} : { uncertain: used.uncertain }),
  }));
  return incomplete === undefined ? { nodes } : { nodes, incomplete };
};

function resourcesSource(types: readonly string[]): Source {
  return ({ resource: { scope } }, { graph }) => {
    const nodes = types.flatMap((type) => nodesOfType(graph, type).get(scope) ?? []);
    const incomplete = types
      .map((type) => graph.incompleteness(type, scope))
      .find((cause) => cause !== undefined);
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

const typed = new WeakMap<ResourceGraph, Map<string, ReadonlyMap<string, readonly Node[]>>>();

/** Scope -> nodes of a type, gathered once a graph: each scope would look through those of all others. */
function nodesOfType(graph: ResourceGraph, type: string): ReadonlyMap<string, readonly Node[]> {
  let types = typed.get(graph);
  if (types === undefined)
    typed.set(graph, (types = new Map<string, ReadonlyMap<string, readonly Node[]>>()));
  const known = types.get(type);
  if (known !== undefined) return known;
  const scopes = new Map<string, Node[]>();
  for (const resource of graph.ofType(type)) {
    const nodes = scopes.get(resource.scope);
    if (nodes === undefined) scopes.set(resource.scope, [nodeOf(resource)]);
    else nodes.push(nodeOf(resource));
  }
  types.set(type, scopes);
  return scopes;
}
