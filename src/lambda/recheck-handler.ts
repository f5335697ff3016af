import { oneTimeScheduling } from '../publish/one-time-schedule.ts';
import { planRecheck, readRecheckSettings, type PlannedRecheck, type QueueRecord } from './recheck.ts';

/** Changes of the account in, one planned audit out. What is returned goes to the log. */
export async function handler(event: { readonly Records: readonly QueueRecord[] }): Promise<{
  readonly batchItemFailures: readonly never[];
}> {
  const settings = readRecheckSettings(process.env);
  const planned = await planRecheck(event.Records, oneTimeScheduling(settings, {}), {
    now: new Date(),
    ...settings,
  });
  process.stdout.write(`${JSON.stringify(logOf(planned))}\n`);
  return { batchItemFailures: [] };
}

function logOf(planned: PlannedRecheck): object {
  return { level: 'INFO', message: 'read changes', ...planned };
}
