import { beforeAll, describe, expect, it } from '@jest/globals';
import { decideReading } from '../../src/app/scan.ts';
import type { Rule, RuleSet } from '../../src/model/rule.ts';
import type { Verdict } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { pathsOf, replaced, type Json } from './paths.ts';

/** One of so many paths is tried; 1 tries all of them, which takes minutes. */
const oneOf = Number(process.env['HEADGATE_UNDECIDED_ONE_OF'] ?? 12);

interface Template {
  readonly Transform?: Json;
  readonly Parameters?: Readonly<Record<string, Json>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Resources?: Readonly<Record<string, { readonly Properties?: Json }>>;
}

let ruleSet: RuleSet;

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 30_000);

function verdicts(rule: Rule, template: object): ReadonlyMap<string, Verdict> {
  const { evaluations } = decideReading(readTemplateObject(template, 'template', {}), {
    ruleSet: { ...ruleSet, rules: [rule] },
    version: '0',
    now: new Date('2026-11-23T00:00:00Z'),
    detail: 'findings',
  });
  return new Map(evaluations.map(({ resource, verdict }) => [resource.name, verdict]));
}

describe('a value under an undecided condition', () => {
  it('is judged as both sides are, or is unknown', () => {
    const wrong: string[] = [];
    let tried = 0;
    let paths = 0;
    for (const rule of ruleSet.rules) {
      for (const { name, template: example, code } of rule.examples) {
        const template = example as Template | undefined;
        if (template?.Resources === undefined || template.Transform !== undefined || code !== undefined)
          continue;
        const whole: Json = {
          ...(template as Json & object),
          Parameters: { ...template.Parameters, ProbedSide: { Type: 'String' } },
          Conditions: { ...template.Conditions, IsProbed: { 'Fn::Equals': [{ Ref: 'ProbedSide' }, 'yes'] } },
        };
        for (const [id, { Properties = {} }] of Object.entries(template.Resources)) {
          for (const [path, value] of pathsOf(Properties)) {
            paths += 1;
            if (paths % oneOf !== 0) continue;
            const other: Json = typeof value === 'string' && tried % 2 === 0 ? '*' : { Ref: 'AWS::NoValue' };
            const made = (by: Json): ReadonlyMap<string, Verdict> =>
              verdicts(rule, replaced(whole, ['Resources', id, 'Properties', ...path], by) as object);
            const [whenTrue, whenFalse] = [made(value), made(other)];
            tried += 1;
            for (const [on, verdict] of made({ 'Fn::If': ['IsProbed', value, other] })) {
              // What a name makes is there on one side alone, and judged there.
              const sides = [whenTrue.get(on), whenFalse.get(on)].filter((side) => side !== undefined);
              if (verdict !== 'unknown' && sides.some((side) => side !== verdict))
                wrong.push(
                  `${rule.id}, "${name}", ${on}, ${id}.${path.join('.')}: ${verdict}, ${sides.join(' or ')}`,
                );
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(100);
  }, 900_000);
});
