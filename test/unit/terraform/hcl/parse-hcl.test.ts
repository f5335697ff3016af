import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHcl } from '../../../../src/terraform/hcl/parse-hcl.ts';
import type { Expression, HclBlock, HclFile, Template } from '../../../../src/terraform/hcl/syntax.ts';
import { SourceText } from '../../../../src/text/source-text.ts';
import { hclText } from './generated-hcl.ts';

function valueOf(text: string, file = 'main.tf'): Expression {
  const { body, errors } = parseHcl(text, file);
  expect(errors).toEqual([]);
  const [item] = body.items;
  if (item?.kind !== 'attribute') throw new Error('expected an attribute');
  return item.value;
}

/** The text pieces of a template; marks are written as their kind. */
function pieces(text: string): string[] {
  return (valueOf(text) as Template).parts.map((part) =>
    part.kind === 'text' ? part.value : `<${part.kind}>`,
  );
}

/** Errors as `line:column message`. */
function errorsOf({ text, errors }: HclFile): string[] {
  const source = new SourceText(text);
  return errors.map(({ start, message }) => {
    const { line, column } = source.position(start);
    return `${line}:${column} ${message}`;
  });
}

const addresses = ({ body }: HclFile): string[] =>
  body.items.map((item) =>
    item.kind === 'block' ? [item.type, ...item.labels.map(({ text }) => text)].join('.') : item.name,
  );

describe('templates', () => {
  it('read escapes, and doubled signs as text', () => {
    expect(pieces('a = "\\u00e9\\n\\"\\\\ $${no} %%{ no } 100% $"')).toEqual(['é\n"\\ ${no} %{ no } 100% $']);
    expect(pieces('a = "$$${1}"')).toEqual(['$${1}']);
  });

  it('trim white space at `~` up to the next line of a heredoc alone', () => {
    expect(pieces('a = "x  ${~ 1 ~}  y"')).toEqual(['x', '<interpolation>', 'y']);
    expect(pieces('a = <<E\nx\n  ${~ 1 ~}  \n  y\nE\n')).toEqual(['x\n', '', '<interpolation>', '', '  y\n']);
  });

  it('lose the indentation that the lines of `<<-` share, blank lines aside', () => {
    expect(pieces('a = <<-E\n    x\n\n      ${1}y\n    E\n')).toEqual([
      'x\n',
      '\n',
      '  ',
      '<interpolation>',
      'y\n',
    ]);
    expect(pieces('a = <<-E\n    x\n${1}\n    E\n')).toEqual(['    x\n', '<interpolation>', '\n']);
  });

  it('keep a backslash in a heredoc as it is', () => {
    expect(pieces('a = <<E\n\\d+ "q" $${x}\nE\n')).toEqual(['\\d+ "q" ${x}\n']);
  });

  it('nest directives', () => {
    const found = valueOf('a = "%{ for k, v in m }%{ if v }${k}%{ else }-%{ endif }%{ endfor }"') as Template;
    expect(found.parts).toMatchObject([
      {
        kind: 'for-parts',
        keyName: 'k',
        valueName: 'v',
        parts: [{ kind: 'if', then: [{ kind: 'interpolation' }], else: [{ kind: 'text', value: '-' }] }],
      },
    ]);
  });
});

describe('expressions', () => {
  it('bind operators by their precedence, and the same ones to the left', () => {
    expect(valueOf('a = 1 + 2 * 3 - 4 == x || !y && z')).toMatchObject({
      operator: '||',
      left: { operator: '==', left: { operator: '-', left: { operator: '+', right: { operator: '*' } } } },
      right: { operator: '&&', left: { kind: 'unary' } },
    });
  });

  it('take names alone after `.*`, and every step after `[*]`', () => {
    expect(valueOf('a = s.*.id[0]')).toMatchObject({
      steps: [{ kind: 'splat', form: 'attribute', each: [{ name: 'id' }] }, { kind: 'index' }],
    });
    expect(valueOf('a = s[*].id[0]')).toMatchObject({
      steps: [{ kind: 'splat', form: 'full', each: [{ name: 'id' }, { kind: 'index' }] }],
    });
    expect(valueOf('a = s.0.id')).toMatchObject({ steps: [{ kind: 'index' }, { kind: 'attribute' }] });
  });

  it('read a bare word before `=` and `:` as the name of a key', () => {
    expect(valueOf('a = { null = 1, (b) = 2, "c${d}": 3\n 4 = 5 }')).toMatchObject({
      items: [
        { key: { kind: 'template', parts: [{ value: 'null' }] } },
        { key: { kind: 'parentheses' } },
        { key: { kind: 'template', parts: [{ value: 'c' }, { kind: 'interpolation' }] } },
        { key: { kind: 'literal', value: 4 } },
      ],
    });
  });

  it('end at the line outside of brackets', () => {
    expect(errorsOf(parseHcl('a = 1\n  + 2\nb = 3\n', 'main.tf'))).toEqual([
      '2:3 expected the name of an argument or a block, found `+`',
    ]);
    expect(valueOf('a = (1\n  + 2)')).toMatchObject({ of: { kind: 'binary' } });
  });

  it('call the functions of providers', () => {
    expect(valueOf('a = provider::aws::arn_parse(x, y...)')).toMatchObject({
      name: 'provider::aws::arn_parse',
      isExpanded: true,
    });
  });
});

describe('comments', () => {
  it('are kept in all forms, with what stands before them on their line', () => {
    const { comments } = parseHcl(
      '# one\na = 1 // two\nb = [ # three\n /* four */ 1]\r\n# five\r\n',
      'main.tf',
    );
    expect(comments.map(({ form, content, isAlone }) => [form, content, isAlone])).toEqual([
      ['#', ' one', true],
      ['//', ' two', false],
      ['#', ' three', false],
      ['/*', ' four ', true],
      ['#', ' five', true],
    ]);
  });

  it('are no comments in a text', () => {
    expect(parseHcl('a = "# no // no /* no */"\nb = <<E\n# no\nE\n', 'main.tf').comments).toEqual([]);
  });
});

const after = 'resource "c" "d" {\n  name = "d"\n}\n';

describe('a file with an error', () => {
  it.each([
    [
      'a list',
      'resource "a" "b" {\n  x = [1, 2\n}\n',
      '3:1 expected `,` or `]` in the list, found `}`',
      ['resource.a.b'],
    ],
    [
      'a text',
      'resource "a" "b" {\n  x = "open\n  y = 1\n}\n',
      '2:12 expected the closing `"` of the text, found the end of the line',
      ['resource.a.b'],
    ],
    [
      'a block',
      'resource "a" "b" {\n  x {\n    y = 1\n}\n',
      '1:1 the block `resource` that starts here has no closing `}`',
      ['resource.a.b'],
    ],
    [
      'a value',
      'resource "a" "b" {\n  x =\n  y = 1\n}\n',
      '2:6 expected an expression, found the end of the line',
      ['resource.a.b'],
    ],
    [
      'a brace too many',
      'resource "a" "b" {}\n}\n',
      '2:1 expected the name of an argument or a block, found `}`',
      ['resource.a.b'],
    ],
    [
      'a block without braces',
      'resource "a" "b"\n',
      '1:17 expected `{` or a label of the block `resource`, found the end of the line',
      [],
    ],
    [
      'an escape',
      'resource "a" "b" {\n  x = "C:\\data"\n}\n',
      '2:10 `\\d` is not an escape; a backslash in a text is written `\\\\`',
      ['resource.a.b'],
    ],
    [
      'two arguments on a line',
      'resource "a" "b" {\n  x = 1 y = 2\n}\n',
      '2:9 expected a new line after the argument, found `y`',
      ['resource.a.b'],
    ],
    [
      'a directive',
      'resource "a" "b" {\n  x = "%{ if true }"\n}\n',
      '2:8 the `%{ if }` that starts here has no `%{ endif }`',
      ['resource.a.b'],
    ],
    [
      'a merge conflict',
      '<<<<<<< HEAD\nlocals {}\n',
      '1:1 expected the name of an argument or a block, found `<`',
      ['locals'],
    ],
  ])('says what is wrong with %s once, and reads what follows', (_, text, message, before) => {
    const file = parseHcl(text + after, 'main.tf');
    expect(errorsOf(file)).toEqual([message]);
    expect(addresses(file)).toEqual([...before, 'resource.c.d']);
  });

  it('reads the other arguments of the block', () => {
    const file = parseHcl('resource "a" "b" {\n  x = [1, 2\n  y = 3\n}\n', 'main.tf');
    expect((file.body.items[0] as HclBlock).body.items).toMatchObject([{ name: 'y' }]);
  });

  it('says that a heredoc or a comment has no end', () => {
    expect(errorsOf(parseHcl('a = <<E\nx\n E x\n', 'main.tf'))).toEqual([
      '1:5 the text that starts here has no closing `E` on a separate line',
    ]);
    expect(errorsOf(parseHcl('a = 1\n/* x\n', 'main.tf'))).toEqual([
      '2:1 the comment that starts here has no closing `*/`',
    ]);
  });
});

describe('a JSON file', () => {
  const text =
    '{"//": "note", "resource": {"aws_sqs_queue": {"q": [{"name": "q-${var.x}", "t\\"${1}": "\\u00e9${a}"}]}}, "locals": {"a": [1, null]}}';

  it('is read into the same tree, with places in the file', () => {
    const file = parseHcl(text, 'main.tf.json');
    expect(file.errors).toEqual([]);
    expect(addresses(file)).toEqual(['//', 'resource.aws_sqs_queue.q', 'locals']);
    const [, block] = file.body.items as [unknown, HclBlock];
    const [name, other] = block.body.items;
    const template = (name as { value: Template }).value;
    expect(template.parts.map(({ start, end }) => text.slice(start, end))).toEqual(['q-', '${var.x}']);
    const escaped = (other as unknown as { value: Template }).value;
    expect(escaped.parts.map(({ start, end }) => text.slice(start, end))).toEqual(['\\u00e9', '${a}']);
  });

  it('says where its JSON or a template is broken', () => {
    expect(errorsOf(parseHcl('{"locals": {"a": "${1"}}', 'main.tf.json'))).toEqual([
      '1:22 expected `}` to close the `${`, found the end of the file',
    ]);
    expect(errorsOf(parseHcl('{"locals": ', 'main.tf.json'))).toEqual([
      '1:12 expected a JSON value, found the end of the file',
    ]);
  });

  it('holds arguments alone where its name is another', () => {
    expect(addresses(parseHcl('{"data": {"a": 1}}', 'x.tfvars.json'))).toEqual(['data']);
  });
});

describe('hostile texts', () => {
  const inRange = (file: HclFile): void => {
    const walk = (node: unknown, low: number, high: number): void => {
      if (typeof node !== 'object' || node === null) return;
      const { start, end } = node as { start?: number; end?: number };
      if (start !== undefined && end !== undefined) {
        if (start < low || end > high || start > end)
          throw new Error(`${start}-${end} is not in ${low}-${high}`);
        for (const child of Object.values(node)) walk(child, start, end);
      } else for (const child of Object.values(node)) walk(child, low, high);
    };
    walk(file.body, 0, file.text.length);
  };

  it('never throw, and give nodes in the range of the nodes around them', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.nat(6),
      fc.constantFrom('', '{', '}', '"', '${', '%{', '<<E\n', '/*', '\n', '(', ']', '\\', '...', 'for'),
    );
    fc.assert(
      fc.property(hclText, fc.array(edit, { maxLength: 4 }), (text, edits) => {
        let broken = text;
        for (const [at, length, put] of edits) {
          const from = at % (broken.length + 1);
          broken = broken.slice(0, from) + put + broken.slice(from + length);
        }
        inRange(parseHcl(broken, 'main.tf'));
        inRange(parseHcl(broken, 'main.tf.json'));
      }),
      { numRuns: 500, seed: 19 },
    );
  });

  it.each([
    ['lists', '['],
    ['objects', '{a='],
    ['calls', 'f('],
    ['signs', '!'],
    ['templates', '"${'],
    ['conditions', 'a ? b : '],
    ['operators', 'a + '],
    ['splats', 'a[*]', 'a'],
    ['indexes', 'a['],
  ])('that nest %s without end are refused where they do', (_, piece, start = '') => {
    const file = parseHcl(`a = ${start}${piece.replace(/^a(?=\[\*)/, '').repeat(5_000)}\nb = 1\n`, 'main.tf');
    expect(errorsOf(file).some((message) => message.includes('nested more than 500 levels deep'))).toBe(true);
    expect(addresses(file)).toContain('b');
  });

  it('may chain steps, items and blocks without end', () => {
    expect(parseHcl(`a = a${'.b[0]'.repeat(20_000)}\n`, 'main.tf').errors).toEqual([]);
    expect(parseHcl(`a = [${'1, '.repeat(20_000)}]\n`, 'main.tf').errors).toEqual([]);
    expect(parseHcl('a {}\n'.repeat(20_000), 'main.tf').body.items).toHaveLength(20_000);
    expect(parseHcl('a {\n'.repeat(5_000), 'main.tf').errors.length).toBeGreaterThan(0);
    expect(parseHcl(`a = 1 ${'/**/ '.repeat(20_000)}\n`, 'main.tf').errors).toEqual([]);
    for (const line of ['a = <<E\n', 'a = 1 /*\n', 'a = "${[\n', 'a = [1,\n', 'a "\n', '}\n'])
      expect(parseHcl(line.repeat(5_000), 'main.tf').errors.length).toBeGreaterThan(0);
  });
});
