import type {
  APIGateway,
  Integration,
  Method,
  MethodSetting,
  MethodSnapshot,
  Resource,
  RestApi,
  Stage,
} from '@aws-sdk/client-api-gateway';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found, type Item, type ItemOperation, type Place } from '../collector.ts';
import { pages } from '../pages.ts';
import { capitalise, nonEmpty, parseDocument, tagList } from '../plain.ts';
import { sharedCall } from '../shared-call.ts';
import { deletedSince, deploymentFacts, describeChange } from './http-api-routes.ts';

const apiType = 'AWS::ApiGateway::RestApi';
/** Private custom domains, which alone have an ARN of their own. */
const privateDomainType = 'AWS::ApiGateway::DomainNameV2';
const stageType = 'AWS::ApiGateway::Stage';
const methodType = 'AWS::ApiGateway::Method';
const actions = ['apigateway:GET'];
const limit = 500;

/** REST APIs. */
export const apigateway = defineCollector<APIGateway>({
  service: 'apigateway',
  prefix: 'apigateway',
  open: async (config) => new (await import('@aws-sdk/client-api-gateway')).APIGateway(config),
  operations: [
    {
      operation: 'GetRestApis',
      actions,
      resources: ['apigateway:*::/restapis'],
      finds: [apiType],
      async *list(api, place) {
        const listed = pages(
          (position) => api.getRestApis({ position, limit }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed)
          yield { found: items.map((item) => apiFound(item, place)) };
      },
    },
    {
      operation: 'GetStages',
      actions,
      resources: ['apigateway:*::/restapis/*/stages'],
      each: apiType,
      links: true,
      finds: [stageType, 'AWS::WAFv2::WebACLAssociation'],
      placeholder: ({ name, keys }, cause) => ({
        type: stageType,
        name: `a stage of ${name}`,
        key: `${keys?.id ?? ''}/?`,
        properties: unknownStage(keys?.id, new Unresolved(cause)),
      }),
      async *read(api, item) {
        const stages = await stagesOf(api, item.keys?.id);
        yield { found: stages.flatMap((stage) => stageFound(stage, item)) };
      },
    },
    {
      // What a stage serves is its deployment; the resources are the draft of the next one.
      operation: 'GetResources',
      calls: ['GetStages', 'GetDeployment', 'GetResources'],
      actions,
      resources: [
        'apigateway:*::/restapis/*/stages',
        'apigateway:*::/restapis/*/deployments/*',
        'apigateway:*::/restapis/*/resources',
      ],
      each: apiType,
      links: true,
      finds: ['AWS::ApiGateway::Resource', methodType],
      patches: { [stageType]: ['DraftDeployed', 'UndeployedChanges'] },
      placeholder: ({ name, keys }, cause) => ({
        type: methodType,
        name: `a method of ${name}`,
        key: `${keys?.id ?? ''}/?`,
        properties: unknownMethod(keys?.id, new Unresolved(cause)),
      }),
      async *read(api, item) {
        const restApiId = item.keys?.id;
        const serving = await readServing(api, restApiId);
        const draft = new Map<string, string>();
        const listed = pages(
          (position) => api.getResources({ restApiId, position, limit, embed: ['methods'] }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed) {
          for (const { path = '', resourceMethods = {} } of items)
            for (const [verb, method] of Object.entries(resourceMethods))
              draft.set(`${path} ${verb}`, settingsText(method));
          yield { found: items.flatMap((resource) => resourceFound(resource, item, serving)) };
        }
        yield {
          found: deletedMethods(serving, draft, item),
          patches: [...serving.stages].map(([name, deployed]) => ({
            type: stageType,
            of: `${item.arn ?? ''}/stages/${name}`,
            properties: deploymentFacts(changesOf(draft, deployed)),
          })),
        };
      },
    },
    childList(
      'GetAuthorizers',
      'authorizers',
      'AWS::ApiGateway::Authorizer',
      async (api, restApiId, position) => {
        const { items = [], position: next } = await api.getAuthorizers({ restApiId, position, limit });
        const found = items.map((authorizer) => ({
          id: authorizer.id,
          AuthorizerId: authorizer.id,
          Name: authorizer.name,
          Type: authorizer.type,
          AuthType: authorizer.authType,
          AuthorizerUri: authorizer.authorizerUri,
          AuthorizerCredentials: authorizer.authorizerCredentials,
          AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
          IdentitySource: authorizer.identitySource,
          IdentityValidationExpression: authorizer.identityValidationExpression,
          ProviderARNs: authorizer.providerARNs,
        }));
        return { found, next };
      },
    ),
    childList(
      'GetRequestValidators',
      'requestvalidators',
      'AWS::ApiGateway::RequestValidator',
      async (api, restApiId, position) => {
        const { items = [], position: next } = await api.getRequestValidators({ restApiId, position, limit });
        const found = items.map((validator) => ({
          id: validator.id,
          RequestValidatorId: validator.id,
          Name: validator.name,
          ValidateRequestBody: validator.validateRequestBody,
          ValidateRequestParameters: validator.validateRequestParameters,
        }));
        return { found, next };
      },
    ),
    childList('GetModels', 'models', 'AWS::ApiGateway::Model', async (api, restApiId, position) => {
      const { items = [], position: next } = await api.getModels({ restApiId, position, limit });
      const found = items.map((model) => ({
        id: model.name,
        Name: model.name,
        ContentType: model.contentType,
        Schema: parseDocument(model.schema),
      }));
      return { found, next };
    }),
    {
      operation: 'GetUsagePlans',
      actions,
      resources: ['apigateway:*::/usageplans'],
      finds: ['AWS::ApiGateway::UsagePlan'],
      async *list(api) {
        const listed = pages(
          (position) => api.getUsagePlans({ position, limit }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed) {
          yield {
            found: items.map((plan) => ({
              type: 'AWS::ApiGateway::UsagePlan',
              name: plan.name ?? plan.id ?? '',
              key: plan.id ?? '',
              keys: { id: plan.id },
              properties: {
                Id: plan.id,
                UsagePlanName: plan.name,
                ApiStages: plan.apiStages?.map(({ apiId, stage, throttle }) => ({
                  ApiId: apiId,
                  Stage: stage,
                  Throttle: nonEmpty(capitaliseEntries(throttle)),
                })),
                Quota: capitalise(plan.quota),
                Throttle: capitalise(plan.throttle),
              },
            })),
          };
        }
      },
    },
    {
      operation: 'GetUsagePlanKeys',
      actions,
      resources: ['apigateway:*::/usageplans/*/keys'],
      each: 'AWS::ApiGateway::UsagePlan',
      finds: ['AWS::ApiGateway::UsagePlanKey'],
      async *read(api, { keys }) {
        const usagePlanId = keys?.id;
        const listed = pages(
          (position) => api.getUsagePlanKeys({ usagePlanId, position, limit }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed) {
          yield {
            // The answer also holds the key's value, which is left where it is.
            found: items.map(({ id = '', type }) => ({
              type: 'AWS::ApiGateway::UsagePlanKey',
              name: `${id}:${usagePlanId ?? ''}`,
              properties: { UsagePlanId: usagePlanId, KeyId: id, KeyType: type },
            })),
          };
        }
      },
    },
    {
      operation: 'GetDomainNames',
      actions,
      resources: ['apigateway:*::/domainnames'],
      finds: ['AWS::ApiGateway::DomainName', privateDomainType],
      // Every custom domain answers here, whichever API version made it, and with its full security policy.
      standsFor: ['AWS::ApiGatewayV2::DomainName'],
      async *list(api) {
        const listed = pages(
          (position) => api.getDomainNames({ position, limit }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed) {
          yield {
            found: items.map((domain) => ({
              type: domain.domainNameArn === undefined ? 'AWS::ApiGateway::DomainName' : privateDomainType,
              name: domain.domainName ?? '',
              keys: { id: domain.domainNameId },
              ...(domain.domainNameArn === undefined ? {} : { arn: domain.domainNameArn }),
              properties: {
                DomainName: domain.domainName,
                DomainNameArn: domain.domainNameArn,
                DomainNameId: domain.domainNameId,
                SecurityPolicy: domain.securityPolicy,
                EndpointAccessMode: domain.endpointAccessMode,
                EndpointConfiguration: capitalise(domain.endpointConfiguration),
                CertificateArn: domain.certificateArn,
                RegionalCertificateArn: domain.regionalCertificateArn,
                MutualTlsAuthentication: capitalise(domain.mutualTlsAuthentication),
                OwnershipVerificationCertificateArn: domain.ownershipVerificationCertificateArn,
                RegionalDomainName: domain.regionalDomainName,
                DistributionDomainName: domain.distributionDomainName,
              },
            })),
          };
        }
      },
    },
    {
      operation: 'GetBasePathMappings',
      actions,
      resources: ['apigateway:*:*:/domainnames/*/basepathmappings'],
      each: privateDomainType,
      finds: ['AWS::ApiGateway::BasePathMappingV2'],
      async *read(api, { name: domainName, keys, arn: DomainNameArn = '' }) {
        const listed = pages(
          (position) => api.getBasePathMappings({ domainName, domainNameId: keys?.id, position, limit }),
          (page) => page.position,
        );
        for await (const { items = [] } of listed) {
          yield {
            found: items.map(({ basePath: BasePath = '', restApiId: RestApiId, stage: Stage }) => ({
              type: 'AWS::ApiGateway::BasePathMappingV2',
              name: `${domainName}/${BasePath}`,
              key: `${DomainNameArn}|${BasePath}`,
              properties: { DomainNameArn, RestApiId, Stage, BasePath },
            })),
          };
        }
      },
    },
    {
      operation: 'GetAccount',
      actions,
      resources: ['apigateway:*::/account'],
      finds: ['AWS::ApiGateway::Account'],
      async *list(api) {
        const { cloudwatchRoleArn: CloudWatchRoleArn } = await api.getAccount({});
        const properties = { CloudWatchRoleArn };
        yield { found: [{ type: 'AWS::ApiGateway::Account', name: 'account', properties }] };
      },
    },
  ],
});

interface ChildPage {
  readonly found: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | undefined;
}

/** A list below an API, whose members name their API and are told apart by `id`. */
function childList(
  operation: string,
  path: string,
  type: string,
  call: (api: APIGateway, restApiId: string, position: string | undefined) => Promise<ChildPage>,
): ItemOperation<APIGateway> {
  return {
    operation,
    actions,
    resources: [`apigateway:*::/restapis/*/${path}`],
    each: apiType,
    finds: [type],
    async *read(api, { keys }) {
      const RestApiId = keys?.id ?? '';
      for await (const { found } of pages(
        (position) => call(api, RestApiId, position),
        (page) => page.next,
      )) {
        yield {
          found: found.map(({ id, ...properties }) => ({
            type,
            name: String(properties.Name ?? id),
            key: `${RestApiId}/${String(id)}`,
            properties: { RestApiId, ...properties },
          })),
        };
      }
    },
  };
}

function apiFound(api: RestApi, { partition, region }: Place): Found {
  const { id = '' } = api;
  return {
    type: apiType,
    name: api.name ?? id,
    keys: { id },
    arn: `arn:${partition}:apigateway:${region}::/restapis/${id}`,
    properties: {
      RestApiId: id,
      RootResourceId: api.rootResourceId,
      Name: api.name,
      Description: api.description,
      ApiKeySourceType: api.apiKeySource,
      BinaryMediaTypes: api.binaryMediaTypes,
      DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
      EndpointConfiguration: capitalise(api.endpointConfiguration),
      EndpointAccessMode: api.endpointAccessMode,
      SecurityPolicy: api.securityPolicy,
      MinimumCompressionSize: api.minimumCompressionSize,
      Policy: policyOf(api.policy),
      Tags: tagList(api.tags),
    },
  };
}

/** The service hands out its policy as JSON text whose quotes are escaped once more. */
function policyOf(text: string | undefined): unknown {
  if (text?.startsWith('{\\"') !== true) return parseDocument(text);
  const unescaped = parseDocument(`"${text}"`);
  return typeof unescaped === 'string' ? parseDocument(unescaped) : text;
}

function unknownStage(RestApiId: string | undefined, open: Unresolved): Record<string, unknown> {
  const names = [
    'StageName',
    'AccessLogSetting',
    'CacheClusterEnabled',
    'MethodSettings',
    'TracingEnabled',
    'WebAclArn',
  ];
  return { RestApiId, ...Object.fromEntries(names.map((name) => [name, open])) };
}

function stageFound(stage: Stage, { name, keys, arn = '' }: Item): Found[] {
  const { stageName = '', webAclArn } = stage;
  const stageArn = `${arn}/stages/${stageName}`;
  const found: Found = {
    type: stageType,
    name: `${name}/${stageName}`,
    arn: stageArn,
    properties: {
      RestApiId: keys?.id,
      StageName: stageName,
      DeploymentId: stage.deploymentId,
      Description: stage.description,
      AccessLogSetting: stage.accessLogSettings && {
        DestinationArn: stage.accessLogSettings.destinationArn,
        Format: stage.accessLogSettings.format,
      },
      CacheClusterEnabled: stage.cacheClusterEnabled,
      CacheClusterSize: stage.cacheClusterSize,
      CanarySetting: capitalise(stage.canarySettings),
      ClientCertificateId: stage.clientCertificateId,
      MethodSettings: Object.entries(stage.methodSettings ?? {}).map(([path, setting]) =>
        methodSetting(path, setting),
      ),
      TracingEnabled: stage.tracingEnabled,
      Variables: nonEmpty(stage.variables),
      WebAclArn: webAclArn,
      Tags: tagList(stage.tags),
    },
  };
  if (webAclArn === undefined || webAclArn === '') return [found];
  const properties = { ResourceArn: stageArn, WebACLArn: webAclArn };
  return [found, { type: 'AWS::WAFv2::WebACLAssociation', name: found.name, key: stageArn, properties }];
}

/** Keys are `path/METHOD` with the path's slashes as `~1`; the whole stage is `*` + `/*`. */
function methodSetting(key: string, setting: MethodSetting): Record<string, unknown> {
  const slash = key.lastIndexOf('/');
  const path = key.slice(0, slash).replaceAll('~1', '/');
  return {
    ResourcePath: path.startsWith('/') ? path : `/${path}`,
    HttpMethod: key.slice(slash + 1),
    LoggingLevel: setting.loggingLevel,
    MetricsEnabled: setting.metricsEnabled,
    DataTraceEnabled: setting.dataTraceEnabled,
    CachingEnabled: setting.cachingEnabled,
    CacheTtlInSeconds: setting.cacheTtlInSeconds,
    CacheDataEncrypted: setting.cacheDataEncrypted,
    ...throttlingOf(setting),
  };
}

/**
 * A stage without throttling of its own shows -1, or the account's default of 10,000 a second and
 * 5,000 at once: neither was set on the stage.
 */
function throttlingOf({
  throttlingBurstLimit: burst = -1,
  throttlingRateLimit: rate = -1,
}: MethodSetting): object {
  if (burst === 5_000 && rate === 10_000) return {};
  return {
    ...(burst < 0 ? {} : { ThrottlingBurstLimit: burst }),
    ...(rate < 0 ? {} : { ThrottlingRateLimit: rate }),
  };
}

function unknownMethod(RestApiId: string | undefined, open: Unresolved): Record<string, unknown> {
  const names = [
    'ApiKeyRequired',
    'AuthorizationType',
    'AuthorizerId',
    'HttpMethod',
    'Integration',
    'RequestModels',
    'RequestValidatorId',
    'ResourceId',
  ];
  return { RestApiId, ...Object.fromEntries(names.map((name) => [name, open])) };
}

/** Path and verb -> how one deployment serves the method. */
type Deployed = ReadonlyMap<string, MethodSnapshot>;

/** What the stages of an API serve. */
interface Serving {
  /** Stage name -> what its deployment and its canary's serve; undefined where the endpoint does not tell. */
  readonly stages: ReadonlyMap<string, readonly (Deployed | undefined)[]>;
}

/** The stages of an API, which tell also what its methods are served as. */
async function stagesOf(api: APIGateway, restApiId: string | undefined): Promise<readonly Stage[]> {
  return sharedCall(api, `stages ${restApiId ?? ''}`, async () => {
    const { item = [] } = await api.getStages({ restApiId });
    return item;
  });
}

/**
 * What the deployments of an API's stages, canaries included, serve.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployment.html (2026-11-28)
 */
async function readServing(api: APIGateway, restApiId: string | undefined): Promise<Serving> {
  const stages = new Map<string, readonly (Deployed | undefined)[]>();
  for (const { stageName = '', deploymentId, canarySettings } of await stagesOf(api, restApiId)) {
    const ids = new Set([deploymentId, canarySettings?.deploymentId]);
    const deployed: (Deployed | undefined)[] = [];
    for (const id of ids)
      if (id !== undefined)
        deployed.push(
          await sharedCall(api, `deployment ${restApiId ?? ''} ${id}`, async () =>
            deployedMethods(api, restApiId, id),
          ),
        );
    stages.set(stageName, deployed);
  }
  return { stages };
}

async function deployedMethods(
  api: APIGateway,
  restApiId: string | undefined,
  deploymentId: string,
): Promise<Deployed | undefined> {
  const { apiSummary } = await api.getDeployment({ restApiId, deploymentId, embed: ['apisummary'] });
  if (apiSummary === undefined) return undefined;
  return new Map(
    Object.entries(apiSummary).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, snapshot]) => [`${path} ${verb}`, snapshot] as const),
    ),
  );
}

/**
 * Settings of a method as the stages serve them: the most open of them, since whoever likes chooses the stage. Undefined
 * where no stage serves it. An endpoint that does not say what is deployed leaves a draft that is closed unproven.
 */
function servedSettings(
  key: string,
  draft: Pick<Method, 'authorizationType'>,
  { stages }: Serving,
): Record<string, unknown> | undefined {
  const deployments = [...stages.values()].flat();
  const told = deployments.flatMap((deployed) => deployed?.get(key) ?? []);
  const isUntold = deployments.includes(undefined);
  const [first] = told;
  if (first === undefined && !isUntold) return undefined;
  const open = told.find(({ authorizationType }) => isOpen(authorizationType));
  if (open === undefined && isUntold)
    return isOpen(draft.authorizationType) ? {} : { AuthorizationType: new Unresolved(notEmbedded) };
  return {
    AuthorizationType: (open ?? first)?.authorizationType ?? 'NONE',
    ApiKeyRequired: told.every(({ apiKeyRequired }) => apiKeyRequired === true),
  };
}

function isOpen(authorizationType: string | undefined): boolean {
  return (authorizationType ?? 'NONE') === 'NONE';
}

const notEmbedded = {
  code: 'evidence',
  message: 'the endpoint does not show the authorization with which the stage was deployed',
  remedy: 'audit an endpoint that answers GetDeployment with embed=apisummary',
} as const;

function settingsText({ authorizationType, apiKeyRequired }: MethodSnapshot): string {
  return `${authorizationType ?? 'NONE'}${apiKeyRequired === true ? ' and an API key' : ''}`;
}

/** How the draft differs from what a stage serves. */
function changesOf(
  draft: ReadonlyMap<string, string>,
  deployed: readonly (Deployed | undefined)[],
): readonly string[] | Unresolved {
  const known = deployed.filter((each) => each !== undefined);
  if (known.length < deployed.length) return new Unresolved(notEmbedded);
  const changes = known.flatMap((each) =>
    [...new Set([...draft.keys(), ...each.keys()])].flatMap((key) => {
      const snapshot = each.get(key);
      return describeChange(key, draft.get(key), snapshot && settingsText(snapshot));
    }),
  );
  return [...new Set(changes)].sort();
}

/** Methods that a stage serves and that were deleted since. */
function deletedMethods(
  { stages }: Serving,
  draft: ReadonlyMap<string, string>,
  { name, keys }: Item,
): readonly Found[] {
  const served = new Map([...stages.values()].flat().flatMap((deployed) => [...(deployed ?? [])]));
  return [...served.keys()].flatMap((key) => {
    if (draft.has(key)) return [];
    const [path = '', verb = ''] = key.split(' ');
    return [
      {
        type: methodType,
        name: `${name} ${verb} ${path}`,
        key: `${keys?.id ?? ''}/deployed ${key}`,
        properties: {
          ...unknownMethod(keys?.id, new Unresolved(deletedSince(name))),
          HttpMethod: verb,
          ...servedSettings(key, { authorizationType: undefined }, { stages }),
        },
      },
    ];
  });
}

function resourceFound(resource: Resource, { name, keys }: Item, serving: Serving): Found[] {
  const { id = '', path = '', resourceMethods = {} } = resource;
  const RestApiId = keys?.id ?? '';
  const found: Found = {
    type: 'AWS::ApiGateway::Resource',
    name: `${name} ${path}`,
    key: `${RestApiId}/${id}`,
    properties: {
      RestApiId,
      ResourceId: id,
      ParentId: resource.parentId,
      PathPart: resource.pathPart,
      Path: path,
    },
  };
  const methods = Object.entries(resourceMethods).flatMap(([httpMethod, method]) => {
    const served = servedSettings(`${path} ${httpMethod}`, method, serving);
    if (served === undefined) return [];
    return [
      {
        type: methodType,
        name: `${name} ${httpMethod} ${path}`,
        key: `${RestApiId}/${id}/${httpMethod}`,
        properties: {
          RestApiId,
          ResourceId: id,
          HttpMethod: httpMethod,
          ...methodProperties(method),
          ...served,
        },
      },
    ];
  });
  return [found, ...methods];
}

function methodProperties(method: Method): Record<string, unknown> {
  const { methodIntegration: integration } = method;
  return {
    ApiKeyRequired: method.apiKeyRequired,
    AuthorizationType: method.authorizationType,
    AuthorizationScopes: method.authorizationScopes,
    AuthorizerId: method.authorizerId,
    OperationName: method.operationName,
    RequestModels: nonEmpty(method.requestModels),
    RequestParameters: nonEmpty(method.requestParameters),
    RequestValidatorId: method.requestValidatorId,
    MethodResponses: Object.values(method.methodResponses ?? {}).map((response) => ({
      StatusCode: response.statusCode,
      ResponseModels: response.responseModels,
      ResponseParameters: response.responseParameters,
    })),
    Integration: integration && {
      Type: integration.type,
      Uri: integration.uri,
      IntegrationHttpMethod: integration.httpMethod,
      Credentials: integration.credentials,
      ConnectionType: integration.connectionType,
      ConnectionId: integration.connectionId,
      ContentHandling: integration.contentHandling,
      PassthroughBehavior: integration.passthroughBehavior,
      RequestParameters: nonEmpty(integration.requestParameters),
      RequestTemplates: nonEmpty(integration.requestTemplates),
      TimeoutInMillis: timeoutOf(integration),
      TlsConfig: capitalise(integration.tlsConfig),
    },
  };
}

/** The service answers 29 seconds where nobody set a timeout, as it does where somebody set 29 seconds. */
function timeoutOf({ timeoutInMillis }: Integration): unknown {
  return timeoutInMillis === 29_000 ? new Unresolved(timeoutUnknown) : timeoutInMillis;
}

const timeoutUnknown = {
  code: 'evidence',
  message: 'API Gateway returns 29,000 ms both for that timeout and for no timeout',
  remedy: 'set another timeout, or bring the evidence as a waiver with a reason',
} as const;

function capitaliseEntries(
  throttle:
    Readonly<Record<string, { rateLimit?: number | undefined; burstLimit?: number | undefined }>> | undefined,
): Record<string, unknown> | undefined {
  if (throttle === undefined) return undefined;
  return Object.fromEntries(Object.entries(throttle).map(([path, limits]) => [path, capitalise(limits)]));
}
