import type { Assumption } from '../model/assumption.ts';
import type { Deviation } from '../model/rule.ts';
import { holdsSecret } from '../model/secret-properties.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';

/** What is named like a secret is not shown, whatever it is. */
function shownValue({ parameter, value }: Extract<Assumption, { readonly parameter: string }>): string {
  return holdsSecret('', [parameter]) ? 'set' : String(value);
}

/**
 * What a configuration changes beside the rules themselves: thresholds, facts, assumptions, what may waive, and what is read.
 * @param excluded globs of --exclude.
 */
export function changesOf(config: HeadgateConfig, excluded: readonly string[] = []): Deviation[] {
  const { failOn, unknown, outside = [], assumptions = [], parameters, trust = {} } = config;
  const { waivers, baseline, peerSuppressions = [] } = config;
  const { include = [], exclude = [] } = config;
  const changes: Deviation[] = [];
  const add = (kind: Deviation['kind'], detail: string, reason?: string): void => {
    changes.push({ kind, detail, ...(reason === undefined ? {} : { reason }) });
  };
  if (failOn !== undefined && failOn !== 'high') add('threshold', `failOn: high -> ${failOn}`);
  if (unknown !== undefined && unknown !== 'warn') add('threshold', `unknown: warn -> ${unknown}`);
  for (const { resource, relation, absent, target, reason } of outside) {
    const named = target?.arn ?? target?.name ?? '';
    const what = absent === true ? 'nothing' : `${target?.type ?? 'nothing'} ${named}`.trim();
    add('declared', `${relation} of ${resource} is ${what}`, reason);
  }
  for (const assumption of assumptions) {
    const what =
      'condition' in assumption
        ? `condition ${assumption.condition} is ${String(assumption.holds)}`
        : `parameter ${assumption.parameter} is ${shownValue(assumption)}`;
    const where = assumption.stack === undefined ? '' : ` in ${assumption.stack}`;
    add('assumed', `${what}${where}`, assumption.reason);
  }
  if (parameters !== undefined) add('assumed', `values of parameters: ${parameters}`);
  if (waivers !== undefined) add('waivers', `waivers file: ${waivers}`);
  if (baseline !== undefined) add('waivers', `baseline: ${baseline}`);
  if (peerSuppressions.length > 0) add('waivers', `suppressions for ${peerSuppressions.join(', ')} count`);
  if (trust.templateWaivers === false) add('waivers', 'waivers in templates have no effect');
  if (trust.baseline === false) add('waivers', 'baselines have no effect');
  const listed = (globs: readonly string[]): string => globs.map((glob) => `\`${glob}\``).join(', ');
  if (include.length > 0)
    add('input', `of folders, only files that fit ${listed(include)} are read (include)`);
  if (exclude.length > 0)
    add('input', `of folders, files that fit ${listed(exclude)} are not read (exclude)`);
  if (excluded.length > 0)
    add('input', `of folders, files that fit ${listed(excluded)} are not read (--exclude)`);
  return changes;
}
