import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** What a run of the action left behind. */
export interface ActionRun {
  /** Exit code of the first step that failed, else 0. */
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Steps with `uses` that would have run, with their evaluated inputs. */
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

/** What surrounds a run. */
export interface ActionSurroundings {
  /** Folder of the action: `action.yml` and all that it runs. */
  readonly action: string;
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly event?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the steps of a composite action as a runner does: bash with its flags, files for outputs and the summary. */
export function runAction({ action, workspace, inputs, event, env = {} }: ActionSurroundings): ActionRun {
  const temp = mkdtempSync(join(tmpdir(), 'headgate-runner-'));
  const { inputs: declared, runs } = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as Action;
  const given = Object.fromEntries(
    Object.entries(declared).map(([name, { default: text = '' }]) => [name, inputs[name] ?? text]),
  );
  const steps: Record<string, Record<string, string>> = {};
  const evaluate = (text: string): string =>
    text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(valueOf(expression.trim())));
  const valueOf = (expression: string): string | boolean => {
    const parts = expression.split('&&').map((part) => part.trim());
    if (parts.length > 1) return parts.every((part) => valueOf(part) === true);
    const [left = '', operator, right = ''] = expression.split(/\s*(==|!=)\s*/);
    if (operator !== undefined) return (valueOf(left) === valueOf(right)) === (operator === '==');
    if (left === 'always()') return true;
    if (left.startsWith("'")) return left.slice(1, -1);
    if (left === 'github.token') return 'token-of-the-job';
    const [scope, name = '', , output = ''] = left.split('.');
    if (scope === 'inputs') return evaluate(given[name] ?? '');
    if (scope === 'steps') return steps[name]?.[output] ?? '';
    throw new Error(`The runner of the tests does not know ${expression}.`);
  };
  const summaryFile = join(temp, 'summary.md');
  writeFileSync(summaryFile, '');
  writeFileSync(join(temp, 'event.json'), JSON.stringify(event ?? {}));
  let code = 0;
  let log = '';
  const used: { uses: string; with: Record<string, string> }[] = [];
  for (const [index, step] of runs.steps.entries()) {
    // Without a condition a step does not run after a failure.
    if (step.if === undefined ? code !== 0 : evaluate(step.if) !== 'true') continue;
    const evaluated = (of: Readonly<Record<string, string>> = {}): Record<string, string> =>
      Object.fromEntries(Object.entries(of).map(([name, text]) => [name, evaluate(text)]));
    if (step.uses !== undefined) {
      used.push({ uses: step.uses, with: evaluated(step.with) });
      continue;
    }
    const outputFile = join(temp, `output-${index}`);
    const script = join(temp, `step-${index}.sh`);
    writeFileSync(outputFile, '');
    writeFileSync(script, step.run ?? '');
    mkdirSync(join(temp, 'temp'), { recursive: true });
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
      cwd: workspace,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: {
        PATH: process.env['PATH'],
        HOME: temp,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: action,
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_PATH: join(temp, 'event.json'),
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
        GITHUB_REPOSITORY: 'team/orders',
        RUNNER_TEMP: join(temp, 'temp'),
        ...env,
        ...evaluated(step.env),
      },
    });
    log += ran.stdout + ran.stderr;
    steps[step.id ?? step.name] = Object.fromEntries(
      readFileSync(outputFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    if (ran.status !== 0 && code === 0) code = ran.status ?? 1;
  }
  const summary = existsSync(summaryFile) ? readFileSync(summaryFile, 'utf8') : '';
  return { code, log, summary, outputs: steps['scan'] ?? {}, used };
}
