import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { planRecheck } from '../../../src/lambda/recheck.ts';
import { oneTimeScheduling } from '../../../src/publish/one-time-schedule.ts';
import { installMoto, startMoto } from './moto-server.mjs';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const target = {
  auditArn: `arn:aws:lambda:${region}:123456789012:function:audit`,
  roleArn: 'arn:aws:iam::123456789012:role/schedule',
  deadLetterArn: `arn:aws:sqs:${region}:123456789012:dead`,
  keyArn: `arn:aws:kms:${region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
};

describeOnWire('an audit after changes', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    server = await startMoto();
    process.env['AWS_ACCESS_KEY_ID'] = 'testing';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'testing';
  });
  afterAll(async () => {
    await server.stop();
  });

  it('is scheduled once for the changes of a slot', async () => {
    const at = { region, endpoint: server.endpoint };
    const scheduling = oneTimeScheduling(target, at);
    const body = JSON.stringify({
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventName: 'PutRolePolicy' },
    });
    const now = new Date(Date.now() + 86_400_000);
    const plan = (): ReturnType<typeof planRecheck> =>
      planRecheck([{ messageId: '1', body }], scheduling, { now, slotMinutes: 5, deployment: 'Audit' });
    const [first, second] = [await plan(), await plan()];
    expect([first.planned, second.planned]).toEqual([true, false]);
    expect(second.auditAt).toBe(first.auditAt);
    const client = new Scheduler(at);
    const { Schedules = [] } = await client.listSchedules({});
    expect(Schedules).toHaveLength(1);
    const schedule = await client.getSchedule({ Name: Schedules[0]?.Name });
    expect(schedule).toMatchObject({
      ScheduleExpression: `at(${(first.auditAt ?? '').slice(0, 19)})`,
      ActionAfterCompletion: 'DELETE',
      KmsKeyArn: target.keyArn,
      Target: {
        Arn: target.auditArn,
        RoleArn: target.roleArn,
        Input: JSON.stringify({ time: first.auditAt }),
        DeadLetterConfig: { Arn: target.deadLetterArn },
      },
    });
  });
});
