import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { applySplices, editableText, spliceTemplate } from '../../src/fix/splice-template.ts';
import { changeTree, type TreeChange } from '../../src/fix/tree-change.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';

// Changes of random templates, in every way in which they are written: what is not changed stays as it is, character by
// character, and what is read afterwards differs by the changes alone.

const key = fc.constantFrom('Alpha', 'Beta', 'Gamma', 'Delta', 'yes', '12', 'a-b', 'with space');
const scalar = fc.oneof(
  fc.constantFrom(
    'plain',
    'two words',
    "it's",
    '"quoted"',
    'a: b',
    '# no comment',
    '',
    'true',
    '007',
    'line\nbreak',
    '{brace',
    '- dash',
  ),
  fc.integer({ min: -5, max: 1_000_000 }),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));
const template = fc.record({
  Resources: fc.dictionary(
    fc.constantFrom('Queue', 'Topic', 'Table'),
    fc.record(
      {
        Type: fc.constantFrom('AWS::SQS::Queue', 'AWS::SNS::Topic'),
        Properties: fc.dictionary(key, tree, { maxKeys: 4 }),
      },
      { requiredKeys: ['Type'] },
    ),
    { minKeys: 1 },
  ),
  Outputs: fc.constant({}),
});

/** The ways in which people write a template. */
const forms: Readonly<Record<string, (value: unknown) => string>> = {
  block: (value) => stringify(value),
  'block, indented by four, with comments': (value) =>
    `# of the team\n${stringify(value, { indent: 4 }).replaceAll(/^( *Type: .*)$/gm, '$1 # type')}# end\n`,
  'lists not indented': (value) => stringify(value, { indentSeq: false }),
  flow: (value) => stringify(value, { collectionStyle: 'flow' }),
  CRLF: (value) => stringify(value).replaceAll('\n', '\r\n'),
  'without a last line break': (value) => stringify(value).trimEnd(),
  JSON: (value) => JSON.stringify(value, null, 2),
  'JSON with tabs': (value) => `${JSON.stringify(value, null, '\t')}\n`,
  'JSON on one line': (value) => JSON.stringify(value),
};

const change: fc.Arbitrary<TreeChange> = fc.record({
  kind: fc.constantFrom('set' as const, 'append' as const),
  path: fc
    .tuple(fc.constantFrom('Queue', 'Topic', 'Table'), fc.array(key, { minLength: 1, maxLength: 3 }))
    .map(([id, rest]) => ['Resources', id, 'Properties', ...rest]),
  value: fc.oneof(
    scalar.filter((value) => value !== null),
    fc.constant({ Ref: 'Queue' }),
    fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 2 }),
  ),
});

const readOf = (text: string): unknown =>
  JSON.parse(JSON.stringify(parseTemplateText(text, 'template.yaml').root));

describe('changes of templates', () => {
  it.each(Object.entries(forms))('stay within what they change: %s', (_name, write) => {
    let made = 0;
    fc.assert(
      fc.property(template, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
        const text = write(value);
        const source = editableText(text, 'template.yaml');
        if ('refused' in source) return;
        const plan = spliceTemplate(source, changes, 'template.yaml');
        if ('refused' in plan) {
          // Written wrongly and noticed: a defect, if a harmless one.
          expect(plan.refused).not.toMatch(/would not read/);
          return;
        }
        made += 1;
        const after = applySplices(text, plan.splices);
        // Numbers that replace a quoted text are written as one.
        const expected = JSON.stringify(changeTree(readOf(text), changes));
        expect(JSON.stringify(readOf(after)).replaceAll('"', '')).toBe(expected.replaceAll('"', ''));
        expect(untouched(text, after, plan.splices)).toBe(true);
        expect(after.replaceAll('\r\n', '').includes('\n')).toBe(/(?<!\r)\n/.test(text));
        // What is set is there: once more nothing new is written for it.
        const sets = changes.filter(({ kind }) => kind === 'set');
        const again = editableText(after, 'template.yaml');
        if ('refused' in again || sets.length !== changes.length) return;
        const second = spliceTemplate(again, sets, 'template.yaml');
        if ('splices' in second) expect(readOf(applySplices(after, second.splices))).toEqual(readOf(after));
      }),
      { numRuns: 150, seed: 20_261_128 },
    );
    expect(made).toBeGreaterThan(30);
  });
});

/** True where the texts are the same outside of the splices. */
function untouched(
  before: string,
  after: string,
  splices: readonly { start: number; end: number; text: string }[],
): boolean {
  let [from, to] = [0, 0];
  for (const { start, end, text } of splices) {
    if (before.slice(from, start) !== after.slice(to, to + start - from)) return false;
    to += start - from + text.length;
    from = end;
  }
  return before.slice(from) === after.slice(to);
}
