import type { PatternEngine, PatternTest } from '../model/rule.ts';

const compiled = new Map<string, PatternTest>();

/** What a pattern may be trusted with. */
export interface PatternTrust {
  /** True for a rule that Headgate ships: its patterns were read by those who wrote them. */
  readonly isShipped: boolean;
  /** Engine whose time is linear whatever the pattern; comes with rules of the user's own. */
  readonly engine: PatternEngine | undefined;
}

/**
 * Compiles an RE2 pattern. The language's own engine is used where its time is bounded whatever the
 * text: no repetition over a group, none that is unbounded (where it may begin anywhere, even one takes quadratic
 * time), and few ways to share a text out among those that are bounded. All others of a user's rules run in the
 * linear engine.
 * @throws Error when a pattern needs that engine and the rule set has none.
 */
export function compilePattern(pattern: string, { isShipped, engine }: PatternTrust): PatternTest {
  const key = `${isShipped ? '' : 'own '}${pattern}`;
  let test = compiled.get(key);
  if (test === undefined) {
    const ignoreCase = pattern.startsWith('(?i)');
    const body = ignoreCase ? pattern.slice('(?i)'.length) : pattern;
    if (isShipped || isBounded(body)) test = nativeTest(new RegExp(body, ignoreCase ? 'i' : ''));
    else if (engine !== undefined) test = engine(pattern);
    else throw new Error(`the pattern ${pattern} needs the rule set's pattern engine`);
    compiled.set(key, test);
  }
  return test;
}

// Nothing that is compared with a pattern is that long, and a bound keeps hostile input cheap.
const longestText = 100_000;

function nativeTest(pattern: RegExp): PatternTest {
  return (text) => pattern.test(text.length > longestText ? text.slice(0, longestText) : text);
}

/** Ways in which bounded repetitions may share a text out where the language's own engine tries them all. */
const waysLimit = 64;

function isBounded(pattern: string): boolean {
  const withoutClasses = pattern.replaceAll(/\\./g, 'a').replaceAll(/\[[^\]]*\]/g, 'a');
  if (/\(\?|\)[*+{?]/.test(withoutClasses)) return false;
  if (/[*+]|\{\d+,\}/.test(withoutClasses)) return false;
  let ways = 1;
  for (const [, least, most] of withoutClasses.matchAll(/\?|\{(\d+),(\d+)\}/g))
    ways *= most === undefined ? 2 : Number(most) - Number(least) + 1;
  return ways <= waysLimit;
}
