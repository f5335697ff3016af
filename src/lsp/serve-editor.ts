import {
  CodeActionKind,
  CodeLensRefreshRequest,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  MarkupKind,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeLens,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Readable, Writable } from 'node:stream';
import { Application, type Editor } from './application.ts';
import { applicationFolder, isInside } from './application-folder.ts';
import { CodeActions, fixAllKind } from './code-actions.ts';
import { rangeOf, isShown } from './diagnostics.ts';
import { pathOf, realPathOf, type OpenFile } from './editor-files.ts';
import { findingsAt, hoverOf } from './hover.ts';
import { Scanner } from './scanner.ts';
import { readSettings } from './settings.ts';

/** What the server is started with. */
export interface ServeOptions {
  readonly version: string;
  readonly input: Readable;
  readonly output: Writable;
}

/** Texts that make a file without an application around it worth a scan of its folder. */
const signs = /Resources|AWSTemplateFormatVersion|resource_changes|planned_values/;

/** Files whose change may change what is read; what an editor watches for us. */
const watched = '**/*.{json,yaml,yml,template,tmpl,cform,cfn,tf,tofu,tfvars,toml}';

/** Speaks the Language Server Protocol until the client ends it; nothing else may be written to `output`. */
export function serveEditor({ version, input, output }: ServeOptions): Promise<void> {
  return new Promise((resolve) => {
    new Server(version, input, output).listen(resolve);
  });
}

class Server implements Editor {
  readonly #connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #scanner = new Scanner(new URL('./scan-thread.js', import.meta.url));
  /** By folder. */
  readonly #applications = new Map<string, Application>();
  /** By URI. */
  readonly #files = new Map<string, OpenFile>();
  readonly #folderOf = new Map<string, string>();
  readonly #actions: CodeActions;
  #workspaces: string[] = [];
  #client: InitializeParams['capabilities'] = {};
  #settings = readSettings(undefined).settings;
  #commands: ReadonlySet<string> = new Set();

  constructor(
    readonly version: string,
    input: Readable,
    output: Writable,
  ) {
    this.#connection = createConnection(ProposedFeatures.all, input, output);
    this.#actions = new CodeActions(this.#scanner, (uri) => this.#at(uri));
  }

  listen(done: () => void): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => {
      void this.#register();
    });
    connection.onDidChangeConfiguration(() => {
      void this.#pullSettings();
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      this.#changedOnDisk(changes.map(({ uri }) => uri));
    });
    connection.onHover(({ textDocument, position }) => {
      const at = this.#at(textDocument.uri);
      const view = at?.application.view;
      if (at === undefined || view === undefined || !at.application.isCurrent(at.file)) return null;
      const shown = view.findings.filter((finding) => isShown(finding, this.#settings));
      const formats = this.#client.textDocument?.hover?.contentFormat;
      const markdown = formats?.includes(MarkupKind.Markdown) === true;
      return hoverOf(view, findingsAt(shown, at.name, position), markdown) ?? null;
    });
    connection.onCodeLens(({ textDocument }) => this.#lenses(textDocument.uri));
    connection.onCodeAction((params) => this.#actions.list(params));
    connection.onCodeActionResolve((action, token) => this.#actions.resolve(action, token));
    connection.onShutdown(async () => {
      for (const application of this.#applications.values()) application.close();
      await this.#scanner.stop();
    });
    connection.onExit(done);
    this.#documents.onDidOpen(({ document }) => {
      this.#open(document);
    });
    this.#documents.onDidChangeContent(({ document }) => {
      this.#changed(document);
    });
    this.#documents.onDidSave(({ document }) => {
      this.#applicationOf(document.uri)?.change({ reload: true, atOnce: true });
    });
    this.#documents.onDidClose(({ document }) => {
      this.#close(document.uri);
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize(params: InitializeParams): InitializeResult {
    this.#client = params.capabilities;
    // rootUri is what clients before workspace folders send.
    const folders =
      params.workspaceFolders ?? (params.rootUri == null ? [] : [{ uri: params.rootUri, name: '' }]);
    this.#workspaces = folders.flatMap(({ uri }) => pathOf(uri) ?? []);
    const options: unknown = params.initializationOptions;
    const commands: unknown =
      typeof options === 'object' && options !== null && 'commands' in options ? options.commands : [];
    this.#commands = new Set(
      Array.isArray(commands) ? commands.filter((each) => typeof each === 'string') : [],
    );
    this.#use(options);
    this.#actions.use(this.#client);
    return {
      serverInfo: { name: 'headgate', version: this.version },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: { includeText: false },
        },
        hoverProvider: true,
        codeLensProvider: { resolveProvider: false },
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, fixAllKind],
          resolveProvider: true,
        },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  async #register(): Promise<void> {
    const { workspace } = this.#client;
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true)
      await this.#connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: watched }],
      });
    if (workspace?.didChangeConfiguration?.dynamicRegistration === true)
      await this.#connection.client.register(DidChangeConfigurationNotification.type, {
        section: 'headgate',
      });
    if (workspace?.workspaceFolders === true)
      this.#connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.flatMap(({ uri }) => pathOf(uri) ?? []));
        const fresh = added.flatMap(({ uri }) => pathOf(uri) ?? []);
        this.#workspaces = [...this.#workspaces.filter((folder) => !gone.has(folder)), ...fresh];
        this.#findApplications();
      });
    await this.#pullSettings();
  }

  async #pullSettings(): Promise<void> {
    if (this.#client.workspace?.configuration !== true) return;
    this.#use(await this.#connection.workspace.getConfiguration('headgate'));
    for (const application of this.#applications.values()) {
      application.show();
      application.change({ reload: true, atOnce: true });
    }
  }

  #use(sent: unknown): void {
    const { settings, problems } = readSettings(sent, this.#settings);
    this.#settings = settings;
    for (const problem of problems) this.log('warning', problem);
  }

  #open(document: TextDocument): void {
    const path = pathOf(document.uri);
    if (path === undefined) return;
    const file = { uri: document.uri, path, realPath: realPathOf(path), document };
    this.#files.set(document.uri, file);
    this.#join(file)?.change({ reload: true, atOnce: true });
  }

  #changed(document: TextDocument): void {
    const file = this.#files.get(document.uri);
    if (file === undefined) return;
    const known = this.#applicationOf(document.uri);
    const application = known ?? this.#join(file);
    if (application === undefined || this.#settings.run === 'onSave') return;
    const isInput = application.view?.inputs.includes(application.nameOf(file.path)) === true;
    application.change({ reload: !isInput });
  }

  #close(uri: string): void {
    const application = this.#applicationOf(uri);
    const folder = this.#folderOf.get(uri);
    this.#files.delete(uri);
    this.#folderOf.delete(uri);
    if (application === undefined || folder === undefined) return;
    if (this.openFiles(folder).length === 0) {
      application.close();
      this.#applications.delete(folder);
      return;
    }
    application.forget(uri);
    // What is on disk counts again.
    application.change({ reload: true });
  }

  /** The application of a file; undefined for a file that no application has and that does not look like a template. */
  #join(file: OpenFile): Application | undefined {
    const place = applicationFolder(file.path, this.#workspaces);
    if (!place.recursive && !signs.test(file.document.getText())) return undefined;
    this.#folderOf.set(file.uri, place.folder);
    const known = this.#applications.get(place.folder);
    if (known !== undefined) return known;
    const application = new Application(place, this.#scanner, this);
    this.#applications.set(place.folder, application);
    return application;
  }

  /** Files may belong to other applications than before. */
  #findApplications(): void {
    for (const file of this.#files.values()) {
      const before = this.#folderOf.get(file.uri);
      const place = applicationFolder(file.path, this.#workspaces);
      if (before === place.folder) continue;
      if (before !== undefined) this.#applications.get(before)?.forget(file.uri);
      this.#folderOf.delete(file.uri);
      this.#join(file);
    }
    for (const [folder, application] of this.#applications) {
      if (this.openFiles(folder).length > 0) continue;
      application.close();
      this.#applications.delete(folder);
    }
    for (const application of this.#applications.values()) application.change({ reload: true });
  }

  #changedOnDisk(uris: readonly string[]): void {
    const paths = uris.flatMap((uri) => pathOf(uri) ?? []);
    if (paths.some((path) => /[\\/](?:headgate\.yaml|cdk\.json|samconfig\.(?:toml|yaml))$/.test(path)))
      this.#findApplications();
    for (const [folder, application] of this.#applications) {
      const own = paths.filter((path) => isInside(path, folder));
      if (own.length > 0) application.change({ reload: true });
    }
  }

  #applicationOf(uri: string): Application | undefined {
    const folder = this.#folderOf.get(uri);
    return folder === undefined ? undefined : this.#applications.get(folder);
  }

  #at(
    uri: string,
  ): { readonly application: Application; readonly file: OpenFile; readonly name: string } | undefined {
    const application = this.#applicationOf(uri);
    const file = this.#files.get(uri);
    if (application === undefined || file === undefined) return undefined;
    return { application, file, name: application.nameOf(file.path) };
  }

  #lenses(uri: string): CodeLens[] {
    const at = this.#at(uri);
    const view = at?.application.view;
    if (at === undefined || view === undefined || !this.#settings.codeLens) return [];
    if (!at.application.isCurrent(at.file)) return [];
    const command = this.#commands.has('headgate.showFlow') ? 'headgate.showFlow' : '';
    return view.lenses
      .filter(({ location }) => location.file === at.name)
      .map(({ location, title, flow }) => ({
        range: rangeOf(location),
        command: { title, command, arguments: [uri, flow] },
      }));
  }

  openFiles(folder: string): readonly OpenFile[] {
    return [...this.#files.values()].filter(({ uri }) => this.#folderOf.get(uri) === folder);
  }

  settings(): ReturnType<typeof readSettings>['settings'] {
    return this.#settings;
  }

  publish(uri: string, version: number | undefined, diagnostics: Parameters<Editor['publish']>[2]): void {
    void this.#connection.sendDiagnostics({
      uri,
      ...(version === undefined ? {} : { version }),
      diagnostics: [...diagnostics],
    });
  }

  refresh(): void {
    if (this.#client.workspace?.codeLens?.refreshSupport === true)
      // A client that is about to end answers no request.
      this.#connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }

  log(severity: 'error' | 'warning' | 'info', message: string): void {
    const { console } = this.#connection;
    if (severity === 'error') console.error(message);
    else if (severity === 'warning') console.warn(message);
    else console.info(message);
  }
}
