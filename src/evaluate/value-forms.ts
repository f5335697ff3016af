import type { Expression } from '../model/rule.ts';
import { Unresolved, type Cause, type Path, type Value } from '../model/value.ts';
import { compileExpectations } from './expectations.ts';
import type { Form } from './form.ts';
import { follow, type Context, type Node, type Test } from './node.ts';
import { parsePath } from '../model/parse-path.ts';
import { observe } from './observe.ts';
import { compileOperand } from './operands.ts';
import { every, type Truth } from '../model/truth.ts';
import { unlessConditionsMatter } from './worlds.ts';

/** What stands at a path satisfies the predicates beside it. */
export const propertyForm: Form = (raw) => {
  const steps = parsePath(raw['property'] as string);
  const expectations = compileExpectations(raw);
  // Whether something is there does not hang on what stands inside of it.
  const part = Object.keys(raw).every((key) => ['property', 'of', 'exists'].includes(key)) ? 'top' : 'whole';
  const ask: Test = (node, context) =>
    follow(
      node,
      steps,
      context,
      (value, path, isDefault) =>
        every(expectations, ({ test, expected }) => {
          const holds = partOfUnknown(value, path, node, steps) ?? test({ value, isDefault, node, context });
          if (!context.silent)
            observe(context, holds, {
              node,
              path,
              value,
              expected: expected(node, context),
              ...(isDefault ? { source: 'default' } : {}),
            });
          return holds;
        }),
      part,
    );
  return (node, context) => unlessConditionsMatter(context, () => ask(node, context));
};

// Of what stands inside an unknown value nothing is known, not even whether it is there.
function partOfUnknown(value: Value | undefined, path: Path, node: Node, steps: Path): Cause | undefined {
  const isAbove = path.length < node.path.length + steps.length;
  return value instanceof Unresolved && isAbove ? value.cause : undefined;
}

/** A computed value satisfies the predicates beside it. */
export const valueForm: Form = (raw) => {
  const operand = compileOperand(raw['value']);
  const decide = decideDerived(raw);
  return (node, context) => {
    const operated = operand(node, context);
    return 'unknown' in operated ? operated.unknown : decide(operated.known, 'computed value', node, context);
  };
};

/** A fact of the edge that led here satisfies the predicates beside it. */
export const edgeForm: Form = (raw) => {
  const name = raw['edge'] as string;
  const decide = decideDerived(raw);
  return (node, context) =>
    decide(node.edge?.attributes?.[name], `${name} of the relation to ${node.resource.name}`, node, context);
};

type DecideDerived = (value: Value | undefined, text: string, node: Node, context: Context) => Truth;

/** What nobody wrote as such, held against predicates. */
function decideDerived(raw: Expression): DecideDerived {
  const expectations = compileExpectations(raw);
  return (value, text, node, context) =>
    every(expectations, ({ test, expected }) => {
      const holds = test({ value, isDefault: false, node, context });
      if (!context.silent)
        observe(context, holds, {
          node,
          path: node.path,
          value,
          expected: expected(node, context),
          source: 'derived',
          text,
        });
      return holds;
    });
}
