import { functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, text, to, type ParityCase, type Side } from '../parity-case.ts';

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';
const busArn = arn('events', 'event-bus/orders');
const busKeyArn = arn('kms', 'key/0b1c2d3e-1111-2222-3333-444455556666');
const undeliveredArn = arn('sqs', 'undelivered');

/** What SQS answers of queues by name; members beside those that it fills in. */
const queueReplies = (queues: Readonly<Record<string, object>>): Side['replies'] => ({
  'sqs.ListQueues': { QueueUrls: Object.keys(queues).map((name) => queueUrl + name) },
  'sqs.GetQueueAttributes': ({ QueueUrl }) => {
    const name = String(QueueUrl).slice(queueUrl.length);
    return {
      Attributes: {
        QueueArn: arn('sqs', name),
        VisibilityTimeout: '30',
        MessageRetentionPeriod: '345600',
        SqsManagedSseEnabled: 'true',
        ...queues[name],
      },
    };
  },
});

/** A bus under a key, and the queue that takes what the key cannot encrypt; or that does not know the bus. */
function busSide(isSound: boolean): Side {
  const admitting = (resource: unknown, bus: unknown): object => ({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: resource,
        Condition: { ArnEquals: { 'aws:SourceArn': isSound ? bus : arn('events', 'rule/orders/other') } },
      },
    ],
  });
  return {
    resources: {
      Bus: [
        'AWS::Events::EventBus',
        { Name: 'orders', KmsKeyIdentifier: busKeyArn, DeadLetterConfig: { Arn: at('Undelivered') } },
      ],
      Undelivered: ['AWS::SQS::Queue', { QueueName: 'undelivered' }],
      Policy: [
        'AWS::SQS::QueuePolicy',
        { Queues: [to('Undelivered')], PolicyDocument: admitting(at('Undelivered'), at('Bus')) },
      ],
    },
    replies: {
      'eventbridge.ListEventBuses': { EventBuses: [{ Name: 'orders', Arn: busArn }] },
      'eventbridge.DescribeEventBus': {
        Name: 'orders',
        Arn: busArn,
        KmsKeyIdentifier: busKeyArn,
        DeadLetterConfig: { Arn: undeliveredArn },
      },
      ...queueReplies({ undelivered: { Policy: text(admitting(undeliveredArn, busArn)) } }),
    },
  };
}

const bus: ParityCase = {
  name: 'a bus under a key, with a dead-letter queue',
  sound: busSide(true),
  bad: busSide(false),
  pairs: [
    pair('AWS::Events::EventBus', 'Bus', 'orders'),
    pair('AWS::SQS::Queue', 'Undelivered', 'undelivered'),
    pair('AWS::SQS::QueuePolicy', 'Policy', 'undelivered'),
  ],
};

/** A role that is to move the dead letters of a queue, or those of a function, which SQS does not move. */
function movingSide(isSound: boolean): Side {
  const moving = (Resource: unknown): object => ({
    Effect: 'Allow',
    Action: 'sqs:StartMessageMoveTask',
    Resource,
  });
  const deadLetters = arn('sqs', 'orders-dlq');
  const redrive = (target: unknown): object =>
    isSound ? { deadLetterTargetArn: target, maxReceiveCount: 3 } : {};
  return layOver(
    functionSide({
      properties: { DeadLetterConfig: { TargetArn: at('Dlq') } },
      configuration: { DeadLetterConfig: { TargetArn: deadLetters } },
      statements: [[moving(at('Dlq')), moving(deadLetters)]],
    }),
    {
      resources: {
        Queue: [
          'AWS::SQS::Queue',
          { QueueName: 'orders', ...(isSound && { RedrivePolicy: redrive(at('Dlq')) }) },
        ],
        Dlq: ['AWS::SQS::Queue', { QueueName: 'orders-dlq' }],
      },
      replies: queueReplies({
        orders: isSound ? { RedrivePolicy: text(redrive(deadLetters)) } : {},
        'orders-dlq': {},
      }),
    },
  );
}

const moving: ParityCase = {
  name: 'dead letters of a function that a role is to move',
  sound: movingSide(true),
  bad: movingSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::Queue', 'Dlq', 'orders-dlq'),
  ],
};

export const deadLetterCases: readonly ParityCase[] = [bus, moving];
