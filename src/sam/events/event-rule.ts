import { member } from '../../text/raw.ts';
import { getAtt, isGiven, present, type Tree } from '../tree.ts';
import { emitForEvent, emitPermission, eventProblem, type FunctionEvent } from './event.ts';
import { queueOwner, ruleState } from './schedule.ts';
import { targetQueue } from './target-queue.ts';

/** EventBridgeRule and CloudWatchEvent: the rule, its permission and its dead-letter queue. */
export function expandEventRule(event: FunctionEvent): undefined {
  const { properties, id, target } = event;
  const problem = (message: string): Error => eventProblem(event, message);
  const queue = targetQueue(properties['DeadLetterConfig'], queueOwner(event), 'events.amazonaws.com');
  const lambda = present({
    Arn: target.arn,
    Id: member(properties['Target'], 'Id') ?? `${id}LambdaTarget`,
    Input: properties['Input'],
    InputPath: properties['InputPath'],
    InputTransformer: properties['InputTransformer'],
    DeadLetterConfig: queue,
    RetryPolicy: properties['RetryPolicy'],
  });
  emitForEvent(event, id, 'AWS::Events::Rule', {
    ...ruleProperties(properties),
    State: ruleState(properties, problem),
    Targets: [lambda],
  });
  emitPermission(event, 'events.amazonaws.com', { SourceArn: getAtt(id, 'Arn') });
}

/** Properties of a rule that are an event's own. */
export function ruleProperties(properties: Tree): Tree {
  const { EventBusName, Pattern, RuleName } = properties;
  return present({ EventBusName, EventPattern: Pattern, Name: isGiven(RuleName) ? RuleName : undefined });
}
