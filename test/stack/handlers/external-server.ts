import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What the server is to answer; a status and JSON. */
export type Reply = (request: Seen) => { status: number; body: unknown; headers?: Record<string, string> };

/** A stand-in for the external API on the loopback interface. */
export interface ExternalServer {
  readonly url: string;
  readonly seen: Seen[];
  reply: Reply;
  close(): Promise<void>;
}

/** Starts the stand-in on a free port. */
export async function startExternalServer(reply: Reply): Promise<ExternalServer> {
  const seen: Seen[] = [];
  const external: { reply: Reply } = { reply };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      seen.push(one);
      const answer = external.reply(one);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // what a TCP server has
  return Object.assign(external, {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
