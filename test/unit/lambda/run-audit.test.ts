import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collectors } from '../../../src/account/collectors/index.ts';
import type { CollectAccountOptions } from '../../../src/account/collect-account.ts';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { readSettings, type AuditEvent } from '../../../src/lambda/audit-settings.ts';
import { metricsOf, type AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { splitCollection } from '../../../src/lambda/collection-parts.ts';
import { reserveMs, runAudit } from '../../../src/lambda/run-audit.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import type { Finding } from '../../../src/publish/finding.ts';
import type { Messenger, NewsDigest } from '../../../src/publish/tell-people.ts';
import { fastClock } from '../../account/collect.ts';
import { ordersAccount } from '../../account/orders-account.ts';
import { ReplayedAccount, type Fault, type Replies } from '../../account/replay.ts';
import { MemoryHub, MemoryStore } from '../publish/memory-hub.ts';
import { MemoryReportStore } from './memory-report-store.ts';

const account = '111122223333';
const environment = { HEADGATE_BUCKET: 'audits', HEADGATE_REGIONS: 'eu-west-1', AWS_REGION: 'eu-west-1' };
const noon = '2026-11-23T12:00:00.000Z';

// Whole audits, rendered to their end, beside other suites on a small machine.
jest.setTimeout(30_000);

let ruleSet: RuleSet;
beforeAll(async () => {
  const all = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, '/nowhere');
  // Enough to have every kind of call and verdict, and to stay fast.
  const rules = all.rules.filter(({ id }) => /^(all\.lambda|batch\.queue|api\.waf)\./.test(id));
  ruleSet = { ...all, rules };
});

let store: MemoryReportStore;
let hub: MemoryHub;
let state: MemoryStore;
beforeEach(() => {
  store = new MemoryReportStore();
  hub = new MemoryHub(account);
  state = new MemoryStore();
});

async function audit(
  event: AuditEvent = {},
  more: {
    replies?: Replies;
    faults?: readonly Fault[];
    remainingMs?: number;
    collect?: Partial<CollectAccountOptions>;
    environment?: Record<string, string>;
    rules?: RegExp;
    messenger?: Messenger;
  } = {},
) {
  const { replies = ordersAccount, faults = [], remainingMs = 900_000 } = more;
  const clock = fastClock();
  const replayed = new ReplayedAccount(replies, faults, clock.now);
  const settings = readSettings(
    { time: noon, ...event },
    { ...environment, ...more.environment },
    new Date(noon),
    '/nowhere',
  );
  return runAudit(settings, {
    store,
    parts: store,
    ruleSet: { ...ruleSet, rules: ruleSet.rules.filter(({ id }) => more.rules?.test(id) !== false) },
    remainingMs: () => remainingMs,
    collect: {
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      clock,
      customise: replayed.customise,
      ...more.collect,
    },
    hubs: { hubOf: () => hub, storeOf: () => state },
    ...(more.messenger === undefined ? {} : { messenger: more.messenger }),
  });
}

async function summaryOf(...args: Parameters<typeof audit>): Promise<AuditSummary> {
  const summary = await audit(...args);
  if (summary.kind !== 'audit') throw new Error('a part was written');
  return summary;
}

const rows = (key: string): Record<string, unknown>[] =>
  store
    .text(key)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));

describe('runAudit', () => {
  it('writes reports and evaluations, tells Security Hub, and answers in short', async () => {
    const summary = await summaryOf();
    expect(store.keys).toEqual([
      `evaluations/date=2026-11-23/account=${account}/region=eu-west-1/evaluations.ndjson.gz`,
      `evaluations/date=2026-11-23/account=${account}/region=global/evaluations.ndjson.gz`,
      `reports/2026-11-23/${account}/120000-eu-west-1.html`,
      `reports/2026-11-23/${account}/120000-eu-west-1.json`,
    ]);
    expect(summary.securityHub).toMatchObject([{ region: 'eu-west-1', status: 'published', refused: 0 }]);
    expect(hub.findings.size).toBe(summary.securityHub[0]?.accepted);
    expect(hub.findings.size).toBe(summary.counts.fail);
    expect(hub.findings.size).toBeGreaterThan(0);
    expect(JSON.stringify(summary).length).toBeLessThan(10_000);
  });

  it('tells people of the first audit, of nothing that stays, and says where it could not', async () => {
    const told: NewsDigest[] = [];
    let isDown = false;
    const messenger: Messenger = {
      putEvents: async () => Promise.resolve(),
      publish: async ({ body }) => {
        if (isDown) throw new Error('the topic does not answer');
        told.push(JSON.parse(body) as NewsDigest);
        return Promise.resolve();
      },
    };
    const news = { HEADGATE_TOPIC_ARN: `arn:aws:sns:eu-west-1:${account}:findings` };
    isDown = true;
    const failed = await summaryOf({}, { environment: news, messenger });
    expect(failed.securityHub).toMatchObject([
      { status: 'notificationsFailed', reason: 'the topic does not answer' },
    ]);
    expect(metricsOf(failed, 1)).toMatchObject({ UnpublishedPlaces: 1 });
    isDown = false;
    const first = await summaryOf({}, { environment: news, messenger });
    expect(told.splice(0)).toMatchObject([
      { account, region: 'eu-west-1', counts: { new: first.counts.fail, fixed: 0 } },
    ]);
    await summaryOf({}, { environment: news, messenger });
    await summaryOf({}, { messenger });
    expect(told).toEqual([]);
  });

  it('asks in its own partition for all Regions', async () => {
    const replayed = new ReplayedAccount({
      'sts.GetCallerIdentity': { Account: account, Arn: `arn:aws-cn:sts::${account}:assumed-role/Auditor/x` },
      'ec2.DescribeRegions': {
        Regions: [{ RegionName: 'cn-north-1', OptInStatus: 'opt-in-not-required' }],
      },
    });
    const { customise } = replayed;
    const own = { HEADGATE_REGIONS: 'all', AWS_REGION: 'cn-north-1' };
    await summaryOf({}, { environment: own, collect: { customise } });
    expect(replayed.attempts[0]).toMatchObject({ service: 'sts', region: 'cn-north-1' });
    expect(new Set(replayed.attempts.map(({ region }) => region))).toEqual(new Set(['cn-north-1']));
  });

  it('stores one row for each evaluation, under the Region that it belongs to', async () => {
    const { counts, objects } = await summaryOf();
    const all = objects.evaluations.flatMap(rows);
    const { pass, fail, unknown, notApplicable, waived } = counts;
    const { evaluations } = JSON.parse(store.text(objects.json)) as ScanResult;
    // What another failure tells has a row, and is counted there.
    const following = evaluations.filter(({ followsFrom }) => followsFrom !== undefined);
    expect(all).toHaveLength(pass + fail + unknown + notApplicable + waived + following.length);
    expect(all[0]).toMatchObject({ audited_at: noon, rule_id: expect.any(String), waived: false });
  });

  it('writes the same objects again when the scheduler retries', async () => {
    await summaryOf();
    const before = store.keys.map((key) => [key, store.text(key)]);
    await summaryOf();
    expect(store.keys.map((key) => [key, store.text(key)])).toEqual(before);
  });

  it('closes nothing when a call was denied, and says so', async () => {
    await summaryOf();
    const open = hub.findings.size;
    const summary = await summaryOf(
      { time: '2026-11-24T12:00:00.000Z' },
      { faults: [{ call: 'lambda.ListFunctions', fault: 'deny' }] },
    );
    expect(summary.completeness).toBe('calls');
    expect(summary.missing.join()).toContain('lambda:');
    const lambda = [...hub.findings.values()].filter(({ GeneratorId }) => GeneratorId.includes('lambda'));
    expect(lambda.length).toBeGreaterThan(0);
    expect(lambda.every(({ RecordState }) => RecordState === 'ACTIVE')).toBe(true);
    expect(hub.findings.size).toBeGreaterThanOrEqual(open);
  });

  it('archives what is gone, where every call was answered', async () => {
    await summaryOf();
    const functionsOf = (): Finding[] =>
      [...hub.findings.values()].filter(({ GeneratorId }) => GeneratorId.startsWith('headgate/all.lambda.'));
    expect(functionsOf().length).toBeGreaterThan(2);
    const replies: Replies = { ...ordersAccount, 'lambda.ListFunctions': { Functions: [] } };
    const summary = await summaryOf({ time: '2026-11-24T12:00:00.000Z' }, { replies });
    expect(summary.completeness).toBe('complete');
    expect(functionsOf().filter(({ RecordState }) => RecordState === 'ACTIVE')).toEqual([]);
  });

  it('stops collecting before the function is stopped, and calls the rest unknown', async () => {
    const slow = { now: () => performance.now(), sleep: async () => new Promise<void>(() => undefined) };
    const summary = await summaryOf(
      {},
      { remainingMs: reserveMs, collect: { clock: slow, deadlineMs: 200 } },
    );
    expect(summary.completeness).toBe('deadline');
    expect(metricsOf(summary, 1)).toMatchObject({ Audits: 1, IncompleteAudits: 1 });
    expect(summary.counts.unknown).toBeGreaterThan(0);
  });

  it('is finished although Security Hub is off, and says so', async () => {
    hub.importFindings = async () =>
      Promise.reject(Object.assign(new Error('no'), { name: 'InvalidAccessException' }));
    const summary = await summaryOf();
    expect(summary.securityHub).toMatchObject([
      { status: 'off', reason: expect.stringContaining('not enabled') },
    ]);
    expect(metricsOf(summary, 1)).toMatchObject({ UnpublishedPlaces: 1 });
  });

  it('tells nothing more when its time is over, remembers none of it, and leaves it to the next run', async () => {
    const { securityHub } = await summaryOf({}, { remainingMs: 9_000 });
    expect(securityHub).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('the next run sends the rest') },
    ]);
    expect([hub.findings.size, state.text]).toEqual([0, '{}']);
    expect((await summaryOf()).securityHub).toMatchObject([{ status: 'published', refused: 0 }]);
    expect(hub.findings.size).toBeGreaterThan(0);
  });

  it('fails where no call was answered: such an audit says nothing', async () => {
    await expect(
      audit({ services: ['lambda'] }, { faults: [{ call: 'lambda', fault: 'deny' }] }),
    ).rejects.toThrow(/No call got a response/);
    expect(store.keys.some((key) => key.endsWith('.json'))).toBe(true);
  });

  it('refuses answers of another account than the one meant', async () => {
    await expect(audit({ account: '999999999999', region: 'eu-west-1' })).rejects.toThrow(
      /answered by `111122223333`/,
    );
  });

  it('leaves global resources to the run of the home Region', async () => {
    const home = await summaryOf({ region: 'eu-west-1', homeRegion: 'eu-west-1' });
    expect(home.objects.evaluations.join()).toContain('region=global');
    store = new MemoryReportStore();
    const other = await summaryOf({ region: 'eu-west-1', homeRegion: 'us-east-1' });
    expect(other.objects.evaluations.join()).not.toContain('region=global');
  });
});

describe('a run that was split by service', () => {
  it('decides what one run would have decided', async () => {
    const whole = await summaryOf();
    const wholeRows = whole.objects.evaluations.flatMap(rows);
    hub = new MemoryHub(account);
    state = new MemoryStore();
    const parts: string[] = [];
    for (const { part, services, share } of splitCollection(collectors)) {
      const summary = await audit({ part, services, share });
      if (summary.kind === 'part') parts.push(summary.key);
    }
    expect(parts.length).toBeGreaterThan(3);
    const merged = await summaryOf({ parts });
    expect(merged.counts).toEqual(whole.counts);
    expect(merged.objects.evaluations.flatMap(rows)).toEqual(wholeRows);
    expect(merged.completeness).toBe(whole.completeness);
  });

  it('decides the same on shares of every service, each resource asked about once', async () => {
    const whole = await summaryOf();
    const wholeRows = whole.objects.evaluations.flatMap(rows);
    hub = new MemoryHub(account);
    state = new MemoryStore();
    const parts: string[] = [];
    for (const { part, services, share } of splitCollection(collectors, [], 1)) {
      expect(share.of).toBe(2);
      const summary = await audit({ part, services, share });
      if (summary.kind === 'part') parts.push(summary.key);
    }
    const merged = await summaryOf({ parts, round: 1 });
    expect(merged.counts).toEqual(whole.counts);
    expect(merged.objects.evaluations.flatMap(rows)).toEqual(wholeRows);
    expect(merged.resources).toBe(whole.resources);
  });

  it('hands no secret over', async () => {
    const key = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');
    const replies: Replies = {
      'lambda.ListFunctions': {
        Functions: [
          {
            FunctionName: 'leaky',
            FunctionArn: `arn:aws:lambda:eu-west-1:${account}:function:leaky`,
            Environment: { Variables: { API_KEY: key } },
          },
        ],
      },
    };
    const summary = await audit({ part: 'lambda', services: ['lambda'] }, { replies });
    if (summary.kind !== 'part') throw new Error('no part');
    expect(store.text(summary.key)).toContain('leaky');
    expect(store.text(summary.key)).not.toContain(key);
  });

  it('says which part is gone', async () => {
    await expect(audit({ parts: ['parts/x.ndjson.gz'] })).rejects.toThrow(/`parts\/x.ndjson.gz`/);
  });
});

describe('an account that one function does not get through', () => {
  const functions = 100;
  // Six calls for each function: two minutes at a third of Lambda's rate.
  const rules = /^all\.lambda\.reserved-concurrency$/;
  const replies: Replies = {
    'lambda.ListFunctions': ({ Marker = '0' }) => ({
      Functions: Array.from({ length: 50 }, (_, index) => `f${Number(Marker) + index}`).map(
        (FunctionName) => ({
          FunctionName,
          FunctionArn: `arn:aws:lambda:eu-west-1:${account}:function:${FunctionName}`,
          Runtime: 'nodejs22.x',
          PackageType: 'Zip',
        }),
      ),
      ...(Number(Marker) + 50 < functions ? { NextMarker: String(Number(Marker) + 50) } : {}),
    }),
  };
  const environment = { HEADGATE_STATE_MACHINE: 'arn:aws:states:eu-west-1:111122223333:stateMachine:parts' };
  /** Ends the collection after so many seconds of the simulated clock. */
  const within = (seconds: number): Partial<CollectAccountOptions> => {
    const clock = fastClock();
    const stop = new AbortController();
    return {
      signal: stop.signal,
      clock: {
        now: clock.now,
        sleep: async (milliseconds, signal) => {
          if (clock.now() + milliseconds > seconds * 1000) stop.abort();
          await clock.sleep(milliseconds, signal);
        },
      },
    };
  };
  /** As the state machine runs it; each function has so many seconds. */
  async function auditInParts(seconds: number): Promise<{ summary: AuditSummary; rounds: number[] }> {
    const more = { replies, environment, rules };
    let summary = await summaryOf({}, { ...more, collect: within(seconds) });
    expect(summary.completeness).toBe('deadline');
    const rounds: number[] = [];
    while (summary.split.length > 0) {
      rounds.push(summary.split.length);
      const keys: string[] = [];
      for (const part of summary.split) {
        const read = await audit(part, { ...more, collect: within(seconds) });
        if (read.kind === 'part') keys.push(read.key);
      }
      summary = await summaryOf({ parts: keys, round: summary.nextRound }, more);
    }
    return { summary, rounds };
  }

  it('is read in parts to its end, within a function’s time each', async () => {
    // What the first function had counted was too little, so that the shares are halved once.
    const { summary, rounds } = await auditInParts(75);
    const [first = 0] = rounds;
    expect(rounds).toEqual([first, first * 2]);
    expect(summary.completeness).toBe('complete');
    const decided = summary.objects.evaluations.flatMap(rows);
    expect(decided).toHaveLength(functions);
    expect(new Set(decided.map(({ verdict }) => verdict))).toEqual(new Set(['fail']));
  });

  it('says so at last where even its smallest parts are too large, and goes on no more', async () => {
    const { summary, rounds } = await auditInParts(5);
    expect(rounds).toHaveLength(3);
    expect(summary.completeness).toBe('deadline');
    expect(metricsOf(summary, 1)).toMatchObject({ IncompleteAudits: 1, SplitAudits: 0 });
  });

  it('is incomplete at once where nobody would go on', async () => {
    const summary = await summaryOf({}, { replies, rules, collect: within(5) });
    expect(summary.split).toEqual([]);
    expect(metricsOf(summary, 1)).toMatchObject({ IncompleteAudits: 1 });
  });
});
