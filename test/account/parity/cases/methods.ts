import { functionArn, functionSide, invocationOf, versionsReply } from '../function-side.ts';
import { layOver, pair, sub, to, type Declared, type ParityCase, type Side } from '../parity-case.ts';
import { restSide } from '../rest-side.ts';

/** The body that a POST takes. */
function modelSide(schema: object): Side {
  return {
    resources: {
      Order: [
        'AWS::ApiGateway::Model',
        { RestApiId: to('Api'), Name: 'Order', ContentType: 'application/json', Schema: schema },
      ],
    },
    replies: {
      'apigateway.GetModels': {
        items: [{ id: 'm1', name: 'Order', contentType: 'application/json', schema: JSON.stringify(schema) }],
      },
    },
  };
}

/** The version that the methods invoke, which is kept warm or is not. */
function versionSide(isWarm: boolean): Side {
  const warmth = isWarm ? { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 } } : {};
  return {
    resources: { Version: ['AWS::Lambda::Version', { FunctionName: to('Fn'), ...warmth }] },
    replies: {
      'lambda.ListProvisionedConcurrencyConfigs': {
        ProvisionedConcurrencyConfigs: isWarm
          ? [
              {
                FunctionArn: `${functionArn}:1`,
                RequestedProvisionedConcurrentExecutions: 5,
                AvailableProvisionedConcurrentExecutions: 5,
                Status: 'READY',
              },
            ]
          : [],
      },
    },
  };
}

const traced = { Mode: 'Active' };

/** An API with one POST, validated or not, whose limits are set for its path alone. */
function ordersSide(isSound: boolean): Side {
  const AuthorizationType = isSound ? 'AWS_IAM' : 'NONE';
  const limits = { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 };
  const rest = restSide({
    stageProperties: { MethodSettings: [{ ResourcePath: '/orders', HttpMethod: 'POST', ...limits }] },
    stage: {
      methodSettings: { '~1orders/POST': { throttlingBurstLimit: 100, throttlingRateLimit: 50 } },
    },
    methods: {
      POST: {
        properties: {
          AuthorizationType,
          RequestModels: { 'application/json': to('Order') },
          ...(isSound ? { RequestValidatorId: to('Validator') } : {}),
        },
        method: {
          authorizationType: AuthorizationType,
          requestModels: { 'application/json': 'Order' },
          ...(isSound ? { requestValidatorId: 'v1' } : {}),
        },
        integration: [
          {
            Type: 'AWS_PROXY',
            IntegrationHttpMethod: 'POST',
            Uri: sub(
              'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Version}/invocations',
            ),
          },
          { type: 'AWS_PROXY', httpMethod: 'POST', uri: invocationOf(':1'), timeoutInMillis: 29_000 },
        ],
      },
    },
  });
  const validator: Side = {
    resources: {
      Validator: [
        'AWS::ApiGateway::RequestValidator',
        { RestApiId: to('Api'), Name: 'all', ValidateRequestBody: true, ValidateRequestParameters: true },
      ],
    },
    replies: {
      'apigateway.GetRequestValidators': {
        items: [{ id: 'v1', name: 'all', validateRequestBody: true, validateRequestParameters: true }],
      },
      'lambda.ListVersionsByFunction': versionsReply({ TracingConfig: traced }, {}),
    },
  };
  return [rest, validator, modelSide({ type: 'object', required: ['id'] }), versionSide(isSound)].reduce(
    layOver,
    // Its role may not write the traces that it is asked for.
    functionSide({ properties: { TracingConfig: traced }, configuration: { TracingConfig: traced } }),
  );
}

const movedPath: Declared = [
  'AWS::ApiGateway::Resource',
  { RestApiId: to('Api'), ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'others' },
];

/** What a path holds, seen from its method, its stage and the version behind it. */
export const methodCases: readonly ParityCase[] = [
  {
    name: 'a method that invokes a version',
    sound: ordersSide(true),
    bad: ordersSide(false),
    pairs: [
      pair('AWS::Lambda::Function', 'Fn', 'orders'),
      pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
      pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
      pair('AWS::ApiGateway::Method', 'POSTMethod', 'orders POST /orders'),
    ],
    proofs: [
      {
        type: 'AWS::Lambda::Version',
        owner: 'Fn',
        rules: ['all.lambda.provisioned-concurrency'],
        change: versionSide(false),
      },
      {
        type: 'AWS::ApiGateway::Model',
        owner: 'POSTMethod',
        rules: ['api.gateway.request-validation'],
        change: modelSide({}),
      },
      {
        type: 'AWS::ApiGateway::Resource',
        owner: 'Stage',
        rules: ['api.gateway.throttling'],
        change: {
          resources: { Path: movedPath },
          replies: { 'apigateway.GetResources': moved(ordersSide(true)) },
        },
      },
    ],
  },
];

/** The same methods below another path. */
function moved({ replies }: Side): object {
  const { items } = replies['apigateway.GetResources'] as { items: readonly { id: string }[] };
  return {
    items: items.map((item) => (item.id === 'r1' ? { ...item, pathPart: 'others', path: '/others' } : item)),
  };
}
