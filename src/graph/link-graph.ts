import { lookup } from '../model/lookup.ts';
import type { Flow, RelatedSet, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { SourceReading } from '../model/source.ts';
import type { Cause } from '../model/value.ts';
import { declareFacts, type DeclaredFact } from './declared-facts.ts';
import { createExternalResources } from './external-resources.ts';
import { findCertainFlows, findFlows } from './find-flows.ts';
import { generateResources } from './generated/generate-resources.ts';
import { identityStatements } from './policies/identity-policies.ts';
import { resourceStatements } from './policies/resource-policies.ts';
import { namesTarget } from './names-target.ts';
import { isWithin } from './property-path.ts';
import { createRelations } from './relations.ts';
import { createLinkContext } from './resolve-target.ts';
import { addTo, indexResources, type ResourceIndex } from './resource-index.ts';
import { usedServices } from './used-services.ts';
import { serveVersions } from './served-versions.ts';
import { statesInWorlds } from './workflow-states.ts';
import { originalOf } from './worlds.ts';

/** What a user tells of things that stand outside of the scan. */
export interface LinkOptions {
  readonly declared?: readonly DeclaredFact[];
}

/**
 * Links what a source read into a graph. Nothing is linked before it is asked for; cost is linear in
 * the resources. Never throws on what a source may hold: what cannot be understood is unresolved.
 */
export function linkGraph(reading: SourceReading, options: LinkOptions = {}): ResourceGraph {
  return linkAll(
    serveVersions(reading, (drafts) => linkAll(drafts, options)),
    options,
  );
}

function linkAll(reading: SourceReading, options: LinkOptions): ResourceGraph {
  const generated = generateResources(reading);
  const index = indexResources([...reading.resources, ...generated.resources]);
  const externals = createExternalResources(
    reading.resources.find(({ secrets }) => secrets !== undefined)?.secrets,
  );
  const workflowStates = memoize((machine: Resource) => statesInWorlds(machine, reading.documents));
  const incompleteness = indexIncompleteness(reading);
  const declare = declareFacts(options.declared ?? [], externals);
  const owners = indexOwners(index);
  const related = (asked: Resource, relation: string): RelatedSet => {
    const resource = originalOf(asked);
    return declare(resource, relation, owners(resource, relation) ?? relations.related(resource, relation));
  };
  const identity = memoize((resource: Resource) => identityStatements(resource, context));
  const context = createLinkContext(index, externals, {
    related,
    workflowStates,
    identityStatements: identity,
    unread: generated.unread,
  });
  const relations = createRelations(context, incompleteness);
  let flows: readonly Flow[] | undefined;
  let certainFlows: readonly Flow[] | undefined;
  return {
    resources: index.all,
    get flows(): readonly Flow[] {
      flows ??= findFlows(context);
      return flows;
    },
    get certainFlows(): readonly Flow[] {
      return (certainFlows ??= findCertainFlows(context, this.flows));
    },
    byId: (id) => index.byId(id),
    ofType: (type) => index.ofType(type),
    related: (resource, relation, within) => {
      const found = related(resource, relation);
      return within === undefined
        ? found
        : { ...found, edges: found.edges.filter((edge) => isWithin(edge.path, within)) };
    },
    names: (value, from, target, world, call) =>
      namesTarget(value, from, target, { ...context, world, call }),
    hasRelation: (relation) => relations.has(relation) || lookup(ownerTypes, relation) !== undefined,
    resourceStatements: memoize((resource) => resourceStatements(resource, context)),
    identityStatements: identity,
    usedServices: memoize((resource) => usedServices(resource, context)),
    workflowStates,
    incompleteness,
  };
}

/** Answers a question about a resource once. */
function memoize<Answer>(answer: (resource: Resource) => Answer): (resource: Resource) => Answer {
  const answers = new Map<Resource, Answer>();
  return (asked) => {
    const resource = originalOf(asked);
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

/** Relations to what a resource belongs to as a whole. */
const ownerTypes: Readonly<Record<string, string>> = {
  account: 'Headgate::Scope',
  template: 'Headgate::Template',
};

function indexOwners(index: ResourceIndex): (resource: Resource, relation: string) => RelatedSet | undefined {
  const owners = new Map<string, Resource[]>();
  for (const scope of index.ofType('Headgate::Scope')) addTo(owners, `account\n${scope.scope}`, scope);
  for (const template of index.ofType('Headgate::Template'))
    addTo(owners, `template\n${template.stack ?? ''}`, template);
  return (resource, relation) => {
    if (lookup(ownerTypes, relation) === undefined) return undefined;
    const key = relation === 'account' ? resource.scope : (resource.stack ?? '');
    const found = owners.get(`${relation}\n${key}`) ?? [];
    return { edges: found.map((to) => ({ name: relation, from: resource, to, path: [] })) };
  };
}
