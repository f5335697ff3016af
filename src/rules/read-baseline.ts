import {
  ownFileLimitBytes,
  readRegularText,
  UnreadableFileError,
  type FileAccess,
} from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Baseline } from '../model/waiver.ts';

/**
 * Reads a baseline file.
 * @throws HeadgateError `baseline-missing` or `baseline-invalid`.
 */
export async function readBaseline(file: string, shown: string, access: FileAccess = {}): Promise<Baseline> {
  let value: Partial<Baseline> | null;
  try {
    value = JSON.parse(await readRegularText(file, ownFileLimitBytes, access)) as Partial<Baseline> | null;
  } catch (cause) {
    const missing = cause instanceof UnreadableFileError;
    throw new HeadgateError(
      missing ? 'baseline-missing' : 'baseline-invalid',
      missing
        ? `The baseline \`${shown}\` was not read: ${cause.message}; write one with \`headgate baseline write\`.`
        : `The baseline \`${shown}\` is not valid JSON; recreate it with \`headgate baseline write\`.`,
      { file: shown },
      { cause },
    );
  }
  const entries: unknown = value?.findings;
  const fine = value?.version === 1 && Array.isArray(entries) && entries.every(isEntry);
  if (!fine)
    throw new HeadgateError(
      'baseline-invalid',
      `The baseline \`${shown}\` is not a version 1 baseline. Recreate it with \`headgate baseline write\`.`,
      { file: shown },
    );
  return value as Baseline; // checked above
}

/** A file that was written by hand may hold anything: what is looked up or shown has to be a text. */
function isEntry(entry: unknown): boolean {
  const { fingerprint, ruleId, resource, severity } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  return (
    [fingerprint, ruleId, resource].every((text) => typeof text === 'string') &&
    (severity === undefined || typeof severity === 'string')
  );
}
