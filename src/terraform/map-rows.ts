import type { Path, Value } from '../model/value.ts';
import { isArrayValue, isObjectValue, Unresolved } from '../model/value.ts';
import { convert } from './conversions.ts';
import type { Draft } from './drafts.ts';
import type { Conversion, How, Row } from './mapping/mapped-type.ts';
import type { PlanInstance } from './plan-document.ts';
import { dynamic, elementNodes, isWhole, memberNode, type PlanNode } from './plan-node.ts';
import { define } from './define.ts';
import type { PlanValues } from './plan-values.ts';
import type { SecretTexts } from '../model/secret-texts.ts';

type Filled = Pick<Draft, 'properties' | 'places'>;

/** Conversions that take a block as a whole. */
const ofBlocks: ReadonlySet<Conversion> = new Set(['pascal', 'pipes', 'waf']);

/** Fills in the properties that rows give, each with the place that it was read at. */
export function mapRows(
  rows: readonly Row[],
  instance: PlanInstance,
  values: PlanValues,
  secrets: SecretTexts,
  into: Filled,
  from?: PlanNode,
): void {
  const root = from ?? values.rootOf(instance);
  for (const [attribute, property, how = {}] of rows) {
    if (how.weak === true && valueAt(into.properties, [property]) !== undefined) continue;
    const target = property.split('.');
    for (const { node, at } of nodesAt(root, attribute.split('.'), target)) {
      const value = read(instance, node, how, values, secrets);
      if (value === undefined || property === '-' || isMeaningless(value, how)) continue;
      const cut = node.unknown === true && at.some((segment) => segment === openElement);
      setAt(into.properties, cut ? at.slice(0, at.indexOf(openElement)) : at.map(closed), value);
      into.places.set((cut ? at.slice(0, at.indexOf(openElement)) : at.map(closed)).join('/'), {
        instance,
        path: node.path,
      });
    }
  }
}

function read(
  instance: PlanInstance,
  node: PlanNode,
  how: How,
  values: PlanValues,
  secrets: SecretTexts,
): Value | undefined {
  if (how.as === 'credential') return credential(instance, node, how, values, secrets);
  const value = values.value(instance, node, how) ?? how.default;
  if (how.as === 'secret' || how.as === 'kept') secrets.add(value);
  if (value === undefined) return undefined;
  const whole = how.as !== undefined && ofBlocks.has(how.as) && isArrayValue(value) ? value[0] : value;
  return whole === undefined ? undefined : convert(whole, how.as, how.names);
}

/** A literal in the configuration is a literal; where it comes from elsewhere, nothing is said of it but that it is secret. */
function credential(
  instance: PlanInstance,
  node: PlanNode,
  how: How,
  values: PlanValues,
  secrets: SecretTexts,
): Value | undefined {
  const value = values.value(instance, node, how);
  if (value === undefined) return undefined;
  secrets.add(value);
  const isWritten = isWhole(node.expression) && Object.hasOwn(node.expression as object, 'constant_value');
  if (isWritten || node.expression === undefined) return value;
  return new Unresolved({
    code: 'parameter',
    message: `\`${node.path.join('.')}\` of \`${instance.address}\` comes from a variable or another resource`,
    holds: 'secret',
  });
}

function isMeaningless(value: Value, { unless }: How): boolean {
  return value === '' || (unless?.some((each) => each === value) ?? false);
}

/** Stands for the element of a list that is not known. */
const openElement = '*';

interface FoundNode {
  readonly node: PlanNode;
  readonly at: Path;
}

/** The nodes of an attribute's path, with the property path of each. */
function nodesAt(
  root: PlanNode,
  attribute: readonly string[],
  property: readonly string[],
): readonly FoundNode[] {
  let found: { node: PlanNode; indices: (number | typeof openElement)[] }[] = [{ node: root, indices: [] }];
  attribute.forEach((segment, index) => {
    const isList = segment.endsWith('[]');
    const name = isList ? segment.slice(0, -2) : segment;
    found = found.flatMap(({ node, indices }) => {
      const inner = memberNode(node, name);
      if (isList) {
        if (isAllUnknown(inner)) return [{ node: inner, indices: [...indices, openElement] }];
        return elementNodes(inner).map((element, at) => ({ node: element, indices: [...indices, at] }));
      }
      if (index === attribute.length - 1) return [{ node: inner, indices }];
      if (isAllUnknown(inner)) return [{ node: inner, indices }];
      const [first] = elementNodes(inner);
      return first === undefined ? [] : [{ node: first, indices }];
    });
  });
  return found.map(({ node, indices }) => ({ node, at: pathOf(property, indices) }));
}

/** A block of which not even the number is known. */
function isAllUnknown({ after, unknown, expression }: PlanNode): boolean {
  return (
    unknown === true &&
    (after === undefined || after === null) &&
    expression !== undefined &&
    expression !== dynamic
  );
}

function pathOf(property: readonly string[], indices: readonly (number | typeof openElement)[]): Path {
  const path: (string | number)[] = [];
  const left = [...indices];
  for (const segment of property) {
    if (!segment.endsWith('[]')) path.push(segment);
    else path.push(segment.slice(0, -2), left.shift() ?? 0);
  }
  return path;
}

function closed(segment: string | number): string | number {
  return segment === openElement ? 0 : segment;
}

/** What stands at a path; undefined where there is nothing. */
export function valueAt(properties: Record<string, Value>, path: readonly string[]): Value | undefined {
  let at: Value | undefined = properties;
  for (const segment of path.flatMap((each) => each.split('.'))) {
    if (!isObjectValue(at)) return undefined;
    at = at[segment];
  }
  return at;
}

/** Sets a value, with all that has to be around it. */
export function setAt(properties: Record<string, Value>, path: Path, value: Value): void {
  let at: Record<string, Value> | Value[] = properties;
  path.forEach((segment, index) => {
    if (index === path.length - 1) {
      put(at, segment, value);
      return;
    }
    const next: Value | undefined = get(at, segment);
    // What is built here is held by nobody else.
    if (isObjectValue(next) || isArrayValue(next)) at = next as Record<string, Value> | Value[];
    else {
      const fresh: Record<string, Value> | Value[] = typeof path[index + 1] === 'number' ? [] : {};
      put(at, segment, fresh);
      at = fresh;
    }
  });
}

function get(at: Record<string, Value> | Value[], segment: string | number): Value | undefined {
  return Array.isArray(at) ? at[Number(segment)] : at[segment];
}

function put(at: Record<string, Value> | Value[], segment: string | number, value: Value): void {
  if (!Array.isArray(at)) {
    define(at, String(segment), value);
    return;
  }
  // Elements of which no row says anything are there all the same.
  while (at.length < Number(segment)) at.push({});
  at[Number(segment)] = value;
}
