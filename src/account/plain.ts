import { SymbolicValue, type Value } from '../model/value.ts';

/** Deeper answers do not exist; a hostile one is cut here. */
const maximumDepth = 1_000;

/**
 * An SDK answer as a property value: absent members are left out, dates become ISO text, bytes UTF-8 text.
 * Symbolic values pass unchanged.
 */
export function toValue(answer: unknown): Value | undefined {
  return convert(answer, 0);
}

function convert(answer: unknown, depth: number): Value | undefined {
  if (answer === undefined || answer === null || depth > maximumDepth) return undefined;
  if (answer instanceof SymbolicValue) return answer;
  if (typeof answer === 'string' || typeof answer === 'number' || typeof answer === 'boolean') return answer;
  if (typeof answer === 'bigint') return Number(answer);
  if (answer instanceof Date) return answer.toISOString();
  if (answer instanceof Uint8Array) return Buffer.from(answer).toString('utf8');
  if (Array.isArray(answer)) {
    return answer.map((item) => convert(item, depth + 1)).filter((item) => item !== undefined);
  }
  return typeof answer === 'object' ? toProperties(answer, depth + 1) : undefined;
}

/** The members of an answer that are there, as values. */
export function toProperties(answer: object, depth = 0): Record<string, Value> {
  const properties: Record<string, Value> = {};
  for (const [key, member] of Object.entries(answer)) {
    const value = convert(member, depth);
    if (value !== undefined) properties[key] = value;
  }
  return properties;
}

/** A document that a service hands out as JSON text; text that is none stays text, so that nothing is lost. */
export function parseDocument(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `{Environment: 'prod'}` as `[{Key, Value}]`. */
export function tagList(tags: Readonly<Record<string, string>> | undefined): unknown {
  return tags === undefined ? undefined : Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The object, or nothing where none of its members is there. */
export function nonEmpty<Members extends object>(members: Members | undefined): Members | undefined {
  if (members === undefined) return undefined;
  const isThere = (member: unknown): boolean =>
    member !== undefined &&
    member !== null &&
    member !== '' &&
    !(Array.isArray(member) && member.length === 0);
  return Object.values(members).some(isThere) ? members : undefined;
}

/** `loggingConfiguration` -> `LoggingConfiguration`, for every member, all the way down. */
export function capitalise(answer: unknown, depth = 0): unknown {
  if (depth > maximumDepth) return undefined;
  if (Array.isArray(answer)) return answer.map((item) => capitalise(item, depth + 1));
  if (typeof answer !== 'object' || answer === null) return answer;
  if (answer instanceof Date || answer instanceof Uint8Array || answer instanceof SymbolicValue)
    return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([key, member]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      capitalise(member, depth + 1),
    ]),
  );
}
