/** A list of a JSON text whose items are made one by one, when their turn comes. */
export class Streamed {
  constructor(readonly items: Iterable<unknown>) {}
}

/** How much text is gathered before it is handed on, in UTF-16 units. */
const partSize = 64 * 1024;

/**
 * Two-space JSON, ended by a line feed, in parts of some 64 kB: the bytes of `JSON.stringify`, for texts that are
 * longer than a string can be. What holds no `Streamed` is written in one piece.
 */
export function jsonParts(value: unknown): Iterable<string> {
  return gathered(linesOf(value));
}

function* linesOf(value: unknown): Generator<string> {
  yield* write(value, '');
  yield '\n';
}

/** Small texts put together into parts worth handing on. */
export function* gathered(texts: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  let size = 0;
  for (const text of texts) {
    parts.push(text);
    size += text.length;
    if (size < partSize) continue;
    yield parts.join('');
    parts = [];
    size = 0;
  }
  if (size > 0) yield parts.join('');
}

function* write(value: unknown, indent: string): Generator<string> {
  if (value instanceof Streamed) yield* writeItems(value.items, indent);
  else if (!holdsStreamed(value)) yield itemsAsText([value], indent);
  else if (Array.isArray(value)) yield* writeItems(value, indent);
  else yield* writeMembers(value, indent);
}

function* writeItems(items: Iterable<unknown>, indent: string): Generator<string> {
  const inner = `${indent}  `;
  let lead = `[\n${inner}`;
  let plain: unknown[] = [];
  function* written(): Generator<string> {
    if (plain.length === 0) return;
    yield `${lead}${itemsAsText(plain, inner)}`;
    lead = `,\n${inner}`;
    plain = [];
  }
  for (const item of items) {
    if (!holdsStreamed(item)) {
      plain.push(item);
      if (plain.length === atOnce) yield* written();
      continue;
    }
    yield* written();
    yield lead;
    lead = `,\n${inner}`;
    yield* write(item, inner);
  }
  yield* written();
  yield lead.startsWith('[') ? '[]' : `\n${indent}]`;
}

/** Items that are written in one piece, as the engine does it fastest; more would be gathered in memory. */
const atOnce = 4;

/**
 * Items of a list that stand at `indent`, with commas between them. Lists around them make the engine indent them,
 * which is faster than to indent their lines afterwards; what it writes of these lists is cut off again.
 */
function itemsAsText(items: readonly unknown[], indent: string): string {
  const lists = indent.length / 2;
  if (lists === 0) return JSON.stringify(items[0], null, 2);
  let wrapped = items;
  for (let list = 1; list < lists; list += 1) wrapped = [wrapped];
  const text = JSON.stringify(wrapped, null, 2);
  // The n-th list begins with `[`, a line feed and 2n blanks, and ends with a line feed, 2n - 2 blanks and `]`.
  return text.slice(lists * (lists + 3), text.length - lists * (lists + 1));
}

function* writeMembers(value: object, indent: string): Generator<string> {
  let isFirst = true;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (member === undefined) continue;
    yield `${isFirst ? '{' : ','}\n${indent}  ${JSON.stringify(name)}: `;
    isFirst = false;
    yield* write(member, `${indent}  `);
  }
  yield `\n${indent}}`;
}

/** Looked for in short lists alone: whoever streams says so near the root. */
function holdsStreamed(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Streamed) return true;
  if (Array.isArray(value)) return value.length <= 2 && value.some(holdsStreamed);
  return Object.values(value).some((member) => member instanceof Streamed || isShallow(member));
}

function isShallow(member: unknown): boolean {
  if (Array.isArray(member) && member.length > 2) return false;
  return holdsStreamed(member);
}
