import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { AccountReading } from '../../src/account/collect-account.ts';
import { needsOf } from '../../src/app/needs.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { isUnread } from '../../src/evaluate/sources.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import { isFailure, Unresolved, type Cause } from '../../src/model/value.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { cases } from './parity/cases/index.ts';
import { layOver } from './parity/parity-case.ts';
import type { Fault, Replies, Reply } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

/** What can become of a call for good. */
const troubles = ['deny', 'throttle', 'serverError', 'cutBody', 'timedOut', 'firstPage'] as const;
type Trouble = (typeof troubles)[number];

/** Calls that come before the audit: without them there is none, or it is of the named Regions. */
const identity: ReadonlySet<string> = new Set(['sts.GetCallerIdentity', 'ec2.DescribeRegions']);

/** Whatever a service calls the token of its next page. */
const tokens = [
  'NextToken',
  'nextToken',
  'NextMarker',
  'Marker',
  'position',
  'ContinuationToken',
  'NextPageToken',
];
const next = Object.fromEntries(tokens.map((token) => [token, 'page-2']));
const asksForNext = (input: object): boolean => Object.values(input).includes('page-2');

/** What an audit comes to. */
export interface Seen {
  readonly verdicts: ReadonlyMap<string, string>;
  readonly flows: ReadonlySet<string>;
  readonly calls: readonly string[];
}

const ruleSet = applySettings(await shippedRules(), {});
const needs = needsOf(ruleSet.rules);

/** What was decided on a reading, by what it says apart from why it lacks something. */
const decided = new Map<string, Omit<Seen, 'calls'>>();

/** Audits an account whose calls end in these faults, and decides what was read. */
export async function audit(replies: Replies, faults: readonly Fault[] = []): Promise<Seen> {
  const { reading, account } = await collect(replies, { needs, faults });
  const calls = Object.keys(account.counts()).filter((call) => !identity.has(call));
  const key = withoutCauses(reading);
  const known = decided.get(key) ?? decide(reading);
  decided.set(key, known);
  return { ...known, calls };
}

function decide(reading: AccountReading): Omit<Seen, 'calls'> {
  const graph = linkGraph(reading);
  const verdicts = evaluateRules(ruleSet, graph, options).map(
    ({ ruleId, resource, verdict }) => [`${ruleId} ${resource.id}`, verdict] as const,
  );
  return { verdicts: new Map(verdicts), flows: new Set(graph.flows.map(({ id }) => id)) };
}

/**
 * Readings that differ only in why a call had no answer are decided once: causes of failed calls count the same
 * (`isFailure`, `isUnread`), which the test below holds to.
 */
function withoutCauses({ resources, incomplete }: AccountReading): string {
  const kindOf = (cause: Cause): string => (isFailure(cause) && isUnread(cause) ? 'failed' : cause.code);
  const text = JSON.stringify(
    [resources.map(({ id, type, uncertain, properties }) => [id, type, uncertain, properties]), incomplete],
    (_, value: unknown) =>
      value instanceof Unresolved
        ? { unresolved: kindOf(value.cause) }
        : isCause(value)
          ? { cause: kindOf(value) }
          : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

function isCause(value: unknown): value is Cause {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** The answers and faults by which one call ends in trouble. */
function struck(replies: Replies, call: string, trouble: Trouble): readonly [Replies, readonly Fault[]] {
  if (trouble !== 'firstPage') return [replies, [{ call, fault: trouble }]];
  const whole: Reply = replies[call] ?? {};
  const paged = (input: Record<string, unknown>): object => ({
    ...(typeof whole === 'function' ? (whole as (input: object) => object)(input) : whole),
    ...next,
    IsTruncated: true,
  });
  return [{ ...replies, [call]: paged }, [{ call, fault: 'deny', when: asksForNext }]];
}

/** Verdicts that changed to something else than unknown, and flows that nobody saw before. */
export function invented(before: Seen, after: Seen): readonly string[] {
  const changed = [...after.verdicts].filter(([key, verdict]) => {
    const old = before.verdicts.get(key);
    if (verdict === 'unknown' || verdict === old) return false;
    return old !== undefined || verdict !== 'notApplicable';
  });
  return [
    ...changed.map(([key, verdict]) => `${key}: ${before.verdicts.get(key) ?? 'none'} to ${verdict}`),
    ...[...after.flows].filter((id) => !before.flows.has(id)).map((id) => `flow ${id}`),
  ];
}

const [orders] = cases;
if (orders === undefined) throw new Error('there are no cases');
/** The replayed accounts: built soundly, and built badly. */
export const accounts = {
  sound: orders.sound.replies,
  bad: layOver(orders.sound, orders.bad).replies,
};

/**
 * The matrix of one account: whichever call it is and whatever becomes of it, nothing is invented. Each account
 * is a test file of its own, so that two cores share them.
 */
export async function expectNothingInvented(replies: Replies): Promise<void> {
  const whole = await audit(replies);
  expect(whole.calls.length).toBeGreaterThan(60);
  const found: string[] = [];
  for (const call of whole.calls)
    for (const trouble of troubles) {
      const after = await audit(...struck(replies, call, trouble));
      found.push(...invented(whole, after).map((what) => `${call} ${trouble}: ${what}`));
    }
  expect(found).toEqual([]);
}
