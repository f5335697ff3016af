import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import type { PositionLookup } from '../../../src/model/location.ts';
import type { Applicability, Expression, Rule, RuleSet } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { linearPattern } from '../../../src/rules/pattern-engine.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

export const data: RuleSet['data'] = {
  defaults: {
    'AWS::Lambda::Function': { Timeout: 3, 'TracingConfig.Mode': 'PassThrough' },
    'AWS::Events::Rule': { 'Targets[].RetryPolicy.MaximumRetryAttempts': 185 },
  },
  runtimes: {
    asOf: '2026-11-23',
    table: {
      'nodejs20.x': { deprecated: '2026-04-30' },
      'nodejs22.x': { deprecated: '2027-04-30' },
      'java17.al2023': { deprecated: null },
    },
  },
  credentials: {
    asOf: '2026-11-23',
    values: [{ name: 'an AWS access key id', pattern: '\\bAKIA[A-Z0-9]{16}\\b' }],
    names: 'password$',
    namesOfEither: 'secret$',
    namesOfNeither: '^page_token$',
    placeholders: '^changeme$',
    publicParts: '^host$',
  },
  peerAliases: {},
};

/** A rule that asserts one expression. */
export function ruleOf(
  that: Expression,
  appliesTo: string,
  when: readonly Applicability[] = [],
  parameters: Rule['parameters'] = {},
): Rule {
  return {
    id: 'test.rule',
    title: 'Test',
    requirement: 'test',
    severity: 'high',
    level: 'essential',
    flows: [],
    appliesTo: [appliesTo],
    when,
    assert: [{ that, otherwise: '{name} fails' }],
    pass: '{name} passes',
    parameters,
    controls: [],
    why: '',
    fix: { text: '' },
    references: [],
    waivable: true,
    decides: 'config',
    examples: [],
    file: 'test.rule.yaml',
    origin: 'test',
  };
}

export function setOf(rules: readonly Rule[]): RuleSet {
  const parameters = Object.fromEntries(
    rules.map((rule) => [
      rule.id,
      Object.fromEntries(
        Object.entries(rule.parameters).map(([name, parameter]) => [name, parameter.default]),
      ),
    ]),
  );
  return {
    patternEngine: linearPattern,
    rules,
    parameters,
    data,
    diagrams: [],
    requirements: [],
    digest: 'sha256:test',
    deviations: [],
  };
}

/** Evaluations of rules on a template given as an object. */
export function evaluateTemplate(
  rules: readonly Rule[],
  template: object,
  now = new Date('2026-11-23T00:00:00Z'),
  positions: PositionLookup = () => undefined,
): Evaluation[] {
  const reading = readTemplateObject(template, 'test', {});
  return evaluateRules(setOf(rules), linkGraph(reading), { now, positions, detail: 'all' });
}

/** The evaluation of one expression on the one function `Fn` with these properties. */
export function decideFunction(that: Expression, properties: object, more: object = {}): Evaluation {
  const template = {
    Parameters: { P: { Type: 'String' } },
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } },
    Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: properties }, ...more },
  };
  const [evaluation] = evaluateTemplate([ruleOf(that, 'AWS::Lambda::Function')], template).filter(
    ({ resource }) => resource.name === 'Fn',
  );
  if (evaluation === undefined) throw new Error('nothing was evaluated');
  return evaluation;
}
