import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { collectAccount, type AccountReading } from '../account/collect-account.ts';
import { chooseCredentials } from '../account/credentials.ts';
import { listOrganizationAccounts, type OrganizationAccount } from '../account/organization-accounts.ts';
import { checkProfile, ownRegion } from '../account/own-region.ts';
import { encodeSnapshot } from '../account/snapshot.ts';
import { joinReadings, splitReading } from '../account/split-reading.ts';
import { needsOf } from '../app/needs.ts';
import { version } from '../app/version.ts';
import { credentialRanges } from '../evaluate/credentials.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import { partitionOfRegion } from '../model/partition.ts';
import type { RuleSet } from '../model/rule.ts';
import type { ResourceTag } from '../model/slice.ts';
import type { SourceReading } from '../model/source.ts';
import { checkServices, type AccountOptions } from './collect-live.ts';
import { readSnapshot } from './read-snapshot.ts';
import { saveFile } from './save-file.ts';
import type { Surroundings } from './surroundings.ts';

/** Options that say which accounts of an organization are read. */
export interface OrganizationOptions extends AccountOptions {
  readonly organization?: boolean;
  /** Ids of organizational units; all accounts where there are none. */
  readonly unit: readonly string[];
  readonly accountTag: readonly ResourceTag[];
  /** File with an account ID in each line. */
  readonly accounts?: string;
  readonly roleName: string;
  /** Folder of the snapshots, the reports and the overview. */
  readonly folder: string;
  readonly resume?: boolean;
}

/** What became of one account. */
export interface AccountOutcome extends OrganizationAccount {
  readonly reading?: AccountReading;
  /** Where no reading is: why, for people. */
  readonly problem?: string;
  readonly isResumed: boolean;
}

export interface OrganizationReading {
  readonly accounts: readonly AccountOutcome[];
  readonly isInterrupted: boolean;
}

/** Accounts that are read side by side; each has rates of its own. */
const accountsAtOnce = 5;

/**
 * Reads the accounts of an organization with one role, and saves a snapshot of each of its Regions as soon as the account is
 * read, so that a later run with `resume` reads only the Regions that are missing. What goes wrong in one account is told of that account.
 * @throws HeadgateError where the accounts cannot be listed.
 */
export async function collectOrganization(
  options: OrganizationOptions,
  ruleSet: RuleSet,
  surroundings: Surroundings,
): Promise<OrganizationReading> {
  const { cwd, stderr } = surroundings;
  checkServices(options.services ?? []);
  await checkProfile(options.profile);
  const regions = options.region.length > 0 ? options.region : [await ownRegion(options.profile)];
  const home = regions.find((name) => name !== 'all') ?? (await ownRegion(options.profile));
  const accounts = await chooseAccounts(options, home, cwd);
  await mkdir(resolve(cwd, options.folder, 'snapshots'), { recursive: true });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  const limit = pLimit(accountsAtOnce);
  let done = 0;
  const read = async (account: OrganizationAccount): Promise<AccountOutcome> => {
    const outcome = await readAccount(
      account,
      { options, regions, home, ruleSet, surroundings },
      stop.signal,
    );
    done += 1;
    if (options.quiet !== true)
      stderr.write(`headgate: ${done}/${accounts.length} ${account.account}: ${describeOutcome(outcome)}\n`);
    return outcome;
  };
  try {
    const outcomes = await Promise.all(accounts.map(async (account) => limit(() => read(account))));
    return { accounts: outcomes, isInterrupted: stop.signal.aborted };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

/** One line about an account, without its id. */
export function describeOutcome({ reading, problem, isResumed }: AccountOutcome): string {
  if (reading === undefined) return problem ?? 'not read';
  const how = reading.completeness.complete ? 'complete' : 'incomplete';
  return `${how}, ${reading.resources.length} resources${isResumed ? ', from its snapshot' : ''}`;
}

async function chooseAccounts(
  { unit, accountTag, accounts, profile, endpoint }: OrganizationOptions,
  region: string,
  cwd: string,
): Promise<readonly OrganizationAccount[]> {
  if (accounts !== undefined) return readAccountList(accounts, cwd);
  const at = { region, ...(endpoint === undefined ? {} : { endpoint }) };
  const credentials = await chooseCredentials({ ...at, ...(profile === undefined ? {} : { profile }) });
  try {
    const listed = await listOrganizationAccounts({ ...at, credentials, units: unit, tags: accountTag });
    if (listed.length > 0) return listed;
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new HeadgateError(
      'organization-unknown',
      `The accounts of the organization cannot be listed (${why}); use the management account or a delegated administrator, or use --accounts.`,
      { service: 'organizations', region },
      { cause },
    );
  }
  throw new HeadgateError(
    'organization-unknown',
    'No active account of the organization fits --unit and --account-tag; check both.',
    { service: 'organizations', region },
  );
}

async function readAccountList(file: string, cwd: string): Promise<readonly OrganizationAccount[]> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new HeadgateError(
      'accounts-invalid',
      `The account list \`${file}\` cannot be read; check the path.`,
      { file },
      { cause },
    );
  });
  const accounts = new Map<string, OrganizationAccount>();
  for (const [index, line] of text.split('\n').entries()) {
    const [account = '', ...name] = line
      .replace(/#.*/, '')
      .trim()
      .split(/[\s,]+/);
    if (account === '') continue;
    if (!/^\d{12}$/.test(account))
      throw new HeadgateError(
        'accounts-invalid',
        `\`${account}\` is not an account ID; write 12 digits in each line, optionally followed by a name.`,
        { file, line: index + 1, column: 1 },
      );
    accounts.set(account, { account, name: name.join(' ') });
  }
  if (accounts.size === 0)
    throw new HeadgateError(
      'accounts-invalid',
      `The account list \`${file}\` has no account ID. Write one in each line.`,
      { file },
    );
  return [...accounts.values()];
}

interface Run {
  readonly options: OrganizationOptions;
  readonly regions: readonly string[];
  readonly home: string;
  readonly ruleSet: RuleSet;
  readonly surroundings: Surroundings;
}

async function readAccount(
  member: OrganizationAccount,
  run: Run,
  signal: AbortSignal,
): Promise<AccountOutcome> {
  const { options, regions } = run;
  try {
    const kept = options.resume === true ? await readKept(member.account, run) : undefined;
    const missing = kept === undefined ? regions : kept.missing;
    if (kept !== undefined && kept.parts.length > 0 && missing.length === 0)
      return { ...member, reading: joinReadings(kept.parts), isResumed: true };
    if (signal.aborted)
      return { ...member, problem: 'not read, because the audit was stopped', isResumed: false };
    const reading = await collectMember(member.account, { ...run, regions: missing }, signal);
    if (reading.account !== member.account)
      return { ...member, problem: `the role belongs to account ${reading.account}`, isResumed: false };
    if (reading.completeness.nothing)
      return { ...member, problem: 'not a single call was answered', isResumed: false };
    await keepParts(reading, run);
    // What has no Region was read again with the missing Regions.
    const regional = (kept?.parts ?? []).filter((part) => part.regions.length > 0);
    return { ...member, reading: joinReadings([reading, ...regional]), isResumed: false };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...member, problem, isResumed: false };
  }
}

/** Name of the snapshot of what has no Region; the other snapshots have the names of their Regions. */
const globalPart = 'global';

function folderOf(account: string, { options, surroundings }: Run): string {
  return resolve(surroundings.cwd, options.folder, 'snapshots', account);
}

/** The account's snapshots of an earlier run, and the wanted Regions that have none. */
async function readKept(
  account: string,
  run: Run,
): Promise<{ readonly parts: readonly AccountReading[]; readonly missing: readonly string[] }> {
  const folder = folderOf(account, run);
  const names = (await readdir(folder).catch(() => [])).flatMap((file) =>
    file.endsWith(snapshotEnding) ? [file.slice(0, -snapshotEnding.length)] : [],
  );
  if (!names.includes(globalPart)) return { parts: [], missing: run.regions };
  const known = await readFile(join(folder, regionsFile), 'utf8').catch(() => '');
  const enabled = known.split('\n').filter((line) => line !== '');
  const isAll = run.regions.includes('all');
  // Which Regions are enabled is known where an earlier run has asked.
  if (isAll && enabled.length === 0) return { parts: [], missing: run.regions };
  const read = async (name: string): Promise<AccountReading> =>
    readSnapshot(join(folder, `${name}${snapshotEnding}`), run.surroundings.cwd);
  const global = await read(globalPart);
  const isOff = (region: string): boolean => global.skipped.some(({ name }) => name === region);
  const wanted = isAll ? enabled : run.regions.filter((region) => !isOff(region));
  const kept = await Promise.all(wanted.filter((region) => names.includes(region)).map(read));
  return { parts: [global, ...kept], missing: wanted.filter((region) => !names.includes(region)) };
}

const snapshotEnding = '.json.gz';
/** Lists the Regions that an account has enabled, where all were wanted. */
const regionsFile = 'regions.txt';

/** Saves each Region that was read to its end; what was cut off is read again by the next run. */
async function keepParts(reading: AccountReading, run: Run): Promise<void> {
  const folder = folderOf(reading.account, run);
  await mkdir(folder, { recursive: true });
  if (run.regions.includes('all')) {
    const before = await readFile(join(folder, regionsFile), 'utf8').catch(() => '');
    const regions = new Set([...before.split('\n').filter((line) => line !== ''), ...reading.regions]);
    const text = [...regions].map((region) => `${region}\n`).join('');
    await saveFile(join(folder, regionsFile), text, { mode: 0o600, cwd: run.surroundings.cwd });
  }
  for (const [region, part] of splitReading(reading))
    await saveSnapshot(part, join(folder, `${region}${snapshotEnding}`), run);
}

async function collectMember(
  account: string,
  { options, regions, home, ruleSet }: Run,
  signal: AbortSignal,
): Promise<AccountReading> {
  const { profile, endpoint, externalId, services, timeout, rate, roleName } = options;
  const credentials = await chooseCredentials({
    region: home,
    roleArn: `arn:${partitionOfRegion(home).name}:iam::${account}:role/${roleName}`,
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(externalId === undefined ? {} : { externalId }),
  });
  return collectAccount({
    regions,
    ownRegion: home,
    needs: needsOf(ruleSet.rules),
    credentials,
    signal,
    ...(services === undefined ? {} : { services }),
    ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(rate === undefined ? {} : { rateShare: rate }),
  });
}

async function saveSnapshot(
  reading: AccountReading,
  file: string,
  { ruleSet, surroundings: { cwd, now } }: Run,
): Promise<void> {
  const { credentials } = ruleSet.data;
  const bytes = encodeSnapshot(reading, {
    takenAt: now(),
    version,
    findSecrets: (name, text) => credentialRanges(name, text, credentials),
    key: randomBytes(32),
  });
  await saveFile(file, bytes, { mode: 0o600, cwd });
}

/** All accounts as one source: names mean the same only within each account and Region. */
export function mergeAccounts(accounts: readonly AccountOutcome[]): SourceReading {
  const read = accounts.flatMap(({ reading }) => reading ?? []);
  const resources = read.flatMap((each) => each.resources);
  return {
    resources: [...new Map(resources.map((resource) => [resource.id, resource])).values()],
    incomplete: read.flatMap(({ incomplete }) => incomplete),
    inputs: read.flatMap(({ inputs }) => inputs),
    skipped: read.flatMap(({ account, skipped }) =>
      skipped.map((each) => ({ ...each, name: `${account} ${each.name}` })),
    ),
    diagnostics: [
      ...accounts.flatMap(({ account, reading, problem = 'not read' }) =>
        reading === undefined
          ? [
              {
                code: 'account-not-audited',
                severity: 'error' as const,
                message: `account ${account} was not audited: ${problem}`,
                where: account,
                affects: [],
              },
            ]
          : [],
      ),
      ...read.flatMap(({ account, diagnostics }) =>
        diagnostics.map((each) => ({ ...each, where: `${account} ${each.where}` })),
      ),
    ],
    positions: () => undefined,
    suppressions: [],
    documents: new Map(),
  };
}
