import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { globMatches } from '../model/glob.ts';
import type { Deviation, Level, Rule, RuleSet } from '../model/rule.ts';
import { applySettings, type RuleSettings, type RuleSources } from '../rules/apply-config.ts';
import type { HeadgateConfig, PathOverride } from '../rules/read-config.ts';
import { changesOf } from './config-changes.ts';
import { cutToLevel, describeLevel, selectRules, type CutRules, type RuleSelection } from './select-rules.ts';

/** Rules as they hold for some of what is scanned. */
interface Variant extends CutRules {
  readonly set: RuleSet;
  readonly level: Level;
}

/**
 * The set that a configuration and the options of a run make of all rules, with what holds for single files.
 * Every change is named among the deviations.
 * @param cwd names of files are relative to it.
 * @throws HeadgateError as `applySettings` and `selectRules`.
 */
export function composeRuleSet(
  sources: RuleSources,
  config: HeadgateConfig,
  options: RuleSelection,
  cwd: string,
): RuleSet {
  const { overrides = [] } = config;
  const variantOf = (applying: readonly PathOverride[]): Variant => {
    const settings = [config, ...applying].flatMap(({ rules }): RuleSettings[] =>
      rules === undefined ? [] : [rules],
    );
    const set = applySettings(sources, ...settings);
    const named = [config, ...applying].flatMap(({ level }) => level ?? []).at(-1);
    const level = options.level ?? named ?? 'reference';
    return { set, level, ...cutToLevel(set.rules, level) };
  };
  const base = variantOf([]);
  const each = overrides.map((override) => variantOf([override]));
  const everywhere = unionOf([base, ...each].map(({ rules }) => rules));
  const { pick, changes, selection } = selectRules(everywhere, sources.rules, options);
  const rules = pick(everywhere).rules;
  const partial = partialOf(
    [base, ...each].map((variant) => picked(variant, pick)),
    rules,
  );
  const isCut = selection !== undefined || [base, ...each].some(({ level }) => level !== 'reference');
  return {
    ...base.set,
    rules,
    deviations: [
      ...levelChange(base),
      ...changes,
      ...base.set.deviations,
      ...overrides.flatMap((override, at) => describeOverride(override, base, each[at] ?? base)),
      ...changesOf(config, options.exclude),
    ],
    ...(overrides.length === 0
      ? {}
      : {
          digest: digestOf([
            base.set.digest,
            ...overrides.map(({ paths }, at) => [paths, each[at]?.set.digest]),
          ]),
          forFile: rulesByFile(overrides, config.folder ?? cwd, cwd, (applying) => {
            const variant = applying.length === 0 ? base : variantOf(applying);
            return { rules: picked(variant, pick).rules, parameters: variant.set.parameters };
          }),
        }),
    ...(isCut || partial.length > 0
      ? {
          selection: {
            rules: [],
            flows: [],
            ...selection,
            ...(base.level === 'reference' ? {} : { level: base.level }),
            ...(partial.length === 0 ? {} : { partial }),
          },
        }
      : {}),
  };
}

function unionOf(lists: readonly (readonly Rule[])[]): Rule[] {
  const byId = new Map<string, Rule>();
  for (const rule of lists.flat()) if (!byId.has(rule.id)) byId.set(rule.id, rule);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function picked(variant: CutRules, pick: (rules: readonly Rule[]) => CutRules): CutRules {
  const { rules, partial } = pick(variant.rules);
  return { rules, partial: [...variant.partial, ...partial] };
}

/** Rules that lost clauses somewhere, or that are not asked everywhere. */
function partialOf(variants: readonly CutRules[], rules: readonly Rule[]): string[] {
  const inPart = new Set(variants.flatMap(({ partial }) => partial));
  const held = variants.map((variant) => new Set(variant.rules.map(({ id }) => id)));
  return rules.map(({ id }) => id).filter((id) => inPart.has(id) || held.some((ids) => !ids.has(id)));
}

function levelChange({ set, level, ...cut }: Variant): Deviation[] {
  return level === 'reference'
    ? []
    : [{ kind: 'level', detail: describeLevel(level, set.rules.length, cut) }];
}

/** What an override changes in its files, against what holds elsewhere. */
function describeOverride({ paths, reason }: PathOverride, base: Variant, own: Variant): Deviation[] {
  const where = `in ${paths.join(', ')}`;
  const textOf = (change: Deviation): string => JSON.stringify(change);
  const elsewhere = new Set(base.set.deviations.map(textOf));
  const here = new Set(own.set.deviations.map(textOf));
  const added = own.set.deviations.filter((change) => !elsewhere.has(textOf(change)));
  const gone = base.set.deviations.filter(
    (change) =>
      !here.has(textOf(change)) &&
      !added.some(({ kind, ruleId }) => kind === change.kind && ruleId === change.ruleId),
  );
  const level: Deviation[] =
    own.level === base.level
      ? []
      : [{ kind: 'level', detail: `${describeLevel(own.level, own.set.rules.length, own)}, ${where}` }];
  return [
    ...level,
    ...added.map((change) => ({ ...change, detail: `${change.detail} ${where}` })),
    ...gone.map((change) => ({ ...change, detail: `not so ${where}: ${change.detail}` })),
  ].map((change) => ({
    ...change,
    kind: change.kind === 'level' ? 'level' : 'path',
    ...(reason === undefined ? {} : { reason }),
  }));
}

/** Rules for a file by the overrides that fit its name; each combination of them is made once. */
function rulesByFile(
  overrides: readonly PathOverride[],
  folder: string,
  cwd: string,
  make: (applying: readonly PathOverride[]) => Pick<RuleSet, 'rules' | 'parameters'>,
): NonNullable<RuleSet['forFile']> {
  const made = new Map<string, Pick<RuleSet, 'rules' | 'parameters'>>();
  const byFile = new Map<string | undefined, Pick<RuleSet, 'rules' | 'parameters'>>();
  const find = (file: string | undefined): Pick<RuleSet, 'rules' | 'parameters'> => {
    const name = file === undefined ? undefined : relative(folder, resolve(cwd, file)).replaceAll('\\', '/');
    const applying = overrides.filter(
      ({ paths }) => name !== undefined && paths.some((glob) => globMatches(glob, name)),
    );
    const key = applying.map((override) => overrides.indexOf(override)).join();
    const known = made.get(key) ?? make(applying);
    made.set(key, known);
    return known;
  };
  return (file) => {
    const known = byFile.get(file) ?? find(file);
    byFile.set(file, known);
    return known;
  };
}

function digestOf(parts: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
