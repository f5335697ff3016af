import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Properties of {@link SecureTopic}. */
export interface SecureTopicProps {
  /** Customer managed key. Its policy must allow the services that publish to the topic to use it. */
  readonly key: kms.IKey;
  /** Display name of the topic. */
  readonly displayName: string;
}

/** A topic that is encrypted with a customer managed key, rejects plain HTTP and passes on traces. */
export class SecureTopic extends sns.Topic {
  constructor(scope: Construct, id: string, props: SecureTopicProps) {
    super(scope, id, {
      masterKey: props.key,
      displayName: props.displayName,
      enforceSSL: true,
      tracingConfig: sns.TracingConfig.ACTIVE,
    });
  }
}

/**
 * Subscribes a queue to a topic. Messages arrive in their original form, and those that cannot be delivered go to a
 * dead-letter queue. The keys of both queues must allow SNS to use them (`FlowKey` service `sns`). The L2
 * subscription would refer to the topic in the key of the queue, which is a circular dependency if the topic has
 * the same key.
 *
 * @param filterPolicy message attributes that the queue takes; without it, every message
 */
export function subscribeQueue(
  scope: Construct,
  id: string,
  topic: sns.ITopic,
  queue: sqs.IQueue,
  undelivered: sqs.IQueue,
  filterPolicy?: Record<string, sns.SubscriptionFilter>,
): sns.Subscription {
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
    }),
  );
  return new sns.Subscription(scope, id, {
    topic,
    protocol: sns.SubscriptionProtocol.SQS,
    endpoint: queue.queueArn,
    rawMessageDelivery: true,
    deadLetterQueue: undelivered,
    ...(filterPolicy && { filterPolicy }),
  });
}
