import { scalarText } from '../model/scalar-text.ts';
import type { PolicyStatement } from '../model/resource-graph.ts';
import {
  isPlain,
  leadingPiece,
  splitText,
  toSymbolicText,
  type SymbolicText,
} from '../model/symbolic-text.ts';
import { Choice, Reference, SymbolicValue, Unresolved, type Cause, type Value } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { isWithinRange, parseRange } from './addresses.ts';
import { some, not, type Truth } from '../model/truth.ts';
import { ownerEnds, variablesOfTheResource } from './condition-keys.ts';
import type { Candidate, PolicyWorld } from './request.ts';

export type StatementCondition = PolicyStatement['conditions'][number];

/** How an operator compares one value of the request with one of the policy. */
export type Comparison =
  | { readonly as: 'text'; readonly ignoreCase: boolean }
  | { readonly as: 'like' }
  | { readonly as: 'arn' }
  | { readonly as: 'address' }
  | { readonly as: 'number' | 'date'; readonly holds: (a: number, b: number) => boolean };

interface OperatorRow {
  readonly comparison: Comparison;
  readonly negated?: true;
}

const text: Comparison = { as: 'text', ignoreCase: false };
const anyCase: Comparison = { as: 'text', ignoreCase: true };
const orders = {
  equals: (a: number, b: number): boolean => a === b,
  lessthan: (a: number, b: number): boolean => a < b,
  lessthanequals: (a: number, b: number): boolean => a <= b,
  greaterthan: (a: number, b: number): boolean => a > b,
  greaterthanequals: (a: number, b: number): boolean => a >= b,
};

const ordered = (as: 'number' | 'date', prefix: string): [string, OperatorRow][] => [
  ...Object.entries(orders).map(([name, holds]): [string, OperatorRow] => [
    `${prefix}${name}`,
    { comparison: { as, holds } },
  ]),
  [`${prefix}notequals`, { comparison: { as, holds: orders.equals }, negated: true }],
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (read 2026-11-27). */
const operators: ReadonlyMap<string, OperatorRow> = new Map<string, OperatorRow>([
  ['stringequals', { comparison: text }],
  ['stringnotequals', { comparison: text, negated: true }],
  ['stringequalsignorecase', { comparison: anyCase }],
  ['stringnotequalsignorecase', { comparison: anyCase, negated: true }],
  ['stringlike', { comparison: { as: 'like' } }],
  ['stringnotlike', { comparison: { as: 'like' }, negated: true }],
  // Equals and Like behave the same for ARNs.
  ['arnequals', { comparison: { as: 'arn' } }],
  ['arnlike', { comparison: { as: 'arn' } }],
  ['arnnotequals', { comparison: { as: 'arn' }, negated: true }],
  ['arnnotlike', { comparison: { as: 'arn' }, negated: true }],
  ['ipaddress', { comparison: { as: 'address' } }],
  ['notipaddress', { comparison: { as: 'address' }, negated: true }],
  ['bool', { comparison: anyCase }],
  ['binaryequals', { comparison: text }],
  ...ordered('number', 'numeric'),
  ...ordered('date', 'date'),
]);

interface Operator {
  readonly row?: OperatorRow;
  readonly isNull: boolean;
  readonly ifExists: boolean;
  readonly forAll: boolean;
}

/** The operator that a name stands for; undefined for one that IAM does not have. */
export function readOperator(name: string): Operator | undefined {
  const [set, rest] = /^(?:(forallvalues|foranyvalue):)?(.+)$/.exec(name.toLowerCase())?.slice(1) ?? [];
  const ifExists = rest?.endsWith('ifexists') === true;
  const base = ifExists ? rest.slice(0, -'ifexists'.length) : (rest ?? '');
  const row = operators.get(base);
  if (row === undefined && base !== 'null') return undefined;
  return {
    ...(row === undefined ? {} : { row }),
    isNull: base === 'null',
    ifExists,
    forAll: set === 'forallvalues',
  };
}

/** Whether a condition is met by what a request holds under its key. Several values of a condition are alternatives. */
export function conditionMet(
  condition: StatementCondition,
  candidate: Candidate,
  from: PolicyStatement['holder'],
  world: PolicyWorld,
): Truth {
  if (candidate.kind === 'unknown') return candidate.cause;
  const operator = readOperator(condition.operator);
  if (operator === undefined) return unreadable(condition);
  const isAbsent = candidate.kind === 'absent';
  if (operator.isNull) return nullMet(condition, isAbsent);
  const { row } = operator;
  if (row === undefined) return unreadable(condition);
  // A key that is not there meets what is negated, IfExists, and ForAllValues of nothing.
  if (isAbsent) return row.negated === true || operator.ifExists || operator.forAll;
  const one = some(condition.values, (value) =>
    compare(row.comparison, candidate, value, { key: condition.key.toLowerCase(), from, world }),
  );
  return row.negated === true ? not(one) : one;
}

function nullMet(condition: StatementCondition, isAbsent: boolean): Truth {
  return some(condition.values, (value) =>
    value instanceof SymbolicValue
      ? causeOfValue(value)
      : (scalarText(value).toLowerCase() === 'true') === isAbsent,
  );
}

function unreadable({ operator, values }: StatementCondition): Truth {
  const symbol = values.find((value) => value instanceof SymbolicValue);
  if (operator === '?' && symbol !== undefined) return causeOfValue(symbol);
  return { code: 'malformed', message: `IAM has no condition operator \`${operator}\`` };
}

interface Surroundings {
  readonly key: string;
  readonly from: PolicyStatement['holder'];
  readonly world: PolicyWorld;
}

function compare(
  comparison: Comparison,
  candidate: Exclude<Candidate, { kind: 'absent' | 'unknown' }>,
  value: Value,
  around: Surroundings,
): Truth {
  if (
    value instanceof Choice ||
    (value instanceof Unresolved && !isFixed(value) && candidate.kind !== 'foreign')
  )
    return value.cause;
  if (candidate.kind === 'resource') {
    if ((isPattern(value) && comparison.as === 'text') || isOfAnother(value, around.world)) return false;
    return around.world.names(value, around.from, candidate.resource);
  }
  if (comparison.as === 'address') return inRange(candidate, value);
  const found = toSymbolicText(
    typeof value === 'boolean' || typeof value === 'number' ? scalarText(value) : value,
  );
  if (found === undefined) return false;
  if (candidate.kind === 'account') return isAccount(found, comparison, around.world);
  if (candidate.kind === 'foreign') return outsiderMeets(comparison, candidate.text, found, around.key);
  if (candidate.kind === 'address') return comparison.as === 'like' && /^[*?]+$/.test(found.text);
  return textMeets(comparison, candidate.text, found);
}

/** Whether an ARN is of an account that is known not to be that of the scan. */
function isOfAnother(value: Value, { account }: PolicyWorld): boolean {
  const written = typeof value === 'string' ? /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(value)?.[1] : undefined;
  return account !== undefined && written !== undefined && written !== account;
}

function isPattern(value: Value): boolean {
  return /[*?]/.test(toSymbolicText(value)?.text ?? '');
}

function inRange(candidate: Candidate, value: Value): Truth {
  if (value instanceof SymbolicValue) return causeOfValue(value);
  const range = parseRange(scalarText(value));
  const address =
    candidate.kind === 'address'
      ? candidate.address
      : candidate.kind === 'text'
        ? parseRange(candidate.text)
        : undefined;
  return range !== undefined && address !== undefined && isWithinRange(address, range);
}

function isAccount(found: SymbolicText, { as }: Comparison, world: PolicyWorld): Truth {
  if (as !== 'text' && /^[*?]+$/.test(found.text)) return true;
  const [piece] = [...found.pieces.values()];
  if (piece instanceof Unresolved) return isOwnAccount(piece) ? true : piece.cause;
  if (piece !== undefined) return causeOfValue(piece);
  if (!/^\d{12}$/.test(found.text)) return false;
  return world.account === undefined ? unknownAccount(found.text) : world.account === found.text;
}

function unknownAccount(account: string): Cause {
  return {
    code: 'pseudo-parameter',
    message: `whether account \`${account}\` is that of the deployment is not known`,
    remedy: 'pass --account',
  };
}

/** `AWS::AccountId` where nobody told the account. */
export function isOwnAccount(value: Unresolved): boolean {
  return value.cause.about === 'AWS::AccountId';
}

/** Whether the piece, though not known, is one name: no pattern can come of it. */
function isFixed(piece: unknown): boolean {
  return (
    piece instanceof Reference ||
    (piece instanceof Unresolved &&
      (piece.cause.code === 'pseudo-parameter' || piece.cause.code === 'attribute'))
  );
}

const variable = /\$\{([^}]*)\}/g;

/** Whether a text holds a variable that the caller fills. */
function hasVariable(part: string): boolean {
  for (const [, name = ''] of part.matchAll(variable))
    if (!/^[*?$]$/.test(name) && !variablesOfTheResource.has(name.toLowerCase())) return true;
  return false;
}

/** How far a piece of a pattern is open to what an outsider can bring: yes, no, or as a parameter says. */
function isOpen(part: string, pieces: SymbolicText['pieces'], wildcards: boolean): Truth {
  if ((wildcards && /[*?]/.test(part.replace(variable, ''))) || hasVariable(part)) return true;
  if (!wildcards) return false;
  return some(pieces, ([marker, piece]) =>
    part.includes(marker) && !isFixed(piece) ? causeOfValue(piece) : false,
  );
}

/** Whether the value that an outsider has is one that a condition takes; without a text, whether some outsider's is. */
function outsiderMeets(
  comparison: Comparison,
  text: string | undefined,
  found: SymbolicText,
  key: string,
): Truth {
  const meets = foreignMeets(comparison, found, key);
  if (text === undefined || comparison.as === 'number' || comparison.as === 'date') return meets;
  const isKnown = found.pieces.size === 0 && isPlain(text);
  // What the deployment fixes is its own, so that no outsider has it, whatever it turns out to be.
  if (meets !== true && !isKnown) return meets;
  const fits = textMeets(comparison, text, found);
  return fits === true || isPlain(text) ? fits : causeOfPieces(found);
}

/** Whether some outsider has a value that a condition takes. */
// What an outsider has never equals what a policy fixes; it fits a pattern whose owner is left open.
export function foreignMeets(
  { as }: Comparison,
  { text: pattern, pieces }: SymbolicText,
  key: string,
): Truth {
  if (as === 'number' || as === 'date') return false;
  const open = (part: string): Truth => isOpen(part, pieces, as !== 'text');
  const end = ownerEnds[key];
  if (end !== undefined) return open(splitText(pattern, end, 2)[0] ?? '');
  if (startsWithArn({ text: pattern, pieces })) return false;
  if (!pattern.startsWith('arn:')) return open(pattern);
  const fields = splitText(pattern, ':', 6);
  if (fields.length < 6) return open(pattern);
  const account = fields[4] ?? '';
  const before = fields.slice(0, 4).join(':');
  // Of texts a star before the account may stand for colons too.
  const early = as === 'like' ? open(before) : hasVariable(before);
  if (early !== false) return early;
  return account === '' ? open(fields[5] ?? '') : open(account);
}

/** True for a text that starts with the ARN of something deployed: its owner is fixed, whatever follows. */
function startsWithArn(found: SymbolicText): boolean {
  const piece = leadingPiece(found)?.piece;
  return piece instanceof Reference && /arn$/i.test(piece.attribute ?? '');
}

function textMeets(comparison: Comparison, asked: string, found: SymbolicText): Truth {
  if (comparison.as === 'number' || comparison.as === 'date') {
    if (found.pieces.size > 0) return causeOfPieces(found);
    const read = comparison.as === 'number' ? Number : readDate;
    const [a, b] = [read(asked), read(found.text)];
    return !Number.isNaN(a) && !Number.isNaN(b) && comparison.holds(a, b);
  }
  if (comparison.as === 'text') {
    const [a, b] = comparison.ignoreCase
      ? [asked.toLowerCase(), found.text.toLowerCase()]
      : [asked, found.text];
    if (a === b) return true;
  } else if (fits(comparison.as, found.text, asked)) return true;
  if (hasVariable(found.text)) return variableCause;
  return found.pieces.size > 0 && couldBe(asked, found) ? causeOfPieces(found) : false;
}

/** Whether a text can be what a value of the policy turns out to be: an account's number is never `anonymous`. */
function couldBe(asked: string, { text: pattern, pieces }: SymbolicText): boolean {
  if (asked.includes('\uE000')) return true;
  let shape = pattern;
  for (const [marker, piece] of pieces)
    shape = shape.replaceAll(
      marker,
      piece instanceof Unresolved && isOwnAccount(piece) ? '?'.repeat(12) : '*',
    );
  return wildcardMatches(shape.toLowerCase(), asked.toLowerCase());
}

const variableCause: Cause = {
  code: 'unsupported',
  message: 'a policy variable is known only with the request',
};

// Of ARNs a star does not reach over the first five colons.
function fits(as: 'like' | 'arn' | 'address', pattern: string, asked: string): boolean {
  if (as !== 'arn' || pattern === '*') return wildcardMatches(pattern, asked);
  const [a, b] = [splitText(pattern, ':', 6), splitText(asked, ':', 6)];
  return a.length === b.length && a.every((field, index) => wildcardMatches(field, b[index] ?? ''));
}

/** Seconds since 1970, or a date of ISO 8601, as a number. */
export function readDate(date: string): number {
  return /^\d+$/.test(date) ? Number(date) : Date.parse(date) / 1000;
}

function causeOfPieces({ pieces }: SymbolicText): Cause {
  const [piece] = pieces.values();
  return piece === undefined ? unknownValue : causeOfValue(piece);
}

const unknownValue: Cause = {
  code: 'attribute',
  message: 'a value of the policy is known only after deployment',
};

/** Why a value of a policy is not known. */
export function causeOfValue(value: Value): Cause {
  return value instanceof Unresolved || value instanceof Choice ? value.cause : unknownValue;
}
