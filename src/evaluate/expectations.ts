import type { Expression } from '../model/rule.ts';
import { describeValue } from '../model/value.ts';
import type { Context, Node } from './node.ts';
import { compileOperand } from './operands.ts';
import { predicates, type Predicate } from './predicates.ts';

/** A predicate beside a form, and how evidence says what it expects. */
export interface Expectation {
  readonly test: Predicate;
  /** "at least 360". */
  readonly expected: (node: Node, context: Context) => string;
}

/** The predicates that stand beside a form, compiled. */
export function compileExpectations(raw: Expression): readonly Expectation[] {
  return Object.entries(raw).flatMap(([name, argument]) => {
    const make = predicates[name];
    return make === undefined ? [] : [{ test: make(argument), expected: describe(name, argument) }];
  });
}

const computed = ['parameter', 'property', 'add', 'subtract', 'multiply', 'divide'];

function describe(name: string, argument: unknown): Expectation['expected'] {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  if (typeof argument === 'object' && argument !== null && computed.some((key) => key in argument)) {
    const operand = compileOperand(argument);
    return (node, context) => {
      const value = operand(node, context);
      return `${words} ${'unknown' in value ? 'a value that is not known' : describeValue(value.known)}`;
    };
  }
  const text = name === 'exists' || name === 'empty' ? presence(name, argument === true) : undefined;
  const shown = text ?? `${words} ${typeof argument === 'string' ? argument : JSON.stringify(argument)}`;
  return () => shown;
}

function presence(name: 'exists' | 'empty', wanted: boolean): string {
  if (name === 'exists') return wanted ? 'present' : 'absent';
  return wanted ? 'empty' : 'not empty';
}
