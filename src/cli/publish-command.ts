import type { Command } from 'commander';
import type { PublishOptions } from './publish-action.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate publish security-hub <result>`: a saved JSON result to Security Hub. */
export function addPublishCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  program
    .command('publish')
    .description('Tell other services what a saved result says.')
    .command('security-hub')
    .description('Import the findings of a saved JSON result into AWS Security Hub, by account and Region.')
    .argument('<result>', 'file written by --format json')
    .option('--dry-run', 'print what would be sent; Security Hub is neither asked nor told')
    .option(
      '--state <place>',
      'folder, or s3://bucket/prefix, that remembers what was sent, one file for each account and Region',
      '.headgate/security-hub',
    )
    .option('--region <region>', 'Region for findings that have none (templates, global resources)')
    .option('--account <id>', 'account for findings that have none (templates)')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--debug', 'show stack traces of errors')
    .action(async (file: string, options: PublishOptions) => {
      const { publishToSecurityHub } = await import('./publish-action.ts');
      done(await publishToSecurityHub(file, options, surroundings));
    });
}
