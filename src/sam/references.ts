import { isRawObject, onlyKey } from '../text/raw.ts';
import type { SamContext } from './context.ts';
import type { Tree } from './tree.ts';

/** Replaces what the template calls by other names: `Function.Alias`, layers that carry a hash. */
export function renameReferences(tree: unknown, context: SamContext): unknown {
  if (context.parts.size === 0 && context.renamed.size === 0) return tree;
  return walk(tree, (name) => context.parts.get(name) ?? context.renamed.get(name));
}

type Lookup = (name: string) => string | undefined;

function walk(tree: unknown, find: Lookup): unknown {
  if (Array.isArray(tree)) return tree.map((item) => walk(item, find));
  if (!isRawObject(tree)) return tree;
  const key = onlyKey(tree);
  if (key === 'Ref') return renamedRef(tree, find);
  if (key === 'Fn::GetAtt') return renamedAttribute(tree, find);
  if (key === 'Fn::Sub') return renamedSub(tree, find);
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, walk(value, find)]));
}

/** Names of resources that another one waits for. */
export function renameDependencies(resource: Tree, context: SamContext): Tree {
  const written = resource['DependsOn'];
  if (context.renamed.size === 0 || written === undefined) return resource;
  const rename = (name: unknown): unknown =>
    typeof name === 'string' ? (context.renamed.get(name) ?? name) : name;
  return { ...resource, DependsOn: Array.isArray(written) ? written.map(rename) : rename(written) };
}

function renamedRef(tree: Tree, find: Lookup): Tree {
  const name = tree['Ref'];
  const found = typeof name === 'string' ? find(name) : undefined;
  return found === undefined ? tree : { Ref: found };
}

/** `[Function.Alias, Arn]` may also be written `[Function, Alias.Arn]`. */
function renamedAttribute(tree: Tree, find: Lookup): Tree {
  const argument = tree['Fn::GetAtt'];
  if (!Array.isArray(argument) || !argument.every((part) => typeof part === 'string')) return tree;
  const words = argument.join('.').split('.');
  const [first = '', second = '', ...rest] = words;
  const part = rest.length > 0 ? find(`${first}.${second}`) : undefined;
  if (part !== undefined) return { 'Fn::GetAtt': [part, rest.join('.')] };
  const found = find(first);
  return found === undefined ? tree : { 'Fn::GetAtt': [found, words.slice(1).join('.')] };
}

function renamedSub(tree: Tree, find: Lookup): Tree {
  const argument = tree['Fn::Sub'];
  if (typeof argument === 'string') return { 'Fn::Sub': renamedText(argument, find) };
  if (!Array.isArray(argument)) return tree;
  const [text, variables] = argument as unknown[];
  const own = isRawObject(variables) ? variables : {};
  const hides: Lookup = (name) => (Object.hasOwn(own, name) ? undefined : find(name));
  const renamed = typeof text === 'string' ? renamedText(text, hides) : text;
  return { 'Fn::Sub': [renamed, walk(variables, find), ...(argument as unknown[]).slice(2)] };
}

function renamedText(text: string, find: Lookup): string {
  return text.replace(/\$\{([A-Za-z0-9.:]+)\}/g, (whole, name: string) => {
    const [first = '', second = '', ...rest] = name.split('.');
    const part = second === '' ? undefined : find(`${first}.${second}`);
    if (part !== undefined) return `\${${[part, ...rest].join('.')}}`;
    const found = find(first);
    return found === undefined ? whole : `\${${[found, ...name.split('.').slice(1)].join('.')}}`;
  });
}
