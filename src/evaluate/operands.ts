import { type PartialString, Unresolved, SymbolicValue, type Cause, type Value } from '../model/value.ts';
import { boundNode, follow, type Context, type Node } from './node.ts';
import { parsePath } from '../model/parse-path.ts';

/** Least and greatest number that something may be, both included. */
type Range = readonly [least: number, greatest: number];

/** A known value, nothing, or why it is not known, with what is known of it all the same. */
export type Operand =
  { readonly known: Value | undefined } | { readonly unknown: Cause; readonly between?: Range };

/** Computes an operand of a rule for a node. */
export type OperandReader = (node: Node, context: Context) => Operand;

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

/** Compiles an operand: a literal, `{parameter}`, `{property, of}`, or arithmetic over operands. */
export function compileOperand(raw: unknown): OperandReader {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const answer: Operand = { known: raw as Value }; // a literal of a validated rule is JSON
    return () => answer;
  }
  const operand = raw as Record<string, unknown>;
  const parameter = operand['parameter'];
  if (typeof parameter === 'string')
    return (_node, context) => ({ known: context.parameters[parameter] as Value });
  const property = operand['property'];
  if (typeof property === 'string') return propertyOperand(property, operand['of'] as string | undefined);
  for (const [name, compute] of Object.entries(arithmetic)) {
    const members = operand[name];
    if (Array.isArray(members)) return arithmeticOperand(members.map(compileOperand), compute);
  }
  throw new TypeError(`unvalidated operand ${JSON.stringify(raw)}`);
}

function propertyOperand(path: string, of: string | undefined): OperandReader {
  const steps = parsePath(path);
  return (node, context) => {
    const from = of === undefined ? node : (boundNode(context, of) ?? node);
    let answer: Operand = { known: undefined };
    follow(from, steps, context, (value) => {
      answer = operandOf(value);
      return true;
    });
    return answer;
  };
}

function arithmeticOperand(
  members: readonly OperandReader[],
  compute: (a: number, b: number) => number,
): OperandReader {
  return (node, context) => {
    let total: number | undefined;
    let range: Range | undefined;
    let unknown: Cause | undefined;
    for (const member of members) {
      const operand = member(node, context);
      const here = rangeOf(operand);
      if ('unknown' in operand) {
        if (here === undefined) return operand;
        unknown ??= operand.unknown;
      } else {
        const number = toNumber(operand.known);
        if (number === undefined) return { unknown: notANumber(operand.known) };
        total = total === undefined ? number : compute(total, number);
      }
      range = range === undefined || here === undefined ? here : combined(range, here, compute);
      if (unknown !== undefined && range === undefined) return { unknown };
    }
    if (unknown === undefined) return { known: total };
    return { unknown, ...(range === undefined ? {} : { between: range }) };
  };
}

/** What comes of two ranges; undefined where that cannot be told of their ends. */
function combined(left: Range, right: Range, compute: (a: number, b: number) => number): Range | undefined {
  const ends = left.flatMap((a) => right.map((b) => compute(a, b)));
  const isDivided = compute === arithmetic['divide'] && right[0] <= 0 && right[1] >= 0;
  return isDivided || ends.some(Number.isNaN) ? undefined : [Math.min(...ends), Math.max(...ends)];
}

/** A value as an operand. */
export function operandOf(value: Value | undefined): Operand {
  if (!(value instanceof Unresolved)) return { known: value };
  const between = value.limits?.between;
  return { unknown: value.cause, ...(between === undefined ? {} : { between }) };
}

/** The range of an operand; undefined where it is no number, or none that is known to lie anywhere. */
export function rangeOf(operand: Operand): Range | undefined {
  if ('unknown' in operand) return operand.between;
  const number = toNumber(operand.known);
  return number === undefined ? undefined : [number, number];
}

function notANumber(value: Value | undefined): Cause {
  const symbolic = value instanceof SymbolicValue;
  return {
    code: symbolic ? 'attribute' : 'malformed',
    message: symbolic ? 'the number is known only after deployment' : 'the value is not a number',
  };
}

/** A number, or a text that is one; undefined for anything else. */
export function toNumber(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  return undefined;
}

/** Literal text around unknown pieces: what a partly known string certainly starts and ends with. */
export function knownEnds(value: PartialString): { readonly start: string; readonly end: string } {
  const first = value.parts[0];
  const last = value.parts[value.parts.length - 1];
  return { start: typeof first === 'string' ? first : '', end: typeof last === 'string' ? last : '' };
}
