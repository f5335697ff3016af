import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith, headgate } from '../gate/command.ts';

const command = join(import.meta.dirname, '../../dist/headgate.cjs');
const queue = (days: number): string =>
  `Resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: ${days * 86_400}, SqsManagedSseEnabled: ${days > 1}}}\n`;

/** A watching scan, and a way to wait for what it prints. */
function watching(cwd: string, ...paths: readonly string[]) {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [command, 'scan', ...paths, '--watch', '--no-color'],
    { cwd, env: { ...process.env, CI: '' } },
  );
  let text = '';
  let check: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      text += String(part);
      check();
    });
  const until = async (wanted: RegExp): Promise<string> =>
    new Promise((resolve) => {
      check = () => {
        if (!wanted.test(text)) return;
        const seen = text;
        text = '';
        resolve(seen);
      };
      check();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, until, ended };
}

describe('headgate scan --watch', () => {
  it('prints what a change brings and fixes, and ends with 130', async () => {
    const cwd = folderWith({ 't.yaml': queue(14), 'sub/other.yaml': queue(14) });
    const { child, until, ended } = watching(cwd, 't.yaml');
    expect(await until(/Waiting for changes/)).toContain('batch.');
    writeFileSync(join(cwd, 't.yaml'), queue(1));
    const worse = await until(/\d+ failed checks?, \d+ unknown/);
    expect(worse).toMatch(/^t\.yaml changed$/m);
    expect(worse).toMatch(/^ {2}new .* batch\.queue\.encryption .*t\.yaml/m);
    expect(worse).not.toMatch(/fixed .* batch\.queue\.encryption /);
    // Editors write another file and rename it.
    writeFileSync(join(cwd, 'new.tmp'), queue(14));
    renameSync(join(cwd, 'new.tmp'), join(cwd, 't.yaml'));
    expect(await until(/\d+ failed checks?, \d+ unknown/)).toMatch(
      /^ {2}fixed .* batch\.queue\.encryption /m,
    );
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('outlives a configuration with a mistake, and takes the corrected one', async () => {
    const cwd = folderWith({ 't.yaml': queue(1) });
    const { child, until, ended } = watching(cwd, 't.yaml');
    await until(/Waiting for changes/);
    writeFileSync(join(cwd, 'headgate.yaml'), 'failOn: high\nrulez: {}\n');
    expect(await until(/rulez/)).toContain('headgate:');
    writeFileSync(join(cwd, 'headgate.yaml'), 'rules: {batch.queue.encryption: off}\n');
    expect(await until(/\d+ failed checks?, \d+ unknown/)).toMatch(/fixed .* batch\.queue\.encryption /);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('is refused where nobody can stop it, or reports are asked for', async () => {
    const cwd = folderWith({ 't.yaml': queue(1) });
    for (const options of [
      ['--format', 'json'],
      ['--report', 'sarif=a.sarif'],
      ['--output', 'a.txt'],
    ]) {
      const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', '--watch', ...options);
      expect([code, stderr]).toEqual([2, expect.stringContaining('--watch prints changes only')]);
    }
    const child = spawn(process.execPath, [command, 'scan', 't.yaml', '--watch'], {
      cwd,
      env: { ...process.env, CI: 'true' },
    });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += String(part)));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2);
    expect(stderr).toContain('not available in CI');
  });
});
