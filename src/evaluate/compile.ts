import type { Expression } from '../model/rule.ts';
import { actsForm } from './alarm-actions.ts';
import { firesForm } from './alarm-form.ts';
import { countForm } from './count-form.ts';
import { credentialForm } from './credential-form.ts';
import type { Form } from './form.ts';
import { allForm, anyForm, ifForm, notForm, unknownForm } from './logic-forms.ts';
import { boundNode, type Test } from './node.ts';
import { settingOfForm } from './method-setting.ts';
import { letsOutForm } from './egress.ts';
import { everyForm, noneForm, someForm } from './quantifiers.ts';
import { codeForm, externalForm, inFlowForm, sameAsForm, typeForm } from './resource-forms.ts';
import { admitsForm, deniesForm } from './policy-forms.ts';
import { statementForm } from './statements.ts';
import { guardsForm } from './web-acl.ts';
import { edgeForm, propertyForm, valueForm } from './value-forms.ts';

const forms: Readonly<Record<string, Form>> = {
  all: allForm,
  any: anyForm,
  not: notForm,
  if: ifForm,
  unknown: unknownForm,
  property: propertyForm,
  value: valueForm,
  edge: edgeForm,
  some: someForm,
  every: everyForm,
  none: noneForm,
  count: countForm,
  statement: statementForm,
  admits: admitsForm,
  denies: deniesForm,
  type: typeForm,
  external: externalForm,
  sameAs: sameAsForm,
  inFlow: inFlowForm,
  code: codeForm,
  credential: credentialForm,
  guards: guardsForm,
  letsOut: letsOutForm,
  settingOf: settingOfForm,
  fires: firesForm,
  acts: actsForm,
};

/** Forms that may ask about a bound resource (`of`) in the place of the one at hand. */
const takesOf: ReadonlySet<string> = new Set([
  'property',
  'edge',
  'type',
  'code',
  'inFlow',
  'sameAs',
  'external',
  'admits',
  'denies',
]);

const cache = new WeakMap<Expression, Test>();

/** An expression of a validated rule as a closure; compiled once per expression object. */
export function compileExpression(expression: Expression): Test {
  let test = cache.get(expression);
  if (test === undefined) cache.set(expression, (test = build(expression)));
  return test;
}

function build(raw: Expression): Test {
  const name = Object.keys(raw).find((key) => key in forms) ?? '';
  const test = forms[name]?.(raw, compileExpression);
  if (test === undefined) throw new TypeError(`unvalidated expression ${JSON.stringify(raw)}`);
  const of = takesOf.has(name) ? raw['of'] : undefined;
  if (typeof of !== 'string') return test;
  return (node, context) => test(boundNode(context, of) ?? node, context);
}
