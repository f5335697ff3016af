import { isArrayValue, isObjectValue, type Value } from '../model/value.ts';
import type { How } from './mapping/mapped-type.ts';
import { define } from './define.ts';

/**
 * The policy that an `aws_iam_policy_document` makes of its blocks, as far as the plan has them; undefined where it
 * takes statements from elsewhere.
 * Source: the provider's data_source for aws_iam_policy_document, read 2026-11.
 */
export function policyFromPlan(
  attribute: (path: readonly string[], how: How) => Value | undefined,
): Value | undefined {
  const others = ['source_policy_documents', 'override_policy_documents', 'source_json', 'override_json'];
  if (others.some((name) => attribute([name], {}) !== undefined)) return undefined;
  const statements = attribute(['statement'], { as: 'text' });
  if (!isArrayValue(statements)) return undefined;
  return { Version: attribute(['version'], {}) ?? '2012-10-17', Statement: statements.map(statementOf) };
}

const lists: readonly (readonly [attribute: string, element: string])[] = [
  ['actions', 'Action'],
  ['not_actions', 'NotAction'],
  ['resources', 'Resource'],
  ['not_resources', 'NotResource'],
];

function statementOf(block: Value): Value {
  if (!isObjectValue(block)) return block;
  const statement: Record<string, Value> = { Effect: block['effect'] ?? 'Allow' };
  if (block['sid'] !== undefined && block['sid'] !== '') define(statement, 'Sid', block['sid']);
  for (const [attribute, element] of lists) {
    const value = block[attribute];
    if (value !== undefined && !(isArrayValue(value) && value.length === 0))
      define(statement, element, value);
  }
  for (const [attribute, element] of [
    ['principals', 'Principal'],
    ['not_principals', 'NotPrincipal'],
  ] as const) {
    const principals = principalsOf(block[attribute]);
    if (principals !== undefined) define(statement, element, principals);
  }
  const conditions = conditionsOf(block['condition']);
  if (conditions !== undefined) define(statement, 'Condition', conditions);
  return statement;
}

function principalsOf(blocks: Value | undefined): Value | undefined {
  if (blocks === undefined || !isArrayValue(blocks)) return blocks;
  if (blocks.length === 0) return undefined;
  const principals: Record<string, Value> = {};
  for (const block of blocks) {
    if (!isObjectValue(block)) return block;
    const { type, identifiers = [] } = block;
    if (type === '*') return '*';
    if (typeof type !== 'string') return type;
    const known = principals[type];
    define(
      principals,
      type,
      isArrayValue(known) && isArrayValue(identifiers) ? [...known, ...identifiers] : identifiers,
    );
  }
  return principals;
}

function conditionsOf(blocks: Value | undefined): Value | undefined {
  if (blocks === undefined || !isArrayValue(blocks)) return blocks;
  if (blocks.length === 0) return undefined;
  const conditions: Record<string, Record<string, Value>> = {};
  for (const block of blocks) {
    if (!isObjectValue(block)) return block;
    const { test, variable, values = [] } = block;
    if (typeof test !== 'string' || typeof variable !== 'string')
      return typeof test === 'string' ? variable : test;
    const keys = (conditions[test] ??= {});
    const known = keys[variable];
    define(keys, variable, isArrayValue(known) && isArrayValue(values) ? [...known, ...values] : values);
  }
  return conditions;
}
