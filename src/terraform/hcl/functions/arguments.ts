import { Unresolved } from '../../../model/value.ts';
import {
  ChoiceTerm,
  EncodedTerm,
  EvaluationError,
  force,
  isObjectTerm,
  itemsOf,
  partsOf,
  termOf,
  textOfEncoded,
  unknownOf,
  type ObjectTerm,
  type Term,
} from '../terms.ts';
import type { FunctionContext, HclFunction } from './function.ts';

/** What an argument is, or why that is not known. */
export type Read<T> = T | Unresolved;

export function fail(message: string): never {
  throw new EvaluationError(message);
}

export function readText(term: Term | undefined): Read<string> {
  const found = force(term ?? null);
  if (found instanceof ChoiceTerm) return new Unresolved(found.cause);
  const parts = partsOf(found) ?? fail('a text is needed');
  const pieces = parts.filter((part) => typeof part === 'string');
  if (pieces.length === parts.length) return pieces.join('');
  return (
    unknownOf([found instanceof EncodedTerm ? termOf(textOfEncoded(found)) : found]) ??
    fail('a text is needed')
  );
}

export function readNumber(term: Term | undefined): Read<number> {
  const found = force(term ?? null);
  if (typeof found === 'number') return found;
  if (found instanceof ChoiceTerm) return new Unresolved(found.cause);
  if (typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found)))
    return Number(found);
  return unknownOf([found]) ?? fail('a number is needed');
}

export function readItems(term: Term | undefined): Read<readonly Term[]> {
  const found = force(term ?? null);
  if (found instanceof ChoiceTerm) return new Unresolved(found.cause);
  return itemsOf(found) ?? unknownOf([found]) ?? fail('a list or a set is needed');
}

export function readObject(term: Term | undefined): Read<ObjectTerm> {
  const found = force(term ?? null);
  if (found instanceof ChoiceTerm) return new Unresolved(found.cause);
  return isObjectTerm(found) ? found : (unknownOf([found]) ?? fail('a map or an object is needed'));
}

/** The first that is not known. */
export function firstUnknown(values: readonly unknown[]): Unresolved | undefined {
  return values.find((value): value is Unresolved => value instanceof Unresolved);
}

/** A function of texts; what it makes of a secret is one. */
export function ofTexts(
  apply: (texts: readonly string[], context: FunctionContext) => Term | undefined,
): HclFunction {
  return (given, context) => {
    const texts: string[] = [];
    for (const term of given) {
      const text = readText(term);
      if (typeof text !== 'string') return text;
      context.budget.spendText(text.length);
      texts.push(text);
    }
    const made = apply(texts, context);
    for (const text of texts) markMade(text, made, context);
    return made;
  };
}

function markMade(from: string, made: Term | undefined, { secrets }: FunctionContext): void {
  if (secrets.isEmpty || !secrets.isIn(from)) return;
  for (const text of typeof made === 'string' ? [made] : (itemsOf(made ?? null) ?? []))
    if (typeof text === 'string') secrets.derive(from, text);
}

export function ofNumbers(apply: (numbers: readonly number[]) => Term): HclFunction {
  return (given) => {
    const numbers: number[] = [];
    for (const term of given) {
      const number = readNumber(term);
      if (typeof number !== 'number') return number;
      numbers.push(number);
    }
    return apply(numbers);
  };
}

/** A function whose first argument is a list, handed on with the others as they are. */
export function ofList(
  apply: (items: readonly Term[], others: readonly Term[], context: FunctionContext) => Term | undefined,
): HclFunction {
  return ([list, ...others], context) => {
    const items = readItems(list);
    if (items instanceof Unresolved) return items;
    context.budget.spend(items.length);
    return apply(items, others, context);
  };
}
