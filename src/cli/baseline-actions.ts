import { resolve } from 'node:path';
import { baselineOf, compareWithBaseline } from '../evaluate/apply-baseline.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { readBaseline } from '../rules/read-baseline.ts';
import type { ScanOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';
import { saveFile } from './save-file.ts';
import { scanPaths } from './scan-paths.ts';

/** Options of the baseline commands. */
export interface BaselineOptions extends ScanOptions {
  readonly file: string;
}

/** `baseline write`. */
export async function writeBaseline(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<number> {
  const entries = baselineOf(await findings(paths, options, surroundings));
  await saveFile(resolve(surroundings.cwd, options.file), `${JSON.stringify(entries, null, 2)}\n`, {
    cwd: surroundings.cwd,
  });
  surroundings.stdout.write(`Wrote ${options.file}: ${entries.findings.length} findings\n`);
  return 0;
}

/** `baseline check`: 1 when there is a finding that the baseline does not know. */
export async function checkBaseline(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<number> {
  const before = await readBaseline(resolve(surroundings.cwd, options.file), options.file);
  const { added, known, fixed } = compareWithBaseline(await findings(paths, options, surroundings), before);
  const { stdout } = surroundings;
  for (const evaluation of added) stdout.write(`new    ${describe(evaluation)}\n`);
  for (const evaluation of known) stdout.write(`known  ${describe(evaluation)}\n`);
  for (const entry of fixed) stdout.write(`fixed  ${entry.ruleId} on ${entry.resource}\n`);
  stdout.write(`${added.length} new, ${known.length} known, ${fixed.length} fixed\n`);
  return added.length > 0 ? 1 : 0;
}

async function findings(
  paths: readonly string[],
  options: BaselineOptions,
  surroundings: Surroundings,
): Promise<readonly Evaluation[]> {
  const scan = { ...options, format: 'console', report: [], color: false, sarifProfile: 'github' as const };
  return (await scanPaths(paths, scan, surroundings, { baseline: false })).result.evaluations;
}

function describe({ ruleId, resource, severity, location, message }: Evaluation): string {
  const place =
    location === undefined ? '' : ` ${location.file}:${location.startLine}:${location.startColumn}`;
  return `${ruleId} (${severity}) on ${resource.name}${place}: ${message}`;
}
