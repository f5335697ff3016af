// Audits an account on the wire at 50 ms a call with the built command, and compares what arrived with the rates:
//   node bench/wire-account.mjs small   the sound account of three flows that the wire suite seeds
//   node bench/wire-account.mjs few     1,000 functions and 100 APIs, two rules
//   node bench/wire-account.mjs all     the same, every shipped rule (half an hour)
// Needs what the wire suite needs (Python 3), and `npm run build`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSource } from '../scripts/from-source.mjs';
import { busiestWindow } from './busiest-window.mjs';
import { installMoto, startMoto } from '../test/account/wire/moto-server.mjs';

const [functions, apis, latencyMs] = [1000, 100, 50];
const account = '111122223333';
const region = 'us-east-1';
const mode = process.argv[2] ?? 'small';
const few = ['--rule', 'all.lambda.runtime', '--rule', 'api.gateway.tracing'];
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const headgate = await load();
const missing = await installMoto();
if (missing !== undefined) throw new Error(`the local endpoint is not there: ${missing}`);
const server = await startMoto();
const proxy = await headgate.startProxy(server.endpoint, { account });
const folder = await mkdtemp(join(tmpdir(), 'headgate-bench-'));
try {
  await seed();
  const place = ['--endpoint', proxy.endpoint, '--region', region];
  Object.assign(proxy, { latencyMs });
  proxy.received.length = 0;
  const rules = mode === 'few' ? few : [];
  const args = ['audit', ...place, ...rules, '--format', 'json', '--output', 'audit.json'];
  const { tookMs, err, code } = await headgate.startHeadgate(folder, ...args).ended;
  console.log(`${err.trim()}\nexit code ${code}, ${(tookMs / 1000).toFixed(1)} s, whole process`);
  if (!report(proxy.received)) process.exitCode = 1;
} finally {
  await proxy.stop();
  await server.stop();
  await rm(folder, { recursive: true });
}

async function seed() {
  const wire = {
    endpoint: proxy.endpoint,
    region,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  };
  const started = performance.now();
  if (mode === 'small') await headgate.seedFlows(wire, account, true);
  else await seedMany(wire);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${mode}: seeded by ${proxy.received.length} calls in ${seconds} s`);
}

async function seedMany(wire) {
  const lambda = new headgate.Lambda(wire);
  const { Role } = await new headgate.IAM(wire).createRole({
    RoleName: 'f',
    AssumeRolePolicyDocument: headgate.trust,
  });
  await eachOf(functions, (index) =>
    lambda.createFunction({
      FunctionName: `f${index}`,
      Role: Role.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: headgate.emptyZip },
    }),
  );
  const api = new headgate.APIGateway(wire);
  await eachOf(apis, async (index) => {
    const { id: restApiId } = await api.createRestApi({ name: `api-${index}` });
    const { items } = await api.getResources({ restApiId });
    const method = { restApiId, resourceId: items[0].id, httpMethod: 'GET' };
    await api.putMethod({ ...method, authorizationType: 'AWS_IAM' });
    const invoke = `arn:aws:lambda:${region}:${account}:function:f${index}`;
    await api.putIntegration({
      ...method,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${invoke}/invocations`,
    });
    await api.createDeployment({ restApiId, stageName: 'prod' });
  });
}

/** Runs `work` for every index below `count`, eight at a time. */
async function eachOf(count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** Prints the busiest buckets as the server saw them; false where a whole second held more than a bucket gives. */
function report(received) {
  const services = {
    monitoring: 'cloudwatch',
    logs: 'cloudwatch-logs',
    events: 'eventbridge',
    states: 'sfn',
  };
  const buckets = new Map();
  for (const request of received) {
    const service = services[request.service] ?? request.service;
    const operation = request.url.includes('embed=methods')
      ? 'GetResources'
      : headgate.askedOf(request).action.split(':')[1];
    // Two scopes of web ACLs are asked apart, and share a bucket.
    for (const [name, rate] of headgate.bucketsOf(service, operation, request.region)) {
      const bucket = buckets.get(name) ?? { rate, times: [] };
      bucket.times.push(request.at);
      buckets.set(name, bucket);
    }
  }
  const rows = [...buckets].map(([name, { rate, times }]) => ({
    bucket: name,
    requests: times.length,
    'most in 1 s': busiestWindow(times, 1000),
    'bucket gives': Math.ceil(rate.burst + rate.perSecond),
    'most in 10 s': busiestWindow(times, 10_000),
    'bucket gives in 10 s': Math.ceil(rate.burst + 10 * rate.perSecond),
  }));
  rows.sort((left, right) => right.requests - left.requests);
  console.table(rows.slice(0, 12));
  const over = rows.filter(
    (row) => row['most in 1 s'] > row['bucket gives'] || row['most in 10 s'] > row['bucket gives in 10 s'],
  );
  console.log(`${received.length} requests, ${rows.length} buckets, ${over.length} overdrawn`);
  if (over.length > 0) console.table(over);
  return over.length === 0;
}

/** The seeds, proxy and rates of the wire suite, from source. */
async function load() {
  return loadSource(`
    export { APIGateway } from '@aws-sdk/client-api-gateway';
    export { IAM } from '@aws-sdk/client-iam';
    export { Lambda } from '@aws-sdk/client-lambda';
    export { bucketsOf } from './src/account/rate.ts';
    export { askedOf } from './test/account/wire/action-of.ts';
    export { startHeadgate } from './test/account/wire/command.ts';
    export { startProxy } from './test/account/wire/recording-proxy.ts';
    export { emptyZip, trust } from './test/account/wire/seed.ts';
    export { seedFlows } from './test/account/wire/seed-flows.ts';`);
}
