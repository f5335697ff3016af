import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { installMoto } from '../../account/wire/moto-server.mjs';
import { splitDefinition } from '../../../reference-stack/audit/split-states.ts';
import type { AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { LocalAws, type Invocation } from './local-aws.ts';
import { findingsOf, seedMember } from './seed-member.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(
    `skipped, not passed: the suite of an audit in parts needs a local AWS endpoint, and ${missing}`,
  );
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const account = '111111111111';
const functions = 12;
const time = '2026-11-23T03:00:00.000Z';

/** The bundled function of an account on its own, which has ten seconds; and the state machine that goes on. */
describeOnWire('an account that one function does not get through', () => {
  let aws: LocalAws;
  let first: AuditSummary;
  let executions: readonly { name?: string; status?: string }[];
  let invocations: readonly Invocation[];

  beforeAll(async () => {
    const stateMachineArn = `arn:aws:states:${region}:123456789012:stateMachine:parts`;
    aws = await LocalAws.start({
      AWS_REGION: region,
      HEADGATE_BUCKET: 'audits',
      HEADGATE_WORK_BUCKET: 'work',
      HEADGATE_REGIONS: region,
      HEADGATE_ROLE_ARN: `arn:aws:iam::${account}:role/reader`,
      HEADGATE_STATE_MACHINE: stateMachineArn,
    });
    const s3 = new S3(aws.config(region));
    for (const Bucket of ['audits', 'work'])
      await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    await seedMember(aws, account, region, functions);
    await aws.executeStateMachines();
    const sfn = new SFN(aws.config(region));
    await sfn.createStateMachine({
      name: 'parts',
      definition: JSON.stringify(
        splitDefinition({
          partition: 'aws',
          auditFunction: `arn:aws:lambda:${region}:123456789012:function:audit`,
        }),
      ),
      roleArn: 'arn:aws:iam::123456789012:role/parts',
    });
    await aws.set({ slow: { [account]: 121_000 } });
    const { Payload } = await new Lambda(aws.config(region)).invoke({
      FunctionName: 'audit',
      Payload: JSON.stringify({ time, account }),
    });
    first = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as AuditSummary;
    do {
      await new Promise((resolve) => setTimeout(resolve, 500));
      ({ executions = [] } = await sfn.listExecutions({ stateMachineArn }));
    } while (executions.some(({ status }) => status === 'RUNNING'));
    ({ invocations } = await aws.ran());
  });
  afterAll(async () => aws.stop());

  it('is handed over by the function that was scheduled', () => {
    expect(first).toMatchObject({ completeness: 'deadline', nextRound: 1 });
    expect(first.split.length).toBeGreaterThan(2);
    expect(executions).toMatchObject([{ name: 'audit-2026-11-23T03-00-00-000Z', status: 'SUCCEEDED' }]);
  });

  it('is read part by part, and decided on once more', () => {
    const parts = invocations.flatMap(({ part }) => part ?? []);
    expect(parts).toEqual(first.split.map(({ part }) => part));
    expect(invocations.map((each) => each.parts).filter((count) => count !== undefined)).toEqual([
      parts.length,
    ]);
  });

  it('tells Security Hub of every function, and of none twice', async () => {
    const findings = await findingsOf(aws, account, region);
    const reserved = findings.filter(({ GeneratorId = '' }) =>
      GeneratorId.endsWith('all.lambda.reserved-concurrency'),
    );
    expect(reserved.map(({ Compliance }) => Compliance?.Status)).toEqual(
      Array.from({ length: functions }, () => 'FAILED'),
    );
    expect(new Set(findings.map(({ Id }) => Id)).size).toBe(findings.length);
  });
});
