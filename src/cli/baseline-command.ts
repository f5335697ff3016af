import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { baselineOf, compareWithBaseline } from '../evaluate/apply-baseline.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { readBaseline } from '../rules/read-baseline.ts';
import type { CommonOptions } from './options.ts';
import { addScanOptions, scanPaths, type ScanOptions } from './scan-command.ts';
import type { Surroundings } from './run.ts';

interface BaselineOptions extends ScanOptions {
  readonly file: string;
}

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
      const { evaluations } = await scanPaths(paths, withDefaults(options), surroundings, {
        baseline: false,
      });
      const entries = baselineOf(evaluations);
      await writeFile(resolve(surroundings.cwd, options.file), `${JSON.stringify(entries, null, 2)}\n`);
      surroundings.stdout.write(`Wrote ${options.file}: ${entries.findings.length} findings\n`);
      done(0);
    },
  );
  command('check', 'Fail on findings that the baseline does not know.').action(
    async (paths: string[], options: BaselineOptions) => {
      const before = await readBaseline(resolve(surroundings.cwd, options.file), options.file);
      const { evaluations } = await scanPaths(paths, withDefaults(options), surroundings, {
        baseline: false,
      });
      const { added, known, fixed } = compareWithBaseline(evaluations, before);
      const { stdout } = surroundings;
      for (const evaluation of added) stdout.write(`new    ${describe(evaluation)}\n`);
      for (const evaluation of known) stdout.write(`known  ${describe(evaluation)}\n`);
      for (const entry of fixed) stdout.write(`fixed  ${entry.ruleId} on ${entry.resource}\n`);
      stdout.write(`${added.length} new, ${known.length} known, ${fixed.length} fixed\n`);
      done(added.length > 0 ? 1 : 0);
    },
  );
}

function withDefaults(options: BaselineOptions): ScanOptions {
  const fixed: Pick<CommonOptions, 'format' | 'report' | 'color'> = {
    format: 'console',
    report: [],
    color: false,
  };
  return { ...options, ...fixed };
}

function describe({ ruleId, resource, severity, location, message }: Evaluation): string {
  const place =
    location === undefined ? '' : ` ${location.file}:${location.startLine}:${location.startColumn}`;
  return `${ruleId} (${severity}) on ${resource.name}${place}: ${message}`;
}
