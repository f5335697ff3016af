import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { decideReading } from '../../../src/app/scan.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { readTemplate } from '../../../src/template/read-templates.ts';

const now = new Date('2026-11-23T12:00:00Z');
const rules = ['batch.queue.policy', 'all.lambda.no-plaintext-secrets', 'all.lambda.tracing'];
const parameter = { Type: 'String' };
const isA = (name: string): object => ({ 'Fn::Equals': [{ Ref: name }, 'a'] });

/** A queue with one statement. */
const queue = (Principal: unknown): object => ({
  Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
  Policy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 'sqs:*', Resource: '*' }] },
    },
  },
});
const fn = (value: unknown): object => ({
  Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { DB_PASSWORD: value } } } },
});

describe('a check that meets undecided conditions', () => {
  let ruleSet: RuleSet;
  beforeAll(async () => {
    ruleSet = await loadRuleSet({}, { folders: [], rule: rules, flow: [] }, '/nowhere');
  });

  async function decide(
    rule: string,
    Resources: object,
    names = ['P', 'Q'],
  ): Promise<Evaluation | undefined> {
    const template = {
      Parameters: Object.fromEntries(names.map((name) => [name, parameter])),
      Conditions: Object.fromEntries(names.map((name) => [`Is${name}`, isA(name)])),
      Resources,
    };
    const reading = await readTemplate(template, 'template.yaml', {});
    const { evaluations } = decideReading(reading, { ruleSet, version: '0', now, detail: 'all' });
    return evaluations.find(({ ruleId }) => ruleId === rule);
  }

  const everyone = '*';
  const own = { AWS: 'arn:aws:iam::111122223333:root' };
  it.each([
    ['true', { 'Fn::If': ['IsP', everyone, own] }],
    ['false', { 'Fn::If': ['IsP', own, everyone] }],
  ])('that fails on both sides tells the graver one, and when (%s)', async (side, principal) => {
    const found = await decide('batch.queue.policy', queue(principal));
    expect(found).toMatchObject({ verdict: 'fail', severity: 'critical' });
    expect(found?.message).toContain('allows everyone');
    expect(found?.message).toContain(`(when condition \`IsP\` is ${side})`);
  });

  it.each([
    ['true', { 'Fn::If': ['IsP', 'hunter2hunter2', { 'Fn::ImportValue': 'elsewhere' }] }],
    ['false', { 'Fn::If': ['IsP', { 'Fn::ImportValue': 'elsewhere' }, 'hunter2hunter2'] }],
  ])('hides no failing side behind one that is unknown (%s)', async (side, value) => {
    expect(await decide('all.lambda.no-plaintext-secrets', fn(value))).toMatchObject({
      verdict: 'unknown',
      severity: 'critical',
      failsWhen: `condition \`IsP\` is ${side}`,
    });
  });

  it('hides no failing way behind ways that pass or do not apply', async () => {
    const value = {
      'Fn::If': ['IsP', 'orders', { 'Fn::If': ['IsQ', { Ref: 'AWS::NoValue' }, 'hunter2hunter2'] }],
    };
    const found = await decide('all.lambda.no-plaintext-secrets', fn(value));
    expect(found).toMatchObject({ verdict: 'unknown' });
    expect(found?.failsWhen).toBeDefined();
  });

  it('counts as one that a way fails where there are too many ways to go through', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `P${index}`);
    const Variables = Object.fromEntries(
      names.map((name) => [
        `DB_PASSWORD_${name}`,
        { 'Fn::If': [`Is${name}`, { 'Fn::ImportValue': name }, 'a'] },
      ]),
    );
    const resources = { Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } } };
    const found = await decide('all.lambda.no-plaintext-secrets', resources, names);
    expect(found?.verdict).toBe('unknown');
    expect(found?.failsWhen).toBeDefined();
  });
});
