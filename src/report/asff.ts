import { createHash } from 'node:crypto';
import { HeadgateError } from '../model/headgate-error.ts';
import { partitionOfRegion } from '../model/partition.ts';
import type { Severity } from '../model/rule.ts';
import type { Evaluation, ResourceSummary, RuleSummary, ScanResult } from '../model/scan-result.ts';
import { asffResourceType } from './asff-resource-types.ts';
import { frameworksOf, frameworkTitle, relatedRequirement } from './control-mappings.ts';
import { linkOf, rulesById } from './findings.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { truncate, wellFormed } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';

/** A finding of the AWS Security Finding Format, as far as Headgate fills it. */
export interface AsffFinding {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly ProductName: string;
  readonly CompanyName: string;
  readonly GeneratorId: string;
  readonly AwsAccountId: string;
  readonly Region: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly Title: string;
  readonly Description: string;
  readonly Remediation: { readonly Recommendation: { readonly Text: string; readonly Url?: string } };
  readonly ProductFields: Readonly<Record<string, string>>;
  readonly Resources: readonly AsffResource[];
  readonly Compliance: {
    readonly Status: 'PASSED' | 'WARNING' | 'FAILED' | 'NOT_AVAILABLE';
    readonly SecurityControlId: string;
    readonly RelatedRequirements?: readonly string[];
    readonly AssociatedStandards?: readonly { readonly StandardsId: string }[];
    readonly StatusReasons?: readonly { readonly ReasonCode: string; readonly Description: string }[];
  };
  readonly RecordState: 'ACTIVE';
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: string; readonly Original: string };
    readonly Types: readonly string[];
  };
}

interface AsffResource {
  readonly Type: string;
  readonly Id: string;
  readonly Partition?: string;
  readonly Region?: string;
}

/** Where a finding is imported: the account that owns it, and its region. */
interface Scope {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

const labels: Readonly<Record<Severity, string>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  info: 'INFORMATIONAL',
};

// Limits of the API in characters and items; what is longer is refused with the whole batch.
const limits = {
  id: 512,
  title: 256,
  description: 1024,
  remediation: 512,
  field: 2048,
  resources: 32,
  requirements: 32,
  requirement: 64,
  standards: 20,
};

/** The partitions that `Resources[].Partition` can name (Security Hub API, read 2026-11-23); it is optional. */
const namedPartitions: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** A JSON array of ASFF findings, the input of `BatchImportFindings`; see `toAsffFindings`. */
export function renderAsff(result: ScanResult, options: RenderOptions = {}): Iterable<string> {
  const applicable = result.evaluations.filter(isTold);
  const placed = applicable.filter(({ resource }) => scopeOf(resource, options) !== undefined);
  if (placed.length === 0 && applicable.length > 0)
    throw new HeadgateError(
      'report-incomplete',
      `ASFF findings belong to an account and a Region, and no result has them (${applicable.length} left out). Give --account and --region.`,
    );
  return jsonParts(new Streamed(findingsOf(placed, result, options)));
}

function* findingsOf(
  evaluations: readonly Evaluation[],
  result: ScanResult,
  options: RenderOptions,
): Generator<AsffFinding> {
  const rules = rulesById(result);
  for (const item of evaluations) {
    const scope = scopeOf(item.resource, options);
    if (scope !== undefined) yield toFinding(item, rules.get(item.ruleId), scope, result, options);
  }
}

/**
 * The evaluations as ASFF findings, and how many were left out for want of an account and region.
 * fail is FAILED, pass PASSED, unknown NOT_AVAILABLE and waived WARNING, each of the latter with its
 * reason. What does not apply has no finding. Severity and types stand in FindingProviderFields only,
 * or an import would overwrite what the customer set. Whoever publishes sets CreatedAt and
 * FirstObservedAt to when an id was first seen. Source: Security Hub API, read 2026-11-23.
 */
export function toAsffFindings(
  result: ScanResult,
  options: RenderOptions = {},
): { readonly findings: readonly AsffFinding[]; readonly leftOut: number } {
  const applicable = result.evaluations.filter(isTold);
  const findings = [...findingsOf(applicable, result, options)];
  return { findings, leftOut: applicable.length - findings.length };
}

/** What another failure tells has no finding of its own. */
function isTold({ verdict, followsFrom }: Evaluation): boolean {
  return verdict !== 'notApplicable' && followsFrom === undefined;
}

function scopeOf({ arn, account, region }: ResourceSummary, options: RenderOptions): Scope | undefined {
  const own = account ?? options.account;
  // A global resource has no region of its own; its finding goes where the caller says.
  const place = region === undefined || region === 'global' ? options.region : region;
  if (own === undefined || !/^\d{12}$/.test(own) || place === undefined || !/^[a-z0-9-]{1,16}$/.test(place)) {
    return undefined;
  }
  return { account: own, region: place, partition: partitionOf(arn, place, options) };
}

function partitionOf(arn: string | undefined, region: string, options: RenderOptions): string {
  const [, named] = /^arn:(aws[a-z-]*):/.exec(arn ?? '') ?? [];
  if (named !== undefined) return named;
  const { name } = partitionOfRegion(region);
  return name === 'aws' ? (options.partition ?? name) : name;
}

function toFinding(
  evaluation: Evaluation,
  rule: RuleSummary | undefined,
  scope: Scope,
  result: ScanResult,
  options: RenderOptions,
): AsffFinding {
  const { account, region, partition } = scope;
  const now = options.now ?? result.startedAt;
  return {
    SchemaVersion: '2018-10-08',
    Id: findingId(evaluation, scope),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'Headgate',
    CompanyName: 'Headgate',
    GeneratorId: text(`headgate/${evaluation.ruleId}`, limits.id),
    AwsAccountId: account,
    Region: region,
    CreatedAt: now,
    UpdatedAt: now,
    FirstObservedAt: now,
    LastObservedAt: now,
    Title: text(rule?.title ?? evaluation.ruleId, limits.title),
    Description: text([evaluation.message, evaluation.reason].filter(Boolean).join(' '), limits.description),
    Remediation: { Recommendation: recommendation(rule) },
    ProductFields: productFields(evaluation, result),
    Resources: resourcesOf(evaluation, scope),
    Compliance: complianceOf(evaluation, rule),
    RecordState: 'ACTIVE',
    FindingProviderFields: providerFields(evaluation, rule),
  };
}

/** Stable over text, title, severity and version: `headgate/<rule>/<partition>:<account>:<region>/<32 hex of the resource>`. */
function findingId(
  { ruleId, resource, fingerprint }: Evaluation,
  { account, region, partition }: Scope,
): string {
  const identity = createHash('sha256')
    .update(resource.arn ?? fingerprint)
    .digest('hex');
  return `headgate/${truncate(ruleId, 256)}/${partition}:${account}:${region}/${identity.slice(0, 32)}`;
}

function recommendation(rule: RuleSummary | undefined): { Text: string; Url?: string } {
  const url = linkOf(rule);
  return {
    Text: text(rule?.fix.text ?? 'See the rule.', limits.remediation),
    ...(url === undefined ? {} : { Url: url }),
  };
}

function productFields(evaluation: Evaluation, result: ScanResult): Record<string, string> {
  const [evidence] = evaluation.evidence;
  const fields: Readonly<Record<string, string | undefined>> = {
    'headgate/version': result.tool.version,
    'headgate/ruleSetDigest': result.ruleSet.digest,
    'headgate/requirement': evaluation.requirement,
    'headgate/resourceType': evaluation.resource.type,
    'headgate/fingerprint': evaluation.fingerprint,
    'headgate/verdict': evaluation.waiver === undefined ? evaluation.verdict : 'waived',
    'headgate/flows': evaluation.flows.join(' '),
    'headgate/evidence':
      evidence === undefined
        ? undefined
        : `${evidence.what}: ${evidence.value} (expected ${evidence.expected})`,
    'headgate/waiverOwner': evaluation.waiver?.owner,
    'headgate/waiverExpires': evaluation.waiver?.expires,
  };
  const filled = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined && field[1].trim() !== '',
  );
  return Object.fromEntries(filled.map(([key, value]) => [key, text(value, limits.field)]));
}

function resourcesOf({ resource, related }: Evaluation, scope: Scope): AsffResource[] {
  return [resource, ...related].slice(0, limits.resources).map((item) => ({
    ...nameOf(item),
    ...(namedPartitions.has(scope.partition) ? { Partition: scope.partition } : {}),
    ...(item === resource || item.region === scope.region ? { Region: scope.region } : {}),
  }));
}

/** An account as Security Hub's own controls name it. */
function nameOf({ type, account, arn, id }: ResourceSummary): Pick<AsffResource, 'Type' | 'Id'> {
  if (type === 'Headgate::Scope' && account !== undefined)
    return { Type: 'AwsAccount', Id: `AWS::::Account:${account}` };
  return { Type: asffResourceType(type), Id: text(arn ?? id, limits.id) };
}

function complianceOf(evaluation: Evaluation, rule: RuleSummary | undefined): AsffFinding['Compliance'] {
  const { verdict, waiver, reason, message, cause } = evaluation;
  const requirements = (rule?.controls ?? []).map((control) =>
    text(relatedRequirement(control), limits.requirement),
  );
  const standards = frameworksOf(rule).map((framework) => ({
    StandardsId: text(frameworkTitle(framework), limits.id),
  }));
  const because = (ReasonCode: string, Description: string) => ({
    StatusReasons: [{ ReasonCode, Description: text(Description, limits.description) }],
  });
  return {
    Status: statusOf(evaluation),
    SecurityControlId: text(evaluation.ruleId, limits.id),
    ...(requirements.length === 0 ? {} : { RelatedRequirements: requirements.slice(0, limits.requirements) }),
    ...(standards.length === 0 ? {} : { AssociatedStandards: standards.slice(0, limits.standards) }),
    ...(waiver !== undefined ? because('HEADGATE_WAIVED', waiver.reason) : {}),
    ...(waiver === undefined && verdict === 'unknown'
      ? because(
          `HEADGATE_UNKNOWN_${(cause ?? 'value').toUpperCase().replace(/[^A-Z]/g, '_')}`,
          reason ?? message,
        )
      : {}),
  };
}

function statusOf({ verdict, waiver }: Evaluation): AsffFinding['Compliance']['Status'] {
  if (waiver !== undefined) return 'WARNING';
  if (verdict === 'fail') return 'FAILED';
  return verdict === 'pass' ? 'PASSED' : 'NOT_AVAILABLE';
}

function providerFields(
  evaluation: Evaluation,
  rule: RuleSummary | undefined,
): AsffFinding['FindingProviderFields'] {
  const isFailed = statusOf(evaluation) === 'FAILED';
  const isNist = frameworksOf(rule).includes('nist-800-53-r5');
  return {
    Severity: {
      Label: isFailed ? labels[evaluation.severity] : 'INFORMATIONAL',
      Original: evaluation.severity,
    },
    Types: [
      'Software and Configuration Checks/AWS Security Best Practices',
      ...(isNist
        ? ['Software and Configuration Checks/Industry and Regulatory Standards/NIST 800-53 Controls (USA)']
        : []),
    ],
  };
}

/** A text that the API takes: well-formed, not blank, at most `limit` code points. */
function text(value: string, limit: number): string {
  const clean = wellFormed(value).trim();
  return clean === '' ? '-' : truncate(clean, limit);
}
