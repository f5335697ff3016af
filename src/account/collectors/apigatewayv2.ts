import { Unresolved } from '../../model/value.ts';
import type { ApiGatewayV2, Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2';
import { defineCollector, type Found, type Item, type ItemOperation } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty, tagList } from '../plain.ts';
import { sharedCall } from '../shared-call.ts';
import { deletedSince, deploymentFacts, servedRoutes, type ServedRoute } from './http-api-routes.ts';

const apiType = 'AWS::ApiGatewayV2::Api';
const stageType = 'AWS::ApiGatewayV2::Stage';
const routeType = 'AWS::ApiGatewayV2::Route';
const actions = ['apigateway:GET'];
const MaxResults = '500';

/** HTTP and WebSocket APIs, and which API answers under which custom domain. */
export const apigatewayv2 = defineCollector<ApiGatewayV2>({
  service: 'apigatewayv2',
  prefix: 'apigateway',
  open: async (config) => new (await import('@aws-sdk/client-apigatewayv2')).ApiGatewayV2(config),
  operations: [
    {
      operation: 'GetApis',
      actions,
      resources: ['apigateway:*::/apis'],
      finds: [apiType],
      async *list(api, { partition, region }) {
        const listed = pages(
          (NextToken) => api.getApis({ NextToken, MaxResults }),
          (page) => page.NextToken,
        );
        for await (const { Items = [] } of listed) {
          yield {
            found: Items.map(({ ApiId = '', Tags, ...rest }) => ({
              type: apiType,
              name: rest.Name ?? ApiId,
              keys: { id: ApiId },
              arn: `arn:${partition}:apigateway:${region}::/apis/${ApiId}`,
              properties: {
                ApiId,
                ApiEndpoint: rest.ApiEndpoint,
                ApiKeySelectionExpression: rest.ApiKeySelectionExpression,
                CorsConfiguration: rest.CorsConfiguration,
                Description: rest.Description,
                DisableExecuteApiEndpoint: rest.DisableExecuteApiEndpoint,
                IpAddressType: rest.IpAddressType,
                Name: rest.Name,
                ProtocolType: rest.ProtocolType,
                RouteSelectionExpression: rest.RouteSelectionExpression,
                Tags: tagList(Tags),
              },
            })),
          };
        }
      },
    },
    {
      operation: 'GetStages',
      actions,
      resources: ['apigateway:*::/apis/*/stages'],
      each: apiType,
      links: true,
      finds: [stageType],
      async *read(api, item) {
        yield { found: (await stagesOf(api, item)).map((stage) => stageFound(stage, item)) };
      },
    },
    {
      operation: 'GetRoutes',
      calls: ['GetStages', 'ExportApi', 'GetRoutes'],
      actions,
      resources: [
        'apigateway:*::/apis/*/stages',
        'apigateway:*::/apis/*/exports/*',
        'apigateway:*::/apis/*/routes',
      ],
      each: apiType,
      links: true,
      finds: [routeType],
      patches: { [stageType]: ['DraftDeployed', 'UndeployedChanges'] },
      async *read(api, item) {
        const ApiId = item.keys?.id ?? '';
        const stages = await stagesOf(api, item);
        const drafts: Route[] = [];
        const listed = pages(
          (NextToken) => api.getRoutes({ ApiId, NextToken, MaxResults }),
          (page) => page.NextToken,
        );
        for await (const { Items = [] } of listed) drafts.push(...Items);
        const protocol = item.properties.ProtocolType;
        const { routes, changes, failure } = await servedRoutes(api, { ApiId, protocol }, stages, drafts);
        yield {
          found: routes.map((route) => servedRouteFound(route, item)),
          patches: [...changes].map(([name, differing]) => ({
            type: stageType,
            of: `${item.arn ?? ''}/stages/${name}`,
            properties: deploymentFacts(differing),
          })),
        };
        if (failure !== undefined) throw failure instanceof Error ? failure : new Error('the export failed');
      },
    },
    {
      ...childList(
        'GetIntegrations',
        'integrations',
        'AWS::ApiGatewayV2::Integration',
        async (api, ApiId, NextToken) => {
          const { Items = [], NextToken: next } = await api.getIntegrations({ ApiId, NextToken, MaxResults });
          return { found: (item) => Items.map((integration) => integrationFound(integration, item)), next };
        },
      ),
      links: true,
    },
    childList(
      'GetAuthorizers',
      'authorizers',
      'AWS::ApiGatewayV2::Authorizer',
      async (api, ApiId, NextToken) => {
        const { Items = [], NextToken: next } = await api.getAuthorizers({ ApiId, NextToken, MaxResults });
        const found = ({ keys }: Item): Found[] =>
          Items.map(({ AuthorizerId = '', ...authorizer }) => ({
            type: 'AWS::ApiGatewayV2::Authorizer',
            name: authorizer.Name ?? AuthorizerId,
            key: `${keys?.id ?? ''}/${AuthorizerId}`,
            properties: { ApiId: keys?.id, AuthorizerId, ...authorizer },
          }));
        return { found, next };
      },
    ),
    {
      // Of REST APIs as well: the older call does not know mappings of several levels.
      operation: 'GetApiMappings',
      calls: ['GetDomainNames', 'GetApiMappings'],
      actions,
      resources: ['apigateway:*::/domainnames', 'apigateway:*::/domainnames/*/apimappings'],
      finds: ['AWS::ApiGatewayV2::ApiMapping'],
      standsFor: ['AWS::ApiGateway::BasePathMapping'],
      async *list(api) {
        const domains = pages(
          (NextToken) => api.getDomainNames({ NextToken, MaxResults }),
          (page) => page.NextToken,
        );
        for await (const { Items = [] } of domains) {
          for (const { DomainName } of Items) {
            const mappings = pages(
              (NextToken) => api.getApiMappings({ DomainName, NextToken, MaxResults }),
              (page) => page.NextToken,
            );
            for await (const page of mappings) {
              yield {
                found: (page.Items ?? []).map(
                  ({ ApiMappingId = '', ApiId, ApiMappingKey, Stage: stage }) => ({
                    type: 'AWS::ApiGatewayV2::ApiMapping',
                    name: ApiMappingId,
                    properties: { ApiMappingId, DomainName, ApiId, Stage: stage, ApiMappingKey },
                  }),
                ),
              };
            }
          }
        }
      },
    },
  ],
});

interface ChildPage {
  readonly found: (item: Item) => readonly Found[];
  readonly next: string | undefined;
}

function childList(
  operation: string,
  path: string,
  type: string,
  call: (api: ApiGatewayV2, apiId: string | undefined, token: string | undefined) => Promise<ChildPage>,
): ItemOperation<ApiGatewayV2> {
  return {
    operation,
    actions,
    resources: [`apigateway:*::/apis/*/${path}`],
    each: apiType,
    finds: [type],
    async *read(api, item) {
      for await (const page of pages(
        (token) => call(api, item.keys?.id, token),
        ({ next }) => next,
      )) {
        yield { found: page.found(item) };
      }
    },
  };
}

function stageFound({ StageName = '', Tags, ...stage }: Stage, { name, keys, arn = '' }: Item): Found {
  return {
    type: stageType,
    name: `${name}/${StageName}`,
    arn: `${arn}/stages/${StageName}`,
    properties: {
      ApiId: keys?.id,
      StageName,
      AccessLogSettings: nonEmpty(stage.AccessLogSettings),
      AutoDeploy: stage.AutoDeploy,
      ClientCertificateId: stage.ClientCertificateId,
      DefaultRouteSettings: nonEmpty(stage.DefaultRouteSettings),
      DeploymentId: stage.DeploymentId,
      Description: stage.Description,
      RouteSettings: nonEmpty(stage.RouteSettings),
      StageVariables: nonEmpty(stage.StageVariables),
      Tags: tagList(Tags),
    },
  };
}

/** The stages of an API, which tell also what its routes are served as. */
async function stagesOf(api: ApiGatewayV2, { keys }: Item): Promise<readonly Stage[]> {
  const ApiId = keys?.id ?? '';
  return sharedCall(api, `stages ${ApiId}`, async () => {
    const listed = pages(
      (NextToken) => api.getStages({ ApiId, NextToken, MaxResults }),
      (page) => page.NextToken,
    );
    const stages: Stage[] = [];
    for await (const { Items = [] } of listed) stages.push(...Items);
    return stages;
  });
}

function servedRouteFound({ draft, routeKey, authorizationType }: ServedRoute, item: Item): Found {
  if (draft !== undefined) {
    const found = routeFound(draft, item);
    return { ...found, properties: { ...found.properties, AuthorizationType: authorizationType } };
  }
  const { name, keys } = item;
  const open = new Unresolved(deletedSince(name));
  return {
    type: routeType,
    name: `${name} ${routeKey}`,
    key: `${keys?.id ?? ''}/deployed ${routeKey}`,
    properties: {
      ApiId: keys?.id,
      RouteKey: routeKey,
      AuthorizationType: authorizationType,
      ...Object.fromEntries(
        ['ApiKeyRequired', 'AuthorizerId', 'AuthorizationScopes', 'Target'].map((member) => [member, open]),
      ),
    },
  };
}

function routeFound({ RouteId = '', ...route }: Route, { name, keys }: Item): Found {
  return {
    type: routeType,
    name: `${name} ${route.RouteKey ?? RouteId}`,
    key: `${keys?.id ?? ''}/${RouteId}`,
    properties: {
      ApiId: keys?.id,
      RouteId,
      RouteKey: route.RouteKey,
      ApiKeyRequired: route.ApiKeyRequired,
      AuthorizationType: route.AuthorizationType,
      AuthorizationScopes: route.AuthorizationScopes,
      AuthorizerId: route.AuthorizerId,
      OperationName: route.OperationName,
      RequestModels: nonEmpty(route.RequestModels),
      Target: route.Target,
    },
  };
}

function integrationFound({ IntegrationId = '', ...integration }: Integration, { keys }: Item): Found {
  return {
    type: 'AWS::ApiGatewayV2::Integration',
    name: IntegrationId,
    key: `${keys?.id ?? ''}/${IntegrationId}`,
    properties: {
      ApiId: keys?.id,
      IntegrationId,
      ConnectionId: integration.ConnectionId,
      ConnectionType: integration.ConnectionType,
      CredentialsArn: integration.CredentialsArn,
      Description: integration.Description,
      IntegrationMethod: integration.IntegrationMethod,
      IntegrationSubtype: integration.IntegrationSubtype,
      IntegrationType: integration.IntegrationType,
      IntegrationUri: integration.IntegrationUri,
      PayloadFormatVersion: integration.PayloadFormatVersion,
      RequestParameters: nonEmpty(integration.RequestParameters),
      TimeoutInMillis: integration.TimeoutInMillis,
      TlsConfig: integration.TlsConfig,
    },
  };
}
