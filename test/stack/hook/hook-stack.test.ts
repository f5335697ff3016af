import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { hookApplication } from '../../../reference-stack/hook/hook-application.ts';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { scanTemplates } from '../../../src/app/scan.ts';
import { newApp } from '../reference-app.ts';

// Whole syntheses, beside other suites on a small machine.
jest.setTimeout(120_000);

describe('the stacks of the hook', () => {
  let template: Template;
  let directory: string;
  beforeAll(() => {
    const app = newApp();
    const { hook } = hookApplication(app);
    template = Template.fromStack(Stack.of(hook));
    ({ directory } = app.synth());
  });

  it('pass the rules that the hook decides by', async () => {
    const ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, '/nowhere');
    const decide = { ruleSet, version: '0', now: new Date('2026-11-28T12:00:00Z'), detail: 'all' } as const;
    const { evaluations } = await scanTemplates([directory], { cwd: directory }, decide);
    expect(evaluations.length).toBeGreaterThan(50);
    const open = evaluations.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
    expect(open.map(({ ruleId, resource, verdict }) => `${verdict}: ${ruleId} on ${resource.name}`)).toEqual(
      [],
    );
  });

  it('ask for stacks and change sets, warn only, and leave themselves alone', () => {
    template.hasResourceProperties('AWS::CloudFormation::LambdaHook', {
      Alias: 'Headgate::Gate::Flows',
      FailureMode: 'WARN',
      HookStatus: 'ENABLED',
      TargetOperations: ['STACK', 'CHANGE_SET'],
      StackFilters: {
        FilteringCriteria: 'ALL',
        StackNames: { Exclude: ['HeadgateHook', 'HeadgateHookSigning', 'HeadgateHookFoundation'] },
      },
    });
    const app = newApp();
    const strict = hookApplication(app, {
      failureMode: 'FAIL',
      alias: 'Team::Gate::Lambda',
      failOnError: true,
    });
    const other = Template.fromStack(Stack.of(strict.hook));
    other.hasResourceProperties('AWS::CloudFormation::LambdaHook', {
      Alias: 'Team::Gate::Lambda',
      FailureMode: 'FAIL',
    });
    other.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ HEADGATE_ON_ERROR: 'fail' }) },
    });
  });

  it('let CloudFormation alone invoke the function, and the function read stacks and nothing else', () => {
    const { Policies } = Object.values(template.findResources('AWS::IAM::Role'))
      .map(({ Properties }) => Properties as { Description: string; Policies: unknown })
      .find(({ Description }) => Description.startsWith('Runs: ')) ?? { Policies: [] };
    expect(
      JSON.stringify(Policies)
        .match(/"cloudformation:[A-Za-z*]*"/g)
        ?.toSorted(),
    ).toEqual([
      '"cloudformation:DescribeChangeSet"',
      '"cloudformation:DescribeStacks"',
      '"cloudformation:GetTemplate"',
      '"cloudformation:ListExports"',
    ]);
    expect(JSON.stringify(Policies)).not.toMatch(/"(s3|dynamodb|iam|sts|secretsmanager):[A-Z*][A-Za-z]*"/);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'hooks.cloudformation.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ],
      },
    });
  });
});
