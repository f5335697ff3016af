import type { Cause } from '../model/value.ts';

/** Answer of a question over values that may be unresolved: yes, no, or why that is not known. */
export type PolicyAnswer = boolean | Cause;

/** True if one is true; otherwise the first doubt; otherwise false. */
export function anyAnswer<Item>(items: Iterable<Item>, ask: (item: Item) => PolicyAnswer): PolicyAnswer {
  let doubt: Cause | undefined;
  for (const item of items) {
    const answer = ask(item);
    if (answer === true) return true;
    if (answer !== false) doubt ??= answer;
  }
  return doubt ?? false;
}

/** False if one is false; otherwise the first doubt; otherwise true. */
export function everyAnswer<Item>(items: Iterable<Item>, ask: (item: Item) => PolicyAnswer): PolicyAnswer {
  let doubt: Cause | undefined;
  for (const item of items) {
    const answer = ask(item);
    if (answer === false) return false;
    if (answer !== true) doubt ??= answer;
  }
  return doubt ?? true;
}

/** The opposite; a doubt stays a doubt. */
export function negate(answer: PolicyAnswer): PolicyAnswer {
  return typeof answer === 'boolean' ? !answer : answer;
}
