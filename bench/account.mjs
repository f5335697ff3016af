// Collects a replayed account of 1,000 functions and 100 APIs at 50 ms a call, and compares what was sent with
// the rates: node bench/account.mjs. A few needs run on the real clock, all needs of the shipped rules on a
// simulated one (whose seconds are the audit's, and pass at once), of the whole account and of one flow.
import { setMaxListeners } from 'node:events';
import { loadSource } from '../scripts/from-source.mjs';
import { busiestWindow } from './busiest-window.mjs';
import { manyFunctions } from './many-functions.mjs';

const never = new globalThis.AbortController().signal;
setMaxListeners(0, never); // every call under way listens
const [functions, apis, latencyMs] = [1000, 100, 50];
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const headgate = await load();

const few = headgate.needsOfTypes({
  'AWS::Lambda::Function': ['Runtime', 'Timeout', 'TracingConfig'],
  'AWS::ApiGateway::Stage': ['TracingEnabled'],
});
const ruleSet = headgate.applySettings(await headgate.shippedRules(), {});
let isWithin = await measure('a few needs, real clock', few, headgate.systemClock);
isWithin =
  (await measure('all needs, simulated clock', headgate.needsOf(ruleSet.rules), headgate.fastClock())) &&
  isWithin;
isWithin =
  (await measure(
    'one function, all needs, simulated clock',
    headgate.needsOf(ruleSet.rules),
    headgate.fastClock(),
    {
      tags: [],
      choose: ({ reading }) =>
        headgate.sliceOf({ reading, where: 'here' }, { resources: ['f7'], tags: [], flows: [] }),
    },
  )) && isWithin;
if (!isWithin) process.exitCode = 1;

async function measure(title, needs, clock, slice) {
  const account = new headgate.ReplayedAccount(replies(), [], () => clock.now());
  const customise = (client, service, region) => {
    account.customise(client, service, region);
    const wait = (next) => async (args) => {
      const output = await next(args);
      await clock.sleep(latencyMs, never);
      return output;
    };
    client.middlewareStack.add(wait, { step: 'finalizeRequest', priority: 'normal', name: 'latency' });
  };
  const started = [performance.now(), clock.now()];
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' };
  const reading = await headgate.collectAccount({
    regions: ['eu-west-1'],
    needs,
    clock,
    credentials,
    customise,
    ...(slice === undefined ? {} : { slice }),
  });
  const [real, own] = [performance.now() - started[0], clock.now() - started[1]];
  console.log(
    `${title}: ${reading.resources.length} resources, ${account.attempts.length} calls, ` +
      `${(own / 1000).toFixed(1)} s (${(real / 1000).toFixed(1)} s on this machine), complete: ${reading.completeness.complete}`,
  );
  return report(account.attempts);
}

/** Prints the busiest buckets; false where one was overdrawn within any second. */
function report(attempts) {
  const buckets = new Map();
  for (const { service, operation, region, at } of attempts) {
    // Who is asking and which Regions there are come before any bucket matters.
    for (const [name, rate] of headgate.bucketsOf(service, operation, region)) {
      const bucket = buckets.get(name) ?? { rate, times: [] };
      bucket.times.push(at);
      buckets.set(name, bucket);
    }
  }
  let isWithin = true;
  const rows = [...buckets].map(([name, { rate, times }]) => {
    const peak = busiestWindow(times, 1000);
    const allowed = Math.ceil(rate.burst + rate.perSecond);
    isWithin &&= peak <= allowed;
    return { name, calls: times.length, peak, allowed, rate };
  });
  rows.sort((left, right) => right.calls - left.calls);
  for (const { name, calls, peak, allowed, rate } of rows.slice(0, 8)) {
    console.log(
      `  ${name}: ${calls} calls, at most ${peak} within a second of ${allowed} (${rate.perSecond.toFixed(2)} a second, burst ${rate.burst})`,
    );
  }
  console.log(`  ${rows.length} buckets, ${isWithin ? 'none overdrawn' : 'OVERDRAWN'}`);
  return isWithin;
}

function replies() {
  const arn = (name) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
  return {
    ...manyFunctions(functions),
    'apigateway.GetRestApis': {
      items: Array.from({ length: apis }, (_, index) => ({ id: `a${index}`, name: `api-${index}` })),
    },
    'apigateway.GetStages': { item: [{ stageName: 'prod', tracingEnabled: true }] },
    'apigateway.GetResources': ({ restApiId }) => ({
      items: [
        {
          id: 'r',
          path: '/',
          resourceMethods: { GET: { authorizationType: 'AWS_IAM', methodIntegration: method(restApiId) } },
        },
      ],
    }),
  };

  function method(restApiId) {
    const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn(String(restApiId).replace('a', 'f'))}/invocations`;
    return { type: 'AWS_PROXY', uri };
  }
}

/** The collectors and the replay layer of their tests, from source. */
async function load() {
  return loadSource(`
    export { collectAccount } from './src/account/collect-account.ts';
    export { bucketsOf, systemClock } from './src/account/rate.ts';
    export { needsOf } from './src/app/needs.ts';
    export { sliceOf } from './src/app/slice.ts';
    export { applySettings } from './src/rules/apply-config.ts';
    export { shippedRules } from './src/rules/shipped.ts';
    export { ReplayedAccount } from './test/account/replay.ts';
    export { fastClock } from './test/account/collect.ts';
    export { needsOf as needsOfTypes } from './test/account/needs.ts';`);
}
