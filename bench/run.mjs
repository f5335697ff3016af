// Whole-process benchmarks of `headgate scan` on generated input, beside bare reading of the same
// bytes. Prints medians and ratios of one run: node bench/run.mjs (after npm run build).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { loadSource } from '../scripts/from-source.mjs';
import { assembly, sharedTables, sharedTemplate, template } from './generate.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
const rounds = Number(process.env.ROUNDS ?? 7);

function once(args) {
  const started = process.hrtime.bigint();
  const child = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (child.status === null || child.status > 1)
    throw new Error(`${args.join(' ')} ended with ${child.status}: ${child.stderr}`);
  return milliseconds;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function measure(args) {
  once(args);
  const times = Array.from({ length: rounds }, () => once(args));
  return { median: median(times), least: Math.min(...times) };
}

const headgate = (path) => [join(root, 'dist/headgate.cjs'), 'scan', path, '--fail-on', 'none'];
const bareReader = join(root, 'bench/bare-read.mjs');

function write(name, text) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const row = (name, { median: m, least }, more = '') =>
  console.log(`${name.padEnd(44)} ${m.toFixed(0).padStart(7)} ms  (least ${least.toFixed(0)})  ${more}`);

try {
  const bare = measure(['-e', '0']);
  row('bare node', bare);
  const json100 = write('t100.json', JSON.stringify(template(100), null, 2));
  const yaml100 = write('t100.yaml', stringify(template(100), { aliasDuplicateObjects: false }));
  row('scan, 100 resources, JSON', measure(headgate(json100)), 'bar: 120');
  row('scan, 100 resources, YAML', measure(headgate(yaml100)), 'bar: 180');
  // The same resources as Terraform plans them; it has more, because parts are resources of their own.
  const { planOfBlocks, terraformOf } = await loadSource(
    `export { terraformOf } from './test/unit/terraform/from-template/terraform-of.ts';
    export { planOfBlocks } from './test/unit/terraform/from-template/emit-plan.ts';`,
  );
  const planned = planOfBlocks(terraformOf(template(100).Resources).blocks);
  const plan100 = write('plan100.json', JSON.stringify(planned));
  const ratios = Array.from({ length: rounds }, () => once(headgate(plan100)) / once(headgate(json100)));
  row(
    'scan, 100 resources, plan',
    measure(headgate(plan100)),
    `${median(ratios).toFixed(2)} times JSON, bar: 1.3`,
  );
  const large = write('t1240.json', JSON.stringify(template(1240), null, 2));
  row(
    'scan, 1,240 resources, JSON',
    measure(headgate(large)),
    `bar: 400; ${(statSync(large).size / 1e6).toFixed(2)} MB`,
  );
  for (const [name, text] of Object.entries(assembly(20, 31))) write(`assembly/${name}`, text);
  row('scan, assembly of 20 stacks (620 resources)', measure(headgate(join(folder, 'assembly'))), 'bar: 400');

  for (const [name, make] of [
    ['one role and topic', sharedTemplate],
    ['one role for all tables', sharedTables],
  ])
    grow(name, make, [1000, 2000, 4000, 8000, 16000, 32000], bare);
  grow('scan', template, [1000, 2000, 4000, 8000, 16000, 32000, 50000], bare);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function grow(name, make, counts, bare) {
  let before;
  for (const count of counts) {
    const path = write(`${make.name}${count}.json`, JSON.stringify(make(count)));
    const scan = measure(headgate(path));
    const read = measure([bareReader, path]);
    const growth =
      before === undefined
        ? ''
        : `x${((scan.median - bare.median) / before.work / (count / before.count)).toFixed(2)} per doubling-unit`;
    row(
      `${name}, ${count.toLocaleString('en')} resources`,
      scan,
      `bare reading ${read.median.toFixed(0)} ms, ratio ${(scan.median / read.median).toFixed(2)} ${growth}`,
    );
    before = { count, work: scan.median - bare.median };
  }
}
