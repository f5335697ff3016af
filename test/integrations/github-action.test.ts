import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packAction } from '../../scripts/pack-action.mjs';
import { runAction, type ActionRun } from './composite-action.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'headgate-action-'));
const action = join(folder, 'action');
const workspace = join(folder, 'workspace');
let server: ChildProcess;
let api = '';

const failing = readFileSync(join(root, 'examples/orders-api.yaml'), 'utf8');
const passing = 'Resources:\n  Q: {Type: AWS::SNS::Topic}\n';

beforeAll(async () => {
  packAction(action);
  mkdirSync(join(workspace, 'failing'), { recursive: true });
  mkdirSync(join(workspace, 'passing'), { recursive: true });
  writeFileSync(join(workspace, 'failing/template.yaml'), failing);
  writeFileSync(join(workspace, 'passing/template.yaml'), passing);
  server = spawn(process.execPath, [join(import.meta.dirname, 'api-server.mjs')]);
  api = await new Promise((resolve) => server.stdout?.once('data', (text) => resolve(String(text).trim())));
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const run = (inputs: Readonly<Record<string, string>>, event?: object): ActionRun =>
  runAction({
    action,
    workspace,
    inputs,
    env: { GITHUB_API_URL: api },
    ...(event === undefined ? {} : { event }),
  });
const reset = async (state: object): Promise<unknown> =>
  fetch(`${api}/reset`, { method: 'POST', body: JSON.stringify(state) });
const calls = async (): Promise<readonly Readonly<Record<string, string>>[]> =>
  (await (await fetch(`${api}/calls`)).json()) as readonly Readonly<Record<string, string>>[];
const pull = (from: string): object => ({
  pull_request: {
    number: 7,
    head: { repo: { full_name: from } },
    base: { repo: { full_name: 'team/orders' } },
  },
});

describe('the packed action', () => {
  it('is complete by itself, and its checksums are those of its files', () => {
    const sums = readFileSync(join(action, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    for (const line of sums) {
      const [sum, path = ''] = line.split('  ');
      expect(
        createHash('sha256')
          .update(readFileSync(join(action, path)))
          .digest('hex'),
      ).toBe(sum);
    }
    expect(sums.length).toBeGreaterThan(20);
  });

  it('uploads results, and only then fails for findings', () => {
    const { code, outputs, used, summary, log } = run({ paths: 'failing' });
    expect(code).toBe(1);
    expect(outputs).toMatchObject({
      'exit-code': '1',
      verdict: 'fail',
      critical: '1',
      'upload-sarif': 'true',
    });
    expect(used).toHaveLength(1);
    expect(used[0]?.uses).toMatch(/^github\/codeql-action\/upload-sarif@[0-9a-f]{40}$/);
    const sarif = JSON.parse(readFileSync(used[0]?.with['sarif_file'] ?? '', 'utf8')) as { version: string };
    expect(sarif.version).toBe('2.1.0');
    expect(summary).toContain('api.waf.associated');
    const annotations = log.match(/^::(error|warning|notice) .*failing\/template\.yaml/gm) ?? [];
    expect(annotations.length).toBeGreaterThan(5);
    for (const kind of ['error', 'warning', 'notice'])
      expect(annotations.filter((line) => line.startsWith(`::${kind} `)).length).toBeLessThanOrEqual(10);
  });

  it('passes without findings, and writes every report', () => {
    const { code, outputs, summary } = run({ paths: 'passing', sarif: 'false', summary: 'false' });
    expect(code).toBe(0);
    expect(outputs).toMatchObject({ 'exit-code': '0', verdict: 'pass', high: '0', 'upload-sarif': 'false' });
    for (const name of ['json-file', 'sarif-file', 'html-file'])
      expect(readFileSync(outputs[name] ?? '', 'utf8').length).toBeGreaterThan(100);
    expect(summary).toBe('');
  });

  it('takes several paths, rules and thresholds', () => {
    const { code, outputs } = run({ paths: 'failing\npassing\n', rule: 'lambda\napi.*', 'fail-on': 'none' });
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(outputs['json-file'] ?? '', 'utf8')) as {
      inputs: readonly unknown[];
    };
    expect(result.inputs).toHaveLength(2);
  });

  it('says what was wrong if a scan is not completed, and fails', () => {
    const { code, outputs, log } = run({ paths: 'missing' });
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ 'exit-code': '2', verdict: 'error' });
    expect(log).toMatch(/^::error title=Headgate::The scan was not completed\..*missing/m);
  });

  it('takes no input for an option or for code', () => {
    const marks = join(workspace, 'mark');
    for (const inputs of [
      { paths: `$(touch ${marks})` },
      { paths: `--output=${marks}` },
      { paths: 'failing', category: `x/../../${marks}` },
      { paths: 'failing', 'fail-on': `high\nverdict=pass` },
    ]) {
      const { code, outputs } = run(inputs);
      expect(code).toBe(2);
      expect(outputs['verdict']).toBe('error');
    }
    expect(() => readFileSync(marks)).toThrow();
  });

  it('does not upload for a pull request from a fork, unless it is told to', () => {
    expect(run({ paths: 'passing' }, pull('stranger/orders')).used).toHaveLength(0);
    expect(run({ paths: 'passing' }, pull('team/orders')).used).toHaveLength(1);
    expect(run({ paths: 'passing', sarif: 'true' }, pull('stranger/orders')).used).toHaveLength(1);
  });
});

describe('the comment', () => {
  const comment = (inputs: Readonly<Record<string, string>>, event = pull('team/orders')): ActionRun =>
    run({ sarif: 'false', comment: 'true', ...inputs }, event);

  it('is written once and then kept up to date', async () => {
    await reset({});
    comment({ paths: 'failing' });
    const [list, post, ...rest] = await calls();
    expect(rest).toEqual([]);
    expect(list).toMatchObject({ method: 'GET', token: 'Bearer token-of-the-job' });
    expect(post).toMatchObject({ method: 'POST', path: '/repos/team/orders/issues/7/comments' });
    expect(post?.['body']).toMatch(/^<!-- headgate:headgate -->\n[\s\S]*api\.waf\.associated/);
    const bot = { id: 5, user: { type: 'Bot' }, body: post?.['body'] };
    const others = Array.from({ length: 120 }, (_, id) => ({
      id: id + 10,
      user: { type: 'User' },
      body: bot.body,
    }));
    await reset({ comments: [...others, bot] });
    comment({ paths: 'failing' });
    expect((await calls()).map(({ method }) => method)).toEqual(['GET', 'GET']);
    await reset({ comments: [...others, bot] });
    comment({ paths: 'passing' });
    expect((await calls()).at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/repos/team/orders/issues/comments/5',
    });
  });

  it('is not written without news, or outside of pull requests', async () => {
    await reset({});
    comment({ paths: 'passing', rule: 'api.waf.associated' });
    expect((await calls()).map(({ method }) => method)).toEqual(['GET']);
    await reset({});
    const { log } = comment({ paths: 'failing' }, {});
    expect(await calls()).toEqual([]);
    expect(log).toContain('does not run for a pull request');
  });

  it('that cannot be written is a warning, and the gate decides', async () => {
    await reset({ status: 403 });
    const { code, log } = comment({ paths: 'passing' }, pull('stranger/orders'));
    expect(code).toBe(0);
    expect(log).toMatch(/^::warning title=Headgate::The comment was not written: .*pull-requests: write/m);
  });

  it('is written from a saved result for another pull request', async () => {
    const saved = run({ paths: 'failing', sarif: 'false' }).outputs['json-file'] ?? '';
    await reset({});
    const { code } = comment({ result: saved, 'pull-request': '9', category: 'forks' }, {});
    expect(code).toBe(0);
    expect((await calls()).at(-1)).toMatchObject({
      method: 'POST',
      path: '/repos/team/orders/issues/9/comments',
    });
  });
});
