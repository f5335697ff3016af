import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RuleSet } from '../../src/model/rule.ts';
import type { Verdict } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { scanTemplates } from '../../src/app/scan.ts';

// What other tools get wrong on a compliant application; each with the opposite result.

let ruleSet: RuleSet;
let folder: string;

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
  folder = mkdtempSync(join(tmpdir(), 'headgate-mistakes-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const getArn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const fn = (more: object = {}): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: getArn('Role'), ...more },
});
const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'],
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] },
      },
    ],
  },
};

/** Scans files of one cloud assembly; answers the verdict of a rule on a logical id. */
async function verdictsOf(
  stacks: Readonly<Record<string, object>>,
): Promise<(ruleId: string, logicalId: string) => Verdict | undefined> {
  const place = mkdtempSync(join(folder, 'app-'));
  const artifacts = Object.fromEntries(
    Object.keys(stacks).map((name) => [
      name,
      {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: `${name}.template.json` },
        displayName: name,
      },
    ]),
  );
  writeFileSync(join(place, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
  for (const [name, template] of Object.entries(stacks))
    writeFileSync(join(place, `${name}.template.json`), JSON.stringify(template));
  const result = await scanTemplates(
    [place],
    { cwd: folder },
    { ruleSet, version: '0', now: new Date('2026-11-23T00:00:00Z'), detail: 'findings' },
  );
  return (ruleId, logicalId) =>
    result.evaluations.find(
      (evaluation) => evaluation.ruleId === ruleId && evaluation.resource.name === logicalId,
    )?.verdict;
}

const queueWithDlq = {
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: getArn('Dlq'), maxReceiveCount: 3 },
    },
  },
  Dlq: { Type: 'AWS::SQS::Queue', Properties: { RedriveAllowPolicy: { redrivePermission: 'byQueue' } } },
};
const mapping = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: getArn('Queue'),
    FunctionName: { Ref: 'Fn' },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
};

describe('a compliant application is not flagged', () => {
  it('does not ask the dead-letter queue itself for one', async () => {
    const verdict = await verdictsOf({ App: { Resources: queueWithDlq } });
    expect(verdict('batch.dlq.redrive', 'Queue')).toBe('pass');
    expect(verdict('batch.dlq.redrive', 'Dlq')).toBe('notApplicable');
  });

  it('does not ask a function that a queue invokes for a dead-letter queue, nor an SQS mapping for a failure destination', async () => {
    const verdict = await verdictsOf({
      App: { Resources: { Role: role, Fn: fn(), Mapping: mapping, ...queueWithDlq } },
    });
    expect(verdict('all.lambda.async-failure', 'Fn')).toBe('notApplicable');
    expect(verdict('batch.mapping.partial-failure', 'Mapping')).toBe('pass');
    expect(verdict('batch.mapping.partial-failure.stream', 'Mapping')).toBe('notApplicable');
  });

  it('does not ask a function that only an API invokes for a dead-letter queue', async () => {
    const uri = {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':apigateway:',
          { Ref: 'AWS::Region' },
          ':lambda:path/2015-03-31/functions/',
          getArn('Fn'),
          '/invocations',
        ],
      ],
    };
    const verdict = await verdictsOf({
      App: {
        Resources: {
          Role: role,
          Fn: fn(),
          Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
          Method: {
            Type: 'AWS::ApiGateway::Method',
            Properties: {
              RestApiId: { Ref: 'Api' },
              ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
              HttpMethod: 'GET',
              AuthorizationType: 'AWS_IAM',
              Integration: { Type: 'AWS_PROXY', Uri: uri },
            },
          },
          Permission: {
            Type: 'AWS::Lambda::Permission',
            Properties: {
              Action: 'lambda:InvokeFunction',
              FunctionName: getArn('Fn'),
              Principal: 'apigateway.amazonaws.com',
              SourceArn: {
                'Fn::Join': [
                  '',
                  [
                    'arn:',
                    { Ref: 'AWS::Partition' },
                    ':execute-api:',
                    { Ref: 'AWS::Region' },
                    ':',
                    { Ref: 'AWS::AccountId' },
                    ':',
                    { Ref: 'Api' },
                    '/*/GET/',
                  ],
                ],
              },
            },
          },
        },
      },
    });
    expect(verdict('all.lambda.async-failure', 'Fn')).toBe('notApplicable');
    // The SourceArn that CDK writes is a join, not a public grant.
    expect(verdict('all.lambda.permission', 'Permission')).toBe('pass');
  });

  it('sees an association, a queue and an alarm in another stack of the application', async () => {
    const stageArn = {
      'Fn::Join': [
        '',
        [
          'arn:aws:apigateway:eu-west-1::/restapis/',
          { 'Fn::ImportValue': 'ApiId' },
          '/stages/',
          { 'Fn::ImportValue': 'StageName' },
        ],
      ],
    };
    const verdict = await verdictsOf({
      Api: {
        Resources: {
          Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
          Stage: {
            Type: 'AWS::ApiGateway::Stage',
            Properties: { RestApiId: { Ref: 'Api' }, StageName: 'prod' },
          },
          Queue: queueWithDlq.Queue,
          Dlq: queueWithDlq.Dlq,
        },
        Outputs: {
          A: { Value: { Ref: 'Api' }, Export: { Name: 'ApiId' } },
          B: { Value: { Ref: 'Stage' }, Export: { Name: 'StageName' } },
          C: { Value: { 'Fn::GetAtt': ['Dlq', 'QueueName'] }, Export: { Name: 'DlqName' } },
        },
      },
      Edge: {
        Resources: {
          Acl: { Type: 'AWS::WAFv2::WebACL', Properties: { Scope: 'REGIONAL', Rules: [] } },
          Association: {
            Type: 'AWS::WAFv2::WebACLAssociation',
            Properties: { ResourceArn: stageArn, WebACLArn: getArn('Acl') },
          },
          Topic: { Type: 'AWS::SNS::Topic' },
          Alarm: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: {
              Namespace: 'AWS/SQS',
              MetricName: 'ApproximateNumberOfMessagesVisible',
              Dimensions: [{ Name: 'QueueName', Value: { 'Fn::ImportValue': 'DlqName' } }],
              ComparisonOperator: 'GreaterThanOrEqualToThreshold',
              Threshold: 1,
              EvaluationPeriods: 1,
              Period: 60,
              Statistic: 'Maximum',
              AlarmActions: [{ Ref: 'Topic' }],
            },
          },
        },
      },
    });
    expect(verdict('api.waf.associated', 'Stage')).toBe('pass');
    expect(verdict('all.alarm.dlq-depth', 'Dlq')).toBe('pass');
  });

  it('does not confuse unrelated templates of a folder by equal names', async () => {
    const place = mkdtempSync(join(folder, 'folder-'));
    const queue = {
      Resources: {
        Dlq: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dlq' } },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedrivePolicy: { deadLetterTargetArn: getArn('Dlq'), maxReceiveCount: 3 } },
        },
      },
    };
    const alarm = {
      Resources: {
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateNumberOfMessagesVisible',
            Dimensions: [{ Name: 'QueueName', Value: 'dlq' }],
            ComparisonOperator: 'GreaterThanThreshold',
            Threshold: 0,
            EvaluationPeriods: 1,
            AlarmActions: ['arn:aws:sns:eu-west-1:111122223333:t'],
          },
        },
      },
    };
    writeFileSync(join(place, 'a.json'), JSON.stringify(queue));
    writeFileSync(join(place, 'b.json'), JSON.stringify(alarm));
    const result = await scanTemplates(
      [place],
      { cwd: folder },
      { ruleSet, version: '0', now: new Date('2026-11-23T00:00:00Z'), detail: 'findings' },
    );
    expect(
      result.evaluations.find(
        ({ ruleId, resource }) => ruleId === 'all.alarm.dlq-depth' && resource.name === 'Dlq',
      )?.verdict,
    ).toBe('fail');
  });

  it('takes a value as the template states it, however it got there', async () => {
    const verdict = await verdictsOf({
      App: { Resources: { Role: role, Fn: fn({ TracingConfig: { Mode: 'Active' } }) } },
    });
    expect(verdict('all.lambda.tracing', 'Fn')).not.toBe('fail');
  });
});
