import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failing, headgate } from './command.ts';

interface Result {
  evaluations: Record<string, unknown>[];
}

/** Results of more than 32 MB are read in parts. */
const copies = 130;
let cwd: string;
let large: Result;

function save(name: string, result: unknown): void {
  writeFileSync(join(cwd, name), `${JSON.stringify(result, null, 2)}\n`);
}

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'headgate-large-'));
  writeFileSync(join(cwd, 't.yaml'), `Resources:\n  F: ${failing}\n`);
  await headgate(cwd, 'scan', 't.yaml', '--report', 'json=small.json');
  const small = JSON.parse(readFileSync(join(cwd, 'small.json'), 'utf8')) as Result;
  // Of two bytes and three, so that some letter stands on the border of two parts.
  const long = '–é'.repeat(1_500);
  const evaluations = Array.from({ length: copies }, (_, copy) =>
    small.evaluations.map((evaluation) => ({
      ...evaluation,
      message: `${String(evaluation['message'])} ${copy}${long}`,
      fingerprint: `${copy.toString(16).padStart(4, '0')}${String(evaluation['fingerprint']).slice(4)}`,
    })),
  ).flat();
  large = { ...small, evaluations };
  save('large.json', large);
  expect(readFileSync(join(cwd, 'large.json')).length).toBeGreaterThan(40 * 2 ** 20);
});

afterAll(() => {
  rmSync(cwd, { recursive: true });
});

describe('a saved result that is read in parts', () => {
  it('is the result that was saved', async () => {
    const { code } = await headgate(
      cwd,
      'report',
      'large.json',
      '--format',
      'json',
      '--output',
      'again.json',
    );
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'again.json')).equals(readFileSync(join(cwd, 'large.json')))).toBe(true);
  });

  it('is compared as a small one', async () => {
    const isOpen = ({ verdict, waiver, followsFrom }: Record<string, unknown>): boolean =>
      verdict === 'fail' && waiver === undefined && followsFrom === undefined;
    const lists = async (...files: string[]): Promise<Record<string, unknown[]>> => {
      await headgate(cwd, 'diff', ...files, '--format', 'json', '--output', 'diff.json');
      return JSON.parse(readFileSync(join(cwd, 'diff.json'), 'utf8')) as Record<string, unknown[]>;
    };
    const open = large.evaluations.filter(isOpen);
    const bare = (items: unknown): unknown[] =>
      (items as { finding: unknown }[]).map(({ finding }) => finding);
    save('none.json', { ...large, evaluations: [] });
    const added = await lists('none.json', 'large.json');
    expect(added['added']).toHaveLength(open.length);
    expect(bare(added['added'])).toEqual(expect.arrayContaining(open.slice(0, 50)));
    const repaired = await lists('large.json', 'none.json');
    expect(repaired['repaired']).toHaveLength(open.length);
    expect(bare(repaired['repaired'])).toEqual(expect.arrayContaining(open.slice(-50)));
    expect((await lists('large.json', 'large.json'))['stillOpen']).toHaveLength(open.length);
  });

  it('has each finding explained', async () => {
    const last = large.evaluations.at(-1);
    const fingerprint = String(last?.['fingerprint']);
    const { code, stdout } = await headgate(cwd, 'explain', fingerprint, '--result', 'large.json');
    expect(code).toBe(0);
    expect(stdout).toContain(String(last?.['ruleId']));
  });
});

describe('a large result that is not as it was written is one clear line', () => {
  const middle = 777;
  const forms: Readonly<Record<string, [() => string, RegExp]>> = {
    cut: [() => text().slice(0, -100), /`bad\.json` cannot be read as a result: it is not valid JSON/],
    'another file': [() => `not-a-real-one${' '.repeat(2 ** 26)}`, /it is not valid JSON/],
    'without an end of its text': [
      () => `{"schemaVersion": "1.0", "a": "${'a'.repeat(2 ** 27)}`,
      /it is not valid JSON/,
    ],
    'with an evaluation that is none': [
      () => edited((evaluations) => (evaluations[middle] = { ruleId: 'a' })),
      /`bad\.json` is not a result as Headgate writes it: at \/evaluations\/777 it must /,
    ],
    'with a last evaluation that is none': [
      () => edited((evaluations) => evaluations.push({ ruleId: 'a' })),
      /is not a result as Headgate writes it: at \/evaluations\/\d+ it must /,
    ],
    'with two lists of evaluations': [
      () => text().replace(/\n\}\n$/, `,\n  "evaluations": [${'{"ruleId": "a"},'.repeat(100_000)}{}]\n}\n`),
      /is not a result as Headgate writes it: at \/evaluations\/\d+ it must /,
    ],
    'of another version': [() => text().replace('"1.0"', '"9.0"'), /schema version 1\.0 \(found `9\.0`\)/],
    'with flows that are none': [
      () => JSON.stringify({ ...large, flows: [null] }),
      /is not a result as Headgate writes it: at \/flows\/0 it must /,
    ],
    'with rules that are none': [
      () => JSON.stringify({ ...large, ruleSet: { rules: [] } }),
      /is not a result as Headgate writes it: at \/ruleSet it must /,
    ],
    'without evaluations': [
      () => JSON.stringify({ ...large, evaluations: { a: text() } }),
      /is not a result as Headgate writes it: at \/evaluations it must /,
    ],
  };
  const text = (): string => readFileSync(join(cwd, 'large.json'), 'utf8');
  const edited = (edit: (evaluations: unknown[]) => unknown): string => {
    const evaluations: unknown[] = [...large.evaluations];
    edit(evaluations);
    return JSON.stringify({ ...large, evaluations });
  };

  it.each(Object.entries(forms))('%s', async (_what, [form, said]) => {
    writeFileSync(join(cwd, 'bad.json'), form());
    const { code, stderr, stdout } = await headgate(cwd, 'report', 'bad.json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^headgate: `bad\.json` .*\n$/);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/unexpected|not-a-real-one/);
  });

  it('with nothing in it', async () => {
    writeFileSync(join(cwd, 'bad.json'), '');
    truncateSync(join(cwd, 'bad.json'), 4 * 2 ** 30);
    const { code, stderr } = await headgate(cwd, 'report', 'bad.json');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^headgate: `bad\.json` .* not valid JSON.*\n$/),
    ]);
  });
});
