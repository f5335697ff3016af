import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Properties of {@link SecureTopic}. */
export interface SecureTopicProps {
  /** Customer-managed key; its policy must admit the services that publish. */
  readonly key: kms.IKey;
  readonly displayName: string;
}

/** A topic that is encrypted with a customer-managed key, refuses plain HTTP and passes traces on. */
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
 * Subscribes a queue to a topic: messages arrive as they were published, and what can not be delivered goes to a
 * dead-letter queue. The keys of both queues must admit SNS (`FlowKey` service `sns`); the L2 subscription would
 * name the topic in the queue's key, and close a circle where the topic has the same key.
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
