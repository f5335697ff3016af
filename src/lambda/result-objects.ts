import { gzipSync } from 'node:zlib';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import type { ReportStore } from '../publish/report-store.ts';
import { renderReport } from '../report/render.ts';
import type { evaluationColumns } from './evaluation-columns.ts';

/** Where the pieces of a run lie, relative to the store's prefix. */
export interface WrittenObjects {
  readonly json: string;
  readonly html: string;
  /** One for each Region, and `global` for what has none. */
  readonly evaluations: readonly string[];
}

/** What of a result is one run's own to store. */
export interface StoredRun {
  readonly result: ScanResult;
  readonly account: string;
  /** Regions that were read, without `global`. */
  readonly regions: readonly string[];
  /** False where another run stores what has no Region. */
  readonly withGlobal: boolean;
  readonly complete: boolean;
  readonly time: Date;
}

/**
 * Writes the reports of a run, and its evaluations as NDJSON below
 * `evaluations/date=.../account=.../region=.../`, which Glue reads as partitions. A later run of the same day
 * replaces the day's evaluations; the bucket keeps the versions.
 */
export async function writeResult(run: StoredRun, store: ReportStore): Promise<WrittenObjects> {
  const { result, account, regions, withGlobal } = run;
  const folder = `reports/${dateOf(run.time)}/${account}`;
  const name = `${run.time.toISOString().slice(11, 19).replaceAll(':', '')}-${regions.length === 1 ? regions[0] : 'all'}`;
  const json = `${folder}/${name}.json`;
  const html = `${folder}/${name}.html`;
  await store.put(json, await renderReport('json', result), 'application/json');
  await store.put(html, await renderReport('html', result), 'text/html; charset=utf-8');
  const evaluations: string[] = [];
  for (const region of withGlobal ? [...regions, 'global'] : regions) {
    const key = evaluationsKey(run.time, account, region);
    const rows = result.evaluations.filter(({ resource }) => (resource.region ?? 'global') === region);
    await store.put(key, gzipSync(toNdjson(rows, run)), 'application/x-ndjson');
    evaluations.push(key);
  }
  return { json, html, evaluations };
}

/** Key of one Region's evaluations of a day. */
export function evaluationsKey(time: Date, account: string, region: string): string {
  return `evaluations/date=${dateOf(time)}/account=${account}/region=${region}/evaluations.ndjson.gz`;
}

/** The day of a run in UTC, `2026-11-23`. */
export function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

type Row = Readonly<Record<keyof typeof evaluationColumns, unknown>>;

function toNdjson(evaluations: readonly Evaluation[], run: StoredRun): string {
  return evaluations.map((evaluation) => `${JSON.stringify(toRow(evaluation, run))}\n`).join('');
}

function toRow(evaluation: Evaluation, { result, complete, time }: StoredRun): Row {
  const { resource, waiver } = evaluation;
  return {
    audited_at: time.toISOString(),
    complete,
    rule_id: evaluation.ruleId,
    requirement: evaluation.requirement,
    severity: evaluation.severity,
    verdict: evaluation.verdict,
    waived: waiver !== undefined,
    message: evaluation.message,
    reason: evaluation.reason,
    cause: evaluation.cause,
    fingerprint: evaluation.fingerprint,
    resource_id: resource.id,
    resource_type: resource.type,
    resource_name: resource.name,
    resource_arn: resource.arn,
    flows: evaluation.flows,
    waiver_reason: waiver?.reason,
    waiver_owner: waiver?.owner,
    waiver_expires: waiver?.expires,
    tool_version: result.tool.version,
    rule_set_digest: result.ruleSet.digest,
  };
}
