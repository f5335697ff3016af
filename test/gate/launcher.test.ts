import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith } from './command.ts';

const command = join(import.meta.dirname, '../../dist/headgate.cjs');
const start = (cache: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...(args.length === 0 ? ['--version'] : args)], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: undefined },
  });
const version = (at: number): string => String(at).padStart(16, '0');

describe('the compiled form of the command', () => {
  it('is kept for the newest versions alone, and nothing else is removed', () => {
    const others = [1, 2, 3, 4, 5, 6];
    const cache = folderWith({
      'headgate/notes.txt': 'mine',
      ...Object.fromEntries(others.map((at) => [`headgate/command-${version(at)}-v20.0.0-x64.bin`, 'x'])),
      [`headgate/parts-${version(2)}/v22/entry`]: 'x',
    });
    const folder = join(cache, 'headgate');
    for (const at of others)
      utimesSync(join(folder, `command-${version(at)}-v20.0.0-x64.bin`), at * 1000, at * 1000);
    // What belongs to a version is as new as its newest file.
    utimesSync(join(folder, `parts-${version(2)}`), 9000, 9000);
    expect(start(cache)).toMatchObject({ status: 0, stderr: '' });
    const names = readdirSync(folder);
    const left = names.filter((name) => /-0+\d/.test(name)).sort();
    expect(left).toEqual([
      ...[2, 5, 6].map((at) => `command-${version(at)}-v20.0.0-x64.bin`),
      `parts-${version(2)}`,
    ]);
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
    expect(names).toHaveLength(6);
  });

  it('is read by the second start, which writes nothing', () => {
    const cache = folderWith({});
    expect(start(cache)).toMatchObject({ status: 0, stderr: '' });
    const [kept = ''] = readdirSync(join(cache, 'headgate'));
    utimesSync(join(cache, 'headgate', kept), 1000, 1000);
    expect(start(cache)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(join(cache, 'headgate'))).toEqual([kept]);
  });

  it('of a scan is what a scan compiled, whatever ran first', () => {
    const cache = folderWith({
      'project/template.json': '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}',
    });
    const size = (work: string): number => {
      const names = readdirSync(join(cache, 'headgate'));
      return statSync(join(cache, 'headgate', names.find((name) => name.includes(`-${work}-`)) ?? '')).size;
    };
    expect(start(cache)).toMatchObject({ status: 0 });
    const before = size('other');
    expect(start(cache, 'scan', join(cache, 'project'), '--fail-on', 'none')).toMatchObject({ status: 0 });
    expect(size('other')).toBe(before);
    expect(size('scan')).toBeGreaterThan(before);
  });
});
