import type { Flow } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { valueAt } from './property-path.ts';
import { apiNodes, batchNodes, eventFunctions, eventNodes, eventRoles, type NodeRow } from './flow-nodes.ts';
import { byIdOrder } from './resource-index.ts';
import type { LinkContext } from './resolve-target.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';

/** Every flow of the graph, sorted by id: an entry that leads to a function, and what stands in each node of its diagram. */
export function findFlows(context: LinkContext): readonly Flow[] {
  const flows = [...apiFlows(context), ...eventFlows(context), ...batchFlows(context)];
  return flows.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

const apiEntries = ['AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage', 'AWS::Lambda::Url'];

function apiFlows(context: LinkContext): readonly Flow[] {
  return entries(apiEntries, context).flatMap((entry) => {
    const nodes = fill(apiNodes, new Map([['entry', [entry]]]), context);
    if (isEmpty(nodes, 'Lambda')) return [];
    addHub(nodes, entry, context);
    return [toFlow('api', entry, nodes)];
  });
}

function addHub(nodes: Map<string, readonly Resource[]>, entry: Resource, context: LinkContext): void {
  nodes.set(
    'SH',
    context.index.ofType('AWS::SecurityHub::Hub').filter(({ scope }) => scope === entry.scope),
  );
}

const eventEntries = [
  'AWS::Events::Rule',
  'AWS::EventsV2::Subscriber',
  'AWS::Pipes::Pipe',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::Scheduler::Schedule',
];

function eventFlows(context: LinkContext): readonly Flow[] {
  return entries(eventEntries, context).flatMap((entry) => {
    const behind = new Set(eventFunctions.flatMap((chain) => follow([entry], chain, context)));
    const lambdas = [...behind].filter(({ type }) => type === 'AWS::Lambda::Function');
    const hasMachine = [...behind].some(({ type }) => type === 'AWS::StepFunctions::StateMachine');
    if (lambdas.length === 0 && !hasMachine) return [];
    const role = eventRoles[roleOf(entry)];
    const start = new Map<string, readonly Resource[]>([
      ['entry', [entry]],
      ['Lambda', lambdas],
    ]);
    const nodes = fill(eventNodes, start, context);
    nodes.delete('Lambda');
    put(nodes, role.lambda, lambdas);
    for (const node of nodesOfEntry(entry)) put(nodes, node, [entry]);
    return [toFlow('events', entry, nodes)];
  });
}

/** Nodes that the entry itself fills; a topic stands in its own already. */
function nodesOfEntry(entry: Resource): readonly string[] {
  const { source, rule } = eventRoles[roleOf(entry)];
  if (entry.type === 'AWS::SNS::Topic') return [];
  if (entry.type === 'AWS::S3::Bucket' || entry.type === 'AWS::Scheduler::Schedule') return [source];
  return source === 'Schedule' ? [rule, source] : [rule];
}

function roleOf(entry: Resource): keyof typeof eventRoles {
  if (entry.type === 'AWS::S3::Bucket') return 'bucket';
  if (entry.type === 'AWS::Scheduler::Schedule') return 'schedule';
  if (entry.properties.ScheduleExpression !== undefined) return 'schedule';
  const source = valueAt(entry.properties, 'EventPattern.source');
  const sources = Array.isArray(source) ? source : [];
  return sources.length > 0 && sources.every((item) => item === 'aws.s3') ? 'bucket' : 'custom';
}

const batchEntries = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Kinesis::Stream',
  'AWS::SQS::Queue',
];

function batchFlows(context: LinkContext): readonly Flow[] {
  return entries(batchEntries, context).flatMap((entry) => {
    if (follow([entry], 'consumers', context).length === 0) return [];
    const nodes = fill(batchNodes, new Map([['entry', [entry]]]), context);
    return [toFlow('batch', entry, nodes)];
  });
}

function entries(types: readonly string[], context: LinkContext): readonly Resource[] {
  return types.flatMap((type) => context.index.ofType(type));
}

function isEmpty(nodes: ReadonlyMap<string, readonly Resource[]>, node: string): boolean {
  return (nodes.get(node) ?? []).length === 0;
}

function put(nodes: Map<string, readonly Resource[]>, node: string, resources: readonly Resource[]): void {
  const all = new Set([...(nodes.get(node) ?? []), ...resources]);
  nodes.set(node, [...all].sort(byIdOrder));
}

/** Fills nodes row by row; a row may start from what an earlier one found. */
function fill(
  rows: readonly NodeRow[],
  start: ReadonlyMap<string, readonly Resource[]>,
  context: LinkContext,
): Map<string, readonly Resource[]> {
  const nodes = new Map(start);
  for (const row of rows) {
    const from = row.of.flatMap((node) => nodes.get(node) ?? []);
    put(
      nodes,
      row.node,
      follow(from, row.through, context).filter((found) => belongs(found, row)),
    );
  }
  nodes.delete('entry');
  return nodes;
}

function belongs(resource: Resource, { types, endpoint }: NodeRow): boolean {
  if (types !== undefined && !types.some((type) => resource.type.startsWith(type))) return false;
  if (endpoint === undefined) return true;
  return toSymbolicText(resource.properties.ServiceName)?.text.endsWith(endpoint) === true;
}

function follow(from: readonly Resource[], chain: string, context: LinkContext): readonly Resource[] {
  let at: ReadonlySet<Resource> = new Set(from);
  for (const relation of chain === '' ? [] : chain.split('.')) {
    const next = new Set<Resource>();
    for (const resource of at) {
      for (const { to } of context.related(resource, relation).edges) if (to !== undefined) next.add(to);
    }
    at = next;
  }
  return [...at];
}

function toFlow(
  diagram: Flow['diagram'],
  entry: Resource,
  nodes: ReadonlyMap<string, readonly Resource[]>,
): Flow {
  return { id: `${diagram}:${entry.id}`, diagram, entry, nodes };
}
