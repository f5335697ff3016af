import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import type { Verdict } from '../../src/model/scan-result.ts';
import { needsOf } from '../../src/app/needs.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { collect } from './collect.ts';
import type { Fault, Replies } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;
const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:fn';

/** Rules that providers of custom resources are exempt from. */
const exempting = [
  'all.lambda.vpc',
  'all.lambda.reserved-concurrency',
  'all.lambda.tracing',
  'all.logs.insights',
];

interface Made {
  readonly Handler?: string;
  readonly Environment?: object;
  readonly tags?: Readonly<Record<string, string>>;
  /** Statement of the function's policy. */
  readonly policy?: object;
}

function replies({ tags = {}, policy, ...config }: Made): Replies {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [policy] });
  return {
    'lambda.ListFunctions': { Functions: [{ FunctionName: 'fn', FunctionArn: arn, ...config }] },
    'lambda.ListTags': { Tags: tags },
    ...(policy === undefined ? {} : { 'lambda.GetPolicy': { Policy } }),
  };
}

const logicalId = (id: string): Made => ({ tags: { 'aws:cloudformation:logical-id': id } });
const framework: Made = {
  Handler: 'framework.onEvent',
  Environment: { Variables: { USER_ON_EVENT_FUNCTION_ARN: `${arn}-user` } },
};

describe('functions of CDK that serve custom resources', () => {
  let ruleSet: RuleSet;
  beforeAll(async () => {
    ruleSet = applySettings(await shippedRules(), {});
  }, 60_000);

  const verdicts = async (made: Made, faults: readonly Fault[] = []): Promise<Set<Verdict>> => {
    const { reading } = await collect(replies(made), { needs: needsOf(ruleSet.rules), faults });
    const evaluations = evaluateRules(ruleSet, linkGraph(reading), options);
    const about = evaluations.filter(
      ({ ruleId, resource }) => exempting.includes(ruleId) && resource.name === 'fn',
    );
    expect(about).toHaveLength(exempting.length);
    return new Set(about.map(({ verdict }) => verdict));
  };

  it.each([
    ['its provider framework', framework],
    ['the custom resource for calls of the SDK', logicalId('AWS679f53fac002430cb0da5b7982bd22872D164C4C')],
    ['the retention of logs', logicalId('LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A')],
    [
      'the notifications of buckets',
      logicalId('BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691'),
    ],
    ['a provider of its core', logicalId('CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F')],
  ])('are judged as in templates, not as request flows: %s', async (_name, made) => {
    expect(await verdicts(made)).toEqual(new Set(['notApplicable']));
  });

  it('get the verdicts that the template gets', async () => {
    const template = {
      Resources: {
        Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'fn', ...framework } },
        Table: { Type: 'Custom::Table', Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] } } },
      },
    };
    const declared = evaluateRules(ruleSet, linkGraph(readTemplateObject(template, 'x', {})), options);
    const { reading } = await collect(replies(framework), { needs: needsOf(ruleSet.rules) });
    const live = evaluateRules(ruleSet, linkGraph(reading), options);
    const of = (name: string, list: typeof live): object =>
      Object.fromEntries(
        list
          .filter(({ ruleId, resource }) => exempting.includes(ruleId) && resource.name === name)
          .map(({ ruleId, verdict, message }) => [ruleId, `${verdict} ${message.replaceAll('Fn', 'fn')}`]),
      );
    expect(of('fn', live)).toEqual(of('Fn', declared));
  });

  const others: readonly (readonly [string, Made])[] = [
    ['a handler of that name alone', { Handler: 'framework.onEvent' }],
    ['a variable of that name alone', { ...framework, Handler: 'index.handler' }],
    ['a logical id that only looks alike', logicalId('LogRetentionOfOrders1A2B3C4D')],
    ['a tag of their own', { tags: { 'logical-id': 'AWS679f53fac002430cb0da5b7982bd22872D164C4C' } }],
  ];
  it.each(others)('are not what has %s', async (_name, made) => {
    expect(await verdicts(made)).toContain('fail');
  });

  it('are not known where a bucket that was not read may invoke them too', async () => {
    const policy = {
      Sid: 'one',
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: arn,
      Principal: { Service: 's3.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::orders' } },
    };
    expect(await verdicts({ ...framework, policy })).toEqual(new Set(['unknown']));
  });

  it('are not known where tags are refused', async () => {
    const refused: readonly Fault[] = [{ call: 'lambda.ListTags', fault: 'deny' }];
    expect(await verdicts({}, refused)).toEqual(new Set(['unknown']));
  });
});
