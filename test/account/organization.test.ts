import { describe, expect, it } from '@jest/globals';
import { listOrganizationAccounts } from '../../src/account/organization-accounts.ts';
import { fastClock } from './collect.ts';
import { ReplayedAccount, type Replies } from './replay.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' };

/** Lists the accounts of a replayed organization. */
async function list(replies: Replies) {
  const clock = fastClock();
  const organization = new ReplayedAccount(replies, [], clock.now);
  const customise = (client: Parameters<ReplayedAccount['customise']>[0]): void =>
    organization.customise(client, 'organizations', 'us-east-1');
  const accounts = await listOrganizationAccounts({ region: 'us-east-1', credentials, clock, customise });
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

  it('are not asked for without an end', async () => {
    await expect(list({ 'organizations.ListAccounts': { NextToken: 'again' } })).rejects.toThrow('twice');
  });
});
