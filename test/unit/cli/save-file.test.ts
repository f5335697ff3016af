import { chmod, lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { saveFile } from '../../../src/cli/save-file.ts';

describe('saving a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-save-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('leaves nothing else beside it, and gives a new file its mode', async () => {
    const file = join(folder, 'account.json.gz');
    await saveFile(file, 'new', { mode: 0o600 });
    expect(await readdir(folder)).toEqual(['account.json.gz']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps the permissions of what it replaces', async () => {
    const file = join(folder, 'report.json');
    await writeFile(file, 'old');
    await chmod(file, 0o640);
    await saveFile(file, 'new', { mode: 0o600 });
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('follows no link', async () => {
    const file = join(folder, 'report.json');
    await writeFile(file, 'old');
    await symlink(file, join(folder, 'latest.json'));
    await expect(saveFile(join(folder, 'latest.json'), 'new')).rejects.toThrow('is a link');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect((await lstat(join(folder, 'latest.json'))).isSymbolicLink()).toBe(true);
  });

  it('writes to a device, which cannot be replaced', async () => {
    await saveFile('/dev/null', 'gone');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('leaves what was there where it cannot be written', async () => {
    const file = join(folder, 'there', 'report.json');
    await expect(saveFile(file, 'new')).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});
