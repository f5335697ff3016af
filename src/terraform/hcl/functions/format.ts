import { Unresolved } from '../../../model/value.ts';
import { EncodedTerm, force, numberText, partsOf, type Term } from '../terms.ts';
import { fail, readNumber, readText } from './arguments.ts';
import type { FunctionContext } from './function.ts';

const verbPattern = /%(?:%|([-+ #0]*)(\d+)?(?:\.(\d+))?(?:\[(\d+)\])?([vtbdoxXeEfgGsq#]))/g;

/** `format`: the verbs of Terraform, with holes for what is not known. */
export function formatTerms(
  format: Term,
  given: readonly Term[],
  context: FunctionContext,
): Term | undefined {
  const text = readText(format);
  if (typeof text !== 'string') return text;
  const pieces: Term[] = [];
  let at = 0;
  let next = 0;
  for (const match of text.matchAll(verbPattern)) {
    pieces.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[0] === '%%') pieces.push('%');
    else {
      const index = match[4] === undefined ? next : Number(match[4]) - 1;
      next = index + 1;
      if (index >= given.length) fail('`format` has too few arguments');
      pieces.push(formatOne(match, given[index] ?? null));
    }
  }
  pieces.push(text.slice(at));
  return context.join(pieces);
}

function formatOne(match: RegExpMatchArray, term: Term): Term {
  const { 1: flags = '', 2: width, 3: precision, 5: verb = 'v' } = match;
  const value = force(term);
  if (verb === 's' || verb === 'v') {
    const plain = verb === 'v' ? asText(value) : value;
    if (width === undefined && precision === undefined) return plain;
    const text = readText(plain);
    return typeof text === 'string'
      ? pad(precision === undefined ? text : text.slice(0, Number(precision)), width, flags)
      : text;
  }
  if (verb === 'q') {
    const text = readText(value);
    return typeof text === 'string' ? pad(JSON.stringify(text), width, flags) : text;
  }
  if (verb === 't') return truthText(value);
  const number = readNumber(value);
  return typeof number === 'number'
    ? pad(signed(numeral(number, verb, precision, flags), number, flags), width, flags)
    : number;
}

/** `%v`: texts as they are, everything else as JSON. */
function asText(value: Term): Term {
  if (value === null) return 'null';
  return partsOf(value) === undefined ? new EncodedTerm(value) : value;
}

function truthText(value: Term): Term {
  const text = readText(value);
  if (text instanceof Unresolved) return text;
  return text === 'true' || text === 'false' ? text : fail('`%t` needs true or false');
}

function numeral(number: number, verb: string, precision: string | undefined, flags: string): string {
  const digits = precision === undefined ? undefined : Number(precision);
  const size = Math.abs(number);
  switch (verb) {
    case 'd':
      return Number.isInteger(number) ? numberText(size) : fail('`%d` needs a whole number');
    case 'b':
      return size.toString(2);
    case 'o':
      return (flags.includes('#') ? '0' : '') + size.toString(8);
    case 'x':
      return (flags.includes('#') ? '0x' : '') + size.toString(16);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + size.toString(16).toUpperCase();
    case 'e':
      return size.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'E':
      return size
        .toExponential(digits ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
        .toUpperCase();
    case 'f':
      return size.toFixed(Math.min(digits ?? 6, 100));
    default:
      return digits === undefined
        ? String(size)
        : String(Number(size.toPrecision(Math.max(1, Math.min(digits, 100)))));
  }
}

function signed(digits: string, number: number, flags: string): string {
  if (number < 0) return `-${digits}`;
  return (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

/** No text is padded to more than this. */
const widthLimit = 10_000;

function pad(text: string, width: string | undefined, flags: string): string {
  if (width === undefined) return text;
  const length = Math.min(Number(width), widthLimit);
  if (flags.includes('-')) return text.padEnd(length);
  if (!flags.includes('0')) return text.padStart(length);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(length - sign.length, '0');
}
