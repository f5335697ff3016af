import type { Command } from 'commander';
import type { ExplainOptions } from './explain-action.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate explain <rule or fingerprint>`. */
export function addExplainCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('explain')
    .description('Explain a rule, or a finding of a saved result.')
    .argument('<what>', 'rule ID, or fingerprint of a finding (its beginning is enough)')
    .option('--result <file>', 'saved result with the finding', 'headgate.json')
    .option(
      '--rules <dir>',
      'also load custom rules from this folder (repeatable)',
      (folder: string, previous: readonly string[]) => [...previous, folder],
      [],
    )
    .option('--config <file>', 'configuration file')
    .option('--debug', 'show stack traces for errors')
    .action(async (what: string, options: ExplainOptions) => {
      const { explain } = await import('./explain-action.ts');
      await explain(what, options, surroundings);
    });
}
