import type { ApiGatewayV2, Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2';
import { defineCollector, type Found, type Item, type ItemOperation } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty, tagList } from '../plain.ts';

const apiType = 'AWS::ApiGatewayV2::Api';
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
    childList('GetStages', 'stages', 'AWS::ApiGatewayV2::Stage', async (api, ApiId, NextToken) => {
      const { Items = [], NextToken: next } = await api.getStages({ ApiId, NextToken, MaxResults });
      return { found: (item) => Items.map((stage) => stageFound(stage, item)), next };
    }),
    childList('GetRoutes', 'routes', 'AWS::ApiGatewayV2::Route', async (api, ApiId, NextToken) => {
      const { Items = [], NextToken: next } = await api.getRoutes({ ApiId, NextToken, MaxResults });
      return { found: (item) => Items.map((route) => routeFound(route, item)), next };
    }),
    childList(
      'GetIntegrations',
      'integrations',
      'AWS::ApiGatewayV2::Integration',
      async (api, ApiId, NextToken) => {
        const { Items = [], NextToken: next } = await api.getIntegrations({ ApiId, NextToken, MaxResults });
        return { found: (item) => Items.map((integration) => integrationFound(integration, item)), next };
      },
    ),
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
    type: 'AWS::ApiGatewayV2::Stage',
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

function routeFound({ RouteId = '', ...route }: Route, { name, keys }: Item): Found {
  return {
    type: 'AWS::ApiGatewayV2::Route',
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
