import { TooManyWorlds, World, bothDoubts, eitherDoubt, onSide } from '../model/conditions.ts';
import { holdsChoice, openValue } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import type { Cause, ObjectValue, Side, Value } from '../model/value.ts';

/** What is found on some of the ways in which conditions may turn out, and on which; without doubt where on all. */
export interface FoundInWorlds<T> {
  readonly item: T;
  readonly uncertain?: Cause;
}

/** More ways than this are not gone through for one resource. */
const limit = 16;

/**
 * What `work` finds in each way that the conditions which it meets may turn out. Equal finds by `keyOf` are
 * one, doubted as far as not all ways have it. Undefined where there are too many ways.
 */
export function inEachWorld<T>(
  work: (world: World) => readonly T[],
  keyOf: (item: T) => string,
): readonly FoundInWorlds<T>[] | undefined {
  const ways = waysOf(work);
  const [only] = ways ?? [];
  if (only?.doubt === undefined) return only?.found.map((item) => ({ item }));
  return ways === undefined ? undefined : joinWays(ways, keyOf);
}

/** What is found on one way that conditions may turn out, and the doubt about that way. */
export interface Way<T> {
  readonly doubt: Cause | undefined;
  readonly found: T;
}

/** What `work` finds on each way that the conditions which it meets may turn out; undefined where there are too many. */
export function waysOf<T>(work: (world: World) => T): readonly Way<T>[] | undefined {
  const world = new World(limit);
  const ways: Way<T>[] = [];
  try {
    world.enumerate(
      () => work(world),
      (found) => {
        ways.push({ doubt: doubtOf(world.sidesSince(0)), found });
        return true;
      },
    );
  } catch (error) {
    if (error instanceof TooManyWorlds) return undefined;
    throw error;
  }
  return ways;
}

function joinWays<T>(
  ways: readonly Way<readonly T[]>[],
  keyOf: (item: T) => string,
): readonly FoundInWorlds<T>[] {
  const joined = new Map<string, { readonly item: T; uncertain: Cause | undefined }>();
  for (const { doubt, found } of ways) {
    for (const item of found) {
      const known = joined.get(keyOf(item));
      if (known === undefined) joined.set(keyOf(item), { item, uncertain: doubt });
      else known.uncertain = eitherDoubt(known.uncertain, doubt);
    }
  }
  return [...joined.values()].map(({ item, uncertain }) =>
    uncertain === undefined ? { item } : { item, uncertain },
  );
}

/** The doubt about what stands on all of these sides. */
function doubtOf(sides: readonly Side[]): Cause | undefined {
  return sides.reduce<Cause | undefined>((outer, { cause, holds }) => onSide(cause, holds, outer), undefined);
}

const originals = new WeakMap<Resource, Resource>();

/** The resource of the graph that an opened one stands for. */
export function originalOf(resource: Resource): Resource {
  return originals.get(resource) ?? resource;
}

/** The resource as the world has it: what reads its properties meets no choice. */
export function openResource(resource: Resource, world: World): Resource {
  if (!holdsChoice(resource.properties)) return resource;
  const opened = Object.create(resource, {
    properties: { value: openProperties(resource.properties, world), enumerable: true },
    locate: { value: resource.locate.bind(resource), enumerable: true },
    // A getter of a class asks for the very resource.
    secrets: { value: resource.secrets, enumerable: true },
  }) as Resource;
  originals.set(opened, resource);
  return opened;
}

/** Opens a property when it is first read: conditions of others are not met then. */
function openProperties(properties: ObjectValue, world: World): ObjectValue {
  const opened = new Map<string, Value | undefined>();
  const read = (key: string): Value | undefined => {
    if (!opened.has(key)) opened.set(key, openValue(properties[key], world));
    return opened.get(key);
  };
  const isThere = (key: string): boolean => Object.hasOwn(properties, key) && read(key) !== undefined;
  return new Proxy(properties, {
    get: (_target, key) =>
      typeof key === 'string' && Object.hasOwn(properties, key) ? read(key) : undefined,
    has: (_target, key) => typeof key === 'string' && isThere(key),
    ownKeys: () => Object.keys(properties).filter(isThere),
    getOwnPropertyDescriptor: (_target, key) =>
      typeof key === 'string' && isThere(key)
        ? { value: read(key), enumerable: true, configurable: true, writable: false }
        : undefined,
  });
}

/** What `work` finds of a resource, as `inEachWorld`; the resource is opened for it. */
export function inEachWorldOf<T>(
  resource: Resource,
  work: (opened: Resource) => readonly T[],
  keyOf: (item: T) => string,
): readonly FoundInWorlds<T>[] {
  if (!holdsChoice(resource.properties)) return work(resource).map((item) => ({ item }));
  return (
    inEachWorld((world) => work(openResource(resource, world)), keyOf) ??
    work(resource).map((item) => ({ item }))
  );
}

/** An item that may be doubted already, with the doubt of the ways that it was found on. */
export function withDoubts<T extends { readonly uncertain?: Cause }>({
  item,
  uncertain,
}: FoundInWorlds<T>): T {
  const doubt = bothDoubts(item.uncertain, uncertain);
  return doubt === item.uncertain || doubt === undefined ? item : { ...item, uncertain: doubt };
}

/** The same found twice: there where either is. */
export function surer<T extends { readonly uncertain?: Cause }>(first: T, second: T): T {
  if (first.uncertain === undefined) return first;
  if (second.uncertain === undefined) return second;
  return doubted(first, eitherDoubt(first.uncertain, second.uncertain));
}

/** The same with another doubt, or with none. */
export function doubted<T extends { readonly uncertain?: Cause }>(item: T, uncertain: Cause | undefined): T {
  const copy: { uncertain?: Cause } = { ...item };
  if (uncertain === undefined) delete copy.uncertain;
  else copy.uncertain = uncertain;
  return copy as T; // all members but one are the item's
}
