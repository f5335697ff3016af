import type { AccountReading } from '../account/collect-account.ts';
import { severities, type Severity } from '../model/rule.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { PlacePublication } from '../publish/publish-result.ts';
import type { AuditSettings } from './audit-settings.ts';
import { partitionOf, type EvaluationPartition } from './evaluation-columns.ts';
import type { CollectionPart } from './collection-parts.ts';
import type { WrittenObjects } from './result-objects.ts';

/** What a run answers: small enough for the state of a workflow, whatever the account holds. */
export interface AuditSummary {
  readonly kind: 'audit';
  readonly account: string;
  readonly regions: readonly string[];
  readonly time: string;
  /** `deadline`: time ran out before every call was made. `calls`: calls failed. Nothing is known to be right or wrong there. */
  readonly completeness: 'complete' | 'deadline' | 'calls';
  /** Up to ten reasons why it is not complete. */
  readonly missing: readonly string[];
  readonly resources: number;
  readonly counts: {
    readonly pass: number;
    readonly fail: number;
    readonly unknown: number;
    readonly notApplicable: number;
    readonly waived: number;
    readonly bySeverity: Readonly<Record<Severity, number>>;
  };
  readonly objects: WrittenObjects;
  /** Of the evaluations, for Glue. */
  readonly partitions: readonly EvaluationPartition[];
  readonly securityHub: readonly {
    readonly region: string;
    /** `notificationsFailed`: Security Hub has the findings, and the event bus or topic does not. */
    readonly status: PlacePublication['status'] | 'refused' | 'notificationsFailed';
    readonly accepted?: number;
    readonly refused?: number;
    readonly reason?: string;
  }[];
  readonly requests: number;
  /** Parts with which somebody goes on where this run hit its deadline; empty where this is the last word. */
  readonly split: readonly CollectionPart[];
  /** What the run that decides on them is told. */
  readonly nextRound: number;
}

/** What a part of a split run answers. */
export interface PartSummary {
  readonly kind: 'part';
  readonly key: string;
}

/** Puts the answer of a run together. */
export function summarize(
  result: ScanResult,
  reading: AccountReading,
  objects: WrittenObjects,
  publications: readonly PlacePublication[],
  split: readonly CollectionPart[],
  { time, bucket, prefix, round }: Pick<AuditSettings, 'time' | 'bucket' | 'prefix' | 'round'>,
): AuditSummary {
  const { account, regions } = reading;
  return {
    kind: 'audit',
    account,
    regions,
    time: time.toISOString(),
    completeness: completenessOf(reading),
    missing: missingOf(reading),
    resources: reading.resources.length,
    counts: countsOf(result),
    objects,
    partitions: objects.evaluations.map((key) => partitionOf(key, `s3://${bucket}/${prefix}`)),
    securityHub: publications.map(describe),
    requests: reading.calls.reduce((sum, { attempts }) => sum + attempts, 0),
    split,
    nextRound: round + 1,
  };
}

/** Whether everything was seen, and if not, whether time was what lacked. */
export function completenessOf({ completeness, diagnostics }: AccountReading): AuditSummary['completeness'] {
  if (diagnostics.some(({ code }) => code === 'account-call-timeout')) return 'deadline';
  return completeness.complete ? 'complete' : 'calls';
}

function missingOf({ diagnostics }: AccountReading): string[] {
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .slice(0, 10)
    .map(({ message, where }) => `${where}: ${message}`.slice(0, 300));
}

function countsOf({ evaluations }: ScanResult): AuditSummary['counts'] {
  const counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, waived: 0 };
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  for (const { verdict, waiver, severity, followsFrom } of evaluations) {
    // What another failure tells is counted there.
    if (followsFrom !== undefined) continue;
    counts[waiver === undefined ? verdict : 'waived'] += 1;
    if (verdict === 'fail' && waiver === undefined) bySeverity[severity] += 1;
  }
  return { ...counts, bySeverity };
}

function describe(publication: PlacePublication): AuditSummary['securityHub'][number] {
  const { region } = publication;
  if (publication.status !== 'published')
    return { region, status: publication.status, reason: publication.reason.slice(0, 300) };
  const { accepted, refused, untold } = publication;
  const [first] = refused;
  if (first === undefined && untold !== undefined)
    return { region, status: 'notificationsFailed', accepted, refused: 0, reason: untold.slice(0, 300) };
  if (first === undefined) return { region, status: 'published', accepted, refused: 0 };
  return { region, status: 'refused', accepted, refused: refused.length, reason: first.reason.slice(0, 300) };
}

/** The metrics of a run. `finishedMs`: milliseconds that it took. */
export function metricsOf(summary: AuditSummary, finishedMs: number): Readonly<Record<string, number>> {
  const { counts, completeness, securityHub } = summary;
  return {
    Audits: 1,
    // What somebody goes on with is judged at its end.
    IncompleteAudits: completeness === 'complete' || summary.split.length > 0 ? 0 : 1,
    SplitAudits: summary.split.length > 0 ? 1 : 0,
    Resources: summary.resources,
    Passed: counts.pass,
    Failed: counts.fail,
    Unknown: counts.unknown,
    Waived: counts.waived,
    CriticalFailures: counts.bySeverity.critical,
    HighFailures: counts.bySeverity.high,
    UnpublishedPlaces: securityHub.filter(({ status }) => status !== 'published').length,
    Requests: summary.requests,
    DurationMilliseconds: Math.round(finishedMs),
  };
}
