import type { World } from './conditions.ts';
import { Choice, SymbolicValue, type ObjectValue, type Value } from './value.ts';

const known = new WeakMap<object, boolean>();

/** True where an undecided choice stands anywhere in the value; each part of a tree is looked through once. */
export function holdsChoice(value: Value | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof SymbolicValue) return value instanceof Choice;
  return known.get(value) ?? lookThrough(value);
}

/** Without recursion: what a template nests is not bounded. */
function lookThrough(root: object): boolean {
  const open = [{ at: root, parts: Object.values(root) as Value[], next: 0 }];
  for (;;) {
    const last = open.at(-1);
    if (last === undefined) return false;
    const part = last.parts[last.next];
    if (last.next >= last.parts.length) {
      known.set(last.at, false);
      open.pop();
      continue;
    }
    last.next += 1;
    if (typeof part !== 'object' || part === null || part === undefined) continue;
    if (part instanceof Choice || (!(part instanceof SymbolicValue) && known.get(part) === true)) {
      for (const { at } of open) known.set(at, true);
      return true;
    }
    if (part instanceof SymbolicValue || known.has(part)) continue;
    open.push({ at: part, parts: Object.values(part) as Value[], next: 0 });
  }
}

/** The value on the side that the world takes, at the top alone. */
export function openTop(value: Value | undefined, world: World): Value | undefined {
  let top = value;
  while (top instanceof Choice) top = world.holds(top.cause) ? top.whenTrue : top.whenFalse;
  return top;
}

/** The value without choices, as the world takes them; what is absent on its side drops out of lists and objects. */
export function openValue(value: Value | undefined, world: World): Value | undefined {
  if (!holdsChoice(value)) return value;
  const top = openTop(value, world);
  if (!holdsChoice(top)) return top;
  if (Array.isArray(top))
    return (top as readonly Value[])
      .map((item) => openValue(item, world))
      .filter((item): item is Value => item !== undefined);
  const members: Record<string, Value> = {};
  for (const [key, item] of Object.entries(top as ObjectValue)) {
    const opened = openValue(item, world);
    if (opened !== undefined)
      Object.defineProperty(members, key, {
        value: opened,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return members;
}
