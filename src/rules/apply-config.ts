import { createHash } from 'node:crypto';
import { HeadgateError } from '../model/headgate-error.ts';
import type {
  Deviation,
  FlowDiagram,
  Requirement,
  PatternEngine,
  Rule,
  RuleData,
  RuleSet,
  Severity,
} from '../model/rule.ts';
import { nearest } from './nearest.ts';
import { parameterProblem } from './parameter-problem.ts';
import { rulesNamed } from './rule-words.ts';

/** What headgate.yaml may say of one rule. */
export interface RuleSetting {
  readonly off?: boolean;
  readonly severity?: Severity;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

/** Rules and tables before a user's settings are applied. */
export interface RuleSources {
  readonly rules: readonly Rule[];
  readonly data: RuleData;
  readonly diagrams: readonly FlowDiagram[];
  readonly requirements: readonly Requirement[];
  /** Comes with rules of the user's own. */
  readonly patternEngine?: PatternEngine;
}

/** Settings by rule: an id, a glob of ids, or the name of a service. */
export type RuleSettings = Readonly<Record<string, RuleSetting | 'off' | false>>;

/**
 * Applies a user's settings and freezes the set. Whatever differs from the shipped set is kept
 * as a deviation, so that no rule is weakened silently.
 * @param settings of several that name a rule, a later one adds to the earlier ones and wins over them.
 * @throws HeadgateError `rule-unknown`, `parameter-invalid`, or `options-invalid` for anything but rules.
 */
export function applySettings(sources: RuleSources, ...settings: readonly RuleSettings[]): RuleSet {
  // A promise that a caller without a compiler did not await.
  if (!('rules' in sources))
    throw new HeadgateError('options-invalid', 'applySettings: no rules; use `await shippedRules()`.');
  const deviations: Deviation[] = sources.rules
    .filter((rule) => rule.origin !== 'shipped')
    .map((rule) => ({ kind: 'added-rule', ruleId: rule.id, detail: `added from ${rule.file}` }));
  const effective = new Map<string, Rule>(sources.rules.map((rule) => [rule.id, rule]));
  const parameters: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const rule of sources.rules)
    parameters[rule.id] = Object.fromEntries(
      Object.entries(rule.parameters).map(([name, parameter]) => [name, parameter.default]),
    );
  for (const [id, setting] of settingsByRule(sources.rules, settings)) {
    const rule = effective.get(id);
    if (rule === undefined) continue; // settings are of these rules alone
    parameters[id] = { ...parameters[id], ...settle(rule, setting) };
    deviations.push(...deviate(rule, setting));
    if (setting.off === true) effective.delete(id);
    else if (setting.severity !== undefined) effective.set(id, withSeverity(rule, setting.severity));
  }
  const rules = [...effective.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Object.freeze({
    rules,
    parameters,
    data: sources.data,
    diagrams: sources.diagrams,
    requirements: sources.requirements,
    digest: digestOf(rules, parameters, sources.data),
    deviations,
    ...(sources.patternEngine === undefined ? {} : { patternEngine: sources.patternEngine }),
  });
}

/** A severity that the user sets holds for every clause of the rule. */
function withSeverity(rule: Rule, severity: Severity): Rule {
  return { ...rule, severity, assert: rule.assert.map((clause) => ({ ...clause, severity })) };
}

function settingsByRule(
  rules: readonly Rule[],
  settings: readonly RuleSettings[],
): ReadonlyMap<string, RuleSetting> {
  const byRule = new Map<string, RuleSetting>();
  for (const [word, raw] of settings.flatMap((each) => Object.entries(each))) {
    const later: RuleSetting = raw === 'off' || raw === false ? { off: true } : { off: false, ...raw };
    for (const id of rulesNamed(word, rules)) {
      const { parameters, ...earlier } = byRule.get(id) ?? {};
      const both = { ...parameters, ...later.parameters };
      byRule.set(id, {
        ...earlier,
        ...later,
        ...(Object.keys(both).length === 0 ? {} : { parameters: both }),
      });
    }
  }
  return byRule;
}

function settle(rule: Rule, setting: RuleSetting): Record<string, unknown> {
  for (const [name, value] of Object.entries(setting.parameters ?? {})) {
    const parameter = rule.parameters[name];
    const meant = nearest(name, Object.keys(rule.parameters));
    if (parameter === undefined)
      throw new HeadgateError(
        'parameter-invalid',
        `Rule \`${rule.id}\` has no parameter \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
      );
    const problem = parameterProblem(parameter, value);
    if (problem !== undefined)
      throw new HeadgateError(
        'parameter-invalid',
        `Parameter \`${name}\` of rule \`${rule.id}\` ${problem}.`,
      );
  }
  return { ...setting.parameters };
}

function deviate(rule: Rule, setting: RuleSetting): Deviation[] {
  const reason = setting.reason === undefined ? {} : { reason: setting.reason };
  const changes: Deviation[] = [];
  if (setting.off === true)
    changes.push({ kind: 'rule-off', ruleId: rule.id, detail: 'switched off', ...reason });
  if (setting.severity !== undefined && setting.severity !== rule.severity)
    changes.push({
      kind: 'severity',
      ruleId: rule.id,
      detail: `${rule.severity} -> ${setting.severity}`,
      ...reason,
    });
  for (const [name, value] of Object.entries(setting.parameters ?? {})) {
    const standard = rule.parameters[name]?.default;
    if (JSON.stringify(value) !== JSON.stringify(standard))
      changes.push({
        kind: 'parameter',
        ruleId: rule.id,
        detail: `${name}: ${JSON.stringify(standard)} -> ${JSON.stringify(value)}`,
        ...reason,
      });
  }
  return changes;
}

// What decides a verdict, and nothing else: prose may change without changing the digest.
function digestOf(rules: readonly Rule[], parameters: RuleSet['parameters'], data: RuleData): string {
  const deciding = rules.map(({ id, severity, appliesTo, when, assert }) => ({
    id,
    severity,
    appliesTo,
    when,
    assert,
    parameters: parameters[id],
  }));
  return `sha256:${createHash('sha256').update(JSON.stringify({ deciding, data })).digest('hex')}`;
}
