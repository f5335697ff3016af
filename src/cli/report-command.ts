import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { reportFormats } from '../report/render.ts';
import { emit, type EmitOptions } from './emit.ts';
import { commonOptions } from './options.ts';
import type { Surroundings } from './run.ts';

const taken = new Set(['--format', '--output', '--report', '--quiet', '--no-color', '--debug']);

/** `headgate report <result>`: a saved JSON result in any format. */
export function addReportCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('report')
    .description('Render a saved JSON result again, in any format.')
    .argument('<result>', 'file written by --format json');
  for (const option of commonOptions(reportFormats.map(({ name }) => name)))
    if (taken.has(option.long ?? '')) command.addOption(option);
  command.action(async (file: string, options: EmitOptions) => {
    await emit(await readResult(file, surroundings.cwd), options, surroundings);
    done(0);
  });
}

async function readResult(file: string, cwd: string): Promise<ScanResult> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (cause) {
    throw new HeadgateError(
      'result-invalid',
      `\`${file}\` cannot be read as a result: ${cause instanceof Error ? cause.message : String(cause)}. Give a file that \`headgate scan --format json\` wrote.`,
      { file },
      { cause },
    );
  }
  const found = (value as Partial<ScanResult> | null)?.schemaVersion;
  if (found !== '1.0')
    throw new HeadgateError(
      'result-invalid',
      `\`${file}\` is not a Headgate result of schema version 1.0 (found \`${String(found)}\`).`,
      { file },
    );
  return value as ScanResult; // written by Headgate itself, as its schema version says
}
