import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built command; `npm run build` makes it. */
export const commandPath = join(dirname(fileURLToPath(import.meta.url)), '../../../dist/headgate.cjs');

/** How a run of the command ended. */
export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
  /** Milliseconds, whole process; to be printed, never asserted: machines are busy. */
  readonly tookMs: number;
}

/** The command as a process of its own. */
export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: 'SIGINT' | 'SIGTERM'): void;
  /** Resolves once standard error holds this text. */
  said(text: string): Promise<void>;
}

/** Starts the built command in `cwd` with keys of nobody. */
export function startHeadgate(cwd: string, ...args: readonly string[]): Running {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
  const started = performance.now();
  const child = spawn(process.execPath, [commandPath, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, out, err, tookMs: performance.now() - started }),
    );
  });
  const said = async (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (err.includes(text)) resolve();
      };
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`the command ended without saying "${text}": ${err}`)));
      look();
    });
  return { ended, kill: (signal) => void child.kill(signal), said };
}
