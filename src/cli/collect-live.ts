import { collectAccount, type AccountReading, type SliceOptions } from '../account/collect-account.ts';
import { collectors } from '../account/collectors/index.ts';
import { chooseCredentials } from '../account/credentials.ts';
import { checkProfile, ownRegion } from '../account/own-region.ts';
import { selectedName } from '../account/plan.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { SliceRequest } from '../model/slice.ts';
import type { RuleSet } from '../model/rule.ts';
import { nearest } from '../rules/nearest.ts';
import { needsOf } from '../app/needs.ts';
import { checkRegion } from './check-region.ts';
import type { CommonOptions } from './options.ts';
import { showProgress } from './show-progress.ts';
import type { Surroundings } from './surroundings.ts';

/** Options that say which account is read, and how. */
export interface AccountOptions extends Pick<CommonOptions, 'quiet'> {
  readonly profile?: string;
  readonly region: readonly string[];
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly webIdentityTokenFile?: string;
  readonly services?: readonly string[];
  readonly inventory?: 'config';
  readonly aggregator?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly endpoint?: string;
  /** Share of the documented rates. */
  readonly rate?: number;
  /** Limits the audit to a part of the account. */
  readonly slice?: SliceRequest;
}

/** What was read, and whether somebody stopped it before its end. */
export interface LiveReading {
  readonly reading: AccountReading;
  readonly isInterrupted: boolean;
}

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** @throws HeadgateError `service-unknown` for a name that nothing is read of: the audit would read less than was asked for. */
export function checkServices(services: readonly string[]): void {
  const known = [...new Set(collectors.map(({ service }) => selectedName(service)))].sort();
  for (const service of services) {
    if (known.includes(service)) continue;
    const near = nearest(service, known);
    const hint = near === undefined ? `; known are ${known.join(', ')}` : `; did you mean \`${near}\`?`;
    throw new HeadgateError('service-unknown', `Unknown AWS service \`${service}\`${hint}`);
  }
}

/**
 * Reads the live account, with progress on a terminal. The first SIGINT or SIGTERM ends the reading with what is
 * there; the second ends the process.
 * @throws HeadgateError as `collectAccount`.
 */
export async function collectLive(
  options: AccountOptions,
  ruleSet: RuleSet,
  surroundings: Surroundings,
): Promise<LiveReading> {
  const { services, inventory, aggregator, timeout, endpoint, rate, slice } = options;
  checkServices(services ?? []);
  await checkProfile(options.profile);
  for (const region of options.region) if (region !== 'all') checkRegion(region, surroundings);
  const regions = await regionsOf(options);
  const region = regions.find((name) => name !== 'all') ?? (await ownRegion(options.profile));
  const credentials = await credentialsOf(options, region);
  const progress = showProgress(surroundings, options.quiet);
  const stop = new AbortController();
  const interrupt = (): void => {
    ignoreSignals(interrupt);
    progress.end();
    surroundings.stderr.write(
      'headgate: stopping; what is there is kept, and what is missing is unknown. Once more ends at once.\n',
    );
    stop.abort();
  };
  for (const signal of stopSignals) process.on(signal, interrupt);
  try {
    const reading = await collectAccount({
      regions,
      ownRegion: region,
      needs: needsOf(ruleSet.rules),
      credentials,
      signal: stop.signal,
      watch: (read) => progress.watch(read),
      ...(services === undefined ? {} : { services }),
      ...(inventory === undefined ? {} : { inventory }),
      ...(aggregator === undefined ? {} : { aggregator }),
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(rate === undefined ? {} : { rateShare: rate }),
      ...(slice === undefined ? {} : { slice: await sliceOptions(slice) }),
    });
    return { reading, isInterrupted: stop.signal.aborted };
  } finally {
    ignoreSignals(interrupt);
    progress.end();
  }
}

/** The Regions asked for; else those that the ARNs of a slice name; else the caller's own. */
async function regionsOf({ region, profile, slice }: AccountOptions): Promise<readonly string[]> {
  const named = (slice?.resources ?? []).flatMap((name) => {
    const [start, , , of = ''] = name.split(':');
    return start === 'arn' && of !== '' ? [of] : [];
  });
  if (region.length === 0) return named.length > 0 ? [...new Set(named)] : [await ownRegion(profile)];
  const outside = named.find((each) => !region.includes(each) && !region.includes('all'));
  if (outside === undefined) return region;
  throw new HeadgateError(
    'slice-unknown',
    `A resource of --resource is in ${outside}, which --region leaves out; add --region ${outside}.`,
  );
}

async function sliceOptions(request: SliceRequest): Promise<SliceOptions> {
  const { sliceOf } = await import('../app/slice.ts');
  return {
    tags: request.tags,
    choose: ({ account, regions, ...found }) =>
      sliceOf({ ...found, where: `account ${account}, ${regions.join(', ')}` }, request),
  };
}

function ignoreSignals(listener: () => void): void {
  for (const signal of stopSignals) process.off(signal, listener);
}

async function credentialsOf(
  { profile, roleArn, externalId, webIdentityTokenFile, endpoint }: AccountOptions,
  region: string,
): ReturnType<typeof chooseCredentials> {
  return chooseCredentials({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(webIdentityTokenFile === undefined ? {} : { webIdentityTokenFile }),
  });
}
