import { RE2JS } from 're2js';
import type { RuleData } from '../model/rule.ts';
import { Choice, isObjectValue, PartialString, Unresolved, type Cause, type Value } from '../model/value.ts';

interface CredentialPatterns {
  readonly values: readonly { readonly name: string; readonly pattern: RE2JS }[];
  readonly names: RE2JS;
  readonly placeholders: RE2JS;
}

const compiled = new WeakMap<RuleData['credentials'], CredentialPatterns>();

function patternsOf(data: RuleData['credentials']): CredentialPatterns {
  let patterns = compiled.get(data);
  if (patterns === undefined) {
    patterns = {
      values: data.values.map(({ name, pattern }) => ({ name, pattern: RE2JS.compile(pattern) })),
      names: RE2JS.compile(data.names, RE2JS.CASE_INSENSITIVE),
      placeholders: RE2JS.compile(data.placeholders, RE2JS.CASE_INSENSITIVE),
    };
    compiled.set(data, patterns);
  }
  return patterns;
}

/** What credential a value looks like, by its own shape; undefined for none. */
export function credentialShape(value: string, data: RuleData['credentials']): string | undefined {
  if (value.length < 12) return undefined;
  return patternsOf(data).values.find(({ pattern }) => pattern.matcher(value).find())?.name;
}

/** Why an entry carries a credential: its value's shape, or a secret-like name with a literal value. */
export function credentialIn(
  key: string,
  value: Value | undefined,
  data: RuleData['credentials'],
): string | undefined {
  if (value instanceof PartialString) {
    return value.parts
      .map((part) => (typeof part === 'string' ? credentialShape(part, data) : undefined))
      .find((found) => found !== undefined);
  }
  if (typeof value !== 'string') return undefined;
  const shape = credentialShape(value, data);
  if (shape !== undefined) return shape;
  const { names, placeholders } = patternsOf(data);
  const literal =
    value.length >= 4 && !/^(arn:|https?:\/\/|\/|\{\{resolve:|true$|false$|\d{1,6}$)/i.test(value);
  return literal && names.matcher(key).find() && !placeholders.matcher(value).find()
    ? `a literal value under the secret-like name ${key}`
    : undefined;
}

/** The value that an entry carries: of a template's parameter its `Default`, of an output its `Value`, else itself. */
export function carriedValue(value: Value | undefined): Value | undefined {
  return isObjectValue(value) ? (value['Default'] ?? value['Value']) : value;
}

/** Why a value may be a credential although none is seen: it is not known. A Region or an account is none. */
export function credentialDoubt(value: Value | undefined): Cause | undefined {
  if (value instanceof Choice) return credentialDoubt(value.whenTrue) ?? credentialDoubt(value.whenFalse);
  return value instanceof Unresolved && value.cause.code !== 'pseudo-parameter' ? value.cause : undefined;
}
