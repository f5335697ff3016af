import { Aws, CfnLambdaHook, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addAlarm, auditMetric } from '../audit/audit-alarms.ts';
import { auditCode } from '../audit/audit-code.ts';
import { acknowledge } from '../lib/acknowledge.ts';
import { ExecutionRole } from '../lib/execution-role.ts';
import { FlowKey } from '../lib/flow-key.ts';
import type { Foundation } from '../lib/foundation.ts';
import { FlowObservability } from '../lib/observability.ts';
import { SecureFunction } from '../lib/secure-function.ts';

/** Properties of {@link Hook}. */
export interface HookProps {
  /** Network, code signing, alarms. Its network needs a way out: payloads and CloudFormation are outside of the VPC. */
  readonly foundation: Foundation;
  /** Name of the hook, `Organization::Service::Name`. @default 'Headgate::Gate::Flows' */
  readonly alias?: string;
  /** `WARN` tells, `FAIL` stops and rolls back. @default 'WARN' */
  readonly failureMode?: 'WARN' | 'FAIL';
  /** Severity from which on a finding fails a change. @default 'high' */
  readonly failOn?: string;
  /** How much of the diagrams is asked for. @default the configuration's, else everything */
  readonly level?: string;
  /** Whether a change fails that the hook cannot decide. @default false */
  readonly failOnError?: boolean;
  /** Stacks that the hook leaves alone, beside its own: names, `*` stands for any characters. */
  readonly exceptStacks?: readonly string[];
  /** Folder with headgate.yaml and what it names. @default the shipped rules as they are */
  readonly configFolder?: string;
}

/** Name under which the hook's metrics are kept apart from those of audits. */
const deployment = 'hook';

/**
 * Headgate in front of every deployment: CloudFormation asks before it creates or updates a stack or a change set,
 * and the function answers which findings the change brings.
 */
export class Hook extends Construct {
  readonly function: SecureFunction;
  readonly hook: CfnLambdaHook;

  constructor(scope: Construct, id: string, props: HookProps) {
    super(scope, id);
    const { foundation } = props;
    const key = new FlowKey(this, 'Key', {
      description: 'Logs and settings of the hook',
      posture: foundation.posture,
      services: ['logs'],
    });
    this.function = this.createFunction(props, key);
    admitPayloads(foundation);
    this.hook = this.createHook(props);
    new FlowObservability(this, 'Observability', { functions: [this.function], deadLetters: [] });
    this.observe(foundation);
  }

  private createFunction(props: HookProps, key: FlowKey): SecureFunction {
    const gate = new SecureFunction(this, 'Gate', {
      foundation: props.foundation,
      key,
      description: 'Checks stacks and change sets for CloudFormation',
      entry: auditCode(this, 'hook', props.configFolder),
      service: 'hook',
      // As many changes at a time as an account deploys; more wait for one of the three attempts of CloudFormation.
      reservedConcurrency: 20,
      // CloudFormation waits for 30 seconds.
      timeout: Duration.seconds(28),
      memoryMiB: 1769,
      egress: true,
      environment: {
        HEADGATE_FAIL_ON: props.failOn ?? 'high',
        HEADGATE_LEVEL: props.level ?? '',
        HEADGATE_ON_ERROR: props.failOnError === true ? 'fail' : 'pass',
        HEADGATE_LOOK_UP: 'on',
      },
    });
    const { partition, region, account } = Stack.of(this);
    gate.allow(
      ['cloudformation:DescribeChangeSet', 'cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      [`arn:${partition}:cloudformation:${region}:${account}:stack/*`],
    );
    acknowledge(gate, {
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*]':
        'CloudFormation calls the hook for each stack of the account, and the hook only reads.',
    });
    // Exports have no resource-level permissions.
    gate.allow(['cloudformation:ListExports'], ['*']);
    return gate;
  }

  private createHook(props: HookProps): CfnLambdaHook {
    const { account, partition, region, stackName } = Stack.of(this);
    const role = new ExecutionRole(this, 'HookRole', {
      service: 'hooks.cloudformation.amazonaws.com',
      description: 'Allows CloudFormation to invoke the hook',
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudformation:${region}:${account}:type/hook/*` },
      },
    });
    role.allow(['lambda:InvokeFunction'], [this.function.target.functionArn]);
    return new CfnLambdaHook(this, 'Hook', {
      alias: props.alias ?? 'Headgate::Gate::Flows',
      executionRole: role.roleArn,
      lambdaFunction: this.function.target.functionArn,
      failureMode: props.failureMode ?? 'WARN',
      hookStatus: 'ENABLED',
      targetOperations: ['STACK', 'CHANGE_SET'],
      // Whoever repairs a hook that misfires must not be stopped by it.
      stackFilters: {
        filteringCriteria: 'ALL',
        stackNames: { exclude: [stackName, ...(props.exceptStacks ?? [])] },
      },
    });
  }

  /** A fault lets changes pass, so that somebody has to hear of it. */
  private observe({ operations }: Foundation): void {
    const metric = auditMetric(deployment, 'Undecided', 'Sum');
    new logs.MetricFilter(this, 'Undecided', {
      logGroup: this.function.logGroup,
      filterPattern: logs.FilterPattern.stringValue('$.level', '=', 'ERROR'),
      metricNamespace: metric.namespace,
      metricName: metric.metricName,
    });
    addAlarm(
      this,
      operations,
      'Undecided',
      'CloudFormation deployed changes without a check because the hook failed: see its log group',
      metric.with({ dimensionsMap: {}, period: Duration.minutes(5) }),
    );
  }
}

/**
 * Payloads lie in a bucket of CloudFormation's, behind addresses that CloudFormation signed: neither the bucket nor
 * who signed is known, so that the endpoint lets single objects be read, and nothing be written.
 */
function admitPayloads({ network }: Foundation): void {
  const endpoint = network.vpc.node.tryFindChild('S3');
  if (!(endpoint instanceof ec2.GatewayVpcEndpoint)) return;
  endpoint.addToPolicy(
    new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::*/*`],
      conditions: { StringEquals: { 's3:authType': 'REST-QUERY-STRING' } },
    }),
  );
}
