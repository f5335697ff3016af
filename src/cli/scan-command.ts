import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { HeadgateError } from '../model/headgate-error.ts';
import { reportFormats } from '../report/render.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { readBaseline } from '../rules/read-baseline.ts';
import { readConfigIn, type HeadgateConfig } from '../rules/read-config.ts';
import { readWaivers } from '../rules/read-waivers.ts';
import type { WaiveOptions } from '../waive.ts';
import { scanTemplates } from '../scan.ts';
import { parseParametersFile } from '../template/parameters-file.ts';
import { emit, wantsDetail } from './emit.ts';
import { exitCodeOf } from './exit-code.ts';
import { commonOptions, type CommonOptions } from './options.ts';
import { loadRuleSet } from './rule-set.ts';
import type { Surroundings } from './run.ts';
import { version } from './version.ts';

/** Options of commands that scan templates. */
export interface ScanOptions extends CommonOptions {
  readonly parameters?: string;
  readonly region?: string;
  readonly account?: string;
}

/** Adds the options of a scan; `only` keeps the named ones of the common options. */
export function addScanOptions(command: Command, only?: readonly string[]): Command {
  command
    .option('--parameters <file>', 'parameter values, in the format of the AWS CLI or of CodePipeline')
    .option('--region <region>', 'value of AWS::Region')
    .option('--account <id>', 'value of AWS::AccountId');
  for (const option of commonOptions(reportFormats.map(({ name }) => name))) {
    if (only === undefined || only.includes(option.attributeName())) command.addOption(option);
  }
  return command;
}

/** `headgate scan <path...>`. */
export function addScanCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('scan')
    .description('Decide templates, folders and cloud assemblies. Uses no network.')
    .argument('<path...>', 'CloudFormation templates, folders, or a cdk.out');
  addScanOptions(command).action(async (paths: string[], options: ScanOptions) => {
    const result = await scanPaths(paths, options, surroundings, { baseline: true });
    await emit(result, options, surroundings);
    const noInput = `headgate: no template was found in ${paths.map((path) => `\`${path}\``).join(', ')}; ${result.skipped.length} files were skipped.\n`;
    if (result.inputs.length === 0) surroundings.stderr.write(noInput);
    const config = await configOf(options, surroundings.cwd);
    done(
      exitCodeOf(
        result,
        options.failOn ?? config.failOn ?? 'high',
        options.unknown ?? config.unknown ?? 'warn',
      ),
    );
  });
}

async function configOf(options: Pick<CommonOptions, 'config'>, cwd: string): Promise<HeadgateConfig> {
  return await readConfigIn(cwd, options.config);
}

/**
 * Scans as the options and headgate.yaml say.
 * @throws HeadgateError for anything given that cannot be read or is not valid.
 */
export async function scanPaths(
  paths: readonly string[],
  options: ScanOptions,
  surroundings: Surroundings,
  use: { readonly baseline: boolean },
): Promise<ScanResult> {
  const { cwd } = surroundings;
  const config = await configOf(options, cwd);
  const ruleSet = await loadRuleSet(
    config,
    { folders: options.rules, rule: options.rule, flow: options.flow },
    cwd,
  );
  const region = options.region ?? config.region;
  const account = options.account ?? config.account;
  const parameters = await readParameters(options, config, cwd);
  const read = {
    cwd,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(parameters === undefined ? {} : { parameters }),
  };
  const detail = wantsDetail(options) ? 'all' : 'findings';
  const waivers = await readWaiveOptions(config, cwd, use.baseline);
  return scanTemplates(paths, read, {
    ruleSet,
    version,
    now: surroundings.now(),
    detail,
    ...waivers,
    ...(config.outside === undefined ? {} : { outside: config.outside }),
  });
}

async function readWaiveOptions(
  config: HeadgateConfig,
  cwd: string,
  useBaseline: boolean,
): Promise<WaiveOptions> {
  const { waivers, baseline, peerSuppressions } = config;
  return {
    ...(waivers === undefined ? {} : { waivers: await readWaivers(resolve(cwd, waivers), waivers) }),
    ...(baseline === undefined || !useBaseline
      ? {}
      : { baseline: { file: baseline, entries: await readBaseline(resolve(cwd, baseline), baseline) } }),
    ...(peerSuppressions === undefined ? {} : { peerSuppressions }),
  };
}

async function readParameters(
  options: ScanOptions,
  config: HeadgateConfig,
  cwd: string,
): Promise<Record<string, string> | undefined> {
  const file = options.parameters ?? config.parameters;
  if (file === undefined) return undefined;
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new HeadgateError(
      'parameters-missing',
      `The parameters file \`${file}\` cannot be read; check the path given by --parameters.`,
      { file },
      { cause },
    );
  });
  return parseParametersFile(text, file);
}
