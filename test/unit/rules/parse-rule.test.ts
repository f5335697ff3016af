import { describe, expect, it } from '@jest/globals';
import { relationNames } from '../../../src/graph/relation-names.ts';
import { HeadgateError } from '../../../src/model/headgate-error.ts';
import { runExamples } from '../../../src/app/rule-examples.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { parseRule } from '../../../src/rules/parse-rule.ts';
import { ruleScaffold } from '../../../src/rules/scaffold.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';

const scaffold = ruleScaffold('team.lambda.memory', '');
const parse = (text: string): ReturnType<typeof parseRule> =>
  parseRule(text, 'policies/team.lambda.memory.yaml', 'policies', relationNames());

/** The problems of a rule text, one a line. */
function problemsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return error.message.split('\n').slice(1);
  }
}

const withAssert = (that: string): string =>
  scaffold.replace('{property: MemorySize, atLeast: {parameter: minimumMemory}}', that);

describe('a rule file', () => {
  it('fills in every word in braces that its messages have', () => {
    const wrong = scaffold.replace(/^pass: .*$/m, 'pass: "{nam} has enough, {parameter.minimumMemry}"');
    expect(problemsOf(wrong)).toEqual([
      expect.stringMatching(/: pass: `\{nam\}` is not filled in; did you mean `\{name\}`\?$/),
      expect.stringMatching(
        /`\{parameter.minimumMemry\}` is not filled in; did you mean `\{parameter.minimumMemory\}`\?$/,
      ),
    ]);
  });

  it('is valid as the scaffold writes it, and passes its own examples', async () => {
    const shipped = await shippedRules();
    const set = applySettings({ ...shipped, rules: [parse(scaffold)] }, {});
    const outcomes = runExamples(set, new Date('2026-11-23T00:00:00Z'));
    expect(outcomes.map(({ example, problem }) => [example.verdict, problem])).toEqual([
      ['pass', undefined],
      ['fail', undefined],
      ['unknown', undefined],
      ['notApplicable', undefined],
    ]);
  });

  it.each([
    [
      'a wrong word',
      '{property: MemorySize, atleast: 3}',
      'assert.0.that: `atleast` is not a known key; did you mean `atLeast`?',
    ],
    ['no predicate', '{property: MemorySize}', 'assert.0.that: `property` needs a predicate beside it'],
    ['two forms', '{property: MemorySize, exists: true, type: [A]}', 'mixes `property` and `type`'],
    ['a predicate of nothing', '{equals: 3}', 'has predicates but nothing to apply them to'],
    [
      'an unknown parameter',
      '{property: MemorySize, atLeast: {parameter: least}}',
      '`least` is not a parameter of this rule',
    ],
    ['an unknown binding', '{property: MemorySize, of: other, atLeast: 3}', '`other` is not a name here'],
    [
      'an unknown relation',
      '{some: {related: securityGruops}}',
      '`securityGruops` is not a relation; did you mean `securityGroups`?',
    ],
    ['two sources', '{some: {related: subnets, elements: Layers}}', 'needs exactly one source'],
    ['every without satisfies', '{every: {elements: Layers}}', '`every` needs `satisfies`'],
    ['a pattern that cannot be', "{property: Handler, matches: '('}", 'is not a usable pattern'],
    [
      'a condition by its key alone',
      '{some: {statements: resource, where: {statement: {effect: Allow, condition: {key: aws:SourceArn}}}}}',
      '`condition` is no longer a key',
    ],
    [
      'a question for nothing',
      '{admits: {who: s3.amazonaws.com, for: bucket}}',
      '`bucket` is not a name here',
    ],
    ['a role for something', '{admits: {who: role, for: self}}', '`for` goes with a service principal'],
    ['a wrong type', '{property: MemorySize, exists: 3}', 'must be boolean, but `3` stands here'],
  ])('is refused with %s, and says where', (_name, that, message) => {
    const problems = problemsOf(withAssert(that));
    expect(problems.join('\n')).toContain(message);
    for (const problem of problems)
      expect(problem).toMatch(/^policies\/team\.lambda\.memory\.yaml:\d+:\d+: /);
  });

  it('is refused when its id is not its name', () => {
    expect(problemsOf(scaffold.replace('id: team.lambda.memory', 'id: team.lambda.size')).join('')).toContain(
      'must equal the file name',
    );
  });

  it('is refused when a default breaks its own bounds', () => {
    expect(problemsOf(scaffold.replace('default: 256', 'default: 64')).join('')).toContain(
      'must be at least 128, but is 64',
    );
  });

  it('is refused with every syntax error', () => {
    expect(() => parse('id: [\nfoo: }')).toThrow(/not valid YAML/);
  });
});

describe('settings', () => {
  const setOf = async (
    settings: Parameters<typeof applySettings>[1],
  ): Promise<ReturnType<typeof applySettings>> =>
    applySettings({ ...(await shippedRules()), rules: [parse(scaffold)] }, settings);

  it('list what deviates, with the reason', async () => {
    const { deviations, parameters, rules } = await setOf({
      'team.lambda.memory': { severity: 'low', parameters: { minimumMemory: 512 }, reason: 'we measured' },
    });
    expect(deviations).toEqual([
      {
        kind: 'added-rule',
        ruleId: 'team.lambda.memory',
        detail: 'added from policies/team.lambda.memory.yaml',
      },
      { kind: 'severity', ruleId: 'team.lambda.memory', detail: 'medium -> low', reason: 'we measured' },
      {
        kind: 'parameter',
        ruleId: 'team.lambda.memory',
        detail: 'minimumMemory: 256 -> 512',
        reason: 'we measured',
      },
    ]);
    expect(parameters['team.lambda.memory']).toEqual({ minimumMemory: 512 });
    expect(rules[0]?.severity).toBe('low');
  });

  it('switch a rule off in the open', async () => {
    const { rules, deviations } = await setOf({ 'team.lambda.memory': 'off' });
    expect(rules).toEqual([]);
    expect(deviations.at(-1)).toEqual({
      kind: 'rule-off',
      ruleId: 'team.lambda.memory',
      detail: 'switched off',
    });
  });

  it('change the digest exactly when they change a verdict', async () => {
    const plain = await setOf({});
    expect((await setOf({ 'team.lambda.memory': { parameters: { minimumMemory: 512 } } })).digest).not.toBe(
      plain.digest,
    );
    expect((await setOf({})).digest).toBe(plain.digest);
  });

  it.each([
    [{ 'team.lambda.memori': 'off' as const }, 'did you mean `team.lambda.memory`?'],
    [{ 'team.lambda.memory': { parameters: { minimumMemori: 512 } } }, 'did you mean `minimumMemory`?'],
    [{ 'team.lambda.memory': { parameters: { minimumMemory: 1 } } }, 'must be at least 128, but is 1'],
    [{ 'team.lambda.memory': { parameters: { minimumMemory: 'a lot' } } }, 'must be an integer'],
  ])('are refused: %j', async (settings, message) => {
    await expect(setOf(settings)).rejects.toThrow(message);
  });
});
