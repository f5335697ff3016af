import { dirname, resolve } from 'node:path';
import type { PolicyViolatingResource, PolicyViolation } from 'aws-cdk-lib';
import { fromPointer } from '../model/location.ts';
import { severities, type Severity } from '../model/rule.ts';
import type { Evaluation, RuleSummary, ScanResult } from '../model/scan-result.ts';

/** What of a result becomes a violation, and how grave it is. */
export interface ViolationOptions {
  /** Folders of the templates that the plugin was asked about; absolute paths. */
  readonly folders: readonly string[];
  /** Against which the result's file names are read; an absolute path. */
  readonly cwd: string;
  /** Findings of this severity or worse are errors and end the synthesis; others are warnings. */
  readonly failOn: Severity | 'none';
  /** Whether what could not be decided is an error too. */
  readonly unknown: boolean;
}

/** Violation and resources, open for more of the same rule and message. */
type Draft = PolicyViolation & { readonly violatingResources: PolicyViolatingResource[] };

/**
 * A result in the terms of the CDK's validation report. What the application acknowledged is handed on, as
 * the CDK suppresses it by itself and shows why; what a waiver or the baseline excuses is left out. Pure.
 */
export function toViolations(result: ScanResult, options: ViolationOptions): PolicyViolation[] {
  const rules = new Map(result.ruleSet.rules.map((rule) => [rule.id, rule]));
  const drafts = new Map<string, Draft>();
  for (const evaluation of result.evaluations) {
    const rule = rules.get(evaluation.ruleId);
    if (rule === undefined || !isReported(evaluation, options) || isElsewhere(evaluation, options)) continue;
    const key = JSON.stringify([evaluation.ruleId, evaluation.verdict, evaluation.message]);
    const draft = drafts.get(key) ?? { ...describe(evaluation, rule, options), violatingResources: [] };
    draft.violatingResources.push(placeOf(evaluation, options));
    drafts.set(key, draft);
  }
  return [...drafts.values()];
}

function isReported({ verdict, waiver, followsFrom }: Evaluation, { unknown }: ViolationOptions): boolean {
  if (followsFrom !== undefined) return false;
  if (waiver !== undefined && !waiver.source.startsWith('cdk ')) return false;
  return verdict === 'fail' || (unknown && verdict === 'unknown');
}

function describe(
  { message, reason, verdict, severity }: Evaluation,
  rule: RuleSummary,
  { failOn }: ViolationOptions,
): Omit<PolicyViolation, 'violatingResources'> {
  const isError = verdict === 'unknown' || severities.slice(0, limitOf(failOn)).includes(severity);
  return {
    ruleName: rule.id,
    description: verdict === 'unknown' && reason !== undefined ? `${message}: ${reason}` : message,
    severity: isError ? 'error' : 'warning',
    fix: describeFix(rule),
    ruleMetadata: { severity, requirement: rule.requirement, verdict },
  };
}

function limitOf(failOn: Severity | 'none'): number {
  return failOn === 'none' ? 0 : severities.indexOf(failOn) + 1;
}

/** What to do, and how it is written in the CDK: an application knows the construct's properties, not CloudFormation's. */
function describeFix({ fix: { text, cdk } }: RuleSummary): string {
  return cdk === undefined ? text : `${text} In the CDK: ${cdk.trim()}`;
}

/** True for a finding in a template that the plugin was not asked about: that of another stage. */
function isElsewhere({ location }: Evaluation, { folders, cwd }: ViolationOptions): boolean {
  if (location?.file.endsWith('.template.json') !== true) return false;
  return !folders.includes(dirname(resolve(cwd, location.file)));
}

/** Template, logical id and property of a finding, as far as it has them. */
function placeOf({ location, resource }: Evaluation, { cwd }: ViolationOptions): PolicyViolatingResource {
  if (location === undefined) return { resourceLogicalId: resource.name, locations: [] };
  const templatePath = resolve(cwd, location.file);
  const [section, logicalId, ...property] = fromPointer(location.pointer ?? '');
  if (section !== 'Resources' || logicalId === undefined)
    return { resourceLogicalId: resource.name, templatePath, locations: [] };
  return {
    resourceLogicalId: logicalId,
    templatePath,
    locations: property.length === 0 ? [] : [property.join('.')],
  };
}
