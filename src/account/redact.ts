import { createHmac } from 'node:crypto';
import { redactionMark } from '../model/redaction.ts';
import { SymbolicValue, isArrayValue, isObjectValue, type ObjectValue, type Value } from '../model/value.ts';

/**
 * Where in a text secrets stand: `[start, end)` in UTF-16 units, in order, without overlap. `name` is
 * that of an environment or stage variable or header; empty for any other text.
 */
export type SecretFinder = (name: string, text: string) => readonly (readonly [start: number, end: number])[];

/** Members whose own members are named by the user, and may so be named like secrets. */
const variableMaps: ReadonlySet<string> = new Set(['Variables', 'StageVariables']);

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

  /** A copy without secrets; parts without any are shared. */
  redact(properties: ObjectValue): ObjectValue {
    return this.#object(properties, false);
  }

  #object(object: ObjectValue, isNamedByUser: boolean): ObjectValue {
    const { HeaderName } = object;
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        const name = isNamedByUser
          ? key
          : key === 'HeaderValue' && typeof HeaderName === 'string'
            ? HeaderName
            : '';
        return [key, this.#value(value, name, variableMaps.has(key))];
      }),
    );
  }

  #value(value: Value, name: string, isNamedByUser: boolean): Value {
    if (typeof value === 'string') return this.#text(name, value);
    if (value instanceof SymbolicValue) return value;
    if (isArrayValue(value)) return value.map((item) => this.#value(item, name, false));
    return isObjectValue(value) ? this.#object(value, isNamedByUser) : value;
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
