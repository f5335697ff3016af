import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from '@jest/globals';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';

export const command = fileURLToPath(new URL('../../dist/headgate.cjs', import.meta.url));

const made: string[] = [];
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with files. It is removed after the test. */
export function workspaceWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-editor-')));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export interface EditorOptions {
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** Answer to `workspace/configuration`. */
  readonly settings?: unknown;
}

/** An editor as far as the protocol goes: it drives the built command over its standard streams. */
export class EditorClient {
  readonly child: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly logged: string[] = [];
  readonly exited: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  readonly #versions = new Map<string, number>();
  #settings: unknown;

  constructor(
    readonly folder: string,
    { settings }: EditorOptions = {},
  ) {
    this.#settings = settings;
    const child = spawn(process.execPath, [command, 'lsp', '--stdio'], { cwd: folder, stdio: 'pipe' });
    running.add(child);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.on('exit', (code) => {
        running.delete(child);
        resolve(code);
      });
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const look of this.#waiting) look();
    });
    this.connection.onNotification('window/logMessage', ({ message }: { readonly message: string }) => {
      this.logged.push(message);
      for (const look of this.#waiting) look();
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onRequest('workspace/codeLens/refresh', () => null);
    this.connection.onRequest(
      'workspace/configuration',
      ({ items }: { readonly items: readonly unknown[] }) => items.map(() => this.#settings ?? null),
    );
    this.connection.listen();
  }

  async initialize({
    capabilities = {},
    initializationOptions,
  }: EditorOptions = {}): Promise<InitializeResult> {
    const result: InitializeResult = await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: this.uri(''),
      workspaceFolders: [{ uri: this.uri(''), name: 'workspace' }],
      capabilities,
      initializationOptions,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  uri(name: string): string {
    return pathToFileURL(join(this.folder, name)).href;
  }

  async open(name: string, text: string, languageId = 'yaml'): Promise<void> {
    this.#versions.set(name, 1);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.uri(name), languageId, version: 1, text },
    });
  }

  /** Replaces the text between two 0-based positions, as an editor sends what is typed. */
  async type(name: string, from: [number, number], to: [number, number], text: string): Promise<number> {
    const version = (this.#versions.get(name) ?? 1) + 1;
    this.#versions.set(name, version);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(name), version },
      contentChanges: [
        {
          range: {
            start: { line: from[0], character: from[1] },
            end: { line: to[0], character: to[1] },
          },
          text,
        },
      ],
    });
    return version;
  }

  async close(name: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: this.uri(name) },
    });
  }

  async save(name: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didSave', { textDocument: { uri: this.uri(name) } });
  }

  async changedOnDisk(name: string, type: 1 | 2 | 3): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: this.uri(name), type }],
    });
  }

  async configure(settings: unknown): Promise<void> {
    this.#settings = settings;
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  }

  request<Answer>(method: string, params: unknown): Promise<Answer> {
    return this.connection.sendRequest(method, params);
  }

  /** The newest list of a file; undefined where none was published. */
  diagnosticsOf(name: string): Diagnostic[] | undefined {
    return this.published.findLast(({ uri }) => uri === this.uri(name))?.diagnostics;
  }

  /** The list of a file, once it is what is waited for. The test's own limit of time ends the wait. */
  async until(name: string, isRight: (diagnostics: readonly Diagnostic[]) => boolean): Promise<Diagnostic[]> {
    return this.wait(() => {
      const found = this.diagnosticsOf(name);
      return found !== undefined && isRight(found) ? found : undefined;
    });
  }

  /** What is looked for, once it is there; looked for after each notification of the server. */
  wait<Found>(look: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const attempt = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(attempt);
        resolve(found);
      };
      this.#waiting.add(attempt);
      attempt();
    });
  }

  /** Ends the server as the protocol says; its exit code. */
  async end(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return this.exited;
  }
}

/** Codes of diagnostics, in their order. */
export function codes(diagnostics: readonly Diagnostic[]): unknown[] {
  return diagnostics.map(({ code }) => code);
}
