import { beforeAll, describe, expect, it } from '@jest/globals';
import { decideReading } from '../../src/app/scan.ts';
import type { Rule, RuleSet } from '../../src/model/rule.ts';
import type { Verdict } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { pathsOf, replaced, type Json } from './paths.ts';

/** One of so many values is spelt in other ways; 1 tries all of them, which takes minutes. */
const oneOf = Number(process.env['HEADGATE_SPELLINGS_ONE_OF'] ?? 40);

type Section = Readonly<Record<string, Json>>;

interface Template {
  readonly Transform?: Json;
  readonly Parameters?: Section;
  readonly Mappings?: Section;
  readonly Conditions?: Section;
  readonly Resources?: Readonly<Record<string, { readonly Properties?: Json }>>;
}

/** The value as it is written otherwise, and what the template has to declare for it. */
interface Spelling {
  readonly value: Json;
  readonly declares?: Pick<Template, 'Parameters' | 'Mappings' | 'Conditions'>;
}

const isText = (value: Json): value is string => typeof value === 'string';
const isScalar = (value: Json): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `Fn::GetAtt` or `Ref`, as a text between `${}`. */
function referred(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Section; // no list
  if (isText(ref ?? null) && ref !== 'AWS::NoValue') return String(ref);
  return Array.isArray(attribute) && attribute.every(isText) ? attribute.join('.') : undefined;
}

const isTextLike = (value: Json): boolean => isText(value) || referred(value) !== undefined;

const spellings: Readonly<Record<string, (value: Json) => Spelling | undefined>> = {
  substituted: (value) => {
    const name = referred(value);
    if (name !== undefined) return { value: { 'Fn::Sub': `\${${name}}` } };
    return isText(value) ? { value: { 'Fn::Sub': value.replaceAll('${', '${!') } } : undefined;
  },
  joined: (value) => (isTextLike(value) ? { value: { 'Fn::Join': ['', [value]] } } : undefined),
  selected: (value) => (isTextLike(value) ? { value: { 'Fn::Select': [1, ['x', value]] } } : undefined),
  'with a dot': (value) => {
    const name = referred(value);
    return name?.includes('.') === true ? { value: { 'Fn::GetAtt': name } } : undefined;
  },
  'by a parameter': (value) =>
    (isText(value) && value !== '') || typeof value === 'number'
      ? {
          value: { Ref: 'Spelt' },
          declares: { Parameters: { Spelt: { Type: isText(value) ? 'String' : 'Number', Default: value } } },
        }
      : undefined,
  'by a mapping': (value) =>
    isScalar(value)
      ? {
          value: { 'Fn::FindInMap': ['Spelt', 'a', 'b'] },
          declares: { Mappings: { Spelt: { a: { b: value } } } },
        }
      : undefined,
  'under a condition that holds': (value) => ({
    value: { 'Fn::If': ['IsSpelt', value, { Ref: 'AWS::NoValue' }] },
    declares: { Conditions: { IsSpelt: { 'Fn::Equals': ['a', 'a'] } } },
  }),
  'on both sides of an open condition': (value) => ({
    value: { 'Fn::If': ['IsSpelt', value, value] },
    declares: {
      Parameters: { Side: { Type: 'String' } },
      Conditions: { IsSpelt: { 'Fn::Equals': [{ Ref: 'Side' }, 'a'] } },
    },
  }),
  // In a pattern of events a text is no boolean.
  'as a text': (value) =>
    typeof value === 'boolean'
      ? { value: value ? 'True' : 'False' }
      : typeof value === 'number'
        ? { value: String(value) }
        : undefined,
};

let ruleSet: RuleSet;

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 30_000);

function verdicts(rule: Rule, template: object): ReadonlyMap<string, Verdict> {
  const { evaluations } = decideReading(readTemplateObject(template, 'template', {}), {
    ruleSet: { ...ruleSet, rules: [rule] },
    version: '0',
    now: new Date('2026-11-28T00:00:00Z'),
    detail: 'findings',
  });
  return new Map(evaluations.map(({ resource, verdict }) => [resource.name, verdict]));
}

function spelt(template: Template, path: readonly string[], { value, declares = {} }: Spelling): object {
  const { Parameters, Mappings, Conditions } = template;
  return {
    ...(replaced(template as Json, path, value) as Section),
    Parameters: { ...Parameters, ...declares.Parameters },
    Mappings: { ...Mappings, ...declares.Mappings },
    Conditions: { ...Conditions, ...declares.Conditions },
  };
}

describe('a value that is written in another way', () => {
  it('is judged the same', () => {
    const wrong: string[] = [];
    let tried = 0;
    let met = 0;
    for (const rule of ruleSet.rules) {
      for (const { name, template: example, code } of rule.examples) {
        const template = example as Template | undefined;
        if (template?.Resources === undefined || template.Transform !== undefined || code !== undefined)
          continue;
        let before: ReadonlyMap<string, Verdict> | undefined;
        for (const [id, { Properties = {} }] of Object.entries(template.Resources)) {
          for (const [path, value] of pathsOf(Properties)) {
            for (const [way, write] of Object.entries(spellings)) {
              const spelling = write(value);
              if (spelling === undefined || (way === 'as a text' && path.includes('EventPattern'))) continue;
              met += 1;
              if (met % oneOf !== 0) continue;
              tried += 1;
              before ??= verdicts(rule, template);
              const after = verdicts(
                rule,
                spelt(template, ['Resources', id, 'Properties', ...path], spelling),
              );
              for (const [on, verdict] of before)
                if (after.get(on) !== verdict)
                  wrong.push(
                    `${rule.id}, "${name}", ${on}, ${id}.${path.join('.')} ${way}: ${verdict}, ${String(after.get(on))}`,
                  );
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  }, 900_000);
});
