// An AWS emulator that deploys CloudFormation and runs Node functions without Docker: ministack at a pinned version, in
// a virtual environment of the project's own. Where there is no Python 3, or nothing to install from, the suite is
// skipped and says so.
import { execFile, spawn } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const version = '1.5.33';
// Without it the emulator verifies no token.
const cryptography = '50.0.2';
const here = dirname(fileURLToPath(import.meta.url));
const environment = join(here, '../../../.cache', `ministack-${version}-cryptography-${cryptography}`);
/** The Python of the virtual environment. */
export const python = join(environment, 'bin', 'python3');
/** Account that everything is deployed to. */
export const account = '123456789012';

/** Installs ministack once. Resolves with undefined, or with why there is none. */
export async function installMinistack() {
  if (await exists(join(environment, 'bin', 'ministack'))) return undefined;
  try {
    await run('python3', ['--version']);
  } catch {
    return 'Python 3 is not there';
  }
  try {
    await run('python3', ['-m', 'venv', environment]);
    const pip = join(environment, 'bin', 'pip');
    const packages = [`ministack==${version}`, `cryptography==${cryptography}`];
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', ...packages], { timeout: 300_000 });
    return undefined;
  } catch (error) {
    return `ministack ${version} could not be installed: ${String(error.message).split('\n')[0]}`;
  }
}

/**
 * Starts the emulator on a free port of the loopback interface, with stubs for resource types that it lacks:
 * `{ endpoint, stop }`. Rejects where it does not come up within a minute.
 */
export async function startMinistack(stubs) {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'ministack-'));
  const child = spawn(python, [join(here, 'ministack-stubs.py')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      // It would listen on every interface, and its IoT port does so whatever the host is.
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: 'us-east-1',
      MINISTACK_STUBS: stubs.join(','),
      // Waits of a state machine's retries, as a share of what the definition says.
      SFN_WAIT_SCALE: '0.05',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const keep = (chunk) => {
    text = (text + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 240; attempt++) {
    if (child.exitCode !== null) break;
    try {
      await globalThis.fetch(`${endpoint}/_ministack/health`);
      return { endpoint, stop, said: () => text };
    } catch {
      await sleep(250);
    }
  }
  await stop();
  throw new Error(`ministack did not start: ${text.slice(-500)}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
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
