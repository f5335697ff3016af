import { scalarText } from '../model/scalar-text.ts';
import type { ApiDocument } from './api-document.ts';
import { isRawObject, member } from '../text/raw.ts';
import { SamDocumentProblem } from './problem.ts';
import { isGiven, isMap, omit, type Tree } from './tree.ts';

/**
 * Turns a Swagger document into OpenAPI 3, where a version asks for it or the document is one; `passes` is
 * how often the official translator goes over it.
 */
export function toOpenApi(document: ApiDocument, version: unknown, passes: number): void {
  const { body } = document;
  const isAsked = isVersion3(version);
  if (isAsked && isGiven(body['swagger'])) {
    delete body['swagger'];
    body['openapi'] = typeof version === 'number' ? `${version}.0` : version;
  }
  if (!document.isOpenApi) return;
  checkServers(document);
  move(body, 'securityDefinitions', 'securitySchemes');
  move(body, 'definitions', 'schemas');
  for (const path of Object.keys(document.paths)) convertMethods(document, path, passes);
}

/** Holds the servers of a document against what this expansion writes into them. @throws SamDocumentProblem */
export function checkServers(document: ApiDocument): void {
  const key = 'x-amazon-apigateway-endpoint-configuration';
  const servers = document.body['servers'];
  for (const [index, server] of (Array.isArray(servers) ? (servers as unknown[]) : []).entries()) {
    const written = member(server, key);
    if (!isGiven(written) || isRawObject(written)) continue;
    throw new SamDocumentProblem(`\`${key}\` of \`servers[${index}]\` should be a map`, document.pointer);
  }
}

function move(body: Tree, from: string, to: string): void {
  const found = body[from];
  if (!isGiven(found)) return;
  Reflect.deleteProperty(body, from);
  const components = { ...(body['components'] as Tree | undefined) }; // an object where it is given
  components[to] = found; // what the author wrote there is dropped in deployments too
  body['components'] = components;
}

/** `options` methods lose what only Swagger knows, as far as they stand behind no condition. */
function convertMethods(document: ApiDocument, path: string, passes: number): void {
  const item = document.paths[path];
  if (!isMap(item)) return;
  const options = item['options'];
  if (!isMap(options)) return;
  item['options'] = omit(options, ['consumes', 'produces']);
  const ok = member(options['responses'], '200');
  const headers = member(ok, 'headers');
  if (!isRawObject(ok) || !isRawObject(headers)) return;
  const wrapped = Object.entries(headers).map(([name, header]) => [name, inSchema(header, passes)] as const);
  (ok as Tree)['headers'] = Object.fromEntries(wrapped); // the document is a copy
}

/** Each pass over the document wraps the headers of a preflight answer once more. */
function inSchema(header: unknown, passes: number): unknown {
  return passes === 0 ? header : { schema: inSchema(header, passes - 1) };
}

/** True for `3.x` as text, or as the number that YAML makes of it. */
export function isVersion3(version: unknown): boolean {
  return (typeof version === 'string' || typeof version === 'number') && scalarText(version).startsWith('3');
}
