import { Aws, type CfnResource, Duration, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../lib/acknowledge.ts';
import type { ExecutionRole } from '../lib/execution-role.ts';
import { FlowKey } from '../lib/flow-key.ts';
import type { Foundation } from '../lib/foundation.ts';
import { FlowObservability } from '../lib/observability.ts';
import { Runbook } from '../lib/runbook.ts';
import { SecureBucket } from '../lib/secure-bucket.ts';
import { SecureFunction } from '../lib/secure-function.ts';
import { DeadLetterQueue } from '../lib/secure-queue.ts';
import { AuditBucket } from './audit-bucket.ts';
import { auditCode } from './audit-code.ts';
import { addAlarm, addSilentAlarm, auditMetric, auditNamespace } from './audit-alarms.ts';
import { addAuditSchedule } from './audit-schedule.ts';
import { AuditStateMachine, stateMachineArn } from './audit-state-machine.ts';
import { admitReads } from './audit-network.ts';
import { admitNews, newsEnvironment, type NewsProps } from './audit-news.ts';
import { EvaluationsTable } from './evaluations-table.ts';
import { fleetDefinition } from './fleet-definition.ts';
import { memberRoleName } from './member-role.ts';

/** Properties of {@link Fleet}. */
export interface FleetProps {
  /** Network, code signing, alarms. Its network needs a way out. */
  readonly foundation: Foundation;
  /** Id of the organization: nobody outside of it is ever asked or answered. */
  readonly organizationId: string;
  /** Account ids. @default all active accounts of the organization; the stack must stand where they can be listed */
  readonly accounts?: readonly string[];
  /** Account ids that are left out. */
  readonly except?: readonly string[];
  /** Regions of every account; the first speaks for global resources. */
  readonly regions: readonly string[];
  /** Accounts and Regions audited at once. @default 20 */
  readonly maxConcurrency?: number;
  /** Share of failed audits, in percent, at which the rest is not tried any more. @default 99.9 */
  readonly toleratedFailurePercentage?: number;
  /** @default every day at 03:00 UTC */
  readonly schedule?: string;
  /** @default true */
  readonly securityHub?: boolean;
  /** Who is told of new and fixed findings. @default nobody but Security Hub */
  readonly news?: NewsProps;
  readonly configFolder?: string;
  /**
   * Output of `headgate iam-policy` where headgate.yaml adds rules that read more; the members' roles need it too, by
   * `memberRoleTemplate`. @default that of the shipped rules
   */
  readonly policyFile?: string;
  /** Memory of the function that audits, which holds a whole account when it decides. @default 1,769: one vCPU */
  readonly memoryMiB?: number;
  readonly keepDays?: number;
  readonly lockDays?: number;
}

const prefix = '';

/**
 * Every account and Region of an organization, audited on a schedule: Scheduler -> state machine with a
 * distributed map -> one function for each account and Region, with the member's own role -> reports, evaluations
 * and one overview in S3, a table over years of them, metrics and alarms.
 */
export class Fleet extends Construct {
  readonly bucket: AuditBucket;
  readonly auditor: SecureFunction;
  readonly planner: SecureFunction;
  readonly stateMachine: sfn.StateMachine;
  readonly table: EvaluationsTable;
  readonly deadLetters: DeadLetterQueue;
  readonly externalId: string;
  private readonly props: FleetProps;
  private readonly key: FlowKey;
  private readonly work: SecureBucket;
  private readonly deployment: string;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    this.props = props;
    this.deployment = Names.uniqueResourceName(this, { maxLength: 60 });
    this.externalId = `headgate-${this.deployment}`;
    const { foundation, keepDays, lockDays } = props;
    const { posture, accessLogs } = foundation;
    this.key = new FlowKey(this, 'Key', {
      description: 'Reports, state, dead-letter queues and logs of the fleet',
      posture,
      services: ['logs'],
    });
    this.deadLetters = this.createDeadLetters();
    this.bucket = new AuditBucket(this, 'Reports', {
      ...{ posture, accessLogs, key: this.key },
      ...(keepDays !== undefined && { keepDays }),
      ...(lockDays !== undefined && { lockDays }),
    });
    // What one function hands to the next is deleted after a day and gone for good after another, whatever the
    // reports' lock says.
    this.work = new SecureBucket(this, 'Work', {
      ...{ posture, accessLogs, key: this.key },
      accessLogPrefix: 'audit-work',
      expireAfter: Duration.days(1),
    });
    this.table = new EvaluationsTable(this, 'Evaluations', { bucket: this.bucket, prefix, key: this.key });
    this.auditor = this.createAuditor();
    this.planner = this.createPlanner();
    this.stateMachine = this.createStateMachine();
    admitReads(foundation.network, { 'aws:PrincipalOrgID': props.organizationId }, props.policyFile);
    this.addSchedule();
    this.observe();
  }

  private createDeadLetters(): DeadLetterQueue {
    const { operations } = this.props.foundation;
    const runbook = new Runbook(this, 'Runbook', { flow: 'fleet', key: this.key });
    return new DeadLetterQueue(this, 'DeadLetters', {
      ...{ key: this.key, operations, runbook },
      holds: 'Scheduled fleet runs that did not start',
    });
  }

  private get environment(): Record<string, string> {
    return {
      HEADGATE_BUCKET: this.bucket.bucketName,
      HEADGATE_PREFIX: prefix,
      HEADGATE_REGIONS: this.props.regions.join(','),
      HEADGATE_DEPLOYMENT: this.deployment,
      POWERTOOLS_METRICS_NAMESPACE: auditNamespace,
    };
  }

  private createAuditor(): SecureFunction {
    const { foundation, organizationId, securityHub, news, configFolder } = this.props;
    const memberRole = `arn:${Aws.PARTITION}:iam::{account}:role/${memberRoleName}`;
    const handler = new SecureFunction(this, 'Auditor', {
      ...{ foundation, key: this.key, egress: true },
      description: 'Audits one account and Region and sends the results to S3 and to its Security Hub',
      entry: auditCode(this, 'audit', configFolder),
      service: 'fleet-audit',
      // As many as the map starts at once, and the parts of an account that is split.
      reservedConcurrency: this.maxConcurrency + 10,
      timeout: Duration.minutes(15),
      memoryMiB: this.props.memoryMiB ?? 1769,
      environment: {
        ...this.environment,
        HEADGATE_WORK_BUCKET: this.work.bucketName,
        HEADGATE_SECURITY_HUB: securityHub === false ? 'off' : 'on',
        ...newsEnvironment(news),
        HEADGATE_ROLE_ARN: memberRole,
        HEADGATE_EXTERNAL_ID: this.externalId,
      },
    });
    handler.allowObjects(['s3:PutObject', 's3:GetObject'], this.bucket, '');
    handler.allowObjects(['s3:PutObject', 's3:GetObject'], this.work, 'parts/');
    handler.allow(['s3:ListBucket'], [this.bucket.bucketArn, this.work.bucketArn]);
    admitNews(handler, foundation.network, news);
    handler.allow(['sts:AssumeRole'], [memberRole.replace('{account}', '*')], {
      StringEquals: { 'aws:ResourceOrgID': organizationId },
    });
    acknowledge(handler, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${memberRoleName}]`]:
        'The role has the same name in each account, and the condition requires the organization.',
    });
    return handler;
  }

  private createPlanner(): SecureFunction {
    const { foundation, accounts, except } = this.props;
    const handler = new SecureFunction(this, 'Planner', {
      ...{ foundation, key: this.key, egress: true },
      description: 'Plans a fleet run and writes its overview',
      entry: auditCode(this, 'fleet'),
      service: 'fleet',
      reservedConcurrency: 1,
      timeout: Duration.minutes(15),
      memoryMiB: 1024,
      environment: {
        ...this.environment,
        HEADGATE_ACCOUNTS: (accounts ?? []).join(','),
        HEADGATE_EXCEPT: (except ?? []).join(','),
      },
    });
    handler.allowObjects(['s3:PutObject', 's3:GetObject'], this.bucket, 'fleet/');
    handler.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    // Organizations lists accounts without resource-level permissions.
    if (accounts === undefined) handler.allow(['organizations:ListAccounts'], ['*']);
    return handler;
  }

  private get maxConcurrency(): number {
    return this.props.maxConcurrency ?? 20;
  }

  private createStateMachine(): sfn.StateMachine {
    const name = `${this.deployment}-audits`;
    const { stateMachine, role } = new AuditStateMachine(this, 'Machine', {
      ...{ name, key: this.key, posture: this.props.foundation.posture },
      runs: 'audits of the fleet',
      functions: [this.auditor, this.planner],
      definition: fleetDefinition({
        partition: Aws.PARTITION,
        auditFunction: this.auditor.target.functionArn,
        fleetFunction: this.planner.target.functionArn,
        bucket: this.bucket.bucketName,
        prefix,
        database: this.table.databaseName,
        table: this.table.tableName,
        maxConcurrency: this.maxConcurrency,
        toleratedFailurePercentage: this.props.toleratedFailurePercentage ?? 99.9,
      }),
    });
    this.allowMap(role, name);
    return stateMachine;
  }

  /** What a distributed map needs (Step Functions' guide, IAM policies for Distributed Map), and the table. */
  private allowMap(role: ExecutionRole, name: string): void {
    const arn = (service: string, resource: string) =>
      `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
    // By name: a reference of the state machine to itself would close a circle.
    role.allow(['states:StartExecution'], [stateMachineArn(name)]);
    const executions = [`${name}:*`, `${name}/*`].map((text) => arn('states', `execution:${text}`));
    role.allow(['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], executions);
    role.allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      [this.bucket.arnForObjects('fleet/*')],
    );
    role.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    const { databaseName, tableName } = this.table;
    role.allow(
      ['glue:BatchCreatePartition', 'glue:GetTable'],
      [
        arn('glue', 'catalog'),
        arn('glue', `database/${databaseName}`),
        arn('glue', `table/${databaseName}/${tableName}`),
      ],
    );
    const reports = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnResource); // what a Bucket is
    const named = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution';
    const reason =
      'The name of a map run is set when it starts; the statement is limited to one state machine.';
    acknowledge(role, {
      [`AwsSolutions-IAM5[Resource::<${reports}.Arn>/fleet/*]`]:
        'The key of an object is set when it is created; the statement is limited to one bucket and prefix.',
      [`AwsSolutions-IAM5[Resource::${named}:${name}:*]`]: reason,
      [`AwsSolutions-IAM5[Resource::${named}:${name}/*]`]: reason,
    });
  }

  private addSchedule(): void {
    addAuditSchedule(this, {
      description: 'Audits the organization',
      roleDescription: 'Starts the fleet run',
      schedule: this.props.schedule,
      targetArn: this.stateMachine.stateMachineArn,
      action: 'states:StartExecution',
      deadLetters: this.deadLetters,
      key: this.key,
    });
  }

  /** A metric that the fleet's report writes. */
  metric(name: string, statistic?: string): cloudwatch.Metric {
    return auditMetric(this.deployment, name, statistic);
  }

  private observe(): void {
    const period = Duration.minutes(5);
    this.alarm('RunFailed', 'A fleet run failed or timed out', this.stateMachine.metricFailed({ period }));
    this.alarm('RunTimedOut', 'A fleet run timed out', this.stateMachine.metricTimedOut({ period }));
    if (this.props.schedule === undefined)
      addSilentAlarm(
        this,
        this.props.foundation.operations,
        'No fleet run has ended for two days: check that the schedule is enabled',
        this.metric('FleetRuns', 'Sum'),
      );
    this.alarm(
      'PlacesFailed',
      'Audits of accounts and Regions failed: see the overview',
      this.metric('FailedPlaces'),
    );
    this.alarm(
      'PlacesIncomplete',
      'Audits are incomplete: see the overview',
      this.metric('IncompletePlaces'),
    );
    this.alarm(
      'PlacesUnpublished',
      'Not all findings were sent to Security Hub: see the overview',
      this.metric('UnpublishedPlaces'),
    );
    const graph = (title: string, names: readonly string[]) =>
      new cloudwatch.GraphWidget({ title, width: 8, left: names.map((name) => this.metric(name)) });
    new FlowObservability(this, 'Observability', {
      functions: [this.auditor, this.planner],
      deadLetters: [this.deadLetters],
      widgets: [
        [
          graph('Accounts and Regions', ['Places', 'FailedPlaces', 'IncompletePlaces']),
          graph('Open failures', ['CriticalFailures', 'HighFailures', 'Failed']),
          graph('Unknown and waived', ['Unknown', 'Waived']),
        ],
      ],
    });
  }

  private alarm(id: string, alarmDescription: string, metric: cloudwatch.Metric): void {
    addAlarm(this, this.props.foundation.operations, id, alarmDescription, metric);
  }
}
