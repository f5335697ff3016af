import {
  EvaluationError,
  force,
  isObjectTerm,
  itemsOf,
  objectOf,
  SetTerm,
  termOf,
  type Term,
} from './terms.ts';
import { hclFunctions } from './functions/index.ts';
import type { FunctionContext } from './functions/function.ts';
import type { Expression } from './syntax.ts';

/**
 * A term as the type of a variable has it: texts and numbers converted, attributes that are left out of objects
 * with their defaults. What does not fit stays as it is: whether Terraform accepts a value is not asked here.
 */
export function convertTo(
  term: Term,
  type: Expression,
  context: FunctionContext,
  evaluate: (expression: Expression) => Term,
): Term {
  const convert = (inner: Term, innerType: Expression): Term =>
    convertTo(inner, innerType, context, evaluate);
  if (type.kind === 'variable') return scalar(term, type.name, context);
  if (type.kind !== 'call') return term;
  const [of] = type.arguments;
  if (of === undefined) return term;
  const found = force(term);
  if (type.name === 'optional') return convert(found, of);
  if (found === null) return null;
  if (type.name === 'object')
    return of.kind === 'object' ? toObject(found, of.items, convert, evaluate) : found;
  if (type.name === 'map')
    return isObjectTerm(found)
      ? objectOf(Object.entries(found).map(([key, item]) => [key, convert(item, of)]))
      : found;
  if (type.name === 'tuple') {
    const types = of.kind === 'tuple' ? of.items : [];
    return (
      itemsOf(found)?.map((item, index) =>
        types[index] === undefined ? item : convert(item, types[index]),
      ) ?? found
    );
  }
  const items = itemsOf(found)?.map((item) => convert(item, of));
  if (items === undefined) return found;
  if (type.name === 'list') return items;
  return type.name === 'set' ? (hclFunctions.get('toset')?.([items], context) ?? new SetTerm(items)) : found;
}

function scalar(term: Term, type: string, context: FunctionContext): Term {
  const named = { string: 'tostring', number: 'tonumber', bool: 'tobool' }[type];
  if (named === undefined) return term;
  const found = force(term);
  if (
    found === null ||
    (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean')
  )
    return found;
  try {
    return hclFunctions.get(named)?.([found], context) ?? found;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return found;
  }
}

function toObject(
  term: Term,
  items: readonly { readonly key: Expression; readonly value: Expression }[],
  convert: (term: Term, type: Expression) => Term,
  evaluate: (expression: Expression) => Term,
): Term {
  if (!isObjectTerm(term)) return term;
  const entries = items.map(({ key, value }): readonly [string, Term] => {
    const name = String(termOf(evaluate(key) as string));
    const isOptional = value.kind === 'call' && value.name === 'optional';
    const given = Object.hasOwn(term, name) ? (term[name] ?? null) : null;
    const fallback = isOptional ? value.arguments[1] : undefined;
    const isMissing = fallback !== undefined && force(given) === null;
    return [name, convert(isMissing ? evaluate(fallback) : given, value)];
  });
  return objectOf(entries);
}
