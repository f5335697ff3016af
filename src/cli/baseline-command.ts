import type { Command } from 'commander';
import type { BaselineOptions } from './baseline-actions.ts';
import { addScanOptions } from './scan-command.ts';
import type { Surroundings } from './surroundings.ts';

const actions = async () => import('./baseline-actions.ts');

/** `headgate baseline write|check <path...>`. */
export function addBaselineCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const baseline = program.command('baseline').description('Accept what is there, and fail on what is new.');
  const command = (name: string, description: string): Command =>
    addScanOptions(
      baseline
        .command(name)
        .description(description)
        .argument('<path...>', 'CloudFormation templates, folders, or a cdk.out'),
      ['config', 'rules', 'rule', 'flow', 'debug'],
    ).option('--file <file>', 'the baseline', 'headgate-baseline.json');
  command('write', 'Write the open findings as the baseline; what is fixed is pruned.').action(
    async (paths: string[], options: BaselineOptions) => {
      done(await (await actions()).writeBaseline(paths, options, surroundings));
    },
  );
  command('check', 'Fail on findings that the baseline does not know.').action(
    async (paths: string[], options: BaselineOptions) => {
      done(await (await actions()).checkBaseline(paths, options, surroundings));
    },
  );
}
