import { beforeAll, describe, expect, it } from '@jest/globals';
import { collectors } from '../../src/account/collectors/index.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { needsOf } from '../../src/app/needs.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { ordersReplies } from './parity/orders-replies.ts';
import type { Fault } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

/** Calls that each hold something that a verdict rests on. */
const calls = [
  'apigateway.GetResources',
  'apigateway.GetStages',
  'cloudwatch.DescribeAlarms',
  'cloudwatch-logs.DescribeLogGroups',
  'ec2.DescribeRouteTables',
  'ec2.DescribeVpcEndpoints',
  'eventbridge.ListArchives',
  'eventbridge.ListTargetsByRule',
  'iam.GetAccountAuthorizationDetails',
  'kms.ListAliases',
  'lambda.GetPolicy',
  'lambda.ListEventSourceMappings',
  'lambda.ListFunctions',
  's3.GetBucketPolicy',
  's3.GetPublicAccessBlock',
  's3.ListBuckets',
  'sns.ListSubscriptions',
  'sns.ListTopics',
  'sqs.GetQueueAttributes',
  'sqs.ListQueues',
  'wafv2.ListLoggingConfigurations',
];

describe.each([true, false])('faults in an account that is built soundly: %s', (isSound) => {
  let ruleSet: RuleSet;
  let whole: ReadonlyMap<string, string>;

  /** Verdicts by rule and resource. */
  const decide = async (
    faults: readonly Fault[],
    leftOut?: string,
  ): Promise<{ verdicts: Map<string, string>; said: readonly string[] }> => {
    const services = collectors.map(({ service }) => service).filter((service) => service !== leftOut);
    const needs = needsOf(ruleSet.rules);
    const { reading } = await collect(ordersReplies(isSound), { needs, services, faults });
    const evaluations = evaluateRules(ruleSet, linkGraph(reading), options);
    return {
      verdicts: new Map(
        evaluations.map(({ ruleId, resource, verdict }) => [`${ruleId} ${resource.id}`, verdict]),
      ),
      said: reading.diagnostics.map(({ code }) => code),
    };
  };
  beforeAll(async () => {
    ruleSet = applySettings(await shippedRules(), {});
    whole = (await decide([])).verdicts;
  }, 60_000);

  it.each(calls)('invent no verdict: %s', async (call) => {
    const { verdicts, said } = await decide([{ call, fault: 'deny' }]);
    const invented = [...verdicts].filter(
      ([key, verdict]) => verdict !== 'unknown' && whole.has(key) && whole.get(key) !== verdict,
    );
    expect(invented).toEqual([]);
    expect(said).toContain('account-call-denied');
  });

  it.each(['cloudwatch', 'eventbridge', 'iam', 's3', 'sns', 'sqs'])(
    'are no worse than a service that is left out: without %s nothing new passes or fails',
    async (leftOut) => {
      const { verdicts } = await decide([], leftOut);
      const invented = [...verdicts].filter(
        ([key, verdict]) =>
          (verdict === 'pass' || verdict === 'fail') && whole.has(key) && whole.get(key) !== verdict,
      );
      expect(invented).toEqual([]);
    },
  );

  it.each(['throttle', 'serverError', 'cutConnection'] as const)(
    'change nothing where a call is answered in the end: %s',
    async (fault) => {
      const { verdicts } = await decide(calls.map((call) => ({ call, fault, times: 2 })));
      expect(verdicts).toEqual(whole);
    },
  );
});
