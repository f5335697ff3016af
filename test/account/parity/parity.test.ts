import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RuleSet } from '../../../src/model/rule.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { cases } from './cases/index.ts';
import { decideBoth, verdictsOf, type BothSides, type Decided } from './decide.ts';
import { layOver, type OwnerProof, type Pair, type ParityCase, type Side } from './parity-case.ts';

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 60_000);

const decided = new Map<Side, Promise<BothSides>>();

/** Both sides of what is declared in a case, decided once. */
function decide(side: Side): Promise<BothSides> {
  const known = decided.get(side) ?? decideBoth(side, ruleSet);
  decided.set(side, known);
  return known;
}

type Variant = 'sound' | 'bad';
const variants: readonly Variant[] = ['sound', 'bad'];
const laidOver = new Map(cases.map((each) => [each, layOver(each.sound, each.bad)]));

function sideOf(each: ParityCase, variant: Variant): Side {
  return variant === 'sound' ? each.sound : (laidOver.get(each) ?? each.bad);
}

/** Facts of the account as a whole, of the template as a file. */
const ofTheWhole = /^Headgate::/;

/** What rules judged, as `type name`. */
function judged({ evaluations }: Decided): readonly string[] {
  const names = evaluations
    .filter(({ resource }) => !ofTheWhole.test(resource.type))
    .map(({ resource }) => `${resource.type} ${resource.name}`);
  return [...new Set(names)].sort();
}

const isThere = ({ resources }: Side, { logicalId }: Pair): boolean => resources[logicalId] !== undefined;

/** Verdicts of a pair on the template's side and on the account's. */
function pairVerdicts({ declared, live }: BothSides, { type, declaredAs = type, logicalId, liveName }: Pair) {
  return {
    declared: verdictsOf(declared, declaredAs, logicalId),
    live: verdictsOf(live, type, liveName),
  };
}

describe.each(cases)('$name', (each) => {
  const { pairs, proofs = [], exceptions = [] } = each;

  it.each(variants)('gets the same verdicts as a template and as an account: %s', async (variant) => {
    const side = sideOf(each, variant);
    const sides = await decide(side);
    for (const one of pairs.filter((pair) => isThere(side, pair))) {
      const { declared, live } = pairVerdicts(sides, one);
      const expected: Record<string, string> = { ...declared };
      for (const exception of exceptions.filter(({ logicalId }) => logicalId === one.logicalId)) {
        if (declared[exception.rule] === exception.declared) expected[exception.rule] = exception.live;
      }
      expect({ [one.logicalId]: live }).toEqual({ [one.logicalId]: expected });
    }
  });

  it.each(variants)('judges nothing on one side alone: %s', async (variant) => {
    const side = sideOf(each, variant);
    const sides = await decide(side);
    const there = pairs.filter((pair) => isThere(side, pair));
    expect(judged(sides.live)).toEqual(there.map(({ type, liveName }) => `${type} ${liveName}`).sort());
    expect(judged(sides.declared)).toEqual(
      there.map(({ type, declaredAs = type, logicalId }) => `${declaredAs} ${logicalId}`).sort(),
    );
  });
  void proofs;
});
