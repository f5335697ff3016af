import { scalarText } from '../model/scalar-text.ts';
import { coversAction, plainServicePrincipal } from '../policy/actions.ts';
import type { PolicyStatement } from '../model/resource-graph.ts';
import { PartialString, SymbolicValue, Unresolved } from '../model/value.ts';
import type { Form } from './form.ts';
import type { Context, Node } from './node.ts';
import { observe } from './observe.ts';
import { knownEnds } from './operands.ts';
import { predicates } from './predicates.ts';
import { every, some, type Truth } from '../model/truth.ts';
import { unlessConditionsMatter } from './worlds.ts';

interface StatementWish {
  readonly effect?: 'Allow' | 'Deny';
  readonly principal?: string;
  readonly covers?: readonly string[];
  readonly touches?: readonly string[];
  readonly resource?: string;
  readonly unconditioned?: boolean;
}

/** The policy statement says what the rule asks; what is no statement does not. */
export const statementForm: Form = (raw) => {
  const wish = raw['statement'] as StatementWish; // of a validated rule
  return (node, context) => {
    const { statement } = node;
    if (statement === undefined) return false;
    const holds = unlessConditionsMatter(context, () => statementHolds(wish, statement, node, context));
    if (!context.silent)
      observe(context, holds, {
        node,
        path: node.path,
        value: node.value,
        expected: `a statement with ${JSON.stringify(wish)}`,
      });
    return holds;
  };
};

// Unknown parts of a statement stay unknown.
function statementHolds(
  wish: StatementWish,
  statement: PolicyStatement,
  node: Node,
  context: Context,
): Truth {
  const checks: (() => Truth)[] = [
    () => wish.effect === undefined || statement.effect === wish.effect,
    () => wish.principal === undefined || principalIs(wish.principal, statement),
    () => wish.covers === undefined || every(wish.covers, (action) => coversAction(statement, action)),
    () => wish.touches === undefined || some(wish.touches, (action) => coversAction(statement, action)),
    () => wish.unconditioned === undefined || (statement.conditions.length === 0) === wish.unconditioned,
    () => wish.resource === undefined || resourceIs(wish.resource, statement, node, context),
  ];
  return every(checks, (check) => check());
}

function principalIs(wanted: string, statement: PolicyStatement): Truth {
  if (statement.notPrincipals.length > 0)
    return wanted === 'everyone'
      ? true
      : { code: 'unsupported', message: 'the policy names principals by NotPrincipal' };
  return some(statement.principals, ({ kind, value }) => {
    if (value === '*' && (kind === '*' || kind === 'AWS')) return true;
    // A parameter as the whole principal may be `*`, or a service.
    if (kind === '?' && value instanceof Unresolved && value.cause.code === 'parameter') return value.cause;
    if (value instanceof SymbolicValue)
      return kind === 'Service' && wanted !== 'everyone' && !isAnother(value, wanted)
        ? { code: 'attribute', message: 'a principal of the policy is not known' }
        : false;
    return wanted !== 'everyone' && kind === 'Service' && plainServicePrincipal(scalarText(value)) === wanted;
  });
}

/** `logs.<region>.amazonaws.com` is no other service, whatever the Region. */
function isAnother(value: SymbolicValue, service: string): boolean {
  if (!(value instanceof PartialString)) return false;
  const { start, end } = knownEnds(value);
  return !service.startsWith(start) || !service.endsWith(end);
}

function resourceIs(wanted: string, statement: PolicyStatement, node: Node, context: Context): Truth {
  if (statement.notResources.length > 0)
    return { code: 'unsupported', message: 'the policy names resources by NotResource' };
  if (statement.resources.includes('*')) return true;
  if (wanted === '*') return false;
  const names = predicates['refersTo']?.(wanted);
  return names?.({ value: statement.resources, isDefault: false, node, context }) ?? false;
}
