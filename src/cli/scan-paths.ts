import { HeadgateError } from '../model/headgate-error.ts';
import type { Rule } from '../model/rule.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { Baseline } from '../model/waiver.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import { knownFindings } from '../evaluate/apply-baseline.ts';
import { scanTemplates, type DecideOptions, type ScanFilesOptions } from '../app/scan.ts';
import { plural, singleLine } from '../report/plain-text.ts';
import { emit, wantsDetail } from './emit.ts';
import { exitCodeOf } from '../app/exit-code.ts';
import { loadSettings } from './load-settings.ts';
import { fileFilter } from '../app/file-filter.ts';
import { readParameters } from '../app/read-parameters.ts';
import { readDecideSettings } from '../app/read-decide-settings.ts';
import type { ScanOptions } from './options.ts';
import { readStandardInput } from './read-standard-input.ts';
import type { Surroundings } from './surroundings.ts';
import { version } from '../app/version.ts';

/** `headgate scan`: scans, prints, writes reports; answers the exit code. */
export async function scanAndReport(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { result, config } = await scanPaths(paths, options, surroundings, { baseline: true });
  await emit(result, options, surroundings);
  reportUnread(result, options, surroundings);
  if (result.inputs.length === 0) {
    surroundings.stderr.write(
      `headgate: no templates found in ${paths.map((path) => `\`${path}\``).join(', ')}; ${plural(result.skipped.length, 'file')} skipped.\n`,
    );
  }
  return exitCodeOf(
    result,
    options.failOn ?? config.failOn ?? 'high',
    options.unknown ?? config.unknown ?? 'warn',
  );
}

/** Says what keeps a scan from being complete, whatever is printed; and what was skipped, where that is asked. */
export function reportUnread(
  { diagnostics, skipped }: ScanResult,
  { verbose }: Pick<ScanOptions, 'verbose'>,
  { stderr }: Surroundings,
): void {
  for (const { severity, message, where } of diagnostics) {
    if (severity !== 'error') continue;
    stderr.write(`headgate: ${singleLine(`${message}${message.includes(where) ? '' : ` (${where})`}`)}\n`);
  }
  if (verbose !== true) return;
  for (const { name, reason } of skipped)
    stderr.write(`headgate: skipped \`${singleLine(name)}\`: ${singleLine(reason)}\n`);
}

/** What the options and headgate.yaml say of how a scan reads and decides. */
export interface PreparedScan {
  readonly read: ScanFilesOptions;
  readonly decide: DecideOptions;
  readonly config: HeadgateConfig;
}

/** Whether the baseline of the configuration counts, or one that is given. */
interface UseBaseline {
  readonly baseline: boolean | { readonly file: string; readonly entries: Baseline };
}

/**
 * Scans as the options and headgate.yaml say.
 * @throws HeadgateError for anything given that cannot be read or is not valid.
 */
export async function scanPaths(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
  use: UseBaseline,
): Promise<{
  readonly result: ScanResult;
  readonly config: HeadgateConfig;
  readonly rules: readonly Rule[];
}> {
  const { read, decide, config } = await prepareScan(paths, options, surroundings, use);
  const snapshot = snapshotAmong(paths);
  const result =
    snapshot === undefined
      ? await scanTemplates(paths, read, decide)
      : await (await import('./scan-snapshot.ts')).scanSnapshot(snapshot, surroundings.cwd, decide);
  return { result, config, rules: decide.ruleSet.rules };
}

/**
 * Reads what the options and headgate.yaml say.
 * @throws HeadgateError for anything given that cannot be read or is not valid.
 */
export async function prepareScan(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
  { baseline }: UseBaseline,
): Promise<PreparedScan> {
  const { cwd } = surroundings;
  const { config, ruleSet } = await loadSettings(options, cwd);
  const region = options.region ?? config.region;
  if (region !== undefined) (await import('./check-region.ts')).checkRegion(region, surroundings);
  const account = options.account ?? config.account;
  const parameters = await readParameters(options.parameters ?? config.parameters, cwd);
  const leaveOut = fileFilter(config, options.exclude ?? [], cwd);
  const read = {
    cwd,
    ...(options.root === undefined ? {} : { root: options.root }),
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(leaveOut === undefined ? {} : { leaveOut }),
    ...(paths.includes('-') ? { stdin: await readStandardInput(surroundings) } : {}),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(config.assumptions === undefined ? {} : { assumptions: config.assumptions }),
  };
  const detail = wantsDetail(options) ? 'all' : 'findings';
  const settings = await readDecideSettings(config, cwd, baseline === true);
  const given = typeof baseline === 'object' ? { baseline } : {};
  const against = await scanBefore(options, surroundings);
  const decide = {
    ruleSet,
    version,
    now: surroundings.now(),
    detail,
    ...settings,
    ...given,
    ...(against === undefined ? {} : { against }),
  } as const;
  return { read, decide, config };
}

/**
 * What the state before the change has open, by the same settings.
 * @throws HeadgateError where it was not read to its end: what it hides would count as brought by the change.
 */
async function scanBefore(
  { against, ...options }: ScanOptions,
  surroundings: Surroundings,
): Promise<DecideOptions['against']> {
  if (against === undefined) return undefined;
  const { result } = await scanPaths([against], options, surroundings, { baseline: false });
  const broken = result.diagnostics.find(({ severity }) => severity === 'error');
  if (broken !== undefined)
    throw new HeadgateError(
      'against-incomplete',
      `\`${against}\` of --against was not read completely: ${broken.message}`,
      { file: broken.where },
    );
  if (result.inputs.length === 0)
    surroundings.stderr.write(
      `headgate: no templates found in \`${singleLine(against)}\`, so every finding counts as new.\n`,
    );
  return { source: `--against ${against}`, findings: knownFindings(result.evaluations) };
}

/** The one path that names a saved snapshot; templates and snapshots are decided apart. */
function snapshotAmong(paths: readonly string[]): string | undefined {
  const [first, ...others] = paths.filter((path) => /\.(gz|ndjson)$/.test(path));
  if (first === undefined) return undefined;
  if (others.length > 0 || paths.length > 1)
    throw new HeadgateError(
      'snapshot-alone',
      'A snapshot cannot be combined with other inputs. Specify one snapshot, or only templates.',
      { file: first },
    );
  return first;
}
