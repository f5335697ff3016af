/** A service that hands out the same page for ever. */
export class PaginationLoopError extends Error {
  override readonly name = 'PaginationLoop';
  constructor(token: string) {
    super(`the service answered with the page token \`${token.slice(0, 40)}\` twice`);
  }
}

/**
 * Every page of a list, to its end. Own code since half of the services have no paginator in the SDK,
 * and the SDK's follow a repeated token for ever.
 * @throws PaginationLoopError, and whatever `call` throws.
 */
export async function* pages<Page>(
  call: (token: string | undefined) => Promise<Page>,
  nextToken: (page: Page) => string | undefined,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await call(token);
    yield page;
    token = nextToken(page);
    if (token === undefined || token === '') return;
    if (seen.has(token)) throw new PaginationLoopError(token);
    seen.add(token);
  } while (true);
}
