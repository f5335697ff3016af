import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';

/** Folders that hold other people's or generated files. Hidden folders are skipped as well. */
const skippedFolders: ReadonlySet<string> = new Set([
  '__pycache__',
  'bower_components',
  'coverage',
  'dist',
  'node_modules',
  'site-packages',
  'venv',
]);

const templateName = /\.(?:json|ya?ml|template)$/i;

/** What the paths of a scan lead to; absolute paths, in a fixed order. */
export interface FoundInputs {
  readonly templates: readonly { readonly path: string; readonly explicit: boolean }[];
  /** Folders that are cloud assemblies. */
  readonly assemblies: readonly string[];
}

/**
 * Follows files and folders to templates and cloud assemblies. Throws HeadgateError
 * (`input-missing`) for a path that does not exist.
 */
export async function findInputs(paths: readonly string[], cwd: string): Promise<FoundInputs> {
  const finder = new Finder();
  for (const path of paths) await finder.start(resolve(cwd, path), path);
  return { templates: [...finder.templates.values()], assemblies: [...finder.assemblies] };
}

class Finder {
  readonly templates = new Map<string, { path: string; explicit: boolean }>();
  readonly assemblies = new Set<string>();
  /** Real paths of folders walked, against loops of symbolic links. */
  readonly #seen = new Set<string>();

  async start(path: string, given: string): Promise<void> {
    const found = await stat(path).catch((cause: unknown) => {
      throw new HeadgateError(
        'input-missing',
        `\`${given}\` does not exist or cannot be read`,
        { file: given },
        { cause },
      );
    });
    if (found.isDirectory()) await this.#folder(path);
    else if (path.endsWith('manifest.json') && (await isAssembly(join(path, '..'))))
      this.assemblies.add(join(path, '..'));
    else this.templates.set(path, { path, explicit: true });
  }

  async #folder(path: string): Promise<void> {
    const real = await realpath(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = await readdir(path, { withFileTypes: true });
    if (entries.some((entry) => entry.name === 'manifest.json') && (await isAssembly(path))) {
      this.assemblies.add(path);
      return;
    }
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) await this.#entry(join(path, entry.name), entry);
  }

  async #entry(
    path: string,
    entry: { readonly name: string; isDirectory(): boolean; isSymbolicLink(): boolean },
  ): Promise<void> {
    const isLink = entry.isSymbolicLink();
    const target = isLink ? await stat(path).catch(() => undefined) : undefined;
    if (isLink && target === undefined) return;
    if (target?.isDirectory() ?? entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !skippedFolders.has(entry.name)) await this.#folder(path);
    } else if (templateName.test(entry.name) && !this.templates.has(path)) {
      this.templates.set(path, { path, explicit: false });
    }
  }
}

/** A cloud assembly's folder has a manifest with a version and artifacts. */
async function isAssembly(folder: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    return (
      typeof manifest === 'object' && manifest !== null && 'version' in manifest && 'artifacts' in manifest
    );
  } catch {
    return false;
  }
}
