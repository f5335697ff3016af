import { hash } from 'node:crypto';
import type { Resource } from '../model/resource.ts';
import { Choice, Reference, Unresolved } from '../model/value.ts';

/** Answers the fingerprint of a rule on a resource: 32 hex characters. */
export type Identify = (ruleId: string, resource: Resource) => string;

/**
 * Fingerprints rest on what a resource is called, never on where its file lies or how it is
 * written: they survive reformatting, reordering, added resources and a moved file. Resources of
 * different templates that are called the same are told apart by their content, in its order.
 */
export function fingerprints(resources: readonly Resource[]): Identify {
  const namesakes = new Map<string, Resource[]>();
  for (const resource of resources) {
    const identity = identityOf(resource);
    const group = namesakes.get(identity);
    if (group === undefined) namesakes.set(identity, [resource]);
    else group.push(resource);
  }
  const keys = new Map<Resource, string>();
  for (const [identity, group] of namesakes) {
    inContentOrder(group).forEach((resource, index) =>
      keys.set(resource, index === 0 ? identity : `${identity}#${index + 1}`),
    );
  }
  return (ruleId, resource) =>
    hash('sha256', `${ruleId}\n${keys.get(resource) ?? identityOf(resource)}`).slice(0, 32);
}

function identityOf(resource: Resource): string {
  if (resource.arn !== undefined) return resource.arn;
  const name = resource.constructPath ?? resource.logicalId ?? resource.name;
  if (resource.type.startsWith('Headgate::') && resource.account === undefined) return resource.type;
  return [resource.type, resource.account ?? '', resource.region ?? '', name].join('|');
}

function inContentOrder(namesakes: readonly Resource[]): readonly Resource[] {
  if (namesakes.length === 1) return namesakes;
  const contents = new Map(namesakes.map((resource) => [resource, contentOf(resource)]));
  return namesakes.toSorted((a, b) => {
    const [left = '', right = ''] = [contents.get(a), contents.get(b)];
    if (left !== right) return left < right ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}

/** The properties as text, whatever the order of their members, the place of the file, and the words of causes. */
function contentOf(resource: Resource): string {
  const text = JSON.stringify(resource.properties, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(withoutPlace(value)).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return hash('sha256', text);
}

function withoutPlace(value: object): object {
  if (value instanceof Reference)
    return { ...value, resourceId: value.resourceId.slice(value.resourceId.lastIndexOf('/') + 1) };
  if (value instanceof Unresolved)
    return { kind: value.kind, cause: value.cause.code, about: value.cause.about };
  if (value instanceof Choice) return { ...value, cause: value.cause.about };
  return value;
}
