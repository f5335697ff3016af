import { type PartialString, Unresolved, SymbolicValue, type Cause, type Value } from '../model/value.ts';
import { boundNode, follow, type Context, type Node } from './node.ts';
import { parsePath } from '../model/parse-path.ts';

/** A known value, nothing, or why it is not known. */
export type Operand = { readonly known: Value | undefined } | { readonly unknown: Cause };

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
      answer = value instanceof Unresolved ? { unknown: value.cause } : { known: value };
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
    for (const member of members) {
      const operand = member(node, context);
      if ('unknown' in operand) return operand;
      const number = toNumber(operand.known);
      if (number === undefined) return { unknown: notANumber(operand.known) };
      total = total === undefined ? number : compute(total, number);
    }
    return { known: total };
  };
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
