import { HeadgateError } from '../model/headgate-error.ts';
import type { Rule } from '../model/rule.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { nearest } from './nearest.ts';

/**
 * Ids of the rules that a word names: an id, a glob of ids (`api.*`), or a service as in resource types or in the
 * folders of the rules (`lambda`, `apigatewayv2`, `vpc`).
 * @throws HeadgateError `rule-unknown` for a word that names none.
 */
export function rulesNamed(word: string, rules: readonly Rule[]): string[] {
  const isGlob = /[*?]/.test(word);
  const isService = !isGlob && !word.includes('.');
  const named = rules
    .filter((rule) => {
      if (isGlob) return wildcardMatches(word, rule.id);
      return isService ? servicesOf(rule).includes(word.toLowerCase()) : rule.id === word;
    })
    .map(({ id }) => id);
  if (named.length === 0) throw unknownWord(word, rules, { isGlob, isService });
  return named;
}

/** `lambda` for AWS::Lambda::Function, and the folder that a shipped rule lies in. */
function servicesOf({ appliesTo, file, origin }: Rule): string[] {
  const services = appliesTo.map((type) => type.split('::')[1]?.toLowerCase() ?? type);
  const folder = /^rules\/([^/]+)\//.exec(file)?.[1];
  return origin === 'shipped' && folder !== undefined ? [...services, folder] : services;
}

function unknownWord(
  word: string,
  rules: readonly Rule[],
  { isGlob, isService }: { readonly isGlob: boolean; readonly isService: boolean },
): HeadgateError {
  const lists = '`headgate rules list` lists all rules.';
  if (isGlob) return new HeadgateError('rule-unknown', `No rule ID matches \`${word}\`; ${lists}`);
  const words = isService
    ? [...new Set(rules.flatMap(servicesOf)), ...rules.map(({ id }) => id)]
    : rules.map(({ id }) => id);
  const meant = nearest(word, words);
  const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  return new HeadgateError(
    'rule-unknown',
    `Unknown rule ${isService ? 'or service ' : ''}\`${word}\`${hint === '' ? ';' : hint} ${lists}`,
  );
}
