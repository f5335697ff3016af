import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { collectAccount, type AccountReading } from '../../src/account/collect-account.ts';
import { callsOf } from '../../src/account/collector.ts';
import { collectors } from '../../src/account/collectors/index.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { needsOf } from '../../src/app/needs.ts';
import { fastClock } from '../account/collect.ts';
import { everythingOf } from '../account/needs.ts';
import { expectations, type Expectation, type Expected } from './expected-resources.ts';
import { RecordedAccount, readRecordings, recordingsFolder, type Recording } from './recordings.ts';

// Recorded answers of AWS: each has to become the resources that it shows, and no rule may stumble over them.

const recordings = readRecordings();

function recordedOf({ service, operation, recordedAs, isOfService }: Expectation): readonly Recording[] {
  const call = recordedAs ?? `${service}.${operation}`;
  return recordings.filter(
    (recording) =>
      recording.call === call &&
      (recording.status >= 300 || isOfService === undefined || isOfService(recording.data)),
  );
}

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

/** Everything of the service, of an account where one call is answered with the recording. */
async function collectRecorded(
  { service, operation, madeUp }: Expectation,
  recording: Recording,
): Promise<AccountReading> {
  const around = madeUp(recording.data);
  const region = Object.keys(around).length > 0 ? 'us-east-1' : regionOf(recording);
  const account = new RecordedAccount(new Map([[`${service}.${operation}`, [recording]]]), {
    ...around,
    ...enabledIn(region),
  });
  const reading = await collectAccount({
    regions: [region],
    needs: everythingOf(new Set([service])),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
    clock: fastClock(),
    customise: account.customise,
  });
  expect(account.answered).toEqual([`${service}.${operation}`]);
  return reading;
}

function enabledIn(RegionName: string): Readonly<Record<string, object>> {
  return { 'ec2.DescribeRegions': { Regions: [{ RegionName, OptInStatus: 'opt-in-not-required' }] } };
}

function regionOf({ data }: Recording): string {
  return /\b(?:us|eu|af|ap)-[a-z]+-\d\b/.exec(JSON.stringify(data))?.[0] ?? 'us-east-1';
}

function troublesOf({ diagnostics }: AccountReading): readonly string[] {
  return diagnostics.filter(({ code }) => code !== 'account-not-collected').map(({ message }) => message);
}

/** Holds the resources of the expected types against what was expected, whatever their order. */
function compare(resources: readonly Resource[], expected: readonly Expected[]): void {
  const types = new Set(expected.map(({ type }) => type));
  expect(resources.filter(({ type }) => types.has(type))).toHaveLength(expected.length);
  for (const one of expected) {
    const resource = resources.find((each) => isFor(each, one));
    const { properties = {}, ...rest } = resource ?? {};
    // An absent property is as good as one that is undefined.
    const asked = Object.keys(one.properties).map((name) => [name, properties[name]]);
    const { arn, name } = { arn: one.arn, name: one.name };
    expect({ arn, name, ...rest, properties: Object.fromEntries(asked) as object }).toMatchObject(one);
  }
}

/** Told by ARN or name, or by whatever text it shows. */
function isFor({ type, arn, name, properties }: Resource, expected: Expected): boolean {
  if (type !== expected.type) return false;
  if (expected.arn !== undefined) return arn === expected.arn;
  if (expected.name !== undefined && name !== expected.name) return false;
  return Object.entries(expected.properties).every(
    ([key, value]) => typeof value !== 'string' || properties[key] === value,
  );
}

/** What the SDK tries again by itself. */
const retried = /^(TooManyRequests|Throttling)Exception$/;

const covered = expectations.flatMap((each) => {
  const list = recordedOf(each);
  return list.length === 0 ? [] : [{ each, list }];
});
const count = covered.reduce((sum, { list }) => sum + list.length, 0);
const held = new Set(expectations.map(({ service, operation }) => `${service} ${operation}`));
const called = new Set(
  collectors.flatMap(({ service, operations }) =>
    operations.flatMap((operation) => callsOf(operation).map((call) => `${service} ${call}`)),
  ),
);

let ruleSet: RuleSet;
beforeAll(async () => {
  expect(existsSync(recordingsFolder)).toBe(true);
  ruleSet = applySettings(await shippedRules(), {});
});

describe(`${count} recorded answers of ${covered.length} operations`, () => {
  it.each(covered.map(({ each, list }) => [each.service, each.operation, list.length, each, list] as const))(
    'become the resources that they show: %s %s (%i)',
    async (_service, _operation, _length, each, list) => {
      for (const recording of list) {
        const reading = await collectRecorded(each, recording);
        try {
          hold(each, recording, reading);
        } catch (error) {
          throw new Error(`${recording.file}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
  );

  const without = [...called].filter((call) => !held.has(call)).sort();
  it(`are not there of ${without.length} operations: ${without.join(', ')}`, () => {
    // What is expected is expected of something that is called.
    expect([...held].filter((call) => !called.has(call))).toEqual([]);
  });
});

function hold(each: Expectation, recording: Recording, reading: AccountReading): void {
  const { Code } = (recording.data['Error'] ?? {}) as { readonly Code?: string };
  if (Code === undefined) {
    expect(troublesOf(reading)).toEqual([]);
    compare(reading.resources, each.expected(recording.data));
  } else {
    const isHarmless = retried.test(Code) || each.none?.includes(Code) === true;
    expect(troublesOf(reading)).toHaveLength(isHarmless ? 0 : 1);
  }
}

/** The answers that were recorded together, by what asks for them. */
function sessions(): ReadonlyMap<string, ReadonlyMap<string, readonly Recording[]>> {
  const byFolder = new Map<string, Map<string, Recording[]>>();
  for (const { each, list } of covered)
    for (const recording of list) {
      const folder = recording.file.slice(0, recording.file.indexOf('/'));
      const calls = byFolder.get(folder) ?? new Map<string, Recording[]>();
      byFolder.set(folder, calls);
      const call = `${each.service}.${each.operation}`;
      calls.set(call, [...(calls.get(call) ?? []), recording]);
    }
  return byFolder;
}

describe('accounts made of answers that were recorded together', () => {
  const accounts = [...sessions()];

  it(`are decided without a stumble: ${accounts.length}`, async () => {
    let decided = 0;
    for (const [folder, calls] of accounts) {
      const account = new RecordedAccount(calls, enabledIn('us-east-1'));
      const reading = await collectAccount({
        regions: ['us-east-1'],
        needs: needsOf(ruleSet.rules),
        services: [...new Set([...calls.keys()].map((call) => call.slice(0, call.indexOf('.'))))],
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
        clock: fastClock(),
        customise: account.customise,
      });
      const evaluations = evaluateRules(ruleSet, linkGraph(reading), options);
      const stumbles = evaluations.filter(
        ({ verdict, reason, message }) =>
          message === '' ||
          (verdict === 'unknown' && (reason ?? '') === '') ||
          reason?.includes('could not be evaluated') === true,
      );
      expect(stumbles.map(({ ruleId, reason }) => `${folder}: ${ruleId} ${reason ?? ''}`)).toEqual([]);
      decided += evaluations.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').length;
    }
    expect(decided).toBeGreaterThan(0);
  });
});
