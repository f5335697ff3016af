import { describe, expect, it } from '@jest/globals';
import { ownMembers, validateAsff } from '../../../src/publish/validate-asff.ts';
import { toAsffFindings } from '../../../src/report/asff.ts';
import { scanResult } from '../report/scan-result-fixture.ts';

const where = { account: '444455556666', region: 'eu-west-1' };
type Loose = Record<string, unknown>;
const [sample] = toAsffFindings(scanResult(), where).findings;
const valid = (): Loose => structuredClone(sample) as unknown as Loose;
const set = (change: (finding: Loose) => void): string[] => {
  const finding = valid();
  change(finding);
  return validateAsff(finding).map(({ path, message }) => `${path} ${message}`);
};

describe('validateAsff', () => {
  it('takes what the report renders, hostile texts included', () => {
    for (const finding of toAsffFindings(scanResult(), where).findings)
      expect(validateAsff(finding)).toEqual([]);
  });

  const long = (length: number): string => 'x'.repeat(length);
  it.each<[string, (finding: Loose) => void, string]>([
    ['an id of 513', (f) => (f['Id'] = long(513)), 'Id has 513 characters, the maximum is 512'],
    ['a blank title', (f) => (f['Title'] = ' '), 'Title is blank'],
    ['a description of 1,025', (f) => (f['Description'] = long(1025)), 'Description has 1025'],
    ['no resource', (f) => (f['Resources'] = []), 'Resources is empty'],
    [
      '33 resources',
      (f) => (f['Resources'] = Array.from({ length: 33 }, () => ({ Type: 'Other', Id: 'i' }))),
      'Resources has more than 32 items (33)',
    ],
    ['a resource without id', (f) => (f['Resources'] = [{ Type: 'Other' }]), 'Resources[0].Id is missing'],
    ['a status of its own', (f) => (f['Compliance'] = { Status: 'BROKEN' }), 'Compliance.Status is none of'],
    [
      '51 product fields',
      (f) => (f['ProductFields'] = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v']))),
      'ProductFields has more than 50 entries (51)',
    ],
    ['a long product field', (f) => (f['ProductFields'] = { k: long(2049) }), 'ProductFields.k has 2049'],
    ['a short account', (f) => (f['AwsAccountId'] = '1234'), 'AwsAccountId has fewer than 12'],
    [
      'a time without zone',
      (f) => (f['UpdatedAt'] = '2026-11-23T10:00:00'),
      'UpdatedAt is not an RFC 3339 time',
    ],
    [
      'four parts of a type',
      (f) => (f['FindingProviderFields'] = { Severity: { Label: 'LOW' }, Types: ['TTPs/a/b/c'] }),
      'FindingProviderFields.Types[0] is not `namespace/category/classifier`',
    ],
    ['half a character', (f) => (f['Title'] = 'a\ud800'), 'Title has an incomplete Unicode character'],
    ['a severity over the customer’s', (f) => (f['Severity'] = { Label: 'LOW' }), 'Severity is not a member'],
    ['a workflow', (f) => (f['Workflow'] = { Status: 'NEW' }), 'Workflow is not a member'],
    [
      'another account’s ARN',
      (f) => (f['AwsAccountId'] = '999999999999'),
      'ProductArn has a different account',
    ],
    ['a finding without title', (f) => delete f['Title'], 'Title is missing'],
  ])('refuses %s', (_name, change, expected) => {
    const problems = set(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('refuses what is no finding at all', () => {
    for (const value of [null, 'x', []]) expect(validateAsff(value)).toHaveLength(1);
  });
});

describe('ownMembers', () => {
  it('leaves out what Security Hub and the customer added', () => {
    const stored = {
      ...valid(),
      Severity: { Label: 'LOW' },
      Workflow: { Status: 'SUPPRESSED' },
      ProcessedAt: '2026-11-23T10:00:00Z',
      ProductFields: { 'headgate/verdict': 'fail', 'aws/securityhub/ProductName': 'Headgate' },
    };
    const own = ownMembers(stored) as Loose;
    expect(validateAsff(own)).toEqual([]);
    expect(Object.keys(own)).not.toContain('Workflow');
    expect(own['ProductFields']).toEqual({ 'headgate/verdict': 'fail' });
  });
});
