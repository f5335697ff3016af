import { beforeEach, describe, expect, it } from '@jest/globals';
import { collectors } from '../../../src/account/collectors/index.ts';
import type { AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { splitCollection } from '../../../src/lambda/collection-parts.ts';
import { itemsKey, planFleet, type FleetItem } from '../../../src/lambda/fleet-plan.ts';
import { failureKey, fleetMetrics, reportFleet, runKey } from '../../../src/lambda/fleet-report.ts';
import { MemoryReportStore } from './memory-report-store.ts';

const time = new Date('2026-11-23T03:00:00Z');
const folder = 'fleet/2026-11-23T03:00:00.000Z';
const accounts = ['111111111111', '222222222222'].map((account) => ({ account, name: `<b>${account}</b>` }));
const options = { accounts, except: [], regions: ['eu-west-1', 'us-east-1'], time, prefix: 'headgate/' };

let store: MemoryReportStore;
beforeEach(() => {
  store = new MemoryReportStore();
});

const items = (): FleetItem[] => JSON.parse(store.text(itemsKey(folder))) as FleetItem[];
const leave = async (key: string, value: unknown): Promise<void> =>
  store.put(key, JSON.stringify(value), 'application/json');

function summary(account: string, region: string, more: Partial<AuditSummary> = {}): AuditSummary {
  return {
    kind: 'audit',
    account,
    regions: [region],
    time: time.toISOString(),
    completeness: 'complete',
    missing: [],
    resources: 10,
    counts: {
      pass: 5,
      fail: 3,
      unknown: 1,
      notApplicable: 2,
      waived: 1,
      bySeverity: { critical: 1, high: 2, medium: 0, low: 0, info: 0 },
    },
    objects: { json: 'reports/a.json', html: 'reports/a.html', evaluations: [] },
    partitions: [],
    securityHub: [{ region, status: 'published', accepted: 3, refused: 0 }],
    requests: 60,
    split: [],
    nextRound: 1,
    ...more,
  };
}

describe('planFleet', () => {
  it('names every account in every Region, and says where that stands', async () => {
    const plan = await planFleet(options, store);
    expect(plan).toEqual({
      time: time.toISOString(),
      folder,
      itemsKey: `headgate/${folder}/items.json`,
      items: 4,
    });
    expect(items().map(({ account, region }) => `${account} ${region}`)).toEqual([
      '111111111111 eu-west-1',
      '111111111111 us-east-1',
      '222222222222 eu-west-1',
      '222222222222 us-east-1',
    ]);
    expect(new Set(items().map(({ homeRegion }) => homeRegion))).toEqual(new Set(['eu-west-1']));
  });

  it('leaves accounts out', async () => {
    await planFleet({ ...options, except: ['222222222222'] }, store);
    expect(items()).toHaveLength(2);
  });

  it('refuses to audit nobody', async () => {
    await expect(planFleet({ ...options, regions: [] }, store)).rejects.toThrow(/no account and Region/);
  });

  it('names the services apart for an account whose function dies', async () => {
    await planFleet(options, store);
    expect(items()[0]?.groups).toEqual(splitCollection(collectors));
  });
});

describe('reportFleet', () => {
  it('forgets what failed before the run was started again', async () => {
    const place = { account: '111111111111', region: 'eu-west-1' };
    await planFleet(options, store);
    await leave(failureKey(folder, place), { Error: 'Lambda.Unknown', Cause: 'killed' });
    expect((await reportFleet(folder, store)).report.totals.failedPlaces).toBe(4);
    await planFleet(options, store);
    await leave(runKey(folder, place), summary(place.account, place.region));
    const { report } = await reportFleet(folder, store);
    expect(report.totals).toMatchObject({ failedPlaces: 3, incompletePlaces: 0 });
    expect(report.runs[0]).not.toHaveProperty('failure');
  });

  it('adds up what was audited, and names what was not, with why', async () => {
    await planFleet(options, store);
    await leave(
      runKey(folder, { account: '111111111111', region: 'eu-west-1' }),
      summary('111111111111', 'eu-west-1'),
    );
    await leave(
      runKey(folder, { account: '111111111111', region: 'us-east-1' }),
      summary('111111111111', 'us-east-1', {
        completeness: 'calls',
        missing: ['lambda us-east-1: `lambda:GetPolicy` was denied'],
        securityHub: [{ region: 'us-east-1', status: 'off', reason: 'Security Hub is not enabled' }],
      }),
    );
    const Cause = JSON.stringify({ errorMessage: '`sts:AssumeRole` was denied', errorType: 'HeadgateError' });
    await leave(failureKey(folder, { account: '222222222222', region: 'eu-west-1' }), {
      Error: 'HeadgateError',
      Cause,
    });
    const { report, html } = await reportFleet(folder, store);
    expect(report.totals).toMatchObject({
      places: 4,
      failedPlaces: 2,
      incompletePlaces: 1,
      unpublishedPlaces: 1,
      fail: 6,
      bySeverity: { critical: 2, high: 4 },
    });
    expect(report.runs.map(({ failure }) => failure)).toEqual([
      undefined,
      undefined,
      'HeadgateError: `sts:AssumeRole` was denied',
      'the function stopped without a result; see its log group',
    ]);
    expect(fleetMetrics(report)).toMatchObject({ FleetRuns: 1, Places: 4, FailedPlaces: 2 });
    const page = store.text(html);
    expect(page).toContain('Of 4 audits, 2 failed');
    expect(page).toContain('&lt;b&gt;111111111111&lt;/b&gt;');
    expect(page).not.toContain('<b>1111');
    expect(page).toContain('href="../../reports/a.html"');
  });

  it('counts a run that failed after it had left a summary', async () => {
    await planFleet({ ...options, accounts: accounts.slice(0, 1), regions: ['eu-west-1'] }, store);
    const place = { account: '111111111111', region: 'eu-west-1' };
    await leave(runKey(folder, place), summary('111111111111', 'eu-west-1', { completeness: 'deadline' }));
    await leave(failureKey(folder, place), JSON.stringify({ Error: 'States.Timeout', Cause: 'late' }));
    const { report } = await reportFleet(folder, store);
    expect(report.totals).toMatchObject({ failedPlaces: 1, incompletePlaces: 1, fail: 3 });
    expect(report.runs[0]?.failure).toBe('States.Timeout: late');
  });

  it('says that the plan is gone', async () => {
    await expect(reportFleet(folder, store)).rejects.toThrow(/was deleted/);
  });
});
