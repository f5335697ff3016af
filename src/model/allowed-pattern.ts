/** One character as a pattern writes it: itself, any, an escape, or a class; what Java and JavaScript read alike. */
const character = String.raw`(?:[^\\.[\](){}*+?|^$]|\.|\\[dDwWsS\-./:_@*+?()[\]{}|^$\\]|\[\^?(?:[^\][\\&]|\\[dws\-\][./\\^$+*])+\])`;
const repeated = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})?(?![*+?])`;
const sequence = String.raw`(?:${character}${repeated}|[\^$])*`;
const group = String.raw`\((?:\?:)?${sequence}(?:\|${sequence})*\)\??(?![*+?{])`;
const branch = String.raw`(?:${character}${repeated}|[\^$]|${group})*`;
const plainPattern = new RegExp(String.raw`^${branch}(?:\|${branch})*$`);

/** Longer patterns, texts, and more repetitions than these are not tried: each costs a power of the length. */
const longestPattern = 200;
const longestText = 100;
const mostRepetitions = 3;

/** What a pattern says that a whole text must match. */
export interface AllowedPattern {
  /** True also for a text that is too long to try. */
  readonly matches: (text: string) => boolean;
  /** The characters that every match begins with. */
  readonly start: string;
}

const read = new Map<string, AllowedPattern | 'other'>();

/**
 * Reads the `AllowedPattern` of a parameter, which must match the whole value.
 * @returns undefined for what would be slow, or means something else in the language of the pattern: repeated
 *   groups, references, looking around, flags.
 */
export function readAllowedPattern(pattern: string | undefined): AllowedPattern | undefined {
  if (pattern === undefined) return undefined;
  const known = read.get(pattern);
  if (known !== undefined) return known === 'other' ? undefined : known;
  const found = readPattern(pattern);
  read.set(pattern, found ?? 'other');
  return found;
}

function readPattern(pattern: string): AllowedPattern | undefined {
  if (pattern.length > longestPattern || !plainPattern.test(pattern)) return undefined;
  const withoutClasses = pattern.replaceAll(/\\./g, 'a').replaceAll(/\[[^\]]*\]/g, 'a');
  if ((withoutClasses.match(/[*+]|\{\d+,\d*\}/g) ?? []).length > mostRepetitions) return undefined;
  const whole = compile(`^(?:${pattern})$`);
  if (whole === undefined) return undefined;
  return {
    matches: (text) => text.length > longestText || whole.test(text),
    start: withoutClasses.includes('|') ? '' : literalStart(pattern),
  };
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    // A range out of order, which no deployment takes either.
    return undefined;
  }
}

function literalStart(pattern: string): string {
  const [, plain = '', next = ''] = /^\^?((?:[\w:/@ -]|\\[-./:_])*)(.?)/.exec(pattern) ?? [];
  // A repetition is of the last character, which then may be left out.
  const certain = /[*?{]/.test(next) ? plain.replace(/\\?.$/, '') : plain;
  return certain.replaceAll('\\', '');
}
