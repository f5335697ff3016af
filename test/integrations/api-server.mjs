// A GitHub API with the comments of one pull request: node api-server.mjs. Prints its address. `POST /reset` takes
// {comments, status}; `GET /calls` answers what was called.
import { createServer } from 'node:http';

let comments = [];
let status = 200;
let calls = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    const body = text === '' ? undefined : JSON.parse(text);
    const answer = (code, value) =>
      response
        .writeHead(code, { connection: 'close', 'content-type': 'application/json' })
        .end(JSON.stringify(value));
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/reset') {
      ({ comments = [], status = 200 } = body);
      calls = [];
      return answer(200, {});
    }
    if (url.pathname === '/calls') return answer(200, calls);
    calls.push({
      method: request.method,
      path: url.pathname,
      token: request.headers.authorization,
      body: body?.body,
    });
    if (status !== 200) return answer(status, { message: 'no' });
    if (request.method !== 'GET') return answer(200, {});
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('per_page') ?? 30);
    return answer(200, comments.slice((page - 1) * size, page * size));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
