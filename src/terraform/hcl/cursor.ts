import { depthLimit } from '../../text/syntax-error.ts';
import type { HclComment } from './syntax.ts';

/** The first thing that does not fit, and where it stands. */
export class HclSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'HclSyntaxError';
  }
}

const space = 32;
const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const hash = 35;
const slash = 47;
const star = 42;

const namePattern = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;

/** A place in a text, which moves forward alone, with the comments that it passed. */
export class Cursor {
  offset = 0;
  /** True where the end of a line ends what is being read: outside of brackets. */
  endsAtLine = true;
  readonly comments: HclComment[] = [];
  #depth = 0;
  /** True once a search for the end of a comment found none: then none of what follows has one. */
  #hasNoCommentEnd = false;
  /** The last line that holds a word alone, by the word; made when it is first asked for. */
  #lastWordLines: ReadonlyMap<string, number> | undefined;

  constructor(readonly text: string) {
    // Editors of Windows write a byte order mark; it is no part of the first name.
    if (text.charCodeAt(0) === 0xfeff) this.offset = 1;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.text.length;
  }

  /** Code of the character here; NaN at the end. */
  get code(): number {
    return this.text.charCodeAt(this.offset);
  }

  /** Passes white space and comments, and the ends of lines where they say nothing. */
  skip(): void {
    for (;;) {
      const { code } = this;
      if (code === space || code === tab || code === carriageReturn) this.offset += 1;
      else if (code === lineFeed && !this.endsAtLine) this.offset += 1;
      else if (!this.#skipComment(code)) return;
    }
  }

  #skipComment(code: number): boolean {
    const next = this.text.charCodeAt(this.offset + 1);
    if (code === hash) this.#lineComment('#');
    else if (code === slash && next === slash) this.#lineComment('//');
    else if (code === slash && next === star) this.#blockComment();
    else return false;
    return true;
  }

  #lineComment(form: '#' | '//'): void {
    const start = this.offset;
    const lineEnd = this.text.indexOf('\n', start);
    let end = lineEnd === -1 ? this.text.length : lineEnd;
    if (this.text.charCodeAt(end - 1) === carriageReturn) end -= 1;
    this.#keep({ form, start, end, content: this.text.slice(start + form.length, end) });
  }

  #blockComment(): void {
    const start = this.offset;
    const close = this.#hasNoCommentEnd ? -1 : this.text.indexOf('*/', start + 2);
    if (close === -1) {
      this.#hasNoCommentEnd = true;
      throw new HclSyntaxError('the comment that starts here has no closing `*/`', start);
    }
    this.#keep({ form: '/*', start, end: close + 2, content: this.text.slice(start + 2, close) });
  }

  /** Keeps a comment once, however often its place is passed. */
  #keep(comment: Omit<HclComment, 'isAlone'>): void {
    this.offset = comment.end;
    if (comment.start < (this.comments.at(-1)?.end ?? 0)) return;
    this.comments.push({ ...comment, isAlone: this.#startsLine(comment.start) });
  }

  #startsLine(offset: number): boolean {
    let before = offset - 1;
    while (before >= 0 && /[ \t\r\uFEFF]/.test(this.text.charAt(before))) before -= 1;
    return before < 0 || this.text.charCodeAt(before) === lineFeed;
  }

  /** True and past it where the text goes on with these characters. */
  take(characters: string): boolean {
    if (!this.text.startsWith(characters, this.offset)) return false;
    this.offset += characters.length;
    return true;
  }

  /** Passes what has to stand here, white space before it included. */
  expect(characters: string, why: string): void {
    this.skip();
    if (!this.take(characters)) this.fail(`\`${characters}\` ${why}`);
  }

  /** The name that stands here; undefined where none does. */
  name(): string | undefined {
    namePattern.lastIndex = this.offset;
    const found = namePattern.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  /** True where a line from here on holds the word alone. Every line is looked at once, however many words are asked for. */
  hasLineAhead(word: string): boolean {
    this.#lastWordLines ??= lastWordLines(this.text);
    return (this.#lastWordLines.get(word) ?? -1) >= this.offset;
  }

  /** Reads something nested: deeper than anything that people write is refused before the stack ends. */
  nested<T>(read: () => T, endsAtLine = this.endsAtLine): T {
    const outer = this.endsAtLine;
    this.deeper(1);
    this.endsAtLine = endsAtLine;
    try {
      return read();
    } finally {
      this.endsAtLine = outer;
      this.#depth -= 1;
    }
  }

  /** Counts levels in; the caller takes them back. */
  deeper(levels: number): void {
    this.#depth += levels;
    if (this.#depth <= depthLimit) return;
    this.#depth -= levels;
    throw new HclSyntaxError(`nested more than ${depthLimit} levels deep`, this.offset);
  }

  shallower(levels: number): void {
    this.#depth -= levels;
  }

  fail(expected: string, offset = this.offset): never {
    throw new HclSyntaxError(`expected ${expected}, found ${this.#describe(offset)}`, offset);
  }

  #describe(offset: number): string {
    if (offset >= this.text.length) return 'the end of the file';
    const point = this.text.codePointAt(offset) ?? 0;
    if (point === lineFeed || point === carriageReturn) return 'the end of the line';
    namePattern.lastIndex = offset;
    return `\`${namePattern.exec(this.text)?.[0].slice(0, 40) ?? String.fromCodePoint(point)}\``;
  }
}

function lastWordLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const { 1: word = '', index } of text.matchAll(
    /^[ \t]*([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?$/gmu,
  ))
    lines.set(word, index);
  return lines;
}
