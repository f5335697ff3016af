import { HeadgateError } from '../model/headgate-error.ts';

// What callers without a compiler get wrong, reported where they call and not where it fails.

/**
 * @param caller name of the function that was called
 * @throws HeadgateError `options-invalid` for options that are missing or of another kind
 */
export function checkDecideOptions(caller: string, options: unknown): void {
  const { ruleSet, now, version } = (options ?? {}) as Readonly<Record<string, unknown>>;
  checkRuleSet(caller, ruleSet);
  if (!(now instanceof Date)) reject(caller, '`now` must be a date; use `new Date()`.');
  if (typeof version !== 'string')
    reject(caller, '`version` must be a string, for example the version of your program.');
}

/** @throws HeadgateError `options-invalid` for rules without settings, such as `shippedRules()` returns */
export function checkRuleSet(caller: string, ruleSet: unknown): void {
  if (typeof ruleSet !== 'object' || ruleSet === null || !('rules' in ruleSet))
    reject(caller, '`ruleSet` is missing; use `applySettings(await shippedRules(), {})`.');
  else if (!('parameters' in ruleSet))
    reject(caller, '`ruleSet` has no settings; use `applySettings(await shippedRules(), {})`.');
}

/** @throws HeadgateError `options-invalid` for anything but a list of texts, and for a missing working folder */
export function checkReadOptions(caller: string, paths: unknown, read: unknown): void {
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string'))
    reject(caller, 'The paths must be a list of strings, for example `["cdk.out"]`.');
  if (typeof (read as { readonly cwd?: unknown } | undefined)?.cwd !== 'string')
    reject(caller, '`cwd` is missing; use `{ cwd: process.cwd() }`.');
}

function reject(caller: string, message: string): never {
  throw new HeadgateError('options-invalid', `${caller}: ${message}`);
}
