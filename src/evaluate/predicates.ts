import { scalarText } from '../model/scalar-text.ts';
import { knownStart, mayBe } from '../model/value-limits.ts';
import {
  Choice,
  PartialString,
  Reference,
  SecretReference,
  SymbolicValue,
  Unresolved,
  isObjectValue,
  type Cause,
  type StringPart,
  type Value,
} from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { boundNode, type Context, type Node } from './node.ts';
import { compilePattern } from './pattern.ts';
import { compileOperand, knownEnds, operandOf, rangeOf, toNumber, type Operand } from './operands.ts';
import { meetsNetworkOf } from './network.ts';
import { isInRegionOf } from './region.ts';
import { hasShape, type ValueShape } from './shapes.ts';
import { agree, some, type Truth } from '../model/truth.ts';

/** What a predicate sees beside the value itself. */
export interface PredicateInput {
  readonly value: Value | undefined;
  readonly isDefault: boolean;
  readonly node: Node;
  readonly context: Context;
}

export type Predicate = (input: PredicateInput) => Truth;

/** Why a symbolic value cannot be compared. */
export function blocked(value: SymbolicValue): Cause {
  if (value instanceof Unresolved || value instanceof Choice) return value.cause;
  if (value instanceof Reference) {
    const name = value.resourceId.slice(value.resourceId.lastIndexOf('/') + 1);
    return {
      code: 'attribute',
      message: `${value.attribute === undefined ? 'the id' : value.attribute} of \`${name}\` is known only after deployment`,
    };
  }
  if (value instanceof PartialString) {
    const unknown = value.parts.find((part) => typeof part !== 'string');
    if (unknown !== undefined && typeof unknown !== 'string') return blocked(unknown);
  }
  return { code: 'attribute', message: 'the value is kept elsewhere and not known here' };
}

function isScalar(item: Value): boolean {
  return typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';
}

function sameLiteral(value: Value, expected: Value): boolean {
  if (value === expected) return true;
  if (!isScalar(value) || !isScalar(expected)) return false;
  const [text, wanted] = [scalarText(value), scalarText(expected)];
  return text === wanted || (typeof expected === 'boolean' && text.toLowerCase() === wanted);
}

function equalTo(value: Value | undefined, expected: Value | undefined): Truth {
  if (value === undefined || expected === undefined) return value === expected;
  if (expected instanceof SymbolicValue) return sameSymbol(value, expected) ? true : blocked(expected);
  if (value instanceof PartialString && typeof expected === 'string') {
    const { start, end } = knownEnds(value);
    return expected.startsWith(start) && expected.endsWith(end) ? blocked(value) : false;
  }
  if (value instanceof Unresolved && isScalar(expected) && !mayBe(value, scalarText(expected))) return false;
  if (value instanceof SymbolicValue) return blocked(value);
  return sameLiteral(value, expected);
}

// A member of a list may stand under an undecided condition: what holds on both sides holds.
function member(item: Value, test: (value: Value) => Truth): Truth {
  if (!(item instanceof Choice)) return test(item);
  const side = (value: Value | undefined): Truth => value !== undefined && member(value, test);
  return agree(side(item.whenTrue), side(item.whenFalse), item.cause);
}

function sameSymbol(value: Value, expected: SymbolicValue): boolean {
  return (
    value instanceof Reference &&
    expected instanceof Reference &&
    value.resourceId === expected.resourceId &&
    value.attribute === expected.attribute
  );
}

type Compare = (a: number, b: number) => boolean;

function numeric(compare: Compare): (raw: unknown) => Predicate {
  return (raw) => {
    const limit = compileOperand(raw);
    return ({ value, node, context }) => {
      if (value === undefined) return false;
      const bound = limit(node, context);
      const [range, limits] = [rangeOf(operandOf(value)), rangeOf(bound)];
      if (range !== undefined && limits !== undefined) {
        // A comparison changes but once over a range: what both ends agree on holds in between.
        const atLow = compare(range[0], limits[1]);
        if (atLow === compare(range[1], limits[0])) return atLow;
      }
      if (value instanceof SymbolicValue) return blocked(value);
      if ('unknown' in bound) return bound.unknown;
      return range === undefined ? { code: 'malformed', message: 'the value is not a number' } : false;
    };
  };
}

// What a text predicate answers where only the ends, or nothing, of the text is known.
function textual(
  onText: (text: string) => boolean,
  onPartial?: (value: PartialString) => Truth | undefined,
): Predicate {
  return ({ value }) => {
    if (value === undefined || value === null) return false;
    if (value instanceof PartialString) return onPartial?.(value) ?? blocked(value);
    if (value instanceof SecretReference) return onText(value.text);
    if (value instanceof SymbolicValue) return blocked(value);
    return typeof value === 'object' ? onText(JSON.stringify(value)) : onText(scalarText(value));
  };
}

/** What `Ref` gives, an id, a name, an ARN or the https address of a queue, is never an http address. */
function startsWithId({ parts: [first] }: PartialString): boolean {
  return first instanceof Reference && first.attribute === undefined;
}

function startsWith(raw: unknown): Predicate {
  const wanted = scalarText(raw);
  const isPlainAddress = wanted.startsWith('http://');
  // Schemes of addresses are the same in capitals.
  const onText = (text: string): boolean =>
    (isPlainAddress ? text.slice(0, wanted.length).toLowerCase() : text).startsWith(wanted);
  const plain = textual(onText, (value) => {
    const { start } = knownEnds(value);
    if (start.length >= wanted.length) return onText(start);
    return wanted.startsWith(start) && !(startsWithId(value) && isPlainAddress) ? undefined : false;
  });
  return (input) => {
    const { value } = input;
    if (value instanceof Reference && value.attribute === 'Arn' && wanted === 'arn:') return true;
    const start = value instanceof Unresolved ? knownStart(value) : '';
    if (start.length >= wanted.length) return onText(start);
    if (!isPlainAddress && !wanted.startsWith(start)) return false;
    return plain(input);
  };
}

function endsWith(raw: unknown): Predicate {
  const wanted = scalarText(raw);
  return textual(
    (text) => text.endsWith(wanted),
    (value) => {
      const { end } = knownEnds(value);
      if (end.length >= wanted.length) return end.endsWith(wanted);
      return wanted.endsWith(end) ? undefined : false;
    },
  );
}

function contains(raw: unknown): Predicate {
  const operand = compileOperand(raw);
  return ({ value, node, context }) => {
    const wanted = operand(node, context);
    if ('unknown' in wanted) return wanted.unknown;
    if (Array.isArray(value))
      return some(value as readonly Value[], (item) => member(item, (one) => equalTo(one, wanted.known)));
    const piece = scalarText(wanted.known);
    return textual(
      (text) => text.includes(piece),
      (partial) =>
        partial.parts.some((part) => typeof part === 'string' && part.includes(piece))
          ? true
          : usuallyFails(partial, (text) => text.includes(piece)),
    )({ value, node, context, isDefault: false });
  };
}

function matches(raw: unknown): Predicate {
  const pattern = scalarText(raw);
  const piecesOf = decisivePieces(pattern);
  return (input) => {
    const { rule, patternEngine: engine } = input.context;
    const found = compilePattern(pattern, { isShipped: rule.origin === 'shipped', engine });
    return textual(found, (value) => {
      if (piecesOf(value).some(found)) return true;
      return usuallyFails(value, found);
    })(input);
  };
}

/** What `AWS::Region` and the like usually stand for: short names of letters, digits and dashes. */
const usualPieces: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

function usualPiece(part: StringPart): string | undefined {
  if (!(part instanceof Unresolved) || part.cause.code !== 'pseudo-parameter') return undefined;
  return usualPieces[part.cause.about ?? ''];
}

function usualText(value: PartialString): string | undefined {
  let text = '';
  for (const part of value.parts) {
    const known = typeof part === 'string' ? part : usualPiece(part);
    if (known === undefined) return undefined;
    text += known;
  }
  return text;
}

// What the usual Region, account and partition do not satisfy, no other does.
function usuallyFails(value: PartialString, onText: (text: string) => boolean): false | undefined {
  const usual = usualText(value);
  return usual !== undefined && !onText(usual) ? false : undefined;
}

// Known pieces that satisfy a pattern for the whole text: any of them, or where it is anchored, the one at that end.
function decisivePieces(pattern: string): (value: PartialString) => readonly string[] {
  const anchors = pattern.replace(/\\[^bBz]|\[(?:\\.|[^\]\\])*\]/g, '');
  const atStart = /\^|\\[bB]/.test(anchors);
  const atEnd = /\$|\\[bBz]/.test(anchors);
  return ({ parts }) =>
    parts.filter(
      (part, index): part is string =>
        typeof part === 'string' && (!atStart || index === 0) && (!atEnd || index === parts.length - 1),
    );
}

/** The whole text where the filter has stars, else a piece of it. */
function fitsFilter(raw: unknown): Predicate {
  const operand = compileOperand(raw);
  return (input) => {
    const wanted = operand(input.node, input.context);
    if ('unknown' in wanted) return wanted.unknown;
    if (wanted.known instanceof SymbolicValue) return blocked(wanted.known);
    const filter = scalarText(wanted.known);
    if (filter === '') return false;
    if (/^\*+$/.test(filter)) return true;
    return textual((text) =>
      filter.includes('*') ? wildcardMatches(filter.replaceAll('?', '\u0000'), text) : text.includes(filter),
    )(input);
  };
}

function empty(raw: unknown): Predicate {
  return ({ value }) => {
    if (value instanceof Unresolved && mayBe(value, '')) return value.cause;
    return isEmpty(value) === (raw === true);
  };
}

function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (value instanceof SymbolicValue) return false;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isEmpty);
  return isObjectValue(value) && Object.keys(value).length === 0;
}

function oneOf(raw: unknown): Predicate {
  const list = Array.isArray(raw) ? () => ({ known: raw as Value }) as Operand : compileOperand(raw);
  return ({ value, node, context }) => {
    const wanted = list(node, context);
    if ('unknown' in wanted) return wanted.unknown;
    const choices = Array.isArray(wanted.known) ? (wanted.known as readonly Value[]) : [];
    return some(choices, (choice) => equalTo(value, choice));
  };
}

function equals(raw: unknown): Predicate {
  const operand = compileOperand(raw);
  return ({ value, node, context }) => {
    const wanted = operand(node, context);
    return 'unknown' in wanted ? wanted.unknown : equalTo(value, wanted.known);
  };
}

function exists(raw: unknown): Predicate {
  return ({ value, isDefault }) => {
    // A property that an unresolved part stands for may be there or not.
    if (
      value instanceof Unresolved &&
      value.cause.code !== 'parameter' &&
      value.cause.code !== 'import' &&
      value.cause.code !== 'pseudo-parameter' &&
      value.cause.code !== 'attribute'
    )
      return value.cause;
    return (isSet(value) && !isDefault) === (raw === true);
  };
}

// Empty text, empty lists and lists of nothing else set nothing. An empty object may be the whole of a setting (`Block: {}`).
function isSet(value: Value | undefined): boolean {
  if (Array.isArray(value)) return !isEmpty(value);
  return value !== undefined && value !== null && value !== '';
}

function refersTo(raw: unknown): Predicate {
  return ({ value, node, context }) => {
    const target = boundNode(context, scalarText(raw))?.resource;
    if (target === undefined || value === undefined) return false;
    const test = (one: Value): Truth =>
      holdsReference(one, target) || context.graph.names(one, node.resource, target, context.world);
    return Array.isArray(value)
      ? some(value as readonly Value[], (item) => member(item, test))
      : member(value, test);
  };
}

function inRegionOf(raw: unknown): Predicate {
  return ({ value, context }) => {
    const bound = boundNode(context, scalarText(raw))?.resource;
    return bound === undefined ? false : isInRegionOf(value, bound, context.graph);
  };
}

function meetsNetwork(raw: unknown): Predicate {
  return ({ value, context }) => {
    const bound = boundNode(context, String(raw))?.resource;
    return bound === undefined ? false : meetsNetworkOf(value, bound, context);
  };
}

function holdsReference(value: Value, target: Node['resource']): boolean {
  if (value instanceof Reference) return value.resourceId === target.id;
  return value instanceof PartialString && value.parts.some((part) => holdsReference(part, target));
}

function notDeprecated(raw: unknown): Predicate {
  const within = compileOperand((raw as { readonly withinDays: unknown }).withinDays);
  return ({ value, node, context }) => {
    if (value === undefined) return false;
    if (value instanceof SymbolicValue) return blocked(value);
    const { asOf, table } = context.data.runtimes;
    const entry = table[scalarText(value)];
    if (entry === undefined)
      return {
        code: 'data',
        message: `the runtime table (as of ${asOf}) does not include \`${scalarText(value)}\``,
        remedy: 'update Headgate, or extend rules/data/runtimes.yaml',
      };
    if (entry.deprecated === null) return true;
    const days = within(node, context);
    if ('unknown' in days) return days.unknown;
    const daysLeft = (Date.parse(entry.deprecated) - context.now.getTime()) / 86_400_000;
    return daysLeft > (toNumber(days.known) ?? 0);
  };
}

function shape(raw: unknown): Predicate {
  return ({ value, context }) => hasShape(value, raw as ValueShape, context);
}

/** Predicates by keyword; each takes the rule's argument once and is then asked per value. */
export const predicates: Readonly<Record<string, (argument: unknown) => Predicate>> = {
  exists,
  equals,
  in: oneOf,
  matches,
  startsWith,
  endsWith,
  contains,
  fitsFilter,
  empty,
  atLeast: numeric((a, b) => a >= b),
  atMost: numeric((a, b) => a <= b),
  above: numeric((a, b) => a > b),
  below: numeric((a, b) => a < b),
  is: shape,
  refersTo,
  inRegionOf,
  meetsNetworkOf: meetsNetwork,
  notDeprecated,
};
