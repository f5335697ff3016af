import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { folderWith } from '../gate/command.ts';

// The shell of each snippet and of the component, run by a shell as its system does, in a project with one finding. `npx` is
// this build in the place of the published package, which it is asked for by its name and version.

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');

/** The first block of a language below a heading. */
function blockOf(heading: string, language: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';
}

/** A project with an unencrypted queue behind a function, and `npx` beside it. */
function project(): { readonly folder: string; readonly path: string } {
  const folder = folderWith({
    't.yaml': readFileSync(join(root, 'examples/orders-api.yaml')),
    'other/t.yaml': 'Resources:\n  T: {Type: AWS::SNS::Topic}\n',
  });
  const bin = folderWith({});
  const npx = join(bin, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\n[ "$1 $2" = '--yes headgate@${version}' ] || { echo "npx $*" >&2; exit 97; }\nshift 2\nexec "${process.execPath}" "${join(root, 'dist/headgate.cjs')}" "$@"\n`,
  );
  chmodSync(npx, 0o755);
  return { folder, path: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}

interface Ran {
  readonly folder: string;
  readonly status: number | null;
  readonly stderr: string;
}

/** Commands one after the other until one fails, each by `sh -e`, as the systems do. */
function runAll(commands: readonly string[], env: Readonly<Record<string, string>> = {}, shell = 'sh'): Ran {
  const { folder, path } = project();
  let last: Ran = { folder, status: null, stderr: 'no command' };
  for (const command of commands) {
    const { status, stderr } = spawnSync(shell, ['-e', '-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: path, ...env },
    });
    last = { folder, status, stderr };
    if (status !== 0) break;
  }
  return last;
}

/** The gate closes at findings, and what later steps publish has been written. */
function expectGate(ran: Ran, published: readonly string[]): void {
  expect([ran.status, ran.stderr]).toEqual([1, '']);
  expect(published).not.toEqual([]);
  for (const file of published)
    expect(readFileSync(join(ran.folder, file), 'utf8')).toContain('api.waf.associated');
}

const needsShell = process.platform === 'win32' ? describe.skip : describe;

needsShell('the snippet of', () => {
  it('Azure DevOps writes what its tasks publish', () => {
    const { steps } = parse(blockOf('Azure DevOps', 'yaml')) as {
      steps: readonly {
        readonly script?: string;
        readonly task?: string;
        readonly publish?: string;
        readonly artifact?: string;
        readonly condition?: string;
        readonly inputs?: { readonly testResultsFiles: string };
      }[];
    };
    const later = steps.filter(({ script }) => script === undefined);
    // A task is left out after a failed script, unless it says otherwise.
    expect(later.map(({ condition }) => condition)).toEqual(['always()', 'always()']);
    expect(later.find(({ publish }) => publish !== undefined)?.artifact).toBe('CodeAnalysisLogs');
    expectGate(
      runAll(steps.flatMap(({ script }) => script ?? [])),
      later.flatMap(({ publish, inputs }) => publish ?? inputs?.testResultsFiles ?? []),
    );
  });

  it('AWS CodeBuild writes the report of its report group', () => {
    const { phases, reports } = parse(blockOf('AWS CodeBuild', 'yaml')) as {
      phases: { readonly build: { readonly commands: readonly string[] } };
      reports: { readonly headgate: { readonly files: readonly string[]; readonly 'file-format': string } };
    };
    expect(reports.headgate['file-format']).toBe('JUNITXML');
    expectGate(runAll(phases.build.commands), reports.headgate.files);
  });

  it('Bitbucket Pipelines writes where Bitbucket looks', () => {
    const { pipelines } = parse(blockOf('Bitbucket Pipelines', 'yaml')) as {
      pipelines: { readonly default: readonly { readonly step: { readonly script: readonly string[] } }[] };
    };
    expectGate(
      runAll(
        pipelines.default.flatMap(({ step }) => step.script),
        {},
        'bash',
      ),
      ['test-results/headgate.xml'],
    );
  });

  it('Jenkins writes what its post section reads', () => {
    const groovy = blockOf('Jenkins', 'groovy');
    const commands = [...groovy.matchAll(/\bsh '([^']+)'/g)].flatMap(([, command]) => command ?? []);
    const read = [...groovy.matchAll(/\bjunit '([^']+)'/g)].flatMap(([, file]) => file ?? []);
    expectGate(runAll(commands), read);
  });
});

needsShell('the GitLab component', () => {
  const [header, body] = parseAllDocuments(
    readFileSync(join(root, 'integrations/gitlab/templates/scan.yml'), 'utf8'),
  ).map((document) => document.toJSON() as Record<string, never>);
  const defaults = (
    header as unknown as {
      readonly spec: { readonly inputs: Readonly<Record<string, { readonly default: unknown }>> };
    }
  ).spec.inputs;

  /** The job as GitLab makes it: an input that is a whole value stays of its type, and a list is JSON in a text. */
  function job(inputs: Readonly<Record<string, unknown>>) {
    const valueOf = (name: string): unknown => inputs[name] ?? defaults[name]?.default;
    const text = JSON.stringify(Object.values(body ?? {})[0]).replaceAll(
      /\$\[\[ inputs\.([\w-]+) \]\]/g,
      (_all, name: string) => {
        const value = valueOf(name);
        const inText = typeof value === 'string' ? value : JSON.stringify(value);
        return JSON.stringify(inText).slice(1, -1);
      },
    );
    return JSON.parse(text) as {
      readonly variables: Readonly<Record<string, string>>;
      readonly script: readonly string[];
      readonly artifacts: {
        readonly paths: readonly string[];
        readonly reports: Readonly<Record<string, string>>;
      };
    };
  }
  const run = (inputs: Readonly<Record<string, unknown>>): Ran => {
    const { variables, script } = job(inputs);
    return runAll(script, variables);
  };

  it('scans the folder and writes the reports that it names', () => {
    const { artifacts } = job({});
    expectGate(run({}), Object.values(artifacts.reports));
  });

  it('takes paths with spaces and quotes as paths, and no input as code', () => {
    const ran = run({ paths: ['other', "a b'; touch broken"], 'fail-on': 'none' });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("a b'; touch broken");
    expect(existsSync(join(ran.folder, 'broken'))).toBe(false);
    expect(run({ paths: ['other'], config: '$(touch broken)' }).stderr).toContain('$(touch broken)');
  });

  it('writes SARIF where it is asked for, and passes where nothing may fail', () => {
    const ran = run({ sarif: true, 'fail-on': 'none' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(existsSync(join(ran.folder, 'headgate.sarif'))).toBe(true);
    expect(existsSync(join(run({}).folder, 'headgate.sarif'))).toBe(false);
  });
});
