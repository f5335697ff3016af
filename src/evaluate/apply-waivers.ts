import { wildcardMatches } from '../model/wildcard.ts';
import type { Rule } from '../model/rule.ts';
import type { AppliedWaiver, Diagnostic, Evaluation, ResourceSummary } from '../model/scan-result.ts';
import type { Waiver } from '../model/waiver.ts';

/** Evaluations with the waivers that hold, and what is to be said of those that do not. */
export interface WaivedEvaluations {
  readonly evaluations: readonly Evaluation[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies waivers to fail and unknown verdicts. A waiver only removes: it never changes a verdict.
 * One that is malformed, past, refused by its rule, or matches nothing is reported and does nothing.
 */
export function applyWaivers(
  evaluations: readonly Evaluation[],
  waivers: readonly Waiver[],
  rules: readonly Rule[],
  now: Date,
): WaivedEvaluations {
  const diagnostics: Diagnostic[] = [];
  const byRule = new Map<string, { readonly waiver: Waiver; used: boolean }[]>();
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  for (const waiver of waivers) {
    const problem = problemOf(waiver, known.get(waiver.ruleId), now);
    if (problem !== undefined) {
      diagnostics.push(problem);
      continue;
    }
    const entries = byRule.get(waiver.ruleId);
    if (entries === undefined) byRule.set(waiver.ruleId, [{ waiver, used: false }]);
    else entries.push({ waiver, used: false });
  }
  const waived = evaluations.map((evaluation) => {
    if (evaluation.verdict !== 'fail' && evaluation.verdict !== 'unknown') return evaluation;
    const entry = byRule.get(evaluation.ruleId)?.find(({ waiver }) => covers(waiver, evaluation.resource));
    if (entry === undefined) return evaluation;
    entry.used = true;
    return { ...evaluation, waiver: applied(entry.waiver) };
  });
  for (const { waiver, used } of [...byRule.values()].flat()) if (!used) diagnostics.push(unused(waiver));
  return { evaluations: waived, diagnostics };
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
      `The waiver names the rule \`${waiver.ruleId}\`, which is not part of this scan; it waives nothing.`,
    );
  if (!rule.waivable)
    return say(
      'waiver-refused',
      `\`${waiver.ruleId}\` may never be waived; repair the finding, or switch the rule off in headgate.yaml where everyone sees it.`,
    );
  if (waiver.reason === undefined || waiver.reason.trim() === '')
    return say(
      'waiver-malformed',
      `The waiver of \`${waiver.ruleId}\` gives no reason; it waives nothing until it does.`,
    );
  if (waiver.expires === undefined) return undefined;
  const end = /^\d{4}-\d\d-\d\d$/.test(waiver.expires)
    ? Date.parse(`${waiver.expires}T23:59:59.999Z`)
    : Number.NaN;
  if (Number.isNaN(end))
    return say(
      'waiver-malformed',
      `The waiver of \`${waiver.ruleId}\` expires at \`${waiver.expires}\`, which is no date (YYYY-MM-DD); it waives nothing.`,
    );
  return end < now.getTime()
    ? say(
        'waiver-expired',
        `The waiver of \`${waiver.ruleId}\` expired on ${waiver.expires}; it waives nothing. Renew it with a reason, or remove it.`,
      )
    : undefined;
}

function unused(waiver: Waiver): Diagnostic {
  const scope = 'pattern' in waiver.scope ? waiver.scope.pattern : waiver.scope.resourceId;
  return {
    code: 'waiver-unused',
    severity: 'warning',
    message: `The waiver of \`${waiver.ruleId}\` for \`${scope}\` matches no open finding; remove it, or correct its scope.`,
    where: waiver.where,
    blocks: [],
  };
}
