import { readAllowedPattern } from './allowed-pattern.ts';

/** What is known of a value that is not known: what the declaration of a parameter rejects, it never is. */
export interface ValueLimits {
  /** Least and greatest number that it may be, both included; only of numbers. */
  readonly between?: readonly [least: number, greatest: number];
  /** Fewest and most characters. */
  readonly length?: readonly [fewest: number, most: number];
  /** The pattern that the whole text matches. */
  readonly pattern?: string;
  /** The texts that are allowed. */
  readonly texts?: readonly string[];
  /** True for the id or name of what is there: neither empty nor a star. */
  readonly isName?: true;
}

/** A value that may have limits: an `Unresolved`. */
interface Limited {
  readonly limits?: ValueLimits | undefined;
}

/** False where the declaration of what is not known rejects the text. */
export function mayBe({ limits }: Limited, text: string): boolean {
  if (limits === undefined) return true;
  const { between, length, pattern, texts, isName } = limits;
  if (isName === true && (text === '' || text === '*')) return false;
  if (between !== undefined && !isWithin(text.trim() === '' ? NaN : Number(text), between)) return false;
  if (length !== undefined && !isWithin(text.length, length)) return false;
  if (texts !== undefined && !texts.includes(text)) return false;
  return pattern === undefined || readAllowedPattern(pattern)?.matches(text) !== false;
}

function isWithin(number: number, [least, most]: readonly [number, number]): boolean {
  return number >= least && number <= most;
}

/** What the text of a value begins with whatever it is. */
export function knownStart({ limits }: Limited): string {
  return readAllowedPattern(limits?.pattern)?.start ?? '';
}
