import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { auditApplication } from '../../../reference-stack/audit/audit-application.ts';
import { auditCode } from '../../../reference-stack/audit/audit-code.ts';
import { fleetApplication } from '../../../reference-stack/audit/fleet-application.ts';
import { memberRoleTemplate } from '../../../reference-stack/audit/member-role.ts';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import { scanTemplates } from '../../../src/app/scan.ts';
import { newApp } from '../reference-app.ts';

// Whole syntheses, beside other suites on a small machine.
jest.setTimeout(60_000);

const readPolicy = JSON.parse(
  readFileSync(new URL('../../../reference-stack/audit/read-policy.json', import.meta.url), 'utf8'),
) as { Statement: { Sid: string; Action: string[]; Resource: string[] }[] };

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, '/nowhere');
});

async function findings(directory: string): Promise<string[]> {
  const decide = { ruleSet, version: '0.0.0', now: new Date('2026-11-23T12:00:00Z'), detail: 'all' } as const;
  const { evaluations } = await scanTemplates([directory], { cwd: directory }, decide);
  expect(evaluations.length).toBeGreaterThan(50);
  return evaluations
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ ruleId, resource }) => `${ruleId} on ${resource.name}`);
}

describe('the audit of an account', () => {
  let template: Template;
  let directory: string;
  beforeAll(() => {
    const app = newApp();
    const { audit } = auditApplication(app);
    template = Template.fromStack(audit.node.scope as Parameters<typeof Template.fromStack>[0]); // the audit's stack
    ({ directory } = app.synth());
  });

  it('passes the rules that it audits by', async () => {
    expect(await findings(directory)).toEqual([]);
  });

  it('reads with exactly what headgate iam-policy prints, and publishes with two actions', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role')) as {
      Properties: {
        Policies?: {
          PolicyName: string;
          PolicyDocument: { Statement: { Sid?: string; Action: unknown }[] };
        }[];
      };
    }[];
    const [audit] = roles.flatMap(({ Properties }) =>
      (Properties.Policies ?? []).filter(({ PolicyName }) => PolicyName === 'Audit'),
    );
    const statements = audit?.PolicyDocument.Statement ?? [];
    const actions = statements.map(({ Sid, Action }) => [Sid, [Action].flat()]);
    expect(actions).toEqual([
      ...readPolicy.Statement.map(({ Sid, Action }) => [Sid, Action]),
      ['HeadgatePublishes', ['securityhub:BatchImportFindings', 'securityhub:GetFindings']],
    ]);
  });

  it('tells an event bus and a topic, and passes the rules then too', async () => {
    const [eventBusArn, topicArn, topicKeyArn] = [
      'arn:aws:events:eu-west-1:111122223333:event-bus/findings',
      'arn:aws:sns:eu-west-1:111122223333:findings',
      'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ];
    const app = newApp();
    const { audit, foundation } = auditApplication(app, { news: { eventBusArn, topicArn, topicKeyArn } });
    const own = Template.fromStack(audit.node.scope as Parameters<typeof Template.fromStack>[0]); // the audit's stack
    own.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ HEADGATE_EVENT_BUS: eventBusArn, HEADGATE_TOPIC_ARN: topicArn }),
      },
    });
    const texts = [own.toJSON(), Template.fromStack(Stack.of(foundation)).toJSON()].map((each) =>
      JSON.stringify(each),
    );
    // The role, and the endpoint that its calls go through.
    for (const text of texts) expect(text).toContain(`"events:PutEvents"`);
    for (const text of texts) expect(text).toContain(`"sns:Publish"`);
    expect(await findings(app.synth().directory)).toEqual([]);
  });

  it('audits anew after changes, and passes the rules then too', async () => {
    const app = newApp();
    const { audit } = auditApplication(app, { recheckMinutes: 5 });
    const own = Template.fromStack(audit.node.scope as Parameters<typeof Template.fromStack>[0]); // the audit's stack
    own.resourceCountIs('AWS::Events::Rule', 2);
    own.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
      },
    });
    own.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(await findings(app.synth().directory)).toEqual([]);
    expect(() => auditApplication(newApp(), { recheckMinutes: 3 })).toThrow('5 to 60');
  });

  it('gives the function itself no right to read', () => {
    const runByLambda = {
      Properties: {
        AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
      },
    };
    const roles = Object.values(template.findResources('AWS::IAM::Role', runByLambda)) as {
      Properties: { Policies?: { PolicyName: string; PolicyDocument: object }[] };
    }[];
    const execution = roles.flatMap(({ Properties }) =>
      (Properties.Policies ?? []).filter(({ PolicyName }) => PolicyName === 'Execution'),
    );
    expect(execution.length).toBeGreaterThan(0);
    expect(JSON.stringify(execution)).not.toMatch(/:(List(?!Bucket)|Describe(?!NetworkInterfaces|Subnets))/);
  });

  it('is started by a schedule that retries, and keeps what failed for good', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        Input: '{"time":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 },
        DeadLetterConfig: { Arn: Match.anyValue() },
      },
    });
  });

  it('lets the function start the state machine that goes on with what it does not get through', () => {
    const [name] = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(
      ({ Properties }: { Properties?: { StateMachineName?: string } }) => Properties?.StateMachineName ?? '',
    );
    const [text] = Object.values(template.findResources('AWS::Lambda::Function')).map((found) =>
      JSON.stringify(found),
    );
    expect(text).toContain(`:stateMachine:${name ?? 'none'}`);
    const started = JSON.stringify(template.findResources('AWS::IAM::Role'));
    expect(started).toContain(`:stateMachine:${name ?? 'none'}`);
  });

  it('keeps reports in a versioned bucket under a key, for seven years', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 2555 })]) },
      ObjectLockConfiguration: Match.absent(),
    });
  });

  it('locks reports where it is asked to', () => {
    const { audit } = auditApplication(newApp(), { lockDays: 365 });
    const locked = Template.fromStack(audit.node.scope as Parameters<typeof Template.fromStack>[0]); // the audit's stack
    locked.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
    });
  });

  it.each(['The audit failed', 'The audit is incomplete', 'could not send all findings to Security Hub'])(
    'raises an alarm: %s',
    (description) => {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: Match.stringLikeRegexp(description),
        AlarmActions: Match.anyValue(),
      });
    },
  );
});

describe('the audit of an organization', () => {
  let template: Template;
  let directory: string;
  beforeAll(() => {
    const app = newApp();
    const { fleet } = fleetApplication(app, {
      organizationId: 'o-abcdefghij',
      regions: ['eu-west-1', 'us-east-1'],
      maxConcurrency: 7,
    });
    template = Template.fromStack(fleet.node.scope as Parameters<typeof Template.fromStack>[0]); // the fleet's stack
    ({ directory } = app.synth());
  });

  it('passes the rules that it audits by', async () => {
    expect(await findings(directory)).toEqual([]);
  });

  it('assumes one role, in the organization alone', () => {
    const roles = JSON.stringify(template.findResources('AWS::IAM::Role'));
    expect(roles).toContain('"aws:ResourceOrgID":"o-abcdefghij"');
    expect(roles).toContain(':iam::*:role/HeadgateAuditMember');
  });

  it('bounds what runs at once', () => {
    const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(JSON.stringify(machines)).toContain('\\"MaxConcurrency\\":7');
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 17 });
  });

  it('keeps evaluations as a table with three saved questions', () => {
    template.hasResourceProperties('AWS::Glue::Table', {
      TableInput: {
        Name: 'evaluations',
        PartitionKeys: ['date', 'account', 'region'].map((Name) => ({ Name, Type: 'string' })),
      },
    });
    template.resourceCountIs('AWS::Athena::NamedQuery', 3);
  });
});

describe('the role of a member account', () => {
  it('is what was generated, and passes the rules', async () => {
    const file = new URL('../../../reference-stack/audit/member-role.template.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(memberRoleTemplate(readPolicy));
    const decide = { ruleSet, version: '0.0.0', now: new Date(0), detail: 'all' } as const;
    const { evaluations } = await scanTemplates([file.pathname], { cwd: '/' }, decide);
    expect(evaluations.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  });

  it('is given to the fleet’s function alone, with external id and organization', () => {
    const text = JSON.stringify(memberRoleTemplate(readPolicy));
    expect(text).toContain(
      '"StringEquals":{"sts:ExternalId":{"Ref":"ExternalId"},"aws:PrincipalOrgID":{"Ref":"OrganizationId"}}',
    );
  });
});

describe('the configuration of a bundle', () => {
  it('stands in front of the code, so that its signature covers it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-config-'));
    mkdirSync(join(folder, 'policies'));
    writeFileSync(join(folder, 'headgate.yaml'), 'failOn: low\n');
    writeFileSync(join(folder, 'policies', 'team.yaml'), 'id: team\n');
    writeFileSync(join(folder, 'notes.txt'), 'left out');
    const { audit } = auditApplication(newApp());
    const text = readFileSync(auditCode(audit, 'audit', folder), 'utf8');
    expect(text).toBe(
      'globalThis.headgateConfigFiles = {"headgate.yaml":"failOn: low\\n","policies/team.yaml":"id: team\\n"};\n',
    );
  });

  it('must be one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-config-'));
    const { audit } = auditApplication(newApp());
    expect(() => auditCode(audit, 'audit', folder)).toThrow(/No headgate.yaml/);
  });
});
