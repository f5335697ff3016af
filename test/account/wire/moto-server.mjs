// A local AWS endpoint for the wire suite: moto at a pinned version, in a virtual environment of the
// project's own. Where there is no Python 3, or nothing to install from, the suite is skipped and says so.
import { execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const motoVersion = '5.2.5';
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const environment = join(root, '.cache', `moto-${motoVersion}`);
/** Folder of the programs that moto brings: `moto_server` and `cfn-lint`. */
export const motoBin = join(environment, 'bin');
const serverPath = join(motoBin, 'moto_server');

/** Installs moto once. Resolves with undefined, or with why there is none. */
export async function installMoto() {
  if (await exists(serverPath)) return undefined;
  try {
    await run('python3', ['--version']);
  } catch {
    return 'Python 3 is not there';
  }
  try {
    await run('python3', ['-m', 'venv', environment]);
    const pip = join(environment, 'bin', 'pip');
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${motoVersion}`], {
      timeout: 300_000,
    });
    return undefined;
  } catch (error) {
    return `moto ${motoVersion} could not be installed: ${String(error.message).split('\n')[0]}`;
  }
}

/** Starts the server on a free port: `{ endpoint, stop }`. Rejects where it does not come up within 20 s. */
export async function startMoto() {
  const child = spawn(serverPath, ['-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1', MOTO_PORT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endpoint = await listening(child);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { endpoint, stop };
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the local endpoint did not start: ${text.slice(-500)}`));
    }, 120_000);
    const read = (chunk) => {
      text += chunk;
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
  });
}

async function exists(path) {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
