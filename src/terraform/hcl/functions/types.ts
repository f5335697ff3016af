import { Unresolved } from '../../../model/value.ts';
import {
  force,
  isListTerm,
  isObjectTerm,
  itemsOf,
  partsOf,
  SetTerm,
  unknownOf,
  valueOf,
  type Term,
} from '../terms.ts';
import { fail, readNumber, readText } from './arguments.ts';
import { setOf } from './collections.ts';
import type { HclFunction } from './function.ts';

/** The last part of a path, and what stands before it. */
function pathParts(path: string): readonly [folder: string, name: string] {
  const trimmed = path.replace(/\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? ['.', trimmed] : [trimmed.slice(0, at) || '/', trimmed.slice(at + 1)];
}

const onPath =
  (apply: (path: string) => Term): HclFunction =>
  ([path]) => {
    const text = readText(path);
    return typeof text === 'string' ? apply(text) : text;
  };

export const typeFunctions: Readonly<Record<string, HclFunction>> = {
  tostring: ([value = null]) => {
    if (value === null) return null;
    return partsOf(value) === undefined
      ? (unknownOf([value]) ?? fail('a list or an object is not text'))
      : toText(value);
  },
  tonumber: ([value = null]) => (value === null ? null : readNumber(value)),
  tobool: ([value = null]) => {
    if (value === null || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return unknownOf([value]) ?? fail('a value that is true or false is needed');
  },
  tolist: ([value = null]) => {
    if (value === null) return null;
    const items = itemsOf(value);
    return items ?? unknownOf([value]) ?? fail('a list or a set is needed');
  },
  toset: ([value = null], context) => {
    if (value === null || value instanceof SetTerm) return value;
    const items = itemsOf(value);
    return items === undefined
      ? (unknownOf([value]) ?? fail('a list or a set is needed'))
      : setOf(items, context);
  },
  tomap: ([value = null]) => {
    if (value === null || isObjectTerm(value)) return value;
    return unknownOf([value]) ?? fail('a map or an object is needed');
  },
  sensitive: ([value = null], { secrets }) => {
    secrets.add(valueOf(value));
    return value;
  },
  // The mark stays: what was secret once is not shown.
  nonsensitive: ([value = null]) => value,
  issensitive: ([value = null], { secrets }) => typeof value === 'string' && secrets.isIn(value),
  ephemeralasnull: ([value = null]) => value,
  type: ([value = null]) => typeName(force(value)),
  basename: onPath((path) => pathParts(path)[1]),
  dirname: onPath((path) => pathParts(path)[0]),
  file: readWhole((text) => text),
  fileexists: ([path], context) => {
    const name = readText(path);
    if (typeof name !== 'string') return name;
    return context.readFile(name) === undefined ? undefined : true;
  },
  templatefile: ([path, variables], context) => {
    const name = readText(path);
    if (typeof name !== 'string') return name;
    const text = context.readFile(name);
    return text === undefined ? undefined : context.renderTemplate(text, name, variables ?? {});
  },
};

function readWhole(apply: (text: string) => Term): HclFunction {
  return ([path], context) => {
    const name = readText(path);
    if (typeof name !== 'string') return name;
    const text = context.readFile(name);
    if (text === undefined) return undefined;
    context.budget.spendText(text.length);
    return apply(text);
  };
}

function toText(value: Term): Term {
  const text = readText(value);
  return text instanceof Unresolved ? value : text;
}

function typeName(value: Term): Term | undefined {
  if (value === null) return 'null';
  if (isListTerm(value)) return 'tuple';
  if (isObjectTerm(value)) return 'object';
  const unknown = unknownOf([value]);
  if (unknown !== undefined) return unknown;
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? undefined : typeof value;
}
