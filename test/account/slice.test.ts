import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountReading, CollectAccountOptions, SliceFound } from '../../src/account/collect-account.ts';
import type { Needs } from '../../src/account/plan.ts';
import { needsOf } from '../../src/app/needs.ts';
import { decideReading } from '../../src/app/scan.ts';
import { sliceOf } from '../../src/app/slice.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import type { ScanResult } from '../../src/model/scan-result.ts';
import type { SliceRequest } from '../../src/model/slice.ts';
import { observedPlaces } from '../../src/publish/publish-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { cases } from './parity/cases/index.ts';
import { layOver } from './parity/parity-case.ts';
import type { Fault, Replies } from './replay.ts';

const [orders] = cases;
if (orders === undefined) throw new Error('there are no cases');
const bad = layOver(orders.sound, orders.bad).replies;
const accounts: Readonly<Record<string, Replies>> = { sound: orders.sound.replies, bad };

let ruleSet: RuleSet;
let needs: Needs;
beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
  needs = needsOf(ruleSet.rules);
}, 60_000);

interface Audited {
  readonly reading: AccountReading;
  readonly result: ScanResult;
  readonly calls: number;
}

async function audit(
  replies: Replies,
  options: Partial<CollectAccountOptions> & { readonly faults?: readonly Fault[] } = {},
  part?: Partial<SliceRequest>,
): Promise<Audited> {
  const request = { resources: [], tags: [], flows: [], ...part };
  const choose = ({ reading, tagged }: Pick<SliceFound, 'reading' | 'tagged'>): ReadonlySet<string> =>
    sliceOf({ reading, where: 'here', ...(tagged === undefined ? {} : { tagged }) }, request);
  const slice = part === undefined ? {} : { slice: { tags: request.tags, choose } };
  const { reading, account } = await collect(replies, { needs, ...options, ...slice });
  const { tagged } = reading;
  const found = { reading, ...(tagged === undefined ? {} : { tagged }) };
  const limits = part === undefined ? {} : { slice: { options: ['--resource x'], ids: choose(found) } };
  const now = new Date('2026-11-23T00:00:00Z');
  const result = decideReading(reading, { ruleSet, version: '0', now, detail: 'all', ...limits });
  return { reading, result, calls: account.attempts.length };
}

const verdictsOf = ({ result }: Audited): ReadonlyMap<string, string> =>
  new Map(result.evaluations.map((each) => [`${each.ruleId} ${each.resource.id}`, each.verdict]));

/** Verdicts of a slice that the whole audit does not give, unknown ones aside. */
function flips(whole: Audited, slice: Audited): readonly string[] {
  const verdicts = verdictsOf(whole);
  return [...verdictsOf(slice)].flatMap(([key, verdict]) =>
    verdict === 'unknown' ||
    verdicts.get(key) === verdict ||
    // What stands for a call that was not answered exists in one of them alone.
    (verdict === 'notApplicable' && !verdicts.has(key))
      ? []
      : [`${key}: ${verdicts.get(key) ?? 'none'} to ${verdict}`],
  );
}

describe('an audit of a slice', () => {
  it.each(['sound', 'bad'])(
    'decides of each flow of the %s account what the audit of all decides, with fewer calls',
    async (name) => {
      const replies = accounts[name] ?? {};
      const whole = await audit(replies);
      expect(whole.result.flows.length).toBeGreaterThan(3);
      for (const { id, diagram, entry } of whole.result.flows) {
        const slice = await audit(replies, {}, { flows: [{ diagram, entry: entry.id }] });
        expect(flips(whole, slice)).toEqual([]);
        expect(slice.result.flows.map((flow) => flow.id)).toContain(id);
        expect(slice.calls).toBeLessThan(whole.calls);
        expect(slice.result.evaluations.length).toBeGreaterThan(50);
        expect(slice.result.evaluations.length).toBeLessThan(whole.result.evaluations.length);
        const lost = slice.result.evaluations.filter(
          ({ ruleId, resource, verdict, cause }) =>
            verdict === 'unknown' &&
            cause !== 'slice' &&
            verdictsOf(whole).get(`${ruleId} ${resource.id}`) !== 'unknown',
        );
        expect(lost).toEqual([]);
      }
    },
    120_000,
  );

  it.each([1, 2, 3])(
    'invents nothing where calls are denied at random: %i',
    async (seed) => {
      const whole = await audit(bad);
      let state = seed;
      const faults: Fault[] = [
        {
          call: '',
          fault: 'deny',
          when: () => {
            state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
            return state % 10 < 3;
          },
        },
      ];
      const spared = (fault: Fault): Fault[] =>
        ['lambda', 'apigateway', 'sqs', 'eventbridge', 'iam', 'logs', 'cloudwatch', 'kms', 'sns', 's3'].map(
          (service) => ({ ...fault, call: `${service}.` }),
        );
      const parts = whole.result.flows.map(({ diagram, entry }) => ({ diagram, entry: entry.id }));
      const slices = await Promise.all(
        parts.map(async (flow) =>
          audit(bad, { faults: faults.flatMap(spared) }, { flows: [flow] }).catch((error: unknown) => {
            // Where the entry itself could not be read, the audit says so.
            expect(String(error)).toContain('starts at');
            return undefined;
          }),
        ),
      );
      for (const slice of slices) if (slice !== undefined) expect(flips(whole, slice)).toEqual([]);
    },
    120_000,
  );

  it('is the same where it is taken from a snapshot of all', async () => {
    const whole = await audit(bad);
    const resources = ['arn:aws:lambda:eu-west-1:111122223333:function:orders:live'];
    const slice = await audit(bad, {}, { resources });
    const ids = sliceOf({ reading: whole.reading, where: 'here' }, { resources, tags: [], flows: [] });
    expect(flips(whole, slice)).toEqual([]);
    expect([...ids]).toEqual(
      expect.arrayContaining(slice.result.evaluations.map(({ resource }) => resource.id)),
    );
    expect(ids.has('arn:aws:lambda:eu-west-1:111122223333:function:orders')).toBe(true);
  });

  it('says that it is one, and closes no finding', async () => {
    const resources = ['arn:aws:lambda:eu-west-1:111122223333:function:orders'];
    const { result } = await audit(bad, {}, { resources });
    expect(result.ruleSet.selection).toMatchObject({ slice: ['--resource x'] });
    expect(result.ruleSet.deviations.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^--resource x: a slice of \d+ resources is checked, and nothing outside of it$/),
    );
    const [place] = observedPlaces(result, []);
    const finding = { ruleId: 'all.lambda.tracing', resourceType: 'AWS::Lambda::Function' };
    expect(
      place?.isGone({
        ...finding,
        account: '111122223333',
        region: 'eu-west-1',
        finding: { GeneratorId: 'headgate/all.lambda.tracing' },
      } as Parameters<typeof place.isGone>[0]),
    ).toBe(false);
  });

  it('names what is not there, and what a name may mean', async () => {
    const ask = async (part: Partial<SliceRequest>): Promise<string> =>
      audit(bad, {}, part).then(
        () => '',
        (error: unknown) => (error as Error).message,
      );
    expect(await ask({ resources: ['arn:aws:lambda:eu-west-1:111122223333:function:gone'] })).toMatch(
      /^`arn:aws:lambda:eu-west-1:111122223333:function:gone` was not found in here; check the ARN/,
    );
    expect(await ask({ flows: [{ diagram: 'batch', entry: 'gone' }] })).toMatch(
      /^No batch flow in here starts at `gone`; there are: orders/,
    );
    expect(await ask({ resources: ['orders'] })).toMatch(
      /^`orders` is the name of \d+ resources in here; use one of: /,
    );
  });

  it('asks AWS once for what has a tag', async () => {
    const queue = 'arn:aws:sqs:eu-west-1:111122223333:orders';
    const replies: Replies = {
      ...bad,
      'tagging.GetResources': { ResourceTagMappingList: [{ ResourceARN: queue }], PaginationToken: '' },
    };
    const tags = [{ key: 'team', value: 'orders' }];
    const { result } = await audit(replies, {}, { tags });
    expect(result.flows.map(({ id }) => id)).toContain(`batch:${queue}`);
    const none = { ...bad, 'tagging.GetResources': { ResourceTagMappingList: [] } };
    await expect(audit(none, {}, { tags })).rejects.toThrow('has the tag team=orders');
    const denied = audit(replies, { faults: [{ call: 'tagging.', fault: 'deny' }] }, { tags });
    await expect(denied).rejects.toThrow('Cannot list the resources with the tag');
  });
});
