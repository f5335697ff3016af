import type { RuleData } from '../model/rule.ts';

/**
 * What a literal under a name is. `credential`: the credential itself. `either`: it or its name.
 * `other`: neither, unless its shape says so.
 */
export type NameKind = 'credential' | 'either' | 'other';

/** Endings that say which of several values it is, not what it is. */
const endings: ReadonlySet<string> = new Set(
  (
    'value val plain plaintext text string raw encoded base64 b64 prod production dev development staging ' +
    'stage stg test qa uat live sandbox current old new primary secondary default backup'
  ).split(' '),
);

/** `stripeSecretKey2`, `STRIPE-SECRET-KEY_PROD` -> `stripe_secret_key`. */
export function wordsOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/^([a-z]{3,})\d+$/, '$1'))
    .filter((word) => word !== '' && !/^\d+$/.test(word));
  while (words.length > 1 && isEnding(words.at(-1) ?? '')) words.pop();
  return words.join('_');
}

function isEnding(word: string): boolean {
  return word.length === 1 || endings.has(word);
}

interface NamePatterns {
  readonly names: RegExp;
  readonly namesOfEither: RegExp;
  readonly namesOfNeither: RegExp;
}

// The table is Headgate's own, and no pattern in it repeats a group without bound.
const compiled = new WeakMap<RuleData['credentials'], NamePatterns>();

function patternsOf(data: RuleData['credentials']): NamePatterns {
  let patterns = compiled.get(data);
  if (patterns === undefined) {
    patterns = {
      names: new RegExp(data.names),
      namesOfEither: new RegExp(data.namesOfEither),
      namesOfNeither: new RegExp(data.namesOfNeither),
    };
    compiled.set(data, patterns);
  }
  return patterns;
}

/** What a literal under these words (see `wordsOf`) is. */
export function kindOfName(words: string, data: RuleData['credentials']): NameKind {
  const { names, namesOfEither, namesOfNeither } = patternsOf(data);
  if (namesOfNeither.test(words)) return 'other';
  if (names.test(words)) return 'credential';
  return namesOfEither.test(words) ? 'either' : 'other';
}

/** Text that reads as words: `orders-db`, `PartnerApi`, `prod`; no digits inside, no jumble of cases. */
export function readsAsWords(text: string): boolean {
  return text
    .split(/[-_. ]/)
    .every((part) => /^([A-Z]?[a-z]{1,14}|[A-Z]{1,8})([A-Z][a-z]{2,14}){0,5}\d{0,2}$|^v?\d{1,4}$/.test(part));
}

/** `prod/orders/db`: how secrets and parameters are named, and no password is. */
export function readsAsPath(text: string): boolean {
  const parts = text.replace(/^\//, '').split('/');
  return parts.length > 1 && parts.every((part) => part !== '' && readsAsWords(part));
}
