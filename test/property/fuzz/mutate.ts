import type { Random } from './random.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

/** Names that mean something to JavaScript, YAML or CloudFormation where they are not expected. */
const oddNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'Ref',
  'Fn::If',
  'Fn::Sub',
  'Fn::ForEach::Each',
  'Fn::Transform',
  'Resources',
  'Properties',
  'Type',
  'Condition',
  '<<',
  '',
  '$unresolved',
  '0',
];

const oddValues: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  ' ',
  '*',
  '${',
  '${}',
  '${AWS::Region}',
  '${!Literal}',
  '{{resolve:secretsmanager:a:SecretString:b}}',
  '__proto__',
  'toString',
  '\u0000\u001b[31m\u202e\u0085',
  '::error::x',
  '##[error]x',
  'arn:aws:lambda:eu-west-1:111122223333:function:f',
  'arn:::::::',
  '{"Version":"2012-10-17","Statement":[{}]}',
  '{"a":',
  '(a+)+$',
  '9'.repeat(400),
  '../'.repeat(20),
  [],
  {},
  [[]],
  [null],
  { Ref: 'AWS::NoValue' },
  { Ref: 'nobody' },
  { 'Fn::GetAtt': [] },
  { 'Fn::GetAtt': 'a.b.c.d' },
  { 'Fn::Sub': ['${a}', { a: { Ref: 'AWS::StackName' } }] },
  { 'Fn::If': ['Undeclared', 'a', 'b'] },
  { 'Fn::Select': [99, { 'Fn::GetAZs': '' }] },
  { 'Fn::Split': ['', 'abc'] },
  { 'Fn::Join': [{}, ['a']] },
  { 'Fn::FindInMap': ['a', 'b', 'c'] },
  { 'Fn::ImportValue': { 'Fn::ImportValue': 'x' } },
  { 'Fn::Cidr': ['10.0.0.0/8', 99999, -1] },
  { 'Fn::Length': 3 },
  { 'Fn::ToJsonString': { a: { Ref: 'nobody' } } },
  { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: '../../etc/passwd' } } },
];

/** A copy of the tree, as JSON, with some of its parts changed, moved, wrapped, repeated or removed. */
export function mutateTree(tree: Json, random: Random, times: number): string {
  let changed = tree;
  let written = JSON.stringify(tree);
  for (let count = 0; count < times && written.length < 400_000; count++) {
    const path = placeIn(changed, random);
    const next = replace(changed, path, mutateValue(at(changed, path), changed, random));
    try {
      written = JSON.stringify(next);
      changed = next;
    } catch {
      // Nested too deep to be written by this: what there was is deep enough.
    }
  }
  return written;
}

const nothing = Symbol('removed');

function mutateValue(value: Json, whole: Json, random: Random): Json | typeof nothing {
  const other = (): Json => at(whole, placeIn(whole, random));
  const kinds: readonly (() => Json | typeof nothing)[] = [
    () => nothing,
    () => random.pick(oddValues),
    () => random.pick(oddValues),
    other,
    () => [value],
    () => [value, value, other()],
    () => ({ 'Fn::If': [random.pick(['IsProd', 'A', 'On']), value, other()] }),
    () => ({ [random.pick(oddNames)]: value }),
    () => nested(value, random),
    () => renamed(value, random),
    () => many(value, random),
    () => (typeof value === 'string' ? mutateText(value, random, 1) : String(JSON.stringify(value))),
    () => (isObject(value) ? { ...value, ...asObject(other()) } : other()),
  ];
  return random.pick(kinds)();
}

/** Deeper than any template, up to beyond the bound for nesting. */
function nested(value: Json, random: Random): Json {
  const depth = random.pick([3, 30, 300, 1200]);
  const kind = random.below(4);
  let inner = value;
  for (let level = 0; level < depth; level++)
    inner =
      kind === 0
        ? [inner]
        : kind === 1
          ? { a: inner }
          : kind === 2
            ? { 'Fn::Join': ['', ['a', inner]] }
            : { 'Fn::If': ['IsProd', inner, 'b'] };
  return inner;
}

function renamed(value: Json, random: Random): Json {
  if (!isObject(value)) return { [random.pick(oddNames)]: value };
  const names = Object.keys(value);
  if (names.length === 0) return value;
  const name = random.pick(names);
  const other = random.chance(0.5) ? random.pick(oddNames) : random.pick(names);
  return fromEntries(Object.entries(value).map(([key, item]) => [key === name ? other : key, item]));
}

/** The same many times over: list items, or members under new names. */
function many(value: Json, random: Random): Json {
  const count = random.pick([3, 30, 200]);
  const copies = Array.from(
    { length: JSON.stringify(value).length * count > 300_000 ? 2 : count },
    () => value,
  );
  return random.chance(0.5) ? copies : fromEntries(copies.map((copy, n) => [`N${n}`, copy]));
}

// `__proto__` has to become a member like any other.
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  const object: Record<string, Json> = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  return object;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: Json): Readonly<Record<string, Json>> {
  return isObject(value) ? value : {};
}

/** A random place, deep ones as likely as others: each step goes on with a chance. */
function placeIn(tree: Json, random: Random): Path {
  const path: (string | number)[] = [];
  let value = tree;
  while (typeof value === 'object' && value !== null && (path.length === 0 || random.chance(0.8))) {
    const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
    if (keys.length === 0 || path.length > 40) break;
    const key: string | number = random.pick<string | number>(keys);
    path.push(key);
    value = child(value, key);
  }
  return path;
}

function child(value: Json, key: string | number): Json {
  return (value as Readonly<Record<string | number, Json>>)[key] ?? null; // a list or an object
}

function at(tree: Json, path: Path): Json {
  return path.reduce<Json>(child, tree);
}

function replace(tree: Json, path: Path, value: Json | typeof nothing): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value === nothing ? null : value;
  const isLast = rest.length === 0 && value === nothing;
  if (Array.isArray(tree)) {
    const list = tree as readonly Json[];
    if (isLast) return list.filter((_, index) => index !== key);
    return list.map((item, index) => (index === key ? replace(item, rest, value) : item));
  }
  if (!isObject(tree)) return tree;
  const entries = Object.entries(tree);
  if (isLast) return fromEntries(entries.filter(([name]) => name !== key));
  return fromEntries(entries.map(([name, item]) => [name, name === key ? replace(item, rest, value) : item]));
}

const oddTexts = [
  '!Ref ',
  '!Sub ',
  '!GetAtt a.b',
  '&a [*a]',
  '*a',
  '&a ',
  '<<: *a\n',
  '\t',
  '\u0000',
  '\ufeff',
  '\u2028',
  '---\n',
  '...\n',
  '%YAML 9.9\n',
  '? ',
  ': ',
  '- ',
  '|\n',
  '>-\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  ',',
  '\\u0000',
  '\\ud800',
  '!!binary ',
  '!!js/function ',
  '# headgate:ignore all.lambda.vpc because\n',
  '# checkov:skip=CKV_AWS_116: x\n',
  '__proto__:\n',
  'Fn::ForEach::A: [I, [a, b], {"${I}": !Ref I}]\n',
  '1e999',
  '0x41',
  '2001-01-01',
  '\u001b]0;x\u0007',
  '\n::set-output name=a::b\n',
];

/** A copy of the text with pieces cut, repeated, moved, exchanged or put in. */
export function mutateText(text: string, random: Random, times: number): string {
  let changed = text;
  for (let count = 0; count < times; count++) {
    const from = random.below(changed.length + 1);
    const to = Math.min(changed.length, from + 1 + random.below(random.pick([2, 20, 400])));
    const piece = changed.slice(from, to);
    const kinds: readonly (() => string)[] = [
      () => changed.slice(0, from) + changed.slice(to),
      () => changed.slice(0, from) + random.pick(oddTexts) + changed.slice(from),
      () => changed.slice(0, from) + random.pick(oddTexts) + changed.slice(to),
      () => changed.slice(0, to) + piece.repeat(random.pick([1, 5, 50])) + changed.slice(to),
      () => changed.slice(0, from),
      () => changed.slice(from),
      () => changed.slice(0, from) + String.fromCharCode(random.below(0x10000)) + changed.slice(from),
      () => mutateLines(changed, random),
      () => mutateLines(changed, random),
    ];
    changed = random.pick(kinds)();
    if (changed.length > 400_000) changed = changed.slice(0, 400_000);
  }
  return changed;
}

function mutateLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const index = random.below(lines.length);
  const line = lines[index] ?? '';
  const kinds: readonly (() => readonly string[])[] = [
    () => [],
    () => [line, line],
    () => [`  ${line}`],
    () => [line.replace(/^ {1,2}/, '')],
    () => [lines[random.below(lines.length)] ?? '', line],
    () => [line.replace(/:.*/, ':')],
    () => [line.replace(/: .*/, `: ${String(JSON.stringify(random.pick(oddValues)))}`)],
    () => Array.from({ length: 300 }, () => line),
  ];
  return [...lines.slice(0, index), ...random.pick(kinds)(), ...lines.slice(index + 1)].join('\n');
}
