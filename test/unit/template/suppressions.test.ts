import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceReading } from '../../../src/model/source.ts';
import { readTemplateObject, readTemplates } from '../../../src/template/read-templates.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-suppressions-'));
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function read(text: string): Promise<SourceReading> {
  await writeFile(join(cwd, 't.yaml'), text);
  return readTemplates(['t.yaml'], { cwd });
}

describe('comments', () => {
  it('silence the resource that they stand on, above, or inside of', async () => {
    const { suppressions, diagnostics } = await read(
      [
        'Resources:',
        '  # headgate:ignore above.rule because owner=team expires=2027-01-31 it moves',
        '  # another comment',
        '',
        '  A: # headgate:ignore trailing.rule',
        '    Type: AWS::SQS::Queue',
        '    Properties:',
        '      #headgate:ignore inner.rule  why',
        '      QueueName: x',
        '  B:',
        '    Type: AWS::SQS::Queue # headgate:ignore b.rule',
      ].join('\r\n'),
    );
    expect(suppressions).toEqual([
      {
        source: 'comment',
        ruleId: 'above.rule',
        reason: 'because it moves',
        owner: 'team',
        expires: '2027-01-31',
        resourceId: 't.yaml/A',
        file: 't.yaml',
        line: 2,
      },
      { source: 'comment', ruleId: 'trailing.rule', resourceId: 't.yaml/A', file: 't.yaml', line: 5 },
      {
        source: 'comment',
        ruleId: 'inner.rule',
        reason: 'why',
        resourceId: 't.yaml/A',
        file: 't.yaml',
        line: 8,
      },
      { source: 'comment', ruleId: 'b.rule', resourceId: 't.yaml/B', file: 't.yaml', line: 11 },
    ]);
    expect(diagnostics).toEqual([]);
  });

  it('that stand at no resource are named, and text is no comment', async () => {
    const { suppressions, diagnostics } = await read(
      [
        '# headgate:ignore lost.rule',
        'Description: a # headgate:ignore lost.too',
        'Resources:',
        '  A:',
        '    Type: AWS::Lambda::Function',
        '    Properties:',
        '      Code:',
        '        ZipFile: |',
        '          # headgate:ignore inside.code',
        '          print("# headgate:ignore inside.text")',
        '      Description: "x # headgate:ignore inside.quotes"',
        '      Role: x#headgate:ignore no.comment',
        '    # headgate:ignored none',
      ].join('\n'),
    );
    expect(suppressions).toEqual([]);
    expect(diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['suppression-unattached', 't.yaml:1:1'],
      ['suppression-unattached', 't.yaml:2:1'],
      ['suppression-malformed', 't.yaml:13:1'],
    ]);
  });
});

describe('Metadata', () => {
  it('of Headgate and of its peers is read', () => {
    const metadata = {
      headgate: {
        ignore: [
          { rule: 'a.rule', reason: 'r', owner: 'o', expires: '2027-01-01', other: 1 },
          { reason: 'no rule' },
          'x',
        ],
      },
      checkov: { skip: [{ id: 'CKV_AWS_116', comment: 'c' }] },
      cfn_nag: { rules_to_suppress: [{ id: 'W58', reason: 'n' }] },
      guard: { SuppressedRules: ['LAMBDA_INSIDE_VPC'] },
      cdk_nag: { rules_to_suppress: [{ id: 'AwsSolutions-L1', reason: 'x' }, { id: 7 }] },
    };
    const template = { Resources: { A: { Type: 'AWS::SQS::Queue', Metadata: metadata } } };
    const { suppressions } = readTemplateObject(template, 't');
    expect(suppressions).toEqual([
      {
        source: 'metadata',
        ruleId: 'a.rule',
        resourceId: 't/A',
        reason: 'r',
        owner: 'o',
        expires: '2027-01-01',
        file: 't',
      },
      { source: 'peer', ruleId: 'checkov:CKV_AWS_116', resourceId: 't/A', reason: 'c', file: 't' },
      { source: 'peer', ruleId: 'cfn_nag:W58', resourceId: 't/A', reason: 'n', file: 't' },
      { source: 'peer', ruleId: 'cfn-guard:LAMBDA_INSIDE_VPC', resourceId: 't/A', file: 't' },
      { source: 'peer', ruleId: 'cdk-nag:AwsSolutions-L1', resourceId: 't/A', reason: 'x', file: 't' },
    ]);
  });

  it('that a CDK app writes on all resources of a construct is one wish', () => {
    const resource = (path: string, reason: string) => ({
      Type: 'AWS::SQS::Queue',
      Metadata: { 'aws:cdk:path': path, headgate: { ignore: [{ rule: 'a.rule', reason }] } },
    });
    const Resources = {
      A: resource('S/C/A', 'one'),
      B: resource('S/C/B', 'one'),
      C: resource('S/C/C', 'other'),
    };
    const { suppressions } = readTemplateObject({ Resources }, 't');
    const [a, b, c] = suppressions.map(({ wish }) => wish);
    expect(a).toBeDefined();
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });
});
