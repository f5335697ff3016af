import {
  Choice,
  isArrayValue,
  isObjectValue,
  PartialString,
  Reference,
  SecretReference,
  SymbolicValue,
  Unresolved,
  type Cause,
  type StringPart,
  type Value,
} from '../../model/value.ts';

/**
 * What an expression gives while it is evaluated: a value of the model, or what the model has no words for.
 * Terms are never changed once they are made.
 */
export type Term =
  string | number | boolean | null | readonly Term[] | ObjectTerm | SymbolicValue | SpecialTerm;

export interface ObjectTerm {
  readonly [key: string]: Term;
}

export abstract class SpecialTerm {
  abstract readonly special: 'set' | 'encoded' | 'choice' | 'lazy';
}

/** A set: what stands in it, in Terraform's order where all of it is known. */
export class SetTerm extends SpecialTerm {
  readonly special = 'set';
  constructor(readonly items: readonly Term[]) {
    super();
  }
}

/** A text that a function made of a value, which is kept: most of what is unknown in it is one text in it. */
export class EncodedTerm extends SpecialTerm {
  readonly special = 'encoded';
  constructor(readonly value: Term) {
    super();
  }
}

/** A condition that is not known, with what stands on either side. */
export class ChoiceTerm extends SpecialTerm {
  readonly special = 'choice';
  constructor(
    readonly cause: Cause,
    readonly whenTrue: Term,
    readonly whenFalse: Term,
  ) {
    super();
  }
}

/** What is looked up only when it is used: an instance of a resource, a module, an attribute of either. */
export abstract class LazyTerm extends SpecialTerm {
  readonly special = 'lazy';
  /** @throws EvaluationError where there certainly is no such member. */
  abstract member(key: string | number): Term;
  /** The value as a whole; never lazy. */
  abstract force(): Term;
}

/** What Terraform reports as an error, so that `try` and `can` go on. The message has no final full stop. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}

/** A term that is not lazy, at its top. */
export function force(term: Term): Term {
  return term instanceof LazyTerm ? term.force() : term;
}

export function isObjectTerm(term: Term): term is ObjectTerm {
  return (
    typeof term === 'object' &&
    term !== null &&
    !Array.isArray(term) &&
    !(term instanceof SymbolicValue) &&
    !(term instanceof SpecialTerm)
  );
}

export function isListTerm(term: Term): term is readonly Term[] {
  return Array.isArray(term);
}

/** Members in the order in which Terraform goes through them. */
export function membersOf(term: ObjectTerm): (readonly [string, Term])[] {
  return Object.entries(term).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}

/** Elements of a list or a set. */
export function itemsOf(term: Term): readonly Term[] | undefined {
  if (term instanceof SetTerm) return term.items;
  return isListTerm(term) ? term : undefined;
}

/** An object of entries; keys such as `__proto__` are keys like others. */
export function objectOf(entries: Iterable<readonly [string, Term]>): ObjectTerm {
  return Object.fromEntries(entries);
}

/** The first unknown at the top of terms: why a function of them is not known. */
export function unknownOf(terms: readonly Term[]): Unresolved | undefined {
  for (const term of terms) {
    if (term instanceof Unresolved) return term;
    if (term instanceof SymbolicValue) return new Unresolved(causeOfSymbol(term));
  }
  return undefined;
}

function causeOfSymbol(value: SymbolicValue): Cause {
  const part = value instanceof PartialString ? value.parts.find((each) => typeof each !== 'string') : value;
  if (part instanceof Unresolved) return part.cause;
  if (part instanceof Reference) {
    const name = part.resourceId.slice(part.resourceId.lastIndexOf('/') + 1);
    const about = part.attribute === undefined ? name : `${name}.${part.attribute}`;
    return { code: 'attribute', message: `\`${about}\` is known only after the plan is applied`, about };
  }
  return { code: 'attribute', message: 'a part of the text is known only after the plan is applied' };
}

/** A value of the model as a term. */
export function termOf(value: Value | undefined): Term {
  if (value === undefined) return null;
  if (value instanceof Choice)
    return new ChoiceTerm(value.cause, termOf(value.whenTrue), termOf(value.whenFalse));
  if (isArrayValue(value)) return value.some(isDeep) ? value.map(termOf) : value;
  if (isObjectValue(value) && Object.values(value).some(isDeep))
    return objectOf(Object.entries(value).map(([key, item]) => [key, termOf(item)]));
  return value;
}

function isDeep(value: Value): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * A term as a value of the model. What is null is absent, unless it stands in a document.
 * @param isDocument a text that was encoded is wanted as what it holds.
 */
export function valueOf(term: Term, isDocument = false): Value | undefined {
  const found = force(term);
  if (found === null) return undefined;
  if (found instanceof EncodedTerm) return isDocument ? documentOf(found.value) : textOfEncoded(found);
  if (found instanceof ChoiceTerm)
    return new Choice(found.cause, valueOf(found.whenTrue, isDocument), valueOf(found.whenFalse, isDocument));
  const items = itemsOf(found);
  if (items !== undefined)
    return items.map((item) => valueOf(item)).filter((item): item is Value => item !== undefined);
  if (!isObjectTerm(found)) return found as Value; // Scalars and symbolic values are all that is left.
  const members = Object.entries(found).flatMap(([key, item]) => {
    const value = valueOf(item);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(members);
}

/** What a document holds: null stays, and texts in it that are documents again are texts. */
function documentOf(term: Term): Value {
  const found = force(term);
  if (found instanceof EncodedTerm) return textOfEncoded(found);
  if (found instanceof ChoiceTerm)
    return new Choice(found.cause, documentOf(found.whenTrue), documentOf(found.whenFalse));
  const items = itemsOf(found);
  if (items !== undefined) return items.map(documentOf);
  if (isObjectTerm(found))
    return Object.fromEntries(membersOf(found).map(([key, item]) => [key, documentOf(item)]));
  return found as Value;
}

/** The JSON text of what was encoded: a text with holes where something in it is not known. */
export function textOfEncoded({ value }: EncodedTerm): Value {
  const parts: StringPart[] = [];
  writeJson(documentOf(value), parts);
  return joinParts(parts);
}

function writeJson(value: Value, parts: StringPart[]): void {
  if (value instanceof PartialString) {
    parts.push('"');
    for (const part of value.parts)
      parts.push(typeof part === 'string' ? jsonString(part).slice(1, -1) : part);
    parts.push('"');
  } else if (value instanceof Reference || value instanceof SecretReference) parts.push('"', value, '"');
  else if (value instanceof Choice) parts.push(new Unresolved(value.cause));
  else if (value instanceof Unresolved) parts.push(value);
  else if (isArrayValue(value)) {
    parts.push('[');
    for (const [index, item] of value.entries()) {
      if (index > 0) parts.push(',');
      writeJson(item, parts);
    }
    parts.push(']');
  } else if (isObjectValue(value)) {
    parts.push('{');
    for (const [index, [key, item]] of Object.entries(value).entries()) {
      parts.push(`${index > 0 ? ',' : ''}${jsonString(key)}:`);
      writeJson(item, parts);
    }
    parts.push('}');
  } else parts.push(typeof value === 'string' ? jsonString(value) : JSON.stringify(value));
}

/** As Go's encoder writes it, which Terraform uses: signs that could end a script are escaped. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text of pieces: plain where all are known, with neighbours that are known made one. */
export function joinParts(
  parts: readonly StringPart[],
): string | PartialString | Reference | Unresolved | SecretReference {
  const merged: StringPart[] = [];
  let text: string[] = [];
  const flush = (): void => {
    const joined = text.join('');
    if (joined !== '') merged.push(joined);
    text = [];
  };
  for (const part of parts) {
    if (typeof part === 'string') text.push(part);
    else {
      flush();
      merged.push(part);
    }
  }
  flush();
  const [only] = merged;
  if (only === undefined) return '';
  return merged.length === 1 ? only : new PartialString(merged);
}

/** A scalar as pieces of a text; undefined for what is no text. */
export function partsOf(term: Term): readonly StringPart[] | undefined {
  const found = force(term);
  if (typeof found === 'string') return [found];
  if (typeof found === 'number' || typeof found === 'boolean') return [numberText(found)];
  if (found instanceof PartialString) return found.parts;
  if (found instanceof Reference || found instanceof Unresolved || found instanceof SecretReference)
    return [found];
  if (found instanceof EncodedTerm) return partsOf(termOf(textOfEncoded(found)));
  return undefined;
}

/** Numbers are written without an exponent. */
export function numberText(value: number | boolean): string {
  if (typeof value === 'boolean' || Math.abs(value) < 1e21) return String(value);
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** True where nothing of a term is unknown. */
export function isKnown(term: Term): boolean {
  const found = force(term);
  if (found instanceof EncodedTerm) return isKnown(found.value);
  if (found instanceof ChoiceTerm || found instanceof SymbolicValue) return false;
  const items = itemsOf(found);
  if (items !== undefined) return items.every(isKnown);
  return !isObjectTerm(found) || Object.values(found).every(isKnown);
}
