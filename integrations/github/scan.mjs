// First step of the action: scans, writes reports, annotations and the job summary. It does not fail for findings; the last
// step does, with the exit code that this one writes.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { annotate, category, event, input, isFromFork, lines, output } from './workflow.mjs';

/** Most that GitHub takes as the summary of a step. */
const summaryLimitBytes = 1024 * 1024;
const oldestNode = [20, 12];

try {
  main();
} catch (error) {
  annotate('error', error.message);
  output('exit-code', 2);
  output('verdict', 'error');
}

function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    throw new Error(
      `Node.js ${oldestNode.join('.')} or later is required; this is ${process.versions.node}.`,
    );
  const command = fileURLToPath(new URL('../../dist/headgate.cjs', import.meta.url));
  if (!existsSync(command))
    throw new Error(
      'This commit does not include the scanner. Use the commit of a tag that starts with `action-v`.',
    );
  const name = category();
  const folder = join(process.env.RUNNER_TEMP ?? '/tmp', `headgate-${name}`);
  // A step before this one may have used the same name.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = Object.fromEntries(
    Object.entries({ json: 'json', sarif: 'sarif', html: 'html', markdown: 'md' }).map(
      ([format, extension]) => [format, join(folder, `headgate.${extension}`)],
    ),
  );
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [command, ...argumentsFor(files, name)],
    {
      cwd: resolve(process.env.GITHUB_WORKSPACE ?? '.', input('working-directory') ?? '.'),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  if (error !== undefined) throw error;
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  const exitCode = status ?? 2;
  output('exit-code', exitCode);
  output('verdict', ['pass', 'fail'][exitCode] ?? 'error');
  if (exitCode === 2) annotate('error', `The scan was not completed. ${stderr.trim()}`);
  if (!existsSync(files.json)) return;
  for (const [format, file] of Object.entries(files)) if (existsSync(file)) output(`${format}-file`, file);
  const { failed, unknown } = count(JSON.parse(readFileSync(files.json, 'utf8')));
  for (const [severity, number] of Object.entries(failed)) output(severity, number);
  output('unknown', unknown);
  output('has-news', unknown > 0 || Object.values(failed).some((number) => number > 0));
  output('upload-sarif', uploadsSarif());
  if (input('summary') !== 'false') summarize(files.markdown);
}

/** Each value is an argument of its own, and paths stand behind `--`, so that none is read as an option. */
function argumentsFor(files, name) {
  const reports = Object.entries(files).flatMap(([format, file]) => ['--report', `${format}=${file}`]);
  const printed = ['--format', 'annotations', '--category', name, ...reports];
  const result = input('result');
  if (result !== undefined) return ['report', ...printed, '--', result];
  const option = (key) => (input(key) === undefined ? [] : [`--${key}=${input(key)}`]);
  const options = 'config parameters against region account level fail-on unknown'.split(' ').flatMap(option);
  const repeated = ['rule', 'flow'].flatMap((key) => lines(key).map((value) => `--${key}=${value}`));
  const paths = lines('paths');
  return ['scan', ...printed, ...options, ...repeated, '--', ...(paths.length === 0 ? ['.'] : paths)];
}

function count({ evaluations }) {
  const failed = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let unknown = 0;
  for (const { verdict, severity, waiver, followsFrom } of evaluations) {
    if (waiver !== undefined || followsFrom !== undefined) continue;
    if (verdict === 'fail') failed[severity] += 1;
    if (verdict === 'unknown') unknown += 1;
  }
  return { failed, unknown };
}

function uploadsSarif() {
  const wanted = input('sarif') ?? 'auto';
  if (!['auto', 'true', 'false'].includes(wanted))
    throw new Error('The input `sarif` must be auto, true or false.');
  return wanted === 'true' || (wanted === 'auto' && !isFromFork(event()));
}

function summarize(file) {
  const target = process.env.GITHUB_STEP_SUMMARY;
  if (target === undefined || target === '' || !existsSync(file)) return;
  const used = existsSync(target) ? statSync(target).size : 0;
  const text = readFileSync(file, 'utf8');
  if (used + Buffer.byteLength(text) > summaryLimitBytes)
    annotate('warning', 'The results do not fit into the job summary; the JSON result has all of them.');
  else appendFileSync(target, text);
}
