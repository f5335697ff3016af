import type { Command } from 'commander';
import type { FixOptions } from './fix-action.ts';
import { addScanOptions } from './scan-command.ts';
import type { Surroundings } from './surroundings.ts';

const action = async () => import('./fix-action.ts');

/** `headgate fix <path...>`. */
export function addFixCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('fix')
    .description(
      'Fix findings in CloudFormation and SAM templates. Keeps an edit only if another scan shows that it helps.',
    )
    .argument('<path...>', 'CloudFormation or SAM templates in YAML or JSON, or folders of them');
  addScanOptions(command, [
    'rules',
    'config',
    'level',
    'rule',
    'skipRule',
    'minSeverity',
    'flow',
    'quiet',
    'verbose',
    'debug',
  ])
    .option('--unsafe', 'also make edits that change behavior or add resources; review them')
    .option('--dry-run', 'write nothing and print a unified diff; exit 1 if there are changes')
    .addHelpText(
      'after',
      `
Exit codes: 0 all edits are written, or there are none; 1 --dry-run found changes; 2 something could not be read or written.
Waived findings, secrets, and templates that the CDK or Terraform makes are never edited.`,
    )
    .action(
      async (paths: string[], options: Omit<FixOptions, 'format' | 'report' | 'color' | 'sarifProfile'>) => {
        const whole: FixOptions = {
          ...options,
          format: 'console',
          report: [],
          color: false,
          sarifProfile: 'github',
        };
        done(await (await action()).fixPaths(paths, whole, surroundings));
      },
    );
}
