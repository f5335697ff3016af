import { describe, expect, it } from '@jest/globals';
import { globMatches, globProblem } from '../../../src/model/glob.ts';

describe('a glob', () => {
  it.each([
    ['test', 'test', true],
    ['test', 'test/a/b.yaml', true],
    ['test/', 'test/a.yaml', true],
    ['./test', 'test/a.yaml', true],
    ['test', 'a/test', false],
    ['**/test', 'test', true],
    ['**/test', 'a/b/test/c.yaml', true],
    ['**/test/**', 'a/test/b/c.yaml', true],
    ['**/*.yaml', 'a.yaml', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['*.yaml', 'a/b.yaml', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b/**/c', 'a/b/x/b/y/c', true],
    ['a/**/b', 'c/a/b', false],
    ['a/?.json', 'a/b.json', true],
    ['a/?.json', 'a/bc.json', false],
    ['a/*', 'a', false],
    ['**', 'a/b', true],
    ['.', 'a/b', true],
  ])('%s on %s: %s', (glob, path, fits) => {
    expect(globMatches(glob, path)).toBe(fits);
  });

  it('takes no more steps than both lengths allow', () => {
    const path = `${'a/'.repeat(300)}b`;
    expect(globMatches(`${'**/a/'.repeat(100)}**/c`, path)).toBe(false);
  });

  it('is refused with signs that it does not know', () => {
    expect(
      ['a/*', '*.{a,b}', '!a', '[ab]', '/a', 'C:/a'].map((glob) => globProblem(glob) === undefined),
    ).toEqual([true, false, false, false, false, false]);
  });
});
