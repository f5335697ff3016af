import type { ResourceGraph } from '../model/resource-graph.ts';
import { isFailure, type Cause } from '../model/value.ts';

/** Entries of flows, and what leads from them to functions. */
const carriers = [
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Cognito::UserPool',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Url',
  'AWS::Lambda::WebFunctionEndpoint',
  'AWS::Pipes::Pipe',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::StepFunctions::StateMachine',
];

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
  return causes.find((cause) => cause !== undefined && isFailure(cause));
}
