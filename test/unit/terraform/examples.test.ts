import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateExample } from '../../../src/app/rule-examples.ts';
import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import type { Rule, RuleExample, RuleSet } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { readPlans } from '../../../src/terraform/read-plans.ts';
import { hclOf } from './from-template/emit-hcl.ts';
import { planOfBlocks } from './from-template/emit-plan.ts';
import type { Configuration } from './from-template/expressions.ts';
import type { TemplateResources } from './from-template/intrinsics.ts';
import { NotConvertible, terraformOf } from './from-template/terraform-of.ts';
import { now } from './scan-plan.ts';

/** Examples of which Terraform says something else, by the reason. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'only an account tells': [
    'all.kms.policy: a key of AWS',
    'api.authorizer.present.deployed: a method that was open when it was deployed',
    'api.authorizer.present.deployed: a stage that serves what is set',
    'api.secrets.rotation: a secret that RDS made and rotates',
    'api.waf.sql-injection: a rule group that Firewall Manager puts first',
  ],
  'Terraform has no dynamic references': [
    "all.lambda.no-plaintext-secrets: a plain parameter of Parameter Store under a credential's name",
    'all.lambda.no-plaintext-secrets: a dynamic reference inside a connection string',
    'all.lambda.no-plaintext-secrets: a dynamic reference, which the deployment replaces by the secret',
    'api.external.api-key: a key from Secrets Manager',
  ],
  'parameters and outputs are those of a template': [
    'all.lambda.no-plaintext-secrets.template: a default password',
    'all.lambda.no-plaintext-secrets.template: a password without default, an output that names things',
    'all.lambda.no-plaintext-secrets.template: an output that repeats a parameter without a value',
    'all.lambda.no-plaintext-secrets.template: an output with a token',
    'all.lambda.no-plaintext-secrets.template: nothing to look at',
  ],
  'the provider has no argument for it': [
    'all.lambda.runtime: a customer-managed runtime',
    'api.authorizer.jwt: a JWT authorizer of a REST API',
    'api.gateway.cache-encryption: the settings of a stage that a deployment makes',
    'api.gateway.throttling: limits of a stage that a deployment makes',
    'more.function.code-secrets: a secret by its name, and words that look like passwords',
    'more.function.code-secrets: an access key',
  ],
  'a plan names its Region': [
    'all.lambda.async-failure.target: a queue named by a fixed Region',
    'batch.mapping.partial-failure.stream: a queue named by a fixed Region',
  ],
};

/** Examples of which a plan without its sources says something that it cannot know, by the reason. */
const exceptionsAlone: Readonly<Record<string, readonly string[]>> = {
  'alarms always have a name in Terraform': [
    'all.alarm.dlq-depth: metric maths over the dead-letter queue of a function, acted on by a composite alarm',
  ],
  'what a policy allows that was not read is not asked of each resource': [
    'batch.downstream.audit-trail: data events of a trail',
    'batch.downstream.audit-trail: no trail',
    'batch.operations.replay.source: a runbook for the dead-letter queue of a rule',
    'batch.operations.replay.source: the RedriveAllowPolicy lists queues of another stack',
    'batch.operations.replay.source: the dead-letter queue of a function',
  ],
  'a log group without a known name is judged as one of its own': [
    'more.logs.encryption: the log group of a function',
    'more.logs.retention: the log group of a function',
  ],
};

interface Compared {
  readonly name: string;
  readonly template: readonly string[];
  readonly plan: readonly string[];
  readonly alone: readonly string[];
}

describe('rule examples in Terraform', () => {
  const compared: Compared[] = [];
  const reasons = new Map<string, number>();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-examples-'));
    const ruleSet = applySettings(await shippedRules(), {});
    for (const rule of ruleSet.rules) {
      if (rule.decides === 'code') continue;
      for (const example of rule.examples) {
        const configuration = convert(example, reasons);
        if (configuration !== undefined)
          compared.push(await compare(rule, example, configuration, ruleSet, folder));
      }
    }
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are most of all examples; the others have what only templates have', () => {
    expect(compared.length).toBeGreaterThan(900);
    const others = [...reasons].filter(([reason]) => !templateOnly.test(reason));
    expect(others).toEqual([]);
  });

  it('have the verdicts of the templates with their sources', () => {
    const different = compared.filter(({ template, plan }) => template.join() !== plan.join());
    expect(different.map(({ name }) => name).sort()).toEqual(Object.values(exceptions).flat().sort());
  });

  it('have those verdicts without their sources, or are unknown', () => {
    const excepted = new Set(Object.values(exceptions).flat());
    const different = compared.filter(
      ({ name, template, alone }) =>
        !excepted.has(name) && alone.some((verdict) => verdict !== 'unknown' && !template.includes(verdict)),
    );
    expect(different.map(({ name }) => name).sort()).toEqual(Object.values(exceptionsAlone).flat().sort());
  });
});

/** What a plan has no counterpart of. */
const templateOnly = new RegExp(
  `^(${[
    'a parameter',
    'a condition',
    'AWS SAM',
    'Fn::(FindInMap|If|ImportValue|Select|Transform)',
    'a permission of a bus',
    'several versions of a function',
    'DefinitionSubstitutions',
    'ClientSecret of AWS::Cognito::UserPoolClient',
    // Types that only CloudFormation has, or that the mapping does not read.
    'no type of Terraform for (AWS::(CloudFormation|Serverless|EventsV2)|Custom)::.*',
    'no type of Terraform for AWS::Lambda::(WebFunction.*|NetworkConnector)',
    'no type of Terraform for AWS::(ApiGateway::DomainNameV2|AppSync::Api|DSQL::Cluster)',
    'no type of Terraform for AWS::CloudFront::CloudFrontOriginAccessIdentity',
    'no type of Terraform for AWS::SecretsManager::SecretTargetAttachment',
    // A table with replicas, which lists its own Region in CloudFormation alone.
    'no type of Terraform for AWS::DynamoDB::GlobalTable',
  ].join('|')})$`,
);

function convert(example: RuleExample, reasons: Map<string, number>): Configuration | undefined {
  const { Resources, Transform } = example.template as { Resources?: TemplateResources; Transform?: unknown };
  try {
    if (Transform !== undefined) throw new NotConvertible('AWS SAM');
    return terraformOf(Resources ?? {});
  } catch (error) {
    if (!(error instanceof NotConvertible)) throw error;
    reasons.set(error.message, (reasons.get(error.message) ?? 0) + 1);
    return undefined;
  }
}

async function compare(
  rule: Rule,
  example: RuleExample,
  { blocks }: Configuration,
  ruleSet: RuleSet,
  folder: string,
): Promise<Compared> {
  const text = JSON.stringify(planOfBlocks(blocks));
  const sources = join(folder, 'sources');
  await mkdir(sources, { recursive: true });
  await writeFile(join(sources, 'main.tf'), hclOf(blocks));
  const file = {
    name: 'plan.json',
    path: join(folder, 'plan.json'),
    bytes: Buffer.from(text),
    text,
    form: 'plan',
  } as const;
  const decide = async (more: { sources?: string }): Promise<readonly string[]> => {
    const place = { region: 'eu-west-1', account: '111122223333', partition: 'aws' };
    const reading = await readPlans([file], { cwd: folder, ...place, ...more });
    return verdictsOf(
      evaluateRules({ ...ruleSet, rules: [rule] }, linkGraph(reading), {
        now,
        positions: () => undefined,
        detail: 'all',
      }),
    );
  };
  return {
    name: `${rule.id}: ${example.name}`,
    template: verdictsOf(evaluateExample(rule, example, ruleSet, now)),
    plan: await decide({ sources: 'sources' }),
    alone: await decide({}),
  };
}

function verdictsOf(evaluations: readonly Evaluation[]): readonly string[] {
  return evaluations.map(({ verdict }) => verdict).sort();
}
