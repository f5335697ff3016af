import { describe, expect, it } from '@jest/globals';
import { evaluateExample } from '../../../src/app/rule-examples.ts';
import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { mappedTypes } from '../../../src/terraform/mapping/index.ts';
import { readPlans } from '../../../src/terraform/read-plans.ts';
import { now } from './scan-plan.ts';

interface Written {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: unknown;
}

/** Texts in this provider, objects in CloudFormation. */
const texts =
  /^(PolicyDocument|AssumeRolePolicyDocument|KeyPolicy|Policy|RedrivePolicy|RedriveAllowPolicy|EventPattern|FilterPolicy|ResourcePolicy|Definition|Body|RepositoryPolicyText)$/;
const mapsOfUsers =
  /^(Variables|RequestModels|RequestParameters|RequestTemplates|StageVariables|RouteSettings)$/;

/** Terraform has neither dynamic references nor parameters and outputs of a template. */
const templateOnly = /a dynamic reference|Parameter Store|^all\.lambda\.no-plaintext-secrets\.template/;

const read = new Set(mappedTypes.flatMap(({ type, also = [] }) => [type, ...also.map((each) => each.type)]));

function snake(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** As the provider names it: everything in snake case but the keys of the user's own. */
function inSnakeCase(value: unknown, isOwn = false): unknown {
  if (Array.isArray(value)) return value.map((item) => inSnakeCase(item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, item]: [string, unknown]) => [
    isOwn ? name : snake(name),
    texts.test(name) && typeof item === 'object'
      ? JSON.stringify(item)
      : inSnakeCase(item, mapsOfUsers.test(name)),
  ]);
  return Object.fromEntries(members) as unknown;
}

function planOf(resources: readonly (readonly [string, Written])[]): string {
  const changes = resources.map(([name, { Type, Properties = {} }]) => {
    const [, service = '', resource = ''] = Type.split('::');
    const type = `awscc_${service.toLowerCase()}_${snake(resource)}`;
    return {
      address: `${type}.${name}`,
      mode: 'managed',
      type,
      name,
      provider_name: 'registry.terraform.io/hashicorp/awscc',
      change: {
        actions: ['create'],
        before: null,
        after: inSnakeCase(Properties),
        after_unknown: { id: true },
      },
    };
  });
  return JSON.stringify({ format_version: '1.2', terraform_version: '1.11.4', resource_changes: changes });
}

const verdictsOf = (evaluations: readonly Evaluation[]): string =>
  evaluations
    .map(({ verdict }) => verdict)
    .sort()
    .join();

describe('the awscc provider', () => {
  it('gives rule examples the verdicts that they have as templates', async () => {
    const ruleSet = applySettings(await shippedRules(), {});
    const different: string[] = [];
    let compared = 0;
    for (const rule of ruleSet.rules) {
      for (const example of rule.decides === 'code' ? [] : rule.examples) {
        const { Resources = {}, ...more } = example.template as { Resources?: Record<string, Written> };
        const resources = Object.entries(Resources);
        const isPlain = !/"(Ref|Fn::\w+|Condition|Transform)":/.test(JSON.stringify([Resources, more]));
        if (!isPlain || resources.some(([, { Type }]) => !read.has(Type))) continue;
        const name = `${rule.id}: ${example.name}`;
        if (templateOnly.test(name)) continue;
        compared += 1;
        const text = planOf(resources);
        const file = {
          name: 'plan.json',
          path: '/plan.json',
          bytes: Buffer.from(text),
          text,
          form: 'plan',
        } as const;
        const reading = await readPlans([file], { cwd: '/', region: 'eu-west-1', account: '111122223333' });
        const evaluations = evaluateRules({ ...ruleSet, rules: [rule] }, linkGraph(reading), {
          now,
          positions: () => undefined,
          detail: 'all',
        });
        if (verdictsOf(evaluations) !== verdictsOf(evaluateExample(rule, example, ruleSet, now)))
          different.push(name);
      }
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(250);
  }, 600_000);
});
