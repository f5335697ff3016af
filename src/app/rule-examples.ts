import { checkRuleSet } from './check-options.ts';
import { evaluateRules } from '../evaluate/evaluate.ts';
import { linkGraph } from '../graph/link-graph.ts';
import type { Rule, RuleExample, RuleSet } from '../model/rule.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { readTemplateObject } from '../template/read-templates.ts';
import { expandSam } from '../sam/expand.ts';

/** How one example of a rule turned out. */
export interface ExampleOutcome {
  readonly rule: Rule;
  readonly example: RuleExample;
  /** Why it did not turn out as it says; undefined when it did. */
  readonly problem?: string;
}

/** Runs every example of every rule of a set, each with its rule alone; pure but for the time given. */
export function runExamples(ruleSet: RuleSet, now: Date): ExampleOutcome[] {
  checkRuleSet('runExamples', ruleSet);
  return ruleSet.rules.flatMap((rule) =>
    rule.examples.map((example) => {
      const problem = exampleProblem(rule, example, ruleSet, now);
      return problem === undefined ? { rule, example } : { rule, example, problem };
    }),
  );
}

/** Evaluations of one rule on the template of an example. */
export function evaluateExample(rule: Rule, example: RuleExample, ruleSet: RuleSet, now: Date): Evaluation[] {
  const reading = readTemplateObject(
    example.template,
    'example',
    example.code === undefined ? {} : { code: example.code },
    expandSam,
  );
  const graph = linkGraph(reading);
  return evaluateRules({ ...ruleSet, rules: [rule] }, graph, {
    now,
    positions: () => undefined,
    detail: 'all',
  });
}

function exampleProblem(rule: Rule, example: RuleExample, ruleSet: RuleSet, now: Date): string | undefined {
  const evaluations = evaluateExample(rule, example, ruleSet, now);
  const concerned = evaluations.filter(
    ({ resource }) => example.on === undefined || resource.name === example.on,
  );
  if (concerned.length === 0)
    return `evaluated nothing${example.on === undefined ? '' : ` called \`${example.on}\``}; the template needs a resource of ${rule.appliesTo.join(' or ')}`;
  for (const { verdict, message, reason, resource } of concerned) {
    const said = [message, reason].filter((text) => text !== undefined).join(': ');
    if (verdict !== example.verdict)
      return `\`${resource.name}\` is ${verdict}, not ${example.verdict}: ${said}`;
    if (example.says !== undefined && !said.includes(example.says))
      return `\`${resource.name}\` says "${said}", which lacks "${example.says}"`;
  }
  return undefined;
}
