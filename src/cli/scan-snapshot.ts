import type { ScanResult } from '../model/scan-result.ts';
import { decideReading, type DecideOptions } from '../app/scan.ts';
import { readSnapshot } from './read-snapshot.ts';

/**
 * Decides a saved snapshot, as the audit that saved it would have.
 * @throws HeadgateError as `readSnapshot`.
 */
export async function scanSnapshot(file: string, cwd: string, decide: DecideOptions): Promise<ScanResult> {
  return decideReading(await readSnapshot(file, cwd), decide);
}
