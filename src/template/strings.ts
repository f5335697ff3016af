import { scalarText } from '../model/scalar-text.ts';
import {
  Choice,
  PartialString,
  Reference,
  SecretReference,
  SymbolicValue,
  Unresolved,
  type Cause,
  type StringPart,
  type Value,
} from '../model/value.ts';

const dynamicStart = '{{resolve:';
const dynamicEnd = '}}';

/** Nested functions can double a text at each level; CloudFormation's own limit for a template is 1 MB. */
export const textLimit = 1_000_000;
const partLimit = 10_000;

/** The first thing in a value that is not known, without looking into lists and objects. */
export function causeOf(value: Value | undefined): Cause | undefined {
  if (value instanceof Unresolved || value instanceof Choice) return value.cause;
  if (value instanceof Reference) return deployedCause(value);
  if (value instanceof SecretReference) {
    return {
      code: 'attribute',
      message: `\`${value.text}\` is read when the stack is deployed`,
      about: value.text,
    };
  }
  if (value instanceof PartialString) {
    return causeOf(value.parts.find((part) => typeof part !== 'string'));
  }
  return undefined;
}

function deployedCause(reference: Reference): Cause {
  const name = reference.resourceId.slice(reference.resourceId.lastIndexOf('/') + 1);
  const about = reference.attribute === undefined ? name : `${name}.${reference.attribute}`;
  return { code: 'attribute', message: `\`${about}\` is known only after deployment`, about };
}

/** A string leaf as a value: plain, or with its dynamic references taken out. */
export function textValue(text: string): Value {
  return text.includes(dynamicStart) ? fromParts([text]) : text;
}

/**
 * Joins values into one string. All known gives a plain string; one value alone is itself.
 * A single undecided choice is kept as a choice of two strings; a second one counts as unresolved,
 * so that the result never grows faster than its input.
 */
export function concatenate(values: readonly (Value | undefined)[]): Value {
  const at = values.findIndex((value) => value instanceof Choice);
  const choice = values[at];
  if (choice instanceof Choice) {
    const others = values.map((value) => (value instanceof Choice ? new Unresolved(value.cause) : value));
    const whenTrue = concatenate(others.with(at, choice.whenTrue));
    const whenFalse = concatenate(others.with(at, choice.whenFalse));
    return new Choice(choice.cause, whenTrue, whenFalse);
  }
  const parts: StringPart[] = [];
  for (const value of values) {
    appendParts(parts, value);
    if (isTooLong(parts))
      return new Unresolved({ code: 'unsupported', message: 'the string grows too long' });
  }
  return fromParts(parts);
}

function isTooLong(parts: readonly StringPart[]): boolean {
  const last = parts.at(-1);
  return parts.length > partLimit || (typeof last === 'string' && last.length > textLimit);
}

function appendParts(parts: StringPart[], value: Value | undefined): void {
  if (value === undefined || value === null) return;
  if (value instanceof PartialString) {
    for (const part of value.parts) appendPart(parts, part);
  } else if (value instanceof SymbolicValue) {
    appendPart(parts, value as StringPart); // a Choice has been replaced by the caller
  } else if (typeof value === 'object') {
    const what = Array.isArray(value) ? 'a list' : 'a mapping';
    appendPart(
      parts,
      new Unresolved({ code: 'malformed', message: `${what} is used where a string is required` }),
    );
  } else {
    appendPart(parts, scalarText(value));
  }
}

/** Adjacent known pieces are merged, empty ones dropped. */
function appendPart(parts: StringPart[], part: StringPart): void {
  if (part === '') return;
  const last = parts.at(-1);
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else parts.push(part);
}

function fromParts(parts: readonly StringPart[]): Value {
  const hasDynamic = parts.some((part) => typeof part === 'string' && part.includes(dynamicStart));
  const folded = hasDynamic ? foldDynamicReferences(parts) : parts;
  if (folded.length === 0) return '';
  const [only] = folded;
  return folded.length === 1 && only !== undefined ? only : new PartialString(folded);
}

/** Takes `{{resolve:...}}` out of a string, also where its inside is only partly known. */
function foldDynamicReferences(parts: readonly StringPart[]): StringPart[] {
  const folded: StringPart[] = [];
  let open: string | undefined;
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (open === undefined) appendPart(folded, part);
      else open += placeholder(part);
      continue;
    }
    let rest = part;
    for (;;) {
      const marker = open === undefined ? dynamicStart : dynamicEnd;
      const at = rest.indexOf(marker);
      if (at === -1) break;
      if (open === undefined) {
        appendPart(folded, rest.slice(0, at));
        open = dynamicStart;
      } else {
        appendPart(folded, secretReference(`${open}${rest.slice(0, at)}${dynamicEnd}`));
        open = undefined;
      }
      rest = rest.slice(at + marker.length);
    }
    if (open === undefined) appendPart(folded, rest);
    else open += rest;
  }
  // Never closed: CloudFormation takes it as text.
  if (open !== undefined) appendPart(folded, open);
  return folded;
}

function placeholder(part: Exclude<StringPart, string>): string {
  if (part instanceof SecretReference) return part.text;
  if (part instanceof Unresolved) return '${?}';
  const name = part.resourceId.slice(part.resourceId.lastIndexOf('/') + 1);
  return part.attribute === undefined ? `\${${name}}` : `\${${name}.${part.attribute}}`;
}

function secretReference(text: string): SecretReference | string {
  const service = /^\{\{resolve:(secretsmanager|ssm-secure|ssm):/.exec(text)?.[1];
  // A service of another name is no dynamic reference to CloudFormation.
  return service === undefined ? text : new SecretReference(service as SecretReference['service'], text);
}

/** A piece of a Fn::Sub string: literal text, or the name between `${` and `}`. */
export type SubPiece = string | { readonly name: string };

/** Splits the string of a Fn::Sub; `${!Literal}` gives `${Literal}`. */
export function parseSub(text: string): SubPiece[] {
  const pieces: SubPiece[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf('${', from);
    const end = start === -1 ? -1 : text.indexOf('}', start);
    if (end === -1) break;
    if (start > from) pieces.push(text.slice(from, start));
    const name = text.slice(start + 2, end);
    pieces.push(name.startsWith('!') ? `\${${name.slice(1)}}` : { name: name.trim() });
    from = end + 1;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
