import { describe, expect, it } from '@jest/globals';
import { keywords, sourceKeywords } from '../../../src/rules/vocabulary.ts';
import { predicates } from '../../../src/evaluate/predicates.ts';
import { decideFunction, evaluateTemplate, ruleOf } from './decide.ts';

const yes = { property: 'Timeout', equals: 3 };
const no = { property: 'Timeout', equals: 4 };
const maybe = { property: 'Description', equals: 'x' };
const verdict = (that: object): string =>
  decideFunction(that as Record<string, unknown>, { Description: { Ref: 'P' } }).verdict;

describe('logic in three values', () => {
  it.each([
    [{ all: [yes, yes] }, 'pass'],
    [{ all: [yes, no, maybe] }, 'fail'],
    [{ all: [maybe, yes] }, 'unknown'],
    [{ any: [no, yes, maybe] }, 'pass'],
    [{ any: [no, maybe] }, 'unknown'],
    [{ any: [no, no] }, 'fail'],
    [{ not: no }, 'pass'],
    [{ not: maybe }, 'unknown'],
    [{ if: no, then: no }, 'pass'],
    [{ if: yes, then: no }, 'fail'],
    [{ if: maybe, then: yes }, 'pass'],
    [{ if: maybe, then: no, else: no }, 'fail'],
    [{ if: maybe, then: yes, else: no }, 'unknown'],
    [{ unknown: 'nobody knows' }, 'unknown'],
  ])('%j is %s', (that, expected) => {
    expect(verdict(that)).toBe(expected);
  });
});

describe('quantifiers', () => {
  const inList = (that: object, list: unknown): string =>
    decideFunction(that as Record<string, unknown>, { Layers: list }).verdict;
  const isA = { property: '', equals: 'a' };
  it.each([
    [{ some: { elements: 'Layers', where: isA } }, ['b', 'a'], 'pass'],
    [{ some: { elements: 'Layers', where: isA } }, ['b'], 'fail'],
    [{ some: { elements: 'Layers', where: isA } }, [], 'fail'],
    [{ some: { elements: 'Layers', where: isA } }, { Ref: 'P' }, 'unknown'],
    [{ some: { elements: 'Layers', where: isA } }, [{ 'Fn::If': ['C', 'a', 'b'] }], 'unknown'],
    [{ every: { elements: 'Layers', satisfies: isA } }, [], 'pass'],
    [{ every: { elements: 'Layers', satisfies: isA } }, ['a', 'b'], 'fail'],
    [{ every: { elements: 'Layers', satisfies: isA } }, ['a', { Ref: 'P' }], 'unknown'],
    [{ none: { elements: 'Layers', where: isA } }, ['b'], 'pass'],
    [{ none: { elements: 'Layers', where: isA } }, ['a'], 'fail'],
    [{ count: { elements: 'Layers' }, atLeast: 2 }, ['a', 'b'], 'pass'],
    [{ count: { elements: 'Layers' }, atLeast: 2 }, ['a'], 'fail'],
    [{ count: { elements: 'Layers' }, atLeast: 2 }, ['a', { Ref: 'P' }], 'pass'],
    [
      { count: { elements: 'Layers' }, atLeast: 2 },
      ['a', { 'Fn::If': ['C', 'b', { Ref: 'AWS::NoValue' }] }],
      'unknown',
    ],
  ])('%j over %j is %s', (that, list, expected) => {
    expect(inList(that, list)).toBe(expected);
  });

  it.each<[string, object, unknown, string]>([
    ['a known member', { property: 'Role.mode', equals: 'a' }, '{"mode": "a", "to": "${Q.Arn}"}', 'pass'],
    ['a wrong member', { property: 'Role.mode', equals: 'b' }, '{"mode": "a", "to": "${Q.Arn}"}', 'fail'],
    ['an absent member', { property: 'Role.none', exists: true }, '{"to": "${Q.Arn}"}', 'fail'],
    ['an unknown member', { property: 'Role.to', equals: 'x' }, '{"to": "${P}"}', 'unknown'],
    ['a partly known member', { property: 'Role.to', startsWith: 'b' }, '{"to": "a-${P}"}', 'fail'],
    ['an unknown number', { property: 'Role.count', equals: 3 }, '{"count": ${P}}', 'unknown'],
    ['a list', { some: { elements: 'Role.in', where: isA } }, '{"in": ["${P}", "a"]}', 'pass'],
    ['an unknown list', { some: { elements: 'Role.in', where: isA } }, '{"in": ["${P}"]}', 'unknown'],
    ['what is no JSON', { property: 'Role.to', exists: true }, '{"to": 1 ${P}}', 'unknown'],
    ['unknown members', { property: 'Role.to', exists: true }, '${P}', 'unknown'],
  ])('look into JSON text with unknown pieces: %s', (_name, that, text, expected) => {
    const role = { Role: { 'Fn::Sub': text } };
    const more = { Q: { Type: 'AWS::SQS::Queue' } };
    expect(decideFunction(that as Record<string, unknown>, role, more).verdict).toBe(expected);
  });

  it('knows that text has no members unless it is JSON, even where pieces of it are unknown', () => {
    const stack = { Ref: 'AWS::StackName' };
    const decide = (text: object): string =>
      decideFunction({ property: 'Description.prefix', exists: false }, { Description: text }).verdict;
    expect(decide({ 'Fn::Join': ['', [stack, '-orders']] })).toBe('pass');
    expect(decide({ 'Fn::Join': ['', ['orders-', stack]] })).toBe('pass');
    expect(decide({ 'Fn::Join': ['', ['{"prefix": "', stack, '"}']] })).toBe('fail');
  });

  it('binds members by name and reads from the resource that is judged', () => {
    const rule = ruleOf(
      {
        every: {
          related: 'mappings',
          as: 'mapping',
          satisfies: {
            every: {
              related: 'function',
              as: 'function',
              satisfies: {
                property: 'VisibilityTimeout',
                of: 'self',
                atLeast: {
                  add: [
                    { multiply: [6, { property: 'Timeout', of: 'function' }] },
                    { property: 'MaximumBatchingWindowInSeconds', of: 'mapping' },
                  ],
                },
              },
            },
          },
        },
      },
      'AWS::SQS::Queue',
    );
    const template = (visibility: number): object => ({
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: visibility } },
        Fn: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 10 } },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
            MaximumBatchingWindowInSeconds: 5,
          },
        },
      },
    });
    const [passed] = evaluateTemplate([rule], template(65));
    expect(passed?.verdict).toBe('pass');
    expect(passed?.evidence[0]).toMatchObject({ value: '65', expected: 'at least 65' });
    expect(evaluateTemplate([rule], template(64))[0]?.verdict).toBe('fail');
  });

  it.each(['arn:aws:sqs:eu-west-1:111122223333:elsewhere', { 'Fn::ImportValue': 'Elsewhere' }])(
    'leaves open what the policy of %j says, which nobody read',
    (queue) => {
      const says = { statements: 'resource', where: { statement: { effect: 'Allow' } } };
      const rule = ruleOf(
        { every: { related: 'deadLetterQueue', satisfies: { some: says } } },
        'AWS::Lambda::Function',
      );
      const Fn = { Type: 'AWS::Lambda::Function', Properties: { DeadLetterConfig: { TargetArn: queue } } };
      expect(evaluateTemplate([rule], { Resources: { Fn } })[0]).toMatchObject({ verdict: 'unknown' });
    },
  );

  it.each([
    ['some', 'pass', true],
    ['none', 'fail', false],
  ])('name in evidence the member by which `%s` is decided', (form, verdict, holds) => {
    const rule = ruleOf(
      { [form]: { related: 'alarms', where: { edge: 'metric', equals: 'Errors' } } },
      'AWS::Lambda::Function',
    );
    const alarm = (MetricName: string): object => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { MetricName, Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Fn' } }] },
    });
    const Resources = {
      Fn: { Type: 'AWS::Lambda::Function' },
      Slow: alarm('Duration'),
      Wrong: alarm('Errors'),
    };
    const [evaluation] = evaluateTemplate([rule], { Resources });
    expect(evaluation?.verdict).toBe(verdict);
    expect(evaluation?.evidence).toContainEqual(
      expect.objectContaining({ what: 'alarms', value: 'Wrong', holds }),
    );
  });

  it('counts zones that differ around the same unknown region as different', () => {
    const zone = (index: number): object => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
    const template = (second: number): object => ({
      Resources: {
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: { VpcConfig: { SubnetIds: [{ Ref: 'A' }, { Ref: 'B' }] } },
        },
        A: { Type: 'AWS::EC2::Subnet', Properties: { AvailabilityZone: zone(0) } },
        B: { Type: 'AWS::EC2::Subnet', Properties: { AvailabilityZone: zone(second) } },
      },
    });
    const rule = ruleOf(
      { count: { related: 'subnets', distinct: 'AvailabilityZone' }, atLeast: 2 },
      'AWS::Lambda::Function',
    );
    expect(evaluateTemplate([rule], template(1))[0]?.verdict).toBe('pass');
    expect(evaluateTemplate([rule], template(0))[0]?.verdict).toBe('fail');
  });
});

describe('an evaluation', () => {
  it('decides a resource whose condition is undecided as it would be created, and says when that is', () => {
    const template = {
      Parameters: { P: { Type: 'String' } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } },
      Resources: { Fn: { Type: 'AWS::Lambda::Function', Condition: 'C', Properties: { Timeout: 3 } } },
    };
    const decided = (that: typeof yes | typeof no) =>
      evaluateTemplate([ruleOf(that, 'AWS::Lambda::Function')], template)[0];
    expect(decided(yes)).toMatchObject({ verdict: 'pass', createdWhen: 'condition `C` is true' });
    expect(decided(no)).toMatchObject({ verdict: 'fail', createdWhen: 'condition `C` is true' });
    expect(decided(no)?.message).toContain('(created when condition `C` is true)');
  });

  it.each([
    ['C', 'pass'],
    ['D', 'unknown'],
  ])(
    'takes what stands under the same condition to be created too, and nothing else (%s)',
    (condition, verdict) => {
      const template = {
        Parameters: { P: { Type: 'String' }, Q: { Type: 'String' } },
        Conditions: {
          C: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] },
          D: { 'Fn::Equals': [{ Ref: 'Q' }, 'x'] },
        },
        Resources: {
          Fn: { Type: 'AWS::Lambda::Function', Condition: 'C' },
          Signing: { Type: 'AWS::Lambda::CodeSigningConfig', Condition: condition },
        },
      };
      const that = { some: { resources: ['AWS::Lambda::CodeSigningConfig'] } };
      const [evaluation] = evaluateTemplate([ruleOf(that, 'AWS::Lambda::Function')], template);
      expect(evaluation?.verdict).toBe(verdict);
    },
  );

  it('leaves out a resource whose condition is false', () => {
    const template = {
      Conditions: { C: { 'Fn::Equals': ['a', 'x'] } },
      Resources: { Fn: { Type: 'AWS::Lambda::Function', Condition: 'C' } },
    };
    expect(evaluateTemplate([ruleOf(yes, 'AWS::Lambda::Function')], template)).toEqual([]);
  });

  it('does not apply where a clause of `when` fails, for that reason', () => {
    const rule = ruleOf(no, 'AWS::Lambda::Function', [
      { that: { property: 'PackageType', equals: 'Zip' }, otherwise: '{name} is an image' },
    ]);
    const [evaluation] = evaluateTemplate([rule], {
      Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { PackageType: 'Image' } } },
    });
    expect(evaluation).toMatchObject({ verdict: 'notApplicable', reason: 'Fn is an image' });
  });

  it('never shows a credential', () => {
    const rule = ruleOf(
      { none: { entries: 'Environment.Variables', where: { credential: true } } },
      'AWS::Lambda::Function',
    );
    const secret = 'AKIA' + 'ABCDEFGHIJKLMNOP';
    const [evaluation] = evaluateTemplate([rule], {
      Resources: {
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: { A: secret, DB_PASSWORD: 'hunter2-hunter2' } } },
        },
      },
    });
    expect(evaluation?.verdict).toBe('fail');
    expect(JSON.stringify(evaluation)).not.toMatch(/AKIAABC|hunter2/);
  });
});

describe('a part of an unknown value', () => {
  it('may be there or not', () => {
    const exists = { property: 'Environment.Variables.STAGE', exists: true };
    expect(decideFunction(exists, { Environment: { Variables: { Ref: 'P' } } }).verdict).toBe('unknown');
    expect(decideFunction({ not: exists }, { Environment: { Ref: 'P' } }).verdict).toBe('unknown');
    expect(decideFunction(exists, { Environment: { Variables: { STAGE: { Ref: 'P' } } } }).verdict).toBe(
      'pass',
    );
  });
});

describe('credential', () => {
  const clean = { none: { entries: 'Environment.Variables', where: { credential: true } } };
  const withVariables = (variables: object) =>
    decideFunction(clean, { Environment: { Variables: variables } }).verdict;

  it('leaves open what a value that is not known may be', () => {
    expect(withVariables({ DB_PASSWORD: { Ref: 'P' } })).toBe('unknown');
    expect(withVariables({ A: { Ref: 'P' }, DB_PASSWORD: 'hunter2-hunter2' })).toBe('fail');
    expect(withVariables({ REGION: { Ref: 'AWS::Region' }, SELF_PASSWORD: { Ref: 'Fn' } })).toBe('pass');
  });

  it('finds what a template gives as default of a parameter or as value of an output', () => {
    const verdictOf = (template: object) => {
      const rules = ['Parameters', 'Outputs'].map((entries) => ({
        ...ruleOf({ none: { entries, where: { credential: true } } }, 'Headgate::Template'),
        id: `test.${entries}`,
      }));
      return evaluateTemplate(rules, template).map(({ verdict }) => verdict);
    };
    expect(
      verdictOf({
        Resources: {},
        Parameters: { DbPassword: { Type: 'String', Default: 'hunter2-hunter2' } },
      }),
    ).toEqual(['fail', 'pass']);
    expect(
      verdictOf({
        Resources: {},
        Parameters: { DbPassword: { Type: 'String', NoEcho: true } },
        Outputs: { Key: { Value: 'AKIA' + 'ABCDEFGHIJKLMNOP' } },
      }),
    ).toEqual(['pass', 'fail']);
  });
});

describe('the place of a verdict', () => {
  const pointerOf = (that: object, properties: object): string | undefined => {
    const rules = [ruleOf(that as Record<string, unknown>, 'AWS::Lambda::Function')];
    const template = { Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: properties } } };
    const [evaluation] = evaluateTemplate(rules, template, undefined, (place) =>
      'pointer' in place ? { ...place, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 } : undefined,
    );
    return evaluation?.location?.pointer;
  };
  const properties = { Layers: ['a', 'b'], Timeout: 3 };

  it('is the list, where each of its members was weighed', () => {
    const some = { some: { elements: 'Layers', where: { property: '', equals: 'c' } } };
    expect(pointerOf(some, properties)).toBe('/Resources/Fn/Properties/Layers');
  });

  it('is the member, or the property, that decided alone', () => {
    const every = { every: { elements: 'Layers', satisfies: { property: '', equals: 'a' } } };
    expect(pointerOf(every, properties)).toBe('/Resources/Fn/Properties/Layers/1');
    expect(pointerOf({ property: 'Timeout', equals: 4 }, properties)).toBe(
      '/Resources/Fn/Properties/Timeout',
    );
  });
});

describe('the vocabulary', () => {
  it('has a predicate for each of its predicates, and no other', () => {
    const named = keywords.filter(({ role }) => role === 'predicate').map(({ name }) => name);
    expect(Object.keys(predicates).sort()).toEqual([...named].sort());
  });

  it('gives every keyword a summary and an example', () => {
    for (const { summary, example } of [...keywords, ...sourceKeywords]) {
      expect(summary.length).toBeGreaterThan(10);
      expect(example.length).toBeGreaterThan(5);
    }
  });
});

describe('states that are asked for by name', () => {
  const endsWell = {
    none: {
      states: ['Task'],
      where: {
        some: {
          elements: 'Catch',
          as: 'catcher',
          where: {
            some: {
              of: 'self',
              states: ['Succeed'],
              where: { property: 'Name', equals: { property: 'Next', of: 'catcher' } },
            },
          },
        },
      },
    },
  };
  const decide = (States: object) => {
    const type = 'AWS::StepFunctions::StateMachine';
    const template = {
      Parameters: { P: { Type: 'String' } },
      Resources: { M: { Type: type, Properties: { Definition: { States } } } },
    };
    return evaluateTemplate([ruleOf(endsWell, type)], template)[0];
  };
  const task = (Next: unknown) => ({ Type: 'Task', Catch: [{ Next }] });
  const end = { Type: 'Succeed' };

  it.each<[string, object, string]>([
    ['of the type', { A: task('Good'), Good: end, Other: end }, 'fail'],
    ['of another type', { A: task('Bad'), Bad: { Type: 'Fail' }, Other: end }, 'pass'],
    ['that is not known', { A: task({ Ref: 'P' }), Good: end, Other: end }, 'unknown'],
    ['that is not known, of a type that there is none of', { A: task({ Ref: 'P' }) }, 'pass'],
  ])('are found: one %s', (_name, states, verdict) => {
    expect(decide(states)?.verdict).toBe(verdict);
  });

  it('are not gone through one by one', () => {
    const states: Record<string, object> = {};
    for (let at = 0; at < 10_000; at++) {
      states[`A${at}`] = task('A0');
      states[`B${at}`] = end;
    }
    expect(decide(states)?.verdict).toBe('pass');
  });
});
