import { describe, expect, it } from '@jest/globals';
import {
  listOrganizationAccounts,
  type ListAccountsOptions,
} from '../../src/account/organization-accounts.ts';
import { fastClock } from './collect.ts';
import { ReplayedAccount, type Replies } from './replay.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' };

/** Lists the accounts of a replayed organization. */
async function list(replies: Replies, options: Pick<ListAccountsOptions, 'tags'> = {}) {
  const clock = fastClock();
  const organization = new ReplayedAccount(replies, [], clock.now);
  const customise = (client: Parameters<ReplayedAccount['customise']>[0]): void =>
    organization.customise(client, 'organizations', 'us-east-1');
  const accounts = await listOrganizationAccounts({
    ...{ region: 'us-east-1', credentials, clock, customise },
    ...options,
  });
  return { accounts, attempts: organization.attempts };
}

describe('the accounts of an organization', () => {
  it('are listed to the last page at a third of the documented rate, without those that are closed', async () => {
    const { accounts, attempts } = await list({
      'organizations.ListAccounts': ({ NextToken }) => {
        const page = Number(NextToken ?? 0);
        return {
          Accounts: [
            { Id: `${222222222222 - page}`, Name: `a${page}`, Status: 'ACTIVE' },
            { Id: `${333333333333 - page}`, Status: 'SUSPENDED' },
          ],
          ...(page < 9 ? { NextToken: String(page + 1) } : {}),
        };
      },
    });
    expect(accounts).toHaveLength(10);
    expect(accounts[0]).toEqual({ account: '222222222213', name: 'a9' });
    // 8 a second with a burst of 12: a third is 4 at once, and then one every 375 ms.
    expect(attempts.map(({ at }) => at)).toEqual([0, 0, 0, 0, 375, 750, 1125, 1500, 1875, 2250]);
  });

  it('are chosen by tags: one value of each key', async () => {
    const tags: Record<string, Record<string, string>> = {
      '111111111111': { stage: 'prod', team: 'orders' },
      '222222222222': { stage: 'test', team: 'orders' },
      '333333333333': { stage: 'dev', team: 'orders' },
      '444444444444': { stage: 'prod' },
    };
    const replies: Replies = {
      'organizations.ListAccounts': {
        Accounts: Object.keys(tags).map((Id) => ({ Id, Name: 'a', Status: 'ACTIVE' })),
      },
      'organizations.ListTagsForResource': ({ ResourceId, NextToken }) => {
        const all = Object.entries(tags[String(ResourceId)] ?? {}).map(([Key, Value]) => ({ Key, Value }));
        const page = Number(NextToken ?? 0);
        return {
          Tags: all.slice(page, page + 1),
          ...(page + 1 < all.length ? { NextToken: String(page + 1) } : {}),
        };
      },
    };
    const { accounts } = await list(replies, {
      tags: [
        { key: 'stage', value: 'prod' },
        { key: 'stage', value: 'test' },
        { key: 'team', value: 'orders' },
      ],
    });
    expect(accounts.map(({ account }) => account)).toEqual(['111111111111', '222222222222']);
  });

  it('are not asked for without an end', async () => {
    await expect(list({ 'organizations.ListAccounts': { NextToken: 'again' } })).rejects.toThrow('twice');
  });
});
