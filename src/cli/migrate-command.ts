import { Option, type Command } from 'commander';
import type { MigrateOptions } from './migrate-action.ts';
import { addScanOptions } from './scan-command.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate migrate <path...>`: waivers for what other tools were told to accept. */
export function addMigrateCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('migrate')
    .description(
      'Convert suppressions of Checkov, Trivy, KICS, cfn_nag, Guard and cdk-nag to waivers, and list those without a matching rule.',
    )
    .argument(
      '<path...>',
      'templates, folders, cloud assemblies (cdk.out) or Terraform plans to scan, and configuration files of the other tools',
    );
  addScanOptions(command, ['rules', 'config', 'rule', 'skipRule', 'flow', 'level', 'debug'])
    .option('--waivers <file>', 'waivers file to write', 'headgate.waivers.yaml')
    .option('--force', 'replace the waivers file if it exists')
    .option('--dry-run', 'write nothing, and print the waivers')
    .addOption(
      new Option('--format <format>', 'report format for standard output')
        .choices(['console', 'json'])
        .default('console'),
    )
    .action(async (paths: string[], options: MigrateOptions) => {
      const { migrateSuppressions } = await import('./migrate-action.ts');
      done(await migrateSuppressions(paths, options, surroundings));
    });
}
