import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isInside } from '../files/read-regular-file.ts';

/** A file that may be edited: its absolute path, and what it begins with. */
export interface EditableFile {
  readonly path: string;
  /** A byte order mark, or nothing. */
  readonly mark: string;
}

const byteOrderMark = '\uFEFF';

/** Which files may be edited: regular ones inside of the paths that were named, in UTF-8, not reached through a link. */
export class EditableFiles {
  readonly #named: readonly string[];
  readonly #known = new Map<string, EditableFile | string>();

  /** @param paths as they were typed, relative to `cwd`. */
  constructor(
    paths: readonly string[],
    readonly cwd: string,
  ) {
    this.#named = paths.flatMap((path) => realPathOf(resolve(cwd, path)) ?? []);
  }

  /**
   * @param name of the file in reports.
   * @param text of it, as it was scanned.
   * @returns why it may not be edited, as one phrase.
   */
  find(name: string, text: string): EditableFile | string {
    const known = this.#known.get(name) ?? this.#look(name, text);
    this.#known.set(name, known);
    return known;
  }

  /** What stands on disk now, decoded; undefined where that is not UTF-8 or not there. */
  read({ path, mark }: EditableFile): string | undefined {
    try {
      const bytes = readFileSync(path);
      const text = bytes.toString('utf8');
      return Buffer.from(text).equals(bytes) ? text.slice(mark.length) : undefined;
    } catch {
      return undefined;
    }
  }

  #look(name: string, text: string): EditableFile | string {
    const path = resolve(this.cwd, name);
    const real = realPathOf(path);
    if (real === undefined) return 'the file does not exist';
    if (!isInside(real, this.#named)) return 'the file is outside of the specified paths';
    if (lstatSync(path).isSymbolicLink()) return 'the path contains a link';
    const bytes = readFileSync(path);
    const mark = bytes.subarray(0, 3).toString('utf8') === byteOrderMark ? byteOrderMark : '';
    if (!Buffer.from(mark + text).equals(bytes))
      return 'the file is not in UTF-8, or has changed since it was scanned';
    return { path, mark };
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
