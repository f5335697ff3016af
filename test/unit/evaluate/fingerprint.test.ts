import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scanTemplates } from '../../../src/app/scan.ts';
import { ruleOf, setOf } from './decide.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-fingerprint-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Fingerprints by resource name and file of a folder with these files. */
async function fingerprintsOf(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const ruleSet = setOf([ruleOf({ property: 'Timeout', atLeast: 30 }, 'AWS::Lambda::Function')]);
  const { evaluations } = await scanTemplates(
    [folder],
    { cwd: folder },
    { ruleSet, version: '0', now: new Date(0), detail: 'all' },
  );
  return Object.fromEntries(evaluations.map(({ resource, fingerprint }) => [resource.id, fingerprint]));
}

const a = { Type: 'AWS::Lambda::Function', Properties: { Timeout: 5, Handler: 'a' } };
const b = { Type: 'AWS::Lambda::Function', Properties: { Timeout: 6, Handler: 'b' } };
const text = (resources: object, indent?: number): string =>
  JSON.stringify({ Resources: resources }, null, indent);

describe('fingerprints', () => {
  it('survive reformatting, and JSON turned into YAML', async () => {
    const before = await fingerprintsOf({ 't.json': text({ A: a }) });
    expect(await fingerprintsOf({ 't.json': text({ A: a }, 4) })).toEqual(before);
    const yaml = await fingerprintsOf({
      't.yaml':
        'Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Properties: {Handler: a, Timeout: 5}\n',
    });
    expect(Object.values(yaml)).toEqual(Object.values(before));
  });

  it('survive reordering and added resources', async () => {
    const before = await fingerprintsOf({ 't.json': text({ A: a, B: b }) });
    expect(await fingerprintsOf({ 't.json': text({ B: b, A: a }) })).toEqual(before);
    expect(
      await fingerprintsOf({ 't.json': text({ N: { ...a, Properties: { Timeout: 1 } }, A: a, B: b }) }),
    ).toMatchObject(before);
  });

  it('of namesakes survive moved files too, where they differ beside what refers to the stack', async () => {
    const of = (timeout: number): string =>
      JSON.stringify({
        Parameters: { Memory: { Type: 'Number' } },
        Resources: {
          Key: { Type: 'AWS::KMS::Key' },
          A: {
            Type: 'AWS::Lambda::Function',
            Properties: { KmsKeyArn: { Ref: 'Key' }, MemorySize: { Ref: 'Memory' }, Timeout: timeout },
          },
        },
      });
    const before = await fingerprintsOf({ 'a.json': of(5), 'z.json': of(6) });
    const after = await fingerprintsOf({ 'm.json': of(6), 'n.json': of(5) });
    expect([after['n.json/A'], after['m.json/A']]).toEqual([before['a.json/A'], before['z.json/A']]);
    expect(new Set(Object.values(after)).size).toBe(2);
  });

  it('survive a moved file', async () => {
    const before = await fingerprintsOf({ 'one/t.json': text({ A: a }) });
    const after = await fingerprintsOf({ 'two/deep/other.json': text({ A: a }) });
    expect(Object.values(after)).toEqual(Object.values(before));
  });

  it('survive a moved file among namesakes, and tell them apart', async () => {
    const before = await fingerprintsOf({ 'one/t.json': text({ A: a }), 'two/t.json': text({ A: b }) });
    expect(new Set(Object.values(before)).size).toBe(2);
    const after = await fingerprintsOf({ 'zzz/t.json': text({ A: a }), 'two/t.json': text({ A: b }) });
    expect(after['zzz/t.json/A']).toBe(before['one/t.json/A']);
    expect(after['two/t.json/A']).toBe(before['two/t.json/A']);
  });
});
