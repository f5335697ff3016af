import type { Command } from 'commander';
import { version } from '../app/version.ts';

/** `headgate lsp`: a language server for editors. */
export function addLspCommand(program: Command): void {
  program
    .command('lsp')
    .description('Start a language server for editors on the standard input and output.')
    // Clients add it to the command of a server by habit.
    .option('--stdio', 'use the standard input and output, the only way there is')
    .option('--clientProcessId <pid>', 'process of the editor, with which the server ends')
    .action(async () => {
      const { serveEditor } = await import('../lsp/serve-editor.ts');
      await serveEditor({ version, input: process.stdin, output: process.stdout });
    });
}
