import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * How to start the server: the command that is set, else the workspace's own package.
 * @param {{ path: string, folders: readonly string[], node: string, exists?: (path: string) => boolean }} where
 *   `path` as it is set (empty for none), absolute folders of the workspace, and the Node to run JavaScript with.
 * @returns {{ command: string, args: string[], runsAsNode: boolean } | undefined} undefined where there is no Headgate.
 */
export function serverCommand({ path, folders, node, exists = existsSync }) {
  const asNode = (file) => ({ command: node, args: [file, 'lsp'], runsAsNode: true });
  if (path !== '') {
    const file = isAbsolute(path)
      ? path
      : (folders.map((folder) => join(folder, path)).find((each) => exists(each)) ?? path);
    return /\.[cm]?js$/.test(file) ? asNode(file) : { command: file, args: ['lsp'], runsAsNode: false };
  }
  const own = folders
    .map((folder) => join(folder, 'node_modules/headgate/dist/headgate.cjs'))
    .find((file) => exists(file));
  return own === undefined ? undefined : asNode(own);
}
