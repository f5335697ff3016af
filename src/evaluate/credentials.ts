import { readJsonText } from '../model/json-text.ts';
import { redactionMark } from '../model/redaction.ts';
import type { RuleData } from '../model/rule.ts';
import {
  Choice,
  isObjectValue,
  PartialString,
  Reference,
  SecretReference,
  Unresolved,
  type Cause,
  type StringPart,
  type Value,
} from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { kindOfName, readsAsPath, readsAsWords, wordsOf, type NameKind } from './credential-names.ts';

type Table = RuleData['credentials'];

/** What decides whether an entry carries a credential. */
export interface CredentialTerms {
  readonly data: Table;
  /** Names of the user's own whose values are credentials; `*` and `?` are wildcards, case does not matter. */
  readonly names?: readonly string[];
  /** Values of the user's own that are credentials; `*` and `?` are wildcards. */
  readonly values?: readonly string[];
  /** Whether a secret or parameter of this name is known: its name is not the credential. */
  readonly isDeclaredName?: (text: string) => boolean;
}

/** What an entry carries: a credential (what it looks like), perhaps one (why that is not known), or none. */
export type CredentialFound = string | Cause | undefined;

interface CredentialPatterns {
  readonly any: RegExp;
  readonly values: readonly { readonly name: string; readonly pattern: RegExp; readonly loose: boolean }[];
  readonly placeholders: RegExp;
  readonly publicParts: RegExp;
}

// The table is Headgate's own, and no pattern in it repeats a group without bound.
const compiled = new WeakMap<Table, CredentialPatterns>();

function patternsOf(data: Table): CredentialPatterns {
  let patterns = compiled.get(data);
  if (patterns === undefined) {
    patterns = {
      // Most values have no such shape: one pattern says so at once.
      any: new RegExp(data.values.map(({ pattern }) => `(?:${pattern})`).join('|')),
      values: data.values.map(({ name, pattern, loose = false }) => ({
        name,
        pattern: new RegExp(pattern),
        loose,
      })),
      placeholders: new RegExp(data.placeholders, 'i'),
      publicParts: new RegExp(data.publicParts, 'i'),
    };
    compiled.set(data, patterns);
  }
  return patterns;
}

/**
 * Where credentials stand in a text, as `[start, end)` in order: shapes that are known, or all of a
 * value under a secret-like name.
 */
export function credentialRanges(
  name: string,
  text: string,
  data: Table,
): readonly (readonly [start: number, end: number])[] {
  const { any, values } = patternsOf(data);
  const ranges = !any.test(text)
    ? []
    : values.flatMap(({ pattern }) => {
        const all = new RegExp(pattern.source, `${pattern.flags}g`);
        return [...text.matchAll(all)].map((match): [number, number] => [
          match.index,
          match.index + match[0].length,
        ]);
      });
  if (ranges.length === 0) return credentialIn(name, text, { data }) === undefined ? [] : [[0, text.length]];
  const merged: [number, number][] = [];
  for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** As `credentialShape`, of program code: shapes that code which handles credentials has as well are left out. */
export function credentialInCode(code: string, data: Table): string | undefined {
  if (code.length > 20_000) return undefined;
  return patternsOf(data)
    .values.filter(({ loose }) => !loose)
    .find(({ pattern }) => pattern.test(code))?.name;
}

/** What credential a value looks like, by its own shape; undefined for none. */
export function credentialShape(value: string, data: Table): string | undefined {
  // Nothing that long is a credential, and every pattern stays fast.
  if (value.length < 12 || value.length > 20_000) return undefined;
  const { any, values } = patternsOf(data);
  return any.test(value) ? values.find(({ pattern }) => pattern.test(value))?.name : undefined;
}

/** Attributes that are credentials themselves: of a user pool's client, of an IAM access key, of an AppSync API key. */
const secretAttributes: ReadonlySet<string> = new Set(['ClientSecret', 'SecretAccessKey', 'ApiKey']);

const writtenOut = 'a secret that the deployment writes out';

/** Whether an entry carries a credential: by its value's shape, or by what its name says of a literal value. */
export function credentialIn(key: string, value: Value | undefined, terms: CredentialTerms): CredentialFound {
  if (value instanceof Choice) return inEither(key, value, terms);
  if (typeof value === 'string') return inText(key, value, terms);
  if (typeof value === 'number') return inText(key, String(value), terms);
  if (value instanceof PartialString) return inPieces(key, value, terms);
  if (value instanceof Reference || value instanceof SecretReference || value instanceof Unresolved)
    return inHole(value, nameKind(key, terms), terms);
  return undefined;
}

function inEither(key: string, choice: Choice, terms: CredentialTerms): CredentialFound {
  const [left, right] = [choice.whenTrue, choice.whenFalse].map((side) => credentialIn(key, side, terms));
  if (typeof left === 'string' && typeof right === 'string') return left;
  if (left === undefined && right === undefined) return undefined;
  return typeof left === 'object' ? left : typeof right === 'object' ? right : choice.cause;
}

function nameKind(key: string, { data, names = [] }: CredentialTerms): NameKind {
  const isOwn = names.some((name) => wildcardMatches(name.toLowerCase(), key.toLowerCase()));
  return isOwn ? 'credential' : kindOfName(wordsOf(key), data);
}

/** What the deployment puts in: an attribute, a dynamic reference, a value that somebody writes elsewhere. */
function inHole(
  part: Exclude<StringPart, string>,
  kind: NameKind,
  { data }: CredentialTerms,
): CredentialFound {
  if (part instanceof Reference) {
    const { attribute } = part;
    if (attribute === undefined) return undefined;
    if (secretAttributes.has(attribute)) return `the ${attribute} that the deployment writes out`;
    return kindOfName(wordsOf(attribute), data) === 'credential' ? attributeCause(attribute) : undefined;
  }
  if (part instanceof SecretReference) return inDynamicReference(part, kind, data);
  const { cause } = part;
  if (cause.holds === 'no-secret') return undefined;
  if (cause.holds === 'secret') return kind === 'credential' ? 'a NoEcho parameter' : cause;
  // What a deployment makes (a Region, an ARN, an endpoint) is no credential.
  const isMade = cause.code === 'pseudo-parameter' || cause.code === 'malformed';
  return cause.code === 'attribute' || (isMade && kind === 'other') ? undefined : cause;
}

function attributeCause(attribute: string): Cause {
  return { code: 'attribute', message: `the attribute ${attribute} is known only after deployment` };
}

function inDynamicReference(
  { service, text }: SecretReference,
  kind: NameKind,
  data: Table,
): CredentialFound {
  if (service === 'ssm') {
    const message = `the value of ${text} is in Parameter Store`;
    return kind === 'other'
      ? undefined
      : { code: 'attribute', message, remedy: 'audit the deployed account' };
  }
  const part = /:SecretString:([^:}]+)/.exec(text)?.[1];
  const isPublic = part !== undefined && patternsOf(data).publicParts.test(part);
  return isPublic && kind !== 'credential' ? undefined : writtenOut;
}

/** Text before a hole that says what stands in it: `Password=`, `"apiKey": "`, `postgres://app:`. */
const announced = /([A-Za-z][A-Za-z0-9_-]{1,40})["']?\s*[=:]\s*["']?$/;
const passwordOfUrl = /:\/\/[^/\s:@]*:$/;

function inPieces(key: string, value: PartialString, terms: CredentialTerms): CredentialFound {
  const [first] = value.parts;
  const document = typeof first === 'string' && /^\s*\{/.test(first) ? readJsonText(value) : undefined;
  if (isObjectValue(document)) return inMembers(document, terms, 0);
  let doubt: Cause | undefined;
  let before = '';
  for (const part of value.parts) {
    const found =
      typeof part === 'string'
        ? credentialShape(part, terms.data)
        : inHole(part, pieceKind(before, terms), terms);
    if (typeof found === 'string') return found;
    // Elsewhere in a text, a value that nobody marks as secret is a name, a host or a stage.
    const isMarked = typeof part !== 'string' && part instanceof Unresolved && part.cause.holds === 'secret';
    if (isMarked || pieceKind(before, terms) !== 'other') doubt ??= found;
    before = typeof part === 'string' ? part : '';
  }
  return doubt ?? inWhole(key, value, terms);
}

function pieceKind(before: string, { data }: CredentialTerms): NameKind {
  if (passwordOfUrl.test(before)) return 'credential';
  const name = announced.exec(before)?.[1];
  return name === undefined ? 'other' : kindOfName(wordsOf(name), data);
}

/** A text with unknown pieces under the name of a credential: its pieces, or all of it, may be one. */
function inWhole(key: string, { parts }: PartialString, terms: CredentialTerms): CredentialFound {
  if (nameKind(key, terms) !== 'credential') return undefined;
  const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  if (patternsOf(terms.data).placeholders.test(text) || readsAsPath(text)) return undefined;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const found = inHole(part, 'credential', terms);
    if (found !== undefined) return found;
  }
  return { code: 'attribute', message: `the value of ${key} is known only after deployment` };
}

/** Deeper documents carry no settings of people. */
const maximumDepth = 6;

function inMembers(
  value: Readonly<Record<string, Value>>,
  terms: CredentialTerms,
  depth: number,
): CredentialFound {
  let doubt: Cause | undefined;
  for (const [name, member] of Object.entries(value)) {
    const found =
      isObjectValue(member) && depth < maximumDepth
        ? inMembers(member, terms, depth + 1)
        : credentialIn(name, member, terms);
    if (typeof found === 'string') return found;
    doubt ??= found;
  }
  return doubt;
}

function inText(key: string, text: string, terms: CredentialTerms): CredentialFound {
  const kind = nameKind(key, terms);
  if (text.includes(redactionMark)) {
    const what = 'a credential that the snapshot holds as a hash';
    return kind === 'either' && text.startsWith(redactionMark)
      ? { code: 'data', message: `${key} is ${what}` }
      : what;
  }
  const shape = credentialShape(text, terms.data);
  if (shape !== undefined) return shape;
  if (terms.values?.some((own) => wildcardMatches(own, text)) === true)
    return 'a value that matches a custom pattern';
  const document = /^\s*\{/.test(text) && text.length <= 20_000 ? readJsonText(text) : undefined;
  if (isObjectValue(document)) return inMembers(document, terms, 0);
  if (kind === 'other' || isNoLiteral(text, terms)) return undefined;
  return kind === 'credential' ? underItsName(key, text) : underEitherName(key, text);
}

function isNoLiteral(text: string, { data, isDeclaredName }: CredentialTerms): boolean {
  return (
    text.length < 3 ||
    patternsOf(data).placeholders.test(text) ||
    readsAsPath(text) ||
    isDeclaredName?.(text) === true
  );
}

const literalUnder = (key: string): string => `a literal value under the secret-like name ${key}`;

const isCount = (text: string): boolean => /^\d{1,6}$/.test(text);

/** Ids of KMS keys stand under the names of keys that encrypt. */
const keyId = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function underItsName(key: string, text: string): CredentialFound {
  const words = wordsOf(key);
  const isPassword = /pass|pwd|pw$/.test(words);
  if (isCount(text)) return isPassword && text.length >= 4 ? literalUnder(key) : undefined;
  const last = words.slice(words.lastIndexOf('_') + 1);
  const named = !isPassword && readsAsWords(text) && wordsOf(text).endsWith(`_${last}`);
  const mayBeId = /(encryption|decryption|signing|master)_?key$/.test(words) && keyId.test(text);
  return named || mayBeId ? mayBeName(key) : literalUnder(key);
}

function underEitherName(key: string, text: string): CredentialFound {
  if (isCount(text)) return undefined;
  if (!readsAsWords(text)) return literalUnder(key);
  return /_(secrets?|params?|parameters?|credentials?|creds|names?|arn|keys?|tokens?)$/.test(wordsOf(text))
    ? undefined
    : mayBeName(key);
}

function mayBeName(key: string): Cause {
  return {
    code: 'evidence',
    message: `the value of ${key} can be a credential or the name of one`,
    remedy: 'call the variable for what it holds, for example with the ending _SECRET_NAME',
  };
}

/** The value that an entry carries: of a template's parameter its `Default`, of an output its `Value`, else itself. */
export function carriedValue(value: Value | undefined): Value | undefined {
  if (!isObjectValue(value)) return value;
  // Types of AWS are checked by it, and none of them is a credential's.
  const { Type } = value;
  if (typeof Type === 'string' && Type.startsWith('AWS::')) return undefined;
  return value['Default'] ?? value['Value'];
}
