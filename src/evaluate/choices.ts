import {
  Choice,
  SymbolicValue,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Value,
} from '../model/value.ts';
import { blocked } from './predicates.ts';
import { agree, every, some, type Truth } from '../model/truth.ts';

/** Asks a value, or both sides of an undecided one; what is not resolved answers for itself. */
export function asked(value: Value | undefined, test: (value: Value | undefined) => Truth): Truth {
  if (value instanceof Choice)
    return agree(asked(value.whenTrue, test), asked(value.whenFalse, test), value.cause);
  return value instanceof Unresolved ? value.cause : test(value ?? undefined);
}

/** Asks the member of an object; of anything else there is none. */
export function member(
  value: Value | undefined,
  name: string,
  test: (value: Value | undefined) => Truth,
): Truth {
  return asked(value, (object) => {
    if (isObjectValue(object)) return asked(object[name], test);
    return object instanceof SymbolicValue ? blocked(object) : test(undefined);
  });
}

/** Whether the object has something under a name, be it an empty object. */
export function has(value: Value | undefined, name: string): Truth {
  return member(value, name, (found) => found !== undefined);
}

/** Whether one member of a list is as asked. */
export function someMember(list: Value | undefined, test: (item: Value) => Truth): Truth {
  return asked(list, (items) => listed(items, (known) => some(known, (item) => present(item, test, false))));
}

/** Whether every member of a list is as asked. */
export function everyMember(list: Value | undefined, test: (item: Value) => Truth): Truth {
  return asked(list, (items) => listed(items, (known) => every(known, (item) => present(item, test, true))));
}

function listed(items: Value | undefined, test: (items: readonly Value[]) => Truth): Truth {
  if (isArrayValue(items)) return test(items);
  if (items instanceof SymbolicValue) return blocked(items);
  return test(items === undefined ? [] : [items]);
}

function present(item: Value, test: (item: Value) => Truth, whenAbsent: boolean): Truth {
  return asked(item, (known) => (known === undefined ? whenAbsent : test(known)));
}

/** Whether a text is one of these. */
export function isOneOf(value: Value | undefined, texts: readonly string[]): Truth {
  if (value instanceof SymbolicValue) return blocked(value);
  return typeof value === 'string' && texts.includes(value);
}
