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
import { onEachSide, sidesOf } from './generated-resource.ts';

/** One operation of an OpenAPI document: a method on a path. */
export interface Operation {
  /** `/orders/{id}`; `$default` of an HTTP API stands without its slash. */
  readonly route: string;
  /** `GET`, or `ANY`. */
  readonly method: string;
  readonly body: ObjectValue;
  /** The operation's integration, `$ref` followed. */
  readonly integration: Value | undefined;
  /** The security requirements in force: its own, else the document's. */
  readonly security: Value | undefined;
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
          security: body.security ?? document.security,
          path: [...path, verb],
          ...(side.uncertain === undefined ? {} : { uncertain: side.uncertain }),
        },
      ];
    });
  });
}

function integrationOf(document: ObjectValue, body: ObjectValue): Value | undefined {
  return onEachSide(body['x-amazon-apigateway-integration'], (value) =>
    isObjectValue(value) && typeof value.$ref === 'string' ? localReference(document, value.$ref) : value,
  );
}

/** A member of an object, on each side of an undecided one. */
export function memberOf(object: Value | undefined, name: string): Value | undefined {
  return onEachSide(object, (value) => (isObjectValue(value) ? value[name] : undefined));
}

/** `#/components/x-amazon-apigateway-integrations/name`. */
function localReference(document: ObjectValue, pointer: string): ObjectValue | undefined {
  let value: Value | undefined = document;
  for (const segment of pointer.replace(/^#\//, '').split('/')) {
    value = isObjectValue(value) ? value[segment] : undefined;
  }
  return isObjectValue(value) ? value : undefined;
}

/** What a list of security requirements asks for. */
export interface Security {
  /** The schemes that are named, and that the document has. */
  readonly used: readonly SecurityScheme[];
  readonly scopes: readonly Value[];
}

/** The first scheme that an authorizer of the gateway stands behind. */
export function authorizerIn({ used }: Security): SecurityScheme | undefined {
  return used.find(({ authorizer }) => authorizer !== undefined);
}

/** True where IAM signs the requests. */
export function isSigned({ used }: Security): boolean {
  return used.some(({ body: { 'x-amazon-apigateway-authtype': type } }) => type === 'awsSigv4');
}

/** What follows from the security requirements of an operation, on each side of what is undecided in them. */
export function fromSecurity(
  requirements: Value | undefined,
  schemes: ReadonlyMap<string, SecurityScheme>,
  make: (security: Security) => Value | undefined,
): Value | undefined {
  return onEachSide(requirements, (list) => {
    const entries = (isArrayValue(list) ? list : []).flatMap((item) =>
      isObjectValue(item) ? Object.entries(item) : [],
    );
    return make({
      used: entries.flatMap(([name]) => schemes.get(name) ?? []),
      scopes: entries.flatMap(([, scopes]) => (isArrayValue(scopes) ? scopes : [])),
    });
  });
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
