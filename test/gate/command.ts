import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { run } from '../../src/cli/run.ts';

/** What a command wrote, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with files; objects are written as JSON. It is removed after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-gate-'));
  made.push(folder);
  add(folder, files);
  return folder;
}

/** Adds files to a folder. */
export function add(folder: string, files: Readonly<Record<string, string | Uint8Array | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const isText = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(path, isText ? content : JSON.stringify(content));
  }
}

/** Runs the command line in a folder. */
export async function headgate(cwd: string, ...argv: readonly string[]): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  const code = await run(argv, {
    cwd,
    now: () => new Date('2026-11-27T12:00:00Z'),
    env: {},
    stdout: { write: (text) => (stdout += text), columns: 100 },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

/** Runs a scan and gives its result, with the exit code and what was said on the standard error. */
export async function scan(
  cwd: string,
  ...argv: readonly string[]
): Promise<Outcome & { readonly result: ScanResult }> {
  const outcome = await headgate(cwd, 'scan', ...argv, '--format', 'json');
  return { ...outcome, result: JSON.parse(outcome.stdout) as ScanResult };
}

/** A function with an outdated runtime and a plain password: both rules fail. */
export const failing =
  "{Type: AWS::Lambda::Function, Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x', Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}}";

/** A template whose one resource no rule has anything against. */
export const quiet =
  'Resources:\n  Setting: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x}}\n';
