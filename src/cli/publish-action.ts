import { setTimeout as wait } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { Finding } from '../publish/finding.ts';
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
import { checkRegion } from './check-region.ts';
import { readResult } from './read-result.ts';
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
  if (options.region !== undefined) checkRegion(options.region, surroundings);
  const result = await readResult(file, surroundings.cwd);
  const { findings, leftOut } = toAsffFindings(result, {
    ...(options.account === undefined ? {} : { account: options.account }),
    ...(options.region === undefined ? {} : { region: options.region }),
  });
  const common = {
    storeOf: await stores(options, surroundings),
    now: timeOf(result, file),
    isSaved: true,
  };
  if (leftOut > 0)
    surroundings.stderr.write(
      `headgate: ${leftOut} ${leftOut === 1 ? 'evaluation has' : 'evaluations have'} no account or Region, so no finding was sent; set --account and --region.\n`,
    );
  if (result.places === undefined)
    surroundings.stderr.write(
      'headgate: the result does not say which accounts and Regions were read (templates, or an older version): nothing is archived.\n',
    );
  return options.dryRun === true
    ? dryRun(result, findings, common, surroundings)
    : publish(result, findings, { ...common, hubOf: await hubs(options), wait }, surroundings);
}

/** What a result says is as old as the result. */
function timeOf({ startedAt }: ScanResult, file: string): Date {
  const time = new Date(startedAt);
  if (Number.isNaN(time.getTime()))
    throw new HeadgateError('result-invalid', `\`${file}\` has no start time.`, { file });
  return time;
}

async function stores(
  { state, region, profile }: PublishOptions,
  { cwd }: Surroundings,
): Promise<(place: HubPlace) => StateStore> {
  const name = (place: HubPlace): string => `${place.account}/${place.region}.json`;
  if (!state.startsWith('s3://')) return (place) => fileStateStore(resolve(cwd, join(state, name(place))));
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*?))?\/?$/.exec(state) ?? [];
  if (bucket === undefined)
    throw new HeadgateError(
      'options-invalid',
      `\`${state}\` is not a valid S3 location. Use s3://bucket/prefix.`,
    );
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
  const places = await plan(result, findings, options).catch(stateUnreadable);
  for (const { account, region, plan: planned, known, toldAt } of places) {
    if (toldAt !== undefined) {
      stdout.write(
        `${account} ${region}: would be rejected: the result is from ${result.startedAt}, and newer findings were sent at ${toldAt}\n`,
      );
      continue;
    }
    stdout.write(
      `${account} ${region}: would send ${describeCounts(planned.counts)}${known ? '' : ' (no state: as if nothing was ever sent)'}\n`,
    );
    for (const { finding, remember } of planned.send)
      stdout.write(
        `  ${shownStatus(finding).padEnd(8)} ${severityOf(finding).padEnd(13)} ${remember.ruleId} ${resourceOf(finding)}\n`,
      );
  }
  if (places.length === 0)
    stdout.write('Nothing to send: the result has no finding with an account and a Region.\n');
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

function shownStatus({ RecordState, Compliance }: Finding): string {
  return RecordState === 'ARCHIVED' ? RecordState : Compliance.Status;
}

function severityOf(finding: object): string {
  const { FindingProviderFields: fields } = finding as {
    readonly FindingProviderFields?: { readonly Severity?: { readonly Label?: string } };
  };
  return fields?.Severity?.Label ?? '';
}

function resourceOf(finding: object): string {
  const { Resources = [] } = finding as { readonly Resources?: readonly { readonly Id: string }[] };
  return Resources[0]?.Id ?? '';
}

function describeCounts(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'unchanged');
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
