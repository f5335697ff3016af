import {
  collectAccount,
  type AccountReading,
  type CollectAccountOptions,
} from '../../src/account/collect-account.ts';
import type { Clock } from '../../src/account/rate.ts';
import { ReplayedAccount, type Fault, type Replies } from './replay.ts';
import { everythingOf } from './needs.ts';

/** Time that jumps to the next waiting call as soon as nothing else is to be done. */
export function fastClock(): Clock {
  let now = 0;
  const waiting: { at: number; wake: () => void }[] = [];
  const wakeNext = (): void => {
    const next = waiting.sort((left, right) => left.at - right.at).shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error)); // aborted with errors only
        waiting.push({ at: now + milliseconds, wake: resolve });
        setImmediate(wakeNext);
      }),
  };
}

/** Collects a replayed account in eu-west-1: by default everything of the services that it has replies of. */
export async function collect(
  replies: Replies,
  options: Partial<CollectAccountOptions> & { readonly faults?: readonly Fault[] } = {},
): Promise<{ reading: AccountReading; account: ReplayedAccount }> {
  const { faults = [], ...rest } = options;
  const clock = fastClock();
  const account = new ReplayedAccount(replies, faults, clock.now);
  const reading = await collectAccount({
    regions: ['eu-west-1'],
    needs: everythingOf(new Set(Object.keys(replies).map((call) => call.slice(0, call.indexOf('.'))))),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
    clock,
    customise: account.customise,
    ...rest,
  });
  return { reading, account };
}
