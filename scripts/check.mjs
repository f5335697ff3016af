// The one script that people and CI run. `npm test`: build, format, lint, layering, types, tests, and the
// generated files, in a few minutes. `npm run test:full`: the same, and what is slow or needs more than Node:
// whole syntheses, the packed package, a local AWS endpoint, a browser, the corpus, other versions of Node;
// each is run, or printed as skipped with the reason.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMoto, motoBin } from '../test/account/wire/moto-server.mjs';
import { installMinistack } from '../test/stack/deployed/ministack.mjs';
import { installIntegrationTools } from './integration-tools.mjs';
import { installNode, otherNodes } from './other-nodes.mjs';

const full = process.argv.includes('--full');
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

function jest(title, args, skippedBecause, { node = process.execPath, env: more = {} } = {}) {
  if (skippedBecause !== undefined) {
    process.stdout.write(`\n== ${title}: SKIPPED: ${skippedBecause}\n`);
    tally.skipped += 1;
    return;
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  const output = join(root, '.cache', `jest-${title.replaceAll(/\W+/g, '-')}.json`);
  run(
    title,
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${output}`,
      ...args,
    ],
    { env: more },
  );
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
const findChromium = () =>
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );

const findNeovim = () => ['/usr/bin/nvim', '/usr/local/bin/nvim'].find((path) => existsSync(path));

/** Installs a package of Debian on a CI machine; nobody's own machine is changed. */
function ofCi(name, find) {
  const mayInstall = process.env.CI === 'true' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (find() !== undefined || !mayInstall) return find();
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]])
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return find();
}

/** Suites that take longest and that a change of a rule or a report seldom breaks: left to the full check. */
const slowSuites = [
  'test/stack/mutations/',
  'test/stack/audit/',
  'test/stack/tools.test.ts',
  'test/account/parity/',
  'test/integrations/',
  'test/gate/printed-commands.test.ts',
];

// A local AWS endpoint, and cfn-lint beside it, in a virtual environment of the project's own.
const withoutEndpoint = full ? await installMoto() : undefined;
if (full && withoutEndpoint === undefined) env.PATH = `${motoBin}${delimiter}${env.PATH}`;
else if (full)
  process.stdout.write(
    `\n== tests against a local AWS endpoint, and cfn-lint: SKIPPED: ${withoutEndpoint}\n`,
  );

if (full) {
  if (ofCi('neovim', findNeovim) === undefined)
    process.stdout.write(
      '\n== the language server in Neovim: SKIPPED: no Neovim on this machine (Debian: apt-get install neovim)\n',
    );
  const { path, missing } = installIntegrationTools();
  env.PATH = `${path}${delimiter}${env.PATH}`;
  if (missing.length > 0)
    process.stdout.write(
      `\n== linters of workflows and hooks: SKIPPED: ${missing.join(', ')} could not be installed\n`,
    );
}

run('build', process.execPath, ['scripts/build.mjs']);
run('format', bin('prettier'), ['--check', '.']);
run('lint', bin('eslint'), ['.']);
run('texts', process.execPath, ['scripts/texts.mjs']);
run('layering', 'npm', ['run', '--silent', 'layers']);
run('types', 'npm', ['run', '--silent', 'types']);
// What other runs only sample is tried as a whole.
const whole = { HEADGATE_BLANK_ONE_OF: '1', HEADGATE_WEAKENINGS_ONE_OF: '1', HEADGATE_UNDECIDED_ONE_OF: '1' };
if (full) jest('tests', [], undefined, { env: whole });
else jest('tests', ['--testPathIgnorePatterns', '/node_modules/', ...slowSuites]);
run('generated files are fresh', process.execPath, ['scripts/generate.mjs', '--check']);
run('example reports are fresh', process.execPath, ['scripts/reports.mjs', '--check']);
if (full) {
  run('the package works by itself', process.execPath, ['scripts/check-package.mjs']);
  run('the container image builds and scans', process.execPath, ['scripts/check-image.mjs']);
  run('the extension for VS Code is packaged', process.execPath, ['scripts/check-extension.mjs']);
  jest('tests against a local AWS endpoint', ['--config', 'test/wire.jest.config.mjs'], withoutEndpoint);
  jest(
    'the reference stack, deployed to an emulator',
    ['--config', 'test/e2e.jest.config.mjs'],
    await installMinistack(),
  );
  jest(
    'browser tests',
    ['--config', 'test/browser/jest.config.mjs'],
    ofCi('chromium', findChromium) === undefined
      ? 'no Chromium on this machine (Debian: apt-get install chromium)'
      : undefined,
  );
  jest(
    'corpus',
    ['--config', 'test/corpus/jest.config.mjs'],
    existsSync(shared) ? undefined : '../shared is not there',
  );
  for (const version of otherNodes) {
    const { path, missing } = installNode(version);
    jest(`tests on Node ${version}`, ['--testPathIgnorePatterns', '/node_modules/', ...slowSuites], missing, {
      node: path,
    });
  }
} else
  process.stdout.write(
    `\nLeft to \`npm run test:full\`: ${slowSuites.join(', ')}, the packed package, a local AWS endpoint, Chromium, the corpus, Node ${otherNodes.join(' and ')}.\n`,
  );

if (failures.length > 0) process.stdout.write(`\nFailed: ${failures.join(', ')}\n`);
const failed = tally.failed + (tally.failed === 0 ? failures.length : 0);
process.stdout.write(
  `\n${tally.passed} passed, ${failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
