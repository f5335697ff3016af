import { Option, type Command } from 'commander';
import { severities } from '../model/rule.ts';
import type { DiffOptions } from './diff-action.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate diff <old> <new>`: what changed between two saved results. */
export function addDiffCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  program
    .command('diff')
    .description('Compare two saved results: show new, fixed and open findings.')
    .argument('<old>', 'older JSON result written with --format json')
    .argument('<new>', 'newer JSON result written with --format json')
    .addOption(
      new Option('--format <format>', 'format of the comparison')
        .choices(['console', 'markdown', 'json', 'html'])
        .default('console'),
    )
    .option('--output <file>', 'write the comparison to a file instead of printing it')
    .addOption(
      new Option('--fail-on <severity>', 'exit with code 1 if a new check of this severity or higher fails')
        .choices([...severities, 'none'])
        .default('high'),
    )
    .addOption(
      new Option('--unknown <policy>', 'how newly unknown checks affect the exit code')
        .choices(['ignore', 'warn', 'fail'])
        .default('warn'),
    )
    .option('--debug', 'show stack traces for errors')
    .action(async (older: string, newer: string, options: DiffOptions) => {
      const { diffSavedResults } = await import('./diff-action.ts');
      done(await diffSavedResults(older, newer, options, surroundings));
    });
}
