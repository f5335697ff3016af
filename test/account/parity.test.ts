import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { Evaluation, Verdict } from '../../src/model/scan-result.ts';
import type { SourceReading } from '../../src/model/source.ts';
import { needsOf } from '../../src/needs.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { collect } from './collect.ts';
import { ordersReplies } from './parity-replies.ts';
import { ordersTemplate } from './parity-template.ts';

/**
 * Type, logical id in the template, name in the account. Roles, groups, subnets, alarms and log groups are
 * judged with the function, queue or API that they belong to: no rule is about them alone.
 */
const pairs: readonly (readonly [type: string, logicalId: string, liveName: string])[] = [
  ['AWS::Lambda::Function', 'Fn', 'orders'],
  ['AWS::Lambda::EventSourceMapping', 'Mapping', 'orders from orders'],
  ['AWS::Lambda::Permission', 'Permission', 'one'],
  ['AWS::SQS::Queue', 'Queue', 'orders'],
  ['AWS::SQS::Queue', 'Dlq', 'orders-dlq'],
  ['AWS::SNS::Topic', 'Topic', 'orders'],
  ['AWS::SNS::Subscription', 'Subscription', 'arn:aws:sns:eu-west-1:111122223333:orders:1'],
  ['AWS::Events::EventBus', 'Bus', 'orders'],
  ['AWS::Events::Rule', 'Rule', 'placed'],
  ['AWS::Scheduler::Schedule', 'Schedule', 'nightly'],
  ['AWS::StepFunctions::StateMachine', 'Machine', 'fulfil'],
  ['AWS::DynamoDB::Table', 'Table', 'orders'],
  ['AWS::S3::Bucket', 'Bucket', 'orders-bucket'],
  ['AWS::SecretsManager::Secret', 'Secret', 'orders/db'],
  ['AWS::KMS::Key', 'Key', '0b1c2d3e'],
  ['AWS::ApiGateway::RestApi', 'Api', 'orders'],
  ['AWS::ApiGateway::Stage', 'Stage', 'orders/prod'],
  ['AWS::ApiGateway::Method', 'Method', 'orders POST /orders'],
  ['AWS::ApiGateway::Authorizer', 'Authorizer', 'users'],
  ['AWS::ApiGatewayV2::Api', 'HttpApi', 'orders-http'],
  ['AWS::ApiGatewayV2::Stage', 'HttpStage', 'orders-http/$default'],
  ['AWS::ApiGatewayV2::Route', 'Route', 'orders-http GET /orders'],
  ['AWS::WAFv2::WebACL', 'Acl', 'orders'],
  ['AWS::EC2::VPCEndpoint', 'Endpoint', 'vpce-1'],
];

/** Types that rules decide by themselves, and not only on the way to another. */
const decided = [
  'AWS::Lambda::Function',
  'AWS::Lambda::EventSourceMapping',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::StepFunctions::StateMachine',
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::KMS::Key',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::Method',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Route',
  'AWS::WAFv2::WebACL',
  'AWS::EC2::VPCEndpoint',
  'AWS::SNS::Subscription',
];

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

type Verdicts = Readonly<Record<string, Verdict>>;

/** Verdicts of every shipped rule on one resource, by rule id. */
function verdictsOf(evaluations: readonly Evaluation[], type: string, name: string): Verdicts {
  const own = evaluations.filter(({ resource }) => resource.type === type && resource.name === name);
  return Object.fromEntries(own.map(({ ruleId, verdict }) => [ruleId, verdict]));
}

interface Sides {
  readonly declared: readonly Evaluation[];
  readonly live: readonly Evaluation[];
}

/** The application decided as a template, and as AWS answers for it. */
async function bothSides(isSound: boolean): Promise<Sides> {
  const ruleSet = applySettings(await shippedRules(), {});
  const parameters = { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };
  const template = readTemplateObject(ordersTemplate(isSound), 'orders', { parameters });
  const { reading } = await collect(ordersReplies(isSound), { needs: needsOf(ruleSet.rules) });
  const decide = (source: SourceReading): readonly Evaluation[] =>
    evaluateRules(ruleSet, linkGraph(source), options);
  return { declared: decide(template), live: decide(reading) };
}

describe('a template and the account that it makes', () => {
  let sound: Sides;
  let unsound: Sides;
  beforeAll(async () => {
    sound = await bothSides(true);
    unsound = await bothSides(false);
  }, 60_000);

  it.each(pairs)('get the same verdicts: %s %s', (type, logicalId, liveName) => {
    for (const { declared, live } of [sound, unsound]) {
      const expected = verdictsOf(declared, type, logicalId);
      expect(verdictsOf(live, type, liveName)).toEqual(expected);
    }
    expect(Object.keys(verdictsOf(sound.live, type, liveName))).not.toEqual([]);
  });

  it.each(decided)('get a pass where it is built soundly, and a finding where it is not: %s', (type) => {
    const verdicts = ({ live }: Sides): readonly string[] =>
      live.filter(({ resource }) => resource.type === type).map(({ verdict }) => verdict);
    expect(verdicts(sound)).toContain('pass');
    expect(verdicts(unsound)).toContain('fail');
  });
});
