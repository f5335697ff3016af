import {
  Choice,
  SymbolicValue,
  describeValue,
  isArrayValue,
  isObjectValue,
  type Cause,
  type Value,
} from '../model/value.ts';

/** Which side of each undecided condition is taken, by `sideKey`. */
export type Sides = ReadonlyMap<string, boolean>;

/**
 * What a side is known by: the condition, within its stack. The choices of a parameter with allowed
 * values stand inside of each other, one for each value, and share the cause: their values tell them apart.
 */
export function sideKey(stack: string, cause: Cause, whenTrue?: Value): string {
  const value = cause.code === 'condition' ? '' : describeValue(whenTrue);
  return `${stack}\n${cause.message}\n${value}`;
}

/** Gathers the undecided conditions that a value of a stack hangs on. */
export function gatherChoices(value: Value | undefined, stack: string, into: Map<string, Cause>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Choice) {
    into.set(sideKey(stack, value.cause, value.whenTrue), value.cause);
    gatherChoices(value.whenTrue, stack, into);
    gatherChoices(value.whenFalse, stack, into);
    return;
  }
  if (value instanceof SymbolicValue) return;
  for (const member of Object.values(value)) gatherChoices(member as Value, stack, into);
}

/**
 * The value as it is deployed when the sides are as given. A member whose side is `AWS::NoValue` is
 * gone; a condition that `sides` does not name stays a choice. Shares what holds no choice.
 */
export function settle(value: Value | undefined, stack: string, sides: Sides): Value | undefined {
  if (sides.size === 0 || typeof value !== 'object' || value === null) return value;
  if (value instanceof Choice) {
    const side = sides.get(sideKey(stack, value.cause, value.whenTrue));
    if (side === undefined) return value;
    return settle(side ? value.whenTrue : value.whenFalse, stack, sides);
  }
  if (value instanceof SymbolicValue) return value;
  if (isArrayValue(value)) {
    return value.map((item) => settle(item, stack, sides)).filter((item) => item !== undefined);
  }
  if (!isObjectValue(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, settle(member, stack, sides)] as const);
  return Object.fromEntries(
    members.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined),
  );
}

/** More conditions than this are not tried on all their sides. */
const mostChoices = 6;

/** Every way in which the conditions can fall; one way with nothing settled where there are too many. */
export function allSides(choices: ReadonlyMap<string, Cause>): readonly Sides[] {
  if (choices.size > mostChoices) return [new Map()];
  let ways: Sides[] = [new Map()];
  for (const key of choices.keys())
    ways = ways.flatMap((way) => [new Map([...way, [key, true]]), new Map([...way, [key, false]])]);
  return ways;
}
