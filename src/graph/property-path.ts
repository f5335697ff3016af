import { parsePath } from '../model/parse-path.ts';
import { onSide } from '../model/conditions.ts';
import {
  Choice,
  PartialString,
  SymbolicValue,
  isArrayValue,
  isObjectValue,
  type Cause,
  type Path,
  type PathSegment,
  type Value,
} from '../model/value.ts';
import { readJsonText } from '../model/json-text.ts';

/** A value found along a path. */
export interface FoundValue {
  readonly value: Value;
  readonly path: Path;
  /** Set where it stands under an undecided condition. */
  readonly uncertain?: Cause;
}

/**
 * Every value along the steps, in document order. A list that stands as a single value counts as one
 * of one element; a document given as JSON text is read. What stands in the way unresolved is found
 * itself, so that nobody takes it for an absence.
 */
export function findValues(root: Value | undefined, steps: Path): readonly FoundValue[] {
  const found: FoundValue[] = [];
  walk(root, steps, 0, [], undefined, found);
  return found;
}

function walk(
  value: Value | undefined,
  steps: Path,
  at: number,
  path: readonly PathSegment[],
  uncertain: Cause | undefined,
  found: FoundValue[],
): void {
  if (value === undefined || value === null) return;
  if (value instanceof Choice) {
    walk(value.whenTrue, steps, at, path, onSide(value.cause, true, uncertain), found);
    walk(value.whenFalse, steps, at, path, onSide(value.cause, false, uncertain), found);
    return;
  }
  const step = steps[at];
  if (step === undefined) {
    found.push({ value, path, ...(uncertain === undefined ? {} : { uncertain }) });
    return;
  }
  if (step === '[]') walkList(value, steps, at, path, uncertain, found);
  else walkObject(value, steps, at, path, uncertain, found);
}

function walkList(...[value, steps, at, path, uncertain, found]: Required<Parameters<typeof walk>>): void {
  if (!isArrayValue(value)) {
    walk(value, steps, at + 1, path, uncertain, found);
    return;
  }
  value.forEach((item, index) => {
    walk(item, steps, at + 1, [...path, index], uncertain, found);
  });
}

function walkObject(...[value, steps, at, path, uncertain, found]: Required<Parameters<typeof walk>>): void {
  if (typeof value === 'string' && !value.trimStart().startsWith('{')) return;
  const object = typeof value === 'string' || value instanceof PartialString ? readJsonText(value) : value;
  if (object instanceof SymbolicValue) {
    walk(object, [], 0, path, uncertain, found);
    return;
  }
  if (!isObjectValue(object)) return;
  const step = steps[at] ?? '';
  const keys = step === '{}' ? Object.keys(object) : [step];
  for (const key of keys) {
    if (Object.hasOwn(object, key)) walk(object[key], steps, at + 1, [...path, key], uncertain, found);
  }
}

/** The one value at a dotted path without lists; `undefined` when absent. */
export function valueAt(root: Value | undefined, path: string): Value | undefined {
  return findValues(root, parsePath(path))[0]?.value;
}

/** True where `path` stands at or below `base`. */
export function isWithin(path: Path, base: Path): boolean {
  return base.every((segment, index) => String(path[index]) === String(segment));
}
