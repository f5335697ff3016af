import { describe, expect, it } from '@jest/globals';
import {
  Choice,
  PartialString,
  Reference,
  SecretReference,
  Unresolved,
  type Value,
} from '../../../src/model/value.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

const context = {
  Parameters: {
    Stage: { Type: 'String', Default: 'prod' },
    Size: { Type: 'Number', Default: '3' },
    Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1, subnet-2' },
    Open: { Type: 'String' },
    OnlyOne: { Type: 'String', AllowedValues: ['x'] },
    EitherOf: { Type: 'String', AllowedValues: ['Active', 'PassThrough'] },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/name' },
  },
  Mappings: {
    ByRegion: { 'us-east-1': { Bucket: 'a', Same: 's' }, 'eu-west-1': { Bucket: 'b', Same: 's' } },
    ByStage: { prod: { Days: 30, List: ['a', 'b'] } },
  },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    IsOpen: { 'Fn::Equals': [{ Ref: 'Open' }, 'x'] },
    Loop: { 'Fn::And': [{ Condition: 'Loop' }, { Condition: 'IsOpen' }] },
  },
};

function resolve(value: unknown, options: Parameters<typeof readTemplateObject>[2] = {}): Value | undefined {
  const template = {
    ...context,
    Resources: {
      X: { Type: 'AWS::Test::X', Properties: { value, after: 1 } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Never: { Type: 'AWS::SQS::Queue', Condition: 'IsTest' },
    },
  };
  const found = readTemplateObject(template, 't', options).resources.find(({ name }) => name === 'X');
  return found?.properties['value'];
}

const causeCode = (value: Value | undefined): string | undefined =>
  value instanceof Unresolved || value instanceof Choice ? value.cause.code : undefined;

describe('intrinsic functions that are known', () => {
  it.each<[string, unknown, Value | undefined]>([
    ['Ref of a default', { Ref: 'Stage' }, 'prod'],
    ['Ref of a number', { Ref: 'Size' }, 3],
    ['Ref of a list', { Ref: 'Subnets' }, ['subnet-1', 'subnet-2']],
    ['Ref of the only allowed value', { Ref: 'OnlyOne' }, 'x'],
    ['Ref of a resource', { Ref: 'Queue' }, new Reference('t/Queue')],
    ['Ref of no value', { Ref: 'AWS::NoValue' }, undefined],
    ['no value in a list', ['a', { Ref: 'AWS::NoValue' }, 'b'], ['a', 'b']],
    ['no value in a mapping', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['GetAtt list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, new Reference('t/Queue', 'Arn')],
    ['GetAtt string', { 'Fn::GetAtt': 'Queue.Arn' }, new Reference('t/Queue', 'Arn')],
    [
      'GetAtt with a parameter',
      { 'Fn::GetAtt': ['Queue', { Ref: 'Stage' }] },
      new Reference('t/Queue', 'prod'),
    ],
    ['Sub', { 'Fn::Sub': 'a-${Stage}-${Size}' }, 'a-prod-3'],
    ['Sub with variables', { 'Fn::Sub': ['${A}-${Stage}', { A: { Ref: 'Size' } }] }, '3-prod'],
    ['Sub of a literal', { 'Fn::Sub': '${!Stage}${Stage}' }, '${Stage}prod'],
    ['Sub of one reference', { 'Fn::Sub': '${Queue.Arn}' }, new Reference('t/Queue', 'Arn')],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1, true]] }, 'a-prod-1-true'],
    ['Join of a list parameter', { 'Fn::Join': [',', { Ref: 'Subnets' }] }, 'subnet-1,subnet-2'],
    ['Join of nothing', { 'Fn::Join': ['-', []] }, ''],
    ['Select', { 'Fn::Select': ['1', { Ref: 'Subnets' }] }, 'subnet-2'],
    ['Select and Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    [
      'Select before the unknown part',
      { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Sub': 'a/b/${Open}' }] }] },
      'b',
    ],
    ['Split', { 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
    ['FindInMap', { 'Fn::FindInMap': ['ByStage', { Ref: 'Stage' }, 'Days'] }, 30],
    ['FindInMap of a list', { 'Fn::FindInMap': ['ByStage', 'prod', 'List'] }, ['a', 'b']],
    [
      'FindInMap with default',
      { 'Fn::FindInMap': ['ByStage', 'dev', 'Days', { DefaultValue: { Ref: 'Size' } }] },
      3,
    ],
    ['FindInMap that agrees', { 'Fn::FindInMap': ['ByRegion', { Ref: 'AWS::Region' }, 'Same'] }, 's'],
    ['If true', { 'Fn::If': ['IsProd', 1, 2] }, 1],
    ['If false', { 'Fn::If': ['IsTest', 1, { Ref: 'AWS::NoValue' }] }, undefined],
    ['If whose sides agree', { 'Fn::If': ['IsOpen', 'a', 'a'] }, 'a'],
    ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['Length', { 'Fn::Length': { Ref: 'Subnets' } }, 2],
    [
      'ToJsonString',
      { 'Fn::ToJsonString': { a: [1, 'x'], b: { Ref: 'Stage' }, c: {}, d: [] } },
      '{"a":[1,"x"],"b":"prod","c":{},"d":[]}',
    ],
    ['Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    ['Cidr of IPv6', { 'Fn::Cidr': ['2001:db8::/56', 2, 64] }, ['2001:db8::/64', '2001:db8:0:1::/64']],
    [
      'ForEach in a mapping',
      { 'Fn::ForEach::L': ['N', ['A', 'B'], { 'Key${N}': { Name: '${N}', Ref: { Ref: 'N' } } }] },
      { KeyA: { Name: 'A', Ref: 'A' }, KeyB: { Name: 'B', Ref: 'B' } },
    ],
    ['a condition as a value', { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, true],
    [
      'a key named like a prototype member',
      { 'Fn::FindInMap': ['ByStage', 'prod', 'Days'], toString: 1 },
      { 'Fn::FindInMap': ['ByStage', 'prod', 'Days'], toString: 1 },
    ],
    [
      'a secret',
      '{{resolve:secretsmanager:db:SecretString:password}}',
      new SecretReference('secretsmanager', '{{resolve:secretsmanager:db:SecretString:password}}'),
    ],
    [
      'a secret in a longer string',
      'a={{resolve:ssm-secure:p:1}};',
      new PartialString(['a=', new SecretReference('ssm-secure', '{{resolve:ssm-secure:p:1}}'), ';']),
    ],
    [
      'a joined secret',
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Queue' }, ':SecretString}}']] },
      new SecretReference('secretsmanager', '{{resolve:secretsmanager:${Queue}:SecretString}}'),
    ],
    ['no dynamic reference', '{{resolve:other:x}} {{resolve:ssm:', '{{resolve:other:x}} {{resolve:ssm:'],
  ])('%s', (_, raw, expected) => {
    expect(resolve(raw)).toEqual(expected);
  });

  it('fills in pseudo parameters that are given', () => {
    const raw = { 'Fn::Sub': '${AWS::Partition}/${AWS::Region}/${AWS::AccountId}/${AWS::URLSuffix}' };
    expect(resolve(raw, { region: 'cn-north-1', account: '111122223333' })).toBe(
      'aws-cn/cn-north-1/111122223333/amazonaws.com.cn',
    );
    expect(resolve({ 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, { region: 'eu-west-1' })).toBe('eu-west-1b');
  });

  it('takes given parameters before defaults', () => {
    expect(resolve({ Ref: 'Stage' }, { parameters: { Stage: 'dev' } })).toBe('dev');
    expect(resolve({ Ref: 'Subnets' }, { parameters: { Subnets: 'a,b,c' } })).toEqual(['a', 'b', 'c']);
    expect(resolve({ Ref: 'Size' }, { parameters: { Size: '9' } })).toBe(9);
  });
});

describe('intrinsic functions that are not known', () => {
  it.each<[string, unknown, string]>([
    ['a parameter without default', { Ref: 'Open' }, 'parameter'],
    ['a parameter from Parameter Store', { Ref: 'Stored' }, 'parameter'],
    ['the region', { Ref: 'AWS::Region' }, 'pseudo-parameter'],
    ['an import', { 'Fn::ImportValue': 'elsewhere' }, 'import'],
    ['a macro', { 'Fn::Transform': { Name: 'M' } }, 'transform'],
    ['a macro beside members', { a: 1, 'Fn::Transform': { Name: 'M' } }, 'transform'],
    ['a missing mapping entry', { 'Fn::FindInMap': ['ByStage', 'dev', 'Days'] }, 'mapping'],
    [
      'an unknown mapping key',
      { 'Fn::FindInMap': ['ByRegion', { Ref: 'AWS::Region' }, 'Bucket'] },
      'pseudo-parameter',
    ],
    ['a name that nothing declares', { Ref: 'Nobody' }, 'malformed'],
    ['a resource that is not created', { 'Fn::GetAtt': ['Never', 'Arn'] }, 'malformed'],
    ['an attribute, split', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }, 'attribute'],
    ['an unknown function', { 'Fn::Nope': 1 }, 'unsupported'],
    ['Ref of a mapping', { Ref: {} }, 'malformed'],
    ['Sub of a number in a list', { 'Fn::Sub': [1, 2, 3] as unknown }, 'none'],
    ['Join without a list', { 'Fn::Join': 'x' }, 'malformed'],
    ['Select beyond the end', { 'Fn::Select': [9, ['a']] }, 'malformed'],
    ['Cidr that does not fit', { 'Fn::Cidr': ['10.0.0.0/24', 9, 8] }, 'malformed'],
    ['Length of a string', { 'Fn::Length': 'abc' }, 'malformed'],
    ['If without sides', { 'Fn::If': ['IsProd'] }, 'malformed'],
    ['an undecided If', { 'Fn::If': ['IsOpen', 'a', 'b'] }, 'condition'],
    ['a condition in a circle', { 'Fn::If': ['Loop', 'a', 'b'] }, 'cycle'],
    ['a condition nobody declares', { 'Fn::If': ['Nope', 'a', 'b'] }, 'malformed'],
    [
      'a loop over an unknown list',
      { 'Fn::ForEach::L': ['N', { Ref: 'Open' }, { 'K${N}': 1 }] },
      'parameter',
    ],
  ])('%s', (_, raw, code) => {
    expect(causeCode(resolve(raw)) ?? 'none').toBe(code);
  });

  it('says how to settle a parameter', () => {
    const value = resolve({ Ref: 'Open' });
    expect(value instanceof Unresolved && value.cause).toEqual({
      code: 'parameter',
      message: 'parameter `Open` has no default',
      about: 'Open',
      remedy: 'pass --parameters with a value for `Open`',
    });
  });

  it('keeps the known parts of a string', () => {
    const value = resolve({ 'Fn::Sub': 'arn:${AWS::Partition}:x:${Stage}/${Queue.Arn}' });
    expect(value instanceof PartialString && value.parts).toEqual([
      'arn:',
      expect.any(Unresolved),
      ':x:prod/',
      new Reference('t/Queue', 'Arn'),
    ]);
  });

  it('keeps zones apart although the region is unknown', () => {
    const zone = (index: number): Value | undefined =>
      resolve({ 'Fn::Select': [index, { 'Fn::GetAZs': { Ref: 'AWS::Region' } }] });
    const [first, second] = [zone(0), zone(1)];
    expect(first instanceof PartialString && first.parts[1]).toBe('a');
    expect(second instanceof PartialString && second.parts[1]).toBe('b');
  });

  it('keeps both sides of an undecided choice, also inside strings', () => {
    const value = resolve({ 'Fn::Sub': ['x-${V}', { V: { 'Fn::If': ['IsOpen', 'a', 'b'] } }] });
    expect(value).toEqual(new Choice(expect.objectContaining({ code: 'condition' }) as never, 'x-a', 'x-b'));
    expect(resolve({ Ref: 'EitherOf' })).toEqual(
      new Choice(expect.objectContaining({ code: 'parameter' }) as never, 'Active', 'PassThrough'),
    );
  });

  it('takes a nested If over the same condition by its own side', () => {
    const value = resolve({
      'Fn::If': ['IsOpen', { 'Fn::If': ['IsOpen', 'a', 'never'] }, { 'Fn::If': ['IsOpen', 'never', 'b'] }],
    });
    expect(value instanceof Choice && [value.whenTrue, value.whenFalse]).toEqual(['a', 'b']);
  });
});

describe('resolving', () => {
  it('shares every tree without intrinsics and answers with the same object each time', () => {
    const plain = { deep: [{ a: 1 }] };
    const template = {
      Resources: { X: { Type: 'A::B::C', Properties: { plain, other: { Ref: 'AWS::Region' } } } },
    };
    const [resource] = readTemplateObject(template, 't').resources;
    expect(resource?.properties['plain']).toBe(plain);
    expect(resource?.properties).toBe(resource?.properties);
  });

  it.each<[string, (inner: unknown) => unknown, number]>([
    ['Fn::Sub', (inner) => ({ 'Fn::Sub': ['${a}${a}', { a: inner }] }), 100],
    ['Fn::ToJsonString', (inner) => ({ 'Fn::ToJsonString': [inner] }), 200],
    ['Fn::Base64', (inner) => ({ 'Fn::Base64': inner }), 400],
  ])('stays small where nested %s would grow without end', (_, wrap, levels) => {
    let bomb: unknown = 'x"\\';
    for (let level = 0; level < levels; level++) bomb = wrap(bomb);
    const value = resolve(bomb);
    expect(value instanceof PartialString || value instanceof Unresolved).toBe(true);
  });

  it('ends on a chain of 10,000 conditions', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => [
      `C${index}`,
      { 'Fn::Not': [{ Condition: `C${index + 1}` }] },
    ]);
    const template = {
      Conditions: Object.fromEntries(chain) as object,
      Resources: { X: { Type: 'A::B::C', Condition: 'C0' } },
    };
    const found = readTemplateObject(template, 't').resources.find(({ name }) => name === 'X');
    expect(found?.uncertain).toMatchObject({ code: 'condition' });
  });

  it('bounds what loops copy', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `a${index}`);
    const inner = {
      'Fn::ForEach::Inner': ['Y', many, { 'R${X}${Y}': { Type: 'A::B::C', Properties: { x: '${X}' } } }],
    };
    const reading = readTemplateObject({ Resources: { 'Fn::ForEach::Outer': ['X', many, inner] } }, 't');
    expect(reading.diagnostics).toMatchObject([{ code: 'loop-not-unrolled' }]);
    expect(reading.incomplete).toMatchObject([{ scope: 't', type: '*', cause: { code: 'unsupported' } }]);
  });
});

describe('conditions', () => {
  const truth = (expression: unknown): boolean | string => {
    const template = {
      ...context,
      Conditions: { ...context.Conditions, It: expression },
      Resources: { X: { Type: 'A::B::C', Condition: 'It' } },
    };
    const found = readTemplateObject(template, 't').resources.find(({ name }) => name === 'X');
    return found === undefined ? false : (found.uncertain?.code ?? true);
  };
  const open = { 'Fn::Equals': [{ Ref: 'Open' }, 'x'] };
  const yes = { 'Fn::Equals': ['a', 'a'] };
  const no = { 'Fn::Equals': ['a', 'b'] };

  it.each<[string, unknown, boolean | string]>([
    ['equal', yes, true],
    ['unequal', no, false],
    ['number and string', { 'Fn::Equals': [{ Ref: 'Size' }, '3'] }, true],
    ['boolean and string', { 'Fn::Equals': [true, 'true'] }, true],
    ['unknown', open, 'condition'],
    ['the same unknown on both sides', { 'Fn::Equals': [{ Ref: 'Open' }, { Ref: 'Open' }] }, true],
    ['a start that differs', { 'Fn::Equals': [{ 'Fn::Sub': 'a-${Open}' }, 'b-x'] }, false],
    ['an end that differs', { 'Fn::Equals': [{ 'Fn::Sub': '${Open}-a' }, 'b-x'] }, false],
    ['too short', { 'Fn::Equals': [{ 'Fn::Sub': 'ab${Open}bc' }, 'abc'] }, false],
    ['a start that fits', { 'Fn::Equals': [{ 'Fn::Sub': 'a-${Open}' }, 'a-x'] }, 'condition'],
    ['none of the allowed values', { 'Fn::Equals': [{ Ref: 'EitherOf' }, 'Other'] }, false],
    ['one of the allowed values', { 'Fn::Equals': [{ Ref: 'EitherOf' }, 'Active'] }, 'condition'],
    ['lists', { 'Fn::Equals': [['a', 'b'], { Ref: 'Subnets' }] }, false],
    ['and: false decides', { 'Fn::And': [open, no] }, false],
    ['and: unknown blocks', { 'Fn::And': [open, yes] }, 'condition'],
    ['or: true decides', { 'Fn::Or': [open, yes] }, true],
    ['or: unknown blocks', { 'Fn::Or': [open, no] }, 'condition'],
    ['not unknown', { 'Fn::Not': [open] }, 'condition'],
    ['named', { Condition: 'IsTest' }, false],
    ['no function', { Nope: 1 }, 'malformed'],
    ['itself', { Condition: 'It' }, 'cycle'],
  ])('%s', (_, expression, expected) => {
    expect(truth(expression)).toBe(expected);
  });

  it('hold inside the resource that stands under them', () => {
    const template = {
      ...context,
      Resources: {
        X: { Type: 'A::B::C', Condition: 'IsOpen', Properties: { v: { 'Fn::If': ['IsOpen', 'yes', 'no'] } } },
      },
    };
    const [resource] = readTemplateObject(template, 't').resources;
    expect(resource?.uncertain).toMatchObject({
      code: 'condition',
      message: expect.stringContaining('`Open`') as unknown,
    });
    expect(resource?.properties).toEqual({ v: 'yes' });
  });
});
