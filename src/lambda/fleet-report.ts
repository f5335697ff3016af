import { HeadgateError } from '../model/headgate-error.ts';
import { severities, type Severity } from '../model/rule.ts';
import type { ReportStore } from '../publish/report-store.ts';
import type { AuditSummary } from './audit-summary.ts';
import { itemsKey, type FleetItem } from './fleet-plan.ts';
import { renderOverview } from './fleet-overview.ts';
import type { FleetReport, FleetRun } from './fleet-run.ts';

/** Key of what a run leaves for the report, below the prefix. */
export function runKey(folder: string, { account, region }: Pick<FleetItem, 'account' | 'region'>): string {
  return `${folder}/runs/${account}-${region}.json`;
}

/** Key of what the state machine leaves where a run failed; `null` where it was started again since. */
export function failureKey(
  folder: string,
  { account, region }: Pick<FleetItem, 'account' | 'region'>,
): string {
  return `${folder}/failures/${account}-${region}.json`;
}

/**
 * Reduces the runs of a fleet to one report, and writes its overview. A run that left neither a summary nor
 * a failure is a failed one.
 * @throws HeadgateError `plan-missing`.
 */
export async function reportFleet(
  folder: string,
  store: ReportStore,
): Promise<{ readonly report: FleetReport; readonly html: string }> {
  const items = await readJson<readonly FleetItem[]>(itemsKey(folder), store);
  if (items === undefined)
    throw new HeadgateError(
      'plan-missing',
      `The plan of the fleet run \`${folder}\` was deleted. Start a new run.`,
    );
  const runs = await readRuns(folder, items, store);
  const report: FleetReport = { time: items[0]?.time ?? '', runs, totals: totalsOf(runs) };
  const html = `${folder}/overview.html`;
  await store.put(`${folder}/overview.json`, `${JSON.stringify(report, null, 2)}\n`, 'application/json');
  await store.put(html, renderOverview(report), 'text/html; charset=utf-8');
  return { report, html };
}

const readAtOnce = 50;

async function readRuns(
  folder: string,
  items: readonly FleetItem[],
  store: ReportStore,
): Promise<readonly FleetRun[]> {
  const runs: FleetRun[] = [];
  for (let index = 0; index < items.length; index += readAtOnce)
    runs.push(
      ...(await Promise.all(
        items.slice(index, index + readAtOnce).map((item) => readRun(folder, item, store)),
      )),
    );
  return runs;
}

async function readRun(folder: string, item: FleetItem, store: ReportStore): Promise<FleetRun> {
  const summary = await readJson<AuditSummary>(runKey(folder, item), store);
  const failed = (await readJson<Failure | string | null>(failureKey(folder, item), store)) ?? undefined;
  const failure = failed === undefined ? undefined : describeFailure(failed);
  if (summary !== undefined) return { item, summary, ...(failure === undefined ? {} : { failure }) };
  return { item, failure: failure ?? 'the function stopped without a result; see its log group' };
}

interface Failure {
  readonly Error?: string;
  readonly Cause?: string;
}

// Step Functions may write a text as JSON once more.
function describeFailure(failed: Failure | string): string {
  const { Error = 'Error', Cause = '' } =
    typeof failed === 'string' ? (JSON.parse(failed) as Failure) : failed;
  return `${Error}: ${causeOf(Cause)}`.slice(0, 500);
}

// Lambda's own cause is JSON: {"errorType", "errorMessage", "trace"}.
function causeOf(cause: string): string {
  try {
    const parsed = JSON.parse(cause) as { readonly errorMessage?: string };
    return parsed.errorMessage ?? cause;
  } catch {
    return cause;
  }
}

async function readJson<Shape>(key: string, store: ReportStore): Promise<Shape | undefined> {
  const bytes = await store.get(key);
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Shape); // written by the fleet itself
}

function totalsOf(runs: readonly FleetRun[]): FleetReport['totals'] {
  const summaries = runs.flatMap(({ summary }) => summary ?? []);
  const sum = (of: (summary: AuditSummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0);
  return {
    places: runs.length,
    failedPlaces: runs.filter(({ failure }) => failure !== undefined).length,
    incompletePlaces: summaries.filter(({ completeness }) => completeness !== 'complete').length,
    unpublishedPlaces: summaries.filter(({ securityHub }) =>
      securityHub.some(({ status }) => status !== 'published'),
    ).length,
    resources: sum(({ resources }) => resources),
    pass: sum(({ counts }) => counts.pass),
    fail: sum(({ counts }) => counts.fail),
    unknown: sum(({ counts }) => counts.unknown),
    waived: sum(({ counts }) => counts.waived),
    bySeverity: Object.fromEntries(
      severities.map((severity) => [severity, sum(({ counts }) => counts.bySeverity[severity])]),
    ) as Record<Severity, number>,
  };
}

/** Metrics of a fleet run. */
export function fleetMetrics({ totals }: FleetReport): Readonly<Record<string, number>> {
  return {
    FleetRuns: 1,
    Places: totals.places,
    FailedPlaces: totals.failedPlaces,
    IncompletePlaces: totals.incompletePlaces,
    UnpublishedPlaces: totals.unpublishedPlaces,
    Resources: totals.resources,
    Passed: totals.pass,
    Failed: totals.fail,
    Unknown: totals.unknown,
    Waived: totals.waived,
    CriticalFailures: totals.bySeverity.critical,
    HighFailures: totals.bySeverity.high,
  };
}
