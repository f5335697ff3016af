import { beforeAll, describe, expect, it } from '@jest/globals';
import { needsOf } from '../../src/app/needs.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { collect } from './collect.ts';
import { restSide } from './parity/rest-side.ts';
import type { Fault, Replies } from './replay.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

describe('a method of a REST API', () => {
  let ruleSet: RuleSet;
  beforeAll(async () => {
    const shipped = applySettings(await shippedRules(), {});
    ruleSet = { ...shipped, rules: shipped.rules.filter(({ id }) => id.startsWith('api.authorizer.')) };
  }, 60_000);

  /** The verdict on the API's one method, by what it is in the draft and in each stage. */
  const verdict = async (draft: string, stages: Readonly<Record<string, string>>): Promise<string> => {
    const { replies } = restSide({
      methods: { GET: { properties: {}, method: { authorizationType: draft } } },
    });
    const own: Replies = {
      ...replies,
      'apigateway.GetStages': {
        item: Object.keys(stages).map((stageName) => ({ stageName, deploymentId: `d-${stageName}` })),
      },
      'apigateway.GetDeployment': ({ deploymentId }) => ({
        apiSummary: {
          '/orders': {
            GET: { authorizationType: stages[String(deploymentId).slice(2)], apiKeyRequired: false },
          },
        },
      }),
    };
    const { reading } = await collect(own, { needs: needsOf(ruleSet.rules) });
    const [evaluation] = evaluateRules(ruleSet, linkGraph(reading), options).filter(
      ({ ruleId, resource }) =>
        ruleId === 'api.authorizer.present' && resource.type === 'AWS::ApiGateway::Method',
    );
    return evaluation?.verdict ?? 'none';
  };

  it.each([
    ['AWS_IAM', { prod: 'AWS_IAM' }, 'pass'],
    ['AWS_IAM', { prod: 'NONE' }, 'fail'],
    ['NONE', { prod: 'AWS_IAM' }, 'pass'],
    ['AWS_IAM', { prod: 'AWS_IAM', test: 'NONE' }, 'fail'],
  ])('is judged as it is deployed: %s in the draft, %j in the stages', async (draft, stages, expected) => {
    expect(await verdict(draft, stages)).toBe(expected);
  });

  /** `rule name: verdict` of methods, routes and stages. */
  const verdicts = async (replies: Replies, faults: readonly Fault[] = []): Promise<readonly string[]> => {
    const { reading } = await collect(replies, { needs: needsOf(ruleSet.rules), faults });
    return evaluateRules(ruleSet, linkGraph(reading), options)
      .filter(({ verdict }) => verdict !== 'notApplicable')
      .map(({ ruleId, resource, verdict }) => `${ruleId} ${resource.name}: ${verdict}`)
      .sort();
  };

  const drafted = (authorizationType: string): Replies => {
    const { replies } = restSide({ methods: { GET: { properties: {}, method: { authorizationType } } } });
    return replies;
  };
  const deployed = (apiSummary?: object): Replies => ({
    ...drafted('AWS_IAM'),
    'apigateway.GetDeployment': apiSummary === undefined ? {} : { apiSummary },
  });

  it('is said to differ where the draft was changed since', async () => {
    expect(await verdicts(drafted('AWS_IAM'))).toEqual([
      'api.authorizer.present orders GET /orders: pass',
      'api.authorizer.present.deployed orders/prod: pass',
    ]);
    const open = { '/orders': { GET: { authorizationType: 'NONE', apiKeyRequired: false } } };
    expect(await verdicts(deployed(open))).toEqual([
      'api.authorizer.present orders GET /orders: fail',
      'api.authorizer.present.deployed orders/prod: fail',
    ]);
  });

  it('is judged where it was deleted and is still served, and not where it is not served yet', async () => {
    const gone = { '/old': { POST: { authorizationType: 'NONE', apiKeyRequired: false } } };
    expect(await verdicts(deployed(gone))).toEqual([
      'api.authorizer.present orders POST /old: fail',
      'api.authorizer.present.deployed orders/prod: fail',
    ]);
  });

  it('passes by its draft only if the endpoint tells what is deployed', async () => {
    expect(await verdicts(deployed())).toEqual([
      'api.authorizer.present orders GET /orders: unknown',
      'api.authorizer.present.deployed orders/prod: unknown',
    ]);
  });

  it('takes no requests without a stage', async () => {
    expect(await verdicts({ ...drafted('NONE'), 'apigateway.GetStages': { item: [] } })).toEqual([]);
  });

  describe('or a route of an HTTP or WebSocket API', () => {
    const route = (RouteKey: string, AuthorizationType: string): object => ({
      RouteId: RouteKey,
      RouteKey,
      AuthorizationType,
    });
    const api = (ProtocolType: string, stages: readonly object[], ...routes: readonly object[]): Replies => ({
      'apigatewayv2.GetApis': { Items: [{ ApiId: 'h1', Name: 'h', ProtocolType }] },
      'apigatewayv2.GetStages': { Items: stages },
      'apigatewayv2.GetRoutes': { Items: routes },
      'apigatewayv2.ExportApi': {
        body: new TextEncoder().encode(
          JSON.stringify({
            paths: {
              '/x': { get: { responses: {} } },
              '/y': { 'x-amazon-apigateway-any-method': { security: [{ sigv4: [] }] } },
              '/z': { get: { security: [{ pool: ['read'] }] } },
              '/$default': { 'x-amazon-apigateway-any-method': {} },
            },
            components: {
              securitySchemes: {
                sigv4: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'awsSigv4' },
                pool: { type: 'oauth2', 'x-amazon-apigateway-authorizer': { type: 'jwt' } },
              },
            },
          }),
        ),
      },
    });
    const byHand = { StageName: 'prod', AutoDeploy: false, DeploymentId: 'd1' };
    const byItself = { StageName: '$default', AutoDeploy: true, DeploymentId: 'd2' };

    it('is judged as the stage serves it', async () => {
      const routes = [route('GET /x', 'AWS_IAM'), route('ANY /y', 'NONE'), route('GET /new', 'NONE')];
      expect(await verdicts(api('HTTP', [byHand], ...routes))).toEqual([
        'api.authorizer.present.deployed h/prod: fail',
        'api.authorizer.present.route h $default: fail',
        'api.authorizer.present.route h ANY /y: pass',
        'api.authorizer.present.route h GET /x: fail',
        'api.authorizer.present.route h GET /z: pass',
      ]);
      expect(await verdicts(api('HTTP', [byItself], ...routes))).toEqual([
        'api.authorizer.present.deployed h/$default: pass',
        'api.authorizer.present.route h ANY /y: fail',
        'api.authorizer.present.route h GET /new: fail',
        'api.authorizer.present.route h GET /x: pass',
      ]);
    });

    it('is unknown where the export is denied, and where none exists', async () => {
      const http = api('HTTP', [byHand], route('GET /x', 'AWS_IAM'));
      const unknown = ['api.authorizer.present.deployed h/prod: unknown'];
      expect(await verdicts(http, [{ call: 'apigatewayv2.ExportApi', fault: 'deny' }])).toEqual([
        ...unknown,
        'api.authorizer.present.route h GET /x: unknown',
      ]);
      expect(await verdicts(api('WEBSOCKET', [byHand], route('$connect', 'AWS_IAM')))).toEqual([
        ...unknown,
        'api.authorizer.present.route h $connect: unknown',
      ]);
    });

    it('takes no requests without a stage, or where the stage has no deployment', async () => {
      const open = route('GET /x', 'NONE');
      expect(await verdicts(api('HTTP', [], open))).toEqual([]);
      expect(await verdicts(api('HTTP', [{ StageName: 'prod', AutoDeploy: false }], open))).toEqual([]);
    });
  });
});
