import { Unresolved } from '../../../model/value.ts';
import type { Term } from '../terms.ts';
import { fail, ofList, ofNumbers, readNumber, readText } from './arguments.ts';
import type { HclFunction } from './function.ts';

const one = (apply: (value: number) => number): HclFunction => ofNumbers(([value = 0]) => apply(value));

/** The most elements that `range` gives, as in Terraform. */
const rangeLimit = 1024;

export const numberFunctions: Readonly<Record<string, HclFunction>> = {
  abs: one(Math.abs),
  ceil: one(Math.ceil),
  floor: one(Math.floor),
  signum: one(Math.sign),
  log: ofNumbers(([value = 0, base = 10]) => Math.log(value) / Math.log(base)),
  pow: ofNumbers(([value = 0, power = 1]) => value ** power),
  max: ofNumbers((values) => (values.length === 0 ? fail('`max` needs a number') : Math.max(...values))),
  min: ofNumbers((values) => (values.length === 0 ? fail('`min` needs a number') : Math.min(...values))),
  sum: ofList((items, _, context) => {
    const numbers = items.map(readNumber);
    const unknown = numbers.find((value) => value instanceof Unresolved);
    if (unknown !== undefined) return unknown;
    context.budget.spend(numbers.length);
    return numbers.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0);
  }),
  parseint: ([text, base]) => {
    const [digits, radix] = [readText(text), readNumber(base)];
    if (digits instanceof Unresolved) return digits;
    if (radix instanceof Unresolved) return radix;
    const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
    const isNumber = new RegExp(`^[+-]?[${allowed}]+$`, radix <= 36 ? 'i' : '').test(digits);
    return isNumber
      ? Number.parseInt(digits, radix)
      : fail(`\`${digits}\` is not a number to the base ${radix}`);
  },
  range: ofNumbers((values): Term => {
    const [start, limit, step] =
      values.length === 1 ? [0, values[0] ?? 0, undefined] : [values[0] ?? 0, values[1] ?? 0, values[2]];
    const by = step ?? (limit < start ? -1 : 1);
    if (by === 0 || (limit - start) * by < 0)
      return values.length < 3 ? [] : fail('the steps of `range` lead nowhere');
    const count = Math.ceil((limit - start) / by);
    if (count > rangeLimit) fail(`\`range\` gives at most ${rangeLimit} numbers`);
    return Array.from({ length: count }, (_, index) => start + index * by);
  }),
};
