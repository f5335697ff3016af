import { beforeEach, describe, expect, it } from '@jest/globals';
import { planRecheck, readRecheckSettings, type QueueRecord } from '../../../src/lambda/recheck.ts';
import type { OneTimeSchedule } from '../../../src/publish/one-time-schedule.ts';

// Events in the shapes that AWS documents: "AWS service events delivered via CloudTrail" in the EventBridge User Guide, and
// "CloudFormation event detail reference". EventBridge Scheduler itself is tried in test/account/wire/recheck.wire.ts.
const call = (eventName: string): object => ({
  version: '0',
  id: '12345678-1234-1234-1234-111122223333',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.lambda',
  account: '111122223333',
  time: '2026-11-28T10:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { eventVersion: '1.11', eventSource: 'lambda.amazonaws.com', eventName, readOnly: false },
});
const stack = {
  version: '0',
  'detail-type': 'CloudFormation Stack Status Change',
  source: 'aws.cloudformation',
  detail: {
    'stack-id': 'arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1',
    'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
  },
};
const records = (...events: readonly unknown[]): QueueRecord[] =>
  events.map((event, index) => ({
    messageId: String(index),
    body: typeof event === 'string' ? event : JSON.stringify(event),
  }));

let made: OneTimeSchedule[];
beforeEach(() => {
  made = [];
});
const scheduling = {
  create: async (schedule: OneTimeSchedule): Promise<boolean> => {
    if (made.some(({ name }) => name === schedule.name)) return Promise.resolve(false);
    made.push(schedule);
    return Promise.resolve(true);
  },
};
const plan = (time: string, items: readonly QueueRecord[]): ReturnType<typeof planRecheck> =>
  planRecheck(items, scheduling, { now: new Date(time), slotMinutes: 5, deployment: 'Audit' });

describe('a change of the account', () => {
  it('is read by one audit at the end of its slot', async () => {
    expect(
      await plan('2026-11-28T10:02:10Z', records(call('UpdateFunctionConfiguration20150331v2'), stack)),
    ).toEqual({
      changes: 2,
      unreadable: 0,
      auditAt: '2026-11-28T10:05:00.000Z',
      planned: true,
    });
    expect(made).toEqual([
      {
        name: 'Audit-2026-11-28-10-05',
        at: '2026-11-28T10:05:00.000Z',
        description: 'Audits after UpdateFunctionConfiguration20150331v2, UPDATE_COMPLETE',
        input: { time: '2026-11-28T10:05:00.000Z' },
      },
    ]);
  });

  it('is one read with the 299 others of a deployment, however they are batched', async () => {
    for (let batch = 0; batch < 30; batch += 1)
      await plan(
        `2026-11-28T10:01:${String(batch).padStart(2, '0')}Z`,
        records(...Array.from({ length: 10 }, (_, index) => call(`CreateThing${index}`))),
      );
    expect(made).toHaveLength(1);
    expect(made[0]?.description.length).toBeLessThanOrEqual(512);
  });

  it('is left to the next slot in the last minute of one', async () => {
    const { auditAt } = await plan('2026-11-28T10:04:30Z', records(stack));
    expect(auditAt).toBe('2026-11-28T10:10:00.000Z');
  });

  it('is not seen in what is no event', async () => {
    const odd = [
      '',
      'not json',
      'null',
      '[]',
      '{"detail-type":"Scheduled Event","detail":{}}',
      '{"detail":null}',
    ];
    expect(await plan('2026-11-28T10:00:00Z', records(...odd))).toEqual({
      changes: 0,
      unreadable: odd.length,
      planned: false,
    });
    expect(made).toEqual([]);
  });

  it('comes back where nothing can be scheduled', async () => {
    const refuses = { create: async () => Promise.reject(new Error('throttled')) };
    await expect(
      planRecheck(records(stack), refuses, { now: new Date(), slotMinutes: 5, deployment: 'Audit' }),
    ).rejects.toThrow('throttled');
  });
});

describe('settings', () => {
  const environment = {
    HEADGATE_AUDIT_ARN: 'arn:aws:lambda:eu-west-1:111122223333:function:audit',
    HEADGATE_SCHEDULE_ROLE_ARN: 'arn:aws:iam::111122223333:role/schedule',
    HEADGATE_DEAD_LETTER_ARN: 'arn:aws:sqs:eu-west-1:111122223333:dead',
    HEADGATE_KEY_ARN: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    HEADGATE_DEPLOYMENT: 'Audit',
  };

  it('name what is missing, or is not what it should be', () => {
    expect(readRecheckSettings(environment)).toMatchObject({ slotMinutes: 5, deployment: 'Audit' });
    for (const name of Object.keys(environment))
      expect(() => readRecheckSettings({ ...environment, [name]: '' })).toThrow(name);
    for (const minutes of ['0', '61', 'five', '2.5'])
      expect(() => readRecheckSettings({ ...environment, HEADGATE_SLOT_MINUTES: minutes })).toThrow(
        '1 to 60',
      );
  });
});
