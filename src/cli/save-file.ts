import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all: who is ended in between leaves what was there before. Pipes and devices,
 * which cannot be replaced, are written to. `mode` is that of a new file.
 * @throws the error of the file system.
 */
export async function saveFile(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const before = await stat(path).catch(() => undefined);
  if (before !== undefined && !before.isFile()) return writeFile(path, data);
  // A link stays one: what it points at is replaced.
  const target = before === undefined ? path : await realpath(path);
  const draft = `${target}.${process.pid}.part`;
  try {
    // Not for a moment more open than what it replaces.
    const kept = before === undefined ? mode : before.mode & 0o7777;
    await writeFile(draft, data, kept === undefined ? {} : { mode: kept });
    if (before !== undefined) await chmod(draft, before.mode & 0o7777);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
