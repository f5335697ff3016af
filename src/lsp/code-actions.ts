import {
  CodeActionKind,
  type CancellationToken,
  type ClientCapabilities,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type SnippetTextEdit,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readFileSync } from 'node:fs';
import type { Application } from './application.ts';
import type { DiagnosticData } from './diagnostics.ts';
import { realPathOf, uriOf, type OpenFile } from './editor-files.ts';
import type { WaiveEdit } from './jobs.ts';
import type { Scanner } from './scanner.ts';
import type { EditorFinding } from './view.ts';

export const fixAllKind = `${CodeActionKind.SourceFixAll}.headgate`;

interface Place {
  readonly application: Application;
  readonly file: OpenFile;
  readonly name: string;
}

/** What an action needs when it is chosen. */
interface ActionData {
  readonly kind: 'waive';
  readonly uri: string;
  readonly version: number;
  readonly fingerprint: string;
}

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
    if (!wants(CodeActionKind.QuickFix)) return [];
    const actions: CodeAction[] = [];
    for (const { diagnostic, finding } of findingsOf(context.diagnostics, view.findings)) {
      if (view.rules[finding.ruleId]?.waivable !== true) continue;
      const data: ActionData = {
        kind: 'waive',
        uri: textDocument.uri,
        version: place.file.document.version,
        fingerprint: finding.fingerprint,
      };
      actions.push({
        title: `Waive ${finding.ruleId} here with a reason`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        data,
      });
    }
    if (this.#resolves) return actions;
    const resolved = await Promise.all(actions.map((action) => this.resolve(action)));
    return resolved.filter(({ edit }) => edit !== undefined);
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
    const edit = await this.scanner.run(
      {
        kind: 'waive',
        application: place.application.ofJob(),
        fingerprint: data.fingerprint,
        reason: '',
      },
      abort.signal,
    );
    // An edit of another text than the one that is there now would break it.
    if (edit === undefined || place.file.document.version !== data.version) return action;
    return { ...action, edit: this.#workspaceEdit(edit, place) };
  }

  #workspaceEdit(edit: WaiveEdit, { application }: Place): NonNullable<CodeAction['edit']> {
    const { folder } = application.place;
    const open = application.editor.openFiles(folder).find(({ realPath }) => realPath === edit.path);
    const uri = open?.uri ?? uriOf(edit.path);
    const document =
      open?.document ?? TextDocument.create(uri, 'plaintext', 0, readFileSync(realPathOf(edit.path), 'utf8'));
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
    const textDocument = { uri, version: open?.document.version ?? null };
    const change: TextDocumentEdit = { textDocument, edits: [this.#snippets ? snippet : plain] };
    return { documentChanges: [change] };
  }
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
