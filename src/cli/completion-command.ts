import { Argument, type Command } from 'commander';
import type { Surroundings } from './surroundings.ts';

/** `headgate completion <shell>`: a script made from the commands themselves. Needs all of them to be registered. */
export function addCompletionCommand(program: Command, { stdout }: Surroundings): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and rule IDs in a shell.')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completionScript } = await import('./completion-script.ts');
      stdout.write(completionScript(shell, program));
    });
}
