import { s3ReportStore } from '../publish/report-store.ts';
import { metricsOf, type AuditSummary, type PartSummary } from './audit-summary.ts';
import { readSettings, type AuditEvent } from './audit-settings.ts';
import { unpackConfig } from './config-files.ts';
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
): Promise<AuditSummary | PartSummary> {
  const started = Date.now();
  const folder = await unpackConfig('/tmp/headgate');
  const settings = readSettings(event, process.env, new Date(started), folder);
  const { bucket, prefix, deployment } = settings;
  const work = process.env['HEADGATE_WORK_BUCKET'];
  const summary = await runAudit(settings, {
    store: s3ReportStore(bucket, prefix, {}),
    parts: s3ReportStore(work ?? bucket, prefix, {}),
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  if (summary.kind === 'audit') {
    const finished = Date.now();
    const { account, regions, objects } = summary;
    process.stdout.write(
      metricsLine(
        deployment,
        metricsOf(summary, finished - started),
        { account, regions, report: objects.html },
        new Date(finished),
      ),
    );
  }
  return summary;
}
