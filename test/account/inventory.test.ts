import { describe, expect, it } from '@jest/globals';
import { iamPolicy } from '../../src/account/iam-policy.ts';
import { countExpressions } from '../../src/account/inventory-config.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';
import type { Fault, Replies } from './replay.ts';

const needs = needsOf({
  'AWS::Lambda::Function': ['ReservedConcurrentExecutions'],
  'AWS::Lambda::EventSourceMapping': 'all',
  'AWS::SQS::Queue': 'all',
});
const recorder: Replies = {
  'config.DescribeConfigurationRecorderStatus': {
    ConfigurationRecordersStatus: [{ name: 'default', recording: true }],
  },
  'config.DescribeConfigurationRecorders': {
    ConfigurationRecorders: [{ name: 'default', recordingGroup: { allSupported: true } }],
  },
};
const select = (...types: string[]): Replies => ({
  'config.SelectResourceConfig': {
    Results: types.map((resourceType) => JSON.stringify({ resourceType, 'COUNT(*)': 2 })),
  },
});

describe('AWS Config as an inventory', () => {
  it('spares calls about what it records none of, and does not call that a proof', async () => {
    const replies = { ...ordersAccount, ...recorder, ...select('AWS::Lambda::Function') };
    const { reading, account } = await collect(replies, { needs, inventory: 'config' });
    expect(account.counts()).toMatchObject({
      'lambda.ListFunctions': 2,
      'lambda.ListEventSourceMappings': 1,
    });
    expect(account.counts()).not.toHaveProperty(['sqs.ListQueues']);
    expect(reading.incomplete).toContainEqual({
      scope: '111122223333/eu-west-1',
      type: 'AWS::SQS::Queue',
      cause: expect.objectContaining({
        code: 'not-collected',
        message: expect.stringContaining('AWS Config'),
      }),
    });
  });

  it('decides nothing about types that its recorder leaves out', async () => {
    const group = { allSupported: false, resourceTypes: ['AWS::Lambda::Function'] };
    const replies = {
      ...ordersAccount,
      ...recorder,
      'config.DescribeConfigurationRecorders': {
        ConfigurationRecorders: [{ name: 'default', recordingGroup: group }],
      },
      ...select(),
    };
    const { account } = await collect(replies, { needs, inventory: 'config' });
    expect(account.counts()).toMatchObject({ 'sqs.ListQueues': 1 });
    expect(account.counts()).not.toHaveProperty(['lambda.ListFunctions']);
  });

  it.each([
    ['is denied', recorder, [{ call: 'config.', fault: 'deny' } as const]],
    ['stands still', {}, []],
  ])('changes nothing where it %s', async (_name, config, faults) => {
    const { reading, account } = await collect(
      { ...ordersAccount, ...config },
      { needs, inventory: 'config', faults },
    );
    expect(account.counts()).toMatchObject({ 'lambda.ListFunctions': 2, 'sqs.ListQueues': 1 });
    expect(reading.diagnostics.map(({ where }) => where)).toEqual(faults.map(() => 'config eu-west-1'));
  });

  it('is part of the policy where it is asked', () => {
    expect(iamPolicy(needs, 'aws', { inventory: 'config' }).Statement[0]?.Action).toContain(
      'config:SelectResourceConfig',
    );
    expect(iamPolicy(needs, 'aws').Statement[0]?.Action).not.toContain('config:SelectResourceConfig');
  });

  it('keeps its expressions within what the service takes', () => {
    const types = Array.from({ length: 400 }, (_, index) => `AWS::Service${index}::Resource`);
    const expressions = countExpressions(types, ['accountId']);
    expect(expressions.length).toBeGreaterThan(2);
    for (const expression of expressions) expect(expression.length).toBeLessThanOrEqual(4_096);
    for (const type of types)
      expect(expressions.filter((each) => each.includes(`'${type}'`))).toHaveLength(1);
  });

  describe('over an aggregator', () => {
    const rows = (
      ...places: readonly (readonly [account: string, region: string, count: number])[]
    ): Replies => ({
      'config.SelectAggregateResourceConfig': {
        Results: places.map(([accountId, awsRegion, count]) =>
          JSON.stringify({ accountId, awsRegion, resourceType: 'AWS::SQS::Queue', 'COUNT(*)': count }),
        ),
      },
    });
    const elsewhere = async (replies: Replies, faults: readonly Fault[] = []) => {
      const options = { needs, aggregator: 'org', faults };
      const { reading, account } = await collect({ ...ordersAccount, ...replies }, options);
      expect(account.counts()).toMatchObject({ 'config.SelectAggregateResourceConfig': 1 });
      return reading;
    };

    it('names accounts and Regions that the audit does not read, and decides nothing', async () => {
      const own = ['111122223333', 'eu-west-1', 7] as const;
      const everywhere = rows(own, ['111122223333', 'eu-west-3', 2], ['444455556666', 'eu-west-1', 5]);
      const reading = await elsewhere(everywhere);
      const without = (await collect(ordersAccount, { needs })).reading;
      expect(JSON.stringify(reading.resources)).toBe(JSON.stringify(without.resources));
      expect(reading.diagnostics).toEqual([
        ...without.diagnostics,
        expect.objectContaining({
          code: 'account-elsewhere',
          severity: 'info',
          message: expect.stringContaining(': 111122223333 eu-west-3 (2), 444455556666 eu-west-1 (5);'),
        }),
      ]);
    });

    it('says nothing where all is read, what has no Region included', async () => {
      const { diagnostics } = await elsewhere(
        rows(['111122223333', 'eu-west-1', 7], ['111122223333', 'global', 1]),
      );
      expect(diagnostics.map(({ code }) => code)).not.toContain('account-elsewhere');
    });

    it('says so where it is denied', async () => {
      const { diagnostics } = await elsewhere({}, [{ call: 'config.', fault: 'deny' }]);
      expect(diagnostics).toContainEqual(
        expect.objectContaining({
          code: 'account-call-denied',
          where: 'config eu-west-1',
          affects: [],
        }),
      );
    });

    it('is part of the policy where it is asked', () => {
      const actions = (aggregator?: string) =>
        iamPolicy(needs, 'aws', aggregator === undefined ? {} : { aggregator }).Statement.flatMap(
          ({ Action }) => Action,
        );
      expect(actions('org')).toContain('config:SelectAggregateResourceConfig');
      expect(actions()).not.toContain('config:SelectAggregateResourceConfig');
    });
  });
});
