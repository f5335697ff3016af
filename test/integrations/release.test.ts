import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { folderWith } from '../gate/command.ts';

const root = join(import.meta.dirname, '../..');
const has = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });

describe('a release', () => {
  const check = (tag: string, repository: string, ...args: readonly string[]) =>
    run(process.execPath, ['scripts/check-release.mjs', ...args], {
      GITHUB_REF_NAME: tag,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: repository,
    });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

  it('stops if tag, version and repository do not agree', () => {
    expect(check(`v${version}`, 'headgate/headgate').status).toBe(0);
    const { status, stderr } = check('v9.9.9', 'stranger/headgate');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('has the section of the changelog as its notes', () => {
    expect(check(`v${version}`, 'headgate/headgate', '--notes').stdout).toMatch(/^- /m);
  });

  it('commits the action to a branch of its own, with a tag that never moves', () => {
    const folder = folderWith({ 'action/action.yml': 'one\n', 'action/old.txt': 'old\n' });
    execFileSync('git', ['init', '--quiet', '--bare', join(folder, 'team/tool.git')]);
    const tag = (name: string) =>
      run('bash', ['scripts/tag-action.sh', join(folder, 'action')], {
        GITHUB_REF_NAME: name,
        GITHUB_SERVER_URL: `file://${folder}`,
        GITHUB_REPOSITORY: 'team/tool',
        GH_TOKEN: 'token',
      });
    expect(tag('v1.0.0').stderr).not.toMatch(/error|fatal:(?!.*couldn't find remote ref)/);
    execFileSync('rm', [join(folder, 'action/old.txt')]);
    const { status, stdout } = tag('v1.1.0');
    expect(status).toBe(0);
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', join(folder, 'team/tool.git'), ...args], { encoding: 'utf8' }).trim();
    expect(git('rev-parse', 'action')).toBe(stdout.trim());
    expect(git('tag').split('\n')).toEqual(['action-v1.0.0', 'action-v1.1.0']);
    expect(git('ls-tree', '--name-only', 'action')).toBe('action.yml');
    expect(git('rev-list', '--count', 'action')).toBe('2');
    expect(tag('v1.1.0').status).not.toBe(0);
  });
});

describe('workflows and metadata', () => {
  const tools: readonly (readonly [string, readonly string[]])[] = [
    ['actionlint', ['.github/workflows/release.yml']],
    ['zizmor', ['--offline', 'action.yml', '.github/workflows/release.yml']],
    ['check-jsonschema', ['--builtin-schema', 'vendor.github-actions', 'action.yml']],
    ['check-jsonschema', ['--builtin-schema', 'vendor.github-workflows', '.github/workflows/release.yml']],
    ['pre-commit', ['validate-manifest', 'integrations/pre-commit/.pre-commit-hooks.yaml']],
    ['shellcheck', ['scripts/tag-action.sh']],
  ];
  for (const [tool, args] of tools)
    (has(tool) ? it : it.skip)(
      `pass ${tool} ${args.at(-1) ?? ''}${has(tool) ? '' : ' (not installed)'}`,
      () => {
        const { status, stdout, stderr } = run(tool, args);
        expect(`${status} ${status === 0 ? '' : stdout + stderr}`).toBe('0 ');
      },
    );

  it('pin every action to a commit', () => {
    for (const file of ['action.yml', '.github/workflows/release.yml', 'docs/github-action.md'])
      for (const [, name, ref] of readFileSync(join(root, file), 'utf8').matchAll(/uses: ([^@\s]+)@(\S+)/g))
        expect(`${name ?? ''}@${ref ?? ''}`).toMatch(/@([0-9a-f]{40}|COMMIT)$/);
  });

  it('have the version of the package everywhere', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    for (const file of [
      'docs/ci.md',
      'integrations/pre-commit/.pre-commit-hooks.yaml',
      'integrations/pre-commit/README.md',
    ])
      for (const [, found] of readFileSync(join(root, file), 'utf8').matchAll(/headgate@(\d[\w.]*)/g))
        expect(found).toBe(version);
    const [header] = parseAllDocuments(
      readFileSync(join(root, 'integrations/gitlab/templates/scan.yml'), 'utf8'),
    );
    expect(header).toHaveProperty('errors', []);
    expect(JSON.stringify(header)).toContain(`"default":"${version}"`);
  });
});
