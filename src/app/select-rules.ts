import { HeadgateError } from '../model/headgate-error.ts';
import {
  levels,
  severities,
  type Assertion,
  type Deviation,
  type Level,
  type Rule,
  type RunSelection,
  type Severity,
} from '../model/rule.ts';
import { rulesNamed } from '../rules/rule-words.ts';

/** Which rules of the set a run asks for. */
export interface RuleSelection {
  readonly folders: readonly string[];
  /** Ids, globs of ids, and names of services; empty: all. */
  readonly rule: readonly string[];
  /** The same words, for rules that are not asked. */
  readonly skipRule?: readonly string[];
  readonly flow: readonly string[];
  /** How much of the diagrams is asked for. @default the configuration's, else everything */
  readonly level?: Level;
  /** Clauses of less harm are not asked. */
  readonly minSeverity?: Severity;
  /** Globs of files that the run does not read, to be named among the changes. */
  readonly exclude?: readonly string[];
  /** Whether the rules' examples are wanted too. */
  readonly examples?: boolean;
}

const flows = ['api', 'events', 'batch'];

/** A set without what a run does not ask, and which rules lost clauses. */
export interface CutRules {
  readonly rules: readonly Rule[];
  readonly partial: readonly string[];
}

/** Leaves out clauses that are not asked, and rules of which none is. */
function cutClauses(rules: readonly Rule[], isAsked: (clause: Assertion, rule: Rule) => boolean): CutRules {
  const partial: string[] = [];
  const left = rules.flatMap((rule): Rule[] => {
    if (rule.assert.every((clause) => isAsked(clause, rule))) return [rule];
    if (!rule.assert.some((clause) => isAsked(clause, rule))) return [];
    partial.push(rule.id);
    // What a clause refines still says whether that clause has a sense.
    const assert = rule.assert.flatMap((clause, at): Assertion[] => {
      if (isAsked(clause, rule)) return [clause];
      const isRefined = rule.assert[at + 1]?.refines === true;
      return isRefined ? [{ ...clause, reported: false }] : [];
    });
    return [{ ...rule, assert }];
  });
  return { rules: left, partial };
}

/** Rules and clauses that a level asks for. */
export function cutToLevel(rules: readonly Rule[], level: Level): CutRules {
  if (level === 'reference') return { rules, partial: [] };
  const limit = levels.indexOf(level);
  return cutClauses(rules, (clause, rule) => levels.indexOf(clause.level ?? rule.level) <= limit);
}

/** How much a level leaves out, in words. */
export function describeLevel(level: Level, before: number, { rules, partial }: CutRules): string {
  return `level ${level}: skips ${before - rules.length} of ${before} rules, and ${partial.length} in part`;
}

/** What the options of a run leave of a list of rules, and how reports name that. */
export interface Selection {
  readonly pick: (rules: readonly Rule[]) => CutRules;
  readonly changes: readonly Deviation[];
  /** Absent where the options ask for everything. */
  readonly selection?: Omit<RunSelection, 'level' | 'partial'>;
}

/**
 * Which of the rules that the configuration and the level leave the options of a run ask for.
 * @param left these rules, wherever in the scan they hold.
 * @param all every rule that there is, by which words of options are read.
 * @throws HeadgateError `rule-unknown`, `flow-unknown`, `no-rule-left`.
 */
export function selectRules(
  left: readonly Rule[],
  all: readonly Rule[],
  { rule: words, skipRule = [], flow, minSeverity }: RuleSelection,
): Selection {
  for (const name of flow)
    if (!flows.includes(name))
      throw new HeadgateError('flow-unknown', `Unknown flow \`${name}\`. Use one of: ${flows.join(', ')}.`);
  const wanted = new Set(words.flatMap((word) => checkedOf(word, left, all)));
  const skipped = new Set(skipRule.flatMap((word) => rulesNamed(word, all)));
  if (words.length + skipRule.length + flow.length === 0 && minSeverity === undefined)
    return { pick: (rules) => ({ rules, partial: [] }), changes: [] };
  const isNamed = ({ id, flows: of }: Rule): boolean =>
    (words.length === 0 || wanted.has(id)) && (flow.length === 0 || of.some((name) => flow.includes(name)));
  const isPicked = (rule: Rule): boolean => isNamed(rule) && !skipped.has(rule.id);
  const limit = minSeverity === undefined ? severities.length : severities.indexOf(minSeverity);
  const pick = (rules: readonly Rule[]): CutRules =>
    cutClauses(
      rules.filter(isPicked),
      (clause, rule) => severities.indexOf(clause.severity ?? rule.severity) <= limit,
    );
  const changes: Deviation[] = [];
  const say = (option: string, detail: string): number =>
    changes.push({ kind: 'selection', detail: `${option}: ${detail}` });
  const options = [...words.map((word) => `--rule ${word}`), ...flow.map((name) => `--flow ${name}`)];
  if (options.length > 0)
    say(options.join(' '), `runs ${left.filter(isNamed).length} of ${left.length} rules`);
  if (skipRule.length > 0)
    say(
      skipRule.map((word) => `--skip-rule ${word}`).join(' '),
      `skips ${left.filter(({ id }) => skipped.has(id)).length} of ${left.length} rules`,
    );
  const picked = pick(left);
  if (minSeverity !== undefined) {
    const before = left.filter(isPicked).length;
    say(
      `--min-severity ${minSeverity}`,
      `skips ${before - picked.rules.length} of ${before} rules, and ${picked.partial.length} in part`,
    );
  }
  if (picked.rules.length === 0)
    throw new HeadgateError(
      'no-rule-left',
      'The options leave no rule to check; change --rule, --skip-rule, --flow or --min-severity.',
    );
  return {
    pick,
    changes,
    selection: {
      rules: words,
      flows: flow,
      ...(skipRule.length === 0 ? {} : { skippedRules: skipRule }),
      ...(minSeverity === undefined ? {} : { minSeverity }),
    },
  };
}

/** Ids that a word of --rule names; at least one of them is left. */
function checkedOf(word: string, left: readonly Rule[], all: readonly Rule[]): string[] {
  const named = rulesNamed(word, all);
  if (!left.some(({ id }) => named.includes(id)))
    throw new HeadgateError(
      'rule-unknown',
      `\`--rule ${word}\` names only rules that the configuration or the level leaves out; change \`rules:\` or --level.`,
    );
  return named;
}
