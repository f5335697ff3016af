import { randomBytes } from 'node:crypto';
import { chmod, lstat, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isInside } from '../files/read-regular-file.ts';

/**
 * Writes a file whole or not at all: who is ended in between leaves what was there before. Pipes and devices,
 * which cannot be replaced, are written to. Nothing is written through a link, which anybody who writes into the
 * folder can plant. `mode` is that of a new file.
 * @param cwd where given, a path inside of this folder may not lead out of it by links.
 * @throws the error of the file system, or one that says that a link stands in the way.
 */
export async function saveFile(
  path: string,
  data: string | Uint8Array | Iterable<string>,
  { mode, cwd }: { readonly mode?: number; readonly cwd?: string } = {},
): Promise<void> {
  const before = await lstat(path).catch(() => undefined);
  // `/dev/stdout` is a link of the system's own.
  const isDevice = path.startsWith('/dev/');
  if (before?.isSymbolicLink() === true && !isDevice)
    throw new Error(
      'the path is a link, and Headgate does not write through links; remove the link or specify another file',
    );
  if (before !== undefined && (isDevice || !before.isFile())) return writeFile(path, data);
  if (
    cwd !== undefined &&
    isInside(path, [cwd]) &&
    !isInside(await realpath(dirname(path)), [await realpath(cwd)])
  )
    throw new Error('its folder is a link to a folder outside of the working folder; specify another file');
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    // Not for a moment more open than what it replaces; `wx` follows no link that is planted there.
    const kept = before === undefined ? mode : before.mode & 0o7777;
    await writeFile(draft, data, { flag: 'wx', ...(kept === undefined ? {} : { mode: kept }) });
    if (before !== undefined) await chmod(draft, before.mode & 0o7777);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
