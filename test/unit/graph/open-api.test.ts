import { describe, expect, it } from '@jest/globals';
import { Choice, PartialString, Unresolved, type Cause, type ObjectValue } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref, related, resource } from './reading.ts';

const uri = new PartialString([
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/',
  ref('Orders', 'Arn'),
  '/invocations',
]);
const integration = { type: 'aws_proxy', httpMethod: 'POST', uri };

function apiOf(Type: string, Properties: ObjectValue, documents = new Map<string, ObjectValue>()) {
  return graphOf({ Orders: { Type: 'AWS::Lambda::Function' }, Api: { Type, Properties } }, {}, { documents });
}

const swagger: ObjectValue = {
  swagger: '2.0',
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
  },
  'x-amazon-apigateway-request-validator': 'all',
  securityDefinitions: {
    pool: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': {
        type: 'cognito_user_pools',
        providerARNs: ['arn:aws:cognito-idp:eu-west-1:1:userpool/p'],
      },
    },
    api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
  },
  paths: {
    '/orders': {
      get: {
        security: [{ pool: ['read'] }, { api_key: [] }],
        'x-amazon-apigateway-integration': integration,
      },
      options: { 'x-amazon-apigateway-integration': { type: 'mock' } },
    },
    '/{proxy+}': {
      'x-amazon-apigateway-any-method': {
        'x-amazon-apigateway-auth': { type: 'AWS_IAM' },
        'x-amazon-apigateway-integration': integration,
      },
    },
  },
};

describe('a REST API’s document', () => {
  const graph = apiOf('AWS::ApiGateway::RestApi', { Body: swagger });

  it('gives methods in CloudFormation’s terms', () => {
    const methods = related(graph, 'Api', 'methods').edges.map(({ to }) => to?.properties);
    expect(methods.map((method) => [method?.HttpMethod, method?.AuthorizationType])).toEqual([
      ['ANY', 'AWS_IAM'],
      ['GET', 'COGNITO_USER_POOLS'],
      ['OPTIONS', 'NONE'],
    ]);
    expect(methods[1]).toMatchObject({
      ApiKeyRequired: true,
      AuthorizationScopes: ['read'],
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' },
    });
    expect(methods[2]).toMatchObject({ Integration: { Type: 'MOCK' } });
  });

  it('links methods to authorizers, validators, functions and resources', () => {
    const get = 'Api GET /orders';
    expect(namesOf(graph, get, 'authorizer')).toEqual(['Api authorizer pool']);
    expect(namesOf(graph, get, 'requestValidator')).toEqual(['Api validator all']);
    expect(namesOf(graph, get, 'integrationFunction')).toEqual(['Orders']);
    expect(namesOf(graph, get, 'apiResource')).toEqual(['Api /orders']);
    expect(namesOf(graph, 'Orders', 'invokers')).toEqual(['Api']);
  });

  it('locates what it gives in the document', () => {
    const get = resource(graph, 'Api GET /orders');
    expect(get.generated).toBe(true);
    expect(get.locate(['AuthorizationType'])).toEqual({
      file: 'main.json',
      pointer: '/Resources/Api/Body/paths//orders/get/security',
    });
  });

  it('may hold more methods where a part of it is not known', () => {
    const cause: Cause = { code: 'transform', message: 'AWS::Include is not run' };
    expect(
      related(apiOf('AWS::ApiGateway::RestApi', { Body: new Unresolved(cause) }), 'Api', 'methods')
        .incomplete,
    ).toEqual(cause);
    expect(
      related(
        apiOf('AWS::ApiGateway::RestApi', { BodyS3Location: { Bucket: 'b', Key: 'k' } }),
        'Api',
        'methods',
      ).incomplete?.code,
    ).toBe('not-collected');
  });

  it('marks what stands under an undecided condition', () => {
    const cause: Cause = { code: 'condition', message: 'condition `Open` is not decided' };
    const paths = {
      '/open': new Choice(cause, { get: { 'x-amazon-apigateway-integration': integration } }, undefined),
    };
    const [edge] = related(apiOf('AWS::ApiGateway::RestApi', { Body: { paths } }), 'Api', 'methods').edges;
    expect(edge?.to?.uncertain).toMatchObject(cause);
  });

  it('is read from the file that the source found', () => {
    const documents = new Map([['main/Api', swagger]]);
    const found = apiOf('AWS::ApiGateway::RestApi', { BodyS3Location: { Bucket: 'b', Key: 'k' } }, documents);
    expect(related(found, 'Api', 'methods').edges).toHaveLength(3);
  });
});

describe('an HTTP API’s document', () => {
  const document: ObjectValue = {
    openapi: '3.0.1',
    components: {
      securitySchemes: {
        login: {
          type: 'oauth2',
          'x-amazon-apigateway-authorizer': {
            type: 'jwt',
            identitySource: '$request.header.Authorization',
            jwtConfiguration: { issuer: 'https://id.example.com', audience: ['app'] },
          },
        },
      },
      'x-amazon-apigateway-integrations': { orders: integration },
    },
    paths: {
      '/$default': {
        'x-amazon-apigateway-any-method': {
          security: [{ login: ['orders/read'] }],
          'x-amazon-apigateway-integration': { $ref: '#/components/x-amazon-apigateway-integrations/orders' },
        },
      },
      '/open': { get: { security: [], 'x-amazon-apigateway-integration': integration } },
    },
  };
  const graph = apiOf('AWS::ApiGatewayV2::Api', { Body: document });

  it('gives routes, integrations and authorizers', () => {
    const routes = related(graph, 'Api', 'routes').edges.map(({ to }) => to?.properties);
    expect(routes.map((route) => [route?.RouteKey, route?.AuthorizationType])).toEqual([
      ['$default', 'JWT'],
      ['GET /open', 'NONE'],
    ]);
    expect(resource(graph, 'Api authorizer login').properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['app'] },
      IdentitySource: ['$request.header.Authorization'],
    });
  });

  it('leaves open what `security` of the whole document does', () => {
    const whole = apiOf('AWS::ApiGatewayV2::Api', {
      Body: {
        ...document,
        security: [{ login: [] }],
        paths: {
          '/orders': { get: { 'x-amazon-apigateway-integration': integration } },
          '/open': { get: { security: [], 'x-amazon-apigateway-integration': integration } },
        },
      },
    });
    const routes = related(whole, 'Api', 'routes').edges.map(({ to }) => to?.properties.AuthorizationType);
    expect(routes).toMatchObject(['NONE', { kind: 'unresolved' }]);
  });

  it('links routes to functions', () => {
    expect(namesOf(graph, 'Api ANY $default', 'integrationFunction')).toEqual(['Orders']);
    expect(namesOf(graph, 'Api ANY $default', 'authorizer')).toEqual(['Api authorizer login']);
  });
});

describe('other documents that hold resources', () => {
  it('make the route, integration and stage of quick creation', () => {
    const graph = apiOf('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', Target: ref('Orders', 'Arn') });
    expect(namesOf(graph, 'Api', 'stages')).toEqual(['Api $default']);
    expect(namesOf(graph, 'Orders', 'invokers')).toEqual(['Api']);
  });

  it('make the stage of a deployment that names one, unless it stands as a resource', () => {
    const api = { Type: 'AWS::ApiGateway::RestApi' };
    const deployment = {
      Type: 'AWS::ApiGateway::Deployment',
      Properties: { RestApiId: ref('Api'), StageName: 'prod', StageDescription: { TracingEnabled: true } },
    };
    const alone = graphOf({ Api: api, Deployment: deployment });
    expect(related(alone, 'Api', 'stages').edges[0]?.to?.properties).toMatchObject({
      StageName: 'prod',
      TracingEnabled: true,
    });
    const stage = {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: ref('Api'), StageName: 'prod' },
    };
    expect(namesOf(graphOf({ Api: api, Deployment: deployment, Prod: stage }), 'Api', 'stages')).toEqual([
      'Prod',
    ]);
  });
});
