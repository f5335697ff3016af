import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { renderReportParts, type ReportFormat, type RenderOptions } from '../report/render.ts';
import type { CommonOptions } from './options.ts';
import { saveFile } from './save-file.ts';
import { writeVerbatim, type Surroundings } from './surroundings.ts';

/** What of the common options concerns output. */
export interface EmitOptions extends Pick<
  CommonOptions,
  'format' | 'output' | 'report' | 'quiet' | 'color' | 'groupBy' | 'sarifProfile' | 'category' | 'pathPrefix'
> {
  /** Of evaluations that carry none, for formats that need one. */
  readonly account?: string;
  readonly region?: string;
}

/** True when somebody reads more than the findings, so that passes need their evidence too. */
export function wantsDetail({ format, report }: Pick<EmitOptions, 'format' | 'report'>): boolean {
  return format !== 'console' || report.some((target) => target.format !== 'console');
}

/**
 * Prints the result and writes every report that was asked for.
 * @throws HeadgateError `output-failed` when a file cannot be written.
 */
export async function emit(
  result: ScanResult,
  options: EmitOptions,
  surroundings: Surroundings,
): Promise<void> {
  const base = renderOptions(options, surroundings);
  for (const { format, file } of options.report)
    await save(file, await renderReportParts(format as ReportFormat, result, base), surroundings.cwd);
  const color =
    options.color &&
    options.output === undefined &&
    surroundings.stdout.isTTY === true &&
    surroundings.env['NO_COLOR'] === undefined;
  const parts = await renderReportParts(options.format as ReportFormat, result, { ...base, color });
  if (options.output !== undefined) await save(options.output, parts, surroundings.cwd);
  else if (options.quiet !== true) await print(parts, surroundings.stdout);
}

function renderOptions(options: EmitOptions, { cwd, stdout }: Surroundings): RenderOptions {
  const { sarifProfile: profile, category, account, region, groupBy } = options;
  const texts = new Map<string, string | undefined>();
  return {
    columns: Math.min(stdout.columns ?? 80, 120),
    profile,
    ...(groupBy === undefined ? {} : { groupBy }),
    pathPrefix: options.pathPrefix ?? pathInRepository(cwd),
    ...(category === undefined ? {} : { category }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    sourceText(file) {
      if (!texts.has(file)) texts.set(file, readText(resolve(cwd, file)));
      return texts.get(file);
    },
  };
}

// Code scanning takes paths from the root of the repository, wherever the scan was started.
function pathInRepository(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return relative(folder, cwd).replaceAll('\\', '/');
    if (folder === dirname(folder)) return '';
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Waits where the reader is slower: what it has not taken would gather in memory. */
export async function print(parts: Iterable<string>, stdout: Surroundings['stdout']): Promise<void> {
  for (const part of parts)
    if (writeVerbatim(stdout, part) === false && stdout.once !== undefined && stdout.destroyed !== true)
      await takenBy(stdout);
}

/** Resolves once the reader has taken what was written, or is gone. */
async function takenBy(stdout: Surroundings['stdout']): Promise<void> {
  const events = ['drain', 'close', 'error'] as const;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of events) stdout.off?.(event, done);
      resolve();
    };
    for (const event of events) stdout.once?.(event, done);
  });
}

/** Writes a report to a file. @throws HeadgateError `output-failed`. */
export async function save(file: string, parts: Iterable<string>, cwd: string): Promise<void> {
  try {
    await saveFile(resolve(cwd, file), parts, { cwd });
  } catch (cause) {
    throw new HeadgateError(
      'output-failed',
      `The report cannot be written to \`${file}\`: ${cause instanceof Error ? cause.message : String(cause)}. Check the path and its permissions.`,
      { file },
      { cause },
    );
  }
}
