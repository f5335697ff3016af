import { describe, expect, it } from '@jest/globals';
import { asffResourceType } from '../../../src/report/asff-resource-types.ts';
import { toAsffFindings } from '../../../src/report/asff.ts';
import { renderAsff } from './as-text.ts';
import { validateAsff } from '../../../src/publish/validate-asff.ts';
import { evaluation, hostileResult, resultOf, rules, scanResult } from './scan-result-fixture.ts';

const where = { account: '444455556666', region: 'eu-west-1' };

describe('toAsffFindings', () => {
  it('leaves out and counts what has no account and region', () => {
    const { findings, leftOut } = toAsffFindings(scanResult());
    expect(findings.map(({ GeneratorId }) => GeneratorId)).toEqual([
      'headgate/all.lambda.tracing',
      'headgate/all.lambda.vpc',
      'headgate/all.logs.insights',
    ]);
    expect(leftOut).toBe(5);
    expect(toAsffFindings(scanResult(), where)).toMatchObject({ leftOut: 0 });
  });

  it('states each verdict as Security Hub names it, with its reason', () => {
    const { findings } = toAsffFindings(scanResult(), where);
    const statuses = findings.map(({ GeneratorId, Compliance, FindingProviderFields }) => [
      GeneratorId.slice('headgate/'.length),
      Compliance.Status,
      FindingProviderFields.Severity.Label,
      Compliance.StatusReasons?.[0]?.ReasonCode,
    ]);
    expect(statuses).toEqual([
      ['api.waf.associated', 'FAILED', 'CRITICAL', undefined],
      ['all.lambda.vpc', 'FAILED', 'HIGH', undefined],
      ['all.lambda.tracing', 'NOT_AVAILABLE', 'INFORMATIONAL', 'HEADGATE_UNKNOWN_PARAMETER'],
      ['batch.queue.visibility-timeout', 'WARNING', 'INFORMATIONAL', 'HEADGATE_WAIVED'],
      ['api.gateway.usage-plans', 'PASSED', 'INFORMATIONAL', undefined],
      ['all.lambda.tracing', 'FAILED', 'MEDIUM', undefined],
      ['all.lambda.vpc', 'PASSED', 'INFORMATIONAL', undefined],
      ['all.logs.insights', 'NOT_AVAILABLE', 'INFORMATIONAL', 'HEADGATE_UNKNOWN_DENIED'],
    ]);
  });

  it('names the finding by rule, place and resource, and nothing that changes', () => {
    const [finding] = toAsffFindings(scanResult()).findings;
    const later = scanResult({
      startedAt: '2027-01-01T00:00:00.000Z',
      tool: { name: 'headgate', version: '9.9.9' },
    });
    expect(finding).toMatchObject({
      Id: expect.stringMatching(
        /^headgate\/all\.lambda\.tracing\/aws:111122223333:eu-central-1\/[0-9a-f]{32}$/,
      ),
      ProductArn: 'arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default',
      AwsAccountId: '111122223333',
      UpdatedAt: '2026-11-23T10:00:00.000Z',
      Resources: [{ Type: 'AwsLambdaFunction', Region: 'eu-central-1', Partition: 'aws' }],
    });
    expect(finding).not.toHaveProperty('Severity');
    expect(finding).not.toHaveProperty('Workflow');
    expect(toAsffFindings(later).findings[0]?.Id).toBe(finding?.Id);
  });

  it('takes the partition from the ARN, else from the region', () => {
    const arn = 'arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f';
    const inGov = {
      id: arn,
      type: 'AWS::Lambda::Function',
      name: 'f',
      account: '111122223333',
      region: 'us-gov-west-1',
    };
    const inChina = { ...inGov, id: 'x', region: 'cn-north-1' };
    const inEurope = { ...inGov, id: 'y', region: 'eusc-de-east-1' };
    const result = resultOf(
      [{ ...inGov, arn }, inGov, inChina, inEurope].map((resource) =>
        evaluation('all.lambda.vpc', 'fail', resource),
      ),
      [],
    );
    const { findings } = toAsffFindings(result);
    const partitions = findings.map(({ ProductArn }) => ProductArn.split(':')[1]);
    expect(partitions).toEqual(['aws-us-gov', 'aws-us-gov', 'aws-cn', 'aws-eusc']);
    // The API has no name for the last one.
    expect(findings.map(({ Resources }) => Resources[0]?.Partition)).toEqual([
      'aws-us-gov',
      'aws-us-gov',
      'aws-cn',
      undefined,
    ]);
    expect(findings.flatMap((finding) => validateAsff(finding))).toEqual([]);
  });

  it('names an account as Security Hub does, and an application as something else', () => {
    const account = '111122223333';
    const scope = { id: `Headgate::Scope|${account}|eu-west-1|x`, type: 'Headgate::Scope', name: 'x' };
    const result = resultOf(
      [{ ...scope, account, region: 'eu-west-1' }, scope].map((resource) =>
        evaluation('all.lambda.vpc', 'fail', resource),
      ),
      [],
    );
    const { findings } = toAsffFindings(result, where);
    expect(findings.map(({ Resources }) => Resources[0])).toMatchObject([
      { Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' },
      { Type: 'Other', Id: scope.id },
    ]);
    expect(findings.flatMap((finding) => validateAsff(finding))).toEqual([]);
  });

  it('cuts every text at its limit, on code points', () => {
    const long = '😀'.repeat(5000);
    const resource = { id: long, type: 'AWS::Lambda::Function', name: long };
    const [rule] = rules;
    if (rule === undefined) throw new Error('no rule');
    const controls = Array.from({ length: 60 }, (_, index) => ({
      framework: `framework-${index}`,
      id: long,
      source: 'ours' as const,
    }));
    const result = resultOf(
      [
        evaluation(rule.id, 'fail', resource, {
          message: long,
          related: Array.from({ length: 50 }, () => resource),
        }),
      ],
      [],
    );
    const grown = { ...rule, title: long, fix: { text: long }, controls };
    const [finding] = toAsffFindings(
      { ...result, ruleSet: { ...result.ruleSet, rules: [grown] } },
      where,
    ).findings;
    const length = (text: string | undefined) => Array.from(text ?? '').length;
    expect(length(finding?.Title)).toBe(256);
    expect(length(finding?.Description)).toBe(1024);
    expect(length(finding?.Remediation.Recommendation.Text)).toBe(512);
    expect(finding?.Resources).toHaveLength(32);
    expect(finding?.Compliance.RelatedRequirements).toHaveLength(32);
    expect(length(finding?.Compliance.RelatedRequirements?.[0])).toBe(64);
    expect(finding?.Compliance.AssociatedStandards).toHaveLength(20);
    expect(finding?.Title).toMatch(/^(😀)+…$/u);
    expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240 * 1024);
  });

  it('takes no account or region that is none', () => {
    const { findings } = toAsffFindings(hostileResult());
    expect(findings).toEqual([]);
    expect(JSON.parse(renderAsff(scanResult()))).toHaveLength(3);
  });
});

describe('asffResourceType', () => {
  it.each([
    ['AWS::Lambda::Function', 'AwsLambdaFunction'],
    ['AWS::SQS::Queue', 'AwsSqsQueue'],
    ['AWS::ApiGatewayV2::Stage', 'AwsApiGatewayV2Stage'],
    ['AWS::Scheduler::Schedule', 'Other'],
    ['constructor', 'Other'],
  ])('calls %s %s', (type, expected) => {
    expect(asffResourceType(type)).toBe(expected);
  });

  it('is refused where no finding has an account and a Region, and says what to give', () => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const result = resultOf([evaluation('all.lambda.vpc', 'fail', resource)], []);
    expect(() => renderAsff(result)).toThrow(/account and a Region.*1 left out.*--account and --region/);
    expect(renderAsff(resultOf([], []))).toBe('[]\n');
  });
});
