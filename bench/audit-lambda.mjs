// What the scheduled function takes: node bench/audit-lambda.mjs [functions ...]. Size and loading time of the bundle;
// then, for a replayed account of so many functions, what one function would take by the rates, and the parts in
// which it is read as the state machine reads them. Seconds by the rates are those of a simulated clock, which passes
// at once; processor seconds and memory are this machine's, each step in a process of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleSource, root } from '../scripts/from-source.mjs';
import { manyFunctions } from './many-functions.mjs';

const step = process.env.HEADGATE_BENCH_STEP;
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
/** Seconds that a function has for collecting: 15 minutes but what deciding needs. */
const collectSeconds = 780;
const functionMiB = 1769;

if (step === undefined) await bench();
else await runStep(JSON.parse(step));

async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  try {
    measureBundle(folder);
    const library = await bundleLibrary();
    const counts = process.argv.slice(2).map(Number);
    for (const functions of counts.length > 0 ? counts : [100, 1000, 5000]) measureAudit(functions, library);
    rmSync(library);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureBundle(folder) {
  execFileSync(process.execPath, [join(root, 'scripts/build-audit.mjs'), folder]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const all = Buffer.concat(files.map((one) => readFileSync(join(one.parentPath, one.name))));
  for (const name of ['audit', 'fleet']) {
    const file = join(folder, `${name}.js`);
    const program = `const wall = performance.now(), cpu = process.cpuUsage(); await import(${JSON.stringify(pathToFileURL(file).href)}); const { user, system } = process.cpuUsage(cpu); process.stdout.write(JSON.stringify([performance.now() - wall, (user + system) / 1000]));`;
    const times = Array.from({ length: 9 }, () =>
      JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program])),
    );
    const [wall, cpu] = [0, 1].map((index) => medianOf(times.map((pair) => pair[index])));
    print(
      `${name}.js with all chunks: ${megabytes(all.length)} MB, gzip ${megabytes(gzipSync(all).length)} MB; ` +
        `loaded in ${wall} ms, ${cpu} ms of them computing (medians of 9 fresh processes)`,
    );
  }
}

function medianOf(numbers) {
  return numbers.sort((left, right) => left - right)[numbers.length >> 1].toFixed(0);
}

function measureAudit(functions, library) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-run-'));
  const run = (task) => startStep({ ...task, functions, library, folder });
  const unbounded = run({});
  print(`\n${functions} functions in one Region`);
  print(
    `  in one function without a limit: ${describe(unbounded)}; ` +
      `${unbounded.summary.counts.fail} findings, ${unbounded.summary.requests} requests`,
  );
  let last = run({ limitSeconds: collectSeconds });
  print(
    `  in one function of 15 minutes: ${last.summary.completeness}, ${last.summary.counts.unknown} unknown; ${describe(last)}`,
  );
  while (last.summary.split.length > 0) last = measureParts(last.summary, run);
  const same = JSON.stringify(last.summary.counts) === JSON.stringify(unbounded.summary.counts);
  print(
    `  verdicts: ${same ? 'those of one function without a limit' : 'DIFFERENT from those of one function without a limit'}`,
  );
  if (!same || last.summary.completeness !== 'complete') process.exitCode = 1;
  rmSync(folder, { recursive: true });
}

function measureParts({ split, nextRound }, run) {
  const parts = split.map((part) => run({ limitSeconds: collectSeconds, event: part }));
  const by = (of) => parts.reduce((worst, part) => (of(part) > of(worst) ? part : worst));
  const total = parts.reduce((sum, { waited }) => sum + waited, 0);
  print(
    `  in ${parts.length} parts, round ${nextRound}: ${(total / 60).toFixed(0)} minutes by the rates, one after the other`,
  );
  print(`    longest part: ${describe(by(({ waited }) => waited))}`);
  print(`    part with most memory: ${by(({ peakMiB }) => peakMiB).peakMiB} MiB`);
  const keys = parts.map(({ summary }) => summary.key);
  const decided = run({ event: { parts: keys, round: nextRound } });
  print(`    deciding, rendering, publishing: ${describe(decided)}, ${decided.summary.completeness}`);
  return decided;
}

function describe({ waited, computed, peakMiB }) {
  const room = peakMiB < functionMiB ? '' : `, MORE THAN the ${functionMiB} MiB of the function`;
  return `${waited.toFixed(0)} s by the rates, ${computed.toFixed(1)} s of computing, ${peakMiB} MiB${room}`;
}

function startStep(task) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, HEADGATE_BENCH_STEP: JSON.stringify(task) },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  return JSON.parse(stdout);
}

/** One invocation of the function, in this process. */
async function runStep({ functions, library, folder, limitSeconds = Infinity, event = {} }) {
  const headgate = await import(pathToFileURL(library).href);
  const stop = new globalThis.AbortController();
  const clock = simulatedClock(limitSeconds * 1000, stop);
  const account = new headgate.ReplayedAccount(manyFunctions(functions), [], () => clock.now());
  const store = folderStore(folder);
  const environment = {
    ...{ HEADGATE_BUCKET: 'audits', HEADGATE_REGIONS: 'eu-west-1', AWS_REGION: 'eu-west-1' },
    HEADGATE_STATE_MACHINE: 'arn:aws:states:eu-west-1:111122223333:stateMachine:parts',
  };
  const time = '2026-11-23T03:00:00.000Z';
  const settings = headgate.readSettings({ time, ...event }, environment, new Date(time), '/nowhere');
  const hub = new headgate.MemoryHub('111122223333');
  const state = new headgate.MemoryStore();
  let hubSeconds = 0;
  const wait = async (milliseconds) => void (hubSeconds += milliseconds / 1000);
  const started = process.cpuUsage();
  const summary = await headgate.runAudit(settings, {
    ...{ store, parts: store, remainingMs: () => 2_000_000_000, wait },
    hubs: { hubOf: () => hub, storeOf: () => state },
    collect: {
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      customise: account.customise,
      signal: stop.signal,
      clock,
    },
  });
  const { user, system } = process.cpuUsage(started);
  const computed = (user + system) / 1e6;
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  print(JSON.stringify({ summary, computed, peakMiB, waited: clock.now() / 1000 + hubSeconds }));
}

/** Time that jumps to the next waiting call once nothing else is to be done; past the limit the audit is stopped. */
function simulatedClock(limit, stop) {
  let now = 0;
  const waiting = [];
  const wakeNext = () => {
    const next = waiting.sort((left, right) => left.at - right.at).shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (now + milliseconds > limit) stop.abort();
        if (signal.aborted) return reject(signal.reason);
        const abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort);
        const wake = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        waiting.push({ at: now + milliseconds, wake });
        globalThis.setImmediate(wakeNext);
      }),
  };
}

function folderStore(folder) {
  const path = (key) => join(folder, key.replaceAll(':', '_'));
  return {
    put: async (key, body) => {
      mkdirSync(dirname(path(key)), { recursive: true });
      writeFileSync(path(key), body);
    },
    get: async (key) => {
      try {
        return readFileSync(path(key));
      } catch {
        return undefined;
      }
    },
  };
}

/** The audit and the replay layer of its tests, from source, with the rules as data. */
async function bundleLibrary() {
  return bundleSource(`
    export { runAudit } from './src/lambda/run-audit.ts';
    export { readSettings } from './src/lambda/audit-settings.ts';
    export { ReplayedAccount } from './test/account/replay.ts';
    export { MemoryHub, MemoryStore } from './test/unit/publish/memory-hub.ts';`);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
