import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** A file that the editor has open. */
export interface OpenFile {
  /** As the client writes it. */
  readonly uri: string;
  /** Absolute, as the client names it. */
  readonly path: string;
  /** Links resolved; as `path` where the file is not on disk. */
  readonly realPath: string;
  readonly document: TextDocument;
}

/** The path of a document; undefined for one that is in no file. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
