import { severities } from '../model/rule.ts';
import type { Severity } from '../model/rule.ts';
import type {
  Evaluation,
  FlowCounts,
  FlowSummary,
  ResourceSummary,
  RuleSummary,
  ScanResult,
} from '../model/scan-result.ts';

/** True for a failure that no waiver covers and that no other one tells: what a gate stops on. */
export function isOpenFailure(evaluation: Evaluation): boolean {
  return (
    evaluation.verdict === 'fail' && evaluation.waiver === undefined && evaluation.followsFrom === undefined
  );
}

/** True for an unknown that no waiver covers. */
export function isOpenUnknown(evaluation: Evaluation): boolean {
  return evaluation.verdict === 'unknown' && evaluation.waiver === undefined;
}

/** Position of a severity from worst (0) to least (4). */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The evaluations, worst severity first; among equals their order stays. */
export function worstFirst(evaluations: readonly Evaluation[]): Evaluation[] {
  return evaluations.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
}

/** Rules of a result by id. */
export function rulesById(result: ScanResult): ReadonlyMap<string, RuleSummary> {
  return new Map(result.ruleSet.rules.map((rule) => [rule.id, rule]));
}

/** Flows of a result by id. */
export function flowsById(result: ScanResult): ReadonlyMap<string, FlowSummary> {
  return new Map(result.flows.map((flow) => [flow.id, flow]));
}

/** What a flow's nodes and arrows amount to: each of its findings counts once. */
export function countsOf({ nodes, edges }: FlowSummary): FlowCounts {
  const total = { fail: 0, unknown: 0, pass: 0, waived: 0 };
  for (const { fail, unknown, pass, waived } of [...nodes, ...edges]) {
    total.fail += fail;
    total.unknown += unknown;
    total.pass += pass;
    total.waived += waived;
  }
  return total;
}

/** `2 failed, 1 unknown`: how much of what is open goes beyond the reference diagrams; undefined for nothing. */
export function describeBeyond({ requirements, evaluations }: ScanResult): string | undefined {
  const beyond = new Set(requirements.flatMap(({ id, catalogue }) => (catalogue === undefined ? [] : [id])));
  const own = evaluations.filter(({ requirement }) => beyond.has(requirement));
  const fail = own.filter(isOpenFailure).length;
  const unknown = own.filter(isOpenUnknown).length;
  return fail + unknown === 0 ? undefined : `${fail} failed, ${unknown} unknown`;
}

/** `file:line:column`, or the ARN, or the resource's id: where a person goes to look. */
export function describeWhere(evaluation: Evaluation): string {
  const { location, resource } = evaluation;
  if (location !== undefined) return `${location.file}:${location.startLine}:${location.startColumn}`;
  return resource.arn ?? resource.id;
}

/** The service of a resource type: `Lambda` for `AWS::Lambda::Function`. */
export function serviceOf(resource: ResourceSummary): string {
  return resource.type.split('::')[1] ?? resource.type;
}

/** The first reference of a rule that is a plain https address; anything else is never made a link. */
export function linkOf(rule: RuleSummary | undefined): string | undefined {
  return rule?.references.find(isLink);
}

/** True for an https address of unreserved and delimiting characters alone (RFC 3986). */
export function isLink(text: string): boolean {
  return /^https:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][\w.~!$&'()*+,;=:@%/?#-]*)?$/.test(text);
}
