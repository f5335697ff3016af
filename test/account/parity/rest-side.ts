import { functionArn } from './function-side.ts';
import { at, sub, to, type Side } from './parity-case.ts';

/** The URI by which the method of `restSide` invokes the function, or one of its aliases, as AWS shows it. */
const liveUri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
const declaredUri = sub(
  'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
);

/** An HTTP method of the API's one path. */
export interface MethodParts {
  readonly properties: object;
  readonly method: object;
  /** Instead of the function. */
  readonly integration?: readonly [declared: object, live: object];
}

interface RestParts {
  readonly properties?: object;
  readonly api?: object;
  readonly stageProperties?: object;
  readonly stage?: object;
  /** By HTTP method. */
  readonly methods?: Readonly<Record<string, MethodParts>>;
}

const byFunction: Required<MethodParts>['integration'] = [
  { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: declaredUri },
  {
    type: 'AWS_PROXY',
    httpMethod: 'POST',
    uri: liveUri,
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: 'r1',
  },
];

/** A REST API `Api` called `orders` with a path `/orders` and a stage `prod`; the function is `functionSide`'s. */
export function restSide({ properties, api, stageProperties, stage, methods = {} }: RestParts = {}): Side {
  const declared = Object.entries(methods).map(([HttpMethod, each]) => [
    `${HttpMethod}Method`,
    [
      'AWS::ApiGateway::Method',
      {
        RestApiId: to('Api'),
        ResourceId: to('Path'),
        HttpMethod,
        Integration: (each.integration ?? byFunction)[0],
        ...each.properties,
      },
    ] as const,
  ]);
  const live = Object.entries(methods).map(([httpMethod, each]) => [
    httpMethod,
    {
      httpMethod,
      apiKeyRequired: false,
      methodIntegration: (each.integration ?? byFunction)[1],
      ...each.method,
    },
  ]);
  return {
    resources: {
      Api: ['AWS::ApiGateway::RestApi', { Name: 'orders', ...properties }],
      Path: [
        'AWS::ApiGateway::Resource',
        { RestApiId: to('Api'), ParentId: at('Api', 'RootResourceId'), PathPart: 'orders' },
      ],
      Deployment: ['AWS::ApiGateway::Deployment', { RestApiId: to('Api') }],
      Stage: [
        'AWS::ApiGateway::Stage',
        { RestApiId: to('Api'), StageName: 'prod', DeploymentId: to('Deployment'), ...stageProperties },
      ],
      ...(Object.fromEntries(declared) as Side['resources']),
    },
    replies: {
      'apigateway.GetRestApis': {
        items: [
          {
            id: 'a1b2c3d4e5',
            name: 'orders',
            rootResourceId: 'r0',
            apiKeySource: 'HEADER',
            endpointConfiguration: { types: ['EDGE'] },
            disableExecuteApiEndpoint: false,
            ...api,
          },
        ],
      },
      'apigateway.GetStages': {
        item: [
          {
            stageName: 'prod',
            deploymentId: 'd1',
            cacheClusterEnabled: false,
            cacheClusterStatus: 'NOT_AVAILABLE',
            methodSettings: {},
            tracingEnabled: false,
            ...stage,
          },
        ],
      },
      'apigateway.GetResources': {
        items: [
          { id: 'r0', path: '/' },
          {
            id: 'r1',
            parentId: 'r0',
            pathPart: 'orders',
            path: '/orders',
            resourceMethods: Object.fromEntries(live) as object,
          },
        ],
      },
    },
  };
}
