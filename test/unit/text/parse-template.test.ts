import { describe, expect, it } from '@jest/globals';
import { parseTemplateText, type ParsedTemplate } from '../../../src/text/parse-template.ts';

/** The text that a location covers, which says more than numbers. */
function textAt(text: string, parsed: ParsedTemplate, pointer: string, target?: 'key' | 'value'): string {
  const location = parsed.locate(pointer, target);
  if (location === undefined) return '(nowhere)';
  const lines = text.split(/\r\n|\n|\r/);
  if (location.startLine !== location.endLine) return `lines ${location.startLine}-${location.endLine}`;
  return (lines[location.startLine - 1] ?? '').slice(location.startColumn - 1, location.endColumn - 1);
}

const yaml = `Resources:
  Queue: # a comment
    Type: AWS::SQS::Queue
    Properties:
      "QueueName": "orders"
      KmsMasterKeyId: 'it''s'
      Tags: [ {Key: a, Value: "x"}, plain ]
      RedrivePolicy: !Sub \${Other}
      VisibilityTimeout: 30
      Empty:
      Text: |
        one
        two
`;

const json = `{"Resources": {
  "Queue": {"Type": "AWS::SQS::Queue",
    "Properties": {"QueueName" : "a\\"b", "Tags": [ {"Key": "a"}, 12.5e3, true ]}}},
  "Outputs": {"A": {"Value": "v"}}, "Transform": ["X", {"Name": "Y"}]
}`;

describe('positions', () => {
  it.each([
    ['/Resources/Queue', 'key', 'Queue'],
    ['/Resources/Queue/Properties/QueueName', 'key', '"QueueName"'],
    ['/Resources/Queue/Properties/QueueName', 'value', '"orders"'],
    ['/Resources/Queue/Properties/KmsMasterKeyId', 'value', "'it''s'"],
    ['/Resources/Queue/Properties/Tags', 'value', '[ {Key: a, Value: "x"}, plain ]'],
    ['/Resources/Queue/Properties/Tags/0', 'value', '{Key: a, Value: "x"}'],
    ['/Resources/Queue/Properties/Tags/0/Value', 'value', '"x"'],
    ['/Resources/Queue/Properties/Tags/1', 'value', 'plain'],
    ['/Resources/Queue/Properties/RedrivePolicy', 'value', '!Sub ${Other}'],
    ['/Resources/Queue/Properties/RedrivePolicy/Fn::Sub', 'value', '!Sub ${Other}'],
    ['/Resources/Queue/Properties/VisibilityTimeout', 'value', '30'],
    ['/Resources/Queue/Properties/Missing/Deeper', 'value', 'Properties'],
    ['', 'value', 'Resources:'],
  ] as const)('YAML %s %s', (pointer, target, expected) => {
    expect(textAt(yaml, parseTemplateText(yaml, 't.yaml'), pointer, target)).toBe(expected);
  });

  it.each([
    ['/Resources/Queue', 'key', '"Queue"'],
    ['/Resources/Queue', 'value', 'lines 2-3'],
    ['/Resources/Queue/Type', 'value', '"AWS::SQS::Queue"'],
    ['/Resources/Queue/Properties/QueueName', 'key', '"QueueName"'],
    ['/Resources/Queue/Properties/QueueName', 'value', '"a\\"b"'],
    ['/Resources/Queue/Properties/Tags/0/Key', 'value', '"a"'],
    ['/Resources/Queue/Properties/Tags/1', 'value', '12.5e3'],
    ['/Resources/Queue/Properties/Tags/2', 'value', 'true'],
    ['/Resources/Queue/Properties/Missing', 'value', '"Properties"'],
    ['/Resources/Missing', 'value', '"Resources"'],
    ['/Outputs/A/Value', 'value', '"v"'],
    ['/Transform/1/Name', 'value', '"Y"'],
    ['/Transform', 'key', '"Transform"'],
  ] as const)('JSON %s %s', (pointer, target, expected) => {
    expect(textAt(json, parseTemplateText(json, 't.json'), pointer, target)).toBe(expected);
  });

  it('counts lines of CRLF files and columns in UTF-16 units', () => {
    const text = 'Resources:\r\n  Queue:\r\n    Type: "😀" # x\r\n    Other: y\r\n';
    const location = parseTemplateText(text, 't.yaml').locate('/Resources/Queue/Other');
    expect(location).toMatchObject({ startLine: 4, startColumn: 12, endLine: 4, endColumn: 13 });
    const emoji = parseTemplateText(text, 't.yaml').locate('/Resources/Queue/Type');
    expect(emoji).toMatchObject({ startLine: 3, startColumn: 11, endColumn: 15 });
  });

  it.each([
    ['UTF-8 with mark', Buffer.from(`\ufeff${yaml}`)],
    ['UTF-16LE with mark', Buffer.from(`\ufeff${yaml}`, 'utf16le')],
    ['UTF-16LE without mark', Buffer.from(yaml, 'utf16le')],
    ['UTF-16BE with mark', Buffer.from(`\ufeff${yaml}`, 'utf16le').swap16()],
  ])('reads %s', (_, bytes) => {
    const parsed = parseTemplateText(bytes, 't.yaml');
    expect(parsed.root).toEqual(parseTemplateText(yaml, 't.yaml').root);
    expect(parsed.locate('/Resources')).toMatchObject({ startLine: 2, startColumn: 3 });
  });

  it('of merged and aliased members lead to where they are written', () => {
    const text = 'Base: &b\n  Timeout: 3\nResources:\n  A:\n    <<: *b\n    Name: a\n  B: *b\n';
    const parsed = parseTemplateText(text, 't.yaml');
    expect(parsed.locate('/Resources/A/Timeout')).toMatchObject({ startLine: 2, startColumn: 12 });
    expect(parsed.locate('/Resources/B', 'key')).toMatchObject({
      startLine: 7,
      startColumn: 3,
      endColumn: 4,
    });
  });
});

describe('YAML', () => {
  const read = (text: string): unknown => parseTemplateText(text, 't.yaml').root;

  it.each([
    ['a: !Ref B', { Ref: 'B' }],
    ['a: !GetAtt B.C.D', { 'Fn::GetAtt': ['B', 'C.D'] }],
    ['a: !GetAtt [B, C]', { 'Fn::GetAtt': ['B', 'C'] }],
    ['a: !Sub 12', { 'Fn::Sub': '12' }],
    ['a: !Join ["", [!Ref B, "x"]]', { 'Fn::Join': ['', [{ Ref: 'B' }, 'x']] }],
    ['a: !If\n  - C\n  - !Ref X\n  - !GetAZs ""', { 'Fn::If': ['C', { Ref: 'X' }, { 'Fn::GetAZs': '' }] }],
    [
      'a: !And [!Condition B, !Not [!Condition C]]',
      { 'Fn::And': [{ Condition: 'B' }, { 'Fn::Not': [{ Condition: 'C' }] }] },
    ],
    ['a: !Transform {Name: AWS::Include}', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['a: 2012-10-17', '2012-10-17'],
    ['a: yes', true],
    ["a: 'yes'", 'yes'],
    ['a: !!str yes', 'yes'],
    ['a: Off', false],
    ['a: y', 'y'],
    ['a: 12:30', '12:30'],
    ['a: 012345678901', '012345678901'],
    ['a: 123456789012', 123456789012],
    ['a: 12345678901234567890', '12345678901234567890'],
    ['a: -1.5', -1.5],
    ['a: 1e3', 1000],
    ['a: TRUE', true],
    ['a: "true"', 'true'],
    ['a: ~', null],
    ['a:', null],
    ['a: !!str 12', '12'],
    ['a: {200: x}', { '200': 'x' }],
    ['a: "x\\ty"', 'x\ty'],
    ['a: >-\n  b\n  c', 'b c'],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual({ a: expected });
  });

  it('lets written keys win over merged ones, without a duplicate', () => {
    const parsed = parseTemplateText(
      'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {a: 0, <<: [*x, *y], c: 3}',
      't.yaml',
    );
    expect(parsed.root?.['z']).toEqual({ a: 0, b: 1, c: 3 });
    expect(parsed.diagnostics).toEqual([]);
  });

  it('takes collections and texts whose lines are indented too little, as CloudFormation does', () => {
    const text = 'a:\n    - x: [\n    b, # why\n    {c: d}\n    ]\n    - \'{\n  "e": 1\n}\'\n    - f';
    const parsed = parseTemplateText(text, 't.yaml');
    expect(parsed.root).toEqual({ a: [{ x: ['b', { c: 'd' }] }, '{ "e": 1 }', 'f'] });
    expect(parsed.locate('/a/0/x/1/c')).toMatchObject({ startLine: 4, startColumn: 9 });
  });

  it('reads a file that starts with a flow mapping', () => {
    expect(read('{Resources: {A: {Type: x}}}')).toEqual({ Resources: { A: { Type: 'x' } } });
  });
});

describe('what is wrong in a file', () => {
  const deep = (open: string, close: string): string => `${open.repeat(10_000)}${close.repeat(10_000)}`;

  it.each([
    ['an empty file', '', 't.yaml', 'template-syntax', '1:1'],
    ['a JSON comma too much', '{\n "a": 1,\n}', 't.json', 'template-syntax', '3:1'],
    ['JSON cut short', '{"a": [1', 't.json', 'template-syntax', '1:9'],
    ['text after JSON', '{"a": 1} x', 't.json', 'template-syntax', '1:10'],
    ['a line break in a JSON string', '{"a": "x\ny"}', 't.json', 'template-syntax', '1:9'],
    ['a JSON value that is none', '{"a": nope}', 't.json', 'template-syntax', '1:7'],
    ['10,000 JSON lists', `{"a": ${deep('[', ']')}}`, 't.json', 'template-too-deep', '1:506'],
    ['10,000 JSON lists never closed', `{"a": ${'['.repeat(10_000)}`, 't.json', 'template-too-deep', '1:506'],
    ['10,000 YAML lists', `a: ${deep('[', ']')}`, 't.yaml', 'template-too-deep', '1:503'],
    [
      'an alias bomb',
      `a0: &a0 [1, 2]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`,
      't.yaml',
      'template-alias-limit',
      '16:18',
    ],
    ['an alias in its own anchor', 'a: &a [*a]', 't.yaml', 'template-syntax', '1:8'],
    ['an alias without anchor', 'a: *b', 't.yaml', 'template-syntax', '1:4'],
    ['a YAML tab', 'a:\n\tb: 1', 't.yaml', 'template-syntax', '2:1'],
    ['a list at the top', '- a', 't.yaml', 'not-a-mapping', '1:1'],
  ])('%s', (_, text, file, code, place) => {
    const { root, diagnostics } = parseTemplateText(text, file);
    expect(root).toBeUndefined();
    expect(diagnostics.map((found) => [found.code, found.severity, found.where])).toEqual([
      [code, 'error', `${file}:${place}`],
    ]);
  });

  it.each([
    ['{"a": {"b": 1,\n "b": 2}, "c": {"b": 3}}', 't.json', '2:2', 'b'],
    ['a:\n  b: 1\n  "b": 2', 't.yaml', '3:3', 'b'],
    ['Resources:\n  X: {a: 1}\n  X: {a: 2}', 't.yaml', '3:3', 'X'],
  ])('a key that stands twice: %j', (text, file, place, key) => {
    const { root, diagnostics } = parseTemplateText(text, file);
    expect(root).toBeDefined();
    expect(diagnostics).toMatchObject([{ code: 'duplicate-key', where: `${file}:${place}` }]);
    expect(diagnostics[0]?.message).toContain(`\`${key}\``);
  });

  it('names an unknown tag and a second document', () => {
    const { root, diagnostics } = parseTemplateText('a: !Nope x\n---\nb: 1', 't.yaml');
    expect(root).toEqual({ a: { 'Fn::Nope': 'x' } });
    expect(diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['unknown-tag', 't.yaml:1:4'],
      ['several-documents', 't.yaml:1:1'],
    ]);
  });

  it.each([
    ['t.json', '{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}'],
    ['t.yaml', '__proto__: {polluted: 1}\na: {__proto__: {polluted: 1}}'],
  ])('keeps __proto__ an own member in %s', (file, text) => {
    const { root } = parseTemplateText(text, file);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(root ?? {})).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(root)).toBe(Object.prototype);
    expect((root?.['a'] as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads ten megabytes', () => {
    const line = `{"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "${'q'.repeat(900)}"}}`;
    const members = Array.from({ length: 10_000 }, (_, index) => `"Q${index}": ${line}`);
    const text = `{"Resources": {${members.join(',\n')}}}`;
    const parsed = parseTemplateText(text, 't.json');
    expect(text.length).toBeGreaterThan(9_500_000);
    expect(parsed.locate('/Resources/Q9999/Properties/QueueName')?.startLine).toBe(10_000);
  });
});
