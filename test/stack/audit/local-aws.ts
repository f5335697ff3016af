import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { motoBin } from '../../account/wire/moto-server.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What goes wrong in the local AWS. */
export interface Trouble {
  /** Accounts whose role may not be assumed. */
  readonly denied?: readonly string[];
  /** Accounts whose function dies. */
  readonly broken?: readonly string[];
  /** Account -> milliseconds that the first function has, instead of 15 minutes. */
  readonly slow?: Readonly<Record<string, number>>;
  /** Patterns of calls (`GET /path`, or their target) that the caller may not make. */
  readonly refused?: readonly string[];
  readonly hubIsOff?: boolean;
  /** The function dies as soon as its findings were imported, before it can remember that. */
  readonly diesAfterImport?: boolean;
  /** Files in front of the function's code, from now on. */
  readonly config?: Readonly<Record<string, string>>;
}

/** A function that ran. */
export interface Invocation {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly part?: string;
  readonly parts?: number;
  readonly failed?: string;
  readonly milliseconds?: number;
}

/** moto behind a host that runs the bundled functions; see lambda-host.mjs. */
export class LocalAws {
  readonly credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  private readonly child: ChildProcess;
  readonly endpoint: string;

  private constructor(child: ChildProcess, endpoint: string) {
    this.child = child;
    this.endpoint = endpoint;
  }

  /** @param environment of the functions */
  static async start(environment: Readonly<Record<string, string>>): Promise<LocalAws> {
    const bundles = mkdtempSync(join(tmpdir(), 'headgate-bundles-'));
    execFileSync(process.execPath, [join(root, 'scripts/build-audit.mjs'), bundles]);
    const child = spawn(
      process.execPath,
      [join(root, 'test/stack/audit/lambda-host.mjs'), join(motoBin, 'moto_server'), bundles],
      {
        env: {
          ...process.env,
          ...environment,
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
          NODE_EXTRA_CA_CERTS: undefined,
        },
      },
    );
    return new LocalAws(child, await addressOf(child));
  }

  /** Configuration of an SDK client. */
  config(region: string): { endpoint: string; region: string; credentials: LocalAws['credentials'] } {
    return { endpoint: this.endpoint, region, credentials: this.credentials };
  }

  /** Lets things go wrong from now on. */
  async set(trouble: Trouble): Promise<void> {
    await fetch(`${this.endpoint}/host`, { method: 'POST', body: JSON.stringify(trouble) });
  }

  /** What ran since the last time this was asked, and how much memory the host has. */
  async ran(): Promise<{ readonly invocations: readonly Invocation[]; readonly rssMiB: number }> {
    const answer = await fetch(`${this.endpoint}/host`);
    return (await answer.json()) as { invocations: Invocation[]; rssMiB: number };
  }

  /** State machines are executed, not only stored. */
  async executeStateMachines(): Promise<void> {
    await fetch(`${this.endpoint}/moto-api/config`, {
      method: 'POST',
      body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = /Listening on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the local AWS did not start: ${text.slice(-1000)}`)));
  });
}
