// Feeds mutations of valid inputs to the command: templates, assemblies, configurations, waivers, baselines, rules,
// snapshots and saved results. One child runs cases in its own process; it is watched for crashes, hangs and memory.
//   node bench/fuzz.mjs [--minutes 45] [--seed 1] [--corpus ../shared/corpus/templates] [--out .cache/fuzz]
//   node bench/fuzz.mjs --only 1234      runs one seed, and leaves its files in the out folder
import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSource, root } from '../scripts/from-source.mjs';

const given = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const minutes = Number(given('minutes', '45'));
const out = given('out', join(root, '.cache/fuzz'));
const corpus = given('corpus', join(root, '../shared/corpus/templates'));
const only = given('only', undefined);
const hangSeconds = Number(given('hang', '120'));
const slowCpuSeconds = 10;
const memoryMegabytes = 1200;

const child = `
  import { cpSync } from 'node:fs';
  import { caseOf } from './test/property/fuzz/cases.ts';
  import { readSeeds } from './test/property/fuzz/seeds.ts';
  import { runCase } from './test/property/fuzz/run-case.ts';
  const [first, only, corpus, folder] = process.argv.slice(2);
  const seeds = await readSeeds(corpus);
  process.send({ ready: seeds.templates.length });
  for (let seed = Number(first); only !== 'once' || seed === Number(first); seed++) {
    const fuzzCase = caseOf(seed, seeds);
    process.send({ seed, kind: fuzzCase.kind, argv: fuzzCase.argv });
    const before = process.cpuUsage();
    const broken = await runCase(fuzzCase, folder);
    // Seeds change with the rules' examples; the files stay.
    if (broken.length > 0 && only !== 'once') cpSync(folder, folder + '-broken-' + seed, { recursive: true });
    const used = process.cpuUsage(before);
    if (seed % 200 === 0 && globalThis.gc) globalThis.gc();
    process.send({
      done: seed, broken,
      cpu: (used.user + used.system) / 1e6,
      rss: process.memoryUsage().rss / 2 ** 20,
      heap: process.memoryUsage().heapUsed / 2 ** 20,
      collected: seed % 200 === 0,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.disconnect();
`;

mkdirSync(out, { recursive: true });
const file = await bundleSource(child, 'fuzz');
const started = Date.now();
const tally = { cases: 0, broken: 0, crashes: 0, hangs: 0, slow: 0, memory: 0 };
const kinds = new Map();
const seen = new Map();
const heaps = [];
let largest = 0;
let slowest = { cpu: 0 };

function say(what, seed, about, detail) {
  const text = String(detail).replace(/\s+/g, ' ').slice(0, 700);
  const key = `${what} ${text
    .replace(/`[^`]*`/g, '``')
    .replace(/[0-9]+/g, '0')
    .slice(0, 160)}`;
  seen.set(key, (seen.get(key) ?? 0) + 1);
  if (seen.get(key) > 3) return;
  process.stdout.write(`${what}: seed ${seed} (${about}): ${text}\n`);
}

function runFrom(first) {
  return new Promise((resolve) => {
    const folder = join(out, only === undefined ? `work-${process.pid}` : `seed-${only}`);
    const worker = fork(file, [String(first), only === undefined ? 'many' : 'once', corpus, folder], {
      cwd: root,
      execArgv: ['--expose-gc', `--max-old-space-size=${memoryMegabytes}`],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let [current, since, about, stderr, ended] = [undefined, Date.now(), '', '', undefined];
    worker.stderr.on('data', (text) => (stderr = (stderr + text).slice(-4000)));
    const watch = setInterval(() => {
      if (current !== undefined && Date.now() - since > hangSeconds * 1000) {
        tally.hangs += 1;
        say('HANG', current, about, `no end within ${hangSeconds} s`);
        since = Infinity;
        ended = only === undefined ? current + 1 : 'over';
        worker.kill('SIGKILL');
      }
      if (Date.now() - started > minutes * 60_000) {
        ended = 'over';
        worker.kill('SIGKILL');
      }
    }, 1000);
    worker.on('message', (message) => {
      if (message.ready !== undefined) return;
      if (message.seed !== undefined) {
        [current, since, about] = [message.seed, Date.now(), `${message.kind}: ${message.argv.join(' ')}`];
        kinds.set(message.kind, (kinds.get(message.kind) ?? 0) + 1);
        return;
      }
      tally.cases += 1;
      const { done, broken, cpu, rss, heap, collected } = message;
      if (broken.length > 0) tally.broken += 1;
      for (const text of broken) say('BROKEN', done, about, text);
      if (cpu > slowCpuSeconds) {
        tally.slow += 1;
        say('SLOW', done, about, `${cpu.toFixed(1)} s of processor time`);
      }
      if (rss > memoryMegabytes) {
        tally.memory += 1;
        say('MEMORY', done, about, `${rss.toFixed(0)} MB`);
      }
      largest = Math.max(largest, rss);
      if (cpu > slowest.cpu) slowest = { cpu, seed: done };
      if (collected) heaps.push(Math.round(heap));
      current = undefined;
    });
    worker.on('exit', (code, signal) => {
      clearInterval(watch);
      if (ended === undefined && (code !== 0 || signal !== null)) {
        tally.crashes += 1;
        say('CRASH', current, about, `${code ?? signal}: ${stderr}`);
        ended = only === undefined ? (current ?? first) + 1 : 'over';
      }
      resolve(ended ?? 'over');
    });
  });
}

let next = only === undefined ? Number(given('seed', '1')) : Number(only);
while (next !== 'over') next = await runFrom(next);
rmSync(file, { force: true });
const spent = ((Date.now() - started) / 60_000).toFixed(1);
process.stdout.write(
  `${tally.cases} cases in ${spent} min (${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')})\n` +
    `broken promises ${tally.broken}, crashes ${tally.crashes}, hangs ${tally.hangs}, over ${slowCpuSeconds} s of processor ${tally.slow}, over ${memoryMegabytes} MB ${tally.memory}\n` +
    `largest process ${largest.toFixed(0)} MB; slowest case ${slowest.cpu.toFixed(1)} s (seed ${slowest.seed}); heap after collections ${heaps.slice(0, 3).join(' ')} ... ${heaps.slice(-3).join(' ')} MB\n`,
);
process.exitCode = Object.entries(tally).every(([name, count]) => name === 'cases' || count === 0) ? 0 : 1;
