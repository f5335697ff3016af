import type { Resource } from '../../model/resource.ts';
import {
  PartialString,
  Reference,
  Unresolved,
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

const gateway = 'AWS::ApiGatewayV2';

type Make = (part: Omit<Generation, 'parent'>) => Resource;

/** Routes, integrations and authorizers of an HTTP API's OpenAPI document. */
export function generateHttpApi(api: Resource, document: ObjectValue, base: Path): Generated {
  const { operations, incomplete } = operationsOf(document, base);
  const schemes = new Map(schemesOf(document, base).map((scheme) => [scheme.name, scheme]));
  const make: Make = (part) => generateResource({ parent: api, ...part });
  const resources = [
    ...[...schemes.values()].flatMap((scheme) => authorizerOf(api, scheme, make)),
    ...operations.flatMap((operation) => [
      integrationOf(api, operation, make),
      routeOf(api, operation, schemes, make),
    ]),
  ];
  return { resources, ...(incomplete === undefined ? {} : { incomplete }) };
}

function authorizerOf(
  api: Resource,
  { name, authorizer, path }: SecurityScheme,
  make: Make,
): readonly Resource[] {
  if (authorizer === undefined) return [];
  const jwt = isObjectValue(authorizer.jwtConfiguration) ? authorizer.jwtConfiguration : undefined;
  return [
    make({
      path,
      type: `${gateway}::Authorizer`,
      key: `authorizer/${name}`,
      name: `${api.name} authorizer ${name}`,
      properties: present({
        ApiId: new Reference(api.id),
        Name: name,
        AuthorizerType: typeof authorizer.type === 'string' ? authorizer.type.toUpperCase() : authorizer.type,
        AuthorizerUri: authorizer.authorizerUri,
        AuthorizerCredentialsArn: authorizer.authorizerCredentials,
        IdentitySource: listed(authorizer.identitySource),
        JwtConfiguration:
          jwt === undefined ? undefined : present({ Issuer: jwt.issuer, Audience: listed(jwt.audience) }),
      }),
    }),
  ];
}

function listed(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
}

function integrationOf(
  api: Resource,
  { method, route, integration, path, uncertain }: Operation,
  make: Make,
): Resource {
  return make({
    path: [...path, 'x-amazon-apigateway-integration'],
    places: { TimeoutInMillis: ['timeoutInMillis'], IntegrationUri: ['uri'] },
    type: `${gateway}::Integration`,
    key: `integration/${method} ${route}`,
    name: `${api.name} integration ${method} ${route}`,
    properties: present({
      ApiId: new Reference(api.id),
      IntegrationType: onEachSide(memberOf(integration, 'type'), (type) =>
        typeof type === 'string' ? type.toUpperCase() : type,
      ),
      IntegrationSubtype: memberOf(integration, 'integrationSubtype'),
      IntegrationUri: memberOf(integration, 'uri'),
      IntegrationMethod: memberOf(integration, 'httpMethod'),
      CredentialsArn: memberOf(integration, 'credentials'),
      ConnectionType: memberOf(integration, 'connectionType'),
      ConnectionId: memberOf(integration, 'connectionId'),
      TimeoutInMillis: memberOf(integration, 'timeoutInMillis'),
      RequestParameters: memberOf(integration, 'requestParameters'),
      PayloadFormatVersion: memberOf(integration, 'payloadFormatVersion'),
    }),
    ...(uncertain === undefined ? {} : { uncertain }),
  });
}

const routePlaces: Readonly<Record<string, Path>> = {
  AuthorizationType: ['security'],
  AuthorizerId: ['security'],
  AuthorizationScopes: ['security'],
};

function routeOf(
  api: Resource,
  operation: Operation,
  schemes: ReadonlyMap<string, SecurityScheme>,
  make: Make,
): Resource {
  const { method, route, body, security, uncertain } = operation;
  const from = (make: (security: Security) => Value | undefined): Value | undefined =>
    fromSecurity(security, schemes, make);
  const own = memberOf(body['x-amazon-apigateway-auth'], 'type');
  return make({
    path: operation.path,
    places: routePlaces,
    type: `${gateway}::Route`,
    key: `route/${method} ${route}`,
    name: `${api.name} ${method} ${route}`,
    properties: present({
      ApiId: new Reference(api.id),
      RouteKey: route === '$default' ? route : `${method} ${route}`,
      AuthorizationType: own ?? (body.security === undefined ? from(ofDocument) : from(authorizationType)),
      AuthorizerId: from((requirements) => {
        const scheme = authorizerIn(requirements);
        return scheme === undefined
          ? undefined
          : new Reference(generatedId(api, `authorizer/${scheme.name}`));
      }),
      AuthorizationScopes: from(({ scopes }) => (scopes.length === 0 ? undefined : scopes)),
      Target: new PartialString([
        'integrations/',
        new Reference(generatedId(api, `integration/${method} ${route}`)),
      ]),
    }),
    ...(uncertain === undefined ? {} : { uncertain }),
  });
}

/** REST APIs ignore it; the pages on HTTP APIs, read 2026-11-28, do not say. */
function ofDocument(security: Security): Value {
  const type = authorizationType(security);
  if (type === 'NONE') return type;
  return new Unresolved({
    code: 'unsupported',
    message: 'AWS does not document whether HTTP APIs apply `security` at the top of an OpenAPI document',
    remedy: 'set `security` in each operation',
  });
}

function authorizationType(security: Security): Value {
  return isSigned(security) ? 'AWS_IAM' : schemeType(authorizerIn(security));
}

function schemeType(scheme: SecurityScheme | undefined): Value {
  if (scheme === undefined) return 'NONE';
  const type = scheme.authorizer?.type;
  return typeof type === 'string' && type.toLowerCase() === 'jwt' ? 'JWT' : 'CUSTOM';
}

/** What quick creation makes of `Target`: one integration, one route and the stage `$default`. */
export function generateQuickApi(api: Resource): Generated {
  const { Target, RouteKey, CredentialsArn } = api.properties;
  const make: Make = (part) => generateResource({ parent: api, ...part });
  const isUrl = typeof Target === 'string' && Target.includes('://');
  const ApiId = new Reference(api.id);
  const resources = [
    make({
      path: ['Target'],
      type: `${gateway}::Integration`,
      key: 'integration/quick',
      name: `${api.name} integration`,
      properties: present({
        ApiId,
        IntegrationType: isUrl ? 'HTTP_PROXY' : 'AWS_PROXY',
        IntegrationUri: Target,
        CredentialsArn,
      }),
    }),
    make({
      path: RouteKey === undefined ? ['Target'] : ['RouteKey'],
      type: `${gateway}::Route`,
      key: 'route/quick',
      name: `${api.name} route`,
      properties: present({
        ApiId,
        RouteKey: RouteKey ?? '$default',
        AuthorizationType: 'NONE',
        Target: new PartialString(['integrations/', new Reference(generatedId(api, 'integration/quick'))]),
      }),
    }),
    make({
      path: ['Target'],
      type: `${gateway}::Stage`,
      key: 'stage/$default',
      name: `${api.name} $default`,
      properties: { ApiId, StageName: '$default', AutoDeploy: true },
    }),
  ];
  return { resources };
}
