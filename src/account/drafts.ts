import type { Resource } from '../model/resource.ts';
import { Unresolved, type Cause, type Value } from '../model/value.ts';
import type { Found, Item, Patch, Place } from './collector.ts';
import { toProperties } from './plain.ts';

/** A resource that is still being filled. */
export interface Draft extends Item {
  readonly properties: Record<string, Value>;
  /** Id of the resource whose call found it. */
  readonly parent?: string;
}

/** Everything found in one place. */
export class Drafts {
  readonly #place: Place;
  readonly #byId = new Map<string, Draft>();
  readonly #byType = new Map<string, Draft[]>();
  readonly #patches: Patch[] = [];

  constructor(place: Place) {
    this.#place = place;
  }

  /** Adds a resource; nothing for one that is there already (a list that moved while it was paged through). */
  add(found: Found, parent: string | undefined): Draft | undefined {
    const { account, region } = this.#place;
    const id = found.arn ?? `${found.type}|${account}|${region}|${found.key ?? found.name}`;
    if (this.#byId.has(id)) return undefined;
    const draft: Draft = {
      ...found,
      id,
      place: this.#place,
      properties: toProperties(found.properties),
      ...(parent === undefined ? {} : { parent }),
    };
    this.#byId.set(draft.id, draft);
    const list = this.#byType.get(found.type) ?? [];
    list.push(draft);
    this.#byType.set(found.type, list);
    return draft;
  }

  ofType(type: string): readonly Draft[] {
    return this.#byType.get(type) ?? [];
  }

  /** Keeps properties for a resource that may not have been found yet. */
  keep(patch: Patch): void {
    this.#patches.push(patch);
  }

  /** Gives kept properties to the resources that they are for; `keeps` where more may be found. */
  applyPatches(keeps = false): void {
    for (const { type, of, properties } of keeps ? this.#patches : this.#patches.splice(0)) {
      const draft = this.#byId.get(of);
      if (draft?.type === type) Object.assign(draft.properties, toProperties(properties));
    }
  }

  /** What was found, sorted by id. */
  toResources(): readonly Resource[] {
    return [...this.#byId.values()].map(toResource).sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  get size(): number {
    return this.#byId.size;
  }
}

function toResource({ id, type, name, arn, place, properties, uncertain }: Draft): Resource {
  const at = arn ?? id;
  return {
    id,
    type,
    name,
    scope: place.scope,
    account: place.account,
    region: place.region,
    properties,
    ...(arn === undefined ? {} : { arn }),
    ...(uncertain === undefined ? {} : { uncertain }),
    locate: (path) => ({ arn: at, path }),
  };
}

/** Marks properties that no answer filled. */
export function leaveUnresolved(draft: Draft, properties: readonly string[], cause: Cause): void {
  for (const property of properties) draft.properties[property] ??= new Unresolved(cause);
}
