import { resolve } from 'node:path';
import type { AccountReading } from '../account/collect-account.ts';
import { decodeSnapshot, snapshotLimitBytes } from '../account/snapshot.ts';
import { readRegularFile, UnreadableFileError } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';

/**
 * Reads a saved snapshot.
 * @throws HeadgateError `snapshot-missing` or `snapshot-invalid`.
 */
export async function readSnapshot(file: string, cwd: string): Promise<AccountReading> {
  const bytes = await readRegularFile(resolve(cwd, file), snapshotLimitBytes).catch((cause: unknown) => {
    const why = cause instanceof UnreadableFileError ? cause.message : 'the file cannot be read';
    throw new HeadgateError(
      'snapshot-missing',
      `The snapshot \`${file}\` was not read: ${why}; check the path.`,
      { file },
      { cause },
    );
  });
  return decodeSnapshot(bytes, file);
}
