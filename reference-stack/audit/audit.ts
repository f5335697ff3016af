import { Aws, Duration, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
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
import { AuditRecheck } from './audit-recheck.ts';
import { addAuditSchedule } from './audit-schedule.ts';
import { admitReads } from './audit-network.ts';
import { admitNews, newsEnvironment, type NewsProps } from './audit-news.ts';
import { AuditStateMachine, stateMachineArn } from './audit-state-machine.ts';
import { ReaderRole } from './reader-role.ts';
import { splitDefinition } from './split-states.ts';

/** Properties of {@link Audit}. */
export interface AuditProps {
  /** Network, code signing, alarms. Its network needs a way out: most services have no endpoint there. */
  readonly foundation: Foundation;
  /** Regions to audit, or `all`. @default the stack's own */
  readonly regions?: readonly string[];
  /** @default every day at 03:00 UTC */
  readonly schedule?: string;
  /** @default 'UTC' */
  readonly timeZone?: string;
  /** Whether findings go to Security Hub. @default true */
  readonly securityHub?: boolean;
  /**
   * Minutes of changes to the account that one more audit reads, 5 to 60: it starts when they are over. Needs a trail of
   * CloudTrail for changes that CloudFormation does not make.
   *
   * @default audits on the schedule alone
   */
  readonly recheckMinutes?: number;
  /** Who is told of new and fixed findings. @default nobody but Security Hub */
  readonly news?: NewsProps;
  /** Folder with headgate.yaml and what it names. @default the shipped rules as they are */
  readonly configFolder?: string;
  /** Output of `headgate iam-policy` where headgate.yaml adds rules that read more. @default that of the shipped rules */
  readonly policyFile?: string;
  /** Memory of the function that audits, which holds a whole account when it decides. @default 1,769: one vCPU */
  readonly memoryMiB?: number;
  readonly keepDays?: number;
  /** See {@link AuditBucketProps.lockDays}. */
  readonly lockDays?: number;
}

/**
 * Headgate on a schedule: EventBridge Scheduler -> function -> reports in S3 -> Security Hub -> metrics and alarms.
 * The schedule retries, and what fails for good lands in a queue that raises an alarm.
 */
export class Audit extends Construct {
  readonly bucket: AuditBucket;
  readonly function: SecureFunction;
  readonly reader: ReaderRole;
  readonly deadLetters: DeadLetterQueue;
  readonly stateMachine: sfn.StateMachine;
  private readonly work: SecureBucket;
  private readonly props: AuditProps;
  private readonly key: FlowKey;
  private readonly runbook: Runbook;
  /** Audits after changes; absent without `recheckMinutes`. */
  readonly recheck?: AuditRecheck;

  constructor(scope: Construct, id: string, props: AuditProps) {
    super(scope, id);
    this.props = props;
    const { foundation } = props;
    this.key = new FlowKey(this, 'Key', {
      description: 'Reports, state, dead-letter queues and logs of the audit',
      posture: foundation.posture,
      services: props.recheckMinutes === undefined ? ['logs'] : ['logs', 'events'],
    });
    this.runbook = new Runbook(this, 'Runbook', { flow: 'audit', key: this.key });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      key: this.key,
      operations: foundation.operations,
      runbook: this.runbook,
      holds: 'Scheduled audits that did not run',
    });
    this.bucket = new AuditBucket(this, 'Reports', {
      posture: foundation.posture,
      key: this.key,
      accessLogs: foundation.accessLogs,
      ...(props.keepDays !== undefined && { keepDays: props.keepDays }),
      ...(props.lockDays !== undefined && { lockDays: props.lockDays }),
    });
    // What one function hands to the next is deleted after a day and gone for good after another, whatever the
    // reports' lock says.
    this.work = new SecureBucket(this, 'Work', {
      posture: foundation.posture,
      key: this.key,
      accessLogs: foundation.accessLogs,
      accessLogPrefix: 'audit-work',
      expireAfter: Duration.days(1),
    });
    this.function = this.createFunction();
    this.stateMachine = this.createStateMachine();
    this.reader = this.createReader();
    admitReads(foundation.network, { 'aws:PrincipalAccount': Stack.of(this).account }, props.policyFile);
    const scheduleRole = this.addSchedule();
    if (props.recheckMinutes !== undefined)
      this.recheck = this.addRecheck(props.recheckMinutes, scheduleRole);
    this.observe();
  }

  private createFunction(): SecureFunction {
    const { foundation, regions, securityHub, news, configFolder } = this.props;
    const handler = new SecureFunction(this, 'Auditor', {
      foundation,
      key: this.key,
      description: 'Audits the account and sends the results to S3 and Security Hub',
      entry: auditCode(this, 'audit', configFolder),
      service: 'audit',
      // One at a time, its parts too: two would ask at twice the rate, and tell Security Hub the same twice.
      reservedConcurrency: 1,
      timeout: Duration.minutes(15),
      memoryMiB: this.props.memoryMiB ?? 1769,
      egress: true,
      failures: this.deadLetters,
      environment: {
        HEADGATE_REGIONS: (regions ?? [Stack.of(this).region]).join(','),
        HEADGATE_BUCKET: this.bucket.bucketName,
        HEADGATE_WORK_BUCKET: this.work.bucketName,
        HEADGATE_STATE_MACHINE: stateMachineArn(this.stateMachineName),
        HEADGATE_SECURITY_HUB: securityHub === false ? 'off' : 'on',
        ...newsEnvironment(news),
        HEADGATE_DEPLOYMENT: this.deployment,
        HEADGATE_ROLE_ARN: this.readerArn,
        HEADGATE_EXTERNAL_ID: this.externalId,
        POWERTOOLS_METRICS_NAMESPACE: auditNamespace,
      },
    });
    handler.allowObjects(['s3:PutObject', 's3:GetObject'], this.bucket, '');
    handler.allowObjects(['s3:PutObject', 's3:GetObject'], this.work, 'parts/');
    // Without it a state that is not there yet would be answered like one that may not be read.
    handler.allow(['s3:ListBucket'], [this.bucket.bucketArn, this.work.bucketArn]);
    handler.allow(['sts:AssumeRole'], [this.readerArn]);
    handler.allow(['states:StartExecution'], [stateMachineArn(this.stateMachineName)]);
    admitNews(handler, foundation.network, news);
    handler.vouch(
      'batch.function.idempotency',
      'The time of a run is part of its name: a retry writes the same objects and findings, its state with a condition, and does not start a second execution.',
    );
    return handler;
  }

  /** Goes on where one function does not get through the account. */
  private createStateMachine(): sfn.StateMachine {
    const { stateMachine } = new AuditStateMachine(this, 'Machine', {
      posture: this.props.foundation.posture,
      key: this.key,
      name: this.stateMachineName,
      runs: 'an audit in parts',
      functions: [this.function],
      definition: splitDefinition({
        partition: Aws.PARTITION,
        auditFunction: this.function.target.functionArn,
      }),
    });
    return stateMachine;
  }

  private get stateMachineName(): string {
    return `${this.deployment}-parts`;
  }

  private createReader(): ReaderRole {
    const { securityHub, policyFile } = this.props;
    return new ReaderRole(this, 'Reader', {
      auditor: this.function.role,
      roleName: this.readerName,
      externalId: this.externalId,
      securityHub: securityHub ?? true,
      ...(policyFile !== undefined && { policyFile }),
    });
  }

  private get deployment(): string {
    return Names.uniqueResourceName(this, { maxLength: 60 });
  }

  private get readerName(): string {
    return `${this.deployment.slice(0, 50)}-reader`;
  }

  private get readerArn(): string {
    return Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: this.readerName,
    });
  }

  // Not a secret: it keeps a role from being assumed by mistake or on somebody else's behalf.
  private get externalId(): string {
    return `headgate-${this.deployment}`;
  }

  /** @throws where the minutes are not 5 to 60 */
  private addRecheck(slotMinutes: number, scheduleRole: ExecutionRole): AuditRecheck {
    if (!Number.isInteger(slotMinutes) || slotMinutes < 5 || slotMinutes > 60)
      throw new Error(`recheckMinutes=${slotMinutes} is not valid. Set a number of minutes from 5 to 60.`);
    return new AuditRecheck(this, 'Recheck', {
      ...{ foundation: this.props.foundation, key: this.key, runbook: this.runbook },
      audit: this.function.target,
      scheduleRole,
      deadLetters: this.deadLetters,
      slotMinutes,
      deployment: this.deployment,
    });
  }

  private addSchedule(): ExecutionRole {
    return addAuditSchedule(this, {
      description: 'Audits the account',
      roleDescription: 'Starts the scheduled audit',
      schedule: this.props.schedule,
      timeZone: this.props.timeZone,
      targetArn: this.function.target.functionArn,
      action: 'lambda:InvokeFunction',
      deadLetters: this.deadLetters,
      key: this.key,
    });
  }

  /** A metric that the audit writes. */
  metric(name: string, statistic?: string): cloudwatch.Metric {
    return auditMetric(this.deployment, name, statistic);
  }

  private observe(): void {
    this.alarm(
      'Failed',
      'The audit failed',
      this.function.function.metricErrors({ period: Duration.hours(1) }),
    );
    const period = Duration.minutes(5);
    const parts = 'An audit in parts';
    this.alarm('PartsFailed', `${parts} failed`, this.stateMachine.metricFailed({ period }));
    this.alarm('PartsTimedOut', `${parts} took over a day`, this.stateMachine.metricTimedOut({ period }));
    if (this.props.schedule === undefined)
      addSilentAlarm(
        this,
        this.props.foundation.operations,
        'No audit has ended for two days: check that the schedule is enabled',
        this.metric('Audits', 'Sum'),
      );
    this.alarm(
      'Incomplete',
      'The audit is incomplete: see `missing` in its summary, and the diagnostics in its report',
      this.metric('IncompleteAudits'),
    );
    this.alarm(
      'Unpublished',
      'The audit could not send all findings to Security Hub: check that it is enabled and that the reader role can write to it',
      this.metric('UnpublishedPlaces'),
    );
    const graph = (title: string, names: readonly string[], statistic?: string) =>
      new cloudwatch.GraphWidget({
        title,
        width: 8,
        left: names.map((name) => this.metric(name, statistic)),
      });
    new FlowObservability(this, 'Observability', {
      functions: [this.function, ...(this.recheck === undefined ? [] : [this.recheck.function])],
      deadLetters: [
        this.deadLetters,
        ...(this.recheck === undefined ? [] : [this.recheck.queue.deadLetters]),
      ],
      widgets: [
        [
          graph('Open failures', ['CriticalFailures', 'HighFailures', 'Failed']),
          graph('Unknown and waived', ['Unknown', 'Waived']),
          graph('Audits, incomplete audits', ['Audits', 'IncompleteAudits'], 'Sum'),
        ],
      ],
    });
  }

  private alarm(id: string, alarmDescription: string, metric: cloudwatch.Metric): void {
    addAlarm(this, this.props.foundation.operations, id, alarmDescription, metric);
  }
}
