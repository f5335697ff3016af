// Runs the fleet's state machine over 50 accounts in 4 Regions of a local AWS endpoint: node bench/fleet.mjs
// [accounts] [regions] [at once]. Functions run bundled, with each account's own role; one account is denied and one
// is broken, on purpose. Prints how long it took, what became of every run, what each Security Hub holds, and memory.
import { setTimeout as wait } from 'node:timers/promises';
import { SFN } from '@aws-sdk/client-sfn';
import { S3 } from '@aws-sdk/client-s3';
import { loadSource } from '../scripts/from-source.mjs';

const [accountCount = 50, regionCount = 4, maxConcurrency = 20] = process.argv.slice(2).map(Number);
const regions = ['eu-west-1', 'us-east-1', 'eu-central-1', 'us-west-2'].slice(0, regionCount);
const accounts = Array.from({ length: accountCount }, (_, index) => String(100000000001 + index));
const [denied, broken] = accounts;
const [home] = regions;
const time = '2026-11-23T03:00:00.000Z';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const headgate = await load();
const missing = await headgate.installMoto();
if (missing !== undefined) throw new Error(`The local endpoint is not there: ${missing}`);
const aws = await headgate.LocalAws.start({
  AWS_REGION: home,
  HEADGATE_BUCKET: 'audits',
  HEADGATE_WORK_BUCKET: 'work',
  HEADGATE_REGIONS: regions.join(','),
  HEADGATE_ACCOUNTS: accounts.join(','),
  HEADGATE_ROLE_ARN: 'arn:aws:iam::{account}:role/HeadgateAuditMember',
  HEADGATE_EXTERNAL_ID: 'headgate-bench',
  HEADGATE_DEPLOYMENT: 'bench',
});
try {
  await seed();
  await run();
} finally {
  await aws.stop();
}

async function seed() {
  const s3 = new S3(aws.config(home));
  for (const Bucket of ['audits', 'work'])
    await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: home } });
  await new headgate.Glue(aws.config(home)).createTable('headgate', 'evaluations');
  const started = performance.now();
  for (const [index, account] of accounts.entries())
    // From one function to three, so that accounts differ.
    for (const region of regions) await headgate.seedMember(aws, account, region, 1 + (index % 3));
  print(`seeded ${accounts.length} accounts in ${regions.length} Regions in ${seconds(started)} s`);
  await aws.executeStateMachines();
  await aws.set({ denied: [denied], broken: [broken] });
}

async function run() {
  const started = performance.now();
  let peakMiB = 0;
  const invocations = [];
  const { status, map } = await execute(async () => {
    const ran = await aws.ran();
    invocations.push(...ran.invocations);
    peakMiB = Math.max(peakMiB, ran.rssMiB);
  });
  print(`state machine: ${status} after ${seconds(started)} s, ${maxConcurrency} at once`);
  print(`map run: ${map.total} items, ${map.succeeded} succeeded, ${map.failed} failed`);
  const { runs, totals } = await overview();
  const whole = invocations.filter(({ milliseconds }) => milliseconds !== undefined);
  const times = whole.map(({ milliseconds }) => milliseconds).sort((left, right) => left - right);
  print(
    `functions: ${invocations.length} ran, median ${times[times.length >> 1]} ms, longest ${times.at(-1)} ms`,
  );
  print(`functions in one process together: at most ${peakMiB} MiB`);
  printFailures(runs);
  print(`reduced: ${JSON.stringify(totals)}`);
  await printHubs(runs);
}

function printFailures(runs) {
  const byReason = new Map();
  for (const { failure, item } of runs)
    if (failure !== undefined)
      byReason.set(item.account, { failure, times: (byReason.get(item.account)?.times ?? 0) + 1 });
  for (const [account, { failure, times }] of byReason)
    print(`failed: ${account}, ${times} Regions: ${failure.slice(0, 140)}`);
}

/** What each member's own Security Hub holds, against what its runs said. */
async function printHubs(runs) {
  await aws.set({});
  const imported = [];
  let differing = 0;
  for (const account of accounts) {
    let findings = 0;
    for (const region of regions) {
      const held = await headgate.findingsOf(aws, account, region);
      const { summary } = runs.find(({ item }) => item.account === account && item.region === region);
      if (held.some(({ AwsAccountId }) => AwsAccountId !== account)) differing += 1;
      else if (held.length !== (summary?.securityHub[0]?.accepted ?? 0)) differing += 1;
      findings += held.length;
    }
    imported.push(findings);
  }
  const audited = imported.filter((count) => count > 0);
  print(
    `Security Hub: ${imported.reduce((sum, count) => sum + count, 0)} findings in ${audited.length} accounts, ` +
      `${Math.min(...audited)} to ${Math.max(...audited)} each; ${imported.length - audited.length} accounts hold none; ` +
      `${differing} of ${runs.length} places differ from what their run said`,
  );
}

async function overview() {
  const s3 = new S3(aws.config(home));
  const text = async (Key) => (await s3.getObject({ Bucket: 'audits', Key })).Body.transformToString();
  const html = await text(`fleet/${time}/overview.html`);
  const report = JSON.parse(await text(`fleet/${time}/overview.json`));
  let reports = 0;
  for (const { summary } of report.runs)
    if (summary !== undefined && (await text(summary.objects.html)).startsWith('<!doctype html>'))
      reports += 1;
  print(
    `reports: one overview of ${(html.length / 1024).toFixed(0)} KiB, ${reports} HTML reports of accounts and Regions`,
  );
  return report;
}

async function execute(watch) {
  const sfn = new SFN(aws.config(home));
  const lambdaArn = (name) => `arn:aws:lambda:${home}:123456789012:function:${name}`;
  const definition = headgate.fleetDefinition({
    partition: 'aws',
    auditFunction: lambdaArn('audit'),
    fleetFunction: lambdaArn('fleet'),
    bucket: 'audits',
    prefix: '',
    database: 'headgate',
    table: 'evaluations',
    maxConcurrency,
    toleratedFailurePercentage: 99.9,
  });
  const { stateMachineArn } = await sfn.createStateMachine({
    name: 'fleet',
    definition: JSON.stringify(definition),
    roleArn: 'arn:aws:iam::123456789012:role/fleet',
  });
  const input = JSON.stringify({ time });
  const { executionArn } = await sfn.startExecution({ stateMachineArn, name: 'bench', input });
  for (;;) {
    const { status, cause } = await sfn.describeExecution({ executionArn });
    await watch();
    if (status === 'RUNNING') {
      await wait(1000);
      continue;
    }
    if (status !== 'SUCCEEDED') throw new Error(`The state machine ended as ${status}: ${cause}`);
    const { mapRuns } = await sfn.listMapRuns({ executionArn });
    const { itemCounts } = await sfn.describeMapRun({ mapRunArn: mapRuns[0].mapRunArn });
    return { status, map: itemCounts };
  }
}

function seconds(started) {
  return ((performance.now() - started) / 1000).toFixed(0);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

/** The local AWS of the tests, and the state machine, from source. */
async function load() {
  return loadSource(`
    export { installMoto } from './test/account/wire/moto-server.mjs';
    export { LocalAws } from './test/stack/audit/local-aws.ts';
    export { Glue } from './test/stack/audit/glue.ts';
    export { findingsOf, seedMember } from './test/stack/audit/seed-member.ts';
    export { fleetDefinition } from './reference-stack/audit/fleet-definition.ts';`);
}
