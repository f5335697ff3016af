import { lookup } from '../../model/lookup.ts';
import type { Resource } from '../../model/resource.ts';
import {
  Choice,
  Reference,
  isArrayValue,
  isObjectValue,
  type ObjectValue,
  type Path,
  type Value,
} from '../../model/value.ts';
import {
  generateResource,
  generatedId,
  onEachSide,
  present,
  type Generated,
  type Generation,
} from './generated-resource.ts';
import {
  authorizerIn,
  fromSecurity,
  isSigned,
  memberOf,
  operationsOf,
  schemesOf,
  type Operation,
  type Security,
  type SecurityScheme,
} from './open-api.ts';

const apiGateway = 'AWS::ApiGateway';

/**
 * REST APIs take `security` of operations, and ignore that of the document.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html, read 2026-11-28.
 */
function withoutRootSecurity(document: ObjectValue): ObjectValue {
  const { security, ...rest } = document;
  return security === undefined ? document : rest;
}

/**
 * Methods, path resources, authorizers and validators of a REST API's OpenAPI document, as if each
 * stood in the template. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function generateRestApi(api: Resource, document: ObjectValue, base: Path): Generated {
  const { operations, incomplete } = operationsOf(withoutRootSecurity(document), base);
  const schemes = new Map(schemesOf(document, base).map((scheme) => [scheme.name, scheme]));
  const make = (part: Omit<Generation, 'parent'>): Resource => generateResource({ parent: api, ...part });
  const resources = [
    ...[...schemes.values()].flatMap((scheme) => authorizerOf(api, scheme, make)),
    ...validatorsOf(api, document, base, make),
    ...pathsOf(api, operations, make),
    ...operations.map((operation) => methodOf(api, document, operation, schemes, make)),
  ];
  return { resources, ...(incomplete === undefined ? {} : { incomplete }) };
}

type Make = (part: Omit<Generation, 'parent'>) => Resource;

function authorizerOf(api: Resource, scheme: SecurityScheme, make: Make): readonly Resource[] {
  const { authorizer } = scheme;
  if (authorizer === undefined) return [];
  return [
    make({
      path: scheme.path,
      type: `${apiGateway}::Authorizer`,
      key: `authorizer/${scheme.name}`,
      name: `${api.name} authorizer ${scheme.name}`,
      properties: present({
        RestApiId: new Reference(api.id),
        Name: scheme.name,
        Type: upper(authorizer.type),
        AuthorizerUri: authorizer.authorizerUri,
        AuthorizerCredentials: authorizer.authorizerCredentials,
        ProviderARNs: authorizer.providerARNs,
        IdentitySource: authorizer.identitySource ?? headerOf(scheme.body),
        IdentityValidationExpression: authorizer.identityValidationExpression,
        AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
        JwtConfiguration: jwtConfiguration(authorizer.jwtConfiguration),
      }),
    }),
  ];
}

function headerOf(scheme: ObjectValue): Value | undefined {
  return scheme.in === 'header' && typeof scheme.name === 'string'
    ? `method.request.header.${scheme.name}`
    : undefined;
}

// Documents write `issuers` and `audiences`, the resource `Issuers` and `Audiences`.
function jwtConfiguration(value: Value | undefined): Value | undefined {
  if (value instanceof Choice)
    return new Choice(value.cause, jwtConfiguration(value.whenTrue), jwtConfiguration(value.whenFalse));
  if (isArrayValue(value)) return value.map((item) => jwtConfiguration(item) ?? null);
  if (!isObjectValue(value)) return value;
  return present(
    Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name.charAt(0).toUpperCase() + name.slice(1),
        jwtConfiguration(member),
      ]),
    ),
  );
}

function upper(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? value.toUpperCase() : value;
}

function validatorsOf(api: Resource, document: ObjectValue, base: Path, make: Make): readonly Resource[] {
  const validators = document['x-amazon-apigateway-request-validators'];
  if (!isObjectValue(validators)) return [];
  return Object.entries(validators).map(([name, body]) =>
    make({
      path: [...base, 'x-amazon-apigateway-request-validators', name],
      type: `${apiGateway}::RequestValidator`,
      key: `validator/${name}`,
      name: `${api.name} validator ${name}`,
      properties: present({
        RestApiId: new Reference(api.id),
        Name: name,
        ValidateRequestBody: isObjectValue(body) ? body.validateRequestBody : body,
        ValidateRequestParameters: isObjectValue(body) ? body.validateRequestParameters : body,
      }),
    }),
  );
}

function pathsOf(api: Resource, operations: readonly Operation[], make: Make): readonly Resource[] {
  const routes = new Map(operations.map((operation) => [operation.route, operation]));
  return [...routes.values()].map(({ route, path }) =>
    make({
      path: path.slice(0, -1),
      type: `${apiGateway}::Resource`,
      key: `path${route}`,
      name: `${api.name} ${route}`,
      properties: {
        RestApiId: new Reference(api.id),
        PathPart: route.slice(route.lastIndexOf('/') + 1),
        Path: route,
      },
    }),
  );
}

const methodPlaces: Readonly<Record<string, Path>> = {
  AuthorizationType: ['security'],
  AuthorizerId: ['security'],
  AuthorizationScopes: ['security'],
  ApiKeyRequired: ['security'],
  RequestValidatorId: ['x-amazon-apigateway-request-validator'],
  RequestModels: ['requestBody'],
  Integration: ['x-amazon-apigateway-integration'],
};

function methodOf(
  api: Resource,
  document: ObjectValue,
  operation: Operation,
  schemes: ReadonlyMap<string, SecurityScheme>,
  make: Make,
): Resource {
  const { body, method, route, uncertain } = operation;
  const validator =
    body['x-amazon-apigateway-request-validator'] ?? document['x-amazon-apigateway-request-validator'];
  return make({
    path: operation.path,
    places: methodPlaces,
    type: `${apiGateway}::Method`,
    key: `method/${method} ${route}`,
    name: `${api.name} ${method} ${route}`,
    properties: present({
      RestApiId: new Reference(api.id),
      ResourceId: new Reference(generatedId(api, `path${route}`)),
      HttpMethod: method,
      ...authorizationOf(api, operation, schemes),
      RequestValidatorId:
        typeof validator === 'string' ? new Reference(generatedId(api, `validator/${validator}`)) : validator,
      RequestParameters: parametersOf(body),
      RequestModels: modelsOf(body),
      Integration: onEachSide(operation.integration, restIntegration),
    }),
    ...(uncertain === undefined ? {} : { uncertain }),
  });
}

function authorizationOf(
  api: Resource,
  { body, security }: Operation,
  schemes: ReadonlyMap<string, SecurityScheme>,
): Readonly<Record<string, Value | undefined>> {
  const from = (make: (security: Security) => Value | undefined): Value | undefined =>
    fromSecurity(security, schemes, make);
  const own = memberOf(body['x-amazon-apigateway-auth'], 'type');
  return {
    AuthorizationType: own === undefined ? from(authorizationType) : onEachSide(own, upper),
    AuthorizerId: from((requirements) => {
      const scheme = authorizerIn(requirements);
      return scheme === undefined ? undefined : new Reference(generatedId(api, `authorizer/${scheme.name}`));
    }),
    AuthorizationScopes: from(({ scopes }) => (scopes.length === 0 ? undefined : scopes)),
    ApiKeyRequired: from(({ used }) => (used.some(isApiKey) ? true : undefined)),
  };
}

function authorizationType(security: Security): Value {
  return isSigned(security) ? 'AWS_IAM' : schemeType(authorizerIn(security));
}

function isApiKey({ body: { type, name }, authorizer }: SecurityScheme): boolean {
  return authorizer === undefined && type === 'apiKey' && name === 'x-api-key';
}

function schemeType(scheme: SecurityScheme | undefined): Value {
  if (scheme === undefined) return 'NONE';
  const type = upper(scheme.authorizer?.type);
  return type === 'COGNITO_USER_POOLS' || type === 'JWT' ? type : 'CUSTOM';
}

const locations: Readonly<Record<string, string>> = { query: 'querystring', header: 'header', path: 'path' };

function parametersOf(body: ObjectValue): Value | undefined {
  if (!isArrayValue(body.parameters)) return undefined;
  const parameters: Record<string, Value> = {};
  for (const parameter of body.parameters) {
    if (!isObjectValue(parameter) || typeof parameter.in !== 'string' || typeof parameter.name !== 'string')
      continue;
    const location = lookup(locations, parameter.in);
    if (location !== undefined)
      parameters[`method.request.${location}.${parameter.name}`] = parameter.required ?? false;
  }
  return Object.keys(parameters).length === 0 ? undefined : parameters;
}

/** Content types whose body has a schema, each with the schema's name. */
function modelsOf(body: ObjectValue): Value | undefined {
  const content = isObjectValue(body.requestBody) ? body.requestBody.content : undefined;
  if (isObjectValue(content)) {
    const models = Object.entries(content).filter(
      ([, media]) => isObjectValue(media) && media.schema !== undefined,
    );
    return models.length === 0
      ? undefined
      : Object.fromEntries(
          models.map(([type, media]) => [type, modelName(isObjectValue(media) ? media.schema : undefined)]),
        );
  }
  const inBody = isArrayValue(body.parameters)
    ? body.parameters.find((parameter) => isObjectValue(parameter) && parameter.in === 'body')
    : undefined;
  return isObjectValue(inBody) && inBody.schema !== undefined
    ? { 'application/json': modelName(inBody.schema) }
    : undefined;
}

function modelName(schema: Value | undefined): string {
  const pointer = isObjectValue(schema) && typeof schema.$ref === 'string' ? schema.$ref : 'inline';
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

function restIntegration(integration: Value | undefined): Value | undefined {
  if (!isObjectValue(integration)) return integration === undefined ? {} : integration;
  return present({
    Type: upper(integration.type),
    Uri: integration.uri,
    IntegrationHttpMethod: upper(integration.httpMethod),
    Credentials: integration.credentials,
    TimeoutInMillis: integration.timeoutInMillis,
    ConnectionType: upper(integration.connectionType),
    ConnectionId: integration.connectionId,
    RequestParameters: integration.requestParameters,
    RequestTemplates: integration.requestTemplates,
    TlsConfig: isObjectValue(integration.tlsConfig)
      ? present({ InsecureSkipVerification: integration.tlsConfig.insecureSkipVerification })
      : undefined,
  });
}
