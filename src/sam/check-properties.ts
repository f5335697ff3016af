import { lookup } from '../model/lookup.ts';
import { isRawObject } from '../text/raw.ts';
import { SamProblem } from './problem.ts';
import type { PropertyTable } from './property-tables.ts';
import { isGiven, isIntrinsic, type Tree } from './tree.ts';

const typeNames: Readonly<Record<string, string>> = {
  map: 'a map',
  list: 'a list',
  string: 'a string',
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
};

/**
 * Holds properties against what their type has: unknown names, wrong types, missing ones.
 * @throws SamProblem for the first that does not fit; `path` are the keys that lead to the properties.
 */
export function checkProperties(
  properties: Tree,
  table: PropertyTable,
  type: string,
  path: readonly string[] = [],
): void {
  for (const [name, value] of Object.entries(properties)) {
    const expected = lookup(table, name);
    if (expected === undefined) {
      throw new SamProblem(`${type} has no property \`${name}\`; remove it`, [...path, name]);
    }
    const types = expected.replace(/[!=]/g, '').split('|');
    const isLater = isIntrinsic(value) && !expected.includes('=');
    if (isGiven(value) && !isLater && !types.some((wanted) => fits(value, wanted))) {
      const words = types.map((wanted) => typeNames[wanted] ?? wanted).join(' or ');
      throw new SamProblem(`the type of property \`${name}\` is invalid; it takes ${words}`, [...path, name]);
    }
  }
  for (const [name, expected] of Object.entries(table)) {
    if (expected.includes('!') && !isGiven(properties[name])) {
      throw new SamProblem(`the required property \`${name}\` of ${type} is missing; add it`, path);
    }
  }
}

function fits(value: unknown, wanted: string): boolean {
  if (wanted === 'any') return true;
  if (wanted === 'map') return isRawObject(value);
  if (wanted === 'list') return Array.isArray(value);
  return wanted === 'integer' ? Number.isInteger(value) : typeof value === wanted;
}

/** The value as a map. @throws SamProblem naming the property where it is something else. */
export function asMap(value: unknown, name: string, path: readonly string[] = name.split('.')): Tree {
  if (isRawObject(value)) return value;
  throw new SamProblem(`property \`${name}\` should be a map`, path);
}

/** The value as a list. @throws SamProblem naming the property where it is something else. */
export function asList(value: unknown, name: string, path: readonly string[] = name.split('.')): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new SamProblem(`property \`${name}\` should be a list`, path);
}

/** The value as text. @throws SamProblem naming the property where it is something else. */
export function asText(value: unknown, name: string, path: readonly string[] = name.split('.')): string {
  if (typeof value === 'string') return value;
  throw new SamProblem(`property \`${name}\` should be a string`, path);
}
