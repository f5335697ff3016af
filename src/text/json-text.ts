import type { Span } from './span.ts';
import { depthLimit, TemplateSyntaxError, type DuplicateKey } from './syntax-error.ts';

const quote = 34;
const backslash = 92;

/** Offsets of a top-level section's members, taken in one pass over a text that JSON.parse accepted. */
export interface JsonOutline {
  readonly sections: ReadonlyMap<string, Span>;
  /** Number of keys in the whole text; more than in the parsed tree when keys stand twice. */
  readonly keys: number;
  readonly depth: number;
}

interface OpenMember {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
}

/** Indexes the first two levels of valid JSON. Linear, without building anything for deeper levels. */
export function outlineJson(text: string): JsonOutline {
  return new OutlineReader(text).read();
}

class OutlineReader {
  readonly #sections = new Map<string, Span>();
  #members = new Map<string, Span>();
  /** The member being read at each of the first two levels. */
  readonly #open: OpenMember[] = [];
  #keys = 0;
  #depth = 0;
  #deepest = 0;
  /** Where the last token ended. */
  #end = 0;

  constructor(readonly text: string) {}

  read(): JsonOutline {
    const { text } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code <= 32 || code === 58) continue;
      if (code === quote) index = this.#string(index) - 1;
      else this.#punctuation(code, index);
    }
    return { sections: this.#sections, keys: this.#keys, depth: this.#deepest };
  }

  /** Reads a string and returns the offset after it; before a colon it is a key. */
  #string(start: number): number {
    const end = stringEnd(this.text, start);
    const after = skipSpace(this.text, end);
    this.#end = end;
    if (this.text.charCodeAt(after) !== 58) return end;
    this.#keys++;
    if (this.#depth <= 2 && this.#open.length === this.#depth - 1) {
      const key = JSON.parse(this.text.slice(start, end)) as string;
      this.#open.push({ key, keyStart: start, keyEnd: end, start: skipSpace(this.text, after + 1) });
    }
    return end;
  }

  #punctuation(code: number, index: number): void {
    if (code === 123 || code === 91) {
      if (++this.#depth > this.#deepest) this.#deepest = this.#depth;
    } else if (code === 125 || code === 93) {
      this.#closeMember();
      this.#depth--;
      this.#end = index + 1;
    } else if (code === 44) {
      this.#closeMember();
    } else {
      this.#end = index + 1;
    }
  }

  #closeMember(): void {
    if (this.#depth > 2 || this.#open.length !== this.#depth) return;
    const done = this.#open.pop();
    if (done === undefined) return;
    const { key, ...place } = done;
    if (this.#depth === 2) {
      this.#members.set(key, { ...place, end: this.#end });
    } else {
      this.#sections.set(key, { ...place, end: this.#end, children: this.#members });
      this.#members = new Map();
    }
  }
}

/** Offset after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let index = start + 1;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === quote || Number.isNaN(code)) return index + 1;
    index += code === backslash ? 2 : 1;
  }
}

function skipSpace(text: string, from: number): number {
  let index = from;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return index;
    index++;
  }
}

/** Number of keys in a parsed tree; its depth must be known to be within the limit. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}

/**
 * Spans of the JSON value that starts at `start`, strictly by RFC 8259; `onDuplicate` hears of
 * keys that stand twice. Throws TemplateSyntaxError at the first character that does not fit.
 */
export function spanJson(
  text: string,
  start = 0,
  onDuplicate: (found: DuplicateKey) => void = () => undefined,
): Span {
  const reader = new SpanReader(text, onDuplicate);
  return reader.value(skipSpace(text, start), 0, 0, 1);
}

/** The first error of a text that JSON.parse refused. */
export function findJsonError(text: string): TemplateSyntaxError {
  try {
    const span = new SpanReader(text, () => undefined, true).value(skipSpace(text, 0), 0, 0, 1);
    const rest = skipSpace(text, span.end);
    return new TemplateSyntaxError('syntax', 'unexpected text after the end of the JSON value', rest);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
}

const literalPattern = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)/y;

const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class SpanReader {
  constructor(
    readonly text: string,
    readonly onDuplicate: (found: DuplicateKey) => void,
    /** Whether each character of a string is looked at; not needed where JSON.parse has accepted the text. */
    readonly isStrict = false,
  ) {}

  value(start: number, keyStart: number, keyEnd: number, depth: number): Span {
    const code = this.text.charCodeAt(start);
    if (depth > depthLimit && (code === 123 || code === 91)) {
      throw new TemplateSyntaxError('too-deep', `nested more than ${depthLimit} levels deep`, start);
    }
    if (code === 123) return this.mapping(start, keyStart, keyEnd, depth);
    if (code === 91) return this.list(start, keyStart, keyEnd, depth);
    const end = code === quote ? this.string(start) : this.literal(start);
    return { keyStart, keyEnd, start, end };
  }

  mapping(start: number, keyStart: number, keyEnd: number, depth: number): Span {
    const children = new Map<string, Span>();
    let index = skipSpace(this.text, start + 1);
    while (this.text.charCodeAt(index) !== 125) {
      if (children.size > 0) index = this.expect(index, 44, '`,` or `}`');
      if (this.text.charCodeAt(index) !== quote) this.fail(index, 'a member name in double quotes');
      const nameEnd = this.string(index);
      const name = JSON.parse(this.text.slice(index, nameEnd)) as string;
      if (children.has(name)) this.onDuplicate({ key: name, offset: index });
      const valueStart = this.expect(skipSpace(this.text, nameEnd), 58, '`:`');
      const child = this.value(valueStart, index, nameEnd, depth + 1);
      children.set(name, child);
      index = skipSpace(this.text, child.end);
    }
    return { keyStart, keyEnd, start, end: index + 1, children };
  }

  list(start: number, keyStart: number, keyEnd: number, depth: number): Span {
    const children: Span[] = [];
    let index = skipSpace(this.text, start + 1);
    while (this.text.charCodeAt(index) !== 93) {
      if (children.length > 0) index = this.expect(index, 44, '`,` or `]`');
      const child = this.value(index, index, index, depth + 1);
      children.push(child);
      index = skipSpace(this.text, child.end);
    }
    return { keyStart, keyEnd, start, end: index + 1, children };
  }

  string(start: number): number {
    const end = stringEnd(this.text, start);
    const line = this.text.slice(start, end).search(/[\n\r]/);
    if (line !== -1) this.fail(start + line, 'the closing `"` of the string');
    if (end > this.text.length) this.fail(this.text.length, 'the closing `"` of the string');
    if (this.isStrict) this.characters(start + 1, end - 1);
    return end;
  }

  characters(from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const code = this.text.charCodeAt(index);
      if (code < 32) this.fail(index, 'a control character to be written as an escape');
      if (code !== backslash) continue;
      escapePattern.lastIndex = index;
      if (!escapePattern.test(this.text)) this.fail(index + 1, 'an escape such as `\\n` or `\\u000a`');
      index++;
    }
  }

  literal(start: number): number {
    literalPattern.lastIndex = start;
    const found = literalPattern.exec(this.text);
    if (found === null) this.fail(start, 'a JSON value');
    return start + found[0].length;
  }

  expect(index: number, code: number, what: string): number {
    if (this.text.charCodeAt(index) !== code) this.fail(index, what);
    return skipSpace(this.text, index + 1);
  }

  fail(offset: number, expected: string): never {
    const character = String.fromCodePoint(this.text.codePointAt(offset) ?? 0);
    const found = offset >= this.text.length ? 'the end of the file' : `\`${character}\``;
    throw new TemplateSyntaxError('syntax', `expected ${expected}, found ${found}`, offset);
  }
}
