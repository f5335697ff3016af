import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AccountReading } from '../account/collect-account.ts';
import { decodeSnapshot } from '../account/snapshot.ts';
import { HeadgateError } from '../model/headgate-error.ts';

/**
 * Reads a saved snapshot.
 * @throws HeadgateError `snapshot-missing` or `snapshot-invalid`.
 */
export async function readSnapshot(file: string, cwd: string): Promise<AccountReading> {
  const bytes = await readFile(resolve(cwd, file)).catch((cause: unknown) => {
    throw new HeadgateError(
      'snapshot-missing',
      `The snapshot \`${file}\` cannot be read; check the path.`,
      { file },
      { cause },
    );
  });
  return decodeSnapshot(bytes, file);
}
