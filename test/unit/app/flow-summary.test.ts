import { beforeAll, describe, expect, it } from '@jest/globals';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import { decideReading, scanTemplates } from '../../../src/app/scan.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import type { FlowSummary, ScanResult } from '../../../src/model/scan-result.ts';
import type { Waiver } from '../../../src/model/waiver.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { expandSam } from '../../../src/sam/expand.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';
import { disagreements } from './flow-agreement.ts';

let ruleSet: RuleSet;
const now = new Date('2026-11-27T00:00:00Z');

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 30_000);

function decide(template: unknown, waivers: readonly Waiver[] = []): ScanResult {
  const reading = readTemplateObject(template as Record<string, unknown>, 'template', {}, expandSam);
  return decideReading(reading, { ruleSet, version: '0', now, detail: 'all', waivers });
}

const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A REST API before a function; what is given is added or replaced. */
function api(more: Record<string, object> = {}): object {
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'orders' } },
      Orders: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          PathPart: 'orders',
        },
      },
      Get: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { Ref: 'Orders' },
          HttpMethod: 'GET',
          AuthorizationType: 'AWS_IAM',
          Integration: {
            Type: 'AWS_PROXY',
            IntegrationHttpMethod: 'POST',
            Uri: {
              'Fn::Sub':
                'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Handler.Arn}/invocations',
            },
          },
        },
      },
      Deployment: {
        Type: 'AWS::ApiGateway::Deployment',
        DependsOn: 'Get',
        Properties: { RestApiId: { Ref: 'Api' } },
      },
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'prod' },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } },
      Handler: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { S3Bucket: 'b', S3Key: 'k' },
          Role: arn('Role'),
        },
      },
      ...more,
    },
  };
}

function only(result: ScanResult): FlowSummary {
  const [flow] = result.flows;
  if (flow === undefined || result.flows.length !== 1) throw new Error(`${result.flows.length} flows`);
  return flow;
}

describe('flow summaries', () => {
  it('are as bad as the worst rule on a resource of the flow, on whatever node or arrow it is stated', () => {
    const result = decide(api());
    const flow = only(result);
    expect(flow.verdict).toBe('fail');
    const places = [...flow.nodes, ...flow.edges];
    for (const { requirement, verdict, flows } of result.evaluations) {
      if (!flows.includes(flow.id) || verdict !== 'fail') continue;
      const stated = places.filter(({ requirements }) => requirements.includes(requirement));
      if (stated.length > 0)
        expect([requirement, stated.some(({ fail }) => fail > 0)]).toEqual([requirement, true]);
    }
  });

  it('show what an arrow states on the arrow', () => {
    const domain = {
      Type: 'AWS::ApiGateway::DomainName',
      Properties: {
        DomainName: 'api.example.com',
        SecurityPolicy: 'TLS_1_0',
        RegionalCertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1',
        EndpointConfiguration: { Types: ['REGIONAL'] },
      },
    };
    const mapping = {
      Type: 'AWS::ApiGateway::BasePathMapping',
      Properties: { DomainName: { Ref: 'Domain' }, RestApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } },
    };
    const flow = only(decide(api({ Domain: domain, Mapping: mapping })));
    const client = flow.edges.find(({ from }) => from === 'Client');
    expect(client?.requirements).toContain('api.client.tls');
    expect(client?.verdict).toBe('fail');
  });

  it('call a node that the flow does not use not applicable', () => {
    const flow = only(decide(api()));
    const states = Object.fromEntries(flow.nodes.map(({ node, verdict }) => [node, verdict]));
    expect(states).toMatchObject({ S3: 'notApplicable', VPCE_S3: 'notApplicable', SM: 'notApplicable' });
    expect(states['WAF']).toBe('fail');
  });

  it('count what is waived, and no longer as failed', () => {
    const before = only(decide(api())).nodes.find(({ node }) => node === 'WAF');
    const waiver: Waiver = {
      source: 'waivers-file',
      ruleId: 'api.waf.associated',
      scope: { pattern: '*' },
      reason: 'Internal.',
      owner: 'team',
      where: 'waivers.yaml:1',
    };
    const after = only(decide(api(), [waiver])).nodes.find(({ node }) => node === 'WAF');
    expect([before?.fail, before?.waived, before?.verdict]).toEqual([1, 0, 'fail']);
    expect([after?.fail, after?.waived]).toEqual([0, 1]);
  });

  it('agree with the table and the list, over the examples of every rule', () => {
    let flows = 0;
    for (const { examples } of ruleSet.rules)
      for (const { template } of examples) {
        const reading = readTemplateObject(template, 'example', {}, expandSam);
        if (linkGraph(reading).flows.length === 0) continue;
        const result = decide(template);
        flows += result.flows.length;
        expect(disagreements(result)).toEqual([]);
      }
    expect(flows).toBeGreaterThan(80);
  }, 240_000);

  it('agree with the table and the list in the shipped example, and where many flows share resources', async () => {
    const result = await scanTemplates(
      ['examples'],
      { cwd: process.cwd() },
      { ruleSet, version: '0', now, detail: 'all' },
    );
    expect(result.flows.length).toBeGreaterThan(0);
    expect(disagreements(result)).toEqual([]);
    const shared: Record<string, object> = {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Statement: [] },
          Policies: [
            {
              PolicyName: 'p',
              PolicyDocument: {
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['dynamodb:*', 's3:*'],
                    Resource: Array.from({ length: 12 }, (_, n) => arn(`Table${n}`)),
                  },
                ],
              },
            },
          ],
        },
      },
    };
    for (let n = 0; n < 12; n += 1) {
      shared[`Table${n}`] = { Type: 'AWS::DynamoDB::Table', Properties: {} };
      shared[`Queue${n}`] = { Type: 'AWS::SQS::Queue' };
      shared[`Handler${n}`] = {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs24.x', Role: arn('Role') },
      };
      shared[`Mapping${n}`] = {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: arn(`Queue${n}`), FunctionName: { Ref: `Handler${n}` } },
      };
    }
    const many = decide({ Resources: shared });
    expect(many.flows).toHaveLength(12);
    expect(many.flows[0]?.nodes.find(({ node }) => node === 'DB')?.resources).toHaveLength(12);
    expect(disagreements(many)).toEqual([]);
  });
});
