import type { Path } from '../model/value.ts';

/** A change of a template's data, below its root. Values are plain JSON with functions in their long form. */
export type TreeChange =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  /** One more member of a list, which is made where it is not there. */
  | { readonly kind: 'append'; readonly path: Path; readonly value: unknown };

/** True where two changes cannot both be made: they write at one place, or one writes inside of what the other one writes. */
export function areAtOdds(one: TreeChange, other: TreeChange): boolean {
  const [short, long] = one.path.length <= other.path.length ? [one, other] : [other, one];
  if (!short.path.every((segment, at) => segment === long.path[at])) return false;
  if (short.kind === 'append' && long.kind === 'append' && short.path.length === long.path.length)
    return false;
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** The data with changes made in a copy; what is not changed is shared with the original. */
export function changeTree(root: unknown, changes: readonly TreeChange[]): unknown {
  return changes.reduce((tree, change) => changeAt(tree, change.path, change), root);
}

function changeAt(node: unknown, path: Path, change: TreeChange): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) {
    if (change.kind === 'append') return [...(Array.isArray(node) ? (node as unknown[]) : []), change.value];
    return isMapping(node) && isMapping(change.value) ? merge(node, change.value) : change.value;
  }
  if (Array.isArray(node)) {
    const copy = [...(node as unknown[])];
    copy[Number(segment)] = changeAt(copy[Number(segment)], rest, change);
    return copy;
  }
  const members = isMapping(node) ? node : {};
  const key = String(segment);
  const before = Object.hasOwn(members, key) ? members[key] : undefined;
  return { ...members, [key]: changeAt(before, rest, change) };
}

function merge(
  into: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = Object.hasOwn(into, key) ? into[key] : undefined;
    merged[key] = isMapping(before) && isMapping(value) ? merge(before, value) : value;
  }
  return merged;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
