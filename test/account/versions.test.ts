import { beforeAll, describe, expect, it } from '@jest/globals';
import { needsOf } from '../../src/app/needs.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { functionArn, functionSide, versionsReply } from './parity/function-side.ts';
import type { Fault, Replies } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;
const selected = [
  'all.lambda.runtime',
  'all.lambda.tracing',
  'all.lambda.no-plaintext-secrets',
  'all.lambda.permission',
];

const old = { Runtime: 'nodejs14.x', Environment: { Variables: { DB_PASSWORD: 'Tr0ub4dor&3-horse-9' } } };
const sound = { TracingConfig: { Mode: 'Active' } };

/** A function whose $LATEST is sound, with version 1 as it was before and version 2 as $LATEST is. */
function account(invoked: readonly string[], aliases: readonly object[] = []): Replies {
  return {
    ...functionSide({ configuration: sound }).replies,
    'lambda.ListVersionsByFunction': versionsReply(
      sound,
      { ...old, TracingConfig: { Mode: 'PassThrough' } },
      {},
    ),
    'lambda.ListAliases': {
      Aliases: aliases.map((alias) => ({
        ...alias,
        AliasArn: `${functionArn}:${(alias as { Name: string }).Name}`,
      })),
    },
    'lambda.ListEventSourceMappings': {
      EventSourceMappings: invoked.map((qualifier, index) => ({
        UUID: `m${index}`,
        FunctionArn: `${functionArn}${qualifier}`,
        EventSourceArn: `arn:aws:sqs:eu-west-1:111122223333:q${index}`,
        State: 'Enabled',
      })),
    },
  };
}

describe('a function with published versions', () => {
  let ruleSet: RuleSet;
  beforeAll(async () => {
    const shipped = applySettings(await shippedRules(), {});
    ruleSet = { ...shipped, rules: shipped.rules.filter(({ id }) => selected.includes(id)) };
  }, 60_000);

  /** `rule id-after-the-function's-own: verdict`, of one rule. */
  const verdicts = async (replies: Replies, rule: string, faults: readonly Fault[] = []): Promise<object> => {
    const { reading } = await collect(replies, { needs: needsOf(ruleSet.rules), faults });
    const own = evaluateRules(ruleSet, linkGraph(reading), options).filter(
      ({ ruleId, resource }) => ruleId === rule && resource.id.startsWith(functionArn),
    );
    return Object.fromEntries(
      own.map(({ resource, verdict }) => [`f${resource.id.slice(functionArn.length)}`, verdict]),
    );
  };

  it.each([
    ['nothing', [], [], { f: 'pass' }],
    ['itself', [''], [], { f: 'pass' }],
    ['version 1 by ARN', [':1'], [], { f: 'fail' }],
    ['version 2 by ARN', [':2'], [], { f: 'pass' }],
    ['an alias of version 1', [':live'], [{ Name: 'live', FunctionVersion: '1' }], { f: 'fail' }],
    ['an alias of version 2', [':live'], [{ Name: 'live', FunctionVersion: '2' }], { f: 'pass' }],
    ['an alias of $LATEST', [':live'], [{ Name: 'live', FunctionVersion: '$LATEST' }], { f: 'pass' }],
    [
      'an alias that shares its calls out',
      [':live'],
      [{ Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } } }],
      { f: 'fail', 'f:2': 'pass' },
    ],
    ['itself and version 1', ['', ':1'], [], { f: 'pass', 'f:1': 'fail' }],
    ['an alias that is not there', [':gone'], [], { f: 'unknown' }],
    ['a version that is not there', [':9'], [], { f: 'unknown' }],
  ])('is judged as what is invoked: %s', async (_name, invoked, aliases, expected) => {
    expect(await verdicts(account(invoked, aliases), 'all.lambda.runtime')).toEqual(expected);
    if (!JSON.stringify(expected).includes('unknown'))
      expect(await verdicts(account(invoked, aliases), 'all.lambda.tracing')).toEqual(expected);
  });

  it('shows the secret of a version that serves, and not that of one that does not', async () => {
    expect(await verdicts(account([':1']), 'all.lambda.no-plaintext-secrets')).toEqual({ f: 'fail' });
    expect(await verdicts(account([':2']), 'all.lambda.no-plaintext-secrets')).toEqual({
      f: 'notApplicable',
    });
  });

  it.each([
    'lambda.ListAliases',
    'lambda.ListVersionsByFunction',
    'lambda.ListEventSourceMappings',
    'lambda.GetPolicy',
  ])('is unknown in what its versions differ in where %s is denied', async (call) => {
    const replies = account([':live'], [{ Name: 'live', FunctionVersion: '1' }]);
    const denied: Fault[] = [{ call, fault: 'deny' }];
    expect(await verdicts(replies, 'all.lambda.runtime', denied)).toEqual({ f: 'unknown' });
  });

  it('is open to everyone whom the policy of a version lets in', async () => {
    const replies: Replies = {
      ...account([]),
      'lambda.GetPolicy': ({ Qualifier }) =>
        Qualifier === '1'
          ? {
              Policy: JSON.stringify({
                Version: '2012-10-17',
                Statement: [
                  {
                    Sid: 'all',
                    Effect: 'Allow',
                    Principal: '*',
                    Action: 'lambda:InvokeFunction',
                    Resource: `${functionArn}:1`,
                  },
                ],
              }),
            }
          : {},
    };
    const { reading } = await collect(replies, { needs: needsOf(ruleSet.rules) });
    const permissions = evaluateRules(ruleSet, linkGraph(reading), options).filter(
      ({ ruleId, resource }) =>
        ruleId === 'all.lambda.permission' && resource.type === 'AWS::Lambda::Permission',
    );
    expect(permissions.map(({ verdict }) => verdict)).toEqual(['fail']);
  });
});
