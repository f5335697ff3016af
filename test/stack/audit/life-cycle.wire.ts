import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { installMoto } from '../../account/wire/moto-server.mjs';
import type { AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { LocalAws, type Trouble } from './local-aws.ts';
import { seedMember, type Member } from './seed-member.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the audit's suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const account = '111111111111';
const state = { Bucket: 'audits', Key: `state/${account}/${region}.json` };
const concurrency = 'all.lambda.reserved-concurrency';
const tracing = 'all.lambda.tracing';
const FunctionName = 'orders-0';

/** A finding as the table shows it. */
type Shown = 'FAILED' | 'PASSED' | 'WARNING' | 'ARCHIVED';

/**
 * The bundled function against an account whose function and queue have everything wrong, again and again. moto is
 * helped in what it lacks: see missing-calls.mjs and, for what goes wrong, lambda-host.mjs. Its Security Hub keeps
 * whatever it is sent; what the real one ignores or resets is held in test/unit/publish.
 */
describeOnWire('the audit of an insecure account', () => {
  let aws: LocalAws;
  let s3: S3;
  let member: Member;
  let runs = 0;
  let before = new Map<string, AwsSecurityFinding>();
  const table: string[] = [];

  beforeAll(async () => {
    aws = await LocalAws.start({
      AWS_REGION: region,
      HEADGATE_BUCKET: 'audits',
      HEADGATE_REGIONS: region,
      HEADGATE_ROLE_ARN: `arn:aws:iam::${account}:role/reader`,
      HEADGATE_EXTERNAL_ID: 'headgate-test',
      LOCAL_AWS_ANSWERS_MISSING: 'yes',
    });
    s3 = new S3(aws.config(region));
    await s3.createBucket({ Bucket: 'audits', CreateBucketConfiguration: { LocationConstraint: region } });
    member = await seedMember(aws, account, region, 1);
    await member.sqs.createQueue({ QueueName: 'orders' });
    await member.lambda.createEventSourceMapping({
      FunctionName: 'orders-0',
      EventSourceArn: `arn:aws:sqs:${region}:${account}:orders`,
    });
  });
  afterAll(async () => {
    console.log(`What was sent at each step:\n${table.join('\n')}`);
    await aws.stop();
    rmSync('/tmp/headgate', { recursive: true, force: true }); // where the function unpacks its configuration
  });

  /** Audits are three hours apart: what is open is repeated after a week, and not before. */
  const timeOf = (number: number): string => new Date(Date.UTC(2026, 10, 23, 3 * number)).toISOString();

  async function invoke(time: string): Promise<AuditSummary> {
    const { Payload, FunctionError } = await new Lambda(aws.config(region)).invoke({
      FunctionName: 'audit',
      Payload: JSON.stringify({ time }),
    });
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(text);
    return JSON.parse(text) as AuditSummary;
  }

  /** Every finding of Security Hub, by id. */
  async function findings(): Promise<Map<string, AwsSecurityFinding>> {
    const { Findings = [] } = await member.securityHub.getFindings({ MaxResults: 100 });
    expect(new Set(Findings.map(({ Id }) => Id)).size).toBe(Findings.length);
    return new Map(Findings.map((finding) => [finding.Id ?? '', { ...finding }]));
  }

  /** What one run changed: what was sent, in the order of ids, and what stands there now. */
  interface Step {
    readonly sent: Readonly<Partial<Record<Shown, number>>>;
    readonly now: Readonly<Partial<Record<Shown, number>>>;
    readonly changed: readonly AwsSecurityFinding[];
  }

  async function step(name: string, run: () => Promise<unknown>): Promise<Step> {
    await run();
    const after = await findings();
    const changed = [...after.values()].filter(
      ({ Id = '', UpdatedAt = '' }) => UpdatedAt !== before.get(Id)?.UpdatedAt,
    );
    for (const { Id = '', UpdatedAt = '', CreatedAt, FirstObservedAt } of changed) {
      const known = before.get(Id);
      if (known === undefined) continue;
      expect(UpdatedAt > (known.UpdatedAt ?? '')).toBe(true);
      expect([CreatedAt, FirstObservedAt]).toEqual([known.CreatedAt, known.FirstObservedAt]);
    }
    for (const id of before.keys()) expect(after.has(id)).toBe(true);
    before = after;
    const result = { sent: count(changed), now: count([...after.values()]), changed };
    table.push(`${name.padEnd(58)} ${show(result.sent).padEnd(26)} ${show(result.now)}`);
    return result;
  }

  /** The next audit, in which something may go wrong. */
  async function audit(trouble: Trouble = {}): Promise<AuditSummary> {
    runs += 1;
    await aws.set(trouble);
    try {
      return await invoke(timeOf(runs));
    } finally {
      await aws.set({});
    }
  }

  /** Ids of the open findings of a resource. */
  const openOf = (resource: string): string[] =>
    [...before.values()].flatMap(({ Id = '', Resources: [first] = [], RecordState }) =>
      RecordState === 'ACTIVE' && first?.Id?.endsWith(resource) === true ? [Id] : [],
    );
  const of = (rule: string, resource: string): AwsSecurityFinding | undefined =>
    [...before.values()].find(
      ({ GeneratorId, Resources: [first] = [] }) =>
        GeneratorId === `headgate/${rule}` && first?.Id?.endsWith(resource) === true,
    );

  it('imports what is wrong, with the finding’s own times', async () => {
    const { sent } = await step('first audit', async () => {
      const summary = await audit();
      expect(summary).toMatchObject({ completeness: 'complete', missing: [] });
      expect(summary.securityHub).toMatchObject([
        { status: 'published', accepted: summary.counts.fail, refused: 0 },
      ]);
    });
    expect(sent).toEqual({ FAILED: before.size });
    expect(of(concurrency, 'orders-0')).toMatchObject({
      AwsAccountId: account,
      CreatedAt: timeOf(1),
      FirstObservedAt: timeOf(1),
      Compliance: { Status: 'FAILED', SecurityControlId: concurrency },
      FindingProviderFields: { Severity: { Label: expect.any(String) } },
      Resources: expect.arrayContaining([expect.objectContaining({ Type: 'AwsLambdaFunction' })]),
    });
  });

  it('sends nothing while nothing changes', async () => {
    expect((await step('nothing changed', audit)).sent).toEqual({});
  });

  it('passes what is repaired, once, and fails what breaks again', async () => {
    await member.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
    expect((await step('reserved concurrency set', audit)).sent).toEqual({ PASSED: 1 });
    expect((await step('still set', audit)).sent).toEqual({});
    await member.lambda.deleteFunctionConcurrency({ FunctionName });
    expect((await step('removed again', audit)).sent).toEqual({ FAILED: 1 });
    expect(of(concurrency, 'orders-0')).toMatchObject({ FirstObservedAt: timeOf(1), UpdatedAt: timeOf(5) });
  });

  it('tells a waiver as a warning with its reason, and its end as a failure', async () => {
    const waivers = `waivers:\n  - {rule: ${tracing}, resource: 'orders-0', reason: traced by the mesh}\n`;
    const config = { 'headgate.yaml': 'waivers: waivers.yaml\n', 'waivers.yaml': waivers };
    const waived = await step('tracing of one function waived', () => audit({ config }));
    expect(waived.sent).toEqual({ WARNING: 1 });
    expect(waived.changed[0]?.Compliance?.StatusReasons).toEqual([
      { ReasonCode: 'HEADGATE_WAIVED', Description: 'traced by the mesh' },
    ]);
    expect(waived.changed[0]?.Workflow).toBeUndefined();
    const none = { 'headgate.yaml': '{}\n' };
    expect((await step('waiver taken back', () => audit({ config: none }))).sent).toEqual({ FAILED: 1 });
  });

  it('leaves alone what a denied call leaves unknown', async () => {
    await member.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
    const refused = ['/concurrency$'];
    const denied = await step('repaired, but GetFunctionConcurrency denied', () => audit({ refused }));
    expect(denied.sent).toEqual({});
    expect((await step('allowed again', audit)).sent).toEqual({ PASSED: 1 });
  });

  it('archives a deleted resource, once its kind was listed to the end', async () => {
    const open = openOf(':orders');
    await member.sqs.deleteQueue({ QueueUrl: `${aws.endpoint}/${account}/orders` });
    const refused = ['ListQueues'];
    const denied = await step('queue deleted, but ListQueues denied', () => audit({ refused }));
    // The mapping's source is not seen any more, and its finding says so; nothing is closed.
    expect(denied.sent).toEqual({ FAILED: 1 });
    expect(denied.changed[0]?.GeneratorId).toMatch(/^headgate\/batch\.mapping\./);
    expect(openOf(':orders')).toEqual(open);
    const { sent, changed } = await step('allowed again', audit);
    expect(changed.map(({ Id }) => Id)).toEqual(expect.arrayContaining(open));
    expect(open.length).toBeGreaterThan(5);
    expect(sent.ARCHIVED).toBeGreaterThanOrEqual(open.length);
    expect((await step('nothing changed', audit)).sent).toEqual({});
  });

  it('archives what a rule said that is switched off, and opens it again with the rule', async () => {
    const off = { 'headgate.yaml': `rules: {${tracing}: {off: true, reason: traced by the mesh}}\n` };
    expect((await step('rule switched off', () => audit({ config: off }))).sent).toEqual({ ARCHIVED: 1 });
    const on = { 'headgate.yaml': '{}\n' };
    expect((await step('rule switched on', () => audit({ config: on }))).sent).toEqual({ FAILED: 1 });
    expect(of(tracing, 'orders-0')).toMatchObject({ RecordState: 'ACTIVE', FirstObservedAt: timeOf(1) });
  });

  it('goes on where Security Hub is off, and tells it later', async () => {
    await member.lambda.deleteFunctionConcurrency({ FunctionName });
    let status: string | undefined;
    const off = await step('broken again, Security Hub off', async () => {
      status = (await audit({ hubIsOff: true })).securityHub[0]?.status;
    });
    expect([status, off.sent]).toEqual(['off', {}]);
    expect((await step('Security Hub on', audit)).sent).toEqual({ FAILED: 1 });
  });

  it('loses and doubles nothing where a run dies, where two run at once, and where the state is gone', async () => {
    await member.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
    const died = await step('repaired, the run dies after its import', async () => {
      await expect(audit({ diesAfterImport: true })).rejects.toThrow('Runtime.ExitError');
    });
    expect(died.sent).toEqual({ PASSED: 1 });
    // It cannot know that the import arrived.
    const retried = await step('the same run retried', () => invoke(timeOf(runs)));
    expect(retried.sent).toEqual({ PASSED: 1 });
    expect((await step('nothing changed', audit)).sent).toEqual({});

    await member.lambda.deleteFunctionConcurrency({ FunctionName });
    runs += 1;
    const minuteLater = new Date(Date.parse(timeOf(runs)) + 60_000).toISOString();
    const twice = await step('broken again, two runs at once', () =>
      Promise.all([invoke(timeOf(runs)), invoke(minuteLater)]),
    );
    expect(twice.sent).toEqual({ FAILED: 1 });
    expect((await step('nothing changed', audit)).sent).toEqual({});

    await s3.deleteObject(state);
    expect((await step('state lost', audit)).sent).toEqual({});
    await s3.putObject({ ...state, Body: '{"version":1,"findi' });
    expect((await step('state cut off in the middle', audit)).sent).toEqual({});
    const { Body } = await s3.getObject(state);
    expect(await Body?.transformToString()).toContain(concurrency);
  });

  it('repeats after a week what Security Hub would forget, and archives the last of it', async () => {
    const open = openOf('').filter((id) => before.get(id)?.Compliance?.Status !== 'PASSED');
    runs += 8 * 8;
    const repeated = await step('8 days later, nothing changed', audit);
    expect(repeated.changed.map(({ Id }) => Id).sort()).toEqual(open.sort());
    const ofFunction = openOf(':orders-0');
    expect(ofFunction.length).toBeGreaterThan(5);
    await member.lambda.deleteFunction({ FunctionName });
    const refused = ['^GET /2015-03-31/functions/?$'];
    const denied = await step('function deleted, but ListFunctions denied', () => audit({ refused }));
    expect(denied.sent).toEqual({});
    const { changed } = await step('allowed again', audit);
    const archived = changed.filter(({ RecordState }) => RecordState === 'ARCHIVED').map(({ Id }) => Id);
    expect(archived).toEqual(expect.arrayContaining(ofFunction));
    expect(openOf(':orders-0')).toEqual([]);
  });
});

function count(findings: readonly AwsSecurityFinding[]): Partial<Record<Shown, number>> {
  const counts: Partial<Record<Shown, number>> = {};
  for (const { RecordState, Compliance } of findings) {
    const shown = RecordState === 'ARCHIVED' ? 'ARCHIVED' : (Compliance?.Status as Shown); // Headgate's own four
    counts[shown] = (counts[shown] ?? 0) + 1;
  }
  return counts;
}

function show(counts: Partial<Record<Shown, number>>): string {
  const parts = Object.entries(counts).map(([shown, number]) => `${number} ${shown}`);
  return parts.length === 0 ? '-' : parts.sort().join(', ');
}
