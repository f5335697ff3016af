import { holdsSecret } from './secret-properties.ts';
import type { SecretTexts } from './secret-texts.ts';
import {
  Choice,
  PartialString,
  SymbolicValue,
  describeValue,
  isArrayValue,
  isObjectValue,
  type Path,
  type Value,
} from './value.ts';

/** Where a value stands, as far as that decides whether it may be shown. */
export interface ValuePlace {
  readonly type: string;
  readonly path: Path;
  /** What the source marked as secret. */
  readonly secrets?: SecretTexts | undefined;
}

/**
 * A short text of a value for messages and evidence, without secrets; at most `limit` characters. Of what is
 * secret only that it is set, its length, and of an address its scheme and host are said; of the query of any address
 * its names alone, because keys and signatures travel there and no rule asks for them.
 */
export function describeShown(value: Value | undefined, place: ValuePlace, limit = 120): string {
  const shown = describeValue(shownValue(value, place), Number.POSITIVE_INFINITY);
  const text = withoutQueries(place.secrets?.withhold(shown) ?? shown);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** A copy of a value in which secrets are replaced by what may be said of them; parts without any are shared. */
function shownValue(value: Value | undefined, place: ValuePlace): Value | undefined {
  if (value instanceof Choice)
    return new Choice(value.cause, shownValue(value.whenTrue, place), shownValue(value.whenFalse, place));
  const inside = (key: string | number): ValuePlace => ({ ...place, path: [...place.path, key] });
  if (isArrayValue(value)) return value.map((item, index) => shownValue(item, inside(index)) ?? null);
  if (isObjectValue(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, shownValue(item, inside(key)) ?? null]),
    );
  const isText = typeof value === 'string' || typeof value === 'number' || value instanceof PartialString;
  if (!isText || !holdsSecret(place.type, place.path)) return value;
  return value instanceof PartialString ? withoutLiterals(value) : describeSecret(String(value));
}

/** What may be said of a secret: "set, 24 characters"; of an address also its scheme and host. */
export function describeSecret(text: string): string {
  if (text === '') return '(empty)';
  const length = `set, ${text.length} ${text.length === 1 ? 'character' : 'characters'}`;
  const address = /^([a-z][a-z0-9+.-]{1,20}):\/\/(?:[^/?#\s@]*@)?([A-Za-z0-9.-]*)/i.exec(text);
  if (address === null) return length;
  return `${address[1] ?? ''}://${address[2] ?? ''} (${length})`;
}

function withoutLiterals({ parts }: PartialString): PartialString {
  const scheme =
    /^[a-z][a-z0-9+.-]{1,20}:\/\//i.exec(typeof parts[0] === 'string' ? parts[0] : '')?.[0] ?? '';
  const shown = parts.map((part) => (part instanceof SymbolicValue ? part : '…'));
  return new PartialString(scheme === '' ? shown : [scheme, ...shown]);
}

function withoutQueries(text: string): string {
  if (!text.includes('://') || !text.includes('?')) return text;
  return text.replace(/[^\s"']+/g, (word) => {
    const query = word.indexOf('?') + 1;
    if (query === 0 || !word.slice(0, query).includes('://')) return word;
    return word.slice(0, query) + word.slice(query).replace(/=[^&#]+/g, '=…');
  });
}
