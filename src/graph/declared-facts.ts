import type { RelatedSet, Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { ObjectValue } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import type { ExternalResources } from './external-resources.ts';

/** A fact of headgate.yaml about what stands outside of the scan. */
export interface DeclaredFact {
  /** Glob (`*`, `?`) over a resource's id or name. */
  readonly resource: string;
  /** Relation of those resources that it speaks of. */
  readonly relation: string;
  readonly target?: {
    readonly type: string;
    readonly name?: string;
    readonly arn?: string;
    readonly properties?: ObjectValue;
  };
  /** True: there is nothing there, and nothing unresolved means it. */
  readonly absent?: boolean;
  readonly reason: string;
}

/** Adds what was declared to the answers of a relation. */
export function declareFacts(
  facts: readonly DeclaredFact[],
  externals: ExternalResources,
): (resource: Resource, relation: string, found: RelatedSet) => RelatedSet {
  const byRelation = new Map<string, DeclaredFact[]>();
  for (const fact of facts) byRelation.set(fact.relation, [...(byRelation.get(fact.relation) ?? []), fact]);
  return (resource, relation, found) => {
    const all = byRelation.get(relation);
    if (all === undefined) return found;
    const matching = all.filter(
      (fact) => wildcardMatches(fact.resource, resource.id) || wildcardMatches(fact.resource, resource.name),
    );
    return matching.reduce((set, fact) => apply(set, fact, resource, externals), found);
  };
}

function apply(
  found: RelatedSet,
  fact: DeclaredFact,
  resource: Resource,
  externals: ExternalResources,
): RelatedSet {
  if (fact.absent === true) return { edges: found.edges.filter(({ to }) => to !== undefined) };
  if (fact.target === undefined) return found;
  const edge: Relation = {
    name: fact.relation,
    from: resource,
    to: externals.declared(fact.target, resource.scope, fact.reason),
    path: [],
    because: `declared: ${fact.reason}`,
  };
  // What is declared takes the place of what could not be resolved.
  return { edges: [...found.edges.filter(({ to }) => to !== undefined), edge] };
}
