import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../../src/cli/run.ts';
import type { FuzzCase } from './cases.ts';

const acting =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\u001b(?!\[[0-9;]*m)/u;
const commands = /^\s*::|##\[|##vso\[/m;

/** Writes the files of a case into an empty folder. */
export function writeCase({ files }: FuzzCase, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs a case in a folder that it is written to; answers which promises were broken. */
export async function runCase(fuzzCase: FuzzCase, folder: string): Promise<string[]> {
  writeCase(fuzzCase, folder);
  let [stdout, stderr] = ['', ''];
  const code = await run(fuzzCase.argv, {
    cwd: folder,
    now: () => new Date('2026-11-27T12:00:00Z'),
    env: {},
    stdout: { write: (text) => (stdout += text), columns: 100 },
    stderr: { write: (text) => (stderr += text) },
  });
  const broken: string[] = [];
  const both = stdout + stderr;
  if (![0, 1, 2].includes(code)) broken.push(`exit code ${code}`);
  if (both.includes('unexpected error')) broken.push(firstLineWith(both, 'unexpected error'));
  if (both.includes('could not be evaluated')) broken.push(firstLineWith(both, 'could not be evaluated'));
  if (code === 2 && stderr === '') broken.push('exit code 2 without a word on the standard error');
  const format = fuzzCase.argv[fuzzCase.argv.indexOf('--format') + 1];
  const isForPeople = !fuzzCase.argv.includes('--format') || format === 'console' || format === 'markdown';
  for (const text of [stderr, ...(isForPeople ? [stdout] : [])]) {
    const control = acting.exec(text);
    if (control !== null)
      broken.push(`a control character U+${(control[0].codePointAt(0) ?? 0).toString(16)}`);
    if (commands.test(text)) broken.push('a workflow command');
  }
  if (format === 'json' && stdout !== '' && !isJson(stdout)) broken.push('a report that is no JSON');
  return broken;
}

function firstLineWith(text: string, words: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.includes(words))
      ?.slice(0, 600) ?? words
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
