import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { fileStateStore } from '../../../src/publish/file-state-store.ts';

const run = promisify(execFile);
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

describe('processes that write one file at once', () => {
  it('lose nothing of each other', async () => {
    const worker = join(folder, 'worker.mjs');
    await build({
      stdin: { contents: adds, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: worker,
      logLevel: 'silent',
    });
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => run(process.execPath, [worker, file, name, '40'])));
    const { state = {} } = (await fileStateStore(file).read()) ?? {};
    expect(Object.keys(state)).toHaveLength(names.length * 40);
    expect(readdirSync(dirname(file))).toEqual(['region.json']);
  }, 30_000);

  it('says which lock nobody takes back', async () => {
    await fileStateStore(file).write({}, undefined);
    writeFileSync(`${file}.lock`, '1');
    await expect(fileStateStore(file).write({}, undefined)).rejects.toThrow(
      'region.json.lock` has been there',
    );
  }, 15_000);
});

/** Adds so many entries one by one, as runs do: whoever comes too late reads again. */
const adds = `
  import { fileStateStore } from '../../../src/publish/file-state-store.ts';
  const [file = '', name, count] = process.argv.slice(2);
  for (let index = 0; index < Number(count); ) {
    const store = fileStateStore(file);
    const found = await store.read();
    if (await store.write({ ...found?.state, [name + index]: {} } as never, found?.tag)) index += 1;
  }
`;
