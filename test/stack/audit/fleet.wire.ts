import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { Glue } from './glue.ts';
import { installMoto } from '../../account/wire/moto-server.mjs';
import { fleetDefinition } from '../../../reference-stack/audit/fleet-definition.ts';
import { collectors } from '../../../src/account/collectors/index.ts';
import { splitCollection } from '../../../src/lambda/collection-parts.ts';
import type { FleetReport } from '../../../src/lambda/fleet-run.ts';
import { LocalAws, type Invocation } from './local-aws.ts';
import { seedMember, type Member } from './seed-member.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the fleet's suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const accounts = {
  good: '111111111111',
  denied: '222222222222',
  broken: '333333333333',
  slow: '444444444444',
};
const time = '2026-11-23T03:00:00.000Z';
const folder = `fleet/${time}`;

describeOnWire('the fleet’s state machine', () => {
  let aws: LocalAws;
  let s3: S3;
  let slow: Member;
  let good: Member;
  let outcome: { status: string | undefined; output: Record<string, unknown>; map: Record<string, unknown> };
  let invocations: readonly Invocation[];
  let report: FleetReport;

  const text = async (Key: string): Promise<string> =>
    (await (await s3.getObject({ Bucket: 'audits', Key })).Body?.transformToString()) ?? '';

  beforeAll(async () => {
    aws = await LocalAws.start({
      AWS_REGION: region,
      HEADGATE_BUCKET: 'audits',
      HEADGATE_WORK_BUCKET: 'work',
      HEADGATE_REGIONS: region,
      HEADGATE_ACCOUNTS: Object.values(accounts).join(','),
      HEADGATE_ROLE_ARN: 'arn:aws:iam::{account}:role/HeadgateAuditMember',
      HEADGATE_EXTERNAL_ID: 'headgate-test',
      HEADGATE_DEPLOYMENT: 'test',
    });
    s3 = new S3(aws.config(region));
    for (const Bucket of ['audits', 'work'])
      await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    good = await seedMember(aws, accounts.good, region, 2);
    slow = await seedMember(aws, accounts.slow, region, 40);
    await new Glue(aws.config(region)).createTable('headgate', 'evaluations');
    await aws.executeStateMachines();
    // Ten seconds are the least that a collection gets, and 40 functions take longer at a third of the rate.
    await aws.set({
      denied: [accounts.denied],
      broken: [accounts.broken],
      slow: { [accounts.slow]: 121_000 },
    });
    outcome = await execute(aws);
    ({ invocations } = await aws.ran());
    report = JSON.parse(await text(`${folder}/overview.json`)) as FleetReport;
  });
  afterAll(async () => aws.stop());

  const runOf = (account: string) => report.runs.find(({ item }) => item.account === account);

  it('succeeds although audits failed, and counts them', () => {
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.map).toMatchObject({ total: 4, succeeded: 2, failed: 2 });
    expect(report.totals).toMatchObject({ places: 4, failedPlaces: 2 });
    expect(outcome.output).toMatchObject({ overview: `${folder}/overview.html`, totals: report.totals });
  });

  it('audits an account with its own role, and tells its own Security Hub', async () => {
    const { Findings = [] } = await good.securityHub.getFindings({});
    const failed = Findings.filter(({ Compliance }) => Compliance?.Status === 'FAILED');
    expect(failed.length).toBe(runOf(accounts.good)?.summary?.counts.fail);
    expect(failed.length).toBeGreaterThan(10);
    expect(new Set(Findings.map(({ AwsAccountId }) => AwsAccountId))).toEqual(new Set([accounts.good]));
  });

  it('says why an account was not audited, and closes nothing there', async () => {
    expect(runOf(accounts.denied)).toMatchObject({
      failure: expect.stringContaining('`sts:AssumeRole` was denied'),
    });
    expect(runOf(accounts.broken)).toMatchObject({ failure: expect.stringContaining('Runtime.ExitError') });
    // One that is killed is tried service by service, which does not help here.
    const tried = invocations.filter(({ account }) => account === accounts.broken).map(({ part }) => part);
    expect(new Set(tried)).toEqual(new Set([undefined, 'lambda']));
    for (const account of [accounts.denied, accounts.broken]) {
      expect(runOf(account)?.summary).toBeUndefined();
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: 'audits', Prefix: `state/${account}/` });
      expect(Contents).toEqual([]);
    }
  });

  it('splits by service what one function does not get through, and loses nothing', () => {
    const ofSlow = invocations.filter(({ account }) => account === accounts.slow);
    const parts = ofSlow.flatMap(({ part }) => part ?? []);
    expect(parts).toEqual(splitCollection(collectors).map(({ part }) => part));
    expect(ofSlow.map((each) => each.parts).filter((count) => count !== undefined)).toEqual([parts.length]);
    const { summary } = runOf(accounts.slow) ?? {};
    expect(summary?.missing.join()).not.toContain('deadline');
    expect(summary?.resources).toBeGreaterThanOrEqual(41);
  });

  it('says of every function of a split account what it says of an unsplit one', async () => {
    const { Findings = [] } = await slow.securityHub.getFindings({ MaxResults: 100 });
    expect(Findings.length).toBeGreaterThan(40);
    const perFunction = (account: string) => {
      const { summary } = runOf(account) ?? {};
      return Object.values(summary?.counts.bySeverity ?? {}).reduce((sum, count) => sum + count, 0);
    };
    expect(perFunction(accounts.slow)).toBeGreaterThan(perFunction(accounts.good));
  });

  it('leaves reports, evaluations as partitions of the table, and no part in the reports’ bucket', async () => {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket: 'audits' });
    const keys = Contents.map(({ Key = '' }) => Key);
    expect(keys).toContain(
      `evaluations/date=2026-11-23/account=${accounts.good}/region=${region}/evaluations.ndjson.gz`,
    );
    expect(keys.filter((key) => key.startsWith('parts/'))).toEqual([]);
    const partitions = await new Glue(aws.config(region)).partitions('headgate', 'evaluations');
    expect(partitions).toContainEqual(['2026-11-23', accounts.good, region]);
    expect(partitions).toContainEqual(['2026-11-23', accounts.slow, region]);
    expect(partitions.some(([, account]) => account === accounts.denied)).toBe(false);
    expect(await text(`${folder}/overview.html`)).toContain(accounts.denied);
  });
});

async function execute(aws: LocalAws) {
  const sfn = new SFN(aws.config(region));
  const lambdaArn = (name: string): string => `arn:aws:lambda:${region}:123456789012:function:${name}`;
  const definition = fleetDefinition({
    partition: 'aws',
    auditFunction: lambdaArn('audit'),
    fleetFunction: lambdaArn('fleet'),
    bucket: 'audits',
    prefix: '',
    database: 'headgate',
    table: 'evaluations',
    maxConcurrency: 4,
    toleratedFailurePercentage: 99.9,
  });
  const { stateMachineArn } = await sfn.createStateMachine({
    name: 'fleet',
    definition: JSON.stringify(definition),
    roleArn: 'arn:aws:iam::123456789012:role/fleet',
  });
  const { executionArn } = await sfn.startExecution({
    stateMachineArn,
    name: 'first',
    input: JSON.stringify({ time }),
  });
  for (;;) {
    const { status, output = '{}', cause } = await sfn.describeExecution({ executionArn });
    if (status !== 'RUNNING') {
      if (status !== 'SUCCEEDED') console.log(status, cause);
      const { mapRuns = [] } = await sfn.listMapRuns({ executionArn });
      const { itemCounts } = await sfn.describeMapRun({ mapRunArn: mapRuns[0]?.mapRunArn });
      return { status, output: JSON.parse(output) as Record<string, unknown>, map: { ...itemCounts } };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
