import { redactionMark } from '../model/redaction.ts';
import type { RuleData } from '../model/rule.ts';
import {
  Choice,
  isObjectValue,
  PartialString,
  Reference,
  Unresolved,
  type Cause,
  type StringPart,
  type Value,
} from '../model/value.ts';

interface CredentialPatterns {
  readonly values: readonly { readonly name: string; readonly pattern: RegExp }[];
  readonly names: RegExp;
  readonly placeholders: RegExp;
}

// The table is Headgate's own, and no pattern in it repeats a group without bound.
const compiled = new WeakMap<RuleData['credentials'], CredentialPatterns>();

function patternsOf(data: RuleData['credentials']): CredentialPatterns {
  let patterns = compiled.get(data);
  if (patterns === undefined) {
    patterns = {
      values: data.values.map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern) })),
      names: new RegExp(data.names, 'i'),
      placeholders: new RegExp(data.placeholders, 'i'),
    };
    compiled.set(data, patterns);
  }
  return patterns;
}

/**
 * Where credentials stand in a text, as `[start, end)` in order: shapes that are known, or all of a
 * value under a secret-like name.
 */
export function credentialRanges(
  name: string,
  text: string,
  data: RuleData['credentials'],
): readonly (readonly [start: number, end: number])[] {
  const ranges = patternsOf(data).values.flatMap(({ pattern }) => {
    const all = new RegExp(pattern.source, `${pattern.flags}g`);
    return [...text.matchAll(all)].map((match): [number, number] => [
      match.index,
      match.index + match[0].length,
    ]);
  });
  if (ranges.length === 0) return credentialIn(name, text, data) === undefined ? [] : [[0, text.length]];
  const merged: [number, number][] = [];
  for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** What credential a value looks like, by its own shape; undefined for none. */
export function credentialShape(value: string, data: RuleData['credentials']): string | undefined {
  // Nothing that long is a credential, and every pattern stays fast.
  if (value.length < 12 || value.length > 20_000) return undefined;
  return patternsOf(data).values.find(({ pattern }) => pattern.test(value))?.name;
}

/** Attributes that are credentials themselves: of a user pool's client, of an IAM access key. */
const secretAttributes: ReadonlySet<string> = new Set(['ClientSecret', 'SecretAccessKey']);

function handedOut(part: StringPart): string | undefined {
  const attribute = part instanceof Reference ? part.attribute : undefined;
  return attribute !== undefined && secretAttributes.has(attribute)
    ? `the ${attribute} that the deployment writes out`
    : undefined;
}

/** Why an entry carries a credential: its value's shape, or a secret-like name with a literal value. */
export function credentialIn(
  key: string,
  value: Value | undefined,
  data: RuleData['credentials'],
): string | undefined {
  if (value instanceof PartialString) {
    return value.parts
      .map((part) => (typeof part === 'string' ? credentialShape(part, data) : handedOut(part)))
      .find((found) => found !== undefined);
  }
  if (value instanceof Reference) return handedOut(value);
  if (typeof value !== 'string') return undefined;
  if (value.includes(redactionMark)) return 'a credential that the snapshot holds as a hash';
  const shape = credentialShape(value, data);
  if (shape !== undefined) return shape;
  const { names, placeholders } = patternsOf(data);
  const literal =
    value.length >= 4 && !/^(arn:|https?:\/\/|\/|\{\{resolve:|true$|false$|\d{1,6}$)/i.test(value);
  return literal && names.test(key) && !placeholders.test(value)
    ? `a literal value under the secret-like name ${key}`
    : undefined;
}

/** The value that an entry carries: of a template's parameter its `Default`, of an output its `Value`, else itself. */
export function carriedValue(value: Value | undefined): Value | undefined {
  return isObjectValue(value) ? (value['Default'] ?? value['Value']) : value;
}

/**
 * Why a value may be a credential although none is seen: somebody writes it elsewhere. What a
 * deployment makes (a Region, an ARN, an endpoint) is none.
 */
export function credentialDoubt(value: Value | undefined): Cause | undefined {
  if (value instanceof Choice) return credentialDoubt(value.whenTrue) ?? credentialDoubt(value.whenFalse);
  const written = value instanceof Unresolved && ['parameter', 'import'].includes(value.cause.code);
  return written ? value.cause : undefined;
}
