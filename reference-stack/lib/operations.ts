import { Aws, CfnParameter, Names, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as xray from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import { Runbook } from './runbook.ts';
import { DeadLetterQueue } from './secure-queue.ts';
import { SecureTopic } from './secure-topic.ts';

/** Properties of {@link Operations}. */
export interface OperationsProps {
  /** Key of the alarm topic. The key policy must allow CloudWatch to use it. */
  readonly key: kms.IKey;
  /**
   * Email address that alarms are sent to.
   *
   * @default the stack's parameter `AlarmEmail`, which must be set when the stack is deployed
   */
  readonly alarmEmail?: string;
}

/**
 * The destination of alarms: an encrypted topic, an email subscription, and a queue for notifications that could
 * not be delivered.
 */
export class Operations extends Construct {
  readonly topic: SecureTopic;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.topic = new SecureTopic(this, 'Alarms', { key: props.key, displayName: 'Alarms' });
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*`,
          },
        },
      }),
    );
    const runbook = new Runbook(this, 'Runbook', { flow: 'operations', key: props.key });
    const undelivered = new DeadLetterQueue(this, 'Undelivered', {
      key: props.key,
      operations: this,
      runbook,
      holds: 'Alarm notifications that could not be delivered',
    });
    runbook.admitReplay(['sns:Publish'], this.topic.topicArn);
    this.topic.addSubscription(
      new subscriptions.EmailSubscription(props.alarmEmail ?? this.askForEmail(), {
        deadLetterQueue: undelivered.queue,
      }),
    );
    this.admitTopicsToXRay();
  }

  /** Sends a notification to the topic when an alarm fires and when it is over. */
  notify(alarm: cloudwatch.Alarm): void {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  private askForEmail(): string {
    const parameter = new CfnParameter(this, 'AlarmEmail', {
      description: 'Address that alarms are sent to; it must confirm the subscription',
      allowedPattern: '[^@\\s]+@[^@\\s]+',
    });
    parameter.overrideLogicalId('AlarmEmail');
    return parameter.valueAsString;
  }

  /** Topics with active tracing write segments themselves, for which X-Ray requires a resource policy. */
  private admitTopicsToXRay(): void {
    const statement = new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
      actions: ['xray:PutTraceSegments', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        StringLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
      },
    });
    new xray.CfnResourcePolicy(this, 'TopicTracing', {
      policyName: Names.uniqueResourceName(this, { maxLength: 128 }),
      policyDocument: Stack.of(this).toJsonString({
        Version: '2012-10-17',
        Statement: [statement.toStatementJson()],
      }),
    });
  }
}
