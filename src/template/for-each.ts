import { isRawObject, setMember, type RawObject } from '../text/raw.ts';

/** Key prefix of a loop: `Fn::ForEach::<loop name>`. */
export const forEachPrefix = 'Fn::ForEach::';

/** A loop's parts: `[identifier, collection, {key: body}]`. */
export interface ForEach {
  readonly identifier: string;
  readonly collection: unknown;
  readonly body: RawObject;
}

/** Reads the argument of a `Fn::ForEach::...`; undefined when it is malformed. */
export function parseForEach(argument: unknown): ForEach | undefined {
  if (!Array.isArray(argument) || argument.length !== 3) return undefined;
  const [identifier, collection, body] = argument as unknown[];
  return typeof identifier === 'string' && isRawObject(body) ? { identifier, collection, body } : undefined;
}

/** Counts what substitution copies, over a whole template, so that nested loops stay bounded. */
export interface CopyBudget {
  left: number;
}

/**
 * A copy of `raw` with the loop's identifier replaced: `${Id}` and `&{Id}` in keys and strings,
 * `{"Ref": "Id"}` by the text itself. Parts without it are shared. Undefined once the budget is spent.
 */
export function substitute(raw: unknown, identifier: string, text: string, budget: CopyBudget): unknown {
  if (budget.left-- <= 0) return undefined;
  if (typeof raw === 'string') return replaceIdentifier(raw, identifier, text);
  if (Array.isArray(raw)) {
    return (raw as unknown[]).map((item) => substitute(item, identifier, text, budget));
  }
  if (!isRawObject(raw)) return raw;
  if (raw['Ref'] === identifier && Object.keys(raw).length === 1) return text;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) {
    setMember(copy, replaceIdentifier(key, identifier, text), substitute(raw[key], identifier, text, budget));
  }
  return copy;
}

function replaceIdentifier(where: string, identifier: string, text: string): string {
  if (!where.includes(`{${identifier}}`)) return where;
  // `&{Id}` strips what is not alphanumeric, as logical ids need it.
  return where
    .replaceAll(`\${${identifier}}`, () => text)
    .replaceAll(`&{${identifier}}`, () => text.replace(/[^A-Za-z0-9]/g, ''));
}
