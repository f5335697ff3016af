import { fileURLToPath } from 'node:url';
import type { RuleSources } from './apply-config.ts';
import { readShippedRules } from './read-rules.ts';

/**
 * The rules that Headgate ships, for deciding: their examples may be left out. The bundle replaces this module by the rules as data, validated
 * when it was built (scripts/build.mjs); run from source, they are read from `rules/`.
 */
export function shippedRules(): Promise<RuleSources> {
  read ??= readShippedRules(fileURLToPath(new URL('../../rules', import.meta.url)));
  return read;
}

// Nobody changes them, and tests ask for them many times in one process.
let read: Promise<RuleSources> | undefined;

/** The shipped rules with their examples, for testing and showing them. */
export async function shippedRulesWithExamples(): Promise<RuleSources> {
  return shippedRules();
}
