import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encodeSnapshot } from '../../src/account/snapshot.ts';
import { collect } from '../account/collect.ts';
import { ordersAccount } from '../account/orders-account.ts';
import { failing, folderWith, headgate } from './command.ts';

const template = `Resources:\n  F: ${failing}\n`;

async function snapshot(): Promise<Buffer> {
  const { reading } = await collect(ordersAccount);
  const options = { takenAt: new Date(0), version: '0', key: Buffer.alloc(32, 7), findSecrets: () => [] };
  return Buffer.from(encodeSnapshot(reading, options));
}

/** The snapshot with the line that matches changed. */
function edited(bytes: Buffer, line: RegExp, edit: (text: string) => string): Buffer {
  const lines = gunzipSync(bytes).toString('utf8').split('\n');
  const index = lines.findIndex((text) => line.test(text));
  return gzipSync(lines.map((text, at) => (at === index ? edit(text) : text)).join('\n'));
}

const changed = (member: string, value: unknown) => (line: string) => {
  const { resource, ...others } = JSON.parse(line) as { resource: object };
  return JSON.stringify({ ...others, resource: { ...resource, [member]: value } });
};

describe('a snapshot that is not as it was written', () => {
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  const forms: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'cut in its packing': (bytes) => bytes.subarray(0, bytes.length - 9),
    'cut between lines': (bytes) => edited(bytes, /"end"/, () => ''),
    'cut within a line': (bytes) => edited(bytes, /"end"/, () => '{"end":'),
    'with a line that is null': (bytes) => edited(bytes, /"resource"/, () => 'null'),
    'with a line that is a list': (bytes) => edited(bytes, /"resource"/, () => '[]'),
    'with a line of another kind': (bytes) => edited(bytes, /"resource"/, () => '{"__proto__":{}}'),
    'without properties': (bytes) => edited(bytes, /"resource"/, changed('properties', null)),
    'with a type that is no text': (bytes) => edited(bytes, /"resource"/, changed('type', ['a'])),
    'with an id that is no text': (bytes) => edited(bytes, /"resource"/, changed('id', { toString: 1 })),
    'with a cause that is none': (bytes) =>
      edited(bytes, /"resource"/, changed('properties', { A: { $unresolved: null } })),
    'that nests': (bytes) => edited(bytes, /"resource"/, changed('properties', { A: nested(1000) })),
    'with another header': (bytes) => edited(bytes, /headgateSnapshot/, () => '{"headgateSnapshot":1}'),
    'of another version': (bytes) => edited(bytes, /headgateSnapshot/, () => '{"headgateSnapshot":9}'),
    'that is another file': () => Buffer.from('token=not-a-real-one\n'),
    'that is empty': () => Buffer.alloc(0),
  };
  it.each(Object.entries(forms))('%s is one clear line', async (_what, form) => {
    const cwd = folderWith({ 'account.ndjson.gz': form(await snapshot()) });
    const { code, stderr, stdout } = await headgate(cwd, 'scan', 'account.ndjson.gz');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^headgate: .*account\.ndjson\.gz.*\n$/);
    expect(stderr).not.toMatch(/unexpected|not-a-real-one/);
  });

  it('packed so that it grows without end is one clear line', async () => {
    const member = gzipSync(Buffer.alloc(2 ** 24, 10));
    const cwd = folderWith({ 'account.ndjson.gz': Buffer.concat(Array.from({ length: 33 }, () => member)) });
    const { code, stderr } = await headgate(cwd, 'scan', 'account.ndjson.gz');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^headgate: The snapshot unpacks to more than 512 MB\..*\n$/);
  });

  it('larger than any snapshot is not read', async () => {
    const cwd = folderWith({ 'account.ndjson': '' });
    truncateSync(join(cwd, 'account.ndjson'), 2 ** 31);
    const { code, stderr } = await headgate(cwd, 'scan', 'account.ndjson');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^headgate: .*it has 2048 MB; files of up to 512 MB are read.*\n$/);
  });

  it('brings no member that a collection does not write', async () => {
    const bytes = edited(
      await snapshot(),
      /AWS::Lambda::Function"/,
      changed('declaredBecause', 'it is fine'),
    );
    const cwd = folderWith({ 'account.ndjson.gz': bytes });
    const { code, stdout } = await headgate(cwd, 'scan', 'account.ndjson.gz', '--format', 'json');
    expect(code).toBe(1);
    expect(stdout).not.toContain('it is fine');
  });
});

describe('a saved result that is not as it was written', () => {
  interface Editable {
    evaluations: { verdict: string; resource: unknown }[];
    summary: unknown;
    flows: unknown;
  }
  const forms: Readonly<Record<string, (text: string) => string>> = {
    cut: (text) => text.slice(0, -20),
    'a list': () => '[]',
    null: () => 'null',
    'another JSON file': () => '{"token": "not-a-real-one"}',
    'without evaluations': (text) => JSON.stringify({ ...(JSON.parse(text) as object), evaluations: {} }),
    'with flows that are none': (text) => JSON.stringify({ ...(JSON.parse(text) as object), flows: [null] }),
    'with another verdict': (text) => {
      const result = JSON.parse(text) as Editable;
      for (const evaluation of result.evaluations) evaluation.verdict = 'fine';
      return JSON.stringify(result);
    },
    'with a resource that is none': (text) => {
      const result = JSON.parse(text) as Editable;
      for (const evaluation of result.evaluations) evaluation.resource = { toString: 'x' };
      return JSON.stringify(result);
    },
  };
  it.each(Object.entries(forms))('%s is one clear line', async (_what, form) => {
    const cwd = folderWith({ 't.yaml': template });
    await headgate(cwd, 'scan', 't.yaml', '--report', 'json=old.json');
    writeFileSync(join(cwd, 'new.json'), form(readFileSync(join(cwd, 'old.json'), 'utf8')));
    const commands = [
      ['report', 'new.json'],
      ['diff', 'old.json', 'new.json'],
      ['diff', 'new.json', 'old.json'],
      [
        'publish',
        'security-hub',
        'new.json',
        '--dry-run',
        '--account',
        '111122223333',
        '--region',
        'eu-west-1',
      ],
    ];
    for (const command of commands) {
      const { code, stderr, stdout } = await headgate(cwd, ...command);
      expect([command, code, stdout]).toEqual([command, 2, '']);
      expect(stderr).toMatch(/^headgate: `new\.json` .*\n$/);
      expect(stderr).not.toMatch(/unexpected|not-a-real-one/);
    }
  });

  it('and cannot be read is one clear line', async () => {
    const cwd = folderWith({ 'folder/a': '' });
    for (const name of ['folder', 'missing.json', '/dev/zero']) {
      const { code, stderr } = await headgate(cwd, 'report', name);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^headgate: The result `.*` was not read: it .*\n$/);
    }
  });

  it('with members of a later version is read', async () => {
    const cwd = folderWith({ 't.yaml': template });
    await headgate(cwd, 'scan', 't.yaml', '--report', 'json=old.json');
    const result = JSON.parse(readFileSync(join(cwd, 'old.json'), 'utf8')) as object;
    writeFileSync(join(cwd, 'new.json'), JSON.stringify({ ...result, later: 1 }));
    expect((await headgate(cwd, 'report', 'new.json')).code).toBe(0);
  });
});

describe('a saved result', () => {
  it.each([
    ['report', ['report', 'result.json']],
    ['diff', ['diff', 'result.json', 'result.json']],
    ['explain', ['explain', 'deadbeef', '--result', 'result.json']],
    ['publish', ['publish', 'security-hub', 'result.json', '--dry-run', '--region', 'eu-west-1']],
  ])('that is larger than any is refused by %s, with what to do', async (_name, argv) => {
    const cwd = folderWith({ 'result.json': '' });
    truncateSync(join(cwd, 'result.json'), 9 * 2 ** 30);
    const { code, stderr } = await headgate(cwd, ...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^headgate: The result `result\.json` was not read: it has 9216 MB; files of up to 8192 MB are read\. Scan fewer .*\n$/,
    );
  });
});
