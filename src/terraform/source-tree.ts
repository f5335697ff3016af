import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { decodeText } from '../text/source-text.ts';
import {
  isInside,
  readRegularFile,
  readRegularFileSync,
  UnreadableFileError,
  type FileAccess,
} from '../files/read-regular-file.ts';
import { joinFolders, type SourceFileText, type SourceTree } from './hcl/load-configuration.ts';
import { zipEntries, type ZipEntry } from './zip.ts';

/** Largest file of a configuration that is read. */
const fileLimitBytes = 5 * 1024 * 1024;

const ownFile = /\.(?:tf|tofu|tfvars)(?:\.json)?$/;

/** The sources in a folder; nothing outside of the boundary is read. */
export async function folderTree(root: string, cwd: string, access: FileAccess): Promise<SourceTree> {
  const manifest = await readManifest(join(root, '.terraform', 'modules', 'modules.json'), access);
  return {
    filesIn: (folder) => filesIn(join(root, folder), cwd, access),
    folderOf: (key) => manifest.get(key),
    readFile: (path) => {
      try {
        return decodeText(readRegularFileSync(join(root, path), fileLimitBytes, access));
      } catch (error) {
        if (error instanceof UnreadableFileError) return undefined;
        throw error;
      }
    },
  };
}

async function filesIn(
  folder: string,
  cwd: string,
  access: FileAccess,
): Promise<readonly SourceFileText[] | undefined> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || (access.within !== undefined && !isInside(real, access.within))) return undefined;
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return undefined;
  const files: SourceFileText[] = [];
  for (const base of names.filter((name) => ownFile.test(name)).sort()) {
    const path = join(folder, base);
    const bytes = await readRegularFile(path, fileLimitBytes, access).catch((error: unknown) => {
      if (error instanceof UnreadableFileError) return undefined;
      throw error;
    });
    if (bytes === undefined) continue;
    files.push({ base, name: relative(cwd, path).split(sep).join('/'), text: decodeText(bytes) });
  }
  return files;
}

async function readManifest(path: string, access: FileAccess): Promise<ReadonlyMap<string, string>> {
  const bytes = await readRegularFile(path, fileLimitBytes, access).catch(() => undefined);
  return bytes === undefined ? new Map() : manifestOf(decodeText(bytes));
}

/** Folders of modules by their keys: `{"Modules":[{"Key":"api","Dir":"modules/api"}]}`, or the list alone. */
function manifestOf(text: string): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return folders;
  }
  const list: unknown = Array.isArray(parsed) ? parsed : (parsed as { Modules?: unknown } | null)?.Modules;
  for (const entry of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const { Key: key, Dir: folder } = (entry ?? {}) as { Key?: unknown; Dir?: unknown };
    if (typeof key === 'string' && typeof folder === 'string') folders.set(key, joinFolders('.', folder));
  }
  return folders;
}

/**
 * The sources in the archive that `terraform plan -out` writes: every module as it was planned, by its key.
 * Undefined where the bytes are no such archive.
 * @param name of the archive in reports.
 */
export function planTree(bytes: Uint8Array, name: string): SourceTree | undefined {
  const entries = zipEntries(bytes);
  if (entries === undefined) return undefined;
  const byName = new Map<string, ZipEntry>(entries.map((entry) => [entry.name, entry]));
  const textOf = (entry: ZipEntry | undefined): string | undefined => {
    const content = entry?.read(fileLimitBytes);
    return content === undefined ? undefined : decodeText(content);
  };
  const manifest = manifestOf(textOf(byName.get('tfconfig/modules.json')) ?? '');
  if (manifest.size === 0) return undefined;
  const byFolder = new Map<string, SourceFileText[]>();
  const keys = new Map([...manifest].map(([key, folder]) => [`tfconfig/m-${key}/`, folder]));
  for (const entry of entries) {
    const at = entry.name.lastIndexOf('/') + 1;
    const folder = keys.get(entry.name.slice(0, at));
    const base = entry.name.slice(at);
    if (folder === undefined || !ownFile.test(base)) continue;
    const text = textOf(entry);
    if (text === undefined) continue;
    const files = byFolder.get(folder) ?? [];
    byFolder.set(folder, files);
    // Two modules of one folder have the same files.
    if (!files.some((file) => file.base === base))
      files.push({ base, name: `${name}/${joinFolders(folder, base)}`, text });
  }
  return {
    filesIn: (folder) => Promise.resolve(byFolder.get(folder)),
    folderOf: (key) => manifest.get(key),
    readFile: () => undefined,
  };
}
