import { RE2JS } from 're2js';

/** Answers whether a pattern is found in a text. */
export type PatternTest = (text: string) => boolean;

const compiled = new Map<string, PatternTest>();

/**
 * Compiles an RE2 pattern. The engine's own is used where its time is bounded whatever the text:
 * no repetition over a group, and at most one that is unbounded. All others run in linear time.
 */
export function compilePattern(pattern: string): PatternTest {
  let test = compiled.get(pattern);
  if (test === undefined) {
    const ignoreCase = pattern.startsWith('(?i)');
    const body = ignoreCase ? pattern.slice('(?i)'.length) : pattern;
    test = isPlain(body) ? nativeTest(new RegExp(body, ignoreCase ? 'i' : '')) : linearTest(pattern);
    compiled.set(pattern, test);
  }
  return test;
}

function nativeTest(pattern: RegExp): PatternTest {
  return (text) => pattern.test(text);
}

function linearTest(pattern: string): PatternTest {
  const compiledPattern = RE2JS.compile(pattern);
  return (text) => compiledPattern.matcher(text).find();
}

function isPlain(pattern: string): boolean {
  const withoutClasses = pattern.replaceAll(/\\./g, 'a').replaceAll(/\[[^\]]*\]/g, 'a');
  if (/\(\?|\)[*+{]/.test(withoutClasses)) return false;
  return (withoutClasses.match(/[*+]|\{\d+,\}/g) ?? []).length <= 1;
}
