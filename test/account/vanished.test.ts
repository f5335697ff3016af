import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RuleSet } from '../../src/model/rule.ts';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { needsOf } from '../../src/app/needs.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { decideReading } from '../../src/app/scan.ts';
import { collect } from './collect.ts';
import { ordersReplies } from './parity/orders-replies.ts';
import type { Fault } from './replay.ts';

/** Calls that come before the audit: without them there is none, or it is of the named Regions. */
const identity = ['sts.GetCallerIdentity', 'ec2.DescribeRegions'];

/** What a call that is not answered hides may not look as if it were gone: its findings would be closed. */
describe('what vanishes from a result because a call failed', () => {
  let ruleSet: RuleSet;
  let whole: ScanResult;
  let calls: readonly string[];

  const audit = async (faults: readonly Fault[]): Promise<ScanResult> => {
    const { reading } = await collect(ordersReplies(false), { needs: needsOf(ruleSet.rules), faults });
    calls ??= [...new Set(reading.calls.map(({ service, operation }) => `${service}.${operation}`))].filter(
      (call) => !identity.includes(call), // without it there is no audit
    );
    const now = new Date('2026-11-23T00:00:00Z');
    return decideReading(reading, { ruleSet, version: '0', now, detail: 'findings' });
  };
  beforeAll(async () => {
    ruleSet = applySettings(await shippedRules(), {});
    whole = await audit([]);
  }, 60_000);

  it('is none where every call was answered', () => {
    expect(whole.places).toMatchObject([{ complete: true, partial: [] }]);
    expect(calls.length).toBeGreaterThan(60);
  });

  it('is of a type that the result calls partial, or does not apply in a place that it calls incomplete', async () => {
    const unsaid: string[] = [];
    for (const call of calls) {
      const { evaluations, places = [] } = await audit([{ call, fault: 'deny' }]);
      const partial = new Set(places.flatMap((place) => place.partial));
      const seen = new Map(evaluations.map((each) => [`${each.ruleId} ${each.resource.id}`, each.verdict]));
      if (places.some(({ complete }) => complete)) unsaid.push(`${call}: complete`);
      for (const { ruleId, resource, verdict } of whole.evaluations)
        if (
          verdict !== 'notApplicable' &&
          !seen.has(`${ruleId} ${resource.id}`) &&
          !partial.has(resource.type)
        )
          unsaid.push(`${call}: ${ruleId} ${resource.id}`);
    }
    expect(unsaid).toEqual([]);
  }, 1_800_000);
});
