import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as it reached the server. */
export interface Received {
  /** Service and Region that it was signed for. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** What names the operation where the path does not: header, or `Action` of a form. */
  readonly named?: string;
  /** Milliseconds of `performance.now()` when it was read to its end. */
  readonly at: number;
  /** HTTP status of the answer; 0 while there is none. */
  status: number;
}

/** Stands between the command and the local endpoint: writes down what arrives, and lets answers wait. */
export interface RecordingProxy {
  readonly endpoint: string;
  readonly received: Received[];
  /** Milliseconds before a request is passed on. */
  latencyMs: number;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port, in front of one account of the server at `target`. */
export async function startProxy(
  target: string,
  { account = '123456789012', latencyMs = 0 }: { account?: string; latencyMs?: number } = {},
): Promise<RecordingProxy> {
  const proxy = { received: [] as Received[], latencyMs };
  const server = createServer((request, response) => {
    // A client that hangs up in between wants no answer.
    pass(request, response).catch(() => response.destroy());
  });
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
    const body = Buffer.concat(chunks);
    const record = describeRequest(request, body);
    proxy.received.push(record);
    await sleep(proxy.latencyMs, undefined, { ref: false });
    if (request.socket.destroyed) return;
    const { method } = request;
    const headers = { ...request.headers, 'x-moto-account-id': account };
    const onward = send(new URL(request.url ?? '/', target), { method, headers }, (answer) => {
      record.status = answer.statusCode ?? 502;
      response.writeHead(record.status, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function describeRequest({ headers, method = '', url = '' }: IncomingMessage, body: Buffer): Received {
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  const named =
    typeof target === 'string'
      ? target.slice(target.lastIndexOf('.') + 1)
      : (/^Action=(\w+)/.exec(body.toString('latin1'))?.[1] ?? /\/operation\/(\w+)$/.exec(url)?.[1]);
  const at = performance.now();
  return { service, region, method, url, at, status: 0, ...(named === undefined ? {} : { named }) };
}
