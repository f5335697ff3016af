// Renders the example reports below reports/: what people read, of the insecure example, and a digest of
// every format for it and for the reference application, so that a change of one rule shows a diff that
// can be read. With --check nothing is written, and a difference fails. Needs a build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const { applySettings, renderReport, reportFormats, scanTemplates, shippedRules } =
  await import('../dist/index.js');

// Times and versions would make every day and release a difference.
const now = new Date('2026-11-23T12:00:00.000Z');
const version = '0.0.0-example';
const options = {
  columns: 100,
  account: '111122223333',
  region: 'eu-west-1',
  profile: 'full',
  now: now.toISOString(),
};

const assembly = 'out/reference-application';
await rm(join(root, assembly), { recursive: true, force: true });
const synth = spawnSync(process.execPath, ['reference-stack/synth.mjs', assembly], {
  cwd: root,
  env: { ...process.env, CDK_VALIDATION: 'false' },
  encoding: 'utf8',
});
if (synth.status !== 0) throw new Error(`the reference application does not synthesize: ${synth.stderr}`);

const ruleSet = applySettings(await shippedRules(), {});
const sourceText = new Map();
const subjects = { 'orders-api': 'examples/orders-api.yaml', 'reference-application': assembly };
/** What is kept as it is; of the rest a digest. */
const kept = { 'orders-api': new Set(['html', 'console', 'markdown', 'sarif']) };
const files = new Map();
const digests = [];
for (const [name, path] of Object.entries(subjects)) {
  const result = await scanTemplates(
    [path],
    { cwd: root, readCode: true },
    { ruleSet, version, now, detail: 'all' },
  );
  for (const { file } of result.evaluations.flatMap(({ location }) =>
    location === undefined ? [] : [location],
  )) {
    if (!sourceText.has(file)) sourceText.set(file, await readFile(join(root, file), 'utf8'));
  }
  for (const format of reportFormats) {
    const file = join('reports', name, `headgate-${format.name}${format.extension}`);
    const text = await renderReport(format.name, result, {
      ...options,
      sourceText: (name_) => sourceText.get(name_),
    });
    if (kept[name]?.has(format.name)) files.set(file, text);
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    digests.push(`${digest}  ${String(text.length).padStart(9)}  ${name}/${format.name}`);
  }
}
files.set('reports/digests.txt', `${digests.join('\n')}\n`);

const stale = [];
for (const [file, text] of files) {
  const found = await readFile(join(root, file), 'utf8').catch(() => undefined);
  if (found === text) continue;
  stale.push(file);
  if (check) continue;
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

if (check && stale.length > 0) {
  process.stdout.write(`Stale, run \`npm run reports\`:\n${stale.map((file) => `  ${file}\n`).join('')}`);
  process.exitCode = 1;
} else
  process.stdout.write(`${digests.length} reports${check ? ' are fresh' : `, ${stale.length} written`}\n`);
