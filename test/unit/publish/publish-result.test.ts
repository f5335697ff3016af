import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ScanResult, Verdict } from '../../../src/model/scan-result.ts';
import { planResult, publishResult, type PlacePublication } from '../../../src/publish/publish-result.ts';
import { toAsffFindings } from '../../../src/report/asff.ts';
import { evaluation, fingerprintOf, resultOf } from '../report/scan-result-fixture.ts';
import { MemoryHub, MemoryStore } from './memory-hub.ts';

const account = '111122223333';
const start = Date.parse('2026-11-23T12:00:00Z');
const at = (days: number): Date => new Date(start + days * 86_400_000);
const inRegion = (name: string, region: string) => {
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return { id: arn, arn, type: 'AWS::Lambda::Function', name, account, region };
};

function audited(
  verdicts: readonly (readonly [rule: string, verdict: Verdict, name: string, region?: string])[],
  more: Partial<ScanResult> = {},
): ScanResult {
  const evaluations = verdicts.map(([rule, verdict, name, region = 'eu-west-1']) => ({
    ...evaluation(rule, verdict, inRegion(name, region)),
    fingerprint: fingerprintOf(`${rule} ${name} ${region}`),
  }));
  return {
    ...resultOf(evaluations, []),
    inputs: [{ name: account, kind: 'account', resources: evaluations.length }],
    places: ['eu-west-1', 'us-east-1'].map((region) => ({ account, region, complete: true, partial: [] })),
    ...more,
  };
}

let hubs: Map<string, MemoryHub>;
let stores: Map<string, MemoryStore>;
beforeEach(() => {
  hubs = new Map();
  stores = new Map();
});

function entryOf<Item>(items: Map<string, Item>, region: string, make: () => Item): Item {
  const found = items.get(region) ?? make();
  items.set(region, found);
  return found;
}

async function publish(
  result: ScanResult,
  day: number,
  region?: string,
  isSaved = false,
): Promise<readonly PlacePublication[]> {
  const { findings } = toAsffFindings(result, region === undefined ? {} : { account, region });
  return publishResult(result, findings, {
    hubOf: ({ region }) => entryOf(hubs, region, () => new MemoryHub(account, region)),
    storeOf: ({ region }) => entryOf(stores, region, () => new MemoryStore()),
    now: at(day),
    isSaved,
    wait: async () => Promise.resolve(),
  });
}

const states = (region = 'eu-west-1'): string[] =>
  [...(hubs.get(region)?.findings.values() ?? [])].map(
    ({ GeneratorId, RecordState, Compliance }) =>
      `${GeneratorId.slice('headgate/'.length)} ${Compliance.Status} ${RecordState}`,
  );

describe('publishResult', () => {
  it('tells each Region of its own findings', async () => {
    const publications = await publish(
      audited([
        ['all.lambda.vpc', 'fail', 'a'],
        ['all.lambda.vpc', 'fail', 'b', 'us-east-1'],
      ]),
      0,
    );
    expect(publications.map(({ region, status }) => `${region} ${status}`)).toEqual([
      'eu-west-1 published',
      'us-east-1 published',
    ]);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
    expect(states('us-east-1')).toEqual(['all.lambda.vpc FAILED ACTIVE']);
  });

  it('archives what is gone where everything was collected', async () => {
    await publish(audited([['all.lambda.vpc', 'fail', 'gone']]), 0);
    await publish(audited([['all.lambda.vpc', 'pass', 'other']]), 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
  });

  it.each([
    ['functions were not listed to the end', ['AWS::Lambda::Function'], 'ACTIVE'],
    ['nothing was', ['*'], 'ACTIVE'],
    ['only queues were not', ['AWS::SQS::Queue'], 'ARCHIVED'],
  ])('when %s, a function that is not seen is %s', async (_what, partial, recordState) => {
    await publish(audited([['all.lambda.vpc', 'fail', 'unseen']]), 0);
    const places = [
      { account, region: 'eu-west-1', complete: false, partial },
      { account, region: 'us-east-1', complete: false, partial: ['*'] },
    ];
    await publish(audited([['all.lambda.vpc', 'pass', 'other']], { places }), 1);
    expect(states()).toEqual([`all.lambda.vpc FAILED ${recordState}`]);
  });

  it.each([
    [true, 'ARCHIVED'],
    [false, 'ACTIVE'],
  ])('believes that a rule does not apply any more where all was read: %s', async (complete, recordState) => {
    await publish(audited([['all.lambda.vpc', 'fail', 'a']]), 0);
    const places = [{ account, region: 'eu-west-1', complete, partial: [] }];
    await publish(audited([['all.lambda.vpc', 'notApplicable', 'a']], { places }), 1);
    expect(states()).toEqual([`all.lambda.vpc FAILED ${recordState}`]);
  });

  it('archives where nothing at all is left', async () => {
    await publish(audited([['all.lambda.vpc', 'fail', 'gone']]), 0);
    await publish(audited([]), 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
  });

  it('does not archive a global resource while nobody says which Region tells it', async () => {
    const global = audited([['all.lambda.vpc', 'fail', 'role', 'global']]);
    await publish(global, 0, 'eu-west-1');
    await publish(global, 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
    await publish(global, 2, 'us-east-1');
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
    expect(states('us-east-1')).toEqual(['all.lambda.vpc FAILED ACTIVE']);
  });

  it('keeps findings of rules that this run did not ask, unless they were switched off or all were asked', async () => {
    const before = audited([['all.lambda.vpc', 'fail', 'a']]);
    const without = audited([['all.lambda.tracing', 'pass', 'a']]);
    const rules = without.ruleSet.rules.filter(({ id }) => id !== 'all.lambda.vpc');
    const every = { ...without.ruleSet, rules, deviations: [] };
    const part = { ...every, selection: { rules: ['all.lambda.tracing'], flows: [] } };
    await publish(before, 0);
    await publish({ ...without, ruleSet: part }, 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
    const deviations = [{ kind: 'rule-off', ruleId: 'all.lambda.vpc', detail: 'switched off' }] as const;
    await publish({ ...without, ruleSet: { ...part, deviations } }, 2);
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
    await publish(before, 3);
    await publish({ ...without, ruleSet: every }, 4);
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
  });

  it('closes nothing because of a level: a rule that is asked in part passes for that part alone', async () => {
    const before = audited([['all.lambda.vpc', 'fail', 'a']]);
    const after = audited([['all.lambda.vpc', 'pass', 'a']]);
    const selection = { rules: [], flows: [], level: 'essential', partial: ['all.lambda.vpc'] } as const;
    await publish(before, 0);
    await publish({ ...after, ruleSet: { ...after.ruleSet, selection } }, 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
    await publish(after, 2);
    expect(states()).toEqual(['all.lambda.vpc PASSED ACTIVE']);
  });

  it('never archives from templates: they are not all that the account holds', async () => {
    await publish(audited([['all.lambda.vpc', 'fail', 'a']]), 0);
    await publish(audited([['all.lambda.vpc', 'pass', 'b']], { places: [] }), 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
  });

  it.each([
    ['InvalidAccessException', 'off'],
    ['AccessDeniedException', 'denied'],
    ['NetworkingError', 'failed'],
  ])('says so when Security Hub answers %s, and goes on', async (name, status) => {
    const hub = new MemoryHub(account);
    hub.ownFindings = async () => Promise.reject(Object.assign(new Error('no'), { name }));
    hubs.set('eu-west-1', hub);
    const publications = await publish(
      audited([
        ['all.lambda.vpc', 'fail', 'a'],
        ['all.lambda.vpc', 'fail', 'b', 'us-east-1'],
      ]),
      0,
    );
    expect(publications.map((each) => each.status)).toEqual([status, 'published']);
  });

  it('refuses a saved result where something newer was told, and takes the same one again', async () => {
    const failing = audited([['all.lambda.vpc', 'fail', 'a']]);
    const passing = audited([['all.lambda.vpc', 'pass', 'a']]);
    await publish(failing, 1, undefined, true);
    expect(await publish(failing, 1, undefined, true)).toMatchObject([
      { status: 'published', counts: { unchanged: 1 } },
      { status: 'published' },
    ]);
    await publish(passing, 2, undefined, true);
    expect(await publish(failing, 1, undefined, true)).toMatchObject([
      {
        status: 'failed',
        reason: expect.stringMatching(
          /failed: The result is from 2026-11-24T12.*newer findings were sent to Security Hub at 2026-11-25T12/,
        ),
      },
      // Nothing was ever told there.
      { status: 'published' },
    ]);
    expect(states()).toEqual(['all.lambda.vpc PASSED ACTIVE']);
    // What is read now is news, whenever it was due.
    await publish(failing, 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ACTIVE']);
  });

  it.each([
    ['InvalidAccessException', 'off', 'not enabled in account 111122223333 in eu-west-1'],
    ['AccessDeniedException', 'denied', 'AccessDeniedException: the first'],
    ['DeadlineError', 'failed', 'DeadlineError: the first'],
  ])('asks once after %s, not for every batch and attempt', async (name, status, reason) => {
    let calls = 0;
    const hub = new MemoryHub(account);
    hub.importFindings = async () => {
      calls += 1;
      return Promise.reject(Object.assign(new Error('the first'), { name }));
    };
    hubs.set('eu-west-1', hub);
    const many = Array.from(
      { length: 250 },
      (_item, index) => ['all.lambda.vpc', 'fail', `f${index}`] as const,
    );
    const [publication] = await publish(audited(many), 0);
    expect(publication).toMatchObject({ status, reason: expect.stringContaining(reason) });
    expect(calls).toBe(1);
  });

  it('archives from a rebuilt state by what the finding itself says', async () => {
    await publish(audited([['all.lambda.vpc', 'fail', 'a']]), 0);
    stores.clear();
    await publish(audited([['all.lambda.vpc', 'pass', 'b']]), 1);
    expect(states()).toEqual(['all.lambda.vpc FAILED ARCHIVED']);
    const stored = JSON.parse(stores.get('eu-west-1')?.text ?? '{}') as Record<string, object>;
    expect(Object.values(stored)).toMatchObject([{ resourceType: 'AWS::Lambda::Function' }]);
  });
});

describe('planResult', () => {
  it('says what would be sent, and sends nothing', async () => {
    const result = audited([
      ['all.lambda.vpc', 'fail', 'a'],
      ['all.lambda.tracing', 'pass', 'a'],
    ]);
    const store = new MemoryStore();
    const plans = await planResult(result, toAsffFindings(result).findings, {
      storeOf: () => store,
      now: at(0),
    });
    expect(plans).toMatchObject([
      { account, region: 'eu-west-1', known: false, plan: { counts: { failed: 1 } } },
      { account, region: 'us-east-1', plan: { send: [] } },
    ]);
    expect(store.text).toBeUndefined();
  });

  it('says that a saved result would be refused', async () => {
    const result = audited([['all.lambda.vpc', 'fail', 'a']]);
    await publish(result, 2);
    const plans = await planResult(result, toAsffFindings(result).findings, {
      storeOf: ({ region }) => entryOf(stores, region, () => new MemoryStore()),
      now: at(1),
      isSaved: true,
    });
    expect(plans.map(({ toldAt }) => toldAt)).toEqual([at(2).toISOString(), undefined]);
  });
});
