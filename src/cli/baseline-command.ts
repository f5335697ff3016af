import type { Command } from 'commander';
import type { BaselineOptions } from './baseline-actions.ts';
import { addScanOptions } from './scan-command.ts';
import type { Surroundings } from './surroundings.ts';

const actions = async () => import('./baseline-actions.ts');

/** `headgate baseline write|check|prune <path...>`. */
export function addBaselineCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const baseline = program
    .command('baseline')
    .description('Accept existing findings, and fail only on new ones.');
  const shared = ['config', 'rules', 'rule', 'skipRule', 'flow', 'debug', 'verbose'];
  const command = (name: string, description: string, more: readonly string[] = []): Command =>
    addScanOptions(
      baseline
        .command(name)
        .description(description)
        .argument('<path...>', 'templates, folders or cloud assemblies (cdk.out), or one account snapshot'),
      [...shared, ...more],
    ).option('--file <file>', 'baseline file', 'headgate-baseline.json');
  command('write', 'Write the open findings as the baseline.').action(
    async (paths: string[], options: BaselineOptions) => {
      done(await (await actions()).writeBaseline(paths, withOutput(options), surroundings));
    },
  );
  command('prune', 'Remove fixed findings from the baseline file, without adding new ones.').action(
    async (paths: string[], options: BaselineOptions) => {
      done(await (await actions()).pruneBaseline(paths, withOutput(options), surroundings));
    },
  );
  const output = [
    'format',
    'output',
    'report',
    'failOn',
    'unknown',
    'quiet',
    'color',
    'groupBy',
    'sarifProfile',
    'category',
    'pathPrefix',
  ];
  command('check', 'Fail on findings that the baseline does not contain.', output).action(
    async (paths: string[], options: BaselineOptions) => {
      done(await (await actions()).checkBaseline(paths, options, surroundings));
    },
  );
}

/** What a command that prints no report would have been given. */
function withOutput(options: BaselineOptions): BaselineOptions {
  return { ...options, format: 'console', report: [], color: false, sarifProfile: 'github' };
}
