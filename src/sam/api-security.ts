import { hasIntegration, type ApiDocument } from './api-document.ts';
import { isRawObject } from '../text/raw.ts';
import { SamDocumentProblem } from './problem.ts';
import { isIntrinsic, isRawTreeList, listOf, type Tree } from './tree.ts';

/** A method of a path. */
interface Route {
  readonly path: string;
  readonly method: string;
}

function securityOf(path: string, method: string): string {
  return `security of method \`${method}\` for path \`${path}\``;
}

/** A security requirement list of a method, split by whether an authorizer of the API stands in it. */
function split(
  document: ApiDocument,
  definition: Tree,
  authorizers: ReadonlySet<string>,
  { path, method }: Route,
): { own: Tree[]; others: Tree[] } {
  const found = Object.hasOwn(definition, 'security') ? definition['security'] : [];
  if (!Array.isArray(found)) {
    throw new SamDocumentProblem(`the ${securityOf(path, method)} must be a list`, document.pointer);
  }
  if (!isRawTreeList(found)) {
    const wrong = JSON.stringify(found.find((entry) => !isRawObject(entry)));
    throw new SamDocumentProblem(
      `\`${wrong}\` in the ${securityOf(path, method)} must be a map`,
      document.pointer,
    );
  }
  const written = found.filter((entry) => isSecurity(entry, document));
  const isOwn = (entry: Tree): boolean => Object.keys(entry).some((name) => authorizers.has(name));
  return { own: written.filter(isOwn), others: written.filter((entry) => !isOwn(entry)) };
}

function isSecurity(entry: Tree, document: ApiDocument): boolean {
  const isPlain = Object.values(entry).every((scopes) => Array.isArray(scopes) || isIntrinsic(scopes));
  if (isPlain) return true;
  throw new SamDocumentProblem(
    'an entry in the security of a method must hold lists of scopes',
    document.pointer,
  );
}

/** Names that stand for authorizers: those of the API, none, and IAM. */
export function authorizerNames(names: readonly string[]): ReadonlySet<string> {
  return new Set([...names, 'NONE', 'AWS_IAM']);
}

/** Sets the authorizer of one method. */
export function setAuthorizer(
  document: ApiDocument,
  route: Route,
  requirement: Tree,
  names: ReadonlySet<string>,
): void {
  for (const definition of document.definitionsOf(route.path, route.method)) {
    definition['security'] = [...split(document, definition, names, route).others, requirement];
  }
}

/** Marks a method as needing an API key, or as needing none whatever the API's default is. */
export function setKeyRequired(
  document: ApiDocument,
  path: string,
  method: string,
  isRequired: boolean,
): void {
  const name = isRequired ? 'api_key' : 'api_key_false';
  for (const definition of document.definitionsOf(path, method)) {
    const security = listOf(definition['security']);
    if (!security.some((entry) => hasKey(entry, name)))
      definition['security'] = [...security, { [name]: [] }];
  }
}

function hasKey(entry: unknown, name: string): boolean {
  return typeof entry === 'object' && entry !== null && Object.hasOwn(entry, name);
}

/** Gives the default authorizer to all methods that have none; `keeps` leaves those with any security alone. */
export function setDefaultAuthorizer(
  document: ApiDocument,
  requirement: Tree,
  names: ReadonlySet<string>,
  { withPreflight, keeps }: { readonly withPreflight: boolean; readonly keeps: boolean },
): void {
  for (const path of Object.keys(document.paths)) {
    for (const { name, definitions } of document.methods(path)) {
      if (name.toLowerCase() === 'options' && !withPreflight) continue;
      for (const definition of definitions) {
        if (!hasIntegration(definition)) continue;
        const { own, others } = split(document, definition, names, { path, method: name });
        if (keeps && own.length + others.length > 0) continue;
        const rest = others.filter((entry) => !Object.hasOwn(entry, 'NONE'));
        const isFree = rest.length < others.length;
        const security = isFree ? rest : [...rest, ...(own.length > 0 ? own : [requirement])];
        // `NONE` stays where nothing else is said.
        if (security.length > 0) definition['security'] = security;
      }
    }
  }
}

/** Gives the need for an API key to all methods that do not refuse it. */
export function setDefaultKey(document: ApiDocument, withPreflight: boolean): void {
  for (const path of Object.keys(document.paths)) {
    for (const { name, definitions } of document.methods(path)) {
      if (name.toLowerCase() === 'options' && !withPreflight) continue;
      for (const definition of definitions) {
        if (hasIntegration(definition)) requireKey(document, definition, { path, method: name });
      }
    }
  }
}

function requireKey(document: ApiDocument, definition: Tree, route: Route): void {
  const { own, others } = split(document, definition, new Set(), route);
  const security = [...own, ...others];
  const kept = security.filter((entry) => !hasKey(entry, 'api_key') && !hasKey(entry, 'api_key_false'));
  const refused = security.some((entry) => hasKey(entry, 'api_key_false'));
  definition['security'] = refused ? kept : [...kept, { api_key: [] }];
}
