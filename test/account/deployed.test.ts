import { beforeAll, describe, expect, it } from '@jest/globals';
import { needsOf } from '../../src/app/needs.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { restSide } from './parity/rest-side.ts';
import type { Replies } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

describe('a method of a REST API', () => {
  let ruleSet: RuleSet;
  beforeAll(async () => {
    const shipped = applySettings(await shippedRules(), {});
    ruleSet = { ...shipped, rules: shipped.rules.filter(({ id }) => id === 'api.authorizer.present') };
  }, 60_000);

  /** The verdict on the API's one method, by what it is in the draft and in each stage. */
  const verdict = async (draft: string, stages: Readonly<Record<string, string>>): Promise<string> => {
    const { replies } = restSide({
      methods: { GET: { properties: {}, method: { authorizationType: draft } } },
    });
    const own: Replies = {
      ...replies,
      'apigateway.GetStages': {
        item: Object.keys(stages).map((stageName) => ({ stageName, deploymentId: `d-${stageName}` })),
      },
      'apigateway.GetDeployment': ({ deploymentId }) => ({
        apiSummary: {
          '/orders': {
            GET: { authorizationType: stages[String(deploymentId).slice(2)], apiKeyRequired: false },
          },
        },
      }),
    };
    const { reading } = await collect(own, { needs: needsOf(ruleSet.rules) });
    const [evaluation] = evaluateRules(ruleSet, linkGraph(reading), options).filter(
      ({ resource }) => resource.type === 'AWS::ApiGateway::Method',
    );
    return evaluation?.verdict ?? 'none';
  };

  it.each([
    ['AWS_IAM', { prod: 'AWS_IAM' }, 'pass'],
    ['AWS_IAM', { prod: 'NONE' }, 'fail'],
    ['NONE', { prod: 'AWS_IAM' }, 'pass'],
    ['AWS_IAM', { prod: 'AWS_IAM', test: 'NONE' }, 'fail'],
  ])('is judged as it is deployed: %s in the draft, %j in the stages', async (draft, stages, expected) => {
    expect(await verdict(draft, stages)).toBe(expected);
  });
});
