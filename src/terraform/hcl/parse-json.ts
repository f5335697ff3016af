import { findJsonError, spanJson } from '../../text/json-text.ts';
import { childSpan, type Span } from '../../text/span.ts';
import { TemplateSyntaxError } from '../../text/syntax-error.ts';
import { Cursor, HclSyntaxError } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseBare } from './parse-template.ts';
import type { Expression, HclAttribute, HclBlock, HclBody, HclError, HclFile, HclLabel } from './syntax.ts';

/** How many labels the blocks of the top level have; what is not named here is an argument. */
const labelsOf: ReadonlyMap<string, number> = new Map([
  ...(['resource', 'data', 'ephemeral'] as const).map((type) => [type, 2] as const),
  ...(['variable', 'output', 'module', 'provider', 'check'] as const).map((type) => [type, 1] as const),
  ...(['locals', 'terraform', 'moved', 'import', 'removed'] as const).map((type) => [type, 0] as const),
]);

/**
 * Reads the JSON form of a Terraform file into the tree of the native form. Which members of a block are
 * blocks again is known to the schema alone, so they are arguments with objects or lists as values; the
 * property `//`, which is a comment, stays as an argument of that name. Never throws.
 * @param file `*.tf.json` for blocks at the top, another name (`*.tfvars.json`) for arguments.
 */
export function parseHclJson(text: string, file: string): HclFile {
  const errors: HclError[] = [];
  const empty: HclBody = { items: [], start: 0, end: text.length };
  let body = empty;
  try {
    const reader = new JsonReader(text, errors);
    body = reader.read(file.endsWith('.tf.json'));
  } catch (error) {
    errors.push(asError(error, text));
  }
  return { file, text, body, comments: [], errors };
}

function asError(error: unknown, text: string): HclError {
  if (error instanceof SyntaxError) return asError(findJsonError(text), text);
  if (!(error instanceof TemplateSyntaxError)) throw error;
  const start = error.offset;
  return { message: error.message, start, end: Math.min(start + 1, text.length) };
}

class JsonReader {
  constructor(
    readonly text: string,
    readonly errors: HclError[],
  ) {}

  read(hasBlocks: boolean): HclBody {
    // The spans come first: they bound the depth, and say what is wrong and where.
    const span = spanJson(this.text, 0, ({ key, offset }) => {
      this.errors.push({
        message: `the key \`${key}\` stands twice`,
        start: offset,
        end: offset + key.length + 2,
      });
    });
    const value = JSON.parse(this.text) as unknown;
    if (!isObject(value)) throw new TemplateSyntaxError('syntax', 'expected an object', span.start);
    return this.#body(value, span, hasBlocks);
  }

  #body(value: object, span: Span, hasBlocks: boolean): HclBody {
    const items = Object.entries(value).flatMap(([name, item]: [string, unknown]): HclBody['items'] => {
      const at = childSpan(span, name);
      if (at === undefined) return [];
      const labels = hasBlocks ? labelsOf.get(name) : undefined;
      return labels === undefined
        ? [this.#attribute(name, item, at)]
        : this.#blocks(name, labels, [], item, at);
    });
    return { items, start: span.start, end: span.end };
  }

  #attribute(name: string, value: unknown, at: Span): HclAttribute {
    const expression = this.#expression(value, at);
    return {
      kind: 'attribute',
      name,
      nameEnd: at.keyEnd,
      value: expression,
      start: at.keyStart,
      end: at.end,
    };
  }

  /** The blocks under a key: one for each object at the depth of its labels, lists of them included. */
  #blocks(type: string, depth: number, labels: readonly HclLabel[], value: unknown, at: Span): HclBlock[] {
    if (Array.isArray(value)) {
      return value.flatMap((item: unknown, index) => {
        const span = childSpan(at, String(index));
        return span === undefined
          ? []
          : this.#blocks(type, depth, labels, item, { ...span, keyStart: span.start, keyEnd: span.start });
      });
    }
    if (!isObject(value)) {
      this.errors.push({ message: `expected an object in \`${type}\``, start: at.start, end: at.end });
      return [];
    }
    if (depth === 0) {
      const body = this.#body(value, at, false);
      return [
        {
          kind: 'block',
          type,
          typeEnd: at.keyEnd,
          labels,
          body,
          closingBrace: at.end - 1,
          start: at.keyStart,
          end: at.end,
        },
      ];
    }
    return Object.entries(value).flatMap(([label, item]: [string, unknown]) => {
      const span = childSpan(at, label);
      if (span === undefined || label === '//') return [];
      const next = { text: label, start: span.keyStart, end: span.keyEnd };
      return this.#blocks(type, depth - 1, [...labels, next], item, span);
    });
  }

  #expression(value: unknown, at: Span): Expression {
    const { start, end } = at;
    if (typeof value === 'string') return this.#template(value, at);
    if (Array.isArray(value)) {
      const items = value.flatMap((item: unknown, index) => {
        const span = childSpan(at, String(index));
        return span === undefined ? [] : [this.#expression(item, span)];
      });
      return { kind: 'tuple', items, start, end };
    }
    if (!isObject(value)) return { kind: 'literal', value: value as number | boolean | null, start, end };
    const items = Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
      const span = childSpan(at, key);
      if (span === undefined) return [];
      const place = { ...span, start: span.keyStart, end: span.keyEnd };
      const written = this.#expression(item, span);
      return [{ key: this.#template(key, place), value: written, start: span.keyStart, end: written.end }];
    });
    return { kind: 'object', items, start, end };
  }

  /** A string as the template that it is; one that cannot be read is an error, and stands as plain text. */
  #template(value: string, at: Span): Expression {
    const { start, end } = at;
    if (!value.includes('${') && !value.includes('%{')) {
      return {
        kind: 'template',
        form: 'json',
        parts: [{ kind: 'text', value, start: start + 1, end: end - 1 }],
        start,
        end,
      };
    }
    const offsets = offsetsOf(this.text, start);
    try {
      return { ...placed(parseBare(new Cursor(value), parseExpression), offsets), start, end };
    } catch (error) {
      if (!(error instanceof HclSyntaxError)) throw error;
      const errorStart = offsets[error.offset] ?? end - 1;
      this.errors.push({ message: error.message, start: errorStart, end: errorStart + 1 });
      return {
        kind: 'template',
        form: 'json',
        parts: [{ kind: 'text', value, start: start + 1, end: end - 1 }],
        start,
        end,
      };
    }
  }
}

/** For each unit of a JSON string's value, and for its end, the offset in the file. */
function offsetsOf(text: string, start: number): number[] {
  const offsets: number[] = [];
  let at = start + 1;
  while (text[at] !== '"' && at < text.length) {
    offsets.push(at);
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  }
  offsets.push(at);
  return offsets;
}

/** A tree that was read from a string's value, with the places that its parts have in the file. */
function placed<T>(node: T, offsets: readonly number[]): T {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item: unknown) => placed(item, offsets)) as T;
  const entries = Object.entries(node).map(([key, item]: [string, unknown]) => [
    key,
    (key === 'start' || key === 'end') && typeof item === 'number' ? offsets[item] : placed(item, offsets),
  ]);
  // The same members with other numbers: the shape stays.
  return Object.fromEntries(entries) as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
