import { Unresolved } from '../../../model/value.ts';
import { isEqual } from '../compare.ts';
import {
  ChoiceTerm,
  force,
  isObjectTerm,
  itemsOf,
  membersOf,
  objectOf,
  SetTerm,
  unknownOf,
  type Term,
} from '../terms.ts';
import {
  fail,
  firstUnknown,
  ofList,
  readItems,
  readNumber,
  readObject,
  readText,
  type Read,
} from './arguments.ts';
import type { FunctionContext, HclFunction } from './function.ts';

/** The place of the first equal element; -1 for none, undefined where that is not known. */
function findEqual(items: readonly Term[], wanted: Term): number | undefined {
  let isOpen = false;
  for (const [index, item] of items.entries()) {
    const equal = isEqual(item, wanted);
    if (equal === true) return index;
    if (equal === undefined) isOpen = true;
  }
  return isOpen ? undefined : -1;
}

/** Elements without those that certainly are equal to one before. */
function distinctItems(items: readonly Term[], context: FunctionContext): Term[] {
  const texts = new Set<string>();
  const kept: Term[] = [];
  const others: Term[] = [];
  for (const item of items) {
    const found = force(item);
    context.budget.spend(1 + others.length);
    if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') {
      const key = `${typeof found}:${found}`;
      if (texts.has(key)) continue;
      texts.add(key);
    } else {
      if (others.some((other) => isEqual(other, found) === true)) continue;
      others.push(found);
    }
    kept.push(item);
  }
  return kept;
}

/** A set in Terraform's order, where that is known: texts by their characters, numbers by their size. */
export function setOf(items: readonly Term[], context: FunctionContext): SetTerm {
  const kept = distinctItems(items, context);
  const forced = kept.map(force);
  if (forced.every((item) => typeof item === 'number'))
    return new SetTerm(forced.sort((one, other) => one - other));
  return new SetTerm(forced.every((item) => typeof item === 'string') ? forced.sort(byText) : kept);
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The lists of all arguments, or why one is not known. */
function readLists(given: readonly Term[], context: FunctionContext): Read<(readonly Term[])[]> {
  const lists: (readonly Term[])[] = [];
  for (const term of given) {
    const items = readItems(term);
    if (items instanceof Unresolved) return items;
    context.budget.spend(items.length);
    lists.push(items);
  }
  return lists;
}

const ofSets =
  (apply: (sets: readonly (readonly Term[])[], context: FunctionContext) => Term | undefined): HclFunction =>
  (given, context) => {
    const sets = readLists(given, context);
    return sets instanceof Unresolved ? sets : apply(sets, context);
  };

/** The items that are, or are not, in another set; undefined where that is not known of one. */
function among(
  items: readonly Term[],
  others: readonly Term[],
  wanted: boolean,
  context: FunctionContext,
): Term[] | undefined {
  const kept: Term[] = [];
  for (const item of items) {
    context.budget.spend(others.length);
    const index = findEqual(others, item);
    if (index === undefined) return undefined;
    if (index >= 0 === wanted) kept.push(item);
  }
  return kept;
}

function flatten(items: readonly Term[], context: FunctionContext): Term[] {
  return items.flatMap((item): Term[] => {
    context.budget.spend(1);
    const found = force(item);
    const inner = itemsOf(found);
    return inner === undefined ? [found] : context.budget.nested(() => flatten(inner, context));
  });
}

function isEmptyText(term: Term): boolean | undefined {
  return isEqual(term, '');
}

/** Whether all or any of a list holds; unknown elements leave it open where no other decides. */
const truths = (decides: boolean): HclFunction =>
  ofList((items) => {
    const found = items.map(force).filter((item) => item !== null);
    if (found.some((item) => item === decides || item === String(decides))) return decides;
    return unknownOf(found) ?? firstChoice(found) ?? !decides;
  });

function firstChoice(terms: readonly Term[]): Unresolved | undefined {
  const choice = terms.find((term) => term instanceof ChoiceTerm);
  return choice instanceof ChoiceTerm ? new Unresolved(choice.cause) : undefined;
}

export const collectionFunctions: Readonly<Record<string, HclFunction>> = {
  alltrue: truths(false),
  anytrue: truths(true),
  chunklist: ofList((items, [size]) => {
    const count = readNumber(size);
    if (typeof count !== 'number') return count;
    if (count <= 0) return items.length === 0 ? [] : [items];
    return Array.from({ length: Math.ceil(items.length / count) }, (_, index) =>
      items.slice(index * count, (index + 1) * count),
    );
  }),
  coalesce: (given) => {
    for (const term of given) {
      const found = force(term);
      if (found === null || isEmptyText(found) === true) continue;
      return found instanceof Unresolved && given.length > 1 ? found : found;
    }
    return fail('`coalesce` needs a value that is not null or empty');
  },
  coalescelist: (given) => {
    for (const term of given) {
      const items = readItems(term);
      if (items instanceof Unresolved) return items;
      if (items.length > 0) return force(term);
    }
    return fail('`coalescelist` needs a list that is not empty');
  },
  compact: ofList((items) => {
    const kept: Term[] = [];
    for (const item of items) {
      const found = force(item);
      if (found === null || isEmptyText(found) === true) continue;
      kept.push(found);
    }
    return kept;
  }),
  concat: (given, context) => {
    const lists = readLists(given, context);
    return lists instanceof Unresolved ? lists : lists.flat();
  },
  contains: ofList((items, [wanted = null], context) => {
    context.budget.spend(items.length);
    const index = findEqual(items, wanted);
    return index === undefined
      ? (unknownOf([force(wanted)]) ?? unknownOf(items.map(force)) ?? undefined)
      : index >= 0;
  }),
  distinct: ofList((items, _, context) => distinctItems(items, context)),
  element: ofList((items, [index]) => {
    const at = readNumber(index);
    if (typeof at !== 'number') return at;
    if (items.length === 0) fail('`element` needs a list that is not empty');
    return items[((at % items.length) + items.length) % items.length] ?? null;
  }),
  flatten: ofList((items, _, context) => flatten(items, context)),
  index: ofList((items, [wanted = null]) => {
    const at = findEqual(items, wanted);
    return at === -1 ? fail('the list does not have the element') : at;
  }),
  keys: ([map]) => {
    const found = readObject(map);
    return found instanceof Unresolved ? found : membersOf(found).map(([key]) => key);
  },
  values: ([map]) => {
    const found = readObject(map);
    return found instanceof Unresolved ? found : membersOf(found).map(([, value]) => value);
  },
  length: ([value = null]) => {
    const items = itemsOf(value);
    if (items !== undefined) return items.length;
    if (isObjectTerm(value)) return Object.keys(value).length;
    const text = readText(value);
    return typeof text === 'string' ? [...new Intl.Segmenter('en').segment(text)].length : text;
  },
  lookup: ([map, key, fallback]) => {
    const [found, name] = [readObject(map), readText(key)];
    if (found instanceof Unresolved) return found;
    if (typeof name !== 'string') return name;
    if (Object.hasOwn(found, name)) return found[name] ?? null;
    return fallback ?? fail(`the map has no key \`${name}\``);
  },
  matchkeys: ([values, keys, wanted], context) => {
    const lists = readLists([values ?? null, keys ?? null, wanted ?? null], context);
    if (lists instanceof Unresolved) return lists;
    const [all = [], by = [], set = []] = lists;
    const found = by.map((key) => findEqual(set, key));
    if (found.includes(undefined)) return undefined;
    return all.filter((_, index) => (found[index] ?? -1) >= 0);
  },
  merge: (given) => {
    const maps = given.filter((term) => term !== null).map(readObject);
    const unknown = firstUnknown(maps);
    return unknown ?? objectOf(maps.flatMap((map) => (map instanceof Unresolved ? [] : Object.entries(map))));
  },
  one: ([list]) => {
    if (list === null || list === undefined) return null;
    const items = readItems(list);
    if (items instanceof Unresolved) return items;
    return items.length > 1 ? fail('`one` needs a list of one element at most') : (items[0] ?? null);
  },
  reverse: ofList((items) => items.toReversed()),
  setintersection: ofSets(([first = [], ...others], context) => {
    let kept: Term[] | undefined = [...first];
    for (const other of others) if (kept !== undefined) kept = among(kept, other, true, context);
    return kept === undefined ? undefined : setOf(kept, context);
  }),
  setsubtract: ofSets(([first = [], second = []], context) => {
    const kept = among(first, second, false, context);
    return kept === undefined ? undefined : setOf(kept, context);
  }),
  setunion: ofSets((sets, context) => setOf(sets.flat(), context)),
  setproduct: (given, context) => {
    const sets = readLists(given, context);
    if (sets instanceof Unresolved) return sets;
    context.budget.spend(sets.reduce((total, set) => total * set.length, 1) * sets.length);
    const rows = sets.reduce<Term[][]>(
      (all, set) => all.flatMap((row) => set.map((item) => [...row, item])),
      [[]],
    );
    return given.every((term) => term instanceof SetTerm) ? new SetTerm(rows) : rows;
  },
  slice: ofList((items, [from, to]) => {
    const [start, end] = [readNumber(from), readNumber(to)];
    if (typeof start !== 'number') return start;
    if (typeof end !== 'number') return end;
    return start < 0 || end > items.length || start > end
      ? fail('the list has fewer elements')
      : items.slice(start, end);
  }),
  sort: ofList((items) => {
    const texts = items.map(readText);
    return firstUnknown(texts) ?? texts.filter((text) => typeof text === 'string').sort(byText);
  }),
  transpose: ([map]) => {
    const found = readObject(map);
    if (found instanceof Unresolved) return found;
    const turned = new Map<string, string[]>();
    for (const [key, list] of membersOf(found)) {
      const items = readItems(list);
      if (items instanceof Unresolved) return items;
      for (const item of items) {
        const name = readText(item);
        if (typeof name !== 'string') return name;
        turned.set(name, [...(turned.get(name) ?? []), key]);
      }
    }
    return objectOf(turned);
  },
  zipmap: ([keys, values], context) => {
    const lists = readLists([keys ?? null, values ?? null], context);
    if (lists instanceof Unresolved) return lists;
    const [names = [], items = []] = lists;
    if (names.length !== items.length) fail('the lists have different lengths');
    const texts = names.map(readText);
    return (
      firstUnknown(texts) ??
      objectOf(texts.map((text, index) => [String(text), items[index] ?? null] as const))
    );
  },
};
