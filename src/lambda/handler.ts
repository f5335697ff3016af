import { s3ReportStore } from '../publish/report-store.ts';
import { startExecution } from '../publish/start-execution.ts';
import { metricsOf, type AuditSummary, type PartSummary } from './audit-summary.ts';
import { readSettings, type AuditEvent } from './audit-settings.ts';
import { unpackConfig } from '../app/config-files.ts';
import { auditOrHandOver, type HandedOver } from './hand-over.ts';
import { metricsLine } from './metrics.ts';
import { runAudit } from './run-audit.ts';

/** What is used of Lambda's context. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** The scheduled audit: environment and event in, reports, findings and metrics out. */
export async function handler(
  event: AuditEvent,
  context: LambdaContext,
): Promise<AuditSummary | PartSummary | HandedOver> {
  const started = Date.now();
  const folder = await unpackConfig('/tmp/headgate');
  const settings = readSettings(event, process.env, new Date(started), folder);
  const { bucket, prefix, deployment } = settings;
  const work = s3ReportStore(process.env['HEADGATE_WORK_BUCKET'] ?? bucket, prefix, {});
  const audit = () =>
    runAudit(settings, {
      store: s3ReportStore(bucket, prefix, {}),
      parts: work,
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
  const stateMachineArn = process.env['HEADGATE_STATE_MACHINE'] ?? '';
  const isWhole = event.part === undefined && event.parts === undefined;
  const summary =
    stateMachineArn === '' || !isWhole
      ? await audit()
      : await auditOrHandOver(
          settings,
          { work, start: (name, input) => startExecution({ stateMachineArn, name, input }, {}) },
          audit,
        );
  if (summary.kind === 'audit') writeMetrics(summary, deployment, started);
  return summary;
}

function writeMetrics(summary: AuditSummary, deployment: string, started: number): void {
  const finished = Date.now();
  const { account, regions, objects } = summary;
  const properties = { account, regions, report: objects.html };
  process.stdout.write(
    metricsLine(deployment, metricsOf(summary, finished - started), properties, new Date(finished)),
  );
}
