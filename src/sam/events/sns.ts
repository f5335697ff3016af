import { isRawObject, member } from '../../text/raw.ts';
import { managedPolicy } from '../roles.ts';
import { getAtt, isGiven, isMap, isTruthy, namedResource, pick, ref, type Tree } from '../tree.ts';
import { emitForEvent, emitPermission, eventProblem, type EventNeeds, type FunctionEvent } from './event.ts';

/** SNS: the subscription, straight to the function or by way of a queue. */
export function expandTopicEvent(event: FunctionEvent): EventNeeds | undefined {
  const { Topic, SqsSubscription } = event.properties;
  if (!isTruthy(SqsSubscription)) {
    subscribe(event, event.target.arn, 'lambda');
    emitPermission(event, 'sns.amazonaws.com', { SourceArn: Topic });
    return undefined;
  }
  const queue = isRawObject(SqsSubscription) ? givenQueue(event, SqsSubscription) : madeQueue(event);
  const settings = isMap(SqsSubscription) ? SqsSubscription : {};
  emitForEvent(event, `${event.id}EventSourceMapping`, 'AWS::Lambda::EventSourceMapping', {
    BatchSize: isTruthy(settings['BatchSize']) ? settings['BatchSize'] : 10,
    Enabled: true,
    EventSourceArn: queue.arn,
    FunctionName: event.target.name,
  });
  emitForEvent(event, queue.policyId, 'AWS::SQS::QueuePolicy', policy(queue, Topic));
  subscribe(event, queue.arn, 'sqs');
  return { managed: [managedPolicy('service-role/AWSLambdaSQSQueueExecutionRole', event.context.partition)] };
}

interface TopicQueue {
  readonly arn: unknown;
  readonly url: unknown;
  readonly policyId: string;
}

function subscribe(event: FunctionEvent, endpoint: unknown, protocol: string): void {
  emitForEvent(event, event.id, 'AWS::SNS::Subscription', {
    Endpoint: endpoint,
    Protocol: protocol,
    TopicArn: event.properties['Topic'],
    ...pick(event.properties, ['Region', 'FilterPolicy', 'FilterPolicyScope', 'RedrivePolicy']),
  });
}

function madeQueue(event: FunctionEvent): TopicQueue {
  const id = `${event.id}Queue`;
  const topicId = namedResource(event.properties['Topic']);
  const topic = topicId === undefined ? undefined : event.context.resources.get(topicId);
  const isFifo = event.context.resolved(member(topic?.['Properties'], 'FifoTopic'));
  emitForEvent(event, id, 'AWS::SQS::Queue', { FifoQueue: isTruthy(isFifo) ? isFifo : undefined });
  return { arn: getAtt(id, 'Arn'), url: ref(id), policyId: `${event.id}QueuePolicy` };
}

function givenQueue(event: FunctionEvent, subscription: Tree): TopicQueue {
  const { QueueArn, QueueUrl } = subscription;
  if (!isGiven(QueueArn) || !isGiven(QueueUrl)) {
    throw eventProblem(event, '`SqsSubscription` needs `QueueArn` and `QueueUrl`', ['SqsSubscription']);
  }
  const policyId = member(subscription, 'QueuePolicyLogicalId');
  return {
    arn: QueueArn,
    url: QueueUrl,
    policyId: typeof policyId === 'string' ? policyId : `${event.id}QueuePolicy`,
  };
}

function policy(queue: TopicQueue, topic: unknown): Tree {
  const statement = {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Principal: '*',
    Resource: queue.arn,
    Condition: { ArnEquals: { 'aws:SourceArn': topic } },
  };
  return { PolicyDocument: { Version: '2012-10-17', Statement: [statement] }, Queues: [queue.url] };
}
