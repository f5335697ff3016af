import { scalarText } from '../model/scalar-text.ts';
import {
  Choice,
  isArrayValue,
  PartialString,
  Reference,
  SymbolicValue,
  Unresolved,
  describeValue,
  type Cause,
  type Condition,
  type StringPart,
  type Value,
} from '../model/value.ts';
import { pieceOf } from './arn-pieces.ts';
import { cutCidr } from './cidr.ts';
import { isRawObject, member } from '../text/raw.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { causeOf, concatenate, parseSub, textLimit } from './strings.ts';
import type { ValueResolver } from './value-resolver.ts';

/** One intrinsic function: its raw argument in, its value out. */
type Intrinsic = (argument: unknown, resolver: ValueResolver) => Value | undefined;

/** Zones are named by letters; which of them an account has is not known, only that they differ. */
const zoneLetters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Everything but `Ref`, `Fn::If` and the condition functions, which belong to the resolver itself. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  [
    'Fn::Base64',
    (argument, resolver) => mapChoice(resolver.resolve(argument), (value) => base64(value, resolver)),
  ],
  ['Fn::Cidr', cidr],
  ['Fn::FindInMap', findInMap],
  ['Fn::GetAtt', getAtt],
  ['Fn::GetAZs', getAzs],
  ['Fn::GetStackOutput', getStackOutput],
  ['Fn::ImportValue', (argument, resolver) => resolver.surroundings.importValue(resolver.resolve(argument))],
  ['Fn::Join', join],
  ['Fn::Length', (argument, resolver) => mapChoice(resolver.resolve(argument), length)],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::Sub', sub],
  ['Fn::ToJsonString', (argument, resolver) => toJsonString(resolver.resolve(argument))],
]);

function malformed(message: string): Unresolved {
  return new Unresolved({ code: 'malformed', message });
}

/** What a function gives when an argument is not known, or is known and wrong. */
function unknownOr(value: Value | undefined, message: string): Unresolved {
  const cause = causeOf(value);
  return cause === undefined ? malformed(message) : new Unresolved(cause);
}

/** Applies a function of one argument to both sides of an undecided choice. */
function mapChoice(value: Value | undefined, apply: (value: Value | undefined) => Value): Value {
  if (!(value instanceof Choice)) return apply(value);
  return new Choice(value.cause, mapChoice(value.whenTrue, apply), mapChoice(value.whenFalse, apply));
}

function base64(value: Value | undefined, { surroundings }: ValueResolver): Value {
  if (value === undefined || value instanceof SymbolicValue || typeof value === 'object') {
    return unknownOr(value, '`Fn::Base64` takes a string');
  }
  const text = scalarText(value);
  if (text.length > textLimit) return malformed('`Fn::Base64` takes a shorter string');
  const encoded = Buffer.from(text).toString('base64');
  surroundings.secrets.derive(text, encoded);
  return encoded;
}

function length(value: Value | undefined): Value {
  return isArrayValue(value) ? value.length : unknownOr(value, '`Fn::Length` takes a list');
}

function listArgument(argument: unknown): readonly unknown[] {
  return Array.isArray(argument) ? (argument as unknown[]) : [];
}

function getAtt(argument: unknown, resolver: ValueResolver): Value {
  const [logicalId, ...rest] = typeof argument === 'string' ? splitOnce(argument) : listArgument(argument);
  const attribute = concatenate(
    rest.flatMap((part, index) => [index === 0 ? '' : '.', resolver.resolve(part)]),
  );
  if (typeof logicalId !== 'string' || rest.length === 0)
    return malformed('`Fn::GetAtt` takes [resource, attribute]');
  if (typeof attribute !== 'string') return unknownOr(attribute, '`Fn::GetAtt` takes an attribute name');
  return resolver.attribute(logicalId, attribute);
}

function splitOnce(text: string): string[] {
  const dot = text.indexOf('.');
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function sub(argument: unknown, resolver: ValueResolver): Value {
  const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (typeof text === 'number' || typeof text === 'boolean') return scalarText(text);
  if (typeof text !== 'string') return malformed('`Fn::Sub` takes a string, or [string, mapping]');
  // Each name is resolved once: nested substitutions would otherwise double the work at each level.
  const values = new Map<string, Value>();
  return concatenate(
    parseSub(text).map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = values.get(piece.name) ?? subVariable(piece.name, variables, resolver);
      values.set(piece.name, value);
      return value;
    }),
  );
}

function subVariable(name: string, variables: unknown, resolver: ValueResolver): Value {
  const given = member(variables, name);
  if (given !== undefined) return resolver.resolve(given) ?? '';
  if (name.startsWith('AWS::') || !name.includes('.')) return resolver.reference(name) ?? '';
  return getAtt(name, resolver);
}

function join(argument: unknown, resolver: ValueResolver): Value {
  const [delimiter, items] = listArgument(argument);
  const separator = resolver.resolve(delimiter);
  if (typeof separator !== 'string') return unknownOr(separator, '`Fn::Join` takes a delimiter and a list');
  return mapChoice(resolver.resolve(items), (list) => {
    if (!isArrayValue(list)) return unknownOr(list, '`Fn::Join` takes a delimiter and a list');
    return concatenate(list.flatMap((item, index) => (index === 0 ? [item] : [separator, item])));
  });
}

function split(argument: unknown, resolver: ValueResolver): Value {
  const [delimiter, source] = listArgument(argument);
  const separator = resolver.resolve(delimiter);
  return mapChoice(resolver.resolve(source), (text) => {
    if (typeof separator !== 'string' || separator === '')
      return unknownOr(separator, '`Fn::Split` takes a delimiter');
    if (typeof text !== 'string') return unknownOr(text, '`Fn::Split` takes a string');
    if (text.length > textLimit) return malformed('`Fn::Split` takes a shorter string');
    const pieces = text.split(separator);
    resolver.surroundings.secrets.derive(text, pieces);
    return pieces;
  });
}

function select(argument: unknown, resolver: ValueResolver): Value | undefined {
  const [indexArgument, listSource] = listArgument(argument);
  const position = resolver.resolve(indexArgument);
  const index = typeof position === 'number' || typeof position === 'string' ? Number(position) : NaN;
  if (!Number.isInteger(index) || index < 0)
    return unknownOr(position, '`Fn::Select` takes an index of 0 or more');
  const piece = selectOfSplit(listSource, index, resolver);
  if (piece !== undefined) return piece;
  return mapChoice(resolver.resolve(listSource), (list) => {
    if (!isArrayValue(list)) return unknownOr(list, '`Fn::Select` takes a list');
    return (
      list[index] ??
      malformed(
        `\`Fn::Select\` selects item ${index}, but the list has only ${list.length} (the first item is 0)`,
      )
    );
  });
}

/** A partly known string, split: its known pieces are known all the same. Resolves the string once. */
function selectOfSplit(source: unknown, index: number, resolver: ValueResolver): Value | undefined {
  if (!isRawObject(source) || !Object.hasOwn(source, 'Fn::Split')) return undefined;
  const [delimiter, textSource] = listArgument(source['Fn::Split']);
  if (typeof delimiter !== 'string' || delimiter === '') return undefined;
  const url = delimiter === '/' ? urlWhoseHostIs(index, textSource) : undefined;
  if (url === undefined) return splitPiece(resolver.resolve(textSource), delimiter, index, resolver);
  const whole = resolver.resolve(url);
  const host = hostOfUrl(whole);
  if (host !== undefined) return host;
  const text = index === 0 ? splitPiece(whole, '://', 1, resolver) : whole;
  return splitPiece(text, delimiter, index, resolver);
}

function splitPiece(
  value: Value | undefined,
  delimiter: string,
  index: number,
  resolver: ValueResolver,
): Value {
  return mapChoice(value, (text) => {
    const piece = pieceOf(text, delimiter, index, resolver);
    if (piece !== undefined) return piece;
    if (typeof text !== 'string') return unknownOr(text, '`Fn::Split` takes a string');
    const pieces = text.split(delimiter);
    return (
      pieces[index] ??
      malformed(
        `\`Fn::Select\` selects item ${index}, but the list has only ${pieces.length} (the first item is 0)`,
      )
    );
  });
}

/** Attributes that are a URL of one host alone; the reference then stands for that host. */
const urlAttributes: ReadonlySet<string> = new Set(['FunctionUrl', 'ApiEndpoint']);

/** The URL of which a piece between slashes is the host: piece 2 of itself, or piece 0 of what follows its `://`. */
function urlWhoseHostIs(index: number, source: unknown): unknown {
  if (index === 2) return source;
  const [behind, split] = listArgument(member(source, 'Fn::Select'));
  const [delimiter, url] = listArgument(member(split, 'Fn::Split'));
  return index === 0 && Number(behind) === 1 && delimiter === '://' ? url : undefined;
}

/** The host of a partly known URL: it holds no `/`, whatever its unknown parts are. */
function hostOfUrl(text: Value | undefined): Value | undefined {
  if (text instanceof Reference) return urlAttributes.has(text.attribute ?? '') ? text : undefined;
  const [scheme, ...rest] = text instanceof PartialString ? text.parts : [];
  if (typeof scheme !== 'string' || !/^https?:\/\//.test(scheme)) return undefined;
  const parts: StringPart[] = [];
  for (const part of [scheme.slice(scheme.indexOf('//') + 2), ...rest]) {
    const end = typeof part === 'string' ? part.indexOf('/') : -1;
    parts.push(typeof part === 'string' && end >= 0 ? part.slice(0, end) : part);
    if (end >= 0) break;
  }
  return concatenate(parts);
}

/** Values of a mapping that are told apart where the key is not known; what the others are is unknown. */
const toldApart = 6;

/** Keys that a mapping may have (CloudFormation's own quota); of one with more nobody says that all agree. */
const keyLimit = 200;

const keyLists = new WeakMap<object, readonly string[]>();

/** Keys of a mapping or of a part of one, at most one more than it may have; looked up once however often it is used. */
function keysOf(mapping: unknown): readonly string[] {
  if (!isRawObject(mapping)) return [];
  const known = keyLists.get(mapping) ?? Object.keys(mapping).slice(0, keyLimit + 1);
  keyLists.set(mapping, known);
  return known;
}

/** What keys that a mapping does not have lead to, and whether a value is what such a key leads to in vain. */
interface Elsewhere {
  readonly fallback: unknown;
  readonly resolver: ValueResolver;
}

function findInMap(argument: unknown, resolver: ValueResolver): Value | undefined {
  const [mapArgument, topArgument, secondArgument, options] = listArgument(argument);
  const [map, top, second] = [mapArgument, topArgument, secondArgument].map((key) => resolver.resolve(key));
  if (typeof map !== 'string') return unknownOr(map, '`Fn::FindInMap` takes [map, key, key]');
  const mapping = member(resolver.root['Mappings'], map);
  const elsewhere = { fallback: member(options, 'DefaultValue'), resolver };
  return forEachKey(top, mapping, elsewhere, (row) =>
    forEachKey(second, member(mapping, row), elsewhere, (column) => {
      const cell = member(member(mapping, row), column);
      if (cell !== undefined) return resolver.resolve(cell);
      return elsewhere.fallback === undefined
        ? new Unresolved(missingKey(map, row, column))
        : resolver.resolve(elsewhere.fallback);
    }),
  );
}

/** What a key of a mapping leads to: of one that is not known, a choice among those that the mapping has. */
function forEachKey(
  key: Value | undefined,
  among: unknown,
  elsewhere: Elsewhere,
  then: (key: string) => Value | undefined,
): Value | undefined {
  if (isKey(key)) return then(scalarText(key));
  if (key instanceof Choice) {
    const [whenTrue, whenFalse] = [key.whenTrue, key.whenFalse].map((side) =>
      forEachKey(side, among, elsewhere, then),
    );
    if (isMissing(whenTrue)) return whenFalse;
    if (whenTrue === whenFalse || isMissing(whenFalse)) return whenTrue;
    return new Choice(key.cause, whenTrue, whenFalse);
  }
  const cause = causeOf(key);
  const subject = cause === undefined ? undefined : toSymbolicText(key)?.text;
  if (cause === undefined || subject === undefined)
    return unknownOr(key, '`Fn::FindInMap` takes [map, key, key]');
  const keys = keysOf(among);
  const [start, end] = key instanceof PartialString ? [key.parts[0], key.parts.at(-1)] : [];
  const possible = keys.filter(
    (each) =>
      each.startsWith(typeof start === 'string' ? start : '') &&
      each.endsWith(typeof end === 'string' ? end : ''),
  );
  return amongKeys({ cause, subject }, keys.length > keyLimit ? keys : possible, elsewhere, then);
}

function amongKeys(
  { cause, subject }: { readonly cause: Cause; readonly subject: string },
  keys: readonly string[],
  { fallback, resolver }: Elsewhere,
  then: (key: string) => Value | undefined,
): Value | undefined {
  const groups = new Map<string, { readonly value: Value | undefined; readonly keys: string[] }>();
  for (const key of keys) {
    const value = then(key);
    if (isMissing(value)) continue;
    const text = describeValue(value, Infinity);
    const known = groups.get(text);
    if (known === undefined) groups.set(text, { value, keys: [key] });
    else known.keys.push(key);
  }
  const told = [...groups.values()].slice(0, toldApart);
  const isWhole = told.length === groups.size && keys.length <= keyLimit;
  // With a key that the mapping lacks nothing is deployed, unless there is a default: one of its values remains.
  let rest: Value | undefined = new Unresolved(cause);
  if (isWhole) rest = fallback === undefined ? (told.pop()?.value ?? rest) : resolver.resolve(fallback);
  return told.reduceRight<Value | undefined>(
    (other, group) =>
      group.value === other
        ? other
        : new Choice({ ...cause, condition: isOneOf(subject, group.keys) }, group.value, other),
    rest,
  );
}

/** The condition that an open key is one of these, as `Fn::Equals` has it. */
function isOneOf(subject: string, keys: readonly string[]): Condition {
  const of = keys.map((literal): Condition => ({
    kind: 'atom',
    id: `${subject} = ${literal}`,
    subject,
    literal,
  }));
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind: 'any', of };
}

/** True for a key that leads nowhere: no deployment has it. */
function isMissing(value: Value | undefined): boolean {
  return value instanceof Unresolved && value.cause.code === 'mapping';
}

function isKey(value: Value | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function missingKey(map: string, top: Value | undefined, second: Value | undefined): Cause {
  return {
    code: 'mapping',
    message: `mapping \`${map}\` has no entry \`${scalarText(top)}\` / \`${scalarText(second)}\``,
    about: map,
  };
}

function getAzs(argument: unknown, resolver: ValueResolver): Value {
  const given = resolver.resolve(argument);
  const region =
    given === '' || given === undefined || given === null ? resolver.reference('AWS::Region') : given;
  return zoneLetters.map((letter) => concatenate([region, letter]));
}

function cidr(argument: unknown, resolver: ValueResolver): Value {
  const [block, count, bits] = listArgument(argument).map((part) => resolver.resolve(part));
  const unknown = [block, count, bits].map((part) => causeOf(part)).find((cause) => cause !== undefined);
  if (unknown !== undefined) return new Unresolved(unknown);
  const hostBits = bits === undefined ? undefined : Number(bits);
  const blocks = typeof block === 'string' ? cutCidr(block, Number(count), hostBits) : undefined;
  return blocks ?? malformed('`Fn::Cidr` takes [address block, count, host bits] that fit each other');
}

/** What CDK writes for references between stacks that must not lock each other (aws-cdk-lib 2.276, read 2026-11). */
function getStackOutput(argument: unknown, resolver: ValueResolver): Value {
  const [stackName, output] = ['StackName', 'OutputName'].map((key) =>
    resolver.resolve(member(argument, key)),
  );
  return resolver.surroundings.stackOutput(stackName, output);
}

/** JSON text of a value; unknown parts stand in it as parts of a partly known string. */
function toJsonString(value: Value | undefined): Value {
  const parts: Value[] = [];
  appendJson(parts, value);
  return concatenate(parts);
}

function appendJson(parts: Value[], value: Value | undefined): void {
  if (value === undefined) return;
  if (isArrayValue(value)) {
    value.forEach((item, index) => {
      parts.push(index === 0 ? '[' : ',');
      appendJson(parts, item);
    });
    parts.push(value.length === 0 ? '[]' : ']');
  } else if (value instanceof PartialString) {
    parts.push(
      '"',
      ...value.parts.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part)),
      '"',
    );
  } else if (value instanceof Reference) {
    parts.push('"', value, '"');
  } else if (value instanceof Choice) {
    parts.push(new Unresolved(value.cause));
  } else if (value instanceof SymbolicValue) {
    parts.push(value);
  } else if (typeof value === 'object' && value !== null) {
    Object.entries(value).forEach(([key, item], index) => {
      parts.push(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
      appendJson(parts, item as Value);
    });
    parts.push(Object.keys(value).length === 0 ? '{}' : '}');
  } else {
    parts.push(JSON.stringify(value));
  }
}
