import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import {
  isInside,
  readRegularText,
  UnreadableFileError,
  type Boundary,
  type ReadFile,
} from '../files/read-regular-file.ts';
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

/** Names under which CloudFormation's own tools and editors keep templates. */
const templateName = /\.(?:json|jsn|ya?ml|template|tmpl|cform|cfn|txt)$/i;

/** The path that stands for the standard input, and the name of what is read there. */
export const standardInput = '-';
export const standardInputName = 'stdin';

const manifestLimitBytes = 50 * 1024 * 1024;

/** Something in a folder that was left out. */
export interface LeftOut {
  /** Absolute path. */
  readonly path: string;
  /** Completes "skipped: ..."; the same words for everything that is left out for one reason. */
  readonly reason: string;
  /** `outside` and `denied`: something may be there that is not decided. */
  readonly kind: 'outside' | 'denied' | 'other';
}

/** Where paths are followed to. */
export interface FindOptions {
  /** Absolute; files are named relative to it. */
  readonly cwd: string;
  /** Folder outside of which nothing is read; the named folders and the folders of named files where it is absent. */
  readonly root?: string;
  /** Why something that lies in a named folder is left out, in words; absolute paths. Assemblies are read as a whole. */
  readonly leaveOut?: (path: string, kind: 'file' | 'folder' | 'assembly') => string | undefined;
}

/** What the paths of a scan lead to; absolute paths, in a fixed order. */
export interface FoundInputs {
  readonly templates: readonly { readonly path: string; readonly explicit: boolean }[];
  /** Folders that are cloud assemblies. */
  readonly assemblies: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Folders outside of which nothing is read. */
  readonly boundary: Boundary;
}

/**
 * Follows files and folders to templates and cloud assemblies.
 * @param leaveOut says what is left out of folders that are named.
 * @param root folder outside of which nothing is read; the folders that are named, and the folders of named files, where it is not given.
 * @throws HeadgateError `input-missing` for a path that does not exist, `input-outside` for one that leads out.
 */
export async function findInputs(
  paths: readonly string[],
  { cwd, root, leaveOut, readFile }: FindOptions & { readonly readFile?: ReadFile },
): Promise<FoundInputs> {
  const files = paths.filter((path) => path !== standardInput);
  const boundary = await boundaryOf(files, cwd, root);
  const finder = new Finder(boundary, leaveOut ?? (() => undefined), readFile);
  for (const path of files) await finder.start(resolve(cwd, path), path);
  if (files.length < paths.length) {
    if (root === undefined) boundary.push(await realpath(cwd));
    const path = join(cwd, standardInputName);
    finder.templates.set(path, { path, explicit: true });
  }
  const { templates, assemblies, leftOut } = finder;
  return { templates: [...templates.values()], assemblies: [...assemblies], leftOut, boundary };
}

async function boundaryOf(
  paths: readonly string[],
  cwd: string,
  root: string | undefined,
): Promise<string[]> {
  const place = await realpath(cwd);
  const given = root === undefined ? undefined : await existing(resolve(cwd, root), root);
  const found: string[] = [];
  for (const path of paths) {
    const full = resolve(cwd, path);
    const real = await existing(full, path);
    const isFolder = (await stat(real)).isDirectory();
    found.push(isFolder ? real : await realpath(dirname(full)));
    // What is named inside of the working folder and leads out of it was not meant by who named it.
    const leadsOut =
      given === undefined ? isInside(full, [cwd]) && !isInside(real, [place]) : !isInside(real, [given]);
    if (leadsOut) throw new HeadgateError('input-outside', outsideMessage(path, root), { file: path });
  }
  return given === undefined ? [...new Set(found)] : [given];
}

function outsideMessage(path: string, root: string | undefined): string {
  return root === undefined
    ? `\`${path}\` is a link that leads out of the working folder, so it was not read; name the file that it leads to, or allow its folder by --root.`
    : `\`${path}\` is outside of the folder given by --root (\`${root}\`), so it was not read.`;
}

async function existing(path: string, given: string): Promise<string> {
  return realpath(path).catch((cause: unknown) => {
    throw new HeadgateError(
      'input-missing',
      `\`${given}\` does not exist or cannot be read`,
      { file: given },
      { cause },
    );
  });
}

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

class Finder {
  readonly templates = new Map<string, { path: string; explicit: boolean }>();
  readonly assemblies = new Set<string>();
  readonly leftOut: LeftOut[] = [];
  /** Real paths of folders walked, against loops of symbolic links. */
  readonly #seen = new Set<string>();

  constructor(
    readonly boundary: Boundary,
    readonly reasonToLeaveOut: NonNullable<FindOptions['leaveOut']>,
    readonly readFile: ReadFile | undefined,
  ) {}

  async start(path: string, given: string): Promise<void> {
    const found = await stat(path);
    if (found.isDirectory()) {
      await this.#folder(path, true).catch((cause: unknown) => {
        throw new HeadgateError(
          'input-missing',
          `The folder \`${given}\` cannot be read; check its permissions.`,
          { file: given },
          { cause },
        );
      });
    } else if (path.endsWith('manifest.json') && (await this.#isAssembly(join(path, '..'))))
      this.assemblies.add(join(path, '..'));
    else this.templates.set(path, { path, explicit: true });
  }

  async #folder(path: string, isNamed = false): Promise<void> {
    const real = await realpath(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = await readdir(path, { withFileTypes: true });
    if (entries.some((entry) => entry.name === 'manifest.json') && (await this.#isAssembly(path))) {
      if (isNamed || !this.#isLeftOut(path, 'assembly')) this.assemblies.add(path);
      return;
    }
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) await this.#entry(join(path, entry.name), entry);
  }

  async #entry(path: string, entry: Entry): Promise<void> {
    const target = entry.isSymbolicLink() ? await this.#target(path, entry.name) : entry;
    if (target === undefined) return;
    if (target.isDirectory()) {
      if (entry.name.startsWith('.') || skippedFolders.has(entry.name)) return;
      if (this.#isLeftOut(path, 'folder')) return;
      await this.#folder(path).catch(() => {
        this.leftOut.push({ path, reason: 'the folder cannot be read', kind: 'denied' });
      });
    } else if (templateName.test(entry.name) && !this.templates.has(path)) {
      if (this.#isLeftOut(path, 'file')) return;
      if (target.isFile()) this.templates.set(path, { path, explicit: false });
      else this.leftOut.push({ path, reason: 'it is not a regular file', kind: 'other' });
    }
  }

  #isLeftOut(path: string, kind: 'file' | 'folder' | 'assembly'): boolean {
    const reason = this.reasonToLeaveOut(path, kind);
    if (reason !== undefined) this.leftOut.push({ path, reason, kind: 'other' });
    return reason !== undefined;
  }

  /** What a link leads to; undefined, and left out, where that is nothing or outside. */
  async #target(path: string, name: string): Promise<Pick<Entry, 'isDirectory' | 'isFile'> | undefined> {
    const real = await realpath(path).catch(() => undefined);
    const target = real === undefined ? undefined : await stat(real).catch(() => undefined);
    if (real === undefined || target === undefined) {
      if (templateName.test(name))
        this.leftOut.push({ path, reason: 'the link leads nowhere', kind: 'other' });
      return undefined;
    }
    if (isInside(real, this.boundary)) return target;
    if (target.isDirectory() || templateName.test(name))
      this.leftOut.push({ path, reason: 'the link leads out of the scanned folder', kind: 'outside' });
    return undefined;
  }

  /** A cloud assembly's folder has a manifest with a version and artifacts. */
  async #isAssembly(folder: string): Promise<boolean> {
    try {
      const path = join(folder, 'manifest.json');
      const access = { within: this.boundary, readFile: this.readFile };
      const manifest: unknown = JSON.parse(await readRegularText(path, manifestLimitBytes, access));
      return (
        typeof manifest === 'object' && manifest !== null && 'version' in manifest && 'artifacts' in manifest
      );
    } catch (error) {
      if (error instanceof UnreadableFileError || error instanceof SyntaxError) return false;
      throw error;
    }
  }
}

/** Name of an absolute path in reports: relative to a folder, with forward slashes. */
export function relativeName(cwd: string, path: string): string {
  const name = relative(cwd, path);
  return (name === '' ? '.' : name).split(sep).join('/');
}
