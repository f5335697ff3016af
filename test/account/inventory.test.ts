import { describe, expect, it } from '@jest/globals';
import type { Open } from '../../src/account/account-identity.ts';
import { iamPolicy } from '../../src/account/iam-policy.ts';
import { countExpressions, readAggregateInventory } from '../../src/account/inventory-config.ts';
import type { GuardedClient } from '../../src/account/guard-client.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';
import { ReplayedAccount, type Replies } from './replay.ts';

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

  it('tells over an aggregator where something is', async () => {
    const account = new ReplayedAccount({
      'config.SelectAggregateResourceConfig': {
        Results: [
          '{"accountId":"111122223333","awsRegion":"eu-west-1","resourceType":"AWS::SQS::Queue","COUNT(*)":7}',
        ],
      },
    });
    const open: Open = async (service, _calls, region, make) => {
      const client = await make({
        region,
        retryMode: 'standard',
        requestHandler: { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true },
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
      account.customise(client as unknown as GuardedClient, service, region); // made by `make` below the function under test
      return client;
    };
    expect(await readAggregateInventory(open, 'eu-west-1', 'org', ['AWS::SQS::Queue'])).toEqual([
      { account: '111122223333', region: 'eu-west-1', type: 'AWS::SQS::Queue', count: 7 },
    ]);
  });
});
