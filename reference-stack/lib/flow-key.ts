import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Services that encrypt or decrypt with a key for themselves, not for a caller in IAM. */
export type KeyService = 'logs' | 'events' | 'event-bus' | 'cloudwatch' | 'sns';

/** Properties of {@link FlowKey}. */
export interface FlowKeyProps {
  /** What the key protects. The console shows this description. */
  readonly description: string;
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /**
   * Services that are allowed to use the key. `logs` is for log groups, `events` for encrypted queues that
   * EventBridge sends to, and `event-bus` for event buses and archives. `cloudwatch` is for alarms that publish to
   * a topic, and `sns` for encrypted queues that subscribe to a topic.
   *
   * @default none
   */
  readonly services?: readonly KeyService[];
}

const sameAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** A symmetric customer managed key that rotates every year and allows only the listed services to use it. */
export class FlowKey extends kms.Key {
  constructor(scope: Construct, id: string, props: FlowKeyProps) {
    super(scope, id, {
      description: props.description,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(props.posture === 'production' ? 30 : 7),
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    for (const service of props.services ?? []) {
      for (const statement of statementsFor(service, Stack.of(this))) this.addToResourcePolicy(statement);
    }
  }
}

function statementsFor(service: KeyService, stack: Stack): iam.PolicyStatement[] {
  const allow = (principal: string, actions: string[], conditions?: Record<string, unknown>) =>
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(principal)],
      actions,
      resources: ['*'],
      ...(conditions && { conditions }),
    });
  switch (service) {
    case 'logs':
      return [
        allow(
          `logs.${stack.region}.${stack.urlSuffix}`,
          ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
          {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': stack.formatArn({ service: 'logs', resource: '*' }),
            },
          },
        ),
      ];
    case 'events':
      // EventBridge sends no source keys when it delivers to an encrypted queue: a condition on them would
      // drop every event in silence. The queue's own policy names the rule.
      return [allow('events.amazonaws.com', ['kms:GenerateDataKey', 'kms:Decrypt'])];
    case 'event-bus':
      return [
        allow('events.amazonaws.com', ['kms:DescribeKey'], sameAccount),
        allow('events.amazonaws.com', ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:ReEncrypt*'], {
          ...sameAccount,
          StringLike: {
            'kms:EncryptionContext:aws:events:event-bus:arn': stack.formatArn({
              service: 'events',
              resource: 'event-bus',
              resourceName: '*',
            }),
          },
        }),
      ];
    case 'sns':
      return [
        allow('sns.amazonaws.com', ['kms:GenerateDataKey', 'kms:Decrypt'], {
          ...sameAccount,
          ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'sns', resource: '*' }) },
        }),
      ];
    case 'cloudwatch':
      return [allow('cloudwatch.amazonaws.com', ['kms:GenerateDataKey*', 'kms:Decrypt'], sameAccount)];
  }
}
