import { resolve } from 'node:path';
import type { FileAccess } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { RuleSet } from '../model/rule.ts';
import type { RuleSources } from '../rules/apply-config.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import { shippedRules, shippedRulesWithExamples } from '../rules/shipped.ts';
import { composeRuleSet } from './compose-rule-set.ts';
import type { RuleSelection } from './select-rules.ts';

/**
 * Shipped rules, the user's folders and settings, cut down to what was asked for.
 * @throws HeadgateError for unknown rules or flows, or a rule id that is used twice.
 */
export async function loadRuleSet(
  config: HeadgateConfig,
  selection: RuleSelection,
  cwd: string,
  access: FileAccess = {},
): Promise<RuleSet> {
  const shipped = await (selection.examples === true ? shippedRulesWithExamples() : shippedRules());
  const folders = [...(config.ruleFolders ?? []), ...selection.folders];
  const own = folders.length === 0 ? { rules: [] } : await readOwnRules(folders, cwd, access);
  const rules = [...shipped.rules, ...own.rules];
  const seen = new Set<string>();
  for (const { id, file } of rules) {
    if (seen.has(id))
      throw new HeadgateError(
        'rule-duplicate',
        `The rule ID \`${id}\` in \`${file}\` is already in use. Choose another ID and file name.`,
        { file },
      );
    seen.add(id);
  }
  return composeRuleSet({ ...shipped, ...own, rules }, config, selection, cwd);
}

// The rule parser and its YAML library are loaded only for those who bring rules of their own.
async function readOwnRules(
  folders: readonly string[],
  cwd: string,
  access: FileAccess,
): Promise<Pick<RuleSources, 'rules' | 'patternEngine'>> {
  const [{ readRuleFolder }, { linearPattern }, { relationNames }] = await Promise.all([
    import('../rules/read-rules.ts'),
    import('../rules/pattern-engine.ts'),
    import('../graph/relation-names.ts'),
  ]);
  const relations = relationNames();
  const own = await Promise.all(
    folders.map((folder) =>
      readRuleFolder(resolve(cwd, folder), { origin: `own: ${folder}`, base: cwd, relations, access }),
    ),
  );
  return { rules: own.flat(), patternEngine: linearPattern };
}
