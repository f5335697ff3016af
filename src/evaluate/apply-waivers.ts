import { wildcardMatches } from '../model/wildcard.ts';
import type { Rule } from '../model/rule.ts';
import {
  withWaiver,
  type AppliedWaiver,
  type Diagnostic,
  type Evaluation,
  type ResourceSummary,
} from '../model/scan-result.ts';
import type { Waiver } from '../model/waiver.ts';

/** Evaluations with the waivers that hold, and what is to be said of those that do not. */
export interface WaivedEvaluations {
  readonly evaluations: readonly Evaluation[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A waiver that may act, and whether it, or another that was written as one with it, did. */
interface Entry {
  readonly waiver: Waiver;
  readonly order: number;
  readonly wish: Wish;
}

interface Wish {
  readonly first: Waiver;
  used: boolean;
  waivers: number;
}

/** The waivers of one rule: those for exactly one resource are found by its id. */
interface RuleEntries {
  readonly patterns: Entry[];
  readonly exact: Map<string, Entry[]>;
}

/**
 * Applies waivers to fail and unknown verdicts. A waiver only removes: it never changes a verdict.
 * One that is malformed, past, refused by its rule, or matches nothing is reported and does nothing;
 * waivers that were written as one are reported once, and only when none of them matches.
 */
export function applyWaivers(
  evaluations: readonly Evaluation[],
  waivers: readonly Waiver[],
  rules: readonly Rule[],
  now: Date,
): WaivedEvaluations {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const problems = new Map<string, Diagnostic>();
  const wishes = new Map<string, Wish>();
  const byRule = new Map<string, RuleEntries>();
  for (const [order, waiver] of waivers.entries()) {
    const key = waiver.wish ?? String(order);
    const problem = problemOf(waiver, known.get(waiver.ruleId), now);
    if (problem !== undefined) {
      problems.set(`${key} ${waiver.ruleId}`, problem);
      continue;
    }
    const wish = wishes.get(key) ?? { first: waiver, used: false, waivers: 0 };
    wish.waivers += 1;
    wishes.set(key, wish);
    addEntry(byRule, { waiver, order, wish });
  }
  const waived = evaluations.map((evaluation) => {
    if (evaluation.verdict !== 'fail' && evaluation.verdict !== 'unknown') return evaluation;
    const entry = firstEntry(byRule.get(evaluation.ruleId), evaluation.resource);
    if (entry === undefined) return evaluation;
    entry.wish.used = true;
    return withWaiver(evaluation, applied(entry.waiver));
  });
  const unusedWishes = [...wishes.values()].filter(({ used }) => !used).map(unused);
  return { evaluations: waived, diagnostics: [...problems.values(), ...unusedWishes] };
}

function addEntry(byRule: Map<string, RuleEntries>, entry: Entry): void {
  const { ruleId, scope } = entry.waiver;
  const entries = byRule.get(ruleId) ?? { patterns: [], exact: new Map<string, Entry[]>() };
  byRule.set(ruleId, entries);
  if ('pattern' in scope) {
    entries.patterns.push(entry);
    return;
  }
  const exact = entries.exact.get(scope.resourceId);
  if (exact === undefined) entries.exact.set(scope.resourceId, [entry]);
  else exact.push(entry);
}

/** The first waiver, as they were given, that covers a resource. */
function firstEntry(entries: RuleEntries | undefined, resource: ResourceSummary): Entry | undefined {
  const covering = ({ waiver }: Entry): boolean => covers(waiver, resource);
  const pattern = entries?.patterns.find(covering);
  const exact = entries?.exact.get(resource.id)?.find(covering);
  if (pattern === undefined || exact === undefined) return pattern ?? exact;
  return pattern.order < exact.order ? pattern : exact;
}

function covers(waiver: Waiver, resource: ResourceSummary): boolean {
  if (waiver.account !== undefined && waiver.account !== resource.account) return false;
  if (waiver.region !== undefined && waiver.region !== resource.region) return false;
  if ('resourceId' in waiver.scope) return waiver.scope.resourceId === resource.id;
  const { pattern } = waiver.scope;
  return [resource.id, resource.name, resource.constructPath, resource.arn].some(
    (name) => name !== undefined && wildcardMatches(pattern, name),
  );
}

function applied({ source, reason, owner, expires, where }: Waiver): AppliedWaiver {
  return {
    source: `${source} (${where})`,
    reason: reason ?? '',
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
  };
}

function problemOf(waiver: Waiver, rule: Rule | undefined, now: Date): Diagnostic | undefined {
  const say = (code: string, message: string): Diagnostic => ({
    code,
    severity: 'warning',
    message,
    where: waiver.where,
    blocks: [],
  });
  if (rule === undefined)
    return say(
      'waiver-unknown-rule',
      `The waiver for \`${waiver.ruleId}\` has no effect: the rule is not part of this scan.`,
    );
  if (!rule.waivable)
    return say(
      'waiver-refused',
      `\`${waiver.ruleId}\` cannot be waived. Fix the finding, or turn the rule off in headgate.yaml, where the change appears in every report.`,
    );
  if (waiver.reason === undefined || waiver.reason.trim() === '')
    return say('waiver-malformed', `The waiver for \`${waiver.ruleId}\` has no effect: it needs a reason.`);
  if (waiver.expires === undefined) return undefined;
  const end = /^\d{4}-\d\d-\d\d$/.test(waiver.expires)
    ? Date.parse(`${waiver.expires}T23:59:59.999Z`)
    : Number.NaN;
  if (Number.isNaN(end))
    return say(
      'waiver-malformed',
      `The waiver for \`${waiver.ruleId}\` has no effect: \`${waiver.expires}\` is not a date (use YYYY-MM-DD).`,
    );
  return end < now.getTime()
    ? say(
        'waiver-expired',
        `The waiver for \`${waiver.ruleId}\` expired on ${waiver.expires} and has no effect. Renew it with a reason, or remove it.`,
      )
    : undefined;
}

function unused({ first: waiver, waivers }: Wish): Diagnostic {
  const name = 'pattern' in waiver.scope ? waiver.scope.pattern : waiver.scope.resourceId;
  const scope = waivers === 1 ? `\`${name}\`` : `\`${name}\` and the text next to it`;
  return {
    code: 'waiver-unused',
    severity: 'warning',
    message: `The waiver of \`${waiver.ruleId}\` for ${scope} matches no open finding; remove it, or correct its scope.`,
    where: waiver.where,
    blocks: [],
  };
}
