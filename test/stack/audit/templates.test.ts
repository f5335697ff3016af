import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { auditApplication } from '../../../reference-stack/audit/audit-application.ts';
import { fleetApplication } from '../../../reference-stack/audit/fleet-application.ts';
import { memberRoleTemplate, type ReadPolicy } from '../../../reference-stack/audit/member-role.ts';
import { metricsOf, type AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { fleetMetrics } from '../../../src/lambda/fleet-report.ts';
import type { FleetReport } from '../../../src/lambda/fleet-run.ts';
import { newApp, resourcesIn, type TemplateResource } from '../reference-app.ts';

// Whole syntheses, beside other suites on a small machine.
jest.setTimeout(60_000);

// What no rule decides about the stacks that audit, held by plain assertions on their templates.

const policy = JSON.parse(
  readFileSync(new URL('../../../reference-stack/audit/read-policy.json', import.meta.url), 'utf8'),
) as ReadPolicy;

let audit: TemplateResource[];
let fleet: TemplateResource[];
beforeAll(() => {
  audit = resourcesIn(Stack.of(auditApplication(newApp()).audit));
  fleet = resourcesIn(
    Stack.of(fleetApplication(newApp(), { organizationId: 'o-abcdefghij', regions: ['eu-west-1'] }).fleet),
  );
});

const stacks = [
  ['account', () => audit, 'Audit'],
  ['organization', () => fleet, 'Fleet'],
] as const;

const named = (resources: readonly TemplateResource[], name: string): Record<string, unknown> =>
  resources.find(({ id }) => id.replace(/[0-9A-F]{8}$/, '') === name)?.properties ?? {};
const ofType = (resources: readonly TemplateResource[], type: string): Record<string, unknown>[] =>
  resources.filter((resource) => resource.type === type).map(({ properties }) => properties);
/** As CloudFormation would write it, with the names of its pseudo parameters. */
function textOf(value: unknown): unknown {
  const {
    'Fn::Join': join,
    'Fn::Sub': sub,
    Ref,
  } = Object(value) as {
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
    readonly 'Fn::Sub'?: string;
    readonly Ref?: string;
  };
  if (join !== undefined) return join[1].map(textOf).join(join[0]);
  return sub ?? (Ref === undefined ? value : `\${${Ref}}`);
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}
interface Role {
  readonly ManagedPolicyArns?: unknown;
  readonly AssumeRolePolicyDocument: { readonly Statement: readonly unknown[] };
  readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

describe.each([
  ['the reader of an account', () => named(audit, 'AuditReaderRole') as unknown as Role],
  [
    'the role of a member',
    () =>
      (memberRoleTemplate(policy) as { Resources: { Role: { Properties: Role } } }).Resources.Role.Properties,
  ],
] as const)('%s', (_name, role) => {
  it('may do what headgate iam-policy prints, tell Security Hub, and nothing else', () => {
    const { Policies, ManagedPolicyArns } = role();
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).map(
      (statement) => ({
        ...statement,
        Action: [statement.Action].flat(),
        Resource: [statement.Resource].flat().map(textOf),
      }),
    );
    const own = 'arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}';
    expect(ManagedPolicyArns).toBeUndefined();
    expect(statements).toEqual([
      ...policy.Statement.map(({ Sid, Action, Resource }) => ({
        ...{ Sid, Action, Effect: 'Allow' },
        Resource: Resource.map((arn) => arn.replace(/^arn:aws:/, 'arn:${AWS::Partition}:')),
      })),
      {
        Sid: 'HeadgatePublishes',
        Effect: 'Allow',
        Action: ['securityhub:BatchImportFindings', 'securityhub:GetFindings'],
        Resource: [`${own}:product/\${AWS::AccountId}/default`, `${own}:hub/default`],
      },
    ]);
  });

  it('is assumed by one role, with an external id', () => {
    const [trust, ...others] = role().AssumeRolePolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(trust).toMatchObject({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: expect.objectContaining({}) },
      Condition: { StringEquals: { 'sts:ExternalId': expect.anything() } },
    });
  });
});

describe.each(stacks)('the audit of an %s', (_name, resources, prefix) => {
  it('is started with retries, and what could not be started is kept', () => {
    const [schedule] = ofType(resources(), 'AWS::Scheduler::Schedule');
    expect(schedule).toMatchObject({
      KmsKeyArn: expect.anything(),
      Target: {
        Input: '{"time":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 },
        DeadLetterConfig: {
          Arn: { 'Fn::GetAtt': [expect.stringMatching(`^${prefix}DeadLettersQueue`), 'Arn'] },
        },
      },
    });
  });

  it('lets the schedule start it, and do nothing else', () => {
    const { Policies } = named(resources(), `${prefix}ScheduleRole`) as unknown as Role;
    const actions = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(
      ({ Action }) => Action,
    );
    const start = prefix === 'Audit' ? 'lambda:InvokeFunction' : 'states:StartExecution';
    expect(actions.sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey', 'sqs:SendMessage', start].sort());
  });

  it('keeps years of reports, and what is handed over for a day', () => {
    const days = (name: string) =>
      (
        named(resources(), name) as { LifecycleConfiguration: { Rules: { ExpirationInDays?: number }[] } }
      ).LifecycleConfiguration.Rules.flatMap(({ ExpirationInDays }) => ExpirationInDays ?? []);
    expect(days(`${prefix}Reports`)).toEqual([2555]);
    expect(days(`${prefix}Work`)).toEqual([1]);
  });

  it('keeps every log for three months, under its own key', () => {
    const groups = ofType(resources(), 'AWS::Logs::LogGroup');
    const key = { 'Fn::GetAtt': [expect.stringMatching(`^${prefix}Key`), 'Arn'] };
    expect(groups.length).toBeGreaterThan(1);
    expect(groups).toEqual(groups.map(() => expect.objectContaining({ KmsKeyId: key, RetentionInDays: 90 })));
  });

  it('gives a function less time than its task, so that the function says why it failed', () => {
    const texts = JSON.stringify(ofType(resources(), 'AWS::StepFunctions::StateMachine'));
    const tasks = [...texts.matchAll(/\\"TimeoutSeconds\\":(\d+)/g)].map(([, seconds]) => Number(seconds));
    const functions = ofType(resources(), 'AWS::Lambda::Function').map(({ Timeout }) => Number(Timeout));
    expect(tasks.length).toBeGreaterThan(2);
    expect(Math.min(...tasks)).toBeGreaterThan(Math.max(...functions));
  });

  it('waits for a function for as long as another audit may hold it', () => {
    const texts = JSON.stringify(ofType(resources(), 'AWS::StepFunctions::StateMachine'));
    const [[, interval, rate, attempts, most] = []] = texts
      .replaceAll('\\"', '"')
      .matchAll(
        /TooManyRequestsException"\],"IntervalSeconds":(\d+),"BackoffRate":(\d+),"MaxAttempts":(\d+),"MaxDelaySeconds":(\d+)/g,
      );
    const delays = Array.from({ length: Number(attempts) }, (_, attempt) =>
      Math.min(Number(interval) * Number(rate) ** attempt, Number(most)),
    );
    // Full jitter: a delay is half as long on average.
    const seconds = delays.reduce((sum, delay) => sum + delay / 2, 0);
    const functions = ofType(resources(), 'AWS::Lambda::Function').map(({ Timeout }) => Number(Timeout));
    expect(seconds).toBeGreaterThan(Math.max(...functions));
  });

  it('names no partition', () => {
    expect(JSON.stringify(resources())).not.toContain('arn:aws:');
  });

  it('raises alarms, and draws graphs, on metrics that are written', () => {
    // Names alone are looked at.
    const written = Object.keys(
      prefix === 'Audit'
        ? metricsOf({ counts: { bySeverity: {} }, split: [], securityHub: [] } as unknown as AuditSummary, 0)
        : fleetMetrics({ totals: { bySeverity: {} } } as unknown as FleetReport),
    );
    const alarms = ofType(resources(), 'AWS::CloudWatch::Alarm').filter(
      ({ Namespace }) => Namespace === 'Headgate/Audit',
    );
    const watched = alarms.map(({ MetricName }) => String(MetricName));
    expect(watched.length).toBeGreaterThan(2);
    expect(watched.filter((name) => !written.includes(name))).toEqual([]);
    const [dashboard] = ofType(resources(), 'AWS::CloudWatch::Dashboard').map(({ DashboardBody }) =>
      JSON.stringify(DashboardBody),
    );
    const drawn = [...(dashboard ?? '').matchAll(/Headgate\/Audit\\",\\"(\w+)/g)].map(
      ([, name = '']) => name,
    );
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.filter((name) => !written.includes(name))).toEqual([]);
  });

  it('tells somebody of every alarm, under the name by which metrics are written', () => {
    const [environment] = ofType(resources(), 'AWS::Lambda::Function').map(
      ({ Environment }) => (Environment as { Variables: Record<string, unknown> }).Variables,
    );
    for (const { AlarmActions, Namespace, Dimensions } of ofType(resources(), 'AWS::CloudWatch::Alarm')) {
      expect(AlarmActions).toHaveLength(1);
      if (Namespace === 'Headgate/Audit')
        expect(Dimensions).toEqual([{ Name: 'Deployment', Value: environment?.['HEADGATE_DEPLOYMENT'] }]);
    }
  });

  it('misses an audit that is not started, where it knows when one is due', () => {
    const silent = named(resources(), `${prefix}SilentAlarm`);
    expect(silent).toMatchObject({ TreatMissingData: 'breaching', Period: 86_400, EvaluationPeriods: 2 });
    const weekly = auditApplication(newApp(), { schedule: 'rate(7 days)' }).audit;
    expect(named(resourcesIn(Stack.of(weekly)), 'AuditSilentAlarm')).toEqual({});
  });
});

describe('rules of your own that read more', () => {
  it.each([
    ['account', (policyFile: string) => auditApplication(newApp(), { policyFile }).stacks],
    [
      'organization',
      (policyFile: string) =>
        fleetApplication(newApp(), { policyFile, organizationId: 'o-abcdefghij', regions: ['eu-west-1'] })
          .stacks,
    ],
  ])('pass the endpoints of the network: %s', (_name, stacksOf) => {
    const file = join(mkdtempSync(join(tmpdir(), 'headgate-policy-')), 'policy.json');
    const [first] = policy.Statement;
    const Statement = [{ ...first, Action: ['sns:ListPhoneNumbersOptedOut'], Resource: ['*'] }];
    writeFileSync(file, JSON.stringify({ Statement }));
    const endpoints = stacksOf(file)
      .flatMap(resourcesIn)
      .filter(({ type }) => type === 'AWS::EC2::VPCEndpoint');
    expect(JSON.stringify(endpoints)).toContain('sns:ListPhoneNumbersOptedOut');
  });
});

describe('the fleet', () => {
  it('goes on although audits fail, and stops where next to all do', () => {
    const [machine] = ofType(fleet, 'AWS::StepFunctions::StateMachine');
    const text = JSON.stringify(machine).replaceAll('\\"', '"');
    expect(text).toContain('"ToleratedFailurePercentage":99.9');
    expect(text).toContain('"MaxConcurrency":20');
    expect(text).toContain('"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"');
  });

  it('may do what a distributed map needs with its own executions and results, and no others', () => {
    const { Policies } = named(fleet, 'FleetMachineRole') as unknown as Role;
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const wide = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(wide.filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
    const actions = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => /^(s3|states):/.test(action));
    expect(actions.sort()).toEqual([
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:ListBucket',
      's3:ListMultipartUploadParts',
      's3:PutObject',
      'states:DescribeExecution',
      'states:RedriveExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
  });

  it('reads the evaluations where they are written', () => {
    const [table] = ofType(fleet, 'AWS::Glue::Table') as {
      TableInput: { StorageDescriptor: { Location: unknown } };
    }[];
    const location = String(textOf(table?.TableInput.StorageDescriptor.Location));
    expect(location).toMatch(/^s3:\/\/\$\{FleetReports[0-9A-F]{8}\}\/evaluations\/$/);
  });

  it('asks for the organization wherever it leaves the account', () => {
    const { Policies } = named(fleet, 'FleetAuditorRole') as unknown as Role;
    const assume = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(
      ({ Action }) => Action === 'sts:AssumeRole',
    );
    expect(assume.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'aws:ResourceOrgID': 'o-abcdefghij' } },
    ]);
    const member = JSON.stringify(memberRoleTemplate(policy));
    expect(member).toContain('"aws:PrincipalOrgID":{"Ref":"OrganizationId"}');
  });
});
