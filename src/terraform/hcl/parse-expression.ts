import type { Cursor } from './cursor.ts';
import { parseHeredoc, parseQuoted, readForNames } from './parse-template.ts';
import type {
  BinaryOperator,
  Expression,
  ForExpression,
  ObjectExpression,
  ObjectItem,
  SplatStep,
  Step,
  Template,
} from './syntax.ts';

/** Operators by how tightly they bind, loosest first; longer ones before those they start with. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/**
 * The expression that starts at the cursor, white space before it passed. The cursor stops where it ends.
 * @throws HclSyntaxError at the first character that does not fit.
 */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const condition = parseOperators(cursor, 0);
    const { end } = condition;
    cursor.skip();
    if (!cursor.take('?')) {
      cursor.offset = end;
      return condition;
    }
    const whenTrue = parseExpression(cursor);
    cursor.expect(':', 'between the two results of `?`');
    const whenFalse = parseExpression(cursor);
    return {
      kind: 'conditional',
      condition,
      whenTrue,
      whenFalse,
      start: condition.start,
      end: whenFalse.end,
    };
  });
}

/** Precedence climbing: operators of a level and tighter. Long chains count as deep, since their tree is. */
function parseOperators(cursor: Cursor, lowest: number): Expression {
  let left = parseTraversal(cursor);
  let chained = 0;
  try {
    for (;;) {
      cursor.offset = left.end;
      cursor.skip();
      const found = operatorAt(cursor);
      if (found === undefined || found.level < lowest) break;
      cursor.deeper(1);
      chained += 1;
      cursor.offset += found.operator.length;
      const right = cursor.nested(() => parseOperators(cursor, found.level + 1));
      left = { kind: 'binary', operator: found.operator, left, right, start: left.start, end: right.end };
    }
  } finally {
    cursor.shallower(chained);
  }
  cursor.offset = left.end;
  return left;
}

function operatorAt(
  cursor: Cursor,
): { readonly operator: BinaryOperator; readonly level: number } | undefined {
  const { code } = cursor;
  // Most expressions are followed by a letter, a bracket or the end of the line.
  if (Number.isNaN(code) || !'|&=!<>+-*/%'.includes(String.fromCharCode(code))) return undefined;
  for (const [level, operators] of levels.entries()) {
    const operator = operators.find((candidate) => cursor.text.startsWith(candidate, cursor.offset));
    if (operator !== undefined) return { operator, level };
  }
  return undefined;
}

function parseTraversal(cursor: Cursor): Expression {
  const of = parseTerm(cursor);
  if (of.kind === 'unary') return of;
  const steps = parseSteps(cursor);
  const last = steps.at(-1);
  return last === undefined ? of : { kind: 'traversal', of, steps, start: of.start, end: last.end };
}

/** What is taken from the value before: attributes, indexes, splats. The cursor stops after the last one. */
function parseSteps(cursor: Cursor): Step[] {
  const steps: Step[] = [];
  for (;;) {
    const before = cursor.offset;
    cursor.skip();
    const start = cursor.offset;
    const isDot = cursor.text[start] === '.' && !cursor.text.startsWith('...', start);
    if (!isDot && cursor.text[start] !== '[') {
      cursor.offset = before;
      return steps;
    }
    cursor.offset += 1;
    steps.push(isDot ? parseDot(cursor, start) : parseBracket(cursor, start));
  }
}

const digitsPattern = /[0-9]+/y;

function digits(cursor: Cursor): string | undefined {
  digitsPattern.lastIndex = cursor.offset;
  const found = digitsPattern.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.offset += found.length;
  return found;
}

function parseDot(cursor: Cursor, start: number): Step {
  cursor.skip();
  const at = cursor.offset;
  if (cursor.take('*')) return attributeSplat(cursor, start);
  const number = digits(cursor);
  if (number !== undefined) {
    const key = { kind: 'literal', value: Number(number), start: at, end: cursor.offset } as const;
    return { kind: 'index', key, start, end: cursor.offset };
  }
  const name = cursor.name() ?? cursor.fail('a name, a number or `*` after `.`');
  return { kind: 'attribute', name, start, end: cursor.offset };
}

/** `.*` and the names that follow it, which are taken from every element. */
function attributeSplat(cursor: Cursor, start: number): SplatStep {
  const each: Step[] = [];
  let end = cursor.offset;
  for (;;) {
    cursor.skip();
    const stepStart = cursor.offset;
    if (cursor.text.startsWith('...', stepStart) || !cursor.take('.')) break;
    cursor.skip();
    const name = cursor.name();
    if (name === undefined) cursor.fail('a name after `.`');
    end = cursor.offset;
    each.push({ kind: 'attribute', name, start: stepStart, end });
  }
  cursor.offset = end;
  return { kind: 'splat', form: 'attribute', each, start, end };
}

function parseBracket(cursor: Cursor, start: number): Step {
  const isSplat = cursor.nested(() => {
    cursor.skip();
    if (!cursor.take('*')) return false;
    cursor.expect(']', 'after `[*`');
    return true;
  }, false);
  if (isSplat) {
    const each = cursor.nested(() => parseSteps(cursor));
    return { kind: 'splat', form: 'full', each, start, end: cursor.offset };
  }
  const key = cursor.nested(() => {
    const found = parseExpression(cursor);
    cursor.expect(']', 'to close the index');
    return found;
  }, false);
  return { kind: 'index', key, start, end: cursor.offset };
}

const numberPattern = /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function parseTerm(cursor: Cursor): Expression {
  cursor.skip();
  const start = cursor.offset;
  switch (cursor.text[start]) {
    case '"':
      return parseQuoted(cursor, parseExpression);
    case '<':
      return parseHeredoc(cursor, parseExpression);
    case '(':
      return parseParentheses(cursor, start);
    case '[':
      return parseTuple(cursor, start);
    case '{':
      return parseObject(cursor, start);
    case '-':
    case '!':
      return parseUnary(cursor, start);
    default:
      return parseNumber(cursor, start) ?? parseName(cursor, start);
  }
}

function parseUnary(cursor: Cursor, start: number): Expression {
  const operator = cursor.text[start] === '-' ? '-' : '!';
  cursor.offset += 1;
  const of = cursor.nested(() => parseTraversal(cursor));
  return { kind: 'unary', operator, of, start, end: of.end };
}

function parseNumber(cursor: Cursor, start: number): Expression | undefined {
  numberPattern.lastIndex = start;
  const found = numberPattern.exec(cursor.text)?.[0];
  if (found === undefined) return undefined;
  cursor.offset += found.length;
  return { kind: 'literal', value: Number(found), start, end: cursor.offset };
}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function parseName(cursor: Cursor, start: number): Expression {
  let name = cursor.name() ?? cursor.fail('an expression');
  while (cursor.take('::')) name += `::${cursor.name() ?? cursor.fail('a name after `::`')}`;
  const { offset: end } = cursor;
  cursor.skip();
  if (cursor.text[cursor.offset] === '(') return parseCall(cursor, name, start);
  cursor.offset = end;
  const word = words.get(name);
  if (word !== undefined) return { kind: 'literal', value: word, start, end };
  return { kind: 'variable', name, start, end };
}

function parseCall(cursor: Cursor, name: string, start: number): Expression {
  cursor.offset += 1;
  const given: Expression[] = [];
  let isExpanded = false;
  cursor.nested(() => {
    for (;;) {
      cursor.skip();
      if (cursor.take(')')) return;
      given.push(parseExpression(cursor));
      cursor.skip();
      if (cursor.take('...')) {
        isExpanded = true;
        cursor.skip();
        cursor.take(',');
        cursor.expect(')', 'after `...`');
        return;
      }
      if (cursor.take(')')) return;
      if (!cursor.take(',')) cursor.fail(`\`,\` or \`)\` in the call of \`${name}\``);
    }
  }, false);
  return { kind: 'call', name, arguments: given, isExpanded, start, end: cursor.offset };
}

function parseParentheses(cursor: Cursor, start: number): Expression {
  cursor.offset += 1;
  const of = cursor.nested(() => {
    const found = parseExpression(cursor);
    cursor.expect(')', 'to close the `(`');
    return found;
  }, false);
  return { kind: 'parentheses', of, start, end: cursor.offset };
}

function parseTuple(cursor: Cursor, start: number): Expression {
  cursor.offset += 1;
  return cursor.nested(() => {
    if (takesFor(cursor)) return parseFor(cursor, start, ']');
    const items: Expression[] = [];
    for (;;) {
      cursor.skip();
      if (cursor.take(']')) break;
      items.push(parseExpression(cursor));
      cursor.skip();
      if (cursor.take(']')) break;
      if (!cursor.take(',')) cursor.fail('`,` or `]` in the list');
    }
    return { kind: 'tuple', items, start, end: cursor.offset };
  }, false);
}

/** True and past it where the brackets hold a `for`. */
function takesFor(cursor: Cursor): boolean {
  const start = cursor.offset;
  cursor.skip();
  if (cursor.name() === 'for') return true;
  cursor.offset = start;
  return false;
}

function parseFor(cursor: Cursor, start: number, closing: ']' | '}'): ForExpression {
  const [first = '', second] = readForNames(cursor);
  const collection = parseExpression(cursor);
  cursor.expect(':', 'after what `for` goes through');
  const head = parseExpression(cursor);
  const isObject = closing === '}';
  if (isObject) cursor.expect('=>', 'between the key and the value of `for`');
  const value = isObject ? parseExpression(cursor) : head;
  cursor.skip();
  const isGrouped = isObject && cursor.take('...');
  const condition = takesIf(cursor) ? parseExpression(cursor) : undefined;
  cursor.expect(closing, 'to close the `for`');
  return {
    kind: 'for',
    keyName: second === undefined ? undefined : first,
    valueName: second ?? first,
    collection,
    key: isObject ? head : undefined,
    value,
    condition,
    isGrouped,
    start,
    end: cursor.offset,
  };
}

function takesIf(cursor: Cursor): boolean {
  cursor.skip();
  const at = cursor.offset;
  const name = cursor.name();
  if (name === 'if') return true;
  cursor.offset = at;
  return false;
}

function parseObject(cursor: Cursor, start: number): Expression {
  cursor.offset += 1;
  const isFor = cursor.nested(() => takesFor(cursor), false);
  if (isFor) return cursor.nested(() => parseFor(cursor, start, '}'), false);
  return cursor.nested(() => parseItems(cursor, start), true);
}

function parseItems(cursor: Cursor, start: number): ObjectExpression {
  const items: ObjectItem[] = [];
  for (;;) {
    skipLines(cursor);
    if (cursor.take('}')) break;
    items.push(parseItem(cursor));
    cursor.skip();
    const isNext = cursor.take(',') || cursor.text[cursor.offset] === '\n';
    if (!isNext && cursor.text[cursor.offset] !== '}') cursor.fail('`,`, `}` or a new line in the object');
  }
  return { kind: 'object', items, start, end: cursor.offset };
}

/** White space with ends of lines, where these part what stands between them. */
export function skipLines(cursor: Cursor): void {
  const outer = cursor.endsAtLine;
  cursor.endsAtLine = false;
  try {
    cursor.skip();
  } finally {
    cursor.endsAtLine = outer;
  }
}

function parseItem(cursor: Cursor): ObjectItem {
  const written = parseExpression(cursor);
  cursor.skip();
  if (!cursor.take('=') && !cursor.take(':')) cursor.fail('`=` or `:` after the key');
  const value = parseExpression(cursor);
  return { key: asKey(cursor, written), value, start: written.start, end: value.end };
}

/** A bare word is a key's name, even where it is `null`. */
function asKey(cursor: Cursor, key: Expression): Expression {
  const isWord = key.kind === 'variable' || (key.kind === 'literal' && typeof key.value !== 'number');
  if (!isWord) return key;
  const { start, end } = key;
  const value = cursor.text.slice(start, end);
  const named: Template = {
    kind: 'template',
    form: 'quoted',
    parts: [{ kind: 'text', value, start, end }],
    start,
    end,
  };
  return named;
}
