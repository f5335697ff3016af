import { Unresolved, type Cause, type Path, type Value } from '../model/value.ts';
import { compileExpectations } from './expectations.ts';
import type { Form } from './form.ts';
import { follow, parsePath, type Node } from './node.ts';
import { observe } from './observe.ts';
import { compileOperand } from './operands.ts';
import { every } from './truth.ts';

/** What stands at a path satisfies the predicates beside it. */
export const propertyForm: Form = (raw) => {
  const steps = parsePath(raw['property'] as string);
  const expectations = compileExpectations(raw);
  return (node, context) =>
    follow(node, steps, context, (value, path, isDefault) =>
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
    );
};

// Of what stands inside an unknown value nothing is known, not even whether it is there.
function partOfUnknown(value: Value | undefined, path: Path, node: Node, steps: Path): Cause | undefined {
  const isAbove = path.length < node.path.length + steps.length;
  return value instanceof Unresolved && isAbove ? value.cause : undefined;
}

/** A computed value satisfies the predicates beside it. */
export const valueForm: Form = (raw) => {
  const operand = compileOperand(raw['value']);
  const expectations = compileExpectations(raw);
  return (node, context) => {
    const operated = operand(node, context);
    if ('unknown' in operated) return operated.unknown;
    const value = operated.known;
    return every(expectations, ({ test, expected }) => {
      const holds = test({ value, isDefault: false, node, context });
      if (!context.silent)
        observe(context, holds, {
          node,
          path: node.path,
          value,
          expected: expected(node, context),
          source: 'derived',
          text: 'computed value',
        });
      return holds;
    });
  };
};

/** A fact of the edge that led here satisfies the predicates beside it. */
export const edgeForm: Form = (raw) => {
  const name = raw['edge'] as string;
  const expectations = compileExpectations(raw);
  return (node, context) =>
    every(expectations, ({ test, expected }) => {
      const value = node.edge?.attributes?.[name];
      const holds = test({ value, isDefault: false, node, context });
      if (!context.silent)
        observe(context, holds, {
          node,
          path: node.path,
          value,
          expected: expected(node, context),
          source: 'derived',
          text: `${name} of the relation to ${node.resource.name}`,
        });
      return holds;
    });
};
