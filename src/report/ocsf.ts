import type { Severity } from '../model/rule.ts';
import type { Evaluation, ResourceSummary, RuleSummary, ScanResult } from '../model/scan-result.ts';
import { frameworksOf, frameworkTitle, relatedRequirement } from './control-mappings.ts';
import { rulesById, serviceOf } from './findings.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { wellFormed } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';

const severityIds: Readonly<Record<Severity, readonly [id: number, caption: string]>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

const complianceStatus: Readonly<Record<Evaluation['verdict'], readonly [id: number, caption: string]>> = {
  pass: [1, 'Pass'],
  // OCSF: "did not yield a result due to missing information".
  unknown: [2, 'Warning'],
  fail: [3, 'Fail'],
  notApplicable: [99, 'Not Applicable'],
};

/**
 * A JSON array of OCSF 1.8.0 Compliance Finding events (class 2003), one for each evaluation; times
 * in milliseconds. A waived failure stays Fail, its event status is Suppressed.
 * Source: schema.ocsf.io 1.8.0, read 2026-11-23.
 */
export function renderOcsf(result: ScanResult, options: RenderOptions = {}): Iterable<string> {
  return jsonParts(new Streamed(eventsOf(result, options)));
}

function* eventsOf(result: ScanResult, options: RenderOptions): Generator {
  const rules = rulesById(result);
  for (const item of result.evaluations) yield toEvent(item, rules.get(item.ruleId), result, options);
}

function toEvent(
  evaluation: Evaluation,
  rule: RuleSummary | undefined,
  result: ScanResult,
  options: RenderOptions,
): Readonly<Record<string, unknown>> {
  const time = Date.parse(options.now ?? result.startedAt);
  const [severity_id, severity] = severityIds[evaluation.severity];
  const [status_id, status] = eventStatus(evaluation);
  const cloud = cloudOf(evaluation.resource, options);
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200301,
    type_name: 'Compliance Finding: Create',
    time,
    severity_id,
    severity,
    status_id,
    status,
    message: wellFormed(evaluation.message),
    metadata: metadataOf(evaluation, result, cloud !== undefined),
    finding_info: findingInfo(evaluation, rule, time),
    compliance: complianceOf(evaluation, rule),
    resources: [evaluation.resource, ...evaluation.related].map(describeResource),
    ...(rule === undefined ? {} : { remediation: { desc: rule.fix.text, references: rule.references } }),
    ...(cloud === undefined ? {} : { cloud }),
    unmapped: unmappedOf(evaluation),
  };
}

function eventStatus({ verdict, waiver }: Evaluation): readonly [id: number, caption: string] {
  if (waiver !== undefined) return [3, 'Suppressed'];
  return verdict === 'pass' || verdict === 'notApplicable' ? [4, 'Resolved'] : [1, 'New'];
}

function metadataOf({ ruleId, fingerprint }: Evaluation, { tool }: ScanResult, isCloud: boolean) {
  return {
    version: '1.8.0',
    product: { name: 'Headgate', vendor_name: 'Headgate', version: tool.version },
    event_code: ruleId,
    uid: fingerprint,
    ...(isCloud ? { profiles: ['cloud'] } : {}),
  };
}

function findingInfo(
  { ruleId, fingerprint, message, reason }: Evaluation,
  rule: RuleSummary | undefined,
  time: number,
) {
  return {
    uid: fingerprint,
    title: rule?.title ?? ruleId,
    desc: wellFormed(reason === undefined ? message : `${message} ${reason}`),
    last_seen_time: time,
    types: ['Software and Configuration Checks'],
    analytic: { type_id: 1, type: 'Rule', uid: ruleId, name: rule?.title ?? ruleId },
  };
}

function complianceOf(evaluation: Evaluation, rule: RuleSummary | undefined) {
  const [status_id, status] = complianceStatus[evaluation.verdict];
  const details = [
    evaluation.reason,
    evaluation.waiver === undefined ? undefined : `waived: ${evaluation.waiver.reason}`,
  ];
  const controls = rule?.controls ?? [];
  return {
    control: evaluation.ruleId,
    standards: frameworksOf(rule).map(frameworkTitle),
    requirements: [evaluation.requirement, ...controls.map(relatedRequirement)],
    status_id,
    status,
    status_details: details.filter((detail) => detail !== undefined).map(wellFormed),
    assessments: evaluation.evidence.map(({ what, value, expected, holds }) => ({
      name: what,
      desc: wellFormed(`${value} (expected ${expected})`),
      meets_criteria: holds === true,
    })),
  };
}

function describeResource(resource: ResourceSummary) {
  return {
    uid: resource.arn ?? resource.id,
    name: resource.name,
    type: resource.type,
    group: { name: serviceOf(resource) },
    ...(resource.region === undefined ? {} : { region: resource.region }),
  };
}

function cloudOf({ account, region }: ResourceSummary, options: RenderOptions) {
  const uid = account ?? options.account;
  const place = region ?? options.region;
  if (uid === undefined) return undefined;
  return { provider: 'AWS', account: { uid }, ...(place === undefined ? {} : { region: place }) };
}

/** What OCSF has no attribute for, so that nothing of an evaluation is lost. */
function unmappedOf({ verdict, flows, evidence, location, waiver, cause, resource }: Evaluation) {
  return {
    verdict,
    flows,
    evidence,
    ...(cause === undefined ? {} : { cause }),
    ...(location === undefined ? {} : { location }),
    ...(waiver === undefined ? {} : { waiver }),
    ...(resource.constructPath === undefined ? {} : { construct_path: resource.constructPath }),
  };
}
