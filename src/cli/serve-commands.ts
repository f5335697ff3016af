import { resolve } from 'node:path';
import type { Command } from 'commander';
import { version } from '../app/version.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate lsp`: a language server for editors. */
export function addLspCommand(program: Command): void {
  program
    .command('lsp')
    .description('Start a language server for editors on the standard input and output.')
    // Clients add it to the command of a server by habit.
    .option('--stdio', 'use standard input and output (the only transport)')
    .option('--clientProcessId <pid>', 'process ID of the editor; the server ends with it')
    .action(async () => {
      const { serveEditor } = await import('../lsp/serve-editor.ts');
      await serveEditor({ version, input: process.stdin, output: process.stdout });
    });
}

/** `headgate mcp`: a server of the Model Context Protocol for agents. */
export function addMcpCommand(program: Command, { cwd }: Surroundings): void {
  program
    .command('mcp')
    .description(
      'Start a read-only server for agents (Model Context Protocol) on the standard input and output.',
    )
    .option(
      '--root <folder>',
      'folder that agents are allowed to scan (repeatable; default: the folders of the client, or the working folder)',
      (folder: string, previous: readonly string[]) => [...previous, folder],
      [],
    )
    .option('--config <file>', 'configuration file to use instead of those in the folders')
    .action(async ({ root, config }: { readonly root: readonly string[]; readonly config?: string }) => {
      const { serveAgents } = await import('../mcp/serve-agents.ts');
      await serveAgents({
        version,
        cwd,
        roots: root.map((folder) => resolve(cwd, folder)),
        ...(config === undefined ? {} : { config: resolve(cwd, config) }),
      });
    });
}
