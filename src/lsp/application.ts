import { join, relative, resolve } from 'node:path';
import type { Diagnostic } from 'vscode-languageserver/node';
import type { ApplicationFolder } from './application-folder.ts';
import { diagnosticsByFile, settingsDiagnostics } from './diagnostics.ts';
import { realPathOf, uriOf, type OpenFile } from './editor-files.ts';
import type { Application as ApplicationOfJob, ScanOutcome } from './jobs.ts';
import type { Scanner } from './scanner.ts';
import type { EditorSettings } from './settings.ts';
import type { EditorView } from './view.ts';

/** What an application needs of the editor. */
export interface Editor {
  /** Files of the application that are open. */
  openFiles(folder: string): readonly OpenFile[];
  settings(): EditorSettings;
  publish(uri: string, version: number | undefined, diagnostics: readonly Diagnostic[]): void;
  /** Code lenses and the like may have changed. */
  refresh(): void;
  log(severity: 'error' | 'warning' | 'info', message: string): void;
}

/** Longest pause before a scan, however long the last one took. */
const longestPauseMilliseconds = 2000;

/**
 * One application with an open file: scans it again after changes, and publishes what changed. There is one scan at a time;
 * changes in the meantime cancel it and lead to one more.
 */
export class Application {
  /** The newest result. */
  view: EditorView | undefined;
  readonly #published = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #isDirty = false;
  #reload = true;
  #closed = false;
  #lastMilliseconds = 0;
  #toldLeftOut = 0;
  #problems = '';
  /** Versions of the documents that `view` is about, by URI. */
  #versions: ReadonlyMap<string, number> = new Map();

  constructor(
    readonly place: ApplicationFolder,
    readonly scanner: Scanner,
    readonly editor: Editor,
  ) {}

  /** Scans after a pause; with `reload`, the configuration is read again as well. */
  change({ reload, atOnce = false }: { readonly reload: boolean; readonly atOnce?: boolean }): void {
    if (this.#closed) return;
    this.#reload ||= reload;
    this.#isDirty = true;
    // What is being read is out of date.
    this.#running?.abort();
    clearTimeout(this.#timer);
    const { debounceMilliseconds } = this.editor.settings();
    const pause = Math.min(
      Math.max(debounceMilliseconds, this.#lastMilliseconds),
      Math.max(longestPauseMilliseconds, debounceMilliseconds),
    );
    this.#timer = setTimeout(
      () => {
        void this.#scan();
      },
      atOnce ? 0 : pause,
    );
  }

  /** Publishes the newest result again, as settings and open files are now. */
  show(): void {
    if (this.view !== undefined) this.#publish({ view: this.view, settings: [], leftOut: 0 }, false);
  }

  /** True where `view` is about the text that the editor has. */
  isCurrent({ uri, document }: OpenFile): boolean {
    return this.#versions.get(uri) === document.version;
  }

  /** Takes all diagnostics back. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#running?.abort();
    for (const uri of this.#published.keys()) this.editor.publish(uri, undefined, []);
    this.#published.clear();
  }

  /** Takes the diagnostics of a file back. */
  forget(uri: string): void {
    if (this.#published.delete(uri)) this.editor.publish(uri, undefined, []);
  }

  /** What a job of this application goes by. */
  ofJob(reload = false): ApplicationOfJob {
    const { folder, recursive } = this.place;
    const { config, sources, maxFiles } = this.editor.settings();
    const open = new Map(
      this.editor.openFiles(folder).map(({ realPath, document }) => [realPath, document.getText()]),
    );
    return {
      folder,
      recursive,
      maxFiles,
      open,
      reload,
      ...(config === undefined ? {} : { config: resolve(folder, config) }),
      ...(sources === undefined ? {} : { sources }),
    };
  }

  /** Name of a file in results. */
  nameOf(path: string): string {
    return relative(this.place.folder, path).replaceAll('\\', '/');
  }

  async #scan(): Promise<void> {
    if (this.#running !== undefined || this.#closed) return;
    const abort = new AbortController();
    this.#running = abort;
    this.#isDirty = false;
    const reload = this.#reload;
    this.#reload = false;
    const files = this.editor.openFiles(this.place.folder);
    const versions = new Map(files.map(({ uri, document }) => [uri, document.version]));
    const started = performance.now();
    try {
      const outcome = await this.scanner.run({ kind: 'scan', application: this.ofJob(reload) }, abort.signal);
      if (outcome === undefined) this.#reload ||= reload;
      else if (!this.#isClosed()) {
        this.#lastMilliseconds = performance.now() - started;
        this.#versions = versions;
        this.#publish(outcome, true);
      }
    } catch (error) {
      this.editor.log(
        'error',
        `The scan of ${this.place.folder} failed: ${error instanceof Error ? error.message : typeof error}. This is a bug in Headgate.`,
      );
    } finally {
      this.#running = undefined;
    }
    // Something changed in the meantime, and its pause is over.
    if (this.#isDirty && !this.#isClosed()) this.change({ reload: false });
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #publish(outcome: ScanOutcome, isNew: boolean): void {
    const { folder } = this.place;
    const settings = this.editor.settings();
    const open = new Map(this.editor.openFiles(folder).map((file) => [file.realPath, file]));
    const uriOfFile = (file: string): string => {
      const path = resolve(folder, file);
      return (open.get(realPathOf(path)) ?? { uri: uriOf(path) }).uri;
    };
    if (isNew) {
      this.view = outcome.view ?? this.view;
      this.#tell(outcome, settings);
    }
    const wanted = new Map<string, Diagnostic[]>();
    for (const { uri } of open.values()) wanted.set(uri, []);
    const isOpen = (uri: string): boolean => [...open.values()].some((file) => file.uri === uri);
    if (outcome.view !== undefined)
      for (const [file, diagnostics] of diagnosticsByFile(outcome.view, settings, uriOfFile)) {
        const uri = uriOfFile(file);
        if (!isOpen(uri) && (settings.files === 'open' || !this.#isFile(file))) continue;
        wanted.set(uri, [...(wanted.get(uri) ?? []), ...diagnostics]);
      }
    const problems = isNew ? outcome.settings : this.#lastProblems;
    this.#lastProblems = problems;
    for (const problem of problems) {
      const uri = uriOfFile(problem.file ?? join(outcome.configFolder ?? folder, 'headgate.yaml'));
      wanted.set(uri, [...(wanted.get(uri) ?? []), ...settingsDiagnostics(problem)]);
    }
    const isStopped = outcome.view === undefined;
    for (const [uri, diagnostics] of wanted) {
      // Without a valid configuration nothing is known of the other files.
      if (isStopped && diagnostics.length === 0 && this.#published.has(uri)) continue;
      this.#send(
        uri,
        [...open.values()].find((file) => file.uri === uri),
        diagnostics,
      );
    }
    for (const uri of [...this.#published.keys()]) if (!wanted.has(uri) && !isStopped) this.forget(uri);
    if (isNew) this.editor.refresh();
  }

  #lastProblems: ScanOutcome['settings'] = [];

  /** True for what is named like a file, and not like an account or a parameter. */
  #isFile(file: string): boolean {
    return this.view?.inputs.includes(file) === true || /\.[A-Za-z]+$/.test(file);
  }

  #send(uri: string, file: OpenFile | undefined, diagnostics: readonly Diagnostic[]): void {
    const version = this.#versions.get(uri);
    // The text has moved on; the scan that follows knows where things are now.
    if (file !== undefined && version !== file.document.version) return;
    const text = JSON.stringify(diagnostics);
    if (this.#published.get(uri) === text) return;
    this.#published.set(uri, text);
    this.editor.publish(uri, file?.document.version, diagnostics);
  }

  #tell({ leftOut, settings: problems, view }: ScanOutcome, { maxFiles }: EditorSettings): void {
    if (leftOut > 0 && leftOut !== this.#toldLeftOut)
      this.editor.log(
        'warning',
        `${this.place.folder} has more than ${maxFiles} files that can be templates, so ${leftOut} of them are not checked; exclude folders in headgate.yaml, or raise the setting \`maxFiles\`.`,
      );
    this.#toldLeftOut = leftOut;
    const text = problems.map(({ message }) => message).join('\n');
    if (text !== '' && text !== this.#problems) this.editor.log('error', text);
    this.#problems = text;
    for (const { file, severity, message } of view?.notes ?? [])
      if (file === undefined && severity !== 'info') this.editor.log(severity, message);
  }
}
