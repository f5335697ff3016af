import { isRawObject, member } from '../../text/raw.ts';
import { integrationOf, methodKey, type ApiDocument } from '../api-document.ts';
import { SamDocumentProblem } from '../problem.ts';
import { apiState, type ApiState } from '../api-state.ts';
import { authorizerNames, setAuthorizer } from '../api-security.ts';
import { isGiven, isTruthy, listOf, onlyIf, present, refName, sub, type Tree } from '../tree.ts';
import { plainPath } from './api.ts';
import { emitPermission, eventProblem, eventSegments, type FunctionEvent } from './event.ts';

interface HttpRoute {
  readonly path: string;
  readonly method: string;
  readonly apiId: string;
  readonly state: ApiState | undefined;
}

/** HttpApi: the route in the document of its HTTP API, and the permission. */
export function expandHttpApiEvent(event: FunctionEvent): undefined {
  const route = readRoute(event);
  const { path, method, state } = route;
  const verb = methodKey(method) === methodKey('any') ? '*' : method.toUpperCase();
  const isRest = path === '$default';
  const plain = isRest ? '*' : path === '/$default' ? '$default' : `${verb}${plainPath(path)}`;
  const emit = isCovered(event, route) ? () => undefined : emitPermission;
  emit(event, 'apigateway.amazonaws.com', {
    SourceArn: sub(
      `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${plain}`,
      { __ApiId__: event.properties['ApiId'], __Stage__: '*' },
    ),
  });
  if (state?.document === undefined) return;
  if (!state.document.isIncluded) checkDocument(route, state.document);
  integrate(event, route, state.document, state);
}

/** The fault is the API's, whoever finds it. */
function checkDocument({ apiId }: HttpRoute, document: ApiDocument): void {
  if (document.isValidOpenApi) return;
  throw new SamDocumentProblem(
    `\`${apiId}\`: \`DefinitionBody\` does not contain a valid OpenAPI definition, to which events add their routes`,
    document.pointer,
  );
}

/** The permission for the route that takes all else covers the function's other routes of the same API. */
function isCovered(event: FunctionEvent, route: HttpRoute): boolean {
  if (route.path === '$default') return false;
  const events = event.target.resource.properties['Events'];
  return Object.values(isRawObject(events) ? events : {}).some((other) => {
    const properties = member(other, 'Properties');
    const apiId = member(properties, 'ApiId');
    const isDefault = !isGiven(member(properties, 'Path')) && member(other, 'Type') === 'HttpApi';
    return isDefault && (refName(apiId) ?? apiId) === route.apiId;
  });
}

function readRoute(event: FunctionEvent): HttpRoute {
  const { properties, context } = event;
  const { ApiId, Path, Method } = properties;
  if (isGiven(Path) !== isGiven(Method)) {
    throw eventProblem(event, 'give both `Path` and `Method`, or neither for the route that takes all else');
  }
  const apiId = refName(ApiId) ?? ApiId;
  if (typeof apiId !== 'string')
    throw eventProblem(event, 'property `ApiId` should be a string or a `Ref`', ['ApiId']);
  const state = apiState(apiId, context);
  const type = context.typeOf(apiId);
  if (type !== 'AWS::Serverless::HttpApi' && type !== 'AWS::ApiGatewayV2::Api' && type !== undefined) {
    throw eventProblem(
      event,
      "`ApiId` must be a valid reference to an 'AWS::Serverless::HttpApi' resource in the same template",
      ['ApiId'],
    );
  }
  if (!isGiven(Path)) return { path: '$default', method: 'x-amazon-apigateway-any-method', apiId, state };
  if (typeof Path !== 'string' || typeof Method !== 'string') {
    throw eventProblem(event, '`Path` and `Method` should be strings', ['Path']);
  }
  return { path: Path, method: Method, apiId, state };
}

function integrate(event: FunctionEvent, route: HttpRoute, document: ApiDocument, state: ApiState): void {
  const { path, method } = route;
  const { properties, target } = event;
  document.add(path, method);
  if (!document.hasIntegration(path, method)) {
    const condition = target.resource.raw['Condition'];
    const name = target.alias?.id ?? `${target.resource.id}.Arn`;
    const uri = sub(
      `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${name}}/invocations`,
    );
    const integration = {
      type: 'aws_proxy',
      httpMethod: 'POST',
      payloadFormatVersion: '2.0',
      uri: onlyIf(condition, uri),
    };
    document.integrate(
      path,
      method,
      integration,
      condition,
      present({ isDefaultRoute: path.endsWith('$default') || undefined }),
    );
  } else if (state.isManaged) {
    throw eventProblem(
      event,
      `API method \`${method}\` is defined several times for path \`${path}\`; keep one of them`,
    );
  }
  writePathParameters(document, path, method);
  const settings = present({
    timeoutInMillis: properties['TimeoutInMillis'],
    payloadFormatVersion: properties['PayloadFormatVersion'],
  });
  for (const definition of document.definitionsOf(path, method)) {
    Object.assign(integrationOf(definition), settings);
  }
  writeAuth(event, route, document, state);
  writeRouteSettings(event, route, state);
}

function writePathParameters(document: ApiDocument, path: string, method: string): void {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '');
  if (names.length === 0) return;
  for (const definition of document.definitionsOf(path, method)) {
    const parameters = [...listOf(definition['parameters'])];
    for (const name of names) {
      const place = { in: 'path', required: true };
      const index = parameters.findIndex((known) => member(known, 'name') === name);
      if (index === -1) parameters.push({ name, ...place });
      else parameters[index] = { ...(parameters[index] as Tree), ...place }; // it has a name
    }
    definition['parameters'] = parameters;
  }
}

function writeAuth(event: FunctionEvent, route: HttpRoute, document: ApiDocument, state: ApiState): void {
  const auth = event.properties['Auth'];
  if (!isRawObject(auth) || !isTruthy(auth)) return;
  const shared = state.properties['Auth'];
  const authorizers = member(shared, 'Authorizers');
  const fallback = member(shared, 'DefaultAuthorizer');
  const name = isTruthy(auth['Authorizer']) ? auth['Authorizer'] : fallback;
  if (!isTruthy(name)) {
    throw eventProblem(event, '`Auth` needs an `Authorizer`, or a `DefaultAuthorizer` of the HTTP API', [
      'Auth',
    ]);
  }
  const checked = checkName(event, route, name, {
    authorizers,
    fallback,
    isIam: member(shared, 'EnableIamAuthorizer') === true,
  });
  const scopes = auth['AuthorizationScopes'];
  if (isGiven(scopes) && !Array.isArray(scopes)) {
    throw eventProblem(event, '`AuthorizationScopes` must be a list of strings', [
      'Auth',
      'AuthorizationScopes',
    ]);
  }
  const own = isRawObject(authorizers) ? authorizers : {};
  const value = scopes ?? (checked === 'AWS_IAM' ? [] : member(own[checked], 'AuthorizationScopes'));
  setAuthorizer(document, route, { [checked]: listOf(value) }, authorizerNames(Object.keys(own)));
}

interface Shared {
  readonly authorizers: unknown;
  readonly fallback: unknown;
  readonly isIam: boolean;
}

function checkName(event: FunctionEvent, route: HttpRoute, name: unknown, shared: Shared): string {
  const cannot = (why: string): Error =>
    eventProblem(
      event,
      `the authorizer \`${typeof name === 'string' ? name : JSON.stringify(name)}\` cannot be set on API method \`${route.method}\` for path \`${route.path}\`, because ${why}`,
      ['Auth', 'Authorizer'],
    );
  if (typeof name !== 'string') throw cannot('it is not a string');
  if (name === 'NONE') {
    if (isTruthy(shared.fallback)) return name;
    throw cannot('`NONE` is valid only where the API has a `DefaultAuthorizer`');
  }
  if (name === 'AWS_IAM') {
    if (shared.isIam || Object.hasOwn(isRawObject(shared.authorizers) ? shared.authorizers : {}, name))
      return name;
    throw cannot('`EnableIamAuthorizer` is not set on the API');
  }
  if (!isTruthy(shared.authorizers)) throw cannot('the related API does not define any authorizers');
  if (!isRawObject(shared.authorizers) || !Object.hasOwn(shared.authorizers, name)) {
    throw cannot("it is not defined in the API's `Authorizers`");
  }
  return name;
}

/** Settings of a route stand in the stage. */
function writeRouteSettings(event: FunctionEvent, route: HttpRoute, state: ApiState): void {
  const settings = event.properties['RouteSettings'];
  if (!isTruthy(settings)) return;
  const key = route.path === '$default' ? '$default' : `${route.method.toUpperCase()} ${route.path}`;
  state.routeSettings.set(key, settings);
  state.settingPlaces[`RouteSettings\0${key}`] = [...eventSegments(event), 'Properties', 'RouteSettings'];
}
