import {
  PartialString,
  SymbolicValue,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Cause,
  type Value,
} from './value.ts';
import { isPlain, markerOf, toValue, type SymbolicText } from './symbolic-text.ts';

/** Deeper documents are no policies, dashboards or workflows of people. */
const maximumDepth = 500;

const tooDeep: Cause = { code: 'unsupported', message: 'the document is nested too deep' };

const malformed: Cause = { code: 'malformed', message: 'the text is not valid JSON' };

/**
 * Reads a JSON document that stands as text in a property, unknown pieces included: they come back
 * as the values they are. Text that is no JSON is `Unresolved('malformed')`; other values are returned as they are.
 */
export function readJsonText(value: Value | undefined): Value | undefined {
  if (typeof value === 'string') return parseMarked({ text: value, pieces: new Map() });
  if (!(value instanceof PartialString)) return value;
  const known = documents.get(value);
  if (known !== undefined) return known;
  const document = parseMarked(markJson(value));
  documents.set(value, document);
  return document;
}

/** Texts with unknown pieces that were read before: many questions are asked of one document. */
const documents = new WeakMap<PartialString, Value>();

function parseMarked(found: SymbolicText): Value {
  const first = found.text.trimStart()[0];
  if (first !== '{' && first !== '[') return new Unresolved(malformed);
  if (isTooDeep(found.text)) return new Unresolved(tooDeep);
  try {
    const parsed = JSON.parse(found.text) as Value; // JSON.parse gives plain JSON, which every Value may be.
    return found.pieces.size === 0 ? parsed : restore(parsed, found.pieces);
  } catch {
    return new Unresolved(malformed);
  }
}

/** Counts brackets before anything recurses into what they hold; those inside strings do not nest. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > maximumDepth) return true;
  }
  return false;
}

/** Puts markers in the place of unknown pieces; one outside of a string becomes a string of its own. */
function markJson(value: PartialString): SymbolicText {
  const pieces = new Map<string, Exclude<PartialString['parts'][number], string>>();
  let text = '';
  let quoted = false;
  for (const part of value.parts) {
    if (typeof part === 'string') {
      quoted = isQuotedAfter(part, quoted);
      text += part;
      continue;
    }
    const marker = JSON.stringify(markerOf(part)).slice(1, -1);
    pieces.set(markerOf(part), part);
    text += quoted ? marker : `"${marker}"`;
  }
  return { text, pieces };
}

function isQuotedAfter(text: string, before: boolean): boolean {
  let quoted = before;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
  }
  return quoted;
}

function restore(value: Value, pieces: SymbolicText['pieces']): Value {
  if (typeof value === 'string') return isPlain(value) ? value : toValue(value, pieces);
  if (value instanceof SymbolicValue) return value;
  if (isArrayValue(value)) return value.map((item) => restore(item, pieces));
  if (!isObjectValue(value)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [isPlain(key) ? key : toKey(key, pieces), restore(item, pieces)] as const,
  );
  return Object.fromEntries(entries);
}

/** A key with an unknown piece cannot be a value: it keeps a readable text. */
function toKey(key: string, pieces: SymbolicText['pieces']): string {
  const value = toValue(key, pieces);
  return value instanceof PartialString
    ? value.parts.map((part) => (typeof part === 'string' ? part : '?')).join('')
    : '?';
}
