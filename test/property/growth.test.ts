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

type Raw = Readonly<Record<string, unknown>>;

/** A template of which every read of a member, and every list of keys by its length, is counted. */
function countedTemplate(template: Raw): { readonly template: object; readonly work: () => number } {
  let work = 0;
  const proxies = new WeakMap<object, object>();
  const watched = <T>(value: T): T => {
    if (typeof value !== 'object' || value === null) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known as T;
    const proxy = new Proxy(value, {
      get(target, key) {
        work += 1;
        return watched(Reflect.get(target, key) as unknown);
      },
      ownKeys(target) {
        const keys = Reflect.ownKeys(target);
        work += keys.length;
        return keys;
      },
      getOwnPropertyDescriptor(target, key) {
        const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
        return (
          descriptor && { ...descriptor, value: watched(descriptor.value as unknown), configurable: true }
        );
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return { template: watched(structuredClone(template)), work: () => work };
}

const handlerOf = (runtime: unknown): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Runtime: runtime, Handler: 'a.b', Environment: { Variables: { MODE: runtime } } },
});
const numbered = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const mapOf = (rows: number): object => ({
  Runtimes: Object.fromEntries(
    numbered(rows, (n) => [`k${n}`, { Node: n % 2 === 0 ? 'nodejs22.x' : 'nodejs24.x' }]),
  ),
});

const written: Readonly<Record<string, (count: number) => Raw>> = {
  'look up a mapping of as many keys': (count) => ({
    Mappings: mapOf(count),
    Resources: Object.fromEntries(
      numbered(count, (n) => [`F${n}`, handlerOf({ 'Fn::FindInMap': ['Runtimes', `k${n}`, 'Node'] })]),
    ),
  }),
  'look up a large mapping by a key that is not known': (count) => ({
    Parameters: { Key: { Type: 'String' } },
    Mappings: mapOf(10 * count),
    Resources: Object.fromEntries(
      numbered(count, (n) => [`F${n}`, handlerOf({ 'Fn::FindInMap': ['Runtimes', { Ref: 'Key' }, 'Node'] })]),
    ),
  }),
  'are made by a loop': (count) => ({
    Transform: 'AWS::LanguageExtensions',
    Resources: {
      'Fn::ForEach::Handlers': [
        'Name',
        numbered(count, (n) => `N${n}`),
        { 'Fn${Name}': handlerOf({ 'Fn::Sub': 'nodejs24.x' }) },
      ],
    },
  }),
  'are made by a loop in a loop that looks up a mapping': (count) => ({
    Transform: 'AWS::LanguageExtensions',
    Mappings: mapOf(count),
    Resources: {
      'Fn::ForEach::Stages': [
        'Stage',
        ['A', 'B', 'C', 'D'],
        {
          'Fn::ForEach::Handlers': [
            'Name',
            numbered(count, (n) => `k${n}`),
            { 'Fn${Stage}${Name}': handlerOf({ 'Fn::FindInMap': ['Runtimes', { Ref: 'Name' }, 'Node'] }) },
          ],
        },
      ],
    },
  }),
};

describe('the reads of a template', () => {
  it.each(Object.keys(written))('at most double with the resources that %s', (name) => {
    const [small = 0, large = 0] = [60, 120].map((count) => {
      const { template, work } = countedTemplate(written[name]?.(count) ?? {});
      const reading = readTemplateObject(template, 'template', {});
      expect(reading.resources.length).toBeGreaterThanOrEqual(count);
      evaluateRules(ruleSet, linkGraph(reading), {
        now: new Date('2026-11-23T00:00:00Z'),
        positions: () => undefined,
        detail: 'findings',
      });
      return work();
    });
    expect(small).toBeGreaterThan(60);
    expect(large / small).toBeLessThan(2.2);
  });
});
