import { getAtt, isGiven, isTruthy, present, type Tree } from '../tree.ts';
import { emitForEvent, emitPermission, eventProblem, type FunctionEvent } from './event.ts';
import { targetQueue, type QueueOwner } from './target-queue.ts';

/** Schedule: the EventBridge rule, its permission and its dead-letter queue. */
export function expandSchedule(event: FunctionEvent): undefined {
  const { properties, id, target } = event;
  const queue = targetQueue(properties['DeadLetterConfig'], queueOwner(event), 'events.amazonaws.com');
  const lambda = present({
    Arn: target.arn,
    Id: `${id}LambdaTarget`,
    Input: properties['Input'],
    DeadLetterConfig: queue,
    RetryPolicy: properties['RetryPolicy'],
  });
  emitForEvent(event, id, 'AWS::Events::Rule', {
    Description: properties['Description'],
    Name: properties['Name'],
    ScheduleExpression: properties['Schedule'],
    State: ruleState(properties, (message) => eventProblem(event, message)),
    Targets: [lambda],
  });
  emitPermission(event, 'events.amazonaws.com', { SourceArn: getAtt(id, 'Arn') });
}

/** `State`, or what `Enabled` says of it. */
export function ruleState(properties: Tree, problem: (message: string) => Error): unknown {
  const { State, Enabled } = properties;
  if (isGiven(State) && isGiven(Enabled)) {
    throw problem('`State` and `Enabled` cannot both be given; keep `State`');
  }
  if (!isGiven(Enabled)) return State;
  return isTruthy(Enabled) ? 'ENABLED' : 'DISABLED';
}

/** How a function's event gets a dead-letter queue for its target. */
export function queueOwner(event: FunctionEvent): QueueOwner {
  return {
    id: event.id,
    emit: (id, type, properties) => {
      emitForEvent(event, id, type, properties);
    },
    problem: (message) => eventProblem(event, message, ['DeadLetterConfig']),
  };
}
