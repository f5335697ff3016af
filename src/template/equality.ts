import { scalarText } from '../model/scalar-text.ts';
import { conditionOf } from '../model/conditions.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { conjunction, type Truth } from '../model/truth.ts';
import { mayBe } from '../model/value-limits.ts';
import {
  Choice,
  describeValue,
  isArrayValue,
  isObjectValue,
  PartialString,
  SymbolicValue,
  Unresolved,
  type Condition,
  type Value,
} from '../model/value.ts';
import { causeOf } from './strings.ts';

/** Fn::Equals. Partly known strings decide where their known ends or least length already differ. */
export function equalValues(left: Value | undefined, right: Value | undefined): Truth {
  // The same unresolved parameter on both sides is the same object.
  if (left === right) return true;
  if (left instanceof Choice) return eitherSide(left, right);
  if (right instanceof Choice) return eitherSide(right, left);
  if (left instanceof PartialString && isScalar(right)) return partialEquals(left, scalarText(right));
  if (right instanceof PartialString && isScalar(left)) return partialEquals(right, scalarText(left));
  if (isRuledOut(left, right) || isRuledOut(right, left)) return false;
  const unknown = causeOf(left) ?? causeOf(right);
  if (unknown !== undefined) return { ...unknown, condition: comparison(left, right) };
  if (isScalar(left) && isScalar(right)) return scalarText(left) === scalarText(right);
  return equalTrees(left, right);
}

/** What the declaration of a parameter rejects is not its value. */
function isRuledOut(open: Value | undefined, literal: Value | undefined): boolean {
  return open instanceof Unresolved && isScalar(literal) && !mayBe(open, scalarText(literal));
}

function isScalar(value: Value | undefined): value is string | number | boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function eitherSide(choice: Choice, other: Value | undefined): Truth {
  const whenTrue = equalValues(choice.whenTrue, other);
  const whenFalse = equalValues(choice.whenFalse, other);
  if (typeof whenTrue === 'boolean' && whenTrue === whenFalse) return whenTrue;
  const chosen = conditionOf(choice.cause);
  const condition: Condition = {
    kind: 'any',
    of: [...sideOf(chosen, whenTrue), ...sideOf({ kind: 'not', of: chosen }, whenFalse)],
  };
  return { ...choice.cause, condition };
}

function sideOf(chosen: Condition, truth: Truth): readonly Condition[] {
  if (truth === false) return [];
  return [truth === true ? chosen : { kind: 'all', of: [chosen, conditionOf(truth)] }];
}

/** Two things compared: the same two are equal or different together, and one thing equals one literal at most. */
function comparison(left: Value | undefined, right: Value | undefined): Condition {
  const [subject, literal] = isScalar(left) ? [right, left] : [left, right];
  const key = toSymbolicText(subject)?.text;
  if (key === undefined || !isScalar(literal))
    return { kind: 'atom', id: `${describeValue(left, Infinity)} = ${describeValue(right, Infinity)}` };
  const text = scalarText(literal);
  return { kind: 'atom', id: `${key} = ${text}`, subject: key, literal: text };
}

function partialEquals(partial: PartialString, text: string): Truth {
  const first = partial.parts[0];
  const last = partial.parts.at(-1);
  const prefix = typeof first === 'string' ? first : '';
  const suffix = typeof last === 'string' ? last : '';
  let known = 0;
  for (const part of partial.parts) if (typeof part === 'string') known += part.length;
  if (text.length < known || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  const cause = causeOf(partial);
  return cause === undefined ? false : { ...cause, condition: comparison(partial, text) };
}

function equalTrees(left: Value | undefined, right: Value | undefined): Truth {
  if (isArrayValue(left) && isArrayValue(right)) {
    if (left.length !== right.length) return false;
    return conjunction(left.map((item, index) => () => equalValues(item, right[index])));
  }
  if (isObjectValue(left) && isObjectValue(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return conjunction(
      keys.map((key) => () => Object.hasOwn(right, key) && equalValues(left[key], right[key])),
    );
  }
  return left instanceof SymbolicValue || right instanceof SymbolicValue ? (causeOf(left) ?? false) : false;
}
