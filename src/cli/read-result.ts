import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ResultProblemError } from '../app/result-problem-error.ts';
import { resultProblem } from '../app/validate-result.ts';
import { readRegularParts, readRegularText, UnreadableFileError } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { Keep } from './parse-large-result.ts';

/** Largest saved result: that of 250,000 resources. */
const resultLimitBytes = 8 * 2 ** 30;
/** Above this, a result is read in parts: a text of V8 ends at 512 MB, and memory is needed only for what is kept. */
const wholeLimitBytes = 32 * 2 ** 20;
const partBytes = 4 * 2 ** 20;

/**
 * A saved result, held against its schema: what is rendered from it is as well-formed as the result of a scan.
 * @param keep what the caller needs; of a large result nothing else is held in memory.
 * @throws HeadgateError `result-invalid` for a file that cannot be read, is no result, was cut or changed.
 */
export async function readResult(file: string, cwd: string, keep: Keep = {}): Promise<ScanResult> {
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path).catch(() => ({ size: 0 })); // what is missing is said by what reads it
    if (size <= wholeLimitBytes)
      return checked(JSON.parse(await readRegularText(path, resultLimitBytes)), file);
    const { parseLargeResult } = await import('./parse-large-result.ts');
    return checked(await parseLargeResult(readRegularParts(path, resultLimitBytes, partBytes), keep), file);
  } catch (cause) {
    throw cause instanceof HeadgateError ? cause : describe(cause, file);
  }
}

/** @throws HeadgateError `result-invalid` for what is no result; ResultProblemError where it is not as its schema says. */
function checked(value: unknown, file: string): ScanResult {
  const found = (value as Partial<ScanResult> | null)?.schemaVersion;
  if (found !== '1.0') {
    const shown = found === undefined || /^[\d.]{1,20}$/.test(String(found)) ? String(found) : 'another';
    throw invalid(file, `\`${file}\` is not a Headgate result of schema version 1.0 (found \`${shown}\`).`);
  }
  const problem = resultProblem(value);
  if (problem !== undefined) throw new ResultProblemError(problem);
  return value as ScanResult; // as its schema says
}

function describe(cause: unknown, file: string): HeadgateError {
  if (cause instanceof ResultProblemError) {
    const { instancePath, message } = cause.problem;
    const place = instancePath === '' ? '' : ` at ${instancePath.slice(0, 100)}`;
    return invalid(
      file,
      `\`${file}\` is not a result as Headgate writes it:${place} it ${message ?? 'is not valid'}.`,
    );
  }
  if (cause instanceof SyntaxError)
    return invalid(file, `\`${file}\` cannot be read as a result: it is not valid JSON.`, cause);
  const why = cause instanceof UnreadableFileError ? cause.message : 'it cannot be read';
  const problem = `The result \`${file}\` was not read: ${why}.`;
  if (!(cause instanceof UnreadableFileError) || cause.reason !== 'too-large')
    return invalid(file, problem, cause);
  return new HeadgateError(
    'result-invalid',
    `${problem} Scan fewer files, or fewer rules (--level, --min-severity), at a time; to get other formats of one scan, repeat --report.`,
    { file },
    { cause },
  );
}

function invalid(file: string, problem: string, cause?: unknown): HeadgateError {
  return new HeadgateError(
    'result-invalid',
    `${problem} Give a file that \`headgate scan --format json\` wrote.`,
    { file },
    cause === undefined ? undefined : { cause },
  );
}
