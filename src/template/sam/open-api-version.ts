import type { ApiDocument } from './api-document.ts';
import { isGiven, omit, type Tree } from './tree.ts';

/** Turns a Swagger document into OpenAPI 3, where a version asks for it or the document is one. */
export function toOpenApi(document: ApiDocument, version: unknown): void {
  const { body } = document;
  const isAsked = typeof version === 'string' && version.startsWith('3');
  if (isAsked && isGiven(body['swagger'])) {
    delete body['swagger'];
    body['openapi'] = version;
  }
  if (!document.isOpenApi) return;
  move(body, 'securityDefinitions', 'securitySchemes');
  move(body, 'definitions', 'schemas');
  for (const path of Object.keys(document.paths)) convertMethods(document, path);
}

function move(body: Tree, from: string, to: string): void {
  const found = body[from];
  if (!isGiven(found)) return;
  delete body[from];
  const components = { ...(body['components'] as Tree | undefined) }; // an object where it is given
  components[to] = { ...(components[to] as Tree | undefined), ...(found as Tree) }; // written by this expansion
  body['components'] = components;
}

/** OPTIONS methods of the transform lose what only Swagger knows. */
function convertMethods(document: ApiDocument, path: string): void {
  for (const item of document.items(path)) {
    const options = item['options'];
    if (typeof options !== 'object' || options === null) continue;
    const definition = options as Tree; // a method is an object, or refused before
    if (definition['summary'] !== 'CORS support') continue;
    item['options'] = omit(definition, ['consumes', 'produces']);
  }
}
