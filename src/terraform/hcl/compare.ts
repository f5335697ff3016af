import { PartialString, Reference, SymbolicValue, Unresolved } from '../../model/value.ts';
import { markerOf } from '../../model/symbolic-text.ts';
import {
  ChoiceTerm,
  EncodedTerm,
  force,
  isObjectTerm,
  itemsOf,
  numberText,
  termOf,
  textOfEncoded,
  type Term,
} from './terms.ts';

/** Whether two terms are equal; undefined where that is not known. */
export function isEqual(one: Term, other: Term): boolean | undefined {
  const [left, right] = [plain(one), plain(other)];
  if (left === right) return true;
  if (left === null || right === null) return isNull(left === null ? right : left);
  if (left instanceof ChoiceTerm)
    return bothSides(isEqual(left.whenTrue, right), isEqual(left.whenFalse, right));
  if (right instanceof ChoiceTerm) return isEqual(right, left);
  if (left instanceof SymbolicValue || right instanceof SymbolicValue) return equalSymbols(left, right);
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (items !== undefined && others !== undefined)
    return items.length !== others.length
      ? false
      : every(items.map((item, index) => isEqual(item, others[index] ?? null)));
  if (isObjectTerm(left) && isObjectTerm(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length || !keys.every((key) => Object.hasOwn(right, key)))
      return false;
    return every(keys.map((key) => isEqual(left[key] ?? null, right[key] ?? null)));
  }
  return false;
}

/** Whether a plan's value may be what a term is: a provider's schema turns numbers into texts, and back. */
export function isAlike(term: Term, value: unknown): boolean {
  const found = plain(term);
  if (found instanceof ChoiceTerm || found instanceof SymbolicValue || found === null) return true;
  return isScalar(found) && isScalar(value as Term)
    ? scalarText(found) === scalarText(value as string)
    : true;
}

function plain(term: Term): Term {
  const found = force(term);
  return found instanceof EncodedTerm ? termOf(textOfEncoded(found)) : found;
}

/** What exists after deployment alone is there then: only a value of which nothing is known may be null. */
function isNull(term: Term): boolean | undefined {
  if (term instanceof ChoiceTerm)
    return bothSides(isEqual(term.whenTrue, null), isEqual(term.whenFalse, null));
  return term instanceof Unresolved ? undefined : false;
}

function bothSides(one: boolean | undefined, other: boolean | undefined): boolean | undefined {
  return one === other ? one : undefined;
}

function every(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function isScalar(term: Term): term is string | number | boolean {
  return typeof term === 'string' || typeof term === 'number' || typeof term === 'boolean';
}

function scalarText(value: string | number | boolean): string {
  return typeof value === 'string' ? value : numberText(value);
}

function equalSymbols(left: Term, right: Term): boolean | undefined {
  const [one, other] = [symbolKey(left), symbolKey(right)];
  if (one !== undefined && one === other) return true;
  // An identifier of a resource is never empty, and neither is a text with a known piece.
  if ((left === '' && isFilled(right)) || (right === '' && isFilled(left))) return false;
  return undefined;
}

function isFilled(term: Term): boolean {
  return (
    term instanceof Reference ||
    (term instanceof PartialString && term.parts.some((part) => typeof part === 'string'))
  );
}

/** Equal for what certainly is equal; undefined for what may differ from itself. */
function symbolKey(term: Term): string | undefined {
  if (term instanceof Unresolved) return term.subject === undefined ? undefined : markerOf(term);
  if (term instanceof Reference) return markerOf(term);
  if (!(term instanceof PartialString)) return undefined;
  const parts = term.parts.map((part) => (typeof part === 'string' ? part : symbolKey(part)));
  return parts.includes(undefined) ? undefined : parts.join('');
}
