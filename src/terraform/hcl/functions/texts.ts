import { RE2JS, type Matcher } from 're2js';
import { PartialString, Unresolved } from '../../../model/value.ts';
import { splitText, toSymbolicText, toValue } from '../../../model/symbolic-text.ts';
import { force, itemsOf, objectOf, partsOf, termOf, unknownOf, type Term } from '../terms.ts';
import { fail, firstUnknown, ofTexts, readItems, readNumber, readText } from './arguments.ts';
import { formatTerms } from './format.ts';
import type { HclFunction } from './function.ts';

const oneText = (apply: (text: string) => Term): HclFunction => ofTexts(([text = '']) => apply(text));
const twoTexts = (apply: (text: string, other: string) => Term): HclFunction =>
  ofTexts(([text = '', other = '']) => apply(text, other));

/** Terraform counts what people call characters. */
const segmenter = new Intl.Segmenter('en');
const charactersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return fail('the pattern is not valid');
  }
}

const groupPattern = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** Replaces what a pattern matches; `$1`, `$name` and `${name}` stand for groups, as in Go's Expand. */
function replaceMatches(pattern: RE2JS, text: string, by: string): string {
  const found = pattern.matcher(text);
  const names = pattern.namedGroups() as Readonly<Record<string, number>>;
  const pieces: string[] = [];
  let at = 0;
  while (found.find()) {
    pieces.push(text.slice(at, found.start()));
    at = found.end();
    const replaced = by.replace(groupPattern, (sign, braced?: string, plain?: string) => {
      const name = braced ?? plain;
      if (name === undefined) return sign.slice(1);
      const group = /^\d+$/.test(name) ? Number(name) : names[name];
      return group === undefined || group > found.groupCount() ? '' : (found.group(group) ?? '');
    });
    pieces.push(replaced);
  }
  return pieces.join('') + text.slice(at);
}

/** What a match captured: a list of groups, an object of named ones, or the text itself. */
function captured(pattern: RE2JS, found: Matcher): Term {
  const names = Object.keys(pattern.namedGroups());
  const group = (key: string | number): Term => found.group(key as number) ?? null;
  if (names.length > 0) return objectOf(names.map((name) => [name, group(name)] as const));
  if (found.groupCount() === 0) return group(0);
  return Array.from({ length: found.groupCount() }, (_, index) => group(index + 1));
}

/** What never holds a separator of ARNs and paths. */
const plainPieces: ReadonlySet<string> = new Set(['AWS::Region', 'AWS::AccountId', 'AWS::Partition']);

/** Splits a text with holes, where none of them can hold the separator. */
function splitPartial(separator: string, value: PartialString): Term {
  const marked = toSymbolicText(value);
  const open = value.parts.find(
    (part) =>
      typeof part !== 'string' && !(part instanceof Unresolved && plainPieces.has(part.subject ?? '')),
  );
  if (marked === undefined || separator.length !== 1 || open !== undefined) return unknownOf([value]) ?? null;
  return splitText(marked.text, separator).map((piece) => termOf(toValue(piece, marked.pieces)));
}

export const textFunctions: Readonly<Record<string, HclFunction>> = {
  chomp: oneText((text) => text.replace(/(?:\r?\n)+$/, '')),
  lower: oneText((text) => text.toLowerCase()),
  upper: oneText((text) => text.toUpperCase()),
  title: oneText((text) =>
    text.replace(
      /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  strrev: oneText((text) => charactersOf(text).reverse().join('')),
  trimspace: oneText((text) => text.trim()),
  trim: twoTexts((text, set) => trimSet(text, set)),
  trimprefix: ([text, prefix], context) => trimEnd([text ?? null, prefix ?? null], context, 'start'),
  trimsuffix: ([text, suffix], context) => trimEnd([text ?? null, suffix ?? null], context, 'end'),
  startswith: ([text, prefix]) => hasEnd(text ?? null, prefix ?? null, 'start'),
  endswith: ([text, suffix]) => hasEnd(text ?? null, suffix ?? null, 'end'),
  strcontains: ([text, part]) => {
    const wanted = readText(part);
    if (wanted instanceof Unresolved) return wanted;
    const known = partsOf(text ?? null)?.some((piece) => typeof piece === 'string' && piece.includes(wanted));
    if (known === true) return true;
    const whole = readText(text);
    return whole instanceof Unresolved ? whole : whole.includes(wanted);
  },
  indent: ([spaces, text]) => {
    const [count, value] = [readNumber(spaces), readText(text)];
    if (typeof count !== 'number') return count;
    return typeof value === 'string'
      ? value.replaceAll('\n', `\n${' '.repeat(Math.min(Math.max(count, 0), 1000))}`)
      : value;
  },
  substr: ([text, offset, length], context) => {
    const [value, from, count] = [readText(text), readNumber(offset), readNumber(length)];
    const unknown = firstUnknown([value, from, count]);
    if (unknown !== undefined) return unknown;
    if (typeof value !== 'string' || typeof from !== 'number' || typeof count !== 'number') return undefined;
    const characters = charactersOf(value);
    const start = from < 0 ? Math.max(characters.length + from, 0) : from;
    const cut = characters.slice(start, count < 0 ? undefined : start + count).join('');
    context.secrets.derive(value, cut);
    return cut;
  },
  split: ([separator, text], context) => {
    const by = readText(separator);
    if (by instanceof Unresolved) return by;
    const value = force(text ?? null);
    if (value instanceof PartialString) return splitPartial(by, value);
    return ofTexts(([whole = '']) => (by === '' ? charactersOf(whole) : whole.split(by)))([value], context);
  },
  join: ([separator, ...lists], context) => {
    const by = readText(separator);
    if (by instanceof Unresolved) return by;
    const pieces: Term[] = [];
    for (const list of lists) {
      const items = readItems(list);
      if (items instanceof Unresolved) return items;
      for (const item of items) {
        if (force(item) === null) continue;
        if (pieces.length > 0) pieces.push(by);
        pieces.push(item);
      }
    }
    return context.join(pieces);
  },
  replace: ofTexts(([text = '', search = '', by = '']) => {
    const isPattern = search.length > 1 && search.startsWith('/') && search.endsWith('/');
    if (!isPattern) return text.replaceAll(search, () => by);
    return replaceMatches(compile(search.slice(1, -1)), text, by);
  }),
  regex: twoTexts((pattern, text) => {
    const compiled = compile(pattern);
    const found = compiled.matcher(text);
    return found.find() ? captured(compiled, found) : fail('the text does not match the pattern');
  }),
  regexall: twoTexts((pattern, text) => {
    const compiled = compile(pattern);
    const found = compiled.matcher(text);
    const all: Term[] = [];
    while (found.find()) all.push(captured(compiled, found));
    return all;
  }),
  format: ([format, ...given], context) => formatTerms(format ?? null, given, context),
  formatlist: ([format, ...given], context) => {
    const lengths = given
      .map((term) => itemsOf(force(term))?.length)
      .filter((length) => length !== undefined);
    const unknown = firstUnknown(given.map(force));
    if (unknown !== undefined) return unknown;
    const length = lengths[0] ?? 1;
    if (lengths.some((other) => other !== length)) fail('the lists have different lengths');
    return Array.from({ length }, (_, index) => {
      const row = given.map((term) => itemsOf(force(term))?.[index] ?? term);
      return formatTerms(format ?? null, row, context) ?? null;
    });
  },
  templatestring: ([text, variables], context) => {
    const value = readText(text);
    return typeof value === 'string' ? context.renderTemplate(value, 'the template', variables ?? {}) : value;
  },
};

function trimSet(text: string, set: string): string {
  const characters = new Set(set);
  const all = [...text];
  let [start, end] = [0, all.length];
  while (start < end && characters.has(all[start] ?? '')) start += 1;
  while (end > start && characters.has(all[end - 1] ?? '')) end -= 1;
  return all.slice(start, end).join('');
}

/** Takes a prefix or a suffix away, also from a text of which that end is known. */
function trimEnd(
  [text = null, cut = null]: readonly Term[],
  context: Parameters<HclFunction>[1],
  side: 'start' | 'end',
): Term | undefined {
  const [value, wanted] = [force(text), readText(cut)];
  if (wanted instanceof Unresolved) return wanted;
  const trimmed = (whole: string): string =>
    side === 'start'
      ? whole.startsWith(wanted)
        ? whole.slice(wanted.length)
        : whole
      : whole.endsWith(wanted) && wanted !== ''
        ? whole.slice(0, -wanted.length)
        : whole;
  if (!(value instanceof PartialString)) return ofTexts(([whole = '']) => trimmed(whole))([value], context);
  const at = side === 'start' ? 0 : value.parts.length - 1;
  const known = value.parts[at];
  if (
    typeof known !== 'string' ||
    (known.length < wanted.length && (side === 'start' ? wanted.startsWith(known) : wanted.endsWith(known)))
  )
    return readText(value);
  return context.join(value.parts.with(at, trimmed(known)));
}

function hasEnd(text: Term, end: Term, side: 'start' | 'end'): Term {
  const [value, wanted] = [force(text), readText(end)];
  if (wanted instanceof Unresolved) return wanted;
  const isAt = (whole: string): boolean =>
    side === 'start' ? whole.startsWith(wanted) : whole.endsWith(wanted);
  if (value instanceof PartialString) {
    const known = value.parts.at(side === 'start' ? 0 : -1);
    if (typeof known === 'string' && (known.length >= wanted.length || !isAtStart(wanted, known, side)))
      return isAt(known);
  }
  const whole = readText(value);
  return typeof whole === 'string' ? isAt(whole) : whole;
}

/** True where the known end fits what is looked for, as far as it goes. */
function isAtStart(wanted: string, known: string, side: 'start' | 'end'): boolean {
  return side === 'start' ? wanted.startsWith(known) : wanted.endsWith(known);
}
