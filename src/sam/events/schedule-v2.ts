import { allow, trustIn } from '../roles.ts';
import { getAtt, isGiven, isTruthy, pick, present, type Tree } from '../tree.ts';
import { emitForEvent, eventProblem, type FunctionEvent } from './event.ts';
import { queueOwner } from './schedule.ts';
import { targetQueue } from './target-queue.ts';

/** ScheduleV2: the EventBridge schedule, its role and its dead-letter queue. */
export function expandScheduleV2(event: FunctionEvent): undefined {
  const { properties, id, target } = event;
  const queue = targetQueue(properties['DeadLetterConfig'], queueOwner(event), undefined);
  const roleId = `${id}Role`;
  const given = properties['RoleArn'];
  const schedule = scheduleProperties(id, properties, (message) => eventProblem(event, message));
  emitForEvent(event, id, 'AWS::Scheduler::Schedule', {
    ...schedule,
    Target: scheduleTarget(target.arn, isTruthy(given) ? given : getAtt(roleId, 'Arn'), properties, queue),
  });
  if (isTruthy(given)) return;
  const policies = [
    allow(`${id}LambdaPolicy`, 'lambda:InvokeFunction', target.arn),
    ...queueRight(id, queue),
  ];
  emitForEvent(event, roleId, 'AWS::IAM::Role', scheduleRole(properties, policies));
}

/** Properties of a schedule beside its target. */
export function scheduleProperties(id: string, properties: Tree, problem: (message: string) => Error): Tree {
  const { OmitName, Name, FlexibleTimeWindow } = properties;
  if (isTruthy(OmitName) && isTruthy(Name)) throw problem('`Name` cannot be given when `OmitName` is true');
  return present({
    ...pick(properties, [
      'ScheduleExpression',
      'State',
      'Description',
      'StartDate',
      'EndDate',
      'ScheduleExpressionTimezone',
      'GroupName',
      'KmsKeyArn',
    ]),
    FlexibleTimeWindow: isGiven(FlexibleTimeWindow) ? FlexibleTimeWindow : { Mode: 'OFF' },
    Name: isTruthy(OmitName) ? undefined : (Name ?? id),
  });
}

/** What a schedule starts. */
export function scheduleTarget(arn: unknown, role: unknown, properties: Tree, queue: unknown): Tree {
  const { Input, RetryPolicy } = properties;
  return present({ Arn: arn, RoleArn: role, Input, DeadLetterConfig: queue, RetryPolicy });
}

/** The right to send to the dead-letter queue, where there is one. */
export function queueRight(id: string, queue: unknown): Tree[] {
  const arn = isGiven(queue) ? (queue as Tree)['Arn'] : undefined; // made by `targetQueue`, an object
  return isGiven(arn) ? [allow(`${id}SQSPolicy`, 'sqs:SendMessage', arn)] : [];
}

/** The role that a schedule takes on. */
export function scheduleRole(properties: Tree, policies: readonly Tree[]): Tree {
  return present({
    AssumeRolePolicyDocument: trustIn('scheduler.amazonaws.com'),
    Policies: policies,
    PermissionsBoundary: properties['PermissionsBoundary'],
  });
}
