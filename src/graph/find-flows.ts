import type { Flow } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { isFailure, type Cause } from '../model/value.ts';
import { valueAt } from './property-path.ts';
import { apiNodes, batchNodes, eventFunctions, eventNodes, eventRoles, type NodeRow } from './flow-nodes.ts';
import { ResourceSets, type ResourceSet } from './resource-sets.ts';
import type { LinkContext } from './resolve-target.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';

/** Every flow of the graph, sorted by id: an entry that leads to a function, and what stands in each node of its diagram. */
export function findFlows(context: LinkContext): readonly Flow[] {
  const walk: Walk = { context, sets: new ResourceSets() };
  const flows = [...apiFlows(walk), ...eventFlows(walk), ...batchFlows(walk)];
  return flows.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** The flows that hang on no undecided condition; `all` itself where none of them does. */
export function findCertainFlows(context: LinkContext, all: readonly Flow[]): readonly Flow[] {
  let isOpen = false;
  const isCertain = (doubt: Cause | undefined): boolean => {
    if (doubt?.sides === undefined) return true;
    isOpen = true;
    return false;
  };
  const certain = {
    ...context,
    index: {
      ...context.index,
      ofType: (type: string) => context.index.ofType(type).filter(({ uncertain }) => isCertain(uncertain)),
    },
    related: (resource: Resource, relation: string) => {
      const { edges, ...rest } = context.related(resource, relation);
      return {
        edges: edges.filter(({ to, uncertain }) => isCertain(uncertain) && isCertain(to?.uncertain)),
        ...rest,
      };
    },
  };
  const flows = findFlows(certain);
  return isOpen ? flows : all;
}

/** What walks of all flows share. */
interface Walk {
  readonly context: LinkContext;
  readonly sets: ResourceSets;
}

type Nodes = Map<string, ResourceSet>;

const apiEntries = [
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Lambda::Url',
  'AWS::Lambda::WebFunctionEndpoint',
];

function apiFlows(walk: Walk): readonly Flow[] {
  const hubs = walk.context.index.ofType('AWS::SecurityHub::Hub');
  return entries(apiEntries, walk).flatMap((entry) => {
    const nodes = fill(apiNodes, new Map([['entry', walk.sets.of([entry])]]), walk);
    if (isEmpty(nodes, 'Lambda')) return [];
    put(nodes, 'SH', walk.sets.of(hubs.filter(({ scope }) => scope === entry.scope)), walk);
    return [toFlow('api', entry, nodes)];
  });
}

/** What hands events to functions; services without a node of their own stand where the diagram has other applications. */
const eventEntries = [
  'AWS::AppSync::Api',
  'AWS::AppSync::GraphQLApi',
  'AWS::Cognito::UserPool',
  'AWS::Events::Rule',
  'AWS::EventsV2::Subscriber',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Pipes::Pipe',
  'AWS::S3::Bucket',
  'AWS::S3ObjectLambda::AccessPoint',
  'AWS::SNS::Topic',
  'AWS::Scheduler::Schedule',
];

function eventFlows(walk: Walk): readonly Flow[] {
  return entries(eventEntries, walk).flatMap((entry) => {
    const alone = walk.sets.of([entry]);
    const behind = walk.sets.union(eventFunctions.map((chain) => follow(alone, chain, walk)));
    const lambdas = ofType(behind, 'AWS::Lambda::Function', walk);
    const machines = ofType(behind, 'AWS::StepFunctions::StateMachine', walk);
    if (lambdas.length === 0 && machines.length === 0) return [];
    const role = eventRoles[roleOf(entry)];
    const start: Nodes = new Map([
      ['entry', alone],
      ['Lambda', lambdas],
    ]);
    const nodes = fill(eventNodes, start, walk);
    nodes.delete('Lambda');
    put(nodes, role.lambda, lambdas, walk);
    for (const node of nodesOfEntry(entry)) put(nodes, node, alone, walk);
    return [toFlow('events', entry, nodes)];
  });
}

function ofType(set: ResourceSet, type: string, { sets }: Walk): ResourceSet {
  return sets.derive(set, `type ${type}`, (all) => all.filter((resource) => resource.type === type));
}

/** Entries that call functions themselves, without a rule that chooses what to hand over. */
const withoutRule: ReadonlySet<string> = new Set([
  'AWS::AppSync::Api',
  'AWS::AppSync::GraphQLApi',
  'AWS::Cognito::UserPool',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::S3ObjectLambda::AccessPoint',
]);

/** Nodes that the entry itself fills; a topic stands in its own already. */
function nodesOfEntry(entry: Resource): readonly string[] {
  const { source, rule } = eventRoles[roleOf(entry)];
  if (entry.type === 'AWS::SNS::Topic') return [];
  if (withoutRule.has(entry.type)) return [source];
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

function batchFlows(walk: Walk): readonly Flow[] {
  return entries(batchEntries, walk).flatMap((entry) => {
    const alone = walk.sets.of([entry]);
    if (follow(alone, 'consumers', walk).length === 0) return [];
    return [toFlow('batch', entry, fill(batchNodes, new Map([['entry', alone]]), walk))];
  });
}

/** Of what a call that failed only makes likely nobody knows that anything enters there. */
function entries(types: readonly string[], { context }: Walk): readonly Resource[] {
  return types.flatMap((type) =>
    context.index.ofType(type).filter(({ uncertain }) => uncertain === undefined || !isFailure(uncertain)),
  );
}

function isEmpty(nodes: Nodes, node: string): boolean {
  return (nodes.get(node) ?? []).length === 0;
}

function put(nodes: Nodes, node: string, found: ResourceSet, { sets }: Walk): void {
  nodes.set(node, sets.union([nodes.get(node) ?? sets.empty, found]));
}

/** Fills nodes row by row; a row may start from what an earlier one found. */
function fill(rows: readonly NodeRow[], start: Nodes, walk: Walk): Nodes {
  const { sets } = walk;
  const nodes: Nodes = new Map(start);
  for (const row of rows) {
    const from = sets.union(row.of.map((node) => nodes.get(node) ?? sets.empty));
    put(nodes, row.node, belonging(follow(from, row.through, walk), row, walk), walk);
  }
  nodes.delete('entry');
  return nodes;
}

function belonging(set: ResourceSet, row: NodeRow, { sets }: Walk): ResourceSet {
  const { types, endpoint } = row;
  if (types === undefined && endpoint === undefined) return set;
  return sets.derive(set, `${types?.join() ?? ''} ${endpoint ?? ''}`, (all) =>
    all.filter((resource) => belongs(resource, row)),
  );
}

function belongs(resource: Resource, { types, endpoint }: NodeRow): boolean {
  if (types !== undefined && !types.some((type) => resource.type.startsWith(type))) return false;
  if (endpoint === undefined) return true;
  return toSymbolicText(resource.properties.ServiceName)?.text.endsWith(endpoint) === true;
}

function follow(from: ResourceSet, chain: string, walk: Walk): ResourceSet {
  if (chain === '') return from;
  return chain.split('.').reduce((at, relation) => step(at, relation, walk), from);
}

function step(from: ResourceSet, relation: string, { context, sets }: Walk): ResourceSet {
  return sets.derive(from, `step ${relation}`, (all) =>
    all.flatMap((resource) =>
      context.related(resource, relation).edges.flatMap(({ to }) => (to === undefined ? [] : [to])),
    ),
  );
}

function toFlow(
  diagram: Flow['diagram'],
  entry: Resource,
  nodes: ReadonlyMap<string, readonly Resource[]>,
): Flow {
  return { id: `${diagram}:${entry.id}`, diagram, entry, nodes };
}
