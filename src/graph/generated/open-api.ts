import {
  SymbolicValue,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../../model/value.ts';
import { sidesOf } from './generated-resource.ts';

/** One operation of an OpenAPI document: a method on a path. */
export interface Operation {
  /** `/orders/{id}`; `$default` of an HTTP API stands without its slash. */
  readonly route: string;
  /** `GET`, or `ANY`. */
  readonly method: string;
  readonly body: ObjectValue;
  /** The operation's integration, `$ref` followed. */
  readonly integration: ObjectValue;
  /** Names of the security schemes in force: its own, else the document's. */
  readonly security: readonly string[];
  /** Scopes that the first scheme asks for. */
  readonly scopes: readonly Value[];
  readonly path: Path;
  readonly uncertain?: Cause;
}

const methods: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'x-amazon-apigateway-any-method',
]);

/** Operations of a document (Swagger 2 or OpenAPI 3), and why there may be more. */
export function operationsOf(
  document: ObjectValue,
  base: Path,
): { readonly operations: readonly Operation[]; readonly incomplete?: Cause } {
  const operations: Operation[] = [];
  let incomplete: Cause | undefined;
  for (const paths of sidesOf(document.paths)) {
    if (!isObjectValue(paths.value)) {
      incomplete ??= causeOf(paths.value);
      continue;
    }
    for (const [route, item] of Object.entries(paths.value)) {
      for (const side of sidesOf(item, paths.uncertain)) {
        if (!isObjectValue(side.value)) incomplete ??= causeOf(side.value);
        else
          operations.push(
            ...itemOperations(document, route, side.value, [...base, 'paths', route], side.uncertain),
          );
      }
    }
  }
  return { operations, ...(incomplete === undefined ? {} : { incomplete }) };
}

function causeOf(value: Value): Cause | undefined {
  if (value instanceof Unresolved) return value.cause;
  return value instanceof SymbolicValue
    ? { code: 'unsupported', message: 'a part of the API document is not known' }
    : undefined;
}

function itemOperations(
  document: ObjectValue,
  route: string,
  item: ObjectValue,
  path: Path,
  uncertain: Cause | undefined,
): readonly Operation[] {
  return Object.entries(item).flatMap(([verb, operation]) => {
    if (!methods.has(verb.toLowerCase())) return [];
    return sidesOf(operation, uncertain).flatMap((side) => {
      const body = isObjectValue(side.value) ? side.value : {};
      return [
        {
          route: route === '/$default' ? '$default' : route,
          method: verb.startsWith('x-') ? 'ANY' : verb.toUpperCase(),
          body,
          integration: integrationOf(document, body),
          ...securityOf(document, body),
          path: [...path, verb],
          ...(side.uncertain === undefined ? {} : { uncertain: side.uncertain }),
        },
      ];
    });
  });
}

function integrationOf(document: ObjectValue, body: ObjectValue): ObjectValue {
  const [first] = sidesOf(body['x-amazon-apigateway-integration']);
  const value = first?.value;
  if (!isObjectValue(value)) return {};
  return typeof value.$ref === 'string' ? (localReference(document, value.$ref) ?? {}) : value;
}

/** `#/components/x-amazon-apigateway-integrations/name`. */
function localReference(document: ObjectValue, pointer: string): ObjectValue | undefined {
  let value: Value | undefined = document;
  for (const segment of pointer.replace(/^#\//, '').split('/')) {
    value = isObjectValue(value) ? value[segment] : undefined;
  }
  return isObjectValue(value) ? value : undefined;
}

function securityOf(
  document: ObjectValue,
  body: ObjectValue,
): { readonly security: readonly string[]; readonly scopes: readonly Value[] } {
  const list = sidesOf(body.security ?? document.security)[0]?.value;
  if (!isArrayValue(list)) return { security: [], scopes: [] };
  const entries = list.flatMap((item) => (isObjectValue(item) ? Object.entries(item) : []));
  return {
    security: entries.map(([name]) => name),
    scopes: entries.flatMap(([, scopes]) => (isArrayValue(scopes) ? scopes : [])),
  };
}

/** A security scheme, and where in the document it stands. */
export interface SecurityScheme {
  readonly name: string;
  readonly body: ObjectValue;
  /** The gateway's extension, where the scheme is an authorizer. */
  readonly authorizer?: ObjectValue;
  readonly path: Path;
}

/** Schemes of `securityDefinitions` and `components.securitySchemes`. */
export function schemesOf(document: ObjectValue, base: Path): readonly SecurityScheme[] {
  const places: readonly (readonly string[])[] = [['securityDefinitions'], ['components', 'securitySchemes']];
  return places.flatMap((place) => {
    let value: Value | undefined = document;
    for (const segment of place) value = isObjectValue(value) ? value[segment] : undefined;
    if (!isObjectValue(value)) return [];
    return Object.entries(value).flatMap(([name, scheme]): SecurityScheme[] => {
      const body = sidesOf(scheme)[0]?.value;
      if (!isObjectValue(body)) return [];
      const authorizer = body['x-amazon-apigateway-authorizer'];
      const path = [...base, ...place, name];
      return [{ name, body, path, ...(isObjectValue(authorizer) ? { authorizer } : {}) }];
    });
  });
}
