import type { Finding } from '../../../src/publish/finding.ts';
import type { ObservedFinding } from '../../../src/publish/plan-findings.ts';

export const account = '111122223333';
const start = Date.parse('2026-11-23T12:00:00Z');
/** Noon of the first day, days later. */
export const at = (days: number): Date => new Date(start + days * 86_400_000);

/** A finding as the report stage makes it, of a queue with this name. */
export function observed(
  id: string,
  status: Finding['Compliance']['Status'],
  more: Partial<Finding> = {},
  ruleId = 'rule.a',
): ObservedFinding {
  const time = at(0).toISOString();
  const finding = {
    SchemaVersion: '2018-10-08',
    Title: 'A rule',
    Description: 'what is wrong',
    Resources: [{ Type: 'AwsSqsQueue', Id: `arn:aws:sqs:eu-west-1:${account}:${id}` }],
    FindingProviderFields: {
      Severity: { Label: 'HIGH', Original: 'high' },
      Types: ['Software and Configuration Checks/AWS Security Best Practices'],
    },
    Id: id,
    GeneratorId: `headgate/${ruleId}`,
    ProductArn: `arn:aws:securityhub:eu-west-1:${account}:product/${account}/default`,
    AwsAccountId: account,
    Region: 'eu-west-1',
    CreatedAt: time,
    UpdatedAt: time,
    FirstObservedAt: time,
    LastObservedAt: time,
    RecordState: 'ACTIVE',
    Compliance: { Status: status },
    ProductFields: { 'headgate/resourceType': 'AWS::SQS::Queue' },
    ...more,
  } satisfies Finding & Readonly<Record<string, unknown>>;
  return { finding, ruleId, resourceType: 'AWS::SQS::Queue' };
}
