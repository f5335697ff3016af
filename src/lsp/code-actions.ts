import {
  CodeActionKind,
  type CancellationToken,
  type ClientCapabilities,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type Position,
  type SnippetTextEdit,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readFileSync } from 'node:fs';
import { truncate } from '../app/findings.ts';
import type { Application } from './application.ts';
import type { DiagnosticData } from './diagnostics.ts';
import { uriOf, type OpenFile } from './editor-files.ts';
import type { FixedFile, Job, OfferedFix, Outcomes, WaiveEdit } from './jobs.ts';
import type { Scanner } from './scanner.ts';
import type { EditorFinding } from './view.ts';

/** Longest title of an action. */
const titleLimit = 200;

export const fixAllKind = `${CodeActionKind.SourceFixAll}.headgate`;

interface Place {
  readonly application: Application;
  readonly file: OpenFile;
  readonly name: string;
}

/** What an action needs when it is chosen. */
type ActionData = { readonly uri: string; readonly version: number } & (
  | { readonly kind: 'waive' | 'fix'; readonly fingerprint: string }
  | { readonly kind: 'fix-all'; readonly file: string }
);

/** Lists code actions, and works their edits out when one is chosen, where the client can wait for that. */
export class CodeActions {
  #resolves = false;
  #snippets = false;
  #versions = false;

  constructor(
    readonly scanner: Scanner,
    readonly placeOf: (uri: string) => Place | undefined,
  ) {}

  use({ textDocument, workspace }: ClientCapabilities): void {
    const { dataSupport, resolveSupport } = textDocument?.codeAction ?? {};
    this.#resolves = dataSupport === true && resolveSupport?.properties.includes('edit') === true;
    this.#snippets = workspace?.workspaceEdit?.snippetEditSupport === true;
    this.#versions = workspace?.workspaceEdit?.documentChanges === true;
  }

  async list({ textDocument, context }: CodeActionParams): Promise<CodeAction[]> {
    const place = this.placeOf(textDocument.uri);
    const view = place?.application.view;
    if (place === undefined || view === undefined || !place.application.isCurrent(place.file)) return [];
    const wants = (kind: string): boolean =>
      context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    const at = { uri: textDocument.uri, version: place.file.document.version };
    const actions: CodeAction[] = [];
    const found = wants(CodeActionKind.QuickFix) ? findingsOf(context.diagnostics, view.findings) : [];
    const fingerprints = found.map(({ finding }) => finding.fingerprint);
    const fixes = await this.#offers(place, { fingerprints }, fingerprints.length === 0);
    for (const { diagnostic, finding } of found) {
      const isWaivable = view.rules[finding.ruleId]?.waivable === true;
      actions.push(...actionsOf(finding, fixes.get(finding.fingerprint), diagnostic, at, isWaivable));
    }
    // Asked for by name, such as on each save; in the menu of a line it would be in the way.
    const isAsked = context.only !== undefined && wants(fixAllKind);
    if ((await this.#offers(place, { file: place.name }, !isAsked)).size > 0) {
      const data: ActionData = { kind: 'fix-all', file: place.name, ...at };
      actions.push({ title: 'Make all safe fixes of Headgate in this file', kind: fixAllKind, data });
    }
    if (this.#resolves) return actions;
    const resolved = await Promise.all(actions.map((action) => this.resolve(action)));
    return resolved.filter(({ edit }) => edit !== undefined);
  }

  async #offers(
    { application }: Place,
    of: Extract<Job, { readonly kind: 'offer' }>['of'],
    isIdle: boolean,
  ): Promise<Outcomes['offer']> {
    if (isIdle) return new Map();
    const job = { kind: 'offer', application: { ...application.ofJob(), open: new Map() }, of } as const;
    return (await this.scanner.run(job)) ?? new Map();
  }

  /** The action with its edit; without one where the text has changed, or where nothing helps. */
  async resolve(action: CodeAction, token?: CancellationToken): Promise<CodeAction> {
    const data = action.data as ActionData | undefined;
    const place = data === undefined ? undefined : this.placeOf(data.uri);
    if (data === undefined || place?.file.document.version !== data.version) return action;
    const abort = new AbortController();
    token?.onCancellationRequested(() => {
      abort.abort();
    });
    const edit = await this.#editOf(data, place, abort.signal);
    // An edit of another text than the one that is there now would break it.
    if (edit === undefined || place.file.document.version !== data.version) return action;
    return { ...action, edit };
  }

  async #editOf(
    data: ActionData,
    place: Place,
    signal: AbortSignal,
  ): Promise<CodeAction['edit'] | undefined> {
    const application = place.application.ofJob();
    if (data.kind === 'waive') {
      const { fingerprint } = data;
      const edit = await this.scanner.run({ kind: 'waive', application, fingerprint, reason: '' }, signal);
      return edit === undefined ? undefined : this.#ofWaiver(edit, place);
    }
    const of = 'file' in data ? { file: data.file } : { fingerprint: data.fingerprint };
    const files = await this.scanner.run({ kind: 'fix', application, of }, signal);
    return files === undefined || files.length === 0 ? undefined : this.#ofFix(files, place);
  }

  #ofFix(files: readonly FixedFile[], place: Place): NonNullable<CodeAction['edit']> {
    const byFile = files.map(({ path, edits }) => {
      const { uri, version, document } = documentAt(path, place);
      const end = document.positionAt(document.getText().length);
      const at = (line: number): Position => (line < document.lineCount ? { line, character: 0 } : end);
      return {
        uri,
        version,
        edits: edits.map(({ firstLine, endLine, text }): TextEdit => ({
          range: { start: at(firstLine), end: at(endLine) },
          newText: text,
        })),
      };
    });
    return this.#versions
      ? {
          documentChanges: byFile.map(({ uri, version, edits }) => ({
            textDocument: { uri, version },
            edits,
          })),
        }
      : { changes: Object.fromEntries(byFile.map(({ uri, edits }) => [uri, edits])) };
  }

  #ofWaiver(edit: WaiveEdit, place: Place): NonNullable<CodeAction['edit']> {
    const { uri, version, document } = documentAt(edit.path, place);
    const range = { start: document.positionAt(edit.start), end: document.positionAt(edit.end) };
    const plain: TextEdit = { range, newText: edit.text };
    if (!this.#versions) return { changes: { [uri]: [plain] } };
    const snippet: SnippetTextEdit = {
      range,
      snippet: {
        kind: 'snippet',
        value: `${escaped(edit.text.slice(0, edit.reasonAt))}\${1:reason}${escaped(edit.text.slice(edit.reasonAt))}`,
      },
    };
    const textDocument = { uri, version };
    const change: TextDocumentEdit = { textDocument, edits: [this.#snippets ? snippet : plain] };
    return { documentChanges: [change] };
  }
}

/** The text of a file as the editor has it, or as it is on disk. */
function documentAt(
  path: string,
  { application }: Place,
): { readonly uri: string; readonly version: number | null; readonly document: TextDocument } {
  const files = application.editor.openFiles(application.place.folder);
  const open = files.find(({ realPath }) => realPath === path);
  if (open !== undefined) return { uri: open.uri, version: open.document.version, document: open.document };
  const uri = uriOf(path);
  return {
    uri,
    version: null,
    document: TextDocument.create(uri, 'plaintext', 0, readFileSync(path, 'utf8')),
  };
}

function actionsOf(
  { ruleId, fingerprint }: EditorFinding,
  fix: OfferedFix | undefined,
  diagnostic: Diagnostic,
  at: { readonly uri: string; readonly version: number },
  isWaivable: boolean,
): CodeAction[] {
  const actions: CodeAction[] = [];
  const add = (kind: 'waive' | 'fix', title: string, isPreferred: boolean): void => {
    const data: ActionData = { kind, fingerprint, ...at };
    actions.push({
      title: truncate(title, titleLimit),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      ...(isPreferred ? { isPreferred } : {}),
      data,
    });
  };
  if (fix !== undefined) {
    const title = fix.title.charAt(0).toUpperCase() + fix.title.slice(1);
    const note = fix.because === undefined ? '' : `: ${fix.because}`;
    add('fix', fix.safety === 'safe' ? title : `${title} (unsafe${note})`, fix.safety === 'safe');
  }
  if (isWaivable) add('waive', `Waive ${ruleId} here with a reason`, false);
  return actions;
}

function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** The findings that a client's diagnostics are about. */
function findingsOf(
  diagnostics: readonly Diagnostic[],
  findings: readonly EditorFinding[],
): { readonly diagnostic: Diagnostic; readonly finding: EditorFinding }[] {
  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  return diagnostics.flatMap((diagnostic) => {
    const { fingerprint } = (diagnostic.data ?? {}) as Partial<DiagnosticData>;
    const finding = fingerprint === undefined ? undefined : byFingerprint.get(fingerprint);
    return finding === undefined ? [] : [{ diagnostic, finding }];
  });
}
