import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** A request that cannot be answered as it is; the message says what to do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** Folders, by real path, that an agent may have read; nothing outside of them is. */
export class Folders {
  private constructor(readonly real: readonly string[]) {}

  /** Folders that do not exist are left out. */
  static async of(folders: readonly string[]): Promise<Folders> {
    const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
    return new Folders([...new Set(real.filter((folder) => folder !== undefined))]);
  }

  /**
   * The folder that holds all of the paths, and the paths relative to it. A relative path is looked for in each folder.
   * @throws RequestError for a path that is not there or not inside, and for paths of several folders.
   */
  async locate(
    paths: readonly string[],
  ): Promise<{ readonly root: string; readonly paths: readonly string[] }> {
    const [first] = this.real;
    if (first === undefined)
      throw new RequestError('No folder is open to this server; start it with --root DIR.');
    if (paths.length === 0) {
      if (this.real.length > 1)
        throw new RequestError(`Give \`paths\`; the folders are ${this.real.map(quoted).join(', ')}.`);
      return { root: first, paths: ['.'] };
    }
    const found = await Promise.all(paths.map((path) => this.#find(path)));
    const [root = first, ...others] = new Set(found.map(({ root: folder }) => folder));
    if (others.length > 0)
      throw new RequestError('The paths are in several folders; give paths of one folder.');
    return { root, paths: found.map(({ path }) => relative(root, path) || '.') };
  }

  async #find(path: string): Promise<{ readonly root: string; readonly path: string }> {
    const candidates = isAbsolute(path) ? [path] : this.real.map((root) => resolve(root, path));
    const places = await Promise.all(candidates.map((each) => realpath(each).catch(() => undefined)));
    for (const place of places) {
      const root = place === undefined ? undefined : this.real.find((folder) => isInside(place, folder));
      if (place !== undefined && root !== undefined) return { root, path: place };
    }
    // Whether there is something outside is nothing to tell.
    throw new RequestError(
      `${quoted(path)} is not in a folder that this server can read; these are ${this.real.map(quoted).join(', ')}.`,
    );
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function quoted(path: string): string {
  return `\`${path.slice(0, 300)}\``;
}
