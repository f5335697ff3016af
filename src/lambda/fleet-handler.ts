import { listOrganizationAccounts } from '../account/organization-accounts.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import { s3ReportStore } from '../publish/report-store.ts';
import { planFleet, type FleetPlan } from './fleet-plan.ts';
import { fleetMetrics, reportFleet } from './fleet-report.ts';
import type { FleetReport } from './fleet-run.ts';
import { metricsLine } from './metrics.ts';

/** What the fleet's state machine asks for: first what to audit, at the end what came of it. */
export type FleetEvent =
  { readonly action: 'plan'; readonly time: string } | { readonly action: 'report'; readonly folder: string };

/** Answer to `report`, small. */
export interface FleetAnswer {
  readonly overview: string;
  readonly totals: FleetReport['totals'];
}

/** Plans a fleet run, or reports on it: environment in, objects and metrics out. */
export async function handler(event: FleetEvent): Promise<FleetPlan | FleetAnswer> {
  const bucket = process.env['HEADGATE_BUCKET'] ?? '';
  const prefix = process.env['HEADGATE_PREFIX'] ?? '';
  const store = s3ReportStore(bucket, prefix, {});
  if (event.action === 'plan') {
    const named = list('HEADGATE_ACCOUNTS');
    const accounts =
      named.length > 0
        ? named.map((account) => ({ account, name: '' }))
        : await listOrganizationAccounts({
            region: process.env['HEADGATE_ORGANIZATIONS_REGION'] ?? 'us-east-1',
          });
    const options = { accounts, except: list('HEADGATE_EXCEPT'), regions: list('HEADGATE_REGIONS'), prefix };
    return planFleet({ ...options, time: timeOf(event.time) }, store);
  }
  const { report, html } = await reportFleet(event.folder, store);
  const deployment = process.env['HEADGATE_DEPLOYMENT'] ?? 'fleet';
  process.stdout.write(metricsLine(deployment, fleetMetrics(report), { overview: html }, new Date()));
  return { overview: `${prefix}${html}`, totals: report.totals };
}

function list(name: string): string[] {
  return (process.env[name] ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new HeadgateError(
      'settings-invalid',
      `\`${text}\` is not an ISO 8601 time. Set \`time\` to a value such as 2026-11-28T03:00:00Z.`,
    );
  return time;
}
