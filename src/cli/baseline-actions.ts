import { resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import { baselineOf, compareWithBaseline } from '../evaluate/apply-baseline.ts';
import type { Rule } from '../model/rule.ts';
import type { AppliedWaiver, Evaluation, ScanResult } from '../model/scan-result.ts';
import type { Baseline } from '../model/waiver.ts';
import { singleLine } from '../report/plain-text.ts';
import { readBaseline } from '../rules/read-baseline.ts';
import { emit } from './emit.ts';
import { exitCodeOf } from '../app/exit-code.ts';
import type { ScanOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';
import { saveFile } from './save-file.ts';
import { reportUnread, scanPaths } from './scan-paths.ts';

/** Options of the baseline commands. */
export interface BaselineOptions extends ScanOptions {
  readonly file: string;
}

/** `baseline write`: 2, and nothing written, when something was not read. */
export async function writeBaseline(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { result, rules } = await findings(paths, options, surroundings);
  if (isIncomplete(result, options, surroundings)) return 2;
  const entries = baselineOf(result.evaluations, rules);
  await save(entries, options, surroundings);
  surroundings.stdout.write(`Wrote ${options.file}: ${entries.findings.length} findings\n`);
  return 0;
}

/** `baseline prune`: entries whose finding is repaired are removed; nothing is added. */
export async function pruneBaseline(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<number> {
  const before = await readBaseline(resolve(surroundings.cwd, options.file), options.file);
  const { result, rules } = await findings(paths, options, surroundings);
  if (isIncomplete(result, options, surroundings)) return 2;
  const fixed = new Set(compareWithBaseline(result.evaluations, before, rules).fixed);
  const kept = before.findings.filter((entry) => !fixed.has(entry));
  await save({ ...before, findings: kept }, options, surroundings);
  const { stdout } = surroundings;
  for (const entry of fixed) stdout.write(`fixed  ${singleLine(`${entry.ruleId} on ${entry.resource}`)}\n`);
  stdout.write(`Wrote ${options.file}: ${fixed.size} removed, ${kept.length} kept\n`);
  return 0;
}

/**
 * `baseline check`: 1 when there is a finding at or above --fail-on that the baseline does not know, 2 when
 * something was not read. Every format but the console's own shows the whole result, known findings as waived.
 */
export async function checkBaseline(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<number> {
  const before = await readBaseline(resolve(surroundings.cwd, options.file), options.file);
  const { result, rules, known } = await findings(paths, options, surroundings, before);
  const isOwnFormat = options.format === 'console' && options.output === undefined;
  if (isOwnFormat && options.quiet !== true)
    list(result, compareWithBaseline(known, before, rules), surroundings);
  await emit(result, { ...options, ...(isOwnFormat ? { quiet: true } : {}) }, surroundings);
  reportUnread(result, options, surroundings);
  return exitCodeOf(result, options.failOn ?? 'info', options.unknown ?? 'warn');
}

function list(
  result: ScanResult,
  { added, known, fixed }: ReturnType<typeof compareWithBaseline>,
  { stdout }: Surroundings,
): void {
  for (const evaluation of added) stdout.write(`new    ${describe(evaluation)}\n`);
  for (const entry of fixed) stdout.write(`fixed  ${singleLine(`${entry.ruleId} on ${entry.resource}`)}\n`);
  for (const { code, message } of result.diagnostics)
    if (code === 'waiver-refused') stdout.write(`note   ${singleLine(message)}\n`);
  stdout.write(`${added.length} new, ${known.length} accepted, ${fixed.length} fixed\n`);
}

interface Findings {
  readonly result: ScanResult;
  readonly rules: readonly Rule[];
  /** The evaluations as they are without a baseline. */
  readonly known: readonly Evaluation[];
}

async function findings(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
  entries?: Baseline,
): Promise<Findings> {
  const { result, rules, config } = await scanPaths(paths, options, surroundings, {
    baseline: entries === undefined ? false : { file: options.file, entries },
  });
  if (config.trust?.baseline === false)
    throw new HeadgateError(
      'baseline-refused',
      'The configuration rejects baselines (`trust.baseline: false`); use `headgate scan`.',
    );
  const source = `baseline (${options.file})`;
  const known = result.evaluations.map((evaluation) => {
    if (evaluation.waiver?.source !== source) return evaluation;
    const open: { waiver?: AppliedWaiver } & Evaluation = { ...evaluation };
    delete open.waiver;
    return open;
  });
  return { result, rules, known };
}

function isIncomplete(result: ScanResult, options: BaselineOptions, surroundings: Surroundings): boolean {
  reportUnread(result, options, surroundings);
  const isUnread = exitCodeOf(result, 'none', 'ignore') === 2;
  if (isUnread)
    surroundings.stderr.write(
      `headgate: the scan is not complete, so \`${options.file}\` was not written.\n`,
    );
  return isUnread;
}

async function save(entries: Baseline, { file }: BaselineOptions, { cwd }: Surroundings): Promise<void> {
  await saveFile(resolve(cwd, file), `${JSON.stringify(entries, null, 2)}\n`, { cwd });
}

function describe({ ruleId, resource, severity, location, message }: Evaluation): string {
  const place =
    location === undefined ? '' : ` ${location.file}:${location.startLine}:${location.startColumn}`;
  return singleLine(`${ruleId} (${severity}) on ${resource.name}${place}: ${message}`);
}
