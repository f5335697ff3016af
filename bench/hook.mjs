// What the hook takes: node bench/hook.mjs [resources ...]. The function's bundle decides a new stack of so many
// resources in a process of 1 GB, beside a scan of the same template by the command: seconds, peak memory, and the
// size of the answer. The payload is at hand, so that no network is measured.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/from-source.mjs';
import { template } from './generate.mjs';

const step = process.env.HEADGATE_BENCH_STEP;
if (step === undefined) bench();
else await decide(JSON.parse(step));

function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  try {
    execFileSync(process.execPath, [join(root, 'scripts/build-audit.mjs'), folder]);
    const counts = process.argv.slice(2).map(Number);
    for (const resources of counts.length > 0 ? counts : [24, 1240]) {
      const file = join(folder, 'template.json');
      writeFileSync(file, JSON.stringify(template(resources)));
      const hook = run(['--max-old-space-size=900', import.meta.filename], {
        HEADGATE_BENCH_STEP: JSON.stringify({ file, bundle: join(folder, 'hook.js') }),
      });
      const started = performance.now();
      run([join(root, 'dist/headgate.cjs'), 'scan', file, '--fail-on', 'none', '--quiet'], {});
      const scan = (performance.now() - started) / 1000;
      const { load, first, next, mib, bytes, annotations } = JSON.parse(hook);
      console.log(
        `${resources} resources: load ${load.toFixed(2)} s, first call ${first.toFixed(2)} s, next ${next.toFixed(2)} s; scan by the command ${scan.toFixed(2)} s; peak ${mib} MiB; ${annotations} annotations, ${Math.round(bytes / 1000)} kB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(argv, environment) {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function decide({ file, bundle }) {
  const body = JSON.stringify({ template: readFileSync(file, 'utf8'), previousTemplate: '' });
  globalThis.fetch = () => Promise.resolve(new globalThis.Response(body));
  process.stdout.write = ((write) => (text) => (text.startsWith('{"level"') ? true : write(text)))(
    process.stdout.write.bind(process.stdout),
  );
  const event = {
    clientRequestToken: 'bench',
    stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/bench/1',
    actionInvocationPoint: 'CREATE_PRE_PROVISION',
    requestData: { targetType: 'STACK', payload: 'https://bucket.s3.eu-west-1.amazonaws.com/payload' },
  };
  const seconds = async (work) => {
    const started = performance.now();
    const value = await work();
    return [(performance.now() - started) / 1000, value];
  };
  const [load, { handler }] = await seconds(() => import(pathToFileURL(bundle).href));
  const [first] = await seconds(() => handler(event));
  const [next, answer] = await seconds(() => handler(event));
  process.stdout.write(
    JSON.stringify({
      ...{ load, first, next },
      mib: Math.round(process.resourceUsage().maxRSS / 1024),
      bytes: Buffer.byteLength(JSON.stringify(answer)),
      annotations: answer.annotations.length,
    }),
  );
}
