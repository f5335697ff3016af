import { describe, expect, it } from '@jest/globals';
import { compilePattern } from '../../../src/evaluate/pattern.ts';
import { linearPattern } from '../../../src/rules/pattern-engine.ts';

/** Which patterns of a user's rule go to the engine whose time is linear. */
function isLinear(pattern: string): boolean {
  let isAsked = false;
  compilePattern(pattern, {
    isShipped: false,
    engine: () => {
      isAsked = true;
      return () => false;
    },
  });
  return isAsked;
}

describe('a pattern of a user’s rule', () => {
  it.each([
    'a{1,1000}a{1,1000}b',
    'x?x?x?x?x?x?x?xxxxxxx',
    '[a-z]{1,20}[a-z]{1,20}!',
    '(ab){1,3}c',
    '(a|b)?c',
    'a{2,}b',
    'a+b',
    '.*x',
    '^(a+)+$',
    '(?i)a*b',
  ])('that could take long runs in the linear engine: %s', (pattern) => {
    expect(isLinear(pattern)).toBe(true);
  });

  it.each(['^prod-[a-z]{1,8}$', 'https?://', '^arn:aws:', 'a{3}b{4}'])(
    'that cannot does not need it: %s',
    (pattern) => {
      expect(isLinear(`${pattern}()`)).toBe(false);
    },
  );

  it('is answered as before by either engine', () => {
    const asked = (pattern: string, text: string) =>
      compilePattern(pattern, { isShipped: false, engine: linearPattern })(text);
    expect([asked('a{1,40}a{1,40}b', 'aaaab'), asked('a{1,40}a{1,40}b', 'aaaa')]).toEqual([true, false]);
    expect([asked('^x{1,3}y$', 'xxy'), asked('^x{1,3}y$', 'xxxxy')]).toEqual([true, false]);
  });

  it('is refused where its repetitions spell out to too much', () => {
    const wide = '[a-z]{0,1000}'.repeat(12);
    expect(() => linearPattern(wide)).toThrow('repetitions are too many');
  });
});
