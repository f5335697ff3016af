import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTemplateText } from '../../../src/text/parse-template.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

const scalar = fc.oneof(fc.string({ maxLength: 6 }), fc.integer({ min: -5, max: 5 }), fc.boolean());
const intrinsic = fc.constantFrom<unknown>(
  { Ref: 'P' },
  { Ref: 'Open' },
  { Ref: 'Other' },
  { Ref: 'AWS::NoValue' },
  { Ref: 'AWS::Region' },
  { 'Fn::GetAtt': ['Other', 'Arn'] },
  { 'Fn::Sub': 'a-${P}-${Open}-${Other.Arn}' },
  { 'Fn::If': ['Yes', { Ref: 'P' }, 'no'] },
  { 'Fn::If': ['Maybe', 'a', { Ref: 'AWS::NoValue' }] },
  { 'Fn::Join': ['/', ['a', { Ref: 'Open' }, 'b']] },
  '{{resolve:ssm:/x}}',
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    intrinsic,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'toString', 'd e'), tie('node'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).node;

function template(value: unknown): Record<string, unknown> {
  return {
    Parameters: { P: { Type: 'String', Default: 'p' }, Open: { Type: 'String' } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'P' }, 'p'] },
      Maybe: { 'Fn::Equals': [{ Ref: 'Open' }, 'p'] },
    },
    Resources: { Other: { Type: 'AWS::SQS::Queue' }, X: { Type: 'A::B::C', Properties: { value } } },
  };
}

/** The same tree with the members of every mapping in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, item]) => [key, reversed(item)] as const);
  return Object.fromEntries(members.reverse());
}

const properties = (source: unknown): unknown =>
  readTemplateObject(source, 't').resources.find(({ name }) => name === 'X')?.properties;

describe('the resolved tree', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(properties(reversed(template(value)))).toEqual(properties(template(value)));
      }),
      { numRuns: 200 },
    );
  });

  it('is the same from JSON text, whatever its layout, and every place in it has a position', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const source = JSON.parse(JSON.stringify(template(value))) as unknown;
        const parsed = parseTemplateText(JSON.stringify(source, null, indent), 't.json');
        expect(parsed.diagnostics).toEqual([]);
        expect(parsed.root).toEqual(source);
        const walk = (node: unknown, pointer: string): void => {
          const location = parsed.locate(pointer);
          expect(location?.pointer).toBe(pointer);
          if (typeof node !== 'object' || node === null) return;
          for (const [key, item] of Object.entries(node)) walk(item, `${pointer}/${key}`);
        };
        walk(source, '');
      }),
      { numRuns: 50 },
    );
  });

  it('leaves its source untouched', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const before = template(value);
        const copy = structuredClone(before);
        properties(before);
        expect(before).toEqual(copy);
      }),
      { numRuns: 50 },
    );
  });
});
