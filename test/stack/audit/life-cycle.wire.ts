import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { installMoto } from '../../account/wire/moto-server.mjs';
import type { AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { LocalAws } from './local-aws.ts';
import { seedMember, type Member } from './seed-member.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the audit's suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const account = '111111111111';
const day = (number: number): string => `2026-11-${22 + number}T03:00:00.000Z`;

/** The bundled function, run against an account whose only function has everything wrong, day after day. */
describeOnWire('the audit of an insecure account', () => {
  let aws: LocalAws;
  let s3: S3;
  let member: Member;
  const sent: string[] = [];

  beforeAll(async () => {
    aws = await LocalAws.start({
      AWS_REGION: region,
      HEADGATE_BUCKET: 'audits',
      HEADGATE_REGIONS: region,
      HEADGATE_ROLE_ARN: `arn:aws:iam::${account}:role/reader`,
      HEADGATE_EXTERNAL_ID: 'headgate-test',
    });
    s3 = new S3(aws.config(region));
    await s3.createBucket({ Bucket: 'audits', CreateBucketConfiguration: { LocationConstraint: region } });
    member = await seedMember(aws, account, region, 1);
  });
  afterAll(async () => {
    console.log(`What was sent at each step:\n${sent.join('\n')}`);
    await aws.stop();
  });

  async function audit(time: string): Promise<AuditSummary> {
    const { Payload, FunctionError } = await new Lambda(aws.config(region)).invoke({
      FunctionName: 'audit',
      Payload: JSON.stringify({ time }),
    });
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(text);
    return JSON.parse(text) as AuditSummary;
  }

  async function findings(): Promise<Map<string, AwsSecurityFinding>> {
    const { Findings = [] } = await member.securityHub.getFindings({ MaxResults: 100 });
    return new Map(Findings.map((finding) => [finding.GeneratorId ?? '', finding]));
  }

  function note(step: string, summary: AuditSummary, found: Map<string, AwsSecurityFinding>): void {
    const counts = new Map<string, number>();
    for (const { RecordState, Compliance } of found.values()) {
      const state = RecordState === 'ARCHIVED' ? 'ARCHIVED' : (Compliance?.Status ?? '');
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    const accepted = summary.securityHub[0]?.accepted ?? 0;
    sent.push(
      `${step.padEnd(42)} sent ${String(accepted).padStart(2)}; now ${JSON.stringify(Object.fromEntries(counts))}`,
    );
  }

  const tracing = 'headgate/all.lambda.tracing';
  const concurrency = 'headgate/all.lambda.reserved-concurrency';

  it('imports what is wrong, with the finding’s own times', async () => {
    const summary = await audit(day(1));
    const found = await findings();
    note('1 first audit', summary, found);
    expect(summary.securityHub).toMatchObject([{ region, status: 'published', refused: 0 }]);
    expect(found.size).toBe(summary.counts.fail);
    expect(found.get(concurrency)).toMatchObject({
      AwsAccountId: account,
      CreatedAt: day(1),
      FirstObservedAt: day(1),
      Compliance: { Status: 'FAILED', SecurityControlId: 'all.lambda.reserved-concurrency' },
      FindingProviderFields: { Severity: { Label: expect.any(String) } },
      Resources: expect.arrayContaining([expect.objectContaining({ Type: 'AwsLambdaFunction' })]),
    });
  });

  it('sends nothing while nothing changes', async () => {
    const summary = await audit(day(2));
    note('2 nothing changed', summary, await findings());
    expect(summary.securityHub[0]).toMatchObject({ status: 'published', accepted: 0 });
  });

  it('passes what is repaired, once, and remembers when it was first seen', async () => {
    await member.lambda.putFunctionConcurrency({
      FunctionName: 'orders-0',
      ReservedConcurrentExecutions: 5,
    });
    const summary = await audit(day(3));
    const found = await findings();
    note('3 reserved concurrency set', summary, found);
    expect(summary.securityHub[0]?.accepted).toBe(1);
    expect(found.get(concurrency)).toMatchObject({
      Compliance: { Status: 'PASSED' },
      FirstObservedAt: day(1),
      UpdatedAt: day(3),
    });
  });

  it('fails again what breaks again', async () => {
    await member.lambda.deleteFunctionConcurrency({ FunctionName: 'orders-0' });
    const summary = await audit(day(4));
    const found = await findings();
    note('4 reserved concurrency removed again', summary, found);
    expect(found.get(concurrency)).toMatchObject({
      Compliance: { Status: 'FAILED' },
      FirstObservedAt: day(1),
      UpdatedAt: day(4),
    });
  });

  it('rebuilds a lost state from Security Hub, and forgets no first sighting', async () => {
    await s3.deleteObject({ Bucket: 'audits', Key: `state/${account}/${region}.json` });
    const summary = await audit(day(5));
    const found = await findings();
    note('5 state lost', summary, found);
    expect(found.get(concurrency)).toMatchObject({ FirstObservedAt: day(1) });
    const { Body } = await s3.getObject({ Bucket: 'audits', Key: `state/${account}/${region}.json` });
    expect(await Body?.transformToString()).toContain('all.lambda.reserved-concurrency');
  });

  it('leaves open what it cannot see the end of', async () => {
    // moto does not offer every call of Lambda: rules that depend on one are never closed there.
    await member.lambda.deleteFunction({ FunctionName: 'orders-0' });
    const summary = await audit(day(6));
    const found = await findings();
    note('6 function deleted, some calls unanswered', summary, found);
    expect(summary.completeness).toBe('calls');
    expect(found.get(tracing)?.RecordState).toBe('ACTIVE');
  });
});
