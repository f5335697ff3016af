import { paginateListAccounts, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { Credentials } from './collector.ts';

/** A member of the organization. */
export interface OrganizationAccount {
  readonly account: string;
  readonly name: string;
}

/**
 * The active accounts of the organization, sorted by id. Only its management account and delegated
 * administrators may ask. Errors of the SDK pass through.
 */
export async function listOrganizationAccounts(
  config: { readonly region?: string; readonly credentials?: Credentials } = {},
): Promise<readonly OrganizationAccount[]> {
  const client = new OrganizationsClient(config);
  const accounts: OrganizationAccount[] = [];
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {}))
    for (const { Id, Name = '', Status } of Accounts)
      if (Id !== undefined && Status === 'ACTIVE') accounts.push({ account: Id, name: Name });
  return accounts.sort((left, right) => (left.account < right.account ? -1 : 1));
}
