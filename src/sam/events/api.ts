import { scalarText } from '../../model/scalar-text.ts';
import { isRawObject, member } from '../../text/raw.ts';
import { ApiDocument, integrationOf } from '../api-document.ts';
import { apiState, type ApiState } from '../api-state.ts';
import { isVersion3 } from '../open-api-version.ts';
import { authorizerNames, setAuthorizer, setKeyRequired } from '../api-security.ts';
import { addCustomStatements, addResourcePolicy } from '../resource-policy.ts';
import { iamDefinition } from '../rest-authorizers.ts';
import { stageSuffix } from '../stage-name.ts';
import { toPointer } from '../../model/location.ts';
import { SamDocumentProblem } from '../problem.ts';
import type { SamContext } from '../context.ts';
import {
  isGiven,
  isIntrinsic,
  isMap,
  isTruthy,
  listOf,
  onlyIf,
  present,
  refName,
  sub,
  type Tree,
} from '../tree.ts';
import { emitPermission, eventProblem, type FunctionEvent } from './event.ts';

/** The API that an event names, as far as the template tells. */
export interface RouteApi {
  readonly id: string;
  /** Undefined for an API that is not of SAM. */
  readonly state: ApiState | undefined;
  readonly stageName: unknown;
  /** The API as the event names it: a `Ref`, or its id alone. */
  readonly written: unknown;
}

/** A route of a REST API, as an event of any kind of resource writes it. */
export interface RestRoute {
  readonly path: string;
  readonly method: string;
  readonly properties: Tree;
  readonly api: RouteApi;
  readonly problem: (message: string, path?: readonly string[]) => Error;
}

/** Api: the route in the document of its REST API, and the permission. */
export function expandApiEvent(event: FunctionEvent): undefined {
  const route = readRestRoute(event.properties, event.context, (message, path) =>
    eventProblem(event, message, path),
  );
  const { document, isManaged } = route.api.state ?? {};
  const isKnown = event.context.typeOf(route.api.id) !== undefined;
  const suffix = isKnown ? stageSuffix(route.api.stageName) : 'AllStages';
  const plain = plainPath(route.path);
  const isAny = route.method.toLowerCase() === 'any';
  emitPermission(
    event,
    'apigateway.amazonaws.com',
    {
      SourceArn: sub(
        `arn:${event.context.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${isAny ? '*' : route.method.toUpperCase()}${plain}`,
        { __ApiId__: route.api.written, __Stage__: '*' },
      ),
    },
    `${event.id}Permission${suffix}`,
  );
  if (document === undefined) return;
  const isMerged = isManaged !== true && isTruthy(route.api.state?.properties['MergeDefinitions']);
  if (isManaged === true) integrateFunction(event, route, document);
  else if (isMerged) mergeFunction(event, route, document);
  else if (isTruthy(member(event.properties['Auth'], 'OverrideApiAuth'))) overrideAuth(route, document);
}

function overrideAuth(route: RestRoute, document: ApiDocument): void {
  const auth = route.properties['Auth'];
  if (!['Authorizer', 'ApiKeyRequired', 'ResourcePolicy'].some((name) => isTruthy(member(auth, name)))) {
    throw route.problem('`OverrideApiAuth` needs one of `Authorizer`, `ApiKeyRequired` or `ResourcePolicy`', [
      'Auth',
    ]);
  }
  writeAuth(route, document);
}

/** Reads which route of which API an event asks for. */
export function readRestRoute(
  properties: Tree,
  context: SamContext,
  problem: (message: string, path?: readonly string[]) => Error,
): RestRoute {
  const { RestApiId, Path, Method } = properties;
  const id = refName(RestApiId) ?? RestApiId;
  if (typeof id !== 'string')
    throw problem('property `RestApiId` should be a string or a `Ref`', ['RestApiId']);
  if (typeof Path !== 'string' || typeof Method !== 'string') {
    throw problem('`Path` and `Method` should be strings', ['Path']);
  }
  const type = context.typeOf(id) ?? member(context.output.get(id), 'Type');
  const state = apiState(id, context);
  const isForeign = type === 'AWS::ApiGateway::RestApi';
  if (!isForeign && (state === undefined || type !== 'AWS::Serverless::Api')) {
    throw problem(
      "`RestApiId` must be a valid reference to an 'AWS::Serverless::Api' resource in the same template",
      ['RestApiId'],
    );
  }
  const stageName = state?.properties['StageName'];
  return {
    path: Path,
    method: Method,
    properties,
    api: { id, state, stageName, written: RestApiId },
    problem,
  };
}

function integrateFunction(event: FunctionEvent, route: RestRoute, document: ApiDocument): void {
  const { path, method, problem } = route;
  document.add(path, method);
  if (document.hasIntegration(path, method)) {
    throw problem(`API method \`${method}\` is defined several times for path \`${path}\`; keep one of them`);
  }
  const condition = event.target.resource.raw['Condition'];
  const name = event.target.alias?.id ?? `${event.target.resource.id}.Arn`;
  const isStream = event.properties['ResponseTransferMode'] === 'RESPONSE_STREAM';
  const uri = sub(
    `arn:${event.context.partition}:apigateway:\${AWS::Region}:lambda:path/${isStream ? '2021-11-15' : '2015-03-31'}/functions/\${${name}}/${isStream ? 'response-streaming-invocations' : 'invocations'}`,
  );
  const integration = present({
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: onlyIf(condition, uri),
    credentials: credentials(route, event.context.partition),
    responseTransferMode: isStream ? 'STREAM' : undefined,
  });
  document.integrate(path, method, integration, condition);
  try {
    for (const definition of document.definitionsOf(path, method)) writeTimeout(event, definition);
    writeAuth(route, document);
    writeModel(route, document);
    writeParameters(route, document);
  } catch (error) {
    // The function is not expanded: another one may still take the route.
    document.withdraw(path, method);
    throw error;
  }
}

/** `MergeDefinitions`: what the event writes replaces what the document says of the same method. */
function mergeFunction(event: FunctionEvent, route: RestRoute, document: ApiDocument): void {
  if (!document.isValid) return;
  const { swagger, openapi } = document.body;
  const made = new ApiDocument({ ...present({ swagger, openapi }), paths: {} }, document.pointer);
  integrateFunction(event, route, made);
  document.add(route.path, route.method);
  const [own] = made.definitionsOf(route.path, route.method);
  for (const definition of document.definitionsOf(route.path, route.method)) Object.assign(definition, own);
  for (const [section, members] of Object.entries(made.body)) {
    if (section !== 'paths' && isRawObject(members)) document.define([section], members);
  }
}

function writeTimeout({ properties }: FunctionEvent, definition: Tree): void {
  const timeout = properties['TimeoutInMillis'];
  if (isGiven(timeout)) integrationOf(definition)['timeoutInMillis'] = timeout;
}

/** Requests that are signed reach the function with the caller's credentials, or a role's. */
function credentials({ properties, api }: RestRoute, partition: string): unknown {
  const own = isRawObject(properties['Auth']) ? properties['Auth'] : {};
  const shared = api.state?.properties['Auth'];
  const isSigned =
    own['Authorizer'] === 'AWS_IAM' ||
    (member(shared, 'DefaultAuthorizer') === 'AWS_IAM' && !isTruthy(own['Authorizer']));
  if (!isSigned) return undefined;
  const written = Object.hasOwn(own, 'InvokeRole')
    ? (own['InvokeRole'] ?? 'NONE')
    : member(shared, 'InvokeRole');
  if (written === 'NONE') return undefined;
  return !isTruthy(written) || written === 'CALLER_CREDENTIALS' ? `arn:${partition}:iam::*:user/*` : written;
}

/** Writes an event's `Auth` into its route. */
export function writeAuth(route: RestRoute, document: ApiDocument): void {
  const { path, method, properties, api } = route;
  const auth = properties['Auth'];
  if (!isTruthy(auth) || !isRawObject(auth) || isIntrinsic(auth)) return;
  const shared = api.state?.properties['Auth'];
  const name = auth['Authorizer'];
  if (isTruthy(name)) {
    writeAuthorizer(route, document, auth, shared);
  } else if (isTruthy(auth['AuthorizationScopes'])) {
    throw route.problem('`AuthorizationScopes` works only with an `Authorizer`', [
      'Auth',
      'AuthorizationScopes',
    ]);
  }
  const key = auth['ApiKeyRequired'];
  if (isGiven(key)) {
    if (key === false && !isTruthy(member(shared, 'ApiKeyRequired'))) {
      throw route.problem(
        `\`ApiKeyRequired: false\` cannot be set on method \`${method}\` of path \`${path}\`, because the API does not require keys`,
        ['Auth', 'ApiKeyRequired'],
      );
    }
    setKeyRequired(document, path, method, isTruthy(key));
    if (isTruthy(key)) {
      document.define(['securityDefinitions'], {
        api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
      });
    }
  }
  // The official translator writes this word where the stage's name is no text.
  const stageName = typeof api.stageName === 'string' ? api.stageName : 'Stage';
  addResourcePolicy(document, auth['ResourcePolicy'], { path, stageName });
  addCustomStatements(document, auth['ResourcePolicy']);
}

function writeAuthorizer(route: RestRoute, document: ApiDocument, auth: Tree, shared: unknown): void {
  const { path, method } = route;
  const authorizers = member(shared, 'Authorizers');
  const name = checkedName(route, auth['Authorizer'], shared, authorizers);
  const scopes = auth['AuthorizationScopes'];
  if (isGiven(scopes) && !Array.isArray(scopes)) {
    throw route.problem('`AuthorizationScopes` should be a list', ['Auth', 'AuthorizationScopes']);
  }
  const named = isRawObject(authorizers) ? authorizers : {};
  const own = scopes ?? member(named[name], 'AuthorizationScopes');
  const names = authorizerNames(Object.keys(named));
  setAuthorizer(document, { path, method }, { [name]: listOf(own) }, names);
  if (name === 'AWS_IAM') document.define(['securityDefinitions'], { AWS_IAM: iamDefinition() });
}

function checkedName(route: RestRoute, name: unknown, shared: unknown, authorizers: unknown): string {
  const { path, method } = route;
  const cannot = (why: string): Error =>
    route.problem(
      `the authorizer \`${typeof name === 'string' ? name : JSON.stringify(name)}\` cannot be set on API method \`${method}\` for path \`${path}\`, because ${why}`,
      ['Auth', 'Authorizer'],
    );
  if (isTruthy(authorizers)) checkAuthorizers(route, authorizers);
  if (typeof name !== 'string') throw cannot('it is not a string');
  if (name === 'AWS_IAM') return name;
  if (name === 'NONE') {
    if (isTruthy(member(shared, 'DefaultAuthorizer'))) return name;
    throw cannot('`NONE` is valid only where the API has a `DefaultAuthorizer`');
  }
  if (!isTruthy(authorizers)) throw cannot('the related API does not define any authorizers');
  if (!isMap(authorizers) || !Object.hasOwn(authorizers, name))
    throw cannot("it is not defined in the API's `Authorizers`");
  return name;
}

/** The fault is the API's, whoever finds it. */
function checkAuthorizers({ api }: RestRoute, authorizers: unknown): void {
  if (isMap(authorizers)) return;
  throw new SamDocumentProblem(
    `\`${api.id}\`: property \`Auth.Authorizers\` should be a map`,
    toPointer(['Resources', api.id, 'Properties', 'Auth', 'Authorizers']),
  );
}

function writeModel(route: RestRoute, document: ApiDocument): void {
  const written = route.properties['RequestModel'];
  if (!isTruthy(written) || !isRawObject(written)) return;
  const { Model, Required, ValidateBody, ValidateParameters } = written;
  checkModel(route, Model);
  const name = scalarText(Model).toLowerCase();
  for (const definition of document.definitionsOf(route.path, route.method)) {
    if (willBeOpenApi(route, document)) {
      const schema = { $ref: `#/components/schemas/${name}` };
      definition['requestBody'] = present({
        content: { 'application/json': { schema } },
        required: Required,
      });
    } else {
      const parameter = present({
        in: 'body',
        name,
        schema: { $ref: `#/definitions/${name}` },
        required: Required,
      });
      definition['parameters'] = [...listOf(definition['parameters']), parameter];
    }
  }
  if (isGiven(ValidateBody) || isGiven(ValidateParameters)) {
    writeValidator(route, document, ValidateBody, ValidateParameters);
  }
}

function willBeOpenApi({ api }: RestRoute, document: ApiDocument): boolean {
  const version = api.state?.properties['OpenApiVersion'];
  return document.isOpenApi || isVersion3(version);
}

function checkModel(route: RestRoute, model: unknown): void {
  const { path, method, api } = route;
  const cannot = (why: string): Error =>
    route.problem(
      `\`RequestModel\` \`${scalarText(model)}\` cannot be set on API method \`${method}\` for path \`${path}\`, because ${why}`,
      ['RequestModel'],
    );
  const models = api.state?.properties['Models'];
  if (!isGiven(model)) throw route.problem('`RequestModel` needs `Model`', ['RequestModel']);
  if (!isTruthy(models)) throw cannot('the related API does not define any models');
  if (!isRawObject(models)) throw cannot('the models of the related API are of an invalid type');
  if (!Object.hasOwn(models, scalarText(model))) throw cannot("it is not defined in the API's `Models`");
}

function writeValidator(route: RestRoute, document: ApiDocument, body: unknown, parameters: unknown): void {
  const names = [body === true ? 'body' : '', parameters === true ? 'params' : ''].filter(
    (part) => part !== '',
  );
  const name =
    names.length === 2 ? 'body-and-params' : names.length === 0 ? 'no-validation' : `${names[0] ?? ''}-only`;
  document.define(['x-amazon-apigateway-request-validators'], {
    [name]: { validateRequestBody: body === true, validateRequestParameters: parameters === true },
  });
  for (const definition of document.definitionsOf(route.path, route.method)) {
    definition['x-amazon-apigateway-request-validator'] = name;
  }
}

const parameterPlaces: Readonly<Record<string, string>> = {
  header: 'header',
  querystring: 'query',
  path: 'path',
};

function writeParameters(route: RestRoute, document: ApiDocument): void {
  for (const entry of listOf(route.properties['RequestParameters'])) {
    const [name, settings] = typeof entry === 'string' ? [entry, {}] : namedEntry(route, entry);
    const [, , place, ...rest] = name.split('.');
    const location = parameterPlaces[place ?? ''];
    if (!name.startsWith('method.request.') || location === undefined) {
      throw badParameter(
        route,
        `\`${name}\` is not of the form \`method.request.{querystring|path|header}.{name}\``,
      );
    }
    if (!isRawObject(settings) || Object.keys(settings).some((key) => !parameterSettings.includes(key)))
      throw badParameter(route, `\`${name}\` should be a map of \`Required\` and \`Caching\``);
    const parameter = {
      in: location,
      name: rest.join('.'),
      required: settings['Required'] ?? false,
      type: 'string',
    };
    for (const definition of document.definitionsOf(route.path, route.method)) {
      addParameter(definition, parameter, isTruthy(settings['Caching']) ? name : undefined);
    }
  }
}

function addParameter(definition: Tree, parameter: Tree, cached: string | undefined): void {
  definition['parameters'] = [...listOf(definition['parameters']), parameter];
  if (cached === undefined) return;
  const integration = integrationOf(definition);
  integration['cacheKeyParameters'] = [...listOf(integration['cacheKeyParameters']), cached];
}

const parameterSettings = ['Required', 'Caching'];

function namedEntry(route: RestRoute, entry: unknown): [string, unknown] {
  const [first] = isRawObject(entry) ? Object.entries(entry) : [];
  if (first === undefined) throw badParameter(route, 'an entry should be a name, or a map of one');
  return first;
}

function badParameter(route: RestRoute, why: string): Error {
  return route.problem(`invalid value for \`RequestParameters\`: ${why}`, ['RequestParameters']);
}

/** A path in an ARN: its parameters match anything, and a slash at its end counts for nothing. */
export function plainPath(path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.replace(/\{[a-zA-Z0-9._-]+\+?\}/g, '*');
}
