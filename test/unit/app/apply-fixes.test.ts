import { describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { planFixes, textEditsOf } from '../../../src/app/plan-fixes.ts';
import { fixText, scanText } from './fix-templates.ts';

const ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [], level: 'reference' }, '/nowhere');
const only = (id: string) => ({ unsafe: false, only: ({ ruleId }: { ruleId: string }) => ruleId === id });

describe('fixes of templates', () => {
  it('set a property and leave every other character', async () => {
    const text = `Resources:
  Key: # for orders
    Type: "AWS::KMS::Key"
    Properties:
      Description:   'orders'   # keep
`;
    const { text: after, applied } = await fixText(text, ruleSet, only('all.kms.rotation'));
    expect(after).toBe(`${text}      EnableKeyRotation: true\n`.replace(/\n\n/, '\n'));
    expect(applied.map(({ title }) => title)).toEqual(['set `EnableKeyRotation` of `Key` to `true`']);
  });

  it('plan what an editor shows, with positions', () => {
    const scanned = scanText('Resources:\n  Key: {Type: AWS::KMS::Key, Properties: {}}\n', ruleSet);
    const { fixes } = planFixes(scanned, only('all.kms.rotation'));
    expect(fixes.map(({ finding, safety }) => [finding.resource.name, safety])).toEqual([['Key', 'safe']]);
    expect(textEditsOf(fixes, scanned)).toEqual([
      {
        file: 'template.yaml',
        edits: [
          {
            start: 53,
            end: 53,
            text: 'EnableKeyRotation: true',
            from: { line: 2, column: 43 },
            to: { line: 2, column: 43 },
          },
        ],
      },
    ]);
  });

  it('leave a waived finding alone', async () => {
    const text =
      'Resources:\n  # headgate:ignore all.kms.rotation keys are replaced\n  Key: {Type: AWS::KMS::Key, Properties: {}}\n';
    expect((await fixText(text, ruleSet, only('all.kms.rotation'))).files.size).toBe(0);
  });

  it('leave what a condition decides, and say so', async () => {
    const text = `Conditions: {Never: !Equals [a, b]}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [Never, true, false]}}
`;
    const { files, left } = await fixText(text, ruleSet, only('all.kms.rotation'));
    expect(files.size).toBe(0);
    expect(left.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['refused', '`EnableKeyRotation` is set by `!If`'],
    ]);
  });

  it('refuse an edit that makes resources refer to each other in a circle', async () => {
    const text = `Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::\${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*', Condition: {ArnLike: {'aws:SourceArn': !GetAtt Queue.Arn}}}]}
  Queue: {Type: AWS::SQS::Queue}
`;
    const asked = { ...only('batch.queue.encryption.customer-managed'), unsafe: true };
    const { files, left } = await fixText(text, ruleSet, asked);
    expect(files.size).toBe(0);
    expect(left.map(({ reason }) => reason)).toEqual([
      'resources would have a circular dependency: Key, Queue',
    ]);
  });

  it('refuse an edit after which the finding stays or another one comes, and keep the others', async () => {
    const edits = [{ safety: 'safe' as const, changes: [{ set: 'EnableKeyRotation', to: false }] }];
    const wrong = {
      ...ruleSet,
      rules: ruleSet.rules.map((rule) =>
        rule.id === 'all.kms.rotation' ? { ...rule, fix: { ...rule.fix, edits } } : rule,
      ),
    };
    const text = `Resources:
  Key: {Type: AWS::KMS::Key, Properties: {}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {}}
`;
    const asked = ['all.kms.rotation', 'api.dynamodb.pitr'];
    const { text: after, left } = await fixText(text, wrong, {
      unsafe: false,
      only: ({ ruleId }) => asked.includes(ruleId),
    });
    expect(after).toBe(
      text.replace(
        'Table, Properties: {}',
        'Table, Properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}',
      ),
    );
    expect(left.map(({ reason }) => reason)).toEqual([expect.stringMatching(/^the finding stays: Key Key /)]);
  });

  it('try again what was refused before another edit made it fit', async () => {
    const text = `Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}
  Unread: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/aws/sqs}}
  Queue: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt Unread.Arn, maxReceiveCount: 15}}}
  Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue], PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn, Condition: {ArnEquals: {'aws:SourceArn': !Ref Topic}}}]}}}
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true, KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::\${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]}}}
`;
    const asked = [
      ...['batch.dlq.max-receive-count', 'batch.dlq.retention'],
      ...['batch.queue.encryption.customer-managed', 'batch.queue.retention'],
    ];
    const options = { unsafe: true, only: ({ ruleId }: { ruleId: string }) => asked.includes(ruleId) };
    const { text: fixed, applied } = await fixText(text, ruleSet, options);
    expect(applied.map(({ finding }) => finding.ruleId)).toContain('batch.queue.retention');
    expect((await fixText(fixed, ruleSet, options)).applied).toEqual([]);
  });
});
