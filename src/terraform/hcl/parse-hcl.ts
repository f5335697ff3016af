import { Cursor, HclSyntaxError } from './cursor.ts';
import { parseExpression, skipLines } from './parse-expression.ts';
import { parseHclJson } from './parse-json.ts';
import { parseBare, parseQuoted } from './parse-template.ts';
import type { HclAttribute, HclBlock, HclBody, HclError, HclFile, HclLabel, Template } from './syntax.ts';

/**
 * Reads a Terraform file: `*.tf`, `*.tfvars`, or the JSON form of either by its name. Never throws; an item
 * that cannot be read is an error with its place, and reading goes on at the next one.
 */
export function parseHcl(text: string, file: string): HclFile {
  if (file.endsWith('.json')) return parseHclJson(text, file);
  const first = new BodyReader(text, false).read();
  // A brace that is missing takes the rest of the file into its block: then blocks of the top level end it.
  const read = first.isUnclosed ? new BodyReader(text, true).read() : first;
  return { file, text, body: read.body, comments: read.comments, errors: read.errors };
}

/** Blocks that stand at the top of a file and hardly anywhere else. */
const topTypes: ReadonlySet<string> = new Set([
  ...['resource', 'data', 'module', 'variable', 'output', 'locals', 'provider', 'terraform'],
  ...['moved', 'import', 'removed', 'check', 'ephemeral'],
]);

interface OpenBlock {
  readonly start: number;
  readonly column: number;
}

class BodyReader {
  readonly #cursor: Cursor;
  readonly #errors: HclError[] = [];
  #isUnclosed = false;

  constructor(
    readonly text: string,
    readonly endsBlocksAtTop: boolean,
  ) {
    this.#cursor = new Cursor(text);
  }

  read(): Pick<HclFile, 'body' | 'comments' | 'errors'> & { readonly isUnclosed: boolean } {
    const body = this.#body(undefined);
    return { body, comments: this.#cursor.comments, errors: this.#errors, isUnclosed: this.#isUnclosed };
  }

  /** Items up to the brace that closes the block; it is left for the block. */
  #body(block: OpenBlock | undefined): HclBody {
    const cursor = this.#cursor;
    const start = cursor.offset;
    const items: (HclAttribute | HclBlock)[] = [];
    for (;;) {
      if (!this.#toNextItem()) break;
      if (cursor.isAtEnd) break;
      const isClosing = cursor.text[cursor.offset] === '}';
      if (isClosing && block !== undefined) break;
      if (block !== undefined && this.#startsTop(block)) break;
      const item = this.#tryItem(block);
      if (item !== undefined) items.push(item);
    }
    return { items, start, end: cursor.offset };
  }

  /** Passes white space and comments; false where a comment never ends. */
  #toNextItem(): boolean {
    try {
      skipLines(this.#cursor);
      return true;
    } catch (error) {
      this.#record(error);
      this.#cursor.offset = this.text.length;
      return false;
    }
  }

  /** True where a block of the top level begins although the braces before it say otherwise. */
  #startsTop(block: OpenBlock): boolean {
    if (!this.endsBlocksAtTop) return false;
    const cursor = this.#cursor;
    const { offset } = cursor;
    if (columnAt(this.text, offset) > block.column) return false;
    const name = cursor.name();
    cursor.offset = offset;
    return (
      name !== undefined &&
      topTypes.has(name) &&
      /^[\w-]+[ \t]*(?:"[^"\n]*"[ \t]*)*\{/.test(lineAt(this.text, offset))
    );
  }

  #tryItem(block: OpenBlock | undefined): HclAttribute | HclBlock | undefined {
    const cursor = this.#cursor;
    const start = cursor.offset;
    try {
      return this.#item();
    } catch (error) {
      this.#record(error);
      cursor.endsAtLine = true;
      this.#recover(start, Math.max(start, (error as HclSyntaxError).offset), block);
      return undefined;
    }
  }

  /** @throws what is no HclSyntaxError. */
  #record(error: unknown): void {
    if (!(error instanceof HclSyntaxError)) throw error;
    const start = error.offset;
    this.#errors.push({ message: error.message, start, end: Math.min(start + 1, this.text.length) });
  }

  /**
   * Goes on at the first line after the error that is indented no more than the broken item and looks like
   * another one, or like the end of the block around it.
   */
  #recover(start: number, failedAt: number, block: OpenBlock | undefined): void {
    const cursor = this.#cursor;
    const column = columnAt(this.text, start);
    // What is unexpected at the start of a line is often the next item, or the brace that ends the block.
    const ownLine = this.text.lastIndexOf('\n', failedAt - 1);
    const isFirst = ownLine > start && firstInLine(this.text, ownLine + 1) === failedAt;
    let line = isFirst ? ownLine : this.text.indexOf('\n', failedAt);
    while (line !== -1) {
      const at = firstInLine(this.text, line + 1);
      if (at - line - 1 <= column && this.#looksLikeNext(at, block)) {
        cursor.offset = at;
        return;
      }
      line = this.text.indexOf('\n', line + 1);
    }
    cursor.offset = this.text.length;
  }

  #looksLikeNext(at: number, block: OpenBlock | undefined): boolean {
    if (this.text[at] === '}') return block !== undefined && columnAt(this.text, at) <= block.column;
    return /^[\p{ID_Start}_][\p{ID_Continue}-]*[ \t]*(?:=(?!=)|\{|"|[\p{ID_Start}_])/u.test(
      lineAt(this.text, at),
    );
  }

  #item(): HclAttribute | HclBlock {
    const cursor = this.#cursor;
    const start = cursor.offset;
    const name = cursor.name() ?? cursor.fail('the name of an argument or a block');
    const nameEnd = cursor.offset;
    cursor.skip();
    if (cursor.text[cursor.offset] === '=' && cursor.text[cursor.offset + 1] !== '=') {
      cursor.offset += 1;
      const value = parseExpression(cursor);
      this.#endItem('argument');
      return { kind: 'attribute', name, nameEnd, value, start, end: value.end };
    }
    return this.#block(name, start, nameEnd);
  }

  #block(type: string, start: number, typeEnd: number): HclBlock {
    const cursor = this.#cursor;
    const labels = this.#labels(type);
    cursor.offset += 1;
    const open = { start, column: columnAt(this.text, start) };
    const before = this.#errors.length;
    const body = cursor.nested(() => this.#body(open), true);
    const closingBrace = cursor.text[cursor.offset] === '}' ? cursor.offset : undefined;
    if (closingBrace === undefined) this.#unclosed(type, start, before);
    else cursor.offset += 1;
    const end = cursor.offset;
    if (closingBrace !== undefined) this.#endItem('block');
    return { kind: 'block', type, typeEnd, labels, body, closingBrace, start, end };
  }

  /** Says that a block does not end, where nothing inside of it says why already. */
  #unclosed(type: string, start: number, errorsBefore: number): void {
    this.#isUnclosed = true;
    if (this.#errors.length > errorsBefore) return;
    this.#errors.push({
      message: `the block \`${type}\` that starts here has no closing \`}\``,
      start,
      end: start + type.length,
    });
  }

  #labels(type: string): HclLabel[] {
    const cursor = this.#cursor;
    const labels: HclLabel[] = [];
    for (;;) {
      cursor.skip();
      const start = cursor.offset;
      if (cursor.text[start] === '{') return labels;
      if (cursor.text[start] === '"') labels.push(this.#quotedLabel());
      else {
        const text =
          cursor.name() ??
          cursor.fail(
            labels.length > 0
              ? `\`{\` or a label of the block \`${type}\``
              : `\`=\` or \`{\` after \`${type}\``,
          );
        labels.push({ text, start, end: cursor.offset });
      }
    }
  }

  #quotedLabel(): HclLabel {
    const cursor = this.#cursor;
    const { parts, start, end } = parseQuoted(cursor, parseExpression);
    const [first] = parts;
    if (parts.length > 1 || (first !== undefined && first.kind !== 'text'))
      throw new HclSyntaxError('a label of a block is plain text without `${`', start);
    return { text: first?.value ?? '', start, end };
  }

  /** What ends has its line to itself; a block on one line may hold one argument. */
  #endItem(what: 'argument' | 'block'): void {
    const cursor = this.#cursor;
    cursor.skip();
    const next = cursor.text[cursor.offset];
    if (next === undefined || next === '\n' || next === '}') return;
    cursor.fail(`a new line after the ${what}`);
  }
}

/** 0-based column; tabs count as one. */
function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function firstInLine(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/** The rest of the line from an offset; its length is bounded, since only its start is looked at. */
function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, Math.min(end === -1 ? text.length : end, offset + 400));
}

/** Reads a whole text as a template, as the file of `templatefile`. */
export function parseHclTemplate(text: string): {
  readonly template: Template;
  readonly errors: readonly HclError[];
} {
  try {
    return { template: parseBare(new Cursor(text), parseExpression), errors: [] };
  } catch (error) {
    if (!(error instanceof HclSyntaxError)) throw error;
    const at = { start: error.offset, end: Math.min(error.offset + 1, text.length) };
    return {
      template: { kind: 'template', form: 'json', parts: [], start: 0, end: 0 },
      errors: [{ message: error.message, ...at }],
    };
  }
}
