import {
  PartialString,
  Reference,
  SecretReference,
  Unresolved,
  type Cause,
  type StringPart,
  type Value,
} from './value.ts';

/**
 * A string whose unknown pieces are written as markers, so that ARNs, URLs and JSON can be cut and
 * compared as plain text. Equal pieces have equal markers: two names built alike are equal texts.
 */
export interface SymbolicText {
  readonly text: string;
  /** Marker -> the piece that it stands for. */
  readonly pieces: ReadonlyMap<string, Exclude<StringPart, string>>;
}

const open = '\uE000';
const close = '\uE001';
/** Starts the marker of what is the same wherever it stands. */
const named = 'n:';
const none: ReadonlyMap<string, Exclude<StringPart, string>> = new Map();

/** The text of a string-like value; `undefined` for anything else. */
export function toSymbolicText(value: Value | undefined): SymbolicText | undefined {
  if (typeof value === 'string') return { text: value, pieces: none };
  if (value instanceof PartialString) return textOfParts(value.parts);
  if (value instanceof Reference || value instanceof Unresolved || value instanceof SecretReference) {
    return textOfParts([value]);
  }
  return undefined;
}

function textOfParts(parts: readonly StringPart[]): SymbolicText {
  const pieces = new Map<string, Exclude<StringPart, string>>();
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const marker = markerOf(part);
    pieces.set(marker, part);
    text += marker;
  }
  return { text, pieces };
}

/** The marker of an unknown piece: equal for equal pieces. */
export function markerOf(part: Exclude<StringPart, string>): string {
  if (part instanceof Reference) return `${open}r:${part.resourceId}:${part.attribute ?? ''}${close}`;
  if (part instanceof SecretReference) return `${open}s:${part.text}${close}`;
  const { subject, cause } = part;
  return subject === undefined
    ? `${open}u:${cause.code}:${cause.message}${close}`
    : `${open}${named}${subject}${close}`;
}

/** The piece, where the text is one marker and nothing else. */
export function wholePiece(found: SymbolicText): Exclude<StringPart, string> | undefined {
  return found.pieces.get(found.text);
}

/** The piece that the text starts with, and what follows it. */
export function leadingPiece(
  found: SymbolicText,
): { readonly piece: Exclude<StringPart, string>; readonly rest: string } | undefined {
  if (!found.text.startsWith(open)) return undefined;
  const end = found.text.indexOf(close) + 1;
  const piece = found.pieces.get(found.text.slice(0, end));
  return piece === undefined ? undefined : { piece, rest: found.text.slice(end) };
}

/** Splits at any of the separator characters, leaving markers whole (their own text may hold one). */
export function splitText(text: string, separators: string, limit = Number.POSITIVE_INFINITY): string[] {
  const fields: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length && fields.length < limit - 1; index += 1) {
    const character = text[index];
    if (character === open) depth += 1;
    else if (character === close) depth -= 1;
    else if (depth === 0 && character !== undefined && separators.includes(character)) {
      fields.push(text.slice(start, index));
      start = index + 1;
    }
  }
  fields.push(text.slice(start));
  return fields;
}

/** Why the text is not wholly known: the cause of its first unknown piece, references aside. */
export function causeOf(text: string, pieces: SymbolicText['pieces']): Cause | undefined {
  for (const [marker, piece] of pieces) {
    if (!text.includes(marker)) continue;
    if (piece instanceof Unresolved) return piece.cause;
    if (piece instanceof SecretReference) {
      return {
        code: 'outside',
        message: `\`${piece.text}\` is not in the scan`,
        remedy: 'declare what it stands for in headgate.yaml',
      };
    }
    return { code: 'attribute', message: 'a part of the name exists only after deployment' };
  }
  return undefined;
}

/** True where equal texts are equal names in any stack: each unknown piece says what it is. */
export function isNamed(text: string): boolean {
  return !text.includes(`${open}u:`);
}

/** True where the text has no unknown piece. */
export function isPlain(text: string): boolean {
  return !text.includes(open);
}

/** Turns marked text back into a value: a string, a single piece, or a partly known string. */
export function toValue(text: string, pieces: SymbolicText['pieces']): Value {
  if (isPlain(text)) return text;
  const whole = pieces.get(text);
  if (whole !== undefined) return whole;
  const parts: StringPart[] = [];
  let start = 0;
  while (start < text.length) {
    const begin = text.indexOf(open, start);
    if (begin < 0) {
      parts.push(text.slice(start));
      break;
    }
    if (begin > start) parts.push(text.slice(start, begin));
    const end = text.indexOf(close, begin) + 1;
    const piece = pieces.get(text.slice(begin, end));
    if (end === 0 || piece === undefined) {
      parts.push(text.slice(begin));
      break;
    }
    parts.push(piece);
    start = end;
  }
  return new PartialString(parts);
}
