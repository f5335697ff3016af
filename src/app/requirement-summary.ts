import type { RuleSet } from '../model/rule.ts';
import type { Evaluation, RequirementSummary } from '../model/scan-result.ts';
import { worst } from './flow-summary.ts';
import { groupBy } from '../model/group-by.ts';

/** Every requirement with its rules and what was decided of it. */
export function summarizeRequirements(
  ruleSet: RuleSet,
  evaluations: readonly Evaluation[],
): RequirementSummary[] {
  const byRequirement = groupBy(evaluations, ({ requirement }) => requirement);
  return ruleSet.requirements.map(({ id, says, catalogue }) => {
    const evaluated = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, waived: 0 };
    const own = byRequirement.get(id) ?? [];
    for (const evaluation of own)
      evaluated[evaluation.waiver === undefined ? evaluation.verdict : 'waived'] += 1;
    const rules = ruleSet.rules.filter((rule) => rule.requirement === id).map((rule) => rule.id);
    return {
      id,
      says,
      ...(catalogue === undefined ? {} : { catalogue }),
      verdict: worst(own.filter(({ waiver }) => waiver === undefined).map(({ verdict }) => verdict)),
      rules,
      evaluated,
    };
  });
}
