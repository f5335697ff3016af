import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { HeadgateError } from '../model/headgate-error.ts';
import { reportFormats } from '../report/render.ts';
import { readConfig, type HeadgateConfig } from '../rules/read-config.ts';
import { scanTemplates } from '../scan.ts';
import { parseParametersFile } from '../template/parameters-file.ts';
import { emit, wantsDetail } from './emit.ts';
import { exitCodeOf } from './exit-code.ts';
import { commonOptions, type CommonOptions } from './options.ts';
import { loadRuleSet } from './rule-set.ts';
import type { Surroundings } from './run.ts';
import { version } from './version.ts';

interface ScanOptions extends CommonOptions {
  readonly parameters?: string;
  readonly region?: string;
  readonly account?: string;
}

/** `headgate scan <path...>`. */
export function addScanCommand(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  const command = program
    .command('scan')
    .description('Decide templates, folders and cloud assemblies. Uses no network.')
    .argument('<path...>', 'CloudFormation templates, folders, or a cdk.out')
    .option('--parameters <file>', 'parameter values, in the format of the AWS CLI or of CodePipeline')
    .option('--region <region>', 'value of AWS::Region')
    .option('--account <id>', 'value of AWS::AccountId');
  for (const option of commonOptions(reportFormats.map(({ name }) => name))) command.addOption(option);
  command.action(async (paths: string[], options: ScanOptions) => {
    done(await scan(paths, options, surroundings));
  });
}

async function scan(paths: readonly string[], options: ScanOptions, surroundings: Surroundings): Promise<number> {
  const { cwd } = surroundings;
  const config = (await readConfig(resolve(cwd, options.config ?? 'headgate.yaml'), options.config !== undefined)) ?? {};
  const ruleSet = await loadRuleSet(config, { folders: options.rules, rule: options.rule, flow: options.flow }, cwd);
  const region = options.region ?? config.region;
  const account = options.account ?? config.account;
  const parameters = await readParameters(options, config, cwd);
  const read = { cwd, ...(region === undefined ? {} : { region }), ...(account === undefined ? {} : { account }), ...(parameters === undefined ? {} : { parameters }) };
  const detail = wantsDetail(options) ? 'all' : 'findings';
  const result = await scanTemplates(paths, read, { ruleSet, version, now: surroundings.now(), detail, ...(config.outside === undefined ? {} : { outside: config.outside }) });
  await emit(result, options, surroundings);
  if (result.inputs.length === 0) surroundings.stderr.write(`headgate: no template was found in ${paths.map((path) => `\`${path}\``).join(', ')}; ${result.skipped.length} files were skipped.\n`);
  return exitCodeOf(result, options.failOn ?? config.failOn ?? 'high', options.unknown ?? config.unknown ?? 'warn');
}

async function readParameters(options: ScanOptions, config: HeadgateConfig, cwd: string): Promise<Record<string, string> | undefined> {
  const file = options.parameters ?? config.parameters;
  if (file === undefined) return undefined;
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new HeadgateError('parameters-missing', `The parameters file \`${file}\` cannot be read; check the path given by --parameters.`, { file }, { cause });
  });
  return parseParametersFile(text, file);
}
