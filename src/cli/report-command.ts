import type { Command } from 'commander';
import { reportFormats } from '../report/render.ts';
import type { EmitOptions } from './emit.ts';
import { commonOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';

const taken = new Set([
  '--format',
  '--output',
  '--report',
  '--group-by',
  '--sarif-profile',
  '--category',
  '--path-prefix',
  '--quiet',
  '--no-color',
  '--debug',
]);

/** `headgate report <result>`: a saved JSON result in any format. */
export function addReportCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('report')
    .description('Convert a saved JSON result to another report format.')
    .argument('<result>', 'JSON result written with --format json');
  for (const option of commonOptions(reportFormats.map(({ name }) => name)))
    if (taken.has(option.long ?? '')) command.addOption(option);
  command.action(async (file: string, options: EmitOptions) => {
    const { reportResult } = await import('./report-action.ts');
    await reportResult(file, options, surroundings);
    done(0);
  });
}
