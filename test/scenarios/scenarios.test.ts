import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { run } from '../../src/cli/run.ts';

/** One scenario file: what is typed, in which folder, and what comes out. */
interface Scenario {
  readonly command: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Files that the command writes. */
  readonly writes?: Readonly<Record<string, string>>;
}

const folder = dirname(fileURLToPath(import.meta.url));
const update = process.env['UPDATE_SCENARIOS'] === '1';
let cwd: string | undefined;

afterEach(() => {
  if (cwd !== undefined) rmSync(cwd, { recursive: true, force: true });
});

async function play(scenario: Scenario): Promise<Scenario> {
  const place = mkdtempSync(join(tmpdir(), 'headgate-scenario-'));
  cwd = place;
  for (const [name, text] of Object.entries(scenario.files ?? {})) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  let [stdout, stderr] = ['', ''];
  const argv = scenario.command.split(' ').slice(1);
  const exitCode = await run(argv, {
    cwd: place,
    now: () => new Date('2026-11-23T12:00:00Z'),
    env: {},
    stdout: { write: (text) => (stdout += text), columns: 80 },
    stderr: { write: (text) => (stderr += text) },
  });
  // How many rules there are is no matter of a scenario.
  const mask = (text: string): string =>
    text
      .replaceAll(place, '<folder>')
      .replace(/skips \d+ of \d+ rules, and \d+ in part/, 'skips n of m rules, and k in part')
      .replace(/(runs|skips) \d+ of \d+ rules/, '$1 n of m rules');
  const writes = Object.fromEntries(
    Object.keys(scenario.writes ?? {}).map((name) => [name, mask(readFileSync(join(place, name), 'utf8'))]),
  );
  return {
    command: scenario.command,
    ...(scenario.files === undefined ? {} : { files: scenario.files }),
    exitCode,
    stdout: mask(stdout),
    stderr: mask(stderr),
    ...(scenario.writes === undefined ? {} : { writes }),
  };
}

describe('command line', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  it('has scenarios', () => {
    expect(files.length).toBeGreaterThan(5);
  });
  it.each(files)('%s', async (name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    expect(parseAllDocuments(text)).toHaveLength(1);
    const scenario = parse(text) as Scenario;
    const played = await play(scenario);
    if (update) writeFileSync(path, stringify(played, { lineWidth: 0, blockQuote: 'literal' }));
    else expect(played).toEqual({ stdout: '', stderr: '', ...scenario });
  });
});
