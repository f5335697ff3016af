import { resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import { levels, type Assertion, type Level, type Rule, type RuleSet } from '../model/rule.ts';
import { applySettings, type RuleSources } from '../rules/apply-config.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import { shippedRules, shippedRulesWithExamples } from '../rules/shipped.ts';
import { nearest } from '../rules/nearest.ts';
import { changesOf } from './config-changes.ts';

/** Which rules of the set a run asks for. */
export interface RuleSelection {
  readonly folders: readonly string[];
  readonly rule: readonly string[];
  readonly flow: readonly string[];
  /** How much of the diagrams is asked for. @default the configuration's, else everything */
  readonly level?: Level;
  /** Whether the rules' examples are wanted too. */
  readonly examples?: boolean;
}

const flows = ['api', 'events', 'batch'];

/**
 * Shipped rules, the user's folders and settings, cut down to what was asked for.
 * @throws HeadgateError for unknown rules or flows, or a rule id that is used twice.
 */
export async function loadRuleSet(
  config: HeadgateConfig,
  selection: RuleSelection,
  cwd: string,
): Promise<RuleSet> {
  const shipped = await (selection.examples === true ? shippedRulesWithExamples() : shippedRules());
  const folders = [...(config.ruleFolders ?? []), ...selection.folders];
  const own = folders.length === 0 ? { rules: [] } : await readOwnRules(folders, cwd);
  const rules = [...shipped.rules, ...own.rules];
  const seen = new Set<string>();
  for (const { id, file } of rules) {
    if (seen.has(id))
      throw new HeadgateError(
        'rule-duplicate',
        `The rule id \`${id}\` of \`${file}\` is taken; choose another id and file name.`,
        { file },
      );
    seen.add(id);
  }
  const settled = applySettings({ ...shipped, ...own, rules }, config.rules ?? {});
  const set = { ...settled, deviations: [...settled.deviations, ...changesOf(config)] };
  return selectRules(cutToLevel(set, selection.level ?? config.level ?? 'reference'), selection);
}

// The rule parser and its YAML library are loaded only for those who bring rules of their own.
async function readOwnRules(
  folders: readonly string[],
  cwd: string,
): Promise<Pick<RuleSources, 'rules' | 'patternEngine'>> {
  const [{ readRuleFolder }, { linearPattern }, { relationNames }] = await Promise.all([
    import('../rules/read-rules.ts'),
    import('../rules/pattern-engine.ts'),
    import('../graph/relation-names.ts'),
  ]);
  const relations = relationNames();
  const own = await Promise.all(
    folders.map((folder) =>
      readRuleFolder(resolve(cwd, folder), { origin: `own: ${folder}`, base: cwd, relations }),
    ),
  );
  return { rules: own.flat(), patternEngine: linearPattern };
}

/** Leaves out rules and clauses that only a wider level asks for, and says so. */
function cutToLevel(set: RuleSet, level: Level): RuleSet {
  if (level === 'reference') return set;
  const asked = (wanted: Level): boolean => levels.indexOf(wanted) <= levels.indexOf(level);
  const partial: string[] = [];
  const rules = set.rules.flatMap((rule): Rule[] => {
    const isAsked = (clause: Assertion): boolean => asked(clause.level ?? rule.level);
    if (rule.assert.every(isAsked)) return [rule];
    if (!rule.assert.some(isAsked)) return [];
    partial.push(rule.id);
    // What a clause refines still says whether that clause has a sense.
    const assert = rule.assert.flatMap((clause, at): Assertion[] => {
      if (isAsked(clause)) return [clause];
      const isRefined = rule.assert[at + 1]?.refines === true;
      return isRefined ? [{ ...clause, reported: false }] : [];
    });
    return [{ ...rule, assert }];
  });
  const left = set.rules.length - rules.length;
  const detail = `level ${level}: ${left} of ${set.rules.length} rules are not checked, and ${partial.length} in part`;
  return {
    ...set,
    rules,
    deviations: [{ kind: 'level', detail }, ...set.deviations],
    selection: { rules: [], flows: [], level, partial },
  };
}

function selectRules(set: RuleSet, { rule: ids, flow }: RuleSelection): RuleSet {
  const known = set.rules.map(({ id }) => id);
  for (const id of ids)
    if (!known.includes(id))
      throw new HeadgateError(
        'rule-unknown',
        `No rule is called \`${id}\`${hint(nearest(id, known))}; \`headgate rules list\` lists them all.`,
      );
  for (const name of flow)
    if (!flows.includes(name))
      throw new HeadgateError(
        'flow-unknown',
        `No flow is called \`${name}\`; use one of ${flows.join(', ')}.`,
      );
  if (ids.length === 0 && flow.length === 0) return set;
  const rules = set.rules.filter(
    (rule) =>
      (ids.length === 0 || ids.includes(rule.id)) &&
      (flow.length === 0 || rule.flows.some((name) => flow.includes(name))),
  );
  return { ...set, rules, selection: { ...set.selection, rules: ids, flows: flow } };
}

function hint(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean \`${word}\`?`;
}
