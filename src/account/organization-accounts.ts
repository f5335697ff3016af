import type { ListAccountsResponse, Organizations } from '@aws-sdk/client-organizations';
import { CallLog } from './calls.ts';
import type { ClientConfig, Credentials } from './collector.ts';
import { guardClient, type GuardedClient } from './guard-client.ts';
import type { ResourceTag } from '../model/slice.ts';
import { pages } from './pages.ts';
import { RateLimiter, systemClock, type Clock } from './rate.ts';

/** A member of the organization. */
export interface OrganizationAccount {
  readonly account: string;
  readonly name: string;
}

export interface ListAccountsOptions {
  readonly region?: string;
  readonly credentials?: Credentials;
  readonly endpoint?: string;
  readonly clock?: Clock;
  /** Ids of organizational units or the root, with those below them; the whole organization where there are none. */
  readonly units?: readonly string[];
  /** Tags that an account must have, each with one of its values. */
  readonly tags?: readonly ResourceTag[];
  /** Sees the client before its first call. */
  readonly customise?: (client: GuardedClient) => void;
}

/**
 * The active accounts of the organization, sorted by id, at the rate and through the guard of an audit.
 * Only its management account and delegated administrators may ask. Errors of the SDK pass through.
 */
export async function listOrganizationAccounts(
  options: ListAccountsOptions = {},
): Promise<readonly OrganizationAccount[]> {
  const sdk = await import('@aws-sdk/client-organizations');
  const { clock = systemClock, customise, units = [], tags = [], ...config } = options;
  const client = new sdk.Organizations({
    retryMode: 'standard' satisfies ClientConfig['retryMode'],
    ...config,
  });
  const guarded = client as unknown as GuardedClient; // every SDK client has a middleware stack
  guardClient(guarded, {
    service: 'organizations',
    region: config.region ?? 'global',
    allowed: new Set([
      'ListAccounts',
      'ListAccountsForParent',
      'ListOrganizationalUnitsForParent',
      'ListTagsForResource',
    ]),
    limiter: new RateLimiter(clock),
    log: new CallLog(),
    signal: new AbortController().signal,
  });
  customise?.(guarded);
  try {
    const accounts =
      units.length === 0
        ? await listAll((NextToken) => client.listAccounts({ NextToken }))
        : await listBelow(client, units);
    return tags.length === 0 ? accounts : await withTags(client, accounts, tags);
  } finally {
    client.destroy();
  }
}

/** Those with a fitting value of every key. */
async function withTags(
  client: Organizations,
  accounts: readonly OrganizationAccount[],
  tags: readonly ResourceTag[],
): Promise<readonly OrganizationAccount[]> {
  const keys = new Set(tags.map(({ key }) => key));
  const chosen: OrganizationAccount[] = [];
  for (const account of accounts) {
    const own = new Map<string, string>();
    const listed = pages(
      (NextToken) => client.listTagsForResource({ ResourceId: account.account, NextToken }),
      ({ NextToken }) => NextToken,
    );
    for await (const { Tags = [] } of listed)
      for (const { Key = '', Value = '' } of Tags) own.set(Key, Value);
    const fits = (key: string): boolean => tags.some((tag) => tag.key === key && own.get(key) === tag.value);
    if ([...keys].every(fits)) chosen.push(account);
  }
  return chosen;
}

async function listBelow(
  client: Organizations,
  units: readonly string[],
): Promise<readonly OrganizationAccount[]> {
  const accounts = new Map<string, OrganizationAccount>();
  // A set goes through what is added to it on the way.
  const parents = new Set(units);
  for (const ParentId of parents) {
    const below = pages(
      (NextToken) => client.listOrganizationalUnitsForParent({ ParentId, NextToken }),
      ({ NextToken }) => NextToken,
    );
    for await (const { OrganizationalUnits = [] } of below)
      for (const { Id } of OrganizationalUnits) if (Id !== undefined) parents.add(Id);
    const own = await listAll((NextToken) => client.listAccountsForParent({ ParentId, NextToken }));
    for (const each of own) accounts.set(each.account, each);
  }
  return [...accounts.values()].sort((left, right) => (left.account < right.account ? -1 : 1));
}

async function listAll(
  call: (token: string | undefined) => Promise<ListAccountsResponse>,
): Promise<readonly OrganizationAccount[]> {
  const accounts: OrganizationAccount[] = [];
  for await (const { Accounts = [] } of pages(call, ({ NextToken }) => NextToken))
    for (const { Id, Name = '', Status } of Accounts)
      if (Id !== undefined && Status === 'ACTIVE') accounts.push({ account: Id, name: Name });
  return accounts.sort((left, right) => (left.account < right.account ? -1 : 1));
}
