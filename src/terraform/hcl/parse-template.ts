import { type Cursor, HclSyntaxError } from './cursor.ts';
import type { Expression, Template, TemplatePart } from './syntax.ts';

/** Reads the expression inside of `${` and of directives; handed in, since each reads the other. */
export type ReadExpression = (cursor: Cursor) => Expression;

type Form = Template['form'];

/** A piece of a template in the order of the text, before directives are closed. */
type Piece = TextPiece | MarkPiece;

interface TextPiece {
  readonly kind: 'text';
  value: string;
  readonly start: number;
  readonly end: number;
}

interface MarkPiece {
  readonly kind: 'interpolation' | 'if' | 'else' | 'endif' | 'for' | 'endfor';
  readonly start: number;
  readonly end: number;
  readonly value?: Expression;
  readonly names?: readonly string[];
}

/** The text in quotes that starts at the cursor. */
export function parseQuoted(cursor: Cursor, read: ReadExpression): Template {
  const start = cursor.offset;
  cursor.offset += 1;
  const pieces = new PieceReader(cursor, 'quoted', read).read(() => cursor.text[cursor.offset] === '"');
  if (!cursor.take('"')) throw new HclSyntaxError('the text that starts here has no closing `"`', start);
  return template('quoted', pieces, start, cursor.offset);
}

/** A whole text as a template, without escapes: strings of JSON files. */
export function parseBare(cursor: Cursor, read: ReadExpression): Template {
  const start = cursor.offset;
  const pieces = new PieceReader(cursor, 'json', read).read(() => cursor.isAtEnd);
  return template('json', pieces, start, cursor.offset);
}

const heredocPattern = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n/uy;

/** The heredoc that starts at the cursor; the cursor stops before the end of its last line. */
export function parseHeredoc(cursor: Cursor, read: ReadExpression): Template {
  const start = cursor.offset;
  heredocPattern.lastIndex = start;
  const found = heredocPattern.exec(cursor.text);
  if (found === null) cursor.fail('`<<NAME` and the end of the line');
  const marker = found[2] ?? '';
  const form = found[1] === '-' ? 'indented-heredoc' : 'heredoc';
  cursor.offset += found[0].length;
  const reader = new PieceReader(cursor, form, read);
  const pieces = cursor.hasLineAhead(marker) ? reader.read(() => isMarkerLine(cursor, marker)) : [];
  if (!isMarkerLine(cursor, marker)) {
    const message = `the text that starts here has no closing \`${marker}\` on a separate line`;
    throw new HclSyntaxError(message, start);
  }
  cursor.offset = cursor.text.indexOf(marker, cursor.offset) + marker.length;
  if (form === 'indented-heredoc') removeIndent(pieces);
  return template(form, pieces, start, cursor.offset);
}

/** True where the cursor is at the start of a line that holds the marker alone. */
function isMarkerLine(cursor: Cursor, marker: string): boolean {
  const { text, offset } = cursor;
  if (offset > 0 && text[offset - 1] !== '\n') return false;
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  if (!text.startsWith(marker, at)) return false;
  at += marker.length;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at += 1;
  return at >= text.length || text[at] === '\n';
}

class PieceReader {
  readonly #pieces: Piece[] = [];
  /** After `~}`: the text that follows loses its white space in front. */
  #trimsNext = false;

  constructor(
    readonly cursor: Cursor,
    readonly form: Form,
    readonly readExpression: ReadExpression,
  ) {}

  read(isDone: () => boolean): Piece[] {
    const { cursor } = this;
    while (!isDone() && !cursor.isAtEnd) {
      const sign = cursor.text[cursor.offset];
      if ((sign === '$' || sign === '%') && cursor.text[cursor.offset + 1] === '{') this.#mark(sign);
      else this.#text();
    }
    return this.#pieces;
  }

  /** Text up to what is no text; in a heredoc up to the end of the line. */
  #text(): void {
    const { cursor, form } = this;
    const start = cursor.offset;
    const value = form === 'quoted' ? quotedText(cursor) : plainText(cursor, form !== 'json');
    this.#pieces.push({
      kind: 'text',
      value: this.#trimsNext ? value.trimStart() : value,
      start,
      end: cursor.offset,
    });
    this.#trimsNext = false;
  }

  #mark(sign: '$' | '%'): void {
    const { cursor } = this;
    const start = cursor.offset;
    cursor.offset += 2;
    if (cursor.take('~')) this.#trimBefore();
    this.#trimsNext = false;
    const content = cursor.nested(() => (sign === '$' ? this.#interpolation() : this.#directive()), false);
    cursor.nested(() => {
      cursor.skip();
    }, false);
    this.#trimsNext = cursor.take('~');
    if (!cursor.take('}')) cursor.fail(`\`}\` to close the \`${sign}{\``);
    this.#pieces.push({ ...content, start, end: cursor.offset });
  }

  #trimBefore(): void {
    const last = this.#pieces.at(-1);
    if (last?.kind === 'text') last.value = last.value.trimEnd();
  }

  #interpolation(): Pick<MarkPiece, 'kind' | 'value'> {
    return { kind: 'interpolation', value: this.readExpression(this.cursor) };
  }

  #directive(): Pick<MarkPiece, 'kind' | 'value' | 'names'> {
    const { cursor } = this;
    cursor.skip();
    const at = cursor.offset;
    const word = cursor.name();
    switch (word) {
      case 'if':
        return { kind: 'if', value: this.readExpression(cursor) };
      case 'for':
        return { kind: 'for', names: readForNames(cursor), value: this.readExpression(cursor) };
      case 'else':
      case 'endif':
      case 'endfor':
        return { kind: word };
      default:
        return cursor.fail('`if`, `else`, `endif`, `for` or `endfor`', at);
    }
  }
}

/** The names that `for` binds, up to and with its `in`. */
export function readForNames(cursor: Cursor): string[] {
  const names = [readName(cursor)];
  cursor.skip();
  if (cursor.take(',')) names.push(readName(cursor));
  cursor.skip();
  const at = cursor.offset;
  if (cursor.name() !== 'in') cursor.fail('`in` after the names of `for`', at);
  return names;
}

function readName(cursor: Cursor): string {
  cursor.skip();
  return cursor.name() ?? cursor.fail('a name after `for`');
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const quotedPattern = /[^"\\$%\n]+/y;
const plainLinePattern = /[^$%\n]+/y;
const plainPattern = /[^$%]+/y;

/** Text between quotes up to the closing one or to a mark, escapes read. */
function quotedText(cursor: Cursor): string {
  const pieces: string[] = [];
  for (;;) {
    const { text, offset } = cursor;
    const character = text[offset];
    if (character === undefined || character === '"' || character === '\n') break;
    if (character === '\\') pieces.push(readEscape(cursor));
    else if (character === '$' || character === '%') {
      if (text[offset + 1] === '{') break;
      pieces.push(readSign(cursor, character));
    } else pieces.push(takePattern(cursor, quotedPattern));
  }
  if (cursor.text[cursor.offset] === '\n') cursor.fail('the closing `"` of the text');
  return pieces.join('');
}

function readEscape(cursor: Cursor): string {
  const start = cursor.offset;
  const character = cursor.text[start + 1] ?? '';
  const digits = character === 'u' ? 4 : character === 'U' ? 8 : 0;
  if (digits > 0) {
    const code = cursor.text.slice(start + 2, start + 2 + digits);
    const point = /^[0-9a-fA-F]+$/.test(code) && code.length === digits ? Number.parseInt(code, 16) : -1;
    if (point < 0 || point > 0x10ffff)
      cursor.fail(`${digits} hexadecimal digits after \`\\${character}\``, start + 2);
    cursor.offset += 2 + digits;
    return String.fromCodePoint(point);
  }
  const read = Object.hasOwn(escapes, character) ? escapes[character] : undefined;
  if (read === undefined) {
    throw new HclSyntaxError(
      `\`\\${/[\r\n]/.test(character) ? '' : character}\` is not an escape; a backslash in a text is written \`\\\\\``,
      start,
    );
  }
  cursor.offset += 2;
  return read;
}

/** A sign that opens nothing: alone, or doubled to say the next brace is text. */
function readSign(cursor: Cursor, sign: string): string {
  if (cursor.take(`${sign}${sign}{`)) return `${sign}{`;
  cursor.offset += 1;
  return sign;
}

function plainText(cursor: Cursor, endsAtLine: boolean): string {
  const pieces: string[] = [];
  for (;;) {
    const { text, offset } = cursor;
    const character = text[offset];
    if (character === undefined) break;
    if (character === '$' || character === '%') {
      if (text[offset + 1] === '{') break;
      pieces.push(readSign(cursor, character));
    } else if (character === '\n' && endsAtLine) {
      cursor.offset += 1;
      pieces.push('\n');
      break;
    } else pieces.push(takePattern(cursor, endsAtLine ? plainLinePattern : plainPattern));
  }
  return pieces.join('');
}

function takePattern(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.offset;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.offset += found.length;
  return found;
}

/** Takes the white space away that all lines share, as `<<-` says; blank lines do not count. */
function removeIndent(pieces: readonly Piece[]): void {
  let indent = Number.POSITIVE_INFINITY;
  let startsLine = true;
  const lines: TextPiece[] = [];
  for (const piece of pieces) {
    const text = piece.kind === 'text' ? piece : undefined;
    if (startsLine) {
      if (text === undefined) indent = 0;
      else if (text.value.trim() !== '' || !text.value.endsWith('\n')) {
        indent = Math.min(indent, text.value.length - text.value.trimStart().length);
        lines.push(text);
      }
    }
    startsLine = text?.value.endsWith('\n') === true;
  }
  for (const line of lines) line.value = line.value.slice(indent);
}

function template(form: Form, pieces: readonly Piece[], start: number, end: number): Template {
  return { kind: 'template', form, parts: closeDirectives(pieces), start, end };
}

interface OpenDirective {
  readonly piece: MarkPiece;
  readonly parts: TemplatePart[];
  then?: TemplatePart[];
}

/** Puts what stands between a directive and its end into it. */
function closeDirectives(pieces: readonly Piece[]): TemplatePart[] {
  const top: TemplatePart[] = [];
  const open: OpenDirective[] = [];
  const parts = (): TemplatePart[] => {
    const last = open.at(-1);
    return last === undefined ? top : last.then === undefined ? last.parts : last.then;
  };
  for (const piece of pieces) {
    if (piece.kind === 'text') parts().push({ ...piece });
    else if (piece.kind === 'interpolation') parts().push(interpolation(piece));
    else if (piece.kind === 'if' || piece.kind === 'for') open.push({ piece, parts: [] });
    else if (piece.kind === 'else') startElse(open.at(-1), piece);
    else {
      const done = close(open.pop(), piece);
      parts().push(done);
    }
  }
  const last = open.at(-1);
  if (last !== undefined) throw unclosed(last.piece);
  return top;
}

function interpolation(piece: MarkPiece): TemplatePart {
  return { kind: 'interpolation', value: valueOf(piece), start: piece.start, end: piece.end };
}

function startElse(directive: OpenDirective | undefined, piece: MarkPiece): void {
  if (directive?.piece.kind !== 'if' || directive.then !== undefined)
    throw new HclSyntaxError('`else` without an `if` before it', piece.start);
  directive.then = [];
}

function close(directive: OpenDirective | undefined, piece: MarkPiece): TemplatePart {
  const opener = piece.kind === 'endif' ? 'if' : 'for';
  if (directive?.piece.kind !== opener)
    throw new HclSyntaxError(`\`${piece.kind}\` without a \`${opener}\` before it`, piece.start);
  const place = { start: directive.piece.start, end: piece.end };
  const value = valueOf(directive.piece);
  if (opener === 'if')
    return { kind: 'if', condition: value, then: directive.parts, else: directive.then ?? [], ...place };
  const [first = '', second] = directive.piece.names ?? [];
  const names = second === undefined ? ([undefined, first] as const) : ([first, second] as const);
  return {
    kind: 'for-parts',
    keyName: names[0],
    valueName: names[1],
    collection: value,
    parts: directive.parts,
    ...place,
  };
}

function unclosed(piece: MarkPiece): HclSyntaxError {
  return new HclSyntaxError(
    `the \`%{ ${piece.kind} }\` that starts here has no \`%{ end${piece.kind} }\``,
    piece.start,
  );
}

function valueOf(piece: MarkPiece): Expression {
  if (piece.value === undefined) throw new Error(`a piece of kind ${piece.kind} has a value`);
  return piece.value;
}
