import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

/** A local AWS endpoint (moto) on a free port of the loopback interface. */
export interface LocalAws {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether `moto_server` can be run here; `pip install 'moto[server]'` brings it. */
export function hasLocalAws(): boolean {
  return spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
}

/** Starts the endpoint. @throws when it has not answered within 20 seconds */
export async function startLocalAws(): Promise<LocalAws> {
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await addressOf(server);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.kill('SIGTERM');
      }),
  };
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('moto_server did not start.')), 120_000);
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('error', reject);
  });
}
