import { lookup } from '../model/lookup.ts';
import type { Resource } from '../model/resource.ts';
import { isArrayValue, type Cause, type Value } from '../model/value.ts';
import { identityProperties } from './identities.ts';
import { isNamed, toSymbolicText } from '../model/symbolic-text.ts';
import { findValues } from './property-path.ts';

/** Finds resources by id, type, ARN and name. Tables of names are built when a type is first asked for. */
export interface ResourceIndex {
  /** Sorted by id. */
  readonly all: readonly Resource[];
  byId(id: string): Resource | undefined;
  ofType(type: string): readonly Resource[];
  byArn(arn: string): Resource | undefined;
  /** The versions that a function is evaluated as, itself first; none for other resources. */
  versionsOf(resource: Resource | undefined): readonly Resource[];
  /**
   * What a resource calls by this name: in its own scope or, where it has no Region (a distribution, a role), in
   * any Region of its account, or in the one given. `name` may hold markers: names built alike in one stack
   * are the same name.
   */
  byName(type: string, from: Resource, name: string, region?: string): Resource | undefined;
  /** As `byName`, with all that may be called so: under undecided conditions there may be several. */
  named(type: string, from: Resource, name: string, region?: string): readonly Named[];
}

/** What is called by a name, perhaps only on a side of a condition. */
export interface Named {
  readonly resource: Resource;
  readonly uncertain?: Cause | undefined;
}

/** Region of what a service keeps once an account. */
export const noRegion = 'global';

/** Type under which custom resources are found, whatever they call themselves. */
export const customResourceType = 'AWS::CloudFormation::CustomResource';

/** Sorts, so that no answer depends on the order in which a source lists resources. */
export function indexResources(resources: readonly Resource[]): ResourceIndex {
  const all = [...resources].sort(byIdOrder);
  const ids = new Map<string, Resource>();
  const types = new Map<string, Resource[]>();
  const versions = new Map<string, Resource[]>();
  for (const resource of all) {
    if (resource.served !== undefined) addTo(versions, resource.served.functionId, resource);
    if (!ids.has(resource.id)) ids.set(resource.id, resource);
    addTo(types, resource.type, resource);
    // `Custom::Name` is another way of writing it.
    if (resource.type.startsWith('Custom::')) addTo(types, customResourceType, resource);
  }
  const ofType = (type: string): readonly Resource[] => types.get(type) ?? [];
  const names = lazyTables((type) => nameTable(ofType(type)));
  const arns = lazyTables(() => arnTable(all));
  const accounts = lazyTables(() => scopeTable(all));
  const named: ResourceIndex['named'] = (type, from, name, region = '') => {
    const own = names(type).get(key(from.scope, name, from.stack));
    if (own !== undefined || from.region !== noRegion) return own ?? [];
    const scopes = accounts('').get(from.account ?? '') ?? [];
    const found = scopes
      .filter((each) => region === '' || each.region === region)
      .map(({ scope }) => names(type).get(key(scope, name, undefined)))
      .find((called) => called !== undefined);
    return found ?? [];
  };
  return {
    all,
    byId: (id) => ids.get(id),
    ofType,
    versionsOf: (resource) => versions.get(resource?.id ?? '') ?? [],
    byArn: (arn) => arns('').get(arn),
    named,
    byName: (type, from, name, region) => named(type, from, name, region)[0]?.resource,
  };
}

/** Order by id, by UTF-16 units: the same on every machine. */
export function byIdOrder(left: Resource, right: Resource): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

type Table = ReadonlyMap<string, Resource>;

function lazyTables<Entries>(build: (type: string) => Entries): (type: string) => Entries {
  const tables = new Map<string, Entries>();
  return (type) => {
    const known = tables.get(type);
    if (known !== undefined) return known;
    const table = build(type);
    tables.set(type, table);
    return table;
  };
}

/** A name with a piece of which nothing is known but why means the same only inside one stack. */
function key(scope: string, name: string, stack: string | undefined): string {
  return isNamed(name) ? `${scope}\n${name}` : `${scope}\n${stack ?? ''}\n${name}`;
}

function nameTable(resources: readonly Resource[]): ReadonlyMap<string, readonly Named[]> {
  const table = new Map<string, Named[]>();
  const put = (resource: Resource, name: string | undefined, uncertain?: Cause): void => {
    if (name === undefined || name === '') return;
    const at = key(resource.scope, name, resource.stack);
    const known = table.get(at) ?? [];
    // Behind what is certainly called so nothing else counts.
    if (known.some((each) => each.uncertain === undefined)) return;
    known.push({ resource, ...(uncertain === undefined ? {} : { uncertain }) });
    table.set(at, known);
  };
  for (const resource of resources) {
    for (const property of lookup(identityProperties, resource.type) ?? []) {
      for (const { value, uncertain } of findValues(resource.properties[property], []))
        put(resource, nameIn(property, toSymbolicText(value)?.text), uncertain);
    }
  }
  // Physical ids of live resources come after the names that were written, so that they never hide one.
  for (const resource of resources) {
    if (resource.logicalId !== undefined || resource.generated === true) continue;
    put(resource, resource.name);
    put(resource, lastPart(resource.arn ?? resource.id));
  }
  return table;
}

/** A function may be named by its ARN, whole or from the account on. */
function nameIn(property: string, text: string | undefined): string | undefined {
  if (property !== 'FunctionName' || text === undefined) return text;
  const start = text.lastIndexOf(functionPart);
  return start < 0 || (start > 0 && text.charAt(start - 1) !== ':')
    ? text
    : text.slice(start + functionPart.length);
}

const functionPart = 'function:';

/** A resource of each Region that an account was read in, by account. */
function scopeTable(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const accounts = new Map<string, Resource[]>();
  const seen = new Set<string>();
  for (const resource of resources) {
    if (seen.has(resource.scope)) continue;
    seen.add(resource.scope);
    addTo(accounts, resource.account ?? '', resource);
  }
  return accounts;
}

function arnTable(resources: readonly Resource[]): Table {
  const table = new Map<string, Resource>();
  for (const resource of resources) {
    const arn = resource.arn ?? (resource.id.startsWith('arn:') ? resource.id : undefined);
    if (arn !== undefined && !table.has(arn)) table.set(arn, resource);
  }
  return table;
}

function lastPart(id: string): string {
  return id.slice(Math.max(id.lastIndexOf('|'), id.lastIndexOf('/'), id.lastIndexOf(':')) + 1);
}

/** Appends to the list under a key. */
export function addTo<Key, Item>(map: Map<Key, Item[]>, at: Key, item: Item): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [item]);
  else list.push(item);
}

/** The value of `tag` in a CloudFormation tag list or tag map. */
export function tagOf(tags: Value | undefined, tag: string): Value | undefined {
  if (!isArrayValue(tags)) return undefined;
  for (const item of tags) {
    if (typeof item === 'object' && item !== null && 'Key' in item && item.Key === tag) {
      return 'Value' in item ? item.Value : undefined;
    }
  }
  return undefined;
}
