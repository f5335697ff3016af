import { conditionOf } from './conditions.ts';
import type { Cause } from './value.ts';

/** Answer of a question over values that may be unknown: yes, no, or the one thing that blocks the answer. */
export type Truth = boolean | Cause;

export function isUnknown(truth: Truth): truth is Cause {
  return typeof truth === 'object';
}

/** The opposite; what blocks the answer stays. */
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

// Conditions of templates are combined with the same three values. Their unknowns keep under which
// condition they are true, since that decides which resources exist together.

/** `Fn::And`: one false decides; else the unknown terms hold under all of their conditions. */
export function conjunction(terms: readonly (() => Truth)[]): Truth {
  const unknown: Cause[] = [];
  for (const term of terms) {
    const truth = term();
    if (truth === false) return false;
    if (truth !== true) unknown.push(truth);
  }
  const [first] = unknown;
  if (first === undefined || unknown.length === 1) return first ?? true;
  return { ...first, condition: { kind: 'all', of: unknown.map(conditionOf) } };
}

/** `Fn::Or`, with the conditions of its unknown terms. */
export function disjunction(terms: readonly (() => Truth)[]): Truth {
  return negation(conjunction(terms.map((term) => () => negation(term()))));
}

/** `Fn::Not`: an unknown holds under the opposite of its condition. */
export function negation(truth: Truth): Truth {
  if (!isUnknown(truth)) return !truth;
  const condition = conditionOf(truth);
  return { ...truth, condition: condition.kind === 'not' ? condition.of : { kind: 'not', of: condition } };
}
