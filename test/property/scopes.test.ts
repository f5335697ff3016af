import { expect, it } from '@jest/globals';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { Resource } from '../../src/model/resource.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';

/** How often scopes are looked at when a rule asks in each of them whether it has a function. */
async function looksAtScopes(count: number): Promise<number> {
  const ruleSet = applySettings(await shippedRules(), {});
  const rules = ruleSet.rules.filter(({ id }) => id === 'all.securityhub.enabled');
  const reading = readTemplateObject({ Resources: {} }, 'template', {});
  let looks = 0;
  const resourceOf = (type: string, n: number, properties: Resource['properties']): Resource => ({
    ...{ id: `${type}${n}`, name: `${type}${n}`, type, properties },
    get scope() {
      looks += 1;
      return `111122223333/region-${n}`;
    },
    locate: (path) => ({ arn: `${type}${n}`, path }),
  });
  const resources = Array.from({ length: count }, (_, n) => [
    resourceOf('Headgate::Scope', n, { Kind: 'account' }),
    resourceOf('AWS::Lambda::Function', n, {}),
  ]).flat();
  const evaluations = evaluateRules({ ...ruleSet, rules }, linkGraph({ ...reading, resources }), {
    now: new Date('2026-11-23T00:00:00Z'),
    positions: () => undefined,
    detail: 'findings',
  });
  expect(evaluations.filter(({ verdict }) => verdict === 'fail')).toHaveLength(count);
  return looks;
}

it('the work of asking each scope what it has at most doubles with the scopes', async () => {
  const [small, large] = [await looksAtScopes(100), await looksAtScopes(200)];
  expect(small).toBeGreaterThan(200);
  expect(large / small).toBeLessThan(2.1);
});
