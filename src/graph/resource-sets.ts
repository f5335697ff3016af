import type { Resource } from '../model/resource.ts';
import { byIdOrder } from './resource-index.ts';

/** Resources sorted by id, each once; equal sets are the same array. */
export type ResourceSet = readonly Resource[];

/**
 * Sets of resources that many flows have in common. What was asked of a set before is answered by
 * the same array, so that flows through one topic share one walk, and whoever reads the flows can
 * see by identity what they need not read twice.
 */
export class ResourceSets {
  readonly empty: ResourceSet = [];
  readonly #numbers = new Map<Resource, number>();
  readonly #sets = new Map<string, ResourceSet>([['', this.empty]]);
  readonly #setNumbers = new Map<ResourceSet, number>([[this.empty, 0]]);
  readonly #derived = new Map<string, ResourceSet>();

  /** The set of these resources. */
  of(resources: Iterable<Resource>): ResourceSet {
    const sorted = [...new Set(resources)].sort(byIdOrder);
    const key = sorted.map((resource) => this.#numberOf(resource)).join();
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    this.#sets.set(key, sorted);
    this.#setNumbers.set(sorted, this.#setNumbers.size);
    return sorted;
  }

  /** What stands in any of the sets. */
  union(sets: readonly ResourceSet[]): ResourceSet {
    const distinct = [...new Set(sets)].filter((set) => set.length > 0);
    const [only] = distinct;
    if (distinct.length < 2) return only ?? this.empty;
    return this.#derive(`union ${distinct.map((set) => this.#setNumbers.get(set)).join()}`, () =>
      distinct.flat(),
    );
  }

  /** What `derive` makes of a set; `name` is equal for equal questions. */
  derive(set: ResourceSet, name: string, derive: (set: ResourceSet) => Iterable<Resource>): ResourceSet {
    if (set.length === 0) return set;
    return this.#derive(`${this.#setNumbers.get(set) ?? ''} ${name}`, () => derive(set));
  }

  #derive(key: string, make: () => Iterable<Resource>): ResourceSet {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const made = this.of(make());
    this.#derived.set(key, made);
    return made;
  }

  #numberOf(resource: Resource): number {
    const known = this.#numbers.get(resource);
    if (known !== undefined) return known;
    this.#numbers.set(resource, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
