import { setTimeout as wait } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { fileStateStore } from '../publish/file-state-store.ts';
import type { StateStore } from '../publish/remember-findings.ts';
import type {
  PlacePublication,
  planResult,
  PublishResultOptions,
  RenderedFinding,
} from '../publish/publish-result.ts';
import type { HubPlace } from '../publish/security-hub.ts';
import { toAsffFindings } from '../report/asff.ts';
import { readResult } from './report-action.ts';
import type { Surroundings } from './surroundings.ts';

/** Options of `headgate publish security-hub`. */
export interface PublishOptions {
  readonly dryRun?: boolean;
  readonly state: string;
  readonly region?: string;
  readonly account?: string;
  readonly profile?: string;
  readonly debug?: boolean;
}

/** `headgate publish security-hub`: 0 when everything was accepted, 2 when something was not. */
export async function publishToSecurityHub(
  file: string,
  options: PublishOptions,
  surroundings: Surroundings,
): Promise<number> {
  const result = await readResult(file, surroundings.cwd);
  const { findings, leftOut } = toAsffFindings(result, {
    ...(options.account === undefined ? {} : { account: options.account }),
    ...(options.region === undefined ? {} : { region: options.region }),
  });
  if (leftOut > 0)
    surroundings.stderr.write(
      `headgate: ${leftOut} evaluations have no account or Region and are left out; --account and --region give them one.\n`,
    );
  const common = {
    storeOf: await stores(options, surroundings),
    now: surroundings.now(),
  };
  return options.dryRun === true
    ? dryRun(result, findings, common, surroundings)
    : publish(result, findings, { ...common, hubOf: await hubs(options), wait }, surroundings);
}

async function stores(
  { state, region, profile }: PublishOptions,
  { cwd }: Surroundings,
): Promise<(place: HubPlace) => StateStore> {
  const name = (place: HubPlace): string => `${place.account}/${place.region}.json`;
  if (!state.startsWith('s3://')) return (place) => fileStateStore(resolve(cwd, join(state, name(place))));
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*?))?\/?$/.exec(state) ?? [];
  if (bucket === undefined)
    throw new HeadgateError('options-invalid', `\`${state}\` is no place in S3; write s3://bucket/prefix.`);
  const { s3StateStore } = await import('../publish/s3-state-store.ts');
  const credentials = await credentialsOf(profile, region ?? 'us-east-1');
  const config = { followRegionRedirects: true, ...credentials, ...(region === undefined ? {} : { region }) };
  return (place) =>
    s3StateStore({ bucket, key: `${prefix === '' ? '' : `${prefix}/`}${name(place)}` }, config);
}

async function hubs({ profile }: PublishOptions): Promise<PublishResultOptions['hubOf']> {
  const { securityHub } = await import('../publish/security-hub.ts');
  const credentials = await credentialsOf(profile, 'us-east-1');
  return (place) => securityHub(place, credentials);
}

// Without a profile the SDK's own chain does the same.
async function credentialsOf(profile: string | undefined, region: string) {
  if (profile === undefined) return {};
  const { chooseCredentials } = await import('../account/credentials.ts');
  return { credentials: await chooseCredentials({ profile, region }) };
}

async function dryRun(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  options: Parameters<typeof planResult>[2],
  { stdout }: Surroundings,
): Promise<number> {
  const { planResult: plan } = await import('../publish/publish-result.ts');
  for (const { account, region, plan: planned, known } of await plan(result, findings, options).catch(
    stateUnreadable,
  )) {
    stdout.write(
      `${account} ${region}: ${describeCounts(planned.counts)}${known ? '' : '; no state: as if nothing was ever sent'}\n`,
    );
    for (const { finding, remember } of planned.send) {
      const what = finding.RecordState === 'ARCHIVED' ? 'ARCHIVED' : finding.Compliance.Status;
      stdout.write(`  ${what.padEnd(13)} ${remember.ruleId} ${resourceOf(finding)}\n`);
    }
  }
  return 0;
}

function stateUnreadable(cause: unknown): never {
  throw new HeadgateError(
    'state-unreadable',
    `The state cannot be read: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}. Check --state, and the credentials for it.`,
    {},
    { cause },
  );
}

function resourceOf(finding: object): string {
  const { Resources = [] } = finding as { readonly Resources?: readonly { readonly Id: string }[] };
  return Resources[0]?.Id ?? '';
}

function describeCounts(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}

async function publish(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  options: PublishResultOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { publishResult } = await import('../publish/publish-result.ts');
  const publications = await publishResult(result, findings, options);
  for (const publication of publications) describe(publication, surroundings);
  return publications.every((each) => each.status === 'published' && each.refused.length === 0) ? 0 : 2;
}

function describe(publication: PlacePublication, { stdout, stderr }: Surroundings): void {
  const place = `${publication.account} ${publication.region}`;
  if (publication.status !== 'published') {
    stderr.write(`headgate: ${publication.reason}.\n`);
    return;
  }
  const { counts, accepted, refused, rebuilt } = publication;
  stdout.write(
    `${place}: ${describeCounts(counts)}; ${accepted} accepted${rebuilt ? '; state read back from Security Hub' : ''}\n`,
  );
  for (const { id, reason } of refused) stderr.write(`headgate: ${place}: ${id} was refused: ${reason}\n`);
}
