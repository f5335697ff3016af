import { HeadgateError } from '../model/headgate-error.ts';
import type { OneTimeSchedule, ScheduleTarget } from '../publish/one-time-schedule.ts';

/** A message of the queue, as Lambda hands it over. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

/** Makes schedules; that one of the name exists is no error. Answers whether it was made. */
export interface Scheduling {
  create(schedule: OneTimeSchedule): Promise<boolean>;
}

/** What became of a batch of changes. */
export interface PlannedRecheck {
  /** Events that were read as changes. */
  readonly changes: number;
  /** Messages that are no events; they are left out. */
  readonly unreadable: number;
  /** ISO time of the audit that reads them; absent where there was no change. */
  readonly auditAt?: string;
  /** False where an audit was planned for that time before. */
  readonly planned: boolean;
}

const minute = 60_000;

/**
 * Plans one audit for all changes of a time slot, so that a deployment of 300 resources is read once.
 * The audit starts where the slot ends, and at least a minute from now: events come before what they tell of can be read.
 * @param slotMinutes length of a slot, 1 to 60.
 * @throws what the scheduling throws, so that the messages come back.
 */
export async function planRecheck(
  records: readonly QueueRecord[],
  scheduling: Scheduling,
  { now, slotMinutes, deployment }: { now: Date; slotMinutes: number; deployment: string },
): Promise<PlannedRecheck> {
  const changes = records.map(({ body }) => changeIn(body));
  const names = changes.flatMap((change) => change ?? []);
  const unreadable = changes.length - names.length;
  if (names.length === 0) return { changes: 0, unreadable, planned: false };
  const at = new Date(endOfSlot(now.getTime() + minute, slotMinutes * minute)).toISOString();
  const planned = await scheduling.create({
    name: `${deployment.slice(0, 40)}-${at.slice(0, 16).replaceAll(/[:T]/g, '-')}`,
    at,
    description: `Audits after ${[...new Set(names)].slice(0, 5).join(', ')}`.slice(0, 512),
    input: { time: at },
  });
  return { changes: names.length, unreadable, auditAt: at, planned };
}

function endOfSlot(time: number, length: number): number {
  return Math.ceil(time / length) * length;
}

/** What changed, in a word: the call, or what became of a stack. Undefined for what is no such event. */
function changeIn(body: string): string | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { 'detail-type': type, detail } = (event ?? {}) as {
    readonly 'detail-type'?: unknown;
    readonly detail?: {
      readonly eventName?: unknown;
      readonly 'status-details'?: { readonly status?: unknown };
    };
  };
  if (type === 'AWS API Call via CloudTrail' && typeof detail?.eventName === 'string')
    return detail.eventName;
  const status = detail?.['status-details']?.status;
  return type === 'CloudFormation Stack Status Change' && typeof status === 'string' ? status : undefined;
}

/** What the function's environment says. */
export interface RecheckSettings extends ScheduleTarget {
  readonly slotMinutes: number;
  readonly deployment: string;
}

/** @throws HeadgateError `settings-invalid` for what is missing or is not what it should be. */
export function readRecheckSettings(
  environment: Readonly<Record<string, string | undefined>>,
): RecheckSettings {
  const of = (name: string): string => {
    const value = environment[name] ?? '';
    if (value === '')
      throw new HeadgateError(
        'settings-invalid',
        `The function cannot plan audits: ${name} is not set. Deploy the stack again.`,
      );
    return value;
  };
  const slotMinutes = Number(environment['HEADGATE_SLOT_MINUTES'] ?? '5');
  if (!Number.isInteger(slotMinutes) || slotMinutes < 1 || slotMinutes > 60)
    throw new HeadgateError(
      'settings-invalid',
      'HEADGATE_SLOT_MINUTES is not valid. Set a number of minutes from 1 to 60.',
    );
  return {
    auditArn: of('HEADGATE_AUDIT_ARN'),
    roleArn: of('HEADGATE_SCHEDULE_ROLE_ARN'),
    deadLetterArn: of('HEADGATE_DEAD_LETTER_ARN'),
    keyArn: of('HEADGATE_KEY_ARN'),
    deployment: of('HEADGATE_DEPLOYMENT'),
    slotMinutes,
  };
}
