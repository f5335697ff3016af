/** A service that hands out pages for ever. */
export class PaginationLoopError extends Error {
  override readonly name = 'PaginationLoop';
}

/** Pages after which a list is looked at for repeating itself; a page of a real list holds something new. */
const pagesBeforeDoubt = 20;
/** Empty pages in a row after which a list has no more to tell: services filter after they have read a page. */
const emptyPages = 500;
const maximumPages = 20_000;

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
  const contents = new Set<string>();
  let token: string | undefined;
  for (let count = 1, empty = 0; ; count += 1) {
    const page = await call(token);
    yield page;
    token = nextToken(page);
    if (token === undefined || token === '') return;
    if (seen.has(token))
      throw new PaginationLoopError(`the API returned the page token \`${token.slice(0, 40)}\` twice`);
    seen.add(token);
    empty = isEmpty(page) ? empty + 1 : 0;
    if (empty >= emptyPages || count >= maximumPages)
      throw new PaginationLoopError(`the list did not end (pages read: ${count})`);
    if (count < pagesBeforeDoubt || empty > 0) continue;
    const content = JSON.stringify(listsOf(page));
    if (contents.has(content))
      throw new PaginationLoopError(`the list repeated a page (pages read: ${count})`);
    contents.add(content);
  }
}

function listsOf(page: unknown): readonly unknown[] {
  return Object.values(page as object).filter((member) => Array.isArray(member)); // answers are objects
}

function isEmpty(page: unknown): boolean {
  return listsOf(page).every((list) => (list as unknown[]).length === 0);
}
