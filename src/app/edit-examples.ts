import type { Rule, RuleExample, RuleSet } from '../model/rule.ts';
import { expandSam } from '../sam/expand.ts';
import { readTemplateText } from '../template/read-templates.ts';
import { applyFixes, type FixOutcome } from './apply-fixes.ts';
import { planFixes, type PlanOptions, type ScannedGraph } from './plan-fixes.ts';
import { decideGraph } from './scan.ts';
import { version } from './version.ts';

/** What an edit of a rule does with the rule's own failing examples. */
export interface EditOutcome {
  readonly rule: Rule;
  /** Of `fix.edits`, from 0. */
  readonly edit: number;
  /** Examples that it repairs. */
  readonly repairs: readonly RuleExample[];
  /** What is wrong with it; none where it is as it should be. */
  readonly problems: readonly string[];
}

/** How the template of an example is written for an edit of its text. */
export type WriteTemplate = (template: unknown) => string;

const asJson: WriteTemplate = (template) => `${JSON.stringify(template, null, 2)}\n`;

/**
 * Makes the edits of rules in the rules' own failing examples: each edit repairs at least one, and what it is made in
 * passes its clauses afterwards, without a new finding of any rule, and has nothing left to edit.
 * @param ruleSet every rule that a new finding may come from.
 */
export async function runEdits(
  rules: readonly Rule[],
  ruleSet: RuleSet,
  now: Date,
  write: WriteTemplate = asJson,
): Promise<EditOutcome[]> {
  const outcomes: EditOutcome[] = [];
  for (const rule of rules) {
    const edits = rule.fix.edits ?? [];
    const repairs = edits.map((): RuleExample[] => []);
    const refusals = edits.map((): string[] => []);
    const problems = edits.map((): string[] => []);
    for (const example of edits.length === 0 ? [] : rule.examples.filter(({ verdict }) => verdict === 'fail'))
      for (const { edit, refused, again } of await tryExample(rule, example, ruleSet, now, write)) {
        if (again !== undefined)
          problems[edit]?.push(`example "${example.name}": it is made again: ${again}`);
        else if (refused === undefined) repairs[edit]?.push(example);
        else refusals[edit]?.push(`example "${example.name}": ${refused}`);
      }
    for (const [edit] of edits.entries()) {
      const repaired = repairs[edit] ?? [];
      // What a scan keeps from being made somewhere is as it should be, as long as it is of use elsewhere.
      const idle =
        repaired.length > 0
          ? []
          : ['it does not fix a failing example of the rule', ...(refusals[edit] ?? [])];
      outcomes.push({ rule, edit, repairs: repaired, problems: [...(problems[edit] ?? []), ...idle] });
    }
  }
  return outcomes;
}

/** An edit in one example: made, refused for a reason, or made once more when it was made already. */
interface Trial {
  readonly edit: number;
  readonly refused?: string;
  readonly again?: string;
}

async function tryExample(
  rule: Rule,
  example: RuleExample,
  ruleSet: RuleSet,
  now: Date,
  write: WriteTemplate,
): Promise<readonly Trial[]> {
  const file = 'example.yaml';
  const original = write(example.template);
  const rescan = async (texts: ReadonlyMap<string, string>): Promise<ScannedGraph> =>
    Promise.resolve(scanText(texts.get(file) ?? original, file, example, ruleSet, now));
  const options: PlanOptions = { unsafe: true, only: ({ ruleId }) => ruleId === rule.id };
  const outcome = await applyFixes(rescan, options);
  const found: Trial[] = outcome.applied.map(({ edit }) => ({
    edit,
  }));
  for (const { edit, title, reason } of outcome.left)
    if (edit !== undefined) found.push({ edit, refused: `${title ?? ''}: ${reason ?? 'it is not made'}` });
  const again = planFixes(outcome.after, options).fixes.filter((fix) => isMade(fix.edit, outcome));
  for (const { edit, title } of again) found.push({ edit, again: title });
  return found;
}

function isMade(edit: number, { applied }: FixOutcome): boolean {
  return applied.some((fix) => fix.edit === edit);
}

function scanText(
  text: string,
  file: string,
  { code }: RuleExample,
  ruleSet: RuleSet,
  now: Date,
): ScannedGraph {
  const reading = readTemplateText(text, file, code === undefined ? {} : { code }, expandSam);
  return { reading, ruleSet, now, ...decideGraph(reading, { ruleSet, version, now, detail: 'findings' }) };
}
