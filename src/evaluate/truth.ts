import type { Cause } from '../model/value.ts';

/** Kleene's third value carries the one thing that blocks the answer. */
export type Truth = boolean | Cause;

export function isUnknown(truth: Truth): truth is Cause {
  return typeof truth === 'object';
}

export function not(truth: Truth): Truth {
  return isUnknown(truth) ? truth : !truth;
}

/** False decides; else the first unknown; else true. Stops at the first false. */
export function every<T>(items: Iterable<T>, test: (item: T) => Truth): Truth {
  let unknown: Cause | undefined;
  for (const item of items) {
    const truth = test(item);
    if (truth === false) return false;
    if (isUnknown(truth)) unknown ??= truth;
  }
  return unknown ?? true;
}

/** True decides; else the first unknown; else false. Stops at the first true. */
export function some<T>(items: Iterable<T>, test: (item: T) => Truth): Truth {
  let unknown: Cause | undefined;
  for (const item of items) {
    const truth = test(item);
    if (truth === true) return true;
    if (isUnknown(truth)) unknown ??= truth;
  }
  return unknown ?? false;
}

/** What is so on both sides of an undecided condition; else `cause`. */
export function agree(whenTrue: Truth, whenFalse: Truth, cause: Cause): Truth {
  if (isUnknown(whenTrue)) return whenTrue;
  if (isUnknown(whenFalse)) return whenFalse;
  return whenTrue === whenFalse ? whenTrue : cause;
}
