import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of AWS, as a function made it. */
export interface AwsCall {
  /** Service that it was signed for. */
  readonly service: string;
  /** Name of the operation; `<method> <path>` where the wire does not name it. */
  readonly operation: string;
  /** Input, as far as it is JSON or a form. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Path and query. */
  readonly url: string;
  readonly status: number;
}

/** Where a call fails: before AWS hears of it, or after it took effect and before the function hears of that. */
export type FaultTime = 'before' | 'after';

/** Stands between one function and AWS. */
export interface FaultProxy {
  readonly endpoint: string;
  /** What passed, in the order of asking. */
  readonly calls: AwsCall[];
  /**
   * Lets the n-th call from now on fail, once, with an error that the SDK does not repeat by itself.
   *
   * @param call counted from 1
   */
  arm(call: number, time: FaultTime): void;
  /** Whether the armed fault has struck. */
  readonly struck: boolean;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port of the loopback interface. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const calls: AwsCall[] = [];
  let countdown = 0;
  let when: FaultTime = 'before';
  let struck = false;

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
    const body = Buffer.concat(chunks);
    countdown -= 1;
    const fails = countdown === 0;
    if (fails) struck = true;
    if (fails && when === 'before') {
      refuse(response);
      return;
    }
    const answer = await forward(new URL(request.url ?? '/', target), request, body);
    calls.push(describe(request, body, answer.status));
    if (fails) refuse(response);
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    arm: (call, time) => {
      countdown = call;
      when = time;
      struck = false;
    },
    get struck() {
      return struck;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A client error of no known name: it is repeated by whoever called the function, not by its SDK. */
function refuse(response: ServerResponse): void {
  response.writeHead(400, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': 'InjectedFault',
  });
  response.end('{"__type":"InjectedFault","message":"The call was made to fail."}');
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(url: URL, { method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = send(url, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

function describe(
  { headers, method = '', url = '' }: IncomingMessage,
  body: Buffer,
  status: number,
): AwsCall {
  const [, service = ''] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  const text = body.toString('utf8');
  const input = typeof target === 'string' ? json(text) : form(text);
  const named = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : input['Action'];
  const [path = ''] = url.split('?');
  const operation = typeof named === 'string' ? named : `${method} ${path}`;
  return { service, operation, input, url, status };
}

function json(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>; // a request of the SDK
  } catch {
    return {};
  }
}

function form(text: string): Record<string, unknown> {
  return /^[\w.]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : {};
}
