import type { Command } from 'commander';
import { reportFormats } from '../report/render.ts';
import { commonOptions, type ScanOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';
import { scanAndReport } from './scan-paths.ts';

/** Adds the options of a scan; `only` keeps the named ones of the common options. */
export function addScanOptions(command: Command, only?: readonly string[]): Command {
  command
    .option(
      '--root <folder>',
      'folder outside of which no file is read (default: each folder and the folder of each file that you name)',
    )
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
    done(await scanAndReport(paths, options, surroundings));
  });
}
