/* global AbortSignal, fetch */
// Keeps one comment of the pull request up to date: it is found by a marker that readers do not see. A comment that cannot
// be written is a warning, since the token of a fork's pull request only reads.
import { readFileSync } from 'node:fs';
import { annotate, category, event, input } from './workflow.mjs';

/** Most characters that GitHub takes as a comment. */
const commentLimit = 65_536;
/** Comments are looked through up to this many pages of 100. */
const pagesLimit = 30;

try {
  await main();
} catch (error) {
  annotate('warning', error.message);
}

async function main() {
  const number = Number(input('pull-request') ?? event().pull_request?.number);
  if (!Number.isSafeInteger(number) || number < 1) {
    annotate('notice', 'No comment, because this workflow does not run for a pull request.');
    return;
  }
  const marker = `<!-- headgate:${category()} -->`;
  const markdown = readFileSync(process.env.HEADGATE_MARKDOWN_FILE, 'utf8');
  const body = `${marker}\n${markdown}`.slice(0, commentLimit);
  const repository = `/repos/${process.env.GITHUB_REPOSITORY}`;
  const existing = await findComment(`${repository}/issues/${number}/comments`, marker);
  if (existing?.body === body) return;
  if (existing !== undefined) await call('PATCH', `${repository}/issues/comments/${existing.id}`, { body });
  else if (process.env.HEADGATE_HAS_NEWS === 'true')
    await call('POST', `${repository}/issues/${number}/comments`, { body });
}

/** The comment of a bot that starts with the marker. Other people's comments can quote it. */
async function findComment(path, marker) {
  for (let page = 1; page <= pagesLimit; page += 1) {
    const comments = await call('GET', `${path}?per_page=100&page=${page}`);
    const found = comments.find(({ user, body }) => user?.type === 'Bot' && body?.startsWith(marker));
    if (found !== undefined || comments.length < 100) return found;
  }
  return undefined;
}

async function call(method, path, body) {
  const answer = await fetch(`${process.env.GITHUB_API_URL ?? 'https://api.github.com'}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${process.env.HEADGATE_TOKEN}`,
      'content-type': 'application/json',
      'user-agent': 'headgate',
      'x-github-api-version': '2022-11-28',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.ok) return answer.json();
  const why =
    answer.status === 403 || answer.status === 404
      ? 'the job needs `permissions: pull-requests: write`, which pull requests from forks do not get'
      : `the answer was ${answer.status}`;
  throw new Error(`The comment was not written: ${why}.`);
}
