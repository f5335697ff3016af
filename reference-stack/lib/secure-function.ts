import { Aws, type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { ExecutionRole } from './execution-role.ts';
import type { Foundation } from './foundation.ts';
import { handlerCode } from './handler-code.ts';
import { dataRemovalPolicy } from './posture.ts';
import type { DeadLetterQueue } from './secure-queue.ts';

/** Properties of {@link SecureFunction}. */
export interface SecureFunctionProps {
  /** Network, code signing and alarms that the function uses. */
  readonly foundation: Foundation;
  /**
   * Key of the environment variables, the log group, and the data that the function reads and writes. The key
   * policy must allow CloudWatch Logs to use it. To allow another key, call `useKey`.
   */
  readonly key: kms.IKey;
  /** Description of the function. */
  readonly description: string;
  /** TypeScript or JavaScript file that exports `handler`; see {@link shippedHandler}. */
  readonly entry: string;
  /** Service name in logs, traces and metrics. */
  readonly service: string;
  /** Maximum number of concurrent executions, which is also reserved for the function. */
  readonly reservedConcurrency: number;
  /**
   * Provisioned concurrency of the alias `live`. If set, callers invoke the alias. In a sandbox, the alias exists
   * without provisioned concurrency.
   *
   * @default none
   */
  readonly provisionedConcurrency?: number;
  /** Timeout of the function. @default 10 seconds */
  readonly timeout?: Duration;
  /** Memory in MiB. @default 512 */
  readonly memoryMiB?: number;
  /** Environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Whether the function calls an external API. If so, it runs in subnets that route to a NAT gateway.
   *
   * @default false
   */
  readonly egress?: boolean;
  /**
   * Queue for events that failed after all retries. Required if the function is invoked asynchronously. A queue or
   * an API returns failures to the caller.
   *
   * @default none: the function is not invoked asynchronously
   */
  readonly failures?: DeadLetterQueue;
  /**
   * Whether the function writes to queues, topics or buckets that are encrypted with `key`. To write items to a
   * table, it requires only the permission to decrypt.
   *
   * @default true
   */
  readonly writes?: boolean;
  /** Destination of the result of a successful asynchronous invocation. @default none */
  readonly onSuccess?: lambda.IDestination;
}

/** Metric namespace of the business metrics that the handlers write. */
export const metricsNamespace = 'Headgate/Orders';

const liveAlias = 'live';

/**
 * A function in the VPC security boundary. It has signed code, encryption with a customer managed key, JSON logs
 * with a retention period, and tracing. It runs in private subnets with reserved concurrency and limited retries,
 * and has alarms on its error rate and throttles.
 */
export class SecureFunction extends Construct {
  readonly function: lambda.Function;
  /** What callers invoke: the alias `live` if concurrency is provisioned, otherwise the function. */
  readonly target: lambda.IFunction;
  readonly role: ExecutionRole;
  readonly logGroup: logs.LogGroup;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: SecureFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout ?? Duration.seconds(10);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: props.key,
      removalPolicy: dataRemovalPolicy(props.foundation.posture),
    });
    this.role = this.createRole(props.description);
    this.useKey(props.key, props.writes ?? true);
    this.function = this.createFunction(props);
    this.target = props.provisionedConcurrency === undefined ? this.function : this.createAlias(props);
    if (props.failures) this.routeResults(props.failures, props.onSuccess);
    this.addAlarms(props);
    acknowledgeServiceLimits(this, props.failures !== undefined);
  }

  /** Allows the code of the function exactly these actions on exactly these resources. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.role.allow(actions, resources, conditions);
  }

  /** Allows the code of the function these actions on the objects of a bucket whose keys start with a prefix. */
  allowObjects(actions: readonly string[], bucket: s3.Bucket, prefix: string): void {
    this.allow(actions, [bucket.arnForObjects(`${prefix}*`)]);
    const logicalId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnResource); // what a Bucket is
    acknowledge(this, {
      [`AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`]:
        'The key of an object is set when it is created; the statement is limited to one bucket and prefix.',
    });
  }

  /**
   * Allows the code of the function to use a key: to decrypt what it reads and, with `writes`, to encrypt what it
   * writes.
   */
  useKey(key: kms.IKey, writes = true): void {
    this.allow(['kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : [])], [key.keyArn]);
  }

  /**
   * Acknowledges a rule about the code of this function that no template can prove. The reason states what a person
   * checked.
   *
   * @param rule id of a Headgate rule
   */
  vouch(rule: string, reason: string): void {
    const resource = this.function.node.defaultChild as CfnResource; // what a Function always is
    acknowledge(resource, { [`headgate::${rule}`]: reason });
  }

  /** Returns the error rate: errors per invocation, in percent. */
  errorRate(): cloudwatch.MathExpression {
    const period = Duration.minutes(5);
    return new cloudwatch.MathExpression({
      label: 'Error rate (%)',
      expression: '100 * errors / MAX([invocations, 1])',
      period,
      usingMetrics: {
        errors: this.function.metricErrors({ period, statistic: 'Sum' }),
        invocations: this.function.metricInvocations({ period, statistic: 'Sum' }),
      },
    });
  }

  private createRole(description: string): ExecutionRole {
    const role = new ExecutionRole(this, 'Role', {
      service: 'lambda.amazonaws.com',
      description: `Runs: ${description}`,
    });
    role.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
    // X-Ray has no resource-level permissions for segments.
    role.allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);
    role.add(...networkInterfaceStatements());
    return role;
  }

  private createFunction(props: SecureFunctionProps): lambda.Function {
    return new lambda.Function(this, 'Function', {
      description: props.description,
      code: handlerCode(props.entry),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      role: this.role.sealed(),
      timeout: this.timeout,
      memorySize: props.memoryMiB ?? 512,
      reservedConcurrentExecutions: props.reservedConcurrency,
      codeSigningConfig: props.foundation.codeSigning.config,
      environmentEncryption: props.key,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        AWS_RETRY_MODE: 'standard',
        AWS_MAX_ATTEMPTS: '3',
        ...props.environment,
      },
      tracing: lambda.Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      recursiveLoop: lambda.RecursiveLoop.TERMINATE,
      ...props.foundation.network.placement(props.egress ?? false),
    });
  }

  private createAlias(props: SecureFunctionProps): lambda.Alias {
    const warm = props.foundation.posture === 'production' ? props.provisionedConcurrency : undefined;
    return new lambda.Alias(this, 'Live', {
      aliasName: liveAlias,
      version: this.function.currentVersion,
      ...(warm !== undefined && { provisionedConcurrentExecutions: warm }),
    });
  }

  private routeResults(failures: DeadLetterQueue, onSuccess?: lambda.IDestination): void {
    this.allow(['sqs:SendMessage'], [failures.queue.queueArn]);
    failures.runbook.admitReplay(['lambda:InvokeFunction'], this.target.functionArn);
    this.target.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: failures.queue.queueArn }) },
      retryAttempts: 2,
      maxEventAge: Duration.hours(2),
      ...(onSuccess && { onSuccess }),
    });
  }

  private addAlarms(props: SecureFunctionProps): void {
    const errors = new cloudwatch.Alarm(this, 'ErrorRateAlarm', {
      alarmDescription: `More than 5 % of the invocations of ${props.service} fail`,
      metric: this.errorRate(),
      threshold: 5,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const throttles = new cloudwatch.Alarm(this, 'ThrottleAlarm', {
      alarmDescription: `${props.service} uses all of its ${props.reservedConcurrency} reserved executions`,
      metric: this.function.metricThrottles({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    props.foundation.operations.notify(errors);
    props.foundation.operations.notify(throttles);
  }
}

/** What Lambda itself needs to attach a function to subnets, and denies to the function's code. */
function networkInterfaceStatements(): iam.PolicyStatement[] {
  const arn = (resource: string) => `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  const attach = [
    'ec2:CreateNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  // Lambda takes a role for the VPC only where this one covers every resource: the guide (Giving functions access to
  // resources in a VPC, required IAM permissions, read 2026-11-28) asks for `*/*`.
  const remove = ['ec2:DeleteNetworkInterface'];
  const describe = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  return [
    new iam.PolicyStatement({
      actions: attach,
      resources: [arn('network-interface/*'), arn('subnet/*'), arn('security-group/*')],
    }),
    new iam.PolicyStatement({ actions: remove, resources: [arn('*/*')] }),
    // The describe calls have no resource-level permissions.
    new iam.PolicyStatement({ actions: describe, resources: ['*'] }),
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [...attach, ...remove, ...describe],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'lambda:SourceFunctionArn': `arn:${Aws.PARTITION}:lambda:*:${Aws.ACCOUNT_ID}:function:*`,
        },
      },
    }),
  ];
}

type Conditions = Record<string, Record<string, unknown>>;

function acknowledgeServiceLimits(scope: SecureFunction, asynchronous: boolean): void {
  const ec2 = 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>';
  const interfaces =
    'Lambda creates and deletes the network interfaces of a function, and their IDs are not predictable; the same calls are denied to the function code.';
  acknowledge(scope, {
    'Serverless-LambdaDLQ': asynchronous
      ? 'Failed events go to an on-failure destination, with the error; a dead-letter queue in addition would contain each event twice.'
      : 'The function is not invoked asynchronously; its caller (the API, the queue) keeps failed requests.',
    'Serverless-LambdaStarPermissions':
      'Only X-Ray and the describe calls of network interfaces use *: they have no resource-level permissions, and the describe calls are denied to the function code.',
    'Serverless-LambdaEventSourceMappingDestination':
      'A mapping of an SQS queue cannot have a destination: the queue has its own dead-letter queue.',
    'AwsSolutions-IAM5[Resource::*]':
      'X-Ray segments and describe calls have no resource-level permissions; the other statement for * is a deny.',
    [`${ec2}:*/*]`]: interfaces,
    [`${ec2}:network-interface/*]`]: interfaces,
    [`${ec2}:subnet/*]`]: interfaces,
    [`${ec2}:security-group/*]`]: interfaces,
  });
}
