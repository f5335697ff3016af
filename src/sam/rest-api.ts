import { addCustomStatements, addResourcePolicy } from './resource-policy.ts';
import { isRawObject } from '../text/raw.ts';
import { apiState } from './api-state.ts';
import type { ApiDocument } from './api-document.ts';
import { expandApiDomain } from './api-domain.ts';
import { setDefaultAuthorizer, setDefaultKey } from './api-security.ts';
import { emitAuthorizerPermission } from './authorizer-permission.ts';
import { asMap, asText, checkProperties } from './check-properties.ts';
import { contentLocation } from './content-location.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { fullHash } from './logical-id.ts';
import { checkServers, isVersion3, toOpenApi } from './open-api-version.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import {
  iamDefinition,
  readRestAuthorizers,
  securityDefinition,
  type RestAuthorizer,
} from './rest-authorizers.ts';
import { addRestCors } from './rest-cors.ts';
import { stageId } from './stage-name.ts';
import { propagateTags } from './tags.ts';
import { isGiven, isIntrinsic, isTruthy, listOf, pick, present, ref, tagList, type Tree } from './tree.ts';
import { expandUsagePlan } from './usage-plan.ts';

const authKeys = [
  'Authorizers',
  'DefaultAuthorizer',
  'InvokeRole',
  'AddDefaultAuthorizerToCorsPreflight',
  'AddApiKeyRequiredToCorsPreflight',
  'ApiKeyRequired',
  'ResourcePolicy',
  'UsagePlan',
];

/** AWS::Serverless::Api: the REST API, its deployment, stage, domain, usage plan and permissions. */
export function expandRestApi(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  checkRestApi(properties);
  const state = apiState(id, context);
  if (typeof properties['OpenApiVersion'] === 'number') {
    context.warn(id, '`OpenApiVersion` should be a string; put it in quotes', ['OpenApiVersion']);
  }
  const document = state?.document;
  const auth = isTruthy(properties['Auth']) ? asMap(context.resolvedDeep(properties['Auth']), 'Auth') : {};
  const authorizers = writeDocument(resource, document, auth, context);
  if (isTruthy(auth['DefaultAuthorizer']) && authorizers.length === 0 && document?.isIncluded === false) {
    context.warn(id, '`DefaultAuthorizer` has no effect, because `Auth` has no `Authorizers`; add them', [
      'Auth',
      'DefaultAuthorizer',
    ]);
  }
  context.emit(id, restApi(resource, document, context), { id, direct: true });
  context.place(id, context.routePlaces(id));
  const deployment = emitDeployment(resource, document, context);
  const stage = emitStage(resource, deployment, context);
  for (const authorizer of authorizers) emitPermission(resource, authorizer, context);
  const domain = expandApiDomain(resource, stage, context);
  const plan = expandUsagePlan(resource, stage, context);
  context.parts.set(`${id}.Deployment`, deployment).set(`${id}.Stage`, stage);
  propagateTags(resource, context, [id, stage, ...domain, ...plan]);
}

function checkRestApi(properties: Tree): void {
  const { DefinitionUri, DefinitionBody, StageName, OpenApiVersion } = properties;
  if (isTruthy(DefinitionUri) && isTruthy(DefinitionBody)) {
    throw new SamProblem('give either `DefinitionUri` or `DefinitionBody`, not both', ['DefinitionUri']);
  }
  if (StageName === '') throw new SamProblem('`StageName` cannot be empty', ['StageName']);
  if (isGiven(OpenApiVersion) && !isIntrinsic(OpenApiVersion) && typeof OpenApiVersion !== 'number') {
    const version = asText(OpenApiVersion, 'OpenApiVersion');
    if (!/^(?:2\.0|3\.(?:0|1)(?:\.\d+)?)$/.test(version)) {
      throw new SamProblem('`OpenApiVersion` must be `2.0`, or of the form `3.0.x` or `3.1.x`', [
        'OpenApiVersion',
      ]);
    }
  }
}

/** Writes CORS, authorization and the like into the document. Returns the authorizers. */
function writeDocument(
  resource: SamResource,
  document: ApiDocument | undefined,
  auth: Tree,
  context: SamContext,
): RestAuthorizer[] {
  const { properties } = resource;
  if (document?.isIncluded === true) return [];
  if (isGiven(properties['DisableExecuteApiEndpoint'])) {
    needDocument(document, 'DisableExecuteApiEndpoint');
    checkServers(document);
    disableEndpoint(document, properties['DisableExecuteApiEndpoint'], properties['OpenApiVersion']);
  }
  if (isTruthy(properties['Cors'])) addRestCors(needValid(document, 'Cors'), properties['Cors']);
  const authorizers = isTruthy(auth)
    ? addAuth(needValid(document, 'Auth'), auth, properties['StageName'], context.partition)
    : [];
  if (isTruthy(properties['GatewayResponses'])) {
    addGatewayResponses(needValid(document, 'GatewayResponses'), properties['GatewayResponses']);
  }
  if (isTruthy(properties['BinaryMediaTypes']) && document !== undefined) {
    addMediaTypes(document, context.resolvedDeep(properties['BinaryMediaTypes']));
  }
  if (isTruthy(properties['Models'])) addModels(needValid(document, 'Models'), properties['Models']);
  if (document?.isValid === true) for (const path of Object.keys(document.paths)) document.items(path);
  const passes = 1 + (isTruthy(auth) ? 1 : 0) + (isTruthy(properties['Models']) ? 1 : 0);
  if (document !== undefined) toOpenApi(document, properties['OpenApiVersion'], passes);
  return authorizers;
}

function needDocument(document: ApiDocument | undefined, property: string): asserts document is ApiDocument {
  if (document !== undefined) return;
  throw new SamProblem(
    `\`${property}\` works only with an API document inline in \`DefinitionBody\`; move the document there`,
    [property],
  );
}

function needValid(document: ApiDocument | undefined, property: string): ApiDocument {
  needDocument(document, property);
  if (document.isValid) return document;
  throw new SamProblem(
    `\`${property}\` cannot be added, because \`DefinitionBody\` does not contain a valid Swagger or OpenAPI definition`,
    ['DefinitionBody'],
  );
}

const endpointKey = 'x-amazon-apigateway-endpoint-configuration';

function disableEndpoint(document: ApiDocument, isDisabled: unknown, version: unknown): void {
  const isOpenApi = document.isOpenApi || isVersion3(version);
  if (!isOpenApi) {
    document.define([endpointKey], { disableExecuteApiEndpoint: isDisabled });
    return;
  }
  document.body['servers'] = [{ [endpointKey]: { disableExecuteApiEndpoint: isDisabled } }];
}

function addAuth(document: ApiDocument, auth: Tree, stageName: unknown, partition: string): RestAuthorizer[] {
  const wrong = Object.keys(auth).find((key) => !authKeys.includes(key));
  if (wrong !== undefined)
    throw new SamProblem(`invalid value for \`Auth\`: \`${wrong}\` is not known`, ['Auth', wrong]);
  const authorizers = readRestAuthorizers(auth);
  if (authorizers.length > 0) checkDefault(auth, authorizers);
  defineSecurity(document, authorizers, partition);
  applyDefault(document, auth, authorizers);
  if (isTruthy(auth['ApiKeyRequired'])) {
    const key = { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } };
    document.define(['securityDefinitions'], key);
    setDefaultKey(document, auth['AddApiKeyRequiredToCorsPreflight'] !== false);
  }
  for (const path of Object.keys(document.paths))
    addResourcePolicy(document, auth['ResourcePolicy'], { path, stageName });
  addCustomStatements(document, auth['ResourcePolicy']);
  return authorizers;
}

function checkDefault(auth: Tree, authorizers: readonly RestAuthorizer[]): void {
  const name = auth['DefaultAuthorizer'];
  if (!isTruthy(name)) return;
  if (typeof name !== 'string')
    throw new SamProblem('`DefaultAuthorizer` is not a string', ['Auth', 'DefaultAuthorizer']);
  if (authorizers.some((authorizer) => authorizer.name === name)) return;
  throw new SamProblem(
    `\`DefaultAuthorizer\` cannot be set, because \`${name}\` is not among the \`Authorizers\``,
    ['Auth', 'DefaultAuthorizer'],
  );
}

function defineSecurity(
  document: ApiDocument,
  authorizers: readonly RestAuthorizer[],
  partition: string,
): void {
  if (authorizers.length === 0) return;
  const definitions = authorizers.map((each): [string, Tree] => [
    each.name,
    securityDefinition(each, partition),
  ]);
  document.define(['securityDefinitions'], Object.fromEntries(definitions));
}

function applyDefault(document: ApiDocument, auth: Tree, authorizers: readonly RestAuthorizer[]): void {
  const chosen = authorizers.find((authorizer) => authorizer.name === auth['DefaultAuthorizer']);
  if (chosen === undefined) return;
  const names = new Set([...authorizers.map(({ name }) => name), 'AWS_IAM']);
  const withPreflight = auth['AddDefaultAuthorizerToCorsPreflight'] !== false;
  setDefaultAuthorizer(document, { [chosen.name]: chosen.scopes ?? [] }, names, {
    withPreflight,
    keeps: false,
  });
  if (chosen.kind === 'iam') document.define(['securityDefinitions'], { AWS_IAM: iamDefinition() });
}

function addMediaTypes(document: ApiDocument, types: unknown): void {
  const key = 'x-amazon-apigateway-binary-media-types';
  const all = new Map<string, unknown>();
  for (const type of [...listOf(document.body[key]), ...listOf(types)]) {
    const plain = withSlashes(type);
    all.set(JSON.stringify(plain), plain);
  }
  document.body[key] = [...all.values()];
}

/** `~1` stands for a slash. */
function withSlashes(type: unknown): unknown {
  if (typeof type === 'string') return type.replaceAll('~1', '/');
  if (Array.isArray(type)) return type.map(withSlashes);
  if (!isRawObject(type)) return type;
  return Object.fromEntries(Object.entries(type).map(([key, value]) => [key, withSlashes(value)]));
}

function addModels(document: ApiDocument, written: unknown): void {
  const models = asMap(written, 'Models');
  const lower = Object.entries(models).map(([name, schema]): [string, unknown] => {
    if (!isRawObject(schema)) throw new SamProblem(`model \`${name}\` should be a map`, ['Models', name]);
    return [name.toLowerCase(), schema];
  });
  document.define(['definitions'], Object.fromEntries(lower));
}

function restApi(resource: SamResource, document: ApiDocument | undefined, context: SamContext): Tree {
  const { properties } = resource;
  return {
    Type: 'AWS::ApiGateway::RestApi',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, [
        'Name',
        'Description',
        'BinaryMediaTypes',
        'MinimumCompressionSize',
        'FailOnWarnings',
        'Mode',
        'ApiKeySourceType',
        'Policy',
        'SecurityPolicy',
        'EndpointAccessMode',
      ]),
      ...endpoints(properties['EndpointConfiguration'], context.partition),
      Body: document?.body,
      BodyS3Location: bodyLocation(properties['DefinitionUri']),
    }),
  };
}

function bodyLocation(uri: unknown): unknown {
  return isTruthy(uri) ? contentLocation(uri, 'DefinitionUri', ['Bucket', 'Key', 'Version']) : undefined;
}

/** Only the partition `aws` has edge-optimized APIs, which are the default there. */
function endpoints(given: unknown, partition: string): Tree {
  const written = isTruthy(given) || partition === 'aws' ? given : 'REGIONAL';
  if (!isTruthy(written)) return {};
  if (!isRawObject(written) || isIntrinsic(written)) {
    return {
      EndpointConfiguration: { Types: [written] },
      Parameters: { endpointConfigurationTypes: written },
    };
  }
  const { Type, VPCEndpointIds, VpcEndpointIds, IpAddressType } = written;
  if (isGiven(VPCEndpointIds) && isGiven(VpcEndpointIds)) {
    throw new SamProblem('`VPCEndpointIds` and `VpcEndpointIds` cannot be used together', [
      'EndpointConfiguration',
    ]);
  }
  return present({
    EndpointConfiguration: present({
      Types: isGiven(Type) ? [Type] : undefined,
      VpcEndpointIds: VPCEndpointIds ?? VpcEndpointIds,
      IpAddressType,
    }),
    Parameters: isGiven(Type) ? { endpointConfigurationTypes: Type } : undefined,
  });
}

function emitDeployment(
  resource: SamResource,
  document: ApiDocument | undefined,
  context: SamContext,
): string {
  const { id, properties } = resource;
  const hash = fullHash(document?.body ?? bodyLocation(properties['DefinitionUri']) ?? {});
  const deploymentId = `${id}Deployment${hash.slice(0, 10)}`;
  const hasVersion = isTruthy(properties['OpenApiVersion']);
  const deployment = {
    Type: 'AWS::ApiGateway::Deployment',
    ...inheritedAttributes(resource),
    Properties: present({
      Description: `RestApi deployment id: ${hash}`,
      RestApiId: ref(id),
      StageName: hasVersion ? undefined : 'Stage',
    }),
  };
  context.emit(deploymentId, deployment, { id });
  return deploymentId;
}

function emitStage(resource: SamResource, deploymentId: string, context: SamContext): string {
  const { id, properties } = resource;
  const name = stageId(id, properties['StageName']);
  const stage = {
    Type: 'AWS::ApiGateway::Stage',
    ...inheritedAttributes(resource),
    Properties: present({
      DeploymentId: ref(deploymentId),
      RestApiId: ref(id),
      ...pick(properties, [
        'StageName',
        'CacheClusterEnabled',
        'CacheClusterSize',
        'Variables',
        'MethodSettings',
        'AccessLogSetting',
        'CanarySetting',
        'TracingEnabled',
      ]),
      Tags: isTruthy(properties['Tags']) ? tagList(properties['Tags']) : undefined,
    }),
  };
  context.emit(name, stage, { id, direct: true });
  return name;
}

function emitPermission(
  resource: SamResource,
  { kind, name, written }: RestAuthorizer,
  context: SamContext,
): void {
  if (kind !== 'token' && kind !== 'request') return;
  if (isTruthy(written['DisableFunctionDefaultPermissions'])) return;
  const { partition } = context;
  emitAuthorizerPermission(resource, { name, functionArn: written['FunctionArn'], partition }, context);
}
