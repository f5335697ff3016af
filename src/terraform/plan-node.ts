import { isRawObject, member } from '../text/raw.ts';
import type { Path } from '../model/value.ts';
import { referencesIn } from './references.ts';

/** A place in an instance's values: what is known there, what is not, and the expression that it comes from. */
export interface PlanNode {
  readonly after: unknown;
  readonly unknown: unknown;
  readonly sensitive: unknown;
  /** Undefined where nothing is written; `dynamic` where a block is generated, of which a plan keeps no expression. */
  readonly expression: unknown;
  readonly path: Path;
}

export const dynamic = 'dynamic';

/** The member of a block or an object. */
export function memberNode(node: PlanNode, name: string): PlanNode {
  return {
    after: member(node.after, name),
    unknown: node.unknown === true ? true : member(node.unknown, name),
    sensitive: node.sensitive === true ? true : member(node.sensitive, name),
    expression: memberExpression(node.expression, name),
    path: [...node.path, name],
  };
}

function memberExpression(expression: unknown, name: string): unknown {
  if (expression === dynamic || isWhole(expression)) return expression;
  return member(expression, name);
}

/** True for one expression that stands for everything below it: of an attribute, not of a block. */
export function isWhole(expression: unknown): boolean {
  return (
    isRawObject(expression) && (Array.isArray(expression['references']) || 'constant_value' in expression)
  );
}

/** The elements of a list of blocks, or of a list; the value itself where it is one. */
export function elementNodes(node: PlanNode): readonly PlanNode[] {
  const { after } = node;
  if (after === null || after === undefined) return node.unknown === true ? [node] : [];
  if (!Array.isArray(after)) return [node];
  return after.map((item: unknown, index): PlanNode => {
    const unknown = node.unknown === true ? true : member2(node.unknown, index);
    return {
      after: item,
      unknown,
      sensitive: node.sensitive === true ? true : member2(node.sensitive, index),
      expression: elementExpression(node.expression, after, index, holdsUnknown(unknown)),
      path: [...node.path, index],
    };
  });
}

function member2(list: unknown, index: number): unknown {
  return Array.isArray(list) ? (list as readonly unknown[])[index] : undefined;
}

/** More blocks than these are not held against each other. */
const comparedLimit = 60;

/**
 * The block that an element comes from. Sets are kept in another order than they are written in, so that what is
 * constant in both has to say which is which.
 */
function elementExpression(
  expression: unknown,
  items: readonly unknown[],
  index: number,
  matters: boolean,
): unknown {
  if (expression === undefined) return dynamic;
  if (!Array.isArray(expression)) return expression;
  const blocks = expression as readonly unknown[];
  if (!matters || (blocks.length === 1 && items.length === 1)) return blocks[index] ?? blocks[0];
  if (blocks.length > comparedLimit) return dynamic;
  const fitting = blocks.filter((block) => fits(block, items[index]));
  const [only] = fitting;
  if (fitting.length === 1) return only;
  if (blocks.length === items.length && fitting.includes(blocks[index])) return blocks[index];
  // Any of them: what each refers to is a candidate.
  return fitting.length === 0 || blocks.length !== items.length
    ? dynamic
    : { references: fitting.flatMap(referencesIn) };
}

/** False where a block writes another constant than the value has. */
function fits(block: unknown, value: unknown): boolean {
  if (!isRawObject(block) || !isRawObject(value)) return true;
  return Object.entries(block).every(([name, inner]) => {
    if (Array.isArray(inner) && Array.isArray(value[name]))
      return inner.length !== (value[name] as unknown[]).length
        ? false
        : inner.every((each, index) => fits(each, (value[name] as unknown[])[index]));
    const constant = member(inner, 'constant_value');
    const known = value[name];
    if (constant === undefined || known === undefined || known === null || typeof known === 'object')
      return true;
    return typeof constant === 'object' || String(constant) === String(known);
  });
}

/** True where anything in a mirror of values is not known. */
export function holdsUnknown(unknown: unknown): boolean {
  if (unknown === true) return true;
  if (typeof unknown !== 'object' || unknown === null) return false;
  return Object.values(unknown).some(holdsUnknown);
}
