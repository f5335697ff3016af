import { loadRuleSet } from '../app/load-rule-set.ts';
import type { RuleSet } from '../model/rule.ts';
import { readConfigIn, type HeadgateConfig } from '../rules/read-config.ts';
import type { CommonOptions, ScanOptions } from './options.ts';

/**
 * headgate.yaml, and the rules that it and the options ask for.
 * @throws HeadgateError for a configuration or rules that are not valid.
 */
export async function loadSettings(
  {
    config: file,
    rules,
    rule,
    flow,
    level,
    skipRule,
    minSeverity,
    exclude,
  }: Pick<CommonOptions, 'config' | 'rules' | 'rule' | 'flow' | 'level' | 'skipRule' | 'minSeverity'> &
    Pick<ScanOptions, 'exclude'>,
  cwd: string,
): Promise<{ readonly config: HeadgateConfig; readonly ruleSet: RuleSet }> {
  const config = await readConfigIn(cwd, file);
  return {
    config,
    ruleSet: await loadRuleSet(
      config,
      {
        folders: rules,
        rule,
        flow,
        ...(skipRule === undefined ? {} : { skipRule }),
        ...(minSeverity === undefined ? {} : { minSeverity }),
        ...(exclude === undefined ? {} : { exclude }),
        ...(level === undefined ? {} : { level }),
      },
      cwd,
    ),
  };
}
