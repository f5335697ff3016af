import { createHmac } from 'node:crypto';
import { redactionMark } from '../model/redaction.ts';
import { literalKind, literalMembers } from '../model/secret-properties.ts';
import {
  PartialString,
  SymbolicValue,
  isArrayValue,
  isObjectValue,
  type ObjectValue,
  type Value,
} from '../model/value.ts';

/**
 * Where in a text secrets stand: `[start, end)` in UTF-16 units, in order, without overlap. `name` is
 * that of an environment or stage variable or header; empty for any other text.
 */
export type SecretFinder = (name: string, text: string) => readonly (readonly [start: number, end: number])[];

/** Members whose own members are named by the user, and may so be named like secrets. */
const variableMaps: ReadonlySet<string> = new Set(['EnvironmentVariables', 'StageVariables', 'Variables']);

/** Members that may be a list of variables, each with its name and value. */
const variableLists: ReadonlySet<string> = new Set(['Environment', 'EnvironmentVariables']);

/** Where a value of a resource stands. */
interface Place {
  readonly type: string;
  readonly path: readonly string[];
  /** True where the members of an object are named by the user. */
  readonly isNamedByUser: boolean;
}

/** A name, an address of AWS, or a path into an event or a state's input: what a rule may follow. */
function isReference(text: string, key: string): boolean {
  return (
    /(?:Name|Arn|ARN|Url|Identifier|Type)$/.test(key) ||
    /^(?:arn:|\$|<|\{%|States\.|https:\/\/sqs\.)/.test(text)
  );
}

/**
 * Replaces secrets in property trees by keyed hashes, so that equal ones stay equal. A text stays a
 * text, and a URL keeps its scheme: whatever else a rule asks of the value is answered as before.
 */
export class Redactor {
  constructor(
    readonly find: SecretFinder,
    /** At least 16 random bytes, used for one snapshot and then forgotten: a short secret could be guessed with it. */
    readonly key: Uint8Array,
  ) {}

  /** A copy of the properties of a type without secrets; parts without any are shared. */
  redact(properties: ObjectValue, type: string): ObjectValue {
    return this.#object(properties, { type, path: [], isNamedByUser: false });
  }

  #object(object: ObjectValue, place: Place): ObjectValue {
    const { HeaderName, Name } = object;
    const isVariable = variableLists.has(place.path.at(-1) ?? '') && typeof Name === 'string';
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        const name = place.isNamedByUser
          ? key
          : key === 'HeaderValue' && typeof HeaderName === 'string'
            ? HeaderName
            : key === 'Value' && isVariable
              ? Name
              : '';
        const inner = { ...place, path: [...place.path, key], isNamedByUser: variableMaps.has(key) };
        return [key, this.#value(value, name, inner)];
      }),
    );
  }

  #value(value: Value, name: string, place: Place): Value {
    if (typeof value === 'string') return this.#leaf(name, value, place);
    if (value instanceof PartialString)
      return new PartialString(
        value.parts.map((part) => (typeof part === 'string' ? this.#leaf(name, part, place) : part)),
      );
    if (value instanceof SymbolicValue) return value;
    if (isArrayValue(value))
      return value.map((item) => this.#value(item, name, { ...place, isNamedByUser: false }));
    return isObjectValue(value) ? this.#object(value, place) : value;
  }

  #leaf(name: string, text: string, { type, path }: Place): string {
    const kind = literalKind(type, path);
    if (kind === 'document') return this.#document(text);
    if (kind === 'secret' && text !== '') return this.#mark(text);
    if (kind === 'literal') return this.#literal(text, String(path.at(-1)));
    return this.#text(name, text);
  }

  /** JSON of which single members hold what users write: a workflow, a dashboard. */
  #document(text: string): string {
    return this.#inJson(text, false) ?? this.#text('', text);
  }

  /** What a user hands over: names of resources and paths into events stay, for they are no secrets and rules read them. */
  #literal(text: string, key: string): string {
    if (text === '' || isReference(text, key)) return this.#text('', text);
    return this.#inJson(text, true) ?? this.#mark(text);
  }

  /** The text with the literals of its JSON replaced; undefined for what is no JSON. */
  #inJson(text: string, isLiteral: boolean): string | undefined {
    if (!/^\s*[[{]/.test(text)) return undefined;
    const walk = (value: unknown, key: string, literal: boolean): unknown => {
      if (typeof value === 'string') return literal ? this.#literal(value, key) : this.#text('', value);
      if (Array.isArray(value)) return value.map((item) => walk(item, key, literal));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          walk(item, name, literal || literalMembers.has(name)),
        ]),
      );
    };
    try {
      return JSON.stringify(walk(JSON.parse(text), '', isLiteral));
    } catch {
      return undefined;
    }
  }

  #text(name: string, text: string): string {
    let redacted = '';
    let from = 0;
    for (const [start, end] of this.find(name, text)) {
      const secret = text.slice(start, end);
      const scheme = /^[a-z][a-z0-9+.-]{1,20}:\/\//i.exec(secret)?.[0] ?? '';
      redacted += text.slice(from, start) + scheme + this.#mark(secret);
      from = end;
    }
    return redacted + text.slice(from);
  }

  #mark(secret: string): string {
    return redactionMark + createHmac('sha256', this.key).update(secret).digest('hex');
  }
}
