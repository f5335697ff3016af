import type { RelatedSet, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { SourceReading } from '../model/source.ts';
import type { Cause } from '../model/value.ts';
import { declareFacts, type DeclaredFact } from './declared-facts.ts';
import { createExternalResources } from './external-resources.ts';
import { identityStatements } from './policies/identity-policies.ts';
import { resourceStatements } from './policies/resource-policies.ts';
import { isWithin } from './property-path.ts';
import { createRelations } from './relations.ts';
import { createLinkContext } from './resolve-target.ts';
import { indexResources } from './resource-index.ts';
import { usedServices } from './used-services.ts';
import { readWorkflowStates } from './workflow-states.ts';

/** What a user tells of things that stand outside of the scan. */
export interface LinkOptions {
  readonly declared?: readonly DeclaredFact[];
}

/**
 * Links what a source read into a graph. Nothing is linked before it is asked for; cost is linear in
 * the resources. Never throws on what a source may hold: what cannot be understood is unresolved.
 */
export function linkGraph(reading: SourceReading, options: LinkOptions = {}): ResourceGraph {
  const index = indexResources(reading.resources);
  const externals = createExternalResources();
  const states = memoize((machine: Resource) => readWorkflowStates(machine, reading.documents));
  const incompleteness = indexIncompleteness(reading);
  const declare = declareFacts(options.declared ?? [], externals);
  const context = createLinkContext(index, externals, {
    related: (resource, relation) => related(resource, relation),
    workflowStates: states,
  });
  const relations = createRelations(context, incompleteness);
  const related = (resource: Resource, relation: string): RelatedSet =>
    declare(resource, relation, relations.related(resource, relation));
  return {
    resources: index.all,
    flows: [],
    byId: (id) => index.byId(id),
    ofType: (type) => index.ofType(type),
    related: (resource, relation, within) => {
      const found = related(resource, relation);
      return within === undefined
        ? found
        : { ...found, edges: found.edges.filter((edge) => isWithin(edge.path, within)) };
    },
    hasRelation: (relation) => relations.has(relation),
    resourceStatements: memoize((resource) => resourceStatements(resource, context)),
    identityStatements: memoize((resource) => identityStatements(resource, context)),
    usedServices: memoize((resource) => usedServices(resource, context)),
    workflowStates: states,
    incompleteness,
  };
}

/** Answers a question about a resource once. */
function memoize<Answer>(answer: (resource: Resource) => Answer): (resource: Resource) => Answer {
  const answers = new Map<Resource, Answer>();
  return (resource) => {
    const known = answers.get(resource);
    if (known !== undefined) return known;
    const fresh = answer(resource);
    answers.set(resource, fresh);
    return fresh;
  };
}

function indexIncompleteness(reading: SourceReading): (type: string, scope: string) => Cause | undefined {
  const causes = new Map<string, Cause>();
  for (const { scope, type, cause } of reading.incomplete) {
    const key = `${scope}\n${type}`;
    if (!causes.has(key)) causes.set(key, cause);
  }
  return (type, scope) => causes.get(`${scope}\n${type}`) ?? causes.get(`${scope}\n*`);
}
