import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import type { Needs } from '../../../src/account/plan.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { Rule, RuleSet } from '../../../src/model/rule.ts';
import type { Evaluation, Verdict } from '../../../src/model/scan-result.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { needsOf } from '../../../src/app/needs.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';
import { collect } from '../collect.ts';
import { templateOf, type ParityCase, type Side } from './parity-case.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;
const parameters = { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };

/** What the rules say of one side, and what they said it of. */
export interface Decided {
  readonly evaluations: readonly Evaluation[];
  readonly resources: readonly Resource[];
}

/** The same resources decided as a template, and as AWS answers for them. */
export interface BothSides {
  readonly declared: Decided;
  readonly live: Decided;
}

/** Decides both sides by the same rules; nothing is called in the account but what these rules need. */
export async function decideBoth(side: Side, ruleSet: RuleSet): Promise<BothSides> {
  const decide = (source: SourceReading): Decided => ({
    evaluations: evaluateRules(ruleSet, linkGraph(source), options),
    resources: source.resources,
  });
  const { reading } = await collect(side.replies, { needs: needsFor(ruleSet) });
  const failures = reading.diagnostics.filter(({ code }) => code !== 'account-not-collected');
  if (failures.length > 0) throw new Error(`replies are not whole: ${JSON.stringify(failures)}`);
  return {
    declared: decide(readTemplateObject(templateOf(side), 'parity', { parameters })),
    live: decide(reading),
  };
}

const known = new WeakMap<RuleSet, Needs>();

function needsFor(ruleSet: RuleSet): Needs {
  const needs = known.get(ruleSet) ?? needsOf(ruleSet.rules);
  known.set(ruleSet, needs);
  return needs;
}

/** The shipped rules with a case's own beside them. */
export function withOwnRules(shipped: RuleSet, { ownRules }: ParityCase): RuleSet {
  if (ownRules === undefined) return shipped;
  const [pattern] = shipped.rules;
  if (pattern === undefined) throw new Error('there are no shipped rules');
  const own = Object.entries(ownRules).map(([type, that]): Rule => ({
    ...pattern,
    id: `own.${type}`,
    appliesTo: [type],
    when: [],
    assert: [{ that, otherwise: '{name} is not as it should be' }],
    pass: '{name} is as it should be',
    parameters: {},
  }));
  const ownParameters = Object.fromEntries(own.map(({ id }) => [id, {}]));
  return {
    ...shipped,
    rules: [...shipped.rules, ...own],
    parameters: { ...shipped.parameters, ...ownParameters },
  };
}

/** What is deployed differs from what is written only where it can be changed after. */
const shownByAccountsAlone = 'api.authorizer.present.deployed';

/** Verdicts of every rule on one resource, by rule id. */
export function verdictsOf(
  { evaluations }: Decided,
  type: string,
  name: string,
): Readonly<Record<string, Verdict>> {
  const own = evaluations.filter(
    ({ ruleId, resource }) =>
      resource.type === type && resource.name === name && ruleId !== shownByAccountsAlone,
  );
  return Object.fromEntries(own.map(({ ruleId, verdict }) => [ruleId, verdict]));
}

/** Types of the resources that differ between two readings, what stands for the whole aside. */
export function changedTypes(before: Decided, after: Decided): ReadonlySet<string> {
  const contents = ({ resources }: Decided): ReadonlyMap<string, string> =>
    new Map(resources.map(({ id, type, properties }) => [id, JSON.stringify([type, properties])]));
  const [old, fresh] = [contents(before), contents(after)];
  const changed = [...before.resources, ...after.resources].filter(({ id }) => old.get(id) !== fresh.get(id));
  return new Set(changed.map(({ type }) => type).filter((type) => !type.startsWith('Headgate::')));
}
