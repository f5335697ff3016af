import { statSync, watch as watchFolder, type FSWatcher } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { diffResults } from '../app/diff.ts';
import { HeadgateError, isHeadgateError } from '../model/headgate-error.ts';
import type { ResultDiff } from '../model/result-diff.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { describeWhere } from '../report/findings.ts';
import { plural, singleLine } from '../report/plain-text.ts';
import { emit } from './emit.ts';
import type { ScanOptions } from './options.ts';
import { scanPaths } from './scan-paths.ts';
import type { Surroundings } from './surroundings.ts';

/** Editors write a file in several steps; each step is an event. */
const settleMilliseconds = 100;
/** What is never a template, and changes most. */
const ignored = /(^|[\\/])(node_modules|\.git)([\\/]|$)/;
/** Exit code of a process that Ctrl-C ended. */
const interrupted = 130;

/**
 * `headgate scan --watch`: the report once, then what each change of the files brings and fixes, until Ctrl-C.
 * @returns 130
 * @throws HeadgateError `watch-refused` in CI, and with options that write reports; else only for a first scan that fails.
 */
export async function watchAndReport(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
): Promise<number> {
  refuse(paths, options, surroundings);
  const { stdout, stderr } = surroundings;
  const scan = async (): Promise<ScanResult> =>
    (await scanPaths(paths, options, surroundings, { baseline: true })).result;
  let changed: string | undefined;
  let wake: () => void = () => undefined;
  let stopped = false;
  // Before the first scan, so that no change is missed while it runs.
  const watchers = watchedFolders(paths, options, surroundings.cwd).map((folder) =>
    startWatcher(folder, (name) => {
      if (ignored.test(name)) return;
      changed = relative(surroundings.cwd, resolve(folder.path, name));
      wake();
    }),
  );
  const stop = (): void => {
    stopped = true;
    wake();
  };
  process.once('SIGINT', stop);
  try {
    let last = await scan();
    await emit(last, options, surroundings);
    stdout.write('Waiting for changes; press Ctrl-C to stop.\n');
    while (!stopped) {
      if (changed === undefined)
        await new Promise<void>((resolveWait) => {
          wake = resolveWait;
        });
      if (stopped) break;
      await new Promise((settled) => setTimeout(settled, settleMilliseconds));
      const name = changed ?? '';
      changed = undefined;
      try {
        const next = await scan();
        stdout.write(describeChange(name, diffResults(last, next), next));
        last = next;
      } catch (error) {
        // A file that is half written, or a configuration with a mistake; the next change is another chance.
        if (!isHeadgateError(error)) throw error;
        stderr.write(`headgate: ${error.message}\n`);
      }
    }
    return interrupted;
  } finally {
    process.off('SIGINT', stop);
    for (const watcher of watchers) watcher.close();
  }
}

function refuse(paths: readonly string[], options: ScanOptions, { env }: Surroundings): void {
  const reject = (message: string): never => {
    throw new HeadgateError('watch-refused', message);
  };
  if (env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false')
    reject('--watch does not end by itself, so it is not available in CI. Remove the option.');
  if (options.format !== 'console' || options.output !== undefined || options.report.length > 0)
    reject('--watch prints changes only. Remove --format, --output and --report.');
  if (paths.some((path) => path === '-' || /\.(gz|ndjson)$/.test(path)))
    reject('--watch requires files or folders of templates.');
}

interface Watched {
  readonly path: string;
  readonly recursive: boolean;
  /** The only file of the folder that counts; all where it is absent. */
  readonly file?: string;
}

/** Folders, because editors replace files: a watcher of the file would stay with the old one. */
function watchedFolders(
  paths: readonly string[],
  { rules, config, parameters }: ScanOptions,
  cwd: string,
): Watched[] {
  const files = [config ?? 'headgate.yaml', ...(parameters === undefined ? [] : [parameters])];
  const inputs = [...paths, ...rules].map((path) => resolve(cwd, path));
  return [
    ...inputs.map((path) =>
      statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
        ? { path, recursive: true }
        : fileWatched(path),
    ),
    ...files.map((path) => fileWatched(resolve(cwd, path))),
  ];
}

function fileWatched(file: string): Watched {
  return { path: dirname(file), recursive: false, file: relative(dirname(file), file) };
}

function startWatcher({ path, recursive, file }: Watched, onChange: (name: string) => void): FSWatcher {
  try {
    return watchFolder(path, { recursive }, (_, name) => {
      if (name !== null && (file === undefined || name === file)) onChange(name);
    });
  } catch (cause) {
    throw new HeadgateError(
      'watch-failed',
      `\`${path}\` cannot be watched; check the path.`,
      { file: path },
      { cause },
    );
  }
}

function describeChange(name: string, diff: ResultDiff, now: ScanResult): string {
  const line = (mark: string, finding: Evaluation): string =>
    `  ${mark.padEnd(8)} ${finding.severity.padEnd(8)}  ${finding.ruleId}  ${describeWhere(finding)}\n           ${singleLine(finding.message)}\n`;
  const lines = [
    ...[...diff.added.map(({ finding }) => finding), ...diff.waiversEnded].map((item) => line('new', item)),
    ...diff.newlyUnknown.map(({ finding }) => line('unknown', finding)),
    ...diff.repaired.map(({ finding }) => line('fixed', finding)),
  ];
  const broken = now.diagnostics.filter(({ severity }) => severity === 'error');
  const problems = broken.map(({ message }) => `  problem  ${singleLine(message)}\n`);
  const open = diff.added.length + diff.waiversEnded.length + diff.stillOpen.length;
  const count = now.evaluations.filter(
    ({ verdict, waiver }) => verdict === 'unknown' && waiver === undefined,
  );
  return `\n${singleLine(name)} changed${lines.length + problems.length === 0 ? '; no new or fixed findings' : ''}\n${lines.join('')}${problems.join('')}  ${plural(open, 'failed check')}, ${count.length} unknown\n`;
}
