import { createHash } from 'node:crypto';
import { isRawObject } from '../text/raw.ts';

/** How many hexadecimal digits of a hash end up in a logical id. */
const hashLength = 10;

/** `prefix` with a hash of `data`, the way that the official translator tells versions apart. */
export function hashedId(prefix: string, data: unknown): string {
  return prefix + shortHash(data);
}

/** The first ten hexadecimal digits of the SHA-1 of a text, or of the canonical JSON of anything else. */
export function shortHash(data: unknown): string {
  return fullHash(data).slice(0, hashLength);
}

/** All forty digits. */
export function fullHash(data: unknown): string {
  const text = typeof data === 'string' ? data : canonicalJson(data);
  return createHash('sha1').update(text).digest('hex');
}

/** JSON with sorted keys and nothing but ASCII. */
function canonicalJson(value: unknown): string {
  return escapeNonAscii(JSON.stringify(sortKeys(value)));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRawObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortKeys(value[name])]));
}

function escapeNonAscii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text with nothing but what a logical id may hold. */
export function alphanumeric(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '');
}
