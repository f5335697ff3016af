// A local AWS with functions that run: `node lambda-host.mjs <moto_server> <folder of bundles>`. Everything goes to
// moto but invocations, which the bundled handlers answer here, and the calls of missing-calls.mjs, where the
// environment asks for them (LOCAL_AWS_ANSWERS_MISSING). Prints its own address once it listens. What goes wrong is
// told by POST /host: {denied: [account], broken: [account], slow: {account: milliseconds}, refused: [pattern of a
// call], hubIsOff, diesAfterImport}; `config` puts files in front of the function, as a deployment does.
import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { answerMissing } from './missing-calls.mjs';

const [serverPath, bundles] = process.argv.slice(2);
const calm = { denied: [], broken: [], slow: {}, refused: [], hubIsOff: false, diesAfterImport: false };
let trouble = calm;
let isDead = false;
const invocations = [];
const answersMissing = process.env['LOCAL_AWS_ANSWERS_MISSING'] === 'yes';

const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    answer(incoming, Buffer.concat(chunks), outgoing).catch((error) => {
      outgoing.writeHead(500).end(String(error));
    });
  });
});
await new Promise((resolve) => server.listen(0, resolve));
const { port } = server.address();
const moto = await startMoto(port);
Object.assign(process.env, {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
});
// Names below localhost are this machine (RFC 6761); not every resolver knows.
const { lookup } = dns;
if (answersMissing) {
  // The client of s3-control puts the account in front of the host, which an address cannot bear.
  process.env['AWS_ENDPOINT_URL_S3_CONTROL'] = `http://localhost:${port}`;
  dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? 'localhost' : name, ...rest);
}
const handlers = {
  audit: (await import(pathToFileURL(join(bundles, 'audit.js')).href)).handler,
  fleet: (await import(pathToFileURL(join(bundles, 'fleet.js')).href)).handler,
};
process.stdout.write(`Listening on http://127.0.0.1:${port}\n`);

async function answer(incoming, body, outgoing) {
  const { url = '/' } = incoming;
  if (url === '/host') return control(incoming, body, outgoing);
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url)?.[1];
  if (invoked !== undefined) return invoke(decodeURIComponent(invoked), body, outgoing);
  const account = /RoleArn=arn%3Aaws%3Aiam%3A%3A(\d{12})/.exec(body.toString('latin1'))?.[1];
  if (trouble.denied.includes(account)) return deny(account, outgoing);
  if (isDead) return void incoming.socket.destroy();
  const called = incoming.headers['x-amz-target'] ?? `${incoming.method} ${url.split('?')[0]}`;
  const known = refusalOf(called) ?? (answersMissing ? answerMissing(called) : undefined);
  if (known !== undefined) return void outgoing.writeHead(known.status, known.headers).end(known.body);
  forward(incoming, body, outgoing);
  isDead = trouble.diesAfterImport && called === importCall;
}

const importCall = 'POST /findings/import';

/** Answers of AWS to a caller that may not, and where Security Hub is not enabled. */
function refusalOf(called) {
  const error = (status, type, Message) => ({
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ Message, message: Message }),
  });
  if (trouble.hubIsOff && /^POST \/findings/.test(called))
    return error(401, 'InvalidAccessException', 'Account is not subscribed to AWS Security Hub');
  if (!trouble.refused.some((pattern) => new RegExp(pattern).test(called))) return undefined;
  return error(403, 'AccessDeniedException', `User is not authorized to perform: ${called}`);
}

function control(incoming, body, outgoing) {
  if (incoming.method === 'POST') {
    const { config, ...wrong } = JSON.parse(body.toString());
    trouble = { ...calm, ...wrong };
    if (config !== undefined) globalThis.headgateConfigFiles = config;
  }
  const answered = invocations.splice(0);
  outgoing.end(
    JSON.stringify({ invocations: answered, rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20) }),
  );
}

async function invoke(name, body, outgoing) {
  const event = JSON.parse(body.toString());
  const started = performance.now();
  const handler = handlers[name.endsWith('fleet') ? 'fleet' : 'audit'];
  const entry = {
    name: name.split(':').at(-1),
    account: event.account,
    region: event.region,
    part: event.part,
    parts: event.parts?.length,
  };
  try {
    if (trouble.broken.includes(event.account)) throw killed();
    const whole = event.part === undefined && event.parts === undefined;
    const remaining = (whole ? trouble.slow[event.account] : undefined) ?? 900_000;
    const answer = await handler(event, {
      getRemainingTimeInMillis: () => Math.max(0, remaining - (performance.now() - started)),
    });
    if (isDead) throw killed();
    invocations.push({ ...entry, milliseconds: Math.round(performance.now() - started) });
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch (error) {
    isDead = false;
    invocations.push({ ...entry, failed: error.name });
    const failure = { errorType: error.name, errorMessage: error.message, trace: [] };
    outgoing.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify(failure));
  }
}

function killed() {
  const error = new Error('RequestId: 1 Error: Runtime exited with error: signal: killed');
  return Object.assign(error, { name: 'Runtime.ExitError' });
}

function deny(account, outgoing) {
  const message = `User: arn:aws:sts::123456789012:assumed-role/auditor is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${account}:role/HeadgateAuditMember`;
  outgoing
    .writeHead(403, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
}

function forward(incoming, body, outgoing) {
  const { method, url, headers } = incoming;
  const passed = request({ host: '127.0.0.1', port: moto, method, path: url, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(outgoing);
  });
  passed.on('error', (error) => outgoing.writeHead(502).end(String(error)));
  passed.end(body);
}

async function startMoto(own) {
  // Its state machines call services at MOTO_PORT: that is here.
  const child = spawn(serverPath, ['-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1', MOTO_PORT: String(own) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  process.on('SIGTERM', () => process.exit(0));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (found !== undefined) return Number(found);
    await wait(100);
  }
  throw new Error(`moto did not start: ${text.slice(-500)}`);
}
