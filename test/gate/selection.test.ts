import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { run } from '../../src/cli/run.ts';
import { failing, folderWith, headgate, scan } from './command.ts';

const template = `Resources:\n  F: ${failing}\n`;
const secrets = 'all.lambda.no-plaintext-secrets';

const detailsOf = ({ ruleSet }: ScanResult): string[] => ruleSet.deviations.map(({ detail }) => detail);
const rulesOf = ({ evaluations }: ScanResult): Set<string> => new Set(evaluations.map((item) => item.ruleId));
const filesOf = ({ inputs }: ScanResult): string[] => inputs.map(({ name }) => name);

describe('rules by name', () => {
  it('are picked and skipped by id, glob and service, and reports say which', async () => {
    const cwd = folderWith({ 't.yaml': `${template}  Q: {Type: AWS::SQS::Queue}\n` });
    const lambda = await scan(cwd, 't.yaml', '--rule', 'lambda', '--skip-rule', 'all.alarm.*');
    const types = new Set(lambda.result.evaluations.map(({ resource }) => resource.type));
    expect(types).toContain('AWS::Lambda::Function');
    expect(rulesOf(lambda.result)).toContain(secrets);
    expect([...rulesOf(lambda.result)].filter((id) => id.startsWith('all.alarm.'))).toEqual([]);
    expect([...rulesOf(lambda.result)].filter((id) => id === 'batch.dlq.redrive')).toEqual([]);
    expect(detailsOf(lambda.result)).toEqual([
      expect.stringMatching(/^--rule lambda: runs \d+ of \d+ rules$/),
      expect.stringMatching(/^--skip-rule all\.alarm\.\*: skips \d+ of \d+ rules$/),
    ]);
    expect(lambda.result.ruleSet.selection).toMatchObject({
      rules: ['lambda'],
      skippedRules: ['all.alarm.*'],
    });
    for (const format of ['console', 'markdown', 'sarif', 'junit', 'html', 'annotations']) {
      const { stdout } = await headgate(cwd, 'scan', 't.yaml', '--skip-rule', 'sqs', '--format', format);
      expect([format, stdout.includes('--skip-rule sqs')]).toEqual([format, true]);
    }
  });

  it('that do not exist are refused, with what was meant', async () => {
    const cwd = folderWith({ 't.yaml': template });
    const said = async (...options: string[]): Promise<unknown> => {
      const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', ...options);
      return [code, stderr];
    };
    expect(await said('--rule', 'lamda')).toEqual([2, expect.stringContaining('did you mean `lambda`?')]);
    expect(await said('--skip-rule', 'nothing.*')).toEqual([
      2,
      expect.stringContaining('No rule ID matches'),
    ]);
    expect(await said('--rule', secrets, '--skip-rule', 'lambda')).toEqual([
      2,
      expect.stringContaining('leave no rule to check'),
    ]);
    expect(await said('--rule', 'all.logs.insights', '--level', 'essential')).toEqual([
      2,
      expect.stringContaining('--level'),
    ]);
  });

  it('are left out by severity, clause by clause, and reports say so', async () => {
    const cwd = folderWith({ 't.yaml': template });
    const { result, code } = await scan(cwd, 't.yaml', '--min-severity', 'critical');
    const failed = result.evaluations.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([[secrets, 'critical']]);
    expect(code).toBe(1);
    expect(detailsOf(result)).toEqual([
      expect.stringMatching(/^--min-severity critical: skips \d+ of \d+ rules/),
    ]);
  });

  it('are named by globs and services in headgate.yaml, where later words win', async () => {
    const cwd = folderWith({
      't.yaml': template,
      'headgate.yaml': `rules: {lambda: off, ${secrets}: {severity: low, reason: rotated daily}}\n`,
    });
    const { result } = await scan(cwd, 't.yaml');
    const failed = result.evaluations.filter(
      ({ verdict, resource }) => verdict === 'fail' && resource.type === 'AWS::Lambda::Function',
    );
    expect(failed.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([[secrets, 'low']]);
    expect(detailsOf(result)).toContain('switched off');
    expect(detailsOf(result)).toContain('critical -> low');
  });
});

describe('settings for some files', () => {
  const files = {
    'old/t.yaml': template,
    'new/t.yaml': template,
    'headgate.yaml': [
      'overrides:',
      '  - paths: [old]',
      '    level: essential',
      `    rules: {${secrets}: {severity: medium}, all.lambda.runtime: off}`,
      '    reason: replaced next quarter',
    ].join('\n'),
  };

  it('change level, severities and rules there alone, and every report says so', async () => {
    const cwd = folderWith(files);
    const { result } = await scan(cwd, '.');
    const of = (file: string): string[] =>
      result.evaluations
        .filter(({ location, verdict }) => location?.file === file && verdict !== 'notApplicable')
        .map(({ ruleId, severity }) => `${ruleId} ${severity}`);
    expect(of('new/t.yaml')).toContain(`${secrets} critical`);
    expect(of('old/t.yaml')).toContain(`${secrets} medium`);
    expect(of('new/t.yaml').some((each) => each.startsWith('all.lambda.runtime '))).toBe(true);
    expect(of('old/t.yaml').some((each) => each.startsWith('all.lambda.runtime '))).toBe(false);
    // A rule of the standard level.
    expect(of('new/t.yaml')).toContain('all.lambda.tracing low');
    expect(of('old/t.yaml')).not.toContain('all.lambda.tracing low');
    expect(result.ruleSet.deviations).toEqual([
      expect.objectContaining({
        kind: 'level',
        detail: expect.stringMatching(/essential: .* in old$/),
      }),
      expect.objectContaining({
        kind: 'path',
        detail: 'critical -> medium in old',
        reason: 'replaced next quarter',
      }),
      expect.objectContaining({ kind: 'path', ruleId: 'all.lambda.runtime', detail: 'switched off in old' }),
    ]);
    // What is not asked everywhere closes nothing elsewhere.
    expect(result.ruleSet.selection?.partial).toContain('all.lambda.runtime');
    for (const format of ['console', 'markdown', 'sarif', 'junit', 'html', 'annotations']) {
      const { stdout } = await headgate(cwd, 'scan', '.', '--format', format);
      expect([format, /switched off in.old/.test(stdout)]).toEqual([format, true]);
    }
  });

  it('are relative to the configuration, wherever the scan runs', async () => {
    const cwd = folderWith(files);
    const { result } = await scan(join(cwd, 'old'), 't.yaml', '--config', '../headgate.yaml');
    expect(rulesOf(result)).not.toContain('all.lambda.runtime');
    const other = await scan(join(cwd, 'new'), 't.yaml', '--config', '../headgate.yaml');
    expect(rulesOf(other.result)).toContain('all.lambda.runtime');
  });

  it('give way to --level', async () => {
    const cwd = folderWith(files);
    const { result } = await scan(cwd, 'old', '--level', 'standard');
    expect(rulesOf(result)).toContain('all.lambda.tracing');
  });

  it('of a wider level than elsewhere hold there', async () => {
    const cwd = folderWith({
      ...files,
      'headgate.yaml': 'level: essential\noverrides: [{paths: ["n*/**"], level: reference}]\n',
    });
    const { result } = await scan(cwd, '.');
    const tracing = result.evaluations.filter(({ ruleId }) => ruleId === 'all.lambda.tracing');
    expect(tracing.map(({ location }) => location?.file)).toEqual(['new/t.yaml']);
  });
});

describe('files of a folder', () => {
  const files = {
    'a.yaml': template,
    'test/b.yaml': template,
    'deep/er/test/c.yaml': template,
    'deep/er/d.json': JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } }),
  };

  it('are left out by exclude and --exclude, counted and named', async () => {
    const cwd = folderWith({ ...files, 'headgate.yaml': "exclude: ['**/test']\n" });
    const { result } = await scan(cwd, '.', '--exclude', '**/*.json');
    expect(filesOf(result)).toEqual(['a.yaml']);
    expect(result.skipped).toEqual(
      expect.arrayContaining([
        { name: 'test', reason: 'excluded by `**/test`' },
        { name: 'deep/er/d.json', reason: 'excluded by `**/*.json`' },
      ]),
    );
    expect(detailsOf(result)).toEqual([
      'of folders, files that fit `**/test` are not read (exclude)',
      'of folders, files that fit `**/*.json` are not read (--exclude)',
    ]);
    for (const format of ['console', 'markdown', 'sarif', 'junit', 'html', 'annotations']) {
      const { stdout } = await headgate(cwd, 'scan', '.', '--format', format);
      expect([format, stdout.includes('(exclude)')]).toEqual([format, true]);
    }
  });

  it('are read by include alone', async () => {
    const cwd = folderWith({ ...files, 'headgate.yaml': "include: ['deep/**']\nexclude: ['**/c.*']\n" });
    expect(filesOf((await scan(cwd, '.')).result)).toEqual(['deep/er/d.json']);
  });

  it('are read where they are named', async () => {
    const cwd = folderWith({ ...files, 'headgate.yaml': "exclude: ['**']\n" });
    expect(filesOf((await scan(cwd, 'a.yaml')).result)).toEqual(['a.yaml']);
    const { code, stderr } = await headgate(cwd, 'scan', '.');
    expect([code, stderr]).toEqual([2, expect.stringContaining('no templates found')]);
  });

  it('are not left out by signs that globs do not have', async () => {
    const cwd = folderWith({
      ...files,
      'headgate.yaml': "exclude: ['*.{yml,yaml}']\n",
      'none.yaml': '{}\n',
    });
    expect(await headgate(cwd, 'scan', '.')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has `{`'),
    });
    const option = await headgate(cwd, 'scan', '.', '--config', 'none.yaml', '--exclude', '/etc/**');
    expect(option).toMatchObject({ code: 2, stderr: expect.stringContaining('is absolute') });
  });
});

describe('a configuration above the working folder', () => {
  const files = {
    'headgate.yaml': `waivers: waivers.yaml\n`,
    'waivers.yaml': `waivers: [{rule: ${secrets}, resource: '*', reason: known}]\n`,
    'service/api/t.yaml': template,
  };

  it('is found up to the root of the repository, with its own paths', async () => {
    const cwd = folderWith(files);
    mkdirSync(join(cwd, '.git'));
    const { result } = await scan(join(cwd, 'service/api'), 't.yaml');
    expect(result.summary.waived).toBe(1);
    expect(detailsOf(result)).toEqual(['waivers file: ../../waivers.yaml']);
  });

  it('is not found above the root, nor where there is none', async () => {
    const cwd = folderWith(files);
    expect((await scan(join(cwd, 'service/api'), 't.yaml')).result.summary.waived).toBe(0);
    mkdirSync(join(cwd, 'service/.git'));
    expect((await scan(join(cwd, 'service/api'), 't.yaml')).result.summary.waived).toBe(0);
  });

  it('gives way to a nearer one, and to --config', async () => {
    const cwd = folderWith({ ...files, 'service/headgate.yaml': 'failOn: none\n', 'none.yaml': '{}\n' });
    mkdirSync(join(cwd, '.git'));
    const nearer = await scan(join(cwd, 'service/api'), 't.yaml');
    expect([nearer.code, nearer.result.summary.waived]).toEqual([0, 0]);
    const given = await scan(join(cwd, 'service/api'), 't.yaml', '--config', '../../none.yaml');
    expect([given.code, detailsOf(given.result)]).toEqual([1, []]);
  });
});

describe('a template on the standard input', () => {
  async function pipe(cwd: string, text: string, ...argv: string[]): Promise<[number, string, string]> {
    let [stdout, stderr] = ['', ''];
    const code = await run(['scan', '-', ...argv], {
      cwd,
      now: () => new Date('2026-11-27T12:00:00Z'),
      env: {},
      stdout: { write: (part) => (stdout += part), columns: 100 },
      stderr: { write: (part) => (stderr += part) },
      stdin: async function* () {
        await Promise.resolve();
        for (const part of text.match(/[^]{1,50}/g) ?? []) yield Buffer.from(part);
      },
    });
    return [code, stdout, stderr];
  }

  it('is scanned like a file of the working folder', async () => {
    const cwd = folderWith({ 'nested.yaml': template });
    const nesting = `${template}  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}\n`;
    const [code, stdout] = await pipe(cwd, nesting, '--format', 'json');
    const result = JSON.parse(stdout) as ScanResult;
    expect(code).toBe(1);
    expect(filesOf(result)).toEqual(['stdin', 'nested.yaml']);
    const found = result.evaluations.filter(({ ruleId }) => ruleId === secrets);
    expect(found.map(({ location }) => location?.file)).toEqual(['stdin', 'nested.yaml']);
  });

  it('that is none ends in exit code 2', async () => {
    const cwd = folderWith({});
    expect(await pipe(cwd, '')).toEqual([2, '', expect.stringContaining('standard input is empty')]);
    expect((await pipe(cwd, 'Resources: [')).slice(0, 1)).toEqual([2]);
    expect(await pipe(cwd, 'a: b')).toEqual([2, expect.any(String), expect.stringContaining('`stdin`')]);
  });
});
