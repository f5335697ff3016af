// The one script that people and CI run: format, lint, layering, types, tests, regenerate and diff,
// then what needs more than Node (a browser, the corpus), each run or printed as skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMoto, motoBin } from '../test/account/wire/moto-server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// The variable makes every Node 20 process read a certificate bundle at its start; nothing here calls out.
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
const tally = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function run(title, command, args, options = {}) {
  process.stdout.write(`\n== ${title}\n`);
  const started = Date.now();
  const { status } = spawnSync(command, args, {
    cwd: root,
    env: { ...env, ...options.env },
    stdio: 'inherit',
  });
  process.stdout.write(
    `== ${title}: ${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  if (status !== 0) failures.push(title);
  return status === 0;
}

function jest(title, args, skippedBecause) {
  if (skippedBecause !== undefined) {
    process.stdout.write(`\n== ${title}: SKIPPED: ${skippedBecause}\n`);
    tally.skipped += 1;
    return;
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  const output = join(root, '.cache', `jest-${title.replaceAll(/\W+/g, '-')}.json`);
  run(title, process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${output}`,
    ...args,
  ]);
  if (!existsSync(output)) {
    tally.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(output, 'utf8'));
  tally.passed += result.numPassedTests;
  tally.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  tally.skipped += result.numPendingTests;
}

const bin = (name) => join('node_modules', '.bin', name);
const shared = join(root, '..', 'shared');
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

// A local AWS endpoint, and cfn-lint beside it, in a virtual environment of the project's own.
const withoutEndpoint = await installMoto();
if (withoutEndpoint === undefined) env.PATH = `${motoBin}${delimiter}${env.PATH}`;
else
  process.stdout.write(
    `\n== tests against a local AWS endpoint, and cfn-lint: SKIPPED: ${withoutEndpoint}\n`,
  );

run('build', process.execPath, ['scripts/build.mjs']);
run('format', bin('prettier'), ['--check', '.']);
run('lint', bin('eslint'), ['.']);
run('layering', bin('depcruise'), ['--config', 'dependency-cruiser.config.cjs', 'src', 'reference-stack']);
run('types', 'npm', ['run', '--silent', 'types']);
jest('tests', []);
run('generated files are fresh', process.execPath, ['scripts/generate.mjs', '--check']);
run('the package works by itself', process.execPath, ['scripts/check-package.mjs']);
run('example reports are fresh', process.execPath, ['scripts/reports.mjs', '--check']);
jest('tests against a local AWS endpoint', ['--config', 'test/wire.jest.config.mjs'], withoutEndpoint);
jest(
  'browser tests',
  ['--config', 'test/browser/jest.config.mjs'],
  chromium === undefined ? 'no Chromium on this machine (Debian: apt-get install chromium)' : undefined,
);
jest(
  'corpus',
  ['--config', 'test/corpus/jest.config.mjs'],
  existsSync(shared) ? undefined : '../shared is not there',
);

if (failures.length > 0) process.stdout.write(`\nFailed: ${failures.join(', ')}\n`);
const failed = tally.failed + (tally.failed === 0 ? failures.length : 0);
process.stdout.write(
  `\n${tally.passed} passed, ${failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
