import { resolve } from 'node:path';
import { resultProblem } from '../app/validate-result.ts';
import { readRegularText, UnreadableFileError } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';

/** Largest saved result: V8 holds no longer text. */
const resultLimitBytes = 500 * 2 ** 20;

/**
 * A saved result, held against its schema: what is rendered from it is as well-formed as the result of a scan.
 * @throws HeadgateError `result-invalid` for a file that cannot be read, is no result, was cut or changed.
 */
export async function readResult(file: string, cwd: string): Promise<ScanResult> {
  const text = await readRegularText(resolve(cwd, file), resultLimitBytes).catch((cause: unknown) => {
    const why = cause instanceof UnreadableFileError ? cause.message : 'it cannot be read';
    const problem = `The result \`${file}\` was not read: ${why}.`;
    if (cause instanceof UnreadableFileError && cause.reason === 'too-large')
      throw new HeadgateError(
        'result-invalid',
        `${problem} Scan fewer files, or fewer rules (--level, --min-severity), at a time; to get other formats of one scan, repeat --report.`,
        { file },
        { cause },
      );
    throw invalid(file, problem, cause);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, `\`${file}\` cannot be read as a result: it is not valid JSON.`, cause);
  }
  const found = (value as Partial<ScanResult> | null)?.schemaVersion;
  if (found !== '1.0') {
    const shown = found === undefined || /^[\d.]{1,20}$/.test(String(found)) ? String(found) : 'another';
    throw invalid(file, `\`${file}\` is not a Headgate result of schema version 1.0 (found \`${shown}\`).`);
  }
  const problem = resultProblem(value);
  if (problem === undefined) return value as ScanResult; // as its schema says
  const place = problem.instancePath === '' ? '' : ` at ${problem.instancePath.slice(0, 100)}`;
  throw invalid(
    file,
    `\`${file}\` is not a result as Headgate writes it:${place} it ${problem.message ?? 'is not valid'}.`,
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
