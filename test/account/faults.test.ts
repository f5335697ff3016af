import { describe, expect, it } from '@jest/globals';
import type { SQS } from '@aws-sdk/client-sqs';
import type { AccountReading } from '../../src/account/collect-account.ts';
import { defineCollector } from '../../src/account/collector.ts';
import { HeadgateError } from '../../src/model/headgate-error.ts';
import type { Value } from '../../src/model/value.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';

const functions = needsOf({ 'AWS::Lambda::Function': ['ReservedConcurrentExecutions'] });
const policies = needsOf({ 'AWS::Lambda::Function': [], 'AWS::Lambda::ResourcePolicy': 'all' });
const ofType = (reading: AccountReading, type: string) =>
  reading.resources.filter((resource) => resource.type === type);
const concurrency = (reading: AccountReading): (Value | undefined)[] =>
  ofType(reading, 'AWS::Lambda::Function').map(({ properties }) => properties.ReservedConcurrentExecutions);

describe('a call that fails and then answers', () => {
  it.each(['throttle', 'serverError', 'cutConnection'] as const)(
    'is as if it had never failed: %s',
    async (fault) => {
      const faults = [{ call: 'lambda.GetFunctionConcurrency', fault, times: 2 }];
      const { reading, account } = await collect(ordersAccount, { needs: functions, faults });
      expect(concurrency(reading)).toEqual([20, undefined]);
      expect(reading.diagnostics).toEqual([]);
      expect(account.counts()['lambda.GetFunctionConcurrency']).toBe(4);
      expect(reading.calls.find(({ operation }) => operation === 'GetFunctionConcurrency')).toMatchObject({
        calls: 2,
        attempts: 4,
        errors: 0,
      });
    },
  );
});

describe('a call about one resource that never answers', () => {
  it.each([
    ['throttle', 'throttled', 'was throttled on every retry'],
    ['deny', 'denied', 'allow `lambda:GetPolicy` for the auditor'],
    ['denyByScp', 'denied', 'is denied explicitly by a service control policy'],
    ['serverError', 'failed', 'InternalFailure, HTTP 503'],
    ['cutConnection', 'failed', '(ECONNRESET)'],
    ['html', 'failed', 'returned a response in an unexpected format'],
    ['page', 'failed', 'returned a response in an unexpected format'],
    ['expired', 'failed', 'the credentials are not valid in this account or Region'],
  ] as const)('leaves that value of that resource unknown: %s', async (fault, code, says) => {
    const when = ({ FunctionName }: Record<string, unknown>): boolean => FunctionName === 'orders';
    const faults = [{ call: 'lambda.GetFunctionConcurrency', fault, when }];
    const { reading } = await collect(ordersAccount, { needs: functions, faults });
    expect(concurrency(reading)).toEqual([
      { kind: 'unresolved', cause: expect.objectContaining({ code }) },
      undefined,
    ]);
    expect(reading.diagnostics).toHaveLength(1);
    expect(reading.diagnostics[0]).toMatchObject({
      code: `account-call-${code}`,
      where: 'lambda eu-west-1',
      affects: ['AWS::Lambda::Function'],
      message: expect.stringContaining(says),
    });
    expect(reading.diagnostics[0]?.message).toContain(
      'arn:aws:lambda:eu-west-1:111122223333:function:orders',
    );
  });

  it('puts a policy that may exist in the place of one that could not be read', async () => {
    const when = ({ FunctionName }: Record<string, unknown>): boolean => FunctionName === 'refunds';
    const faults = [{ call: 'lambda.GetPolicy', fault: 'deny', when } as const];
    const { reading } = await collect(ordersAccount, { needs: policies, faults });
    const [, refunds] = ofType(reading, 'AWS::Lambda::ResourcePolicy');
    expect(refunds).toMatchObject({
      uncertain: { code: 'denied' },
      properties: {
        ResourceArn: 'arn:aws:lambda:eu-west-1:111122223333:function:refunds',
        PolicyDocument: { kind: 'unresolved' },
      },
    });
    const doubted = reading.incomplete.filter(({ cause }) => cause.code === 'denied').map(({ type }) => type);
    expect(doubted).not.toContain('AWS::Lambda::ResourcePolicy');
    expect(doubted).toEqual([]);
  });

  it('takes "there is none" for an answer', async () => {
    const { reading } = await collect(ordersAccount, {
      needs: policies,
      faults: [{ call: 'lambda.GetPolicy', fault: 'notFound' }],
    });
    expect(ofType(reading, 'AWS::Lambda::ResourcePolicy')).toEqual([]);
    expect(reading.completeness.complete).toBe(true);
  });

  it('is not tried for ever when it is refused', async () => {
    const Functions = Array.from({ length: 40 }, (_, index) => ({
      FunctionName: `f${index}`,
      FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:f${index}`,
    }));
    const { reading, account } = await collect(
      { 'lambda.ListFunctions': { Functions } },
      {
        needs: functions,
        faults: [{ call: 'lambda.GetFunctionConcurrency', fault: 'deny' }],
        concurrency: 1,
      },
    );
    expect(account.counts()['lambda.GetFunctionConcurrency']).toBe(10);
    expect(concurrency(reading)).toHaveLength(40);
    expect(concurrency(reading).every((value) => value !== undefined)).toBe(true);
    expect(reading.diagnostics).toHaveLength(1);
    expect(reading.diagnostics[0]?.message).toContain('function:f0 and 39 more');
  });
});

describe('a list that cannot be read to its end', () => {
  it.each(['throttle', 'deny', 'serverError', 'cutConnection', 'html', 'cutBody'] as const)(
    'keeps what it showed, and says that there may be more: %s',
    async (fault) => {
      const when = ({ Marker }: Record<string, unknown>): boolean => Marker === 'page-2';
      const faults = [{ call: 'lambda.ListFunctions', fault, when }];
      const { reading } = await collect(ordersAccount, { needs: functions, faults });
      expect(ofType(reading, 'AWS::Lambda::Function').map(({ name }) => name)).toEqual(['orders']);
      expect(reading.incomplete).toContainEqual({
        scope: '111122223333/eu-west-1',
        type: 'AWS::Lambda::Function',
        cause: expect.objectContaining({ code: expect.stringMatching(/^(throttled|denied|failed)$/) }),
      });
      expect(ofType(reading, 'Headgate::Scope')[0]?.properties.Complete).toBe(false);
      expect(reading.completeness).toMatchObject({ complete: false, nothing: false });
    },
  );

  it('ends where a service hands out the same page for ever', async () => {
    const { reading, account } = await collect(
      { 'lambda.ListFunctions': { Functions: [], NextMarker: 'again' } },
      { needs: functions },
    );
    expect(account.counts()['lambda.ListFunctions']).toBe(2);
    expect(reading.diagnostics[0]?.message).toContain('PaginationLoop');
  });

  it('leaves a property unknown that only a failed list could have told', async () => {
    const { reading } = await collect(ordersAccount, {
      needs: needsOf({ 'AWS::Lambda::Function': ['CodeSigningConfigArn'] }),
      faults: [{ call: 'lambda.ListFunctionsByCodeSigningConfig', fault: 'deny' }],
    });
    const configs = ofType(reading, 'AWS::Lambda::Function').map(
      ({ properties }) => properties.CodeSigningConfigArn,
    );
    expect(configs).toEqual([
      { kind: 'unresolved', cause: expect.objectContaining({ code: 'denied' }) },
      { kind: 'unresolved', cause: expect.objectContaining({ code: 'denied' }) },
    ]);
  });

  it('invents no route for a subnet where the route tables are not all known', async () => {
    const { reading } = await collect(ordersAccount, {
      faults: [{ call: 'ec2.DescribeRouteTables', fault: 'deny' }],
    });
    expect(ofType(reading, 'AWS::EC2::SubnetRouteTableAssociation')).toEqual([]);
    expect(reading.incomplete.map(({ type }) => type)).toContain('AWS::EC2::SubnetRouteTableAssociation');
  });
});

describe('an audit that ends early', () => {
  it('has every missing value marked with the deadline', async () => {
    const stop = new AbortController();
    const replies = {
      ...ordersAccount,
      'lambda.GetFunctionConcurrency': () => {
        stop.abort();
        return { ReservedConcurrentExecutions: 5 };
      },
    };
    const { reading } = await collect(replies, { needs: functions, signal: stop.signal, concurrency: 1 });
    expect(concurrency(reading)[1]).toMatchObject({
      cause: { code: 'timeout', message: 'the audit was stopped' },
    });
    expect(reading.completeness.complete).toBe(false);
  });

  it('does not wait for a call that hangs beyond the deadline', async () => {
    const clock = { now: () => 0, sleep: (_: number, signal: AbortSignal) => hang(signal) };
    const { reading } = await collect(ordersAccount, { deadlineMs: 50, clock, needs: functions });
    expect(reading.diagnostics.map(({ code }) => code)).toContain('account-call-timeout');
    expect(concurrency(reading)[0]).toMatchObject({ cause: { code: 'timeout' } });
  });
});

describe('credentials', () => {
  it('that are not valid end the audit with what to do', async () => {
    const faults = [{ call: 'sts.GetCallerIdentity', fault: 'expired' } as const];
    const audit = collect(ordersAccount, { faults });
    await expect(audit).rejects.toBeInstanceOf(HeadgateError);
    await expect(audit).rejects.toMatchObject({
      code: 'credentials-invalid',
      where: { region: 'eu-west-1' },
    });
  });

  it('that may do nothing give an audit that says nothing', async () => {
    const faults = ['lambda', 'ec2'].map((call) => ({ call, fault: 'deny' }) as const);
    const { reading } = await collect(ordersAccount, { faults, needs: functions });
    expect(reading.completeness).toMatchObject({ complete: false, nothing: true });
    expect(reading.regions).toEqual(['eu-west-1']);
    expect(reading.diagnostics.map(({ where }) => where)).toEqual(['ec2 eu-west-1', 'lambda eu-west-1']);
  });
});

function hang(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

describe('a collector', () => {
  it('cannot make a call that it did not declare', async () => {
    const careless = defineCollector<SQS>({
      service: 'sqs',
      prefix: 'sqs',
      open: async (config) => new (await import('@aws-sdk/client-sqs')).SQS(config),
      operations: [
        {
          operation: 'ListQueues',
          finds: ['AWS::SQS::Queue'],
          async *list(api) {
            await api.purgeQueue({ QueueUrl: 'https://sqs/1/orders' });
            yield {};
          },
        },
      ],
    });
    const needs = needsOf({ 'AWS::SQS::Queue': [] });
    const { reading, account } = await collect({}, { needs, collectors: [careless] });
    expect(account.counts()).not.toHaveProperty(['sqs.PurgeQueue']);
    expect(reading.diagnostics[0]?.message).toContain('not part of the collection plan');
  });
});
