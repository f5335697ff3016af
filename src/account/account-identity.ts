import { HeadgateError } from '../model/headgate-error.ts';
import { partitionOfRegion } from '../model/partition.ts';
import type { ClientConfig } from './collector.ts';
import { classifyError, type CallFailure } from './errors.ts';

/** Whose credentials these are. */
export interface AccountIdentity {
  readonly account: string;
  readonly partition: string;
  /** ARN of the caller. */
  readonly caller: string;
  /** Region that answered. */
  readonly region: string;
}

/** Opens a client that is guarded like those of collectors. */
export type Open = <Client extends object>(
  service: string,
  calls: readonly string[],
  region: string,
  make: (config: ClientConfig) => Promise<Client>,
) => Promise<Client>;

/**
 * Asks STS who the caller is, in one Region after the other.
 * @throws HeadgateError `credentials-invalid` where none answers: nothing can be audited then.
 */
export async function readIdentity(open: Open, regions: readonly string[]): Promise<AccountIdentity> {
  let error: unknown;
  for (const region of regions) {
    try {
      return await askIdentity(open, region);
    } catch (caught) {
      error ??= caught;
    }
  }
  const { message, remedy } = classifyError(error, 'sts:GetCallerIdentity');
  const text = `The account could not be identified: ${message}; ${remedy}.`;
  const [region = ''] = regions;
  throw new HeadgateError('credentials-invalid', text, { service: 'sts', region }, { cause: error });
}

async function askIdentity(open: Open, region: string): Promise<AccountIdentity> {
  const sts = await open('sts', ['GetCallerIdentity'], region, async (config) => {
    const { STS } = await import('@aws-sdk/client-sts');
    return new STS(config);
  });
  const { Account = '', Arn = '' } = await sts.getCallerIdentity({});
  const partition = Arn.split(':')[1];
  if (Account === '' || partition === undefined) throw new SyntaxError('an answer without account');
  return { account: Account, partition, caller: Arn, region };
}

/**
 * Where to ask who the caller is: the first Region wanted (`own` where all are), and, should it not be enabled, its
 * partition's main one.
 */
export function homeRegions(wanted: readonly string[], own = 'us-east-1'): readonly string[] {
  const first = wanted.find((region) => region !== 'all') ?? own;
  return [...new Set([first, partitionOfRegion(first).mainRegion])];
}

/** Regions to audit, and those asked for that are not enabled. */
export interface RegionChoice {
  readonly regions: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Set where it could not be asked which Regions are enabled: then all are tried. */
  readonly failure?: CallFailure;
}

/** Chooses among the wanted Regions those that the account has enabled; `all` stands for each of them. */
export async function chooseRegions(
  open: Open,
  wanted: readonly string[],
  home: string,
): Promise<RegionChoice> {
  const named = [...new Set(wanted)];
  try {
    const ec2 = await open('ec2', ['DescribeRegions'], home, async (config) => {
      const { EC2 } = await import('@aws-sdk/client-ec2');
      return new EC2(config);
    });
    const { Regions = [] } = await ec2.describeRegions({ AllRegions: true });
    const status = new Map(
      Regions.map(({ RegionName = '', OptInStatus }) => [RegionName, OptInStatus ?? '']),
    );
    const isEnabled = (region: string): boolean =>
      status.has(region) && status.get(region) !== 'not-opted-in';
    const candidates = named.includes('all') ? [...status.keys()].sort() : named;
    return {
      regions: candidates.filter(isEnabled),
      skipped: candidates
        .filter((region) => !isEnabled(region))
        .map((name) => ({
          name,
          reason: status.has(name)
            ? 'the Region is not enabled in this account'
            : 'the Region does not exist in this partition',
        })),
    };
  } catch (error) {
    const failure = classifyError(error, 'ec2:DescribeRegions');
    if (named.includes('all')) {
      throw new HeadgateError(
        'regions-unknown',
        `Cannot list the enabled Regions: ${failure.message}; ${failure.remedy}, or list the Regions with --region.`,
        { service: 'ec2', region: home },
        { cause: error },
      );
    }
    return { regions: named, skipped: [], failure };
  }
}
