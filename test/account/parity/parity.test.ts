import { beforeAll, describe, expect, it } from '@jest/globals';
import { collectors } from '../../../src/account/collectors/index.ts';
import { typesOf } from '../../../src/account/plan.ts';
import { customResourceType } from '../../../src/graph/resource-index.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { cases } from './cases/index.ts';
import {
  changedTypes,
  decideBoth,
  verdictsOf,
  withOwnRules,
  type BothSides,
  type Decided,
} from './decide.ts';
import { layOver, scopeType, type OwnerProof, type Pair, type ParityCase, type Side } from './parity-case.ts';
import { uncompared } from './uncompared.ts';

let shipped: RuleSet;
beforeAll(async () => {
  shipped = applySettings(await shippedRules(), {});
}, 60_000);

type Variant = 'sound' | 'bad';
const variants: readonly Variant[] = ['sound', 'bad'];

const decided = new Map<string, Promise<BothSides>>();

/** Both sides of a case, decided once. */
function decide(each: ParityCase, variant: Variant): Promise<BothSides> {
  const key = `${each.name} ${variant}`;
  const known = decided.get(key) ?? decideBoth(sideOf(each, variant), withOwnRules(shipped, each));
  decided.set(key, known);
  return known;
}

function sideOf({ sound, bad }: ParityCase, variant: Variant): Side {
  return variant === 'sound' ? sound : layOver(sound, bad);
}

/** The pairs that a side of a case has, under the names that they have there. */
function pairsOf(each: ParityCase, variant: Variant): readonly Pair[] {
  const { resources } = sideOf(each, variant);
  return each.pairs
    .filter(({ type, logicalId }) => type === scopeType || resources[logicalId] !== undefined)
    .map((pair) => ({ ...pair, liveName: (variant === 'bad' ? pair.badName : undefined) ?? pair.liveName }));
}

function pairVerdicts({ declared, live }: BothSides, { type, declaredAs = type, logicalId, liveName }: Pair) {
  return {
    declared: verdictsOf(declared, declaredAs, logicalId),
    live: verdictsOf(live, type, liveName),
  };
}

/** What rules judged, as `type name`: without the account as a whole and the template as a file. */
function judged({ evaluations }: Decided): readonly string[] {
  const names = evaluations
    .filter(({ resource }) => !resource.type.startsWith('Headgate::'))
    .map(({ resource }) => `${resource.type} ${resource.name}`);
  return [...new Set(names)].sort();
}

describe.each(cases)('$name', (each) => {
  it.each(variants)('gets the same verdicts as a template and as an account: %s', async (variant) => {
    const sides = await decide(each, variant);
    for (const pair of pairsOf(each, variant)) {
      const { declared, live } = pairVerdicts(sides, pair);
      const expected: Record<string, string> = { ...declared };
      for (const { logicalId, rule, live: to } of variant === 'bad' ? (each.exceptions ?? []) : []) {
        if (logicalId === pair.logicalId) expected[rule] = to;
      }
      expect({ [pair.logicalId]: live }).toEqual({ [pair.logicalId]: expected });
    }
  });

  it.each(variants)('is judged nowhere on one side alone: %s', async (variant) => {
    const { live, declared } = await decide(each, variant);
    const pairs = pairsOf(each, variant).filter(({ type }) => type !== scopeType);
    const alone = (wanted: string): readonly string[] =>
      (each.oneSided ?? []).filter(({ side }) => side === wanted).map(({ type, name }) => `${type} ${name}`);
    const inAccount = pairs.map(({ type, liveName }) => `${type} ${liveName}`);
    const inTemplate = pairs.map(({ type, declaredAs = type, logicalId }) => `${declaredAs} ${logicalId}`);
    expect(judged(live)).toEqual([...inAccount, ...alone('live')].sort());
    expect(judged(declared)).toEqual([...inTemplate, ...alone('declared')].sort());
  });
});

const exceptions = cases.flatMap((each) =>
  (each.exceptions ?? []).map((exception) => ({ ...exception, each })),
);

describe('an exception', () => {
  it.each(exceptions)('is needed: $rule, since $reason', async (exception) => {
    const { each, logicalId, rule, declared, live } = exception;
    const pair = pairsOf(each, 'bad').find((one) => one.logicalId === logicalId);
    const verdicts = pair && pairVerdicts(await decide(each, 'bad'), pair);
    expect([verdicts?.declared[rule], verdicts?.live[rule]]).toEqual([declared, live]);
    expect(declared).not.toBe(live);
  });
});

const parts = cases.flatMap((each) =>
  (each.oneSided ?? []).flatMap((part) => (part.side === 'declared' ? [{ ...part, each }] : [])),
);

describe('a part that accounts show inside of something else', () => {
  it.each(parts)('decides nothing by itself: $type, since $reason', async ({ each, type, name, decides }) => {
    for (const variant of variants) {
      const { declared, live } = await decide(each, variant);
      const { [decides?.rule ?? '']: own, ...rest } = verdictsOf(declared, type, name);
      expect(new Set(Object.values(rest))).toEqual(
        new Set(Object.keys(rest).length === 0 ? [] : ['notApplicable']),
      );
      if (decides === undefined) continue;
      const { other } = decides;
      expect(own).toBe(verdictsOf(live, other.type, other.name)[other.rule]);
      expect(own).toBe(variant === 'sound' ? 'pass' : 'fail');
    }
  });
});

const proofs = cases.flatMap((each) => (each.proofs ?? []).map((proof) => ({ ...proof, each })));

/** The pair whose verdicts a proof watches. */
function ownerOf({ owner, each }: OwnerProof & { readonly each: ParityCase }): Pair {
  const pair = each.pairs.find(({ logicalId }) => logicalId === owner);
  if (pair === undefined) throw new Error(`${each.name} has no pair ${owner}`);
  return pair;
}

describe('what is judged only with its owner', () => {
  it.each(proofs)('$type changes the verdicts on $owner, on both sides alike', async (proof) => {
    const { each, change, over = 'sound', type, declaredAs = type, rules } = proof;
    const owner = ownerOf(proof);
    const before = await decide(each, over);
    const after = await decideBoth(layOver(sideOf(each, over), change), withOwnRules(shipped, each));
    const [first, then] = [pairVerdicts(before, owner), pairVerdicts(after, owner)];
    const changed = Object.keys(first.live).filter((rule) => first.live[rule] !== then.live[rule]);
    expect(then.live).toEqual({ ...then.declared, ...proof.apart?.live });
    expect(changed.sort()).toEqual([...rules].sort());
    expect(rules).not.toEqual([]);
    const { with: along = [], shownBy = [] } = proof;
    expect([...changedTypes(before.declared, after.declared)].sort()).toEqual([declaredAs, ...along].sort());
    expect([...changedTypes(before.live, after.live)].sort()).toEqual([type, ...shownBy].sort());
  });
});

const idle = cases.flatMap((each) => (each.idle ?? []).map((one) => ({ ...one, each })));

describe('what no verdict on an account rests on', () => {
  it.each(idle)('$type: $reason', async ({ type, without, each }) => {
    const { live } = await decide(each, 'sound');
    const side = { ...each.sound, replies: { ...each.sound.replies, ...without } };
    const then = await decideBoth(side, withOwnRules(shipped, each));
    expect(live.resources.map((resource) => resource.type)).toContain(type);
    expect(then.live.resources.map((resource) => resource.type)).not.toContain(type);
    for (const { liveName, ...pair } of pairsOf(each, 'sound')) {
      expect(verdictsOf(then.live, pair.type, liveName)).toEqual(verdictsOf(live, pair.type, liveName));
    }
  });
});

describe('all cases together', () => {
  it('compare a pass and a fail of every rule, but where none can be', async () => {
    const compared = new Set<string>();
    for (const each of cases) {
      for (const variant of variants) {
        const sides = await decide(each, variant);
        for (const { declared, live } of pairsOf(each, variant).map((pair) => pairVerdicts(sides, pair))) {
          for (const [rule, verdict] of Object.entries(live))
            if (declared[rule] === verdict) compared.add(`${rule} ${verdict}`);
        }
      }
    }
    const wanted = shipped.rules.flatMap(({ id }) => [`${id} pass`, `${id} fail`]);
    const named = uncompared.flatMap(({ rules, verdicts }) =>
      rules.flatMap((rule) => verdicts.map((verdict) => `${rule} ${verdict}`)),
    );
    expect(wanted.filter((verdict) => !compared.has(verdict)).sort()).toEqual(named.sort());
  });

  it('meet no type that no collector says to find', async () => {
    const finds = new Set(
      collectors.flatMap(({ operations, derive }) => [...operations.flatMap(typesOf), derive?.type]),
    );
    for (const each of cases) {
      for (const variant of variants) {
        const { live } = await decide(each, variant);
        // What is called `Custom::` is found as the one type that all custom resources are of.
        const types = live.resources.map(({ type }) => type.replace(/^Custom::.*/, customResourceType));
        expect(types.filter((type) => !type.startsWith('Headgate::') && !finds.has(type))).toEqual([]);
      }
    }
  });
});
