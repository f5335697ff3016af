import { describe, expect, it } from '@jest/globals';
import { pages } from '../../src/account/pages.ts';

interface Page {
  readonly Items: readonly string[];
  readonly Next?: string;
}

/** The items of a list that answers with `page` for each number of a call. */
async function read(page: (call: number) => Page): Promise<number> {
  let calls = 0;
  let items = 0;
  const listed = pages(
    () => Promise.resolve(page((calls += 1))),
    ({ Next }) => Next,
  );
  for await (const { Items } of listed) items += Items.length;
  return items;
}

describe('pages of a list', () => {
  it('are read to the end, however many there are, empty ones between them', async () => {
    expect(
      await read((call) => ({ Items: [`i${call}`], ...(call < 3_000 ? { Next: `t${call}` } : {}) })),
    ).toBe(3_000);
    const sparse = (call: number): Page => ({
      Items: call % 200 === 0 ? [`i${call}`] : [],
      ...(call < 1_000 ? { Next: `t${call}` } : {}),
    });
    expect(await read(sparse)).toBe(5);
  });

  it.each([
    ['the same token', () => ({ Items: ['i'], Next: 't' }), /page token `t` twice/],
    [
      'fresh tokens for the same page',
      (call: number) => ({ Items: ['i'], Next: `t${call}` }),
      /repeated a page/,
    ],
    [
      'fresh tokens for nothing',
      (call: number) => ({ Items: [], Next: `t${call}` }),
      /did not end \(pages read: 500\)/,
    ],
  ])('end with an error for a service that hands out %s forever', async (_name, page, message) => {
    await expect(read(page)).rejects.toThrow(message);
  });
});
