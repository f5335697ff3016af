import { scalarText } from '../model/scalar-text.ts';
import { expandDomain } from './api-domain.ts';
import { asMap, checkProperties } from './check-properties.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { httpDomain } from './http-api.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { isGiven, isIntrinsic, isMap, isTruthy, pick, present, ref, sub, type Tree } from './tree.ts';

const createdBy = 'websocketapi:createdBy';
const specialRoutes: ReadonlySet<string> = new Set(['$connect', '$disconnect', '$default']);

/** AWS::Serverless::WebSocketApi: the API, its routes with their integrations and permissions, its stage and domain. */
export function expandWebSocketApi(written: SamResource, context: SamContext): void {
  checkProperties(written.properties, resourceProperties[written.type] ?? {}, written.type);
  const resource = deployedForm(written, context);
  const { id, properties } = resource;
  checkWebSocketApi(properties);
  const tags = { ...(isMap(properties['Tags']) ? properties['Tags'] : {}), [createdBy]: 'SAM' };
  const api = {
    Type: 'AWS::ApiGatewayV2::Api',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, [
        'ApiKeySelectionExpression',
        'Description',
        'DisableExecuteApiEndpoint',
        'DisableSchemaValidation',
        'FailOnWarnings',
        'IpAddressType',
        'RouteSelectionExpression',
      ]),
      Name: properties['Name'] ?? id,
      ProtocolType: 'WEBSOCKET',
      Tags: tags,
    }),
  };
  context.emit(id, api, { id, direct: true });
  const routes = asMap(properties['Routes'], 'Routes');
  const stageName = isTruthy(properties['StageName']) ? properties['StageName'] : 'default';
  const made = Object.entries(routes).map(([key, route]) =>
    emitRoute(resource, key, route, stageName, context),
  );
  const stage = emitStage(resource, made, tags, context);
  emitAuthorizer(resource, context);
  context.parts.set(`${id}.Stage`, stage);
  expandDomain(resource, stage, { ...httpDomain, tags }, context);
}

/** The transform hands no attribute on but `DependsOn`, not even a condition (version 1.115). */
function deployedForm(written: SamResource, context: SamContext): SamResource {
  const { Auth, Routes } = written.properties;
  const resolved = present({ Auth: context.resolvedDeep(Auth), Routes: context.resolvedDeep(Routes) });
  return {
    ...written,
    raw: pick(written.raw, ['DependsOn']),
    properties: { ...written.properties, ...resolved },
  };
}

function checkWebSocketApi(properties: Tree): void {
  const { Routes, StageName, AccessLogSettings, RouteSettings } = properties;
  if (!isTruthy(Routes)) throw new SamProblem('a WebSocket API must have at least one route', ['Routes']);
  if (StageName === '$default')
    throw new SamProblem('stages of WebSocket APIs cannot be named `$default`', ['StageName']);
  if (isTruthy(AccessLogSettings)) asMap(AccessLogSettings, 'AccessLogSettings');
  if (isTruthy(RouteSettings)) asMap(RouteSettings, 'RouteSettings');
  checkAuth(isTruthy(properties['Auth']) ? asMap(properties['Auth'], 'Auth') : {});
}

function checkAuth(auth: Tree): void {
  const { AuthType } = auth;
  const others = Object.keys(auth).filter((name) => name !== 'AuthType');
  if (!isGiven(AuthType)) {
    if (others.length > 0)
      throw new SamProblem('`AuthType` must be specified for additional auth configurations', ['Auth']);
    return;
  }
  if (isIntrinsic(AuthType) || !['AWS_IAM', 'CUSTOM', 'NONE'].includes(scalarText(AuthType))) {
    throw new SamProblem('`AuthType` is not one of AWS_IAM, CUSTOM or NONE', ['Auth', 'AuthType']);
  }
  if (AuthType !== 'CUSTOM' && others.length > 0) {
    throw new SamProblem(
      `no additional configurations are supported for \`AuthType: ${scalarText(AuthType)}\``,
      ['Auth'],
    );
  }
  if (AuthType === 'CUSTOM' && !isGiven(auth['AuthArn'])) {
    throw new SamProblem('`AuthArn` must be given for `AuthType: CUSTOM`', ['Auth']);
  }
}

function routeName(key: string): string {
  const plain = key.replace('$', '');
  return plain.charAt(0).toUpperCase() + plain.slice(1).toLowerCase();
}

function functionUri(name: string, arn: unknown): Tree {
  const text = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${name}}/invocations`;
  return sub(text, { [name]: arn });
}

function emitRoute(
  resource: SamResource,
  key: string,
  written: unknown,
  stageName: unknown,
  context: SamContext,
): string {
  const { id } = resource;
  const route = checkRoute(key, written);
  const base = id + routeName(key);
  const cause = { id, path: ['Routes', key] };
  const emit = (suffix: string, Type: string, properties: Tree): void => {
    const made = { Type, ...inheritedAttributes(resource), Properties: present(properties) };
    context.emit(base + suffix, made, { ...cause, direct: suffix === 'Route' });
  };
  const authorization = key === '$connect' ? authorizationOf(resource) : {};
  emit('Route', 'AWS::ApiGatewayV2::Route', {
    ApiId: ref(id),
    RouteKey: key,
    ...authorization,
    ...pick(route, [
      'ApiKeyRequired',
      'ModelSelectionExpression',
      'OperationName',
      'RequestModels',
      'RequestParameters',
      'RouteResponseSelectionExpression',
    ]),
    Target: { 'Fn::Join': ['/', ['integrations', ref(`${base}Integration`)]] },
  });
  emit('Integration', 'AWS::ApiGatewayV2::Integration', {
    ApiId: ref(id),
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionUri('FunctionArn', route['FunctionArn']),
    TimeoutInMillis: route['IntegrationTimeout'],
  });
  emit('Permission', 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: route['FunctionArn'],
    Principal: 'apigateway.amazonaws.com',
    SourceArn: routeArn(id, key, stageName),
  });
  return `${base}Route`;
}

function routeArn(id: string, key: string, stageName: unknown): Tree {
  const prefix = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}.ApiId}/`;
  if (typeof stageName === 'string') return sub(`${prefix}${stageName}/${key}`);
  return sub(`${prefix}\${__StageName__}/${key}`, { __StageName__: stageName });
}

function checkRoute(key: string, written: unknown): Tree {
  const route = asMap(written, `Routes.${key}`, ['Routes', key]);
  if (!specialRoutes.has(key) && !/^[A-Za-z0-9]+$/.test(key)) {
    throw new SamProblem(
      `route key \`${key}\` must be alphanumeric; only $connect, $disconnect and $default are supported beside`,
      ['Routes', key],
    );
  }
  if (!isGiven(route['FunctionArn']))
    throw new SamProblem(`route \`${key}\` needs \`FunctionArn\``, ['Routes', key]);
  if (isGiven(route['RequestParameters']) && key !== '$connect') {
    throw new SamProblem('request parameters are only supported for the $connect route in WebSocket APIs', [
      'Routes',
      key,
    ]);
  }
  return route;
}

function authorizationOf({ id, properties }: SamResource): Tree {
  const auth = properties['Auth'];
  const type = isMap(auth) ? auth['AuthType'] : undefined;
  if (!isTruthy(type)) return {};
  return present({
    AuthorizationType: type,
    AuthorizerId: type === 'CUSTOM' ? ref(`${id}ConnectAuthorizer`) : undefined,
  });
}

function emitStage(
  resource: SamResource,
  routes: readonly string[],
  tags: Tree,
  context: SamContext,
): string {
  const { id, properties } = resource;
  const name = properties['StageName'];
  const isDefault = !isTruthy(name) || name === 'default';
  const settings = properties['RouteSettings'];
  const stageId = isDefault ? `${id}DefaultStage` : `${id}${typeof name === 'string' ? name : ''}Stage`;
  const stage = {
    Type: 'AWS::ApiGatewayV2::Stage',
    ...(isTruthy(settings) ? { DependsOn: [...routes] } : {}),
    ...inheritedAttributes(resource),
    Properties: present({
      ApiId: ref(id),
      StageName: isDefault ? 'default' : name,
      Tags: tags,
      ...pick(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'StageVariables']),
      RouteSettings: isTruthy(settings) ? settings : undefined,
      AutoDeploy: true,
    }),
  };
  context.emit(stageId, stage, { id, direct: true });
  return stageId;
}

function emitAuthorizer(resource: SamResource, context: SamContext): void {
  const { id, properties } = resource;
  const auth = isMap(properties['Auth']) ? properties['Auth'] : {};
  if (auth['AuthType'] !== 'CUSTOM') return;
  const cause = { id, path: ['Auth'] };
  const authorizer = {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    ...inheritedAttributes(resource),
    Properties: present({
      ApiId: ref(id),
      AuthorizerType: 'REQUEST',
      AuthorizerUri: functionUri('AuthArn', auth['AuthArn']),
      Name: auth['Name'] ?? `${id}ConnectAuthorizer`,
      AuthorizerCredentialsArn: auth['InvokeRole'],
      IdentitySource: auth['IdentitySource'],
    }),
  };
  context.emit(`${id}ConnectAuthorizer`, authorizer, cause);
  if (isTruthy(auth['InvokeRole'])) return;
  const permission = {
    Type: 'AWS::Lambda::Permission',
    ...inheritedAttributes(resource),
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: auth['AuthArn'],
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(
        'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*',
        {
          __ApiId__: ref(id),
        },
      ),
    },
  };
  context.emit(`${id}AuthorizerPermission`, permission, cause);
}
