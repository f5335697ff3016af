import { existsSync } from 'node:fs';
import { dirname, join, relative, isAbsolute, sep } from 'node:path';

/** Where an application is, and how much of the folder belongs to it. */
export interface ApplicationFolder {
  /** Absolute. */
  readonly folder: string;
  /** False where nothing says that the folders below belong to the application. */
  readonly recursive: boolean;
}

/** Files that stand at the top of an application, besides a configuration of Headgate. */
const markers = ['cdk.json', 'samconfig.toml', 'samconfig.yaml', '.terraform.lock.hcl'];

/**
 * The application that a file belongs to: the nearest folder with a headgate.yaml, else with another sign of an
 * application; else the file's own folder alone, so that a template in a home directory does not read all of it.
 * @param path absolute.
 * @param workspaces folders of the editor; nothing above the one that holds the file is looked at.
 * @param isThere answers whether a file exists.
 */
export function applicationFolder(
  path: string,
  workspaces: readonly string[],
  isThere: (path: string) => boolean = existsSync,
): ApplicationFolder {
  const within = workspaces
    .filter((folder) => isInside(path, folder))
    .sort((left, right) => right.length - left.length)[0];
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.push(folder);
    const isTop = folder === within || (within === undefined && isThere(join(folder, '.git')));
    if (isTop || folder === dirname(folder)) break;
  }
  const configured = folders.find((folder) => isThere(join(folder, 'headgate.yaml')));
  const marked = folders.find((folder) => markers.some((marker) => isThere(join(folder, marker))));
  const found = configured ?? marked;
  return found === undefined
    ? { folder: dirname(path), recursive: false }
    : { folder: found, recursive: true };
}

/** True for a path below a folder. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
