import { RE2JS } from 're2js';
import type { PatternEngine } from '../model/rule.ts';

/** Steps that the engine may make for each character: the compiled pattern's size. */
const programLimit = 10_000;

/** Nothing that is compared with a pattern is that long, in characters. */
const longestText = 100_000;

/**
 * Compiles an RE2 pattern to a test whose time is linear in the text. Throws for a pattern that RE2 refuses, and for one
 * whose repetitions spell out to more than the engine goes through for each character in no time.
 */
export const linearPattern: PatternEngine = (pattern) => {
  const compiled = RE2JS.compile(pattern);
  if (compiled.programSize() > programLimit)
    throw new Error('its repetitions are too many; repeat fewer times, or use * or +');
  return (text) => compiled.matcher(text.slice(0, longestText)).find();
};
