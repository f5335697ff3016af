import type { Expression } from '../model/rule.ts';
import type { Cause } from '../model/value.ts';
import { compileInner, type Form } from './form.ts';
import type { Context, Node, Test } from './node.ts';
import { negated, unobserved } from './observe.ts';
import { agree, every, isUnknown, not, some, type Truth } from '../model/truth.ts';

/** Every member holds. */
export const allForm: Form = (raw, compile) => {
  const tests = (raw['all'] as Expression[]).map(compile);
  return (node, context) => every(tests, (test) => test(node, context));
};

/** At least one member holds. */
export const anyForm: Form = (raw, compile) => {
  const tests = (raw['any'] as Expression[]).map(compile);
  return (node, context) => some(tests, (test) => test(node, context));
};

/** The member does not hold. */
export const notForm: Form = (raw, compile) => {
  const test = compile(raw['not'] as Expression);
  return (node, context) => not(test(node, negated(context)));
};

/** `then` where the condition holds, else `else`; a side that is left out holds. */
export const ifForm: Form = (raw, compile) => {
  const condition = compile(raw['if'] as Expression);
  const whenTrue = compileInner(raw, 'then', compile);
  const whenFalse = compileInner(raw, 'else', compile);
  const side = (test: Test | undefined, node: Node, context: Context): Truth =>
    test === undefined ? true : test(node, context);
  return (node, context) => {
    const holds = condition(node, unobserved(context));
    if (isUnknown(holds)) return agree(side(whenTrue, node, context), side(whenFalse, node, context), holds);
    return side(holds ? whenTrue : whenFalse, node, context);
  };
};

/** What only a person can settle. */
export const unknownForm: Form = (raw) => {
  const cause: Cause = {
    code: 'evidence',
    message: String(raw['unknown']),
    ...(raw['remedy'] === undefined ? {} : { remedy: String(raw['remedy']) }),
  };
  return () => cause;
};
