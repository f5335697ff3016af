// Starts `headgate lsp` and shows what it says; everything else is the server's.
import { commands, window, workspace } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { serverCommand } from './server-command.mjs';

let client;

export async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand('headgate.restart', restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('headgate.path')) void restart();
    }),
  );
  await start();
}

export async function deactivate() {
  await client?.stop();
  client = undefined;
}

async function restart() {
  await deactivate();
  await start();
}

async function start() {
  const folders = (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const server = serverCommand({
    path: workspace.getConfiguration('headgate').get('path', ''),
    folders,
    node: process.execPath,
  });
  if (server === undefined) {
    void window.showWarningMessage(
      'Headgate is not installed in this workspace; run `npm install --save-dev headgate`, or set `headgate.path`.',
    );
    return;
  }
  const { command, args, runsAsNode } = server;
  // VS Code's own executable is a Node if it is told so.
  const env = runsAsNode ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env;
  client = new LanguageClient(
    'headgate',
    'Headgate',
    { command, args, options: { env, cwd: folders[0] } },
    {
      documentSelector: [
        { scheme: 'file', language: 'yaml' },
        { scheme: 'file', language: 'json' },
        { scheme: 'file', language: 'jsonc' },
        { scheme: 'file', language: 'cloudformation' },
        { scheme: 'file', language: 'terraform' },
        { scheme: 'file', pattern: '**/*.{template,tf,tofu}' },
      ],
      initializationOptions: workspace.getConfiguration('headgate'),
    },
  );
  await client.start();
}
