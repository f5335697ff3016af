import { InvalidArgumentError, Option, type Command } from 'commander';
import { reportFormats } from '../report/render.ts';
import { commonOptions, type ScanOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';
import { scanAndReport } from './scan-paths.ts';

/** Adds the options of a scan; `only` keeps the named ones of the common options. */
export function addScanOptions(command: Command, only?: readonly string[]): Command {
  command
    .option(
      '--root <folder>',
      'read no files outside of this folder (default: each specified folder, and the folder of each specified file)',
    )
    .addOption(
      new Option(
        '--exclude <glob>',
        'leave out matching files in folders, for example "**/test/**" (repeatable)',
      )
        .argParser((text: string, previous: readonly string[]) => [...previous, text])
        .default([], 'none'),
    )
    .option('--sources <folder>', 'folder of the .tf files of a Terraform plan')
    .option('--parameters <file>', 'read template parameters from a file (AWS CLI or CodePipeline format)')
    .addOption(new Option('--region <region>', 'set AWS::Region').argParser(regionOf))
    .addOption(new Option('--account <id>', 'set AWS::AccountId').argParser(accountOf));
  for (const option of commonOptions(reportFormats.map(({ name }) => name))) {
    if (only === undefined || only.includes(option.attributeName())) command.addOption(option);
  }
  return command;
}

function regionOf(text: string): string {
  if (!/^[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}$/.test(text))
    throw new InvalidArgumentError('Write a Region as AWS does, for example eu-west-1.');
  return text;
}

function accountOf(text: string): string {
  if (!/^[0-9]{12}$/.test(text)) throw new InvalidArgumentError('This is not an account ID. Use 12 digits.');
  return text;
}

/** `headgate scan <path...>`. */
export function addScanCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('scan')
    .description(
      'Scan CloudFormation and SAM templates, CDK cloud assemblies and Terraform plans. Makes no network calls.',
    )
    .argument(
      '<path...>',
      'CloudFormation templates, folders, a cdk.out, Terraform plans, or - for a template on the standard input',
    );
  addScanOptions(command)
    .option(
      '--against <path>',
      'templates before the change (a file, a folder or a cdk.out); count only new findings',
    )
    .option('--watch', 'scan again when files change, and print new and fixed findings')
    .action(async (paths: string[], options: ScanOptions) => {
      const { watchAndReport } = options.watch === true ? await import('./watch.ts') : {};
      done(await (watchAndReport ?? scanAndReport)(paths, options, surroundings));
    });
}
