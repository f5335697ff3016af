import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { emit, type EmitOptions } from './emit.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate report`. */
export async function reportResult(
  file: string,
  options: EmitOptions,
  surroundings: Surroundings,
): Promise<void> {
  await emit(await readResult(file, surroundings.cwd), options, surroundings);
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A saved result. @throws HeadgateError `result-invalid`. */
export async function readResult(file: string, cwd: string): Promise<ScanResult> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (cause) {
    throw new HeadgateError(
      'result-invalid',
      `\`${file}\` cannot be read as a result: ${cause instanceof SyntaxError ? 'it is not valid JSON' : describeError(cause)}. Give a file that \`headgate scan --format json\` wrote.`,
      { file },
      { cause },
    );
  }
  const found = (value as Partial<ScanResult> | null)?.schemaVersion;
  if (found !== '1.0')
    throw new HeadgateError(
      'result-invalid',
      `\`${file}\` is not a Headgate result of schema version 1.0 (found \`${found === undefined || /^[\d.]{1,20}$/.test(String(found)) ? String(found) : 'another'}\`).`,
      { file },
    );
  return value as ScanResult; // written by Headgate itself, as its schema version says
}
