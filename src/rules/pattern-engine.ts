import { RE2JS } from 're2js';
import type { PatternEngine } from '../model/rule.ts';

/** Compiles an RE2 pattern to a test whose time is linear in the text. Throws for a pattern that RE2 refuses. */
export const linearPattern: PatternEngine = (pattern) => {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
};
