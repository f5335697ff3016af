import { describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { decideReading } from '../../../src/app/scan.ts';
import type { Level } from '../../../src/model/rule.ts';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import { renderReport } from '../../../src/report/render.ts';
import { parseYaml } from '../../../src/rules/yaml-document.ts';
import { readTemplate } from '../../../src/template/read-templates.ts';
import { applyEdit } from './apply-edit.ts';

async function scan(template: unknown, level: Level = 'standard'): Promise<ScanResult> {
  const ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [], level }, '/nowhere');
  // The rules of the diagrams alone, whose edits are no more than a result holds.
  const rules = ruleSet.rules.filter(({ id }) => !id.startsWith('more.'));
  return decideReading(await readTemplate(template, 'template.yaml'), {
    ruleSet: { ...ruleSet, rules },
    version: '0',
    now: new Date('2026-11-28T12:00:00Z'),
    detail: 'all',
  });
}

const fn = (events: string, more = ''): string =>
  `{Type: AWS::Serverless::Function, Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x${more}, Events: {E: ${events}}}}`;
const get = (path: string): string => `{Type: Api, Properties: {Path: /${path}, Method: get}}`;

const sam = parseYaml(
  `Transform: AWS::Serverless-2016-10-31
Resources:
  A: ${fn(get('a'))}
  B: ${fn(get('b'))}
  C: ${fn(get('c'), ', Tracing: PassThrough')}
  T: {Type: AWS::Serverless::SimpleTable}
  U: {Type: AWS::Serverless::SimpleTable}`,
  'template.yaml',
).value;

const plain = parseYaml(
  `Resources:
  R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess']}}
  A: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs24.x, Role: !GetAtt R.Arn}}
  B: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs24.x, Role: !GetAtt R.Arn}}
  T: {Type: AWS::DynamoDB::Table}
  U: {Type: AWS::DynamoDB::Table}
  K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  L: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}`,
  'template.yaml',
).value;

const failuresOf = ({ evaluations }: ScanResult): string[] =>
  evaluations
    .filter(({ verdict, followsFrom }) => verdict === 'fail' && followsFrom === undefined)
    .map(({ ruleId, resource }) => `${ruleId} on ${resource.name}`);

describe('the first edits', () => {
  it('count each open failure once, most first', async () => {
    for (const template of [sam, plain]) {
      const { firstEdits = [], summary } = await scan(template);
      const counts = firstEdits.map(({ findings }) => findings);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(summary.fail);
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    }
  });

  it('say what SAM shares, and leave out what sets it itself', async () => {
    const { firstEdits = [] } = await scan(sam);
    const tracing = firstEdits.filter(({ rules }) => rules.includes('all.lambda.tracing'));
    expect(tracing.map(({ title, findings, resources }) => [title, findings, resources])).toEqual([
      ['Set `Globals: Function: Tracing: Active`', 2, ['A', 'B']],
      ['Set `Tracing` where these resources set it', 1, ['C']],
    ]);
    const stage = firstEdits.find(({ title }) => title.includes('OpenApiVersion'));
    expect(stage).toMatchObject({ findings: 1, rules: ['api.waf.associated.extra-stage'] });
  });

  it.each([
    ['SAM', sam, 3],
    ['CloudFormation', plain, 3],
  ])('remove what they say of %s templates', async (_, template, least) => {
    const before = await scan(template);
    const failed = failuresOf(before);
    let applied = 0;
    for (const edit of before.firstEdits ?? []) {
      const edited = applyEdit(template, edit);
      if (edited === undefined) continue;
      const after = failuresOf(await scan(edited));
      const gone = failed.filter((failure) => !after.includes(failure));
      expect([edit.title, gone.length, after.filter((failure) => !failed.includes(failure))]).toEqual([
        edit.title,
        edit.findings,
        [],
      ]);
      applied += 1;
    }
    expect(applied).toBeGreaterThanOrEqual(least);
  });

  it('begin the reports for people, as far as they remove more than one', async () => {
    const result = await scan(sam);
    for (const format of ['console', 'markdown', 'html']) {
      const text = await renderReport(format, result, { columns: 100 });
      expect([format, text.includes('edits remove')]).toEqual([format, true]);
      expect([format, text.includes('Globals: Function: Tracing: Active')]).toEqual([format, true]);
    }
    const single = { Resources: { T: { Type: 'AWS::DynamoDB::Table' } } };
    expect(await renderReport('console', await scan(single))).not.toContain('Fix first');
  });
});

describe('failures by rule', () => {
  it('are one line for a rule and its resources', async () => {
    const result = await scan(plain);
    const text = await renderReport('console', result, { columns: 100, groupBy: 'rule' });
    const heads = text.split('\n').filter((line) => line.startsWith('  FAIL '));
    const rules = new Set(failuresOf(result).map((failure) => failure.split(' ')[0]));
    expect(heads).toHaveLength(rules.size);
    expect(heads).toContain('  FAIL low  all.lambda.tracing  2 resources');
    expect(text).toContain('    on   A, B\n');
  });
});

describe('what follows from another failure', () => {
  const queue = { Resources: { Q: { Type: 'AWS::SQS::Queue' }, T: { Type: 'AWS::SNS::Topic' } } };

  it('is counted and listed once, and the requirement is decided nevertheless', async () => {
    const result = await scan(queue, 'reference');
    const following = result.evaluations.filter(({ followsFrom }) => followsFrom !== undefined);
    expect(
      following.map(({ ruleId, resource, followsFrom }) => [ruleId, resource.name, followsFrom]),
    ).toEqual([
      ['all.application.payload', 'Q', 'batch.queue.encryption.customer-managed'],
      ['all.application.payload', 'T', 'events.sns.encryption'],
    ]);
    expect(result.summary.fail).toBe(failuresOf(result).length);
    const requirement = result.requirements.find(({ id }) => id === 'all.application.payload');
    expect(requirement).toMatchObject({ verdict: 'fail', evaluated: { fail: 2 } });
    for (const format of ['console', 'markdown', 'sarif', 'junit', 'csv', 'gitlab', 'annotations'])
      expect([format, countOf('all.application.payload', await renderReport(format, result))]).toEqual([
        format,
        format === 'sarif' ? expect.any(Number) : 0,
      ]);
    const { runs } = JSON.parse(await renderReport('sarif', result)) as {
      runs: { results: { ruleId: string }[] }[];
    };
    expect(runs[0]?.results.map(({ ruleId }) => ruleId)).not.toContain('all.application.payload');
  });

  it('is a bucket that notifies a queue, where the queue tells, and each queue that it notifies', async () => {
    const bucket = (...queues: string[]) => ({
      Resources: {
        Q: { Type: 'AWS::SQS::Queue' },
        Plain: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
        Managed: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: 'alias/aws/sqs' } },
        B: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            NotificationConfiguration: {
              QueueConfigurations: queues.map((queue) => ({
                Event: 's3:ObjectCreated:*',
                Queue: queue === 'elsewhere' ? { Ref: 'Elsewhere' } : { 'Fn::GetAtt': [queue, 'Arn'] },
              })),
            },
          },
        },
      },
    });
    const notified = async (...queues: string[]) =>
      (await scan(bucket(...queues), 'reference')).evaluations
        .filter(({ ruleId, verdict }) => ruleId === 'events.s3.encrypted-notification' && verdict === 'fail')
        .map(({ followsFrom }) => followsFrom);
    expect(await notified('Q')).toEqual(['batch.queue.encryption.customer-managed']);
    expect(await notified('Q', 'Plain')).toEqual(['batch.queue.encryption.customer-managed']);
    // S3 may not use the key that AWS manages for SQS, which the queue does not tell.
    expect(await notified('Managed')).toEqual([undefined]);
    // What is not in the scan tells nothing of itself.
    expect(await notified('Q', 'elsewhere')).toEqual([undefined]);
  });

  it('stands for itself where the other rule is not asked, or is milder', async () => {
    const ruleSet = await loadRuleSet(
      {
        rules: {
          'batch.queue.encryption.customer-managed': 'off',
          'all.application.payload': { severity: 'high' },
        },
      },
      { folders: [], rule: [], flow: [] },
      '/nowhere',
    );
    const reading = await readTemplate(queue, 'template.yaml');
    const { evaluations } = decideReading(reading, {
      ruleSet,
      version: '0',
      now: new Date('2026-11-28T12:00:00Z'),
      detail: 'findings',
    });
    const payload = evaluations.filter(({ ruleId }) => ruleId === 'all.application.payload');
    expect(payload.map(({ verdict, severity, followsFrom }) => [verdict, severity, followsFrom])).toEqual([
      ['fail', 'high', undefined],
      ['fail', 'high', undefined],
    ]);
  });

  it('is the stage that SAM makes, with all that is amiss there', async () => {
    const { evaluations } = await scan(sam, 'reference');
    const ofStage = evaluations.filter(
      ({ resource, verdict }) => resource.name === 'Stage' && verdict === 'fail',
    );
    expect(ofStage.length).toBeGreaterThan(4);
    expect(
      ofStage.filter(({ followsFrom }) => followsFrom === undefined).map(({ ruleId }) => ruleId),
    ).toEqual(['api.waf.associated.extra-stage']);
  });
});

function countOf(word: string, text: string): number {
  return text.split(word).length - 1;
}
