import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fileStateStore } from '../../../src/publish/file-state-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-state-'));
  file = join(folder, 'account', 'region.json');
});

describe('fileStateStore', () => {
  it('begins without a state, and keeps what it is given', async () => {
    const store = fileStateStore(file);
    expect(await store.read()).toBeUndefined();
    expect(await store.write({}, undefined)).toBe(true);
    expect(await store.read()).toMatchObject({ state: {} });
    expect(readdirSync(join(folder, 'account'))).toEqual(['region.json']);
  });

  it('does not overwrite what another run wrote meanwhile', async () => {
    const store = fileStateStore(file);
    await store.write({}, undefined);
    const read = await store.read();
    writeFileSync(file, `${readFileSync(file, 'utf8')} `);
    expect(await store.write({}, read?.tag)).toBe(false);
    expect(await store.write({}, undefined)).toBe(false);
  });

  it('replaces a file that is no state, once it was read as such', async () => {
    await fileStateStore(file).write({}, undefined);
    writeFileSync(file, '{"broken');
    const store = fileStateStore(file);
    await expect(store.read()).rejects.toThrow(SyntaxError);
    expect(await store.write({}, undefined)).toBe(true);
    expect(await store.read()).toMatchObject({ state: {} });
  });
});
