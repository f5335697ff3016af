import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RelatedSet, ResourceGraph } from '../../src/model/resource-graph.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

let ruleSet: RuleSet;

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 30_000);

const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });

const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn('Table') }],
        },
      },
    ],
  },
};

const lambda = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs22.x', Role: arn('Role') } };

/** Functions that share a role and its table, each with what `beside` puts there. */
function shared(count: number, beside: (n: number) => Resources): Resources {
  const all: Resources = { Role: role, Table: { Type: 'AWS::DynamoDB::Table' } };
  for (let n = 0; n < count; n += 1) Object.assign(all, { [`Function${n}`]: lambda }, beside(n));
  return all;
}

const shapes: Readonly<Record<string, (count: number) => Resources>> = {
  'one role': (count) =>
    shared(count, (n) => ({
      [`Queue${n}`]: { Type: 'AWS::SQS::Queue' },
      [`Mapping${n}`]: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: arn(`Queue${n}`), FunctionName: { Ref: `Function${n}` } },
      },
    })),
  'one topic': (count) => ({
    Topic: { Type: 'AWS::SNS::Topic' },
    ...shared(count, (n) => ({
      [`Subscription${n}`]: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arn(`Function${n}`) },
      },
    })),
  }),
  'one bus': (count) => ({
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
    ...shared(count, (n) => ({
      [`Rule${n}`]: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { Ref: 'Bus' },
          EventPattern: { source: ['orders'] },
          Targets: [{ Id: 'a', Arn: arn(`Function${n}`) }],
        },
      },
    })),
  }),
};

/** What linking reads of the resources' properties, and what edges the rules are answered. */
function workOf(resources: Resources): number {
  let work = 0;
  const reading = readTemplateObject({ Resources: resources }, 'template', {});
  const counted = (resource: Resource): Resource => ({
    ...resource,
    properties: new Proxy(resource.properties, {
      get(target, key) {
        work += 1;
        return Reflect.get(target, key) as unknown;
      },
    }),
  });
  const graph = linkGraph({ ...reading, resources: reading.resources.map(counted) });
  const watched: ResourceGraph = Object.create(graph, {
    related: {
      value: (...question: Parameters<ResourceGraph['related']>): RelatedSet => {
        const answer = graph.related(...question);
        work += 1 + answer.edges.length;
        return answer;
      },
    },
  }) as ResourceGraph; // its members but one are the graph's own
  evaluateRules(ruleSet, watched, {
    now: new Date('2026-11-23T00:00:00Z'),
    positions: () => undefined,
    detail: 'findings',
  });
  return work;
}

describe('the work of a scan', () => {
  it.each(Object.keys(shapes))('at most doubles with the resources that share %s', (name) => {
    const [small, large] = [100, 200].map((count) => workOf(shapes[name]?.(count) ?? {}));
    expect(small).toBeGreaterThan(1000);
    expect((large ?? 0) / (small ?? 1)).toBeLessThan(2.1);
  });
});
