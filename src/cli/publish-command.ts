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
    .description('Send saved results to other services.')
    .command('security-hub')
    .description('Send findings from a saved JSON result to AWS Security Hub, per account and Region.')
    .argument('<result>', 'JSON result written with --format json')
    .option('--dry-run', 'print what would be sent, without calling Security Hub')
    .option(
      '--state <place>',
      'folder or s3://bucket/prefix for the state, one file for each account and Region',
      '.headgate/security-hub',
    )
    .option('--region <region>', 'Region for findings without one (templates, global resources)')
    .option('--account <id>', 'account ID for findings without one (templates)')
    .option('--profile <name>', 'AWS profile to use')
    .option('--debug', 'show stack traces for errors')
    .action(async (file: string, options: PublishOptions) => {
      const { publishToSecurityHub } = await import('./publish-action.ts');
      done(await publishToSecurityHub(file, options, surroundings));
    });
}
