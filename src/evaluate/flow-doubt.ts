import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Cause } from '../model/value.ts';

/** What leads from an entry of a flow to its function. */
const carriers = [
  'AWS::ApiGateway::Method',
  'AWS::ApiGatewayV2::Integration',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::SNS::Subscription',
  'AWS::Scheduler::Schedule',
];

const failures: ReadonlySet<Cause['code']> = new Set(['denied', 'throttled', 'failed', 'timeout']);
const known = new WeakMap<ResourceGraph, Map<string, Cause | undefined>>();

/** Why a scope may hold a flow that was not found: a call about what carries flows was not answered. */
export function flowDoubt(graph: ResourceGraph, scope: string): Cause | undefined {
  const scopes = known.get(graph) ?? new Map<string, Cause | undefined>();
  known.set(graph, scopes);
  if (!scopes.has(scope)) scopes.set(scope, findDoubt(graph, scope));
  return scopes.get(scope);
}

function findDoubt(graph: ResourceGraph, scope: string): Cause | undefined {
  const causes = carriers.flatMap((type) => [
    graph.incompleteness(type, scope),
    ...graph.ofType(type).map((carrier) => (carrier.scope === scope ? carrier.uncertain : undefined)),
  ]);
  return causes.find((cause) => cause !== undefined && failures.has(cause.code));
}
