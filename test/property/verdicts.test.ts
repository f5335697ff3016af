import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { RuleSet } from '../../src/model/rule.ts';
import type { Evaluation } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { decideReading } from '../../src/app/scan.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';

interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

let ruleSet: RuleSet;
let example: Template;

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
  example = parseTemplateText(readFileSync('examples/orders-api.yaml'), 'orders-api.yaml').value as Template; // the example is a template
});

function evaluate(template: Template): readonly Evaluation[] {
  const reading = readTemplateObject(template, 'template', {});
  return decideReading(reading, {
    ruleSet,
    version: '0',
    now: new Date('2026-11-23T00:00:00Z'),
    detail: 'all',
  }).evaluations;
}

const keyOf = ({ ruleId, resource }: Evaluation): string => `${ruleId} ${resource.name}`;
const verdictsOf = (evaluations: readonly Evaluation[]): Map<string, string> =>
  new Map(evaluations.map((evaluation) => [keyOf(evaluation), evaluation.verdict]));

describe('verdicts', () => {
  it('do not hang on the order of resources', () => {
    const expected = evaluate(example);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.keys(example.Resources), {
          minLength: Object.keys(example.Resources).length,
        }),
        (order) => {
          const shuffled = {
            ...example,
            Resources: Object.fromEntries(order.map((id) => [id, example.Resources[id] ?? { Type: '' }])),
          };
          expect(evaluate(shuffled)).toEqual(expected);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('are not changed by an unrelated resource', () => {
    const before = verdictsOf(evaluate(example));
    const after = verdictsOf(
      evaluate({
        ...example,
        Resources: { ...example.Resources, Unrelated: { Type: 'AWS::EC2::Instance', Properties: {} } },
      }),
    );
    expect(after).toEqual(before);
  });

  it('never become a pass because a value is no longer known', () => {
    const before = verdictsOf(evaluate(example));
    const paths = Object.entries(example.Resources).flatMap(([id, { Properties }]) =>
      Object.keys(Properties ?? {}).map((property) => [id, property] as const),
    );
    for (const [id, property] of paths) {
      const resource = example.Resources[id];
      if (resource === undefined) continue;
      const unresolved = {
        ...example,
        Parameters: { ...example.Parameters, Blank: { Type: 'String' } },
        Resources: {
          ...example.Resources,
          [id]: { ...resource, Properties: { ...resource.Properties, [property]: { Ref: 'Blank' } } },
        },
      };
      for (const evaluation of evaluate(unresolved)) {
        if (evaluation.verdict !== 'pass') continue;
        const was = before.get(keyOf(evaluation));
        if (was === 'fail' || was === 'unknown')
          throw new Error(`${keyOf(evaluation)}: ${was} became pass when ${id}.${property} was unknown`);
      }
    }
  });

  it('are the same bytes for the same input', () => {
    expect(JSON.stringify(evaluate(example))).toBe(JSON.stringify(evaluate(example)));
  });
});
