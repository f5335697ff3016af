import { asMap } from '../check-properties.ts';
import { getAtt, isGiven, isIntrinsic, ref, type Tree } from '../tree.ts';

/** Who asks for a dead-letter queue of an event's target. */
export interface QueueOwner {
  /** Logical id of the event's rule or schedule. */
  readonly id: string;
  emit(id: string, type: string, properties: Tree): void;
  problem(message: string): Error;
}

/**
 * The `DeadLetterConfig` of a rule's target: a queue that is named, or one that is made.
 * `service` may send to a made one; undefined where the target's role does that.
 */
export function targetQueue(written: unknown, owner: QueueOwner, service: string | undefined): unknown {
  if (!isGiven(written) || isIntrinsic(written)) return undefined;
  const config = asMap(written, 'DeadLetterConfig');
  checkConfig(config, owner);
  if (!isGiven(config['Type'])) return { Arn: config['Arn'] };
  const queueId = config['QueueLogicalId'] ?? `${owner.id}Queue`;
  if (typeof queueId !== 'string') throw owner.problem('`QueueLogicalId` must be a string');
  owner.emit(queueId, 'AWS::SQS::Queue', {});
  const arn = getAtt(queueId, 'Arn');
  if (service !== undefined) {
    owner.emit(`${owner.id}QueuePolicy`, 'AWS::SQS::QueuePolicy', queuePolicy(owner.id, queueId, service));
  }
  return { Arn: arn };
}

function checkConfig(config: Tree, owner: QueueOwner): void {
  const { Arn, Type } = config;
  if (isGiven(Arn) && isGiven(Type)) {
    throw owner.problem('`DeadLetterConfig` takes either `Arn` or `Type`, not both');
  }
  if (isGiven(Arn) || Type === 'SQS') return;
  if (isGiven(Type)) throw owner.problem('the only valid value for `Type` of `DeadLetterConfig` is `SQS`');
  throw owner.problem('`DeadLetterConfig` has neither `Arn` nor `Type`; give one of them');
}

function queuePolicy(ruleId: string, queueId: string, service: string): Tree {
  const statement = {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Principal: { Service: service },
    Resource: getAtt(queueId, 'Arn'),
    Condition: { ArnEquals: { 'aws:SourceArn': getAtt(ruleId, 'Arn') } },
  };
  return { PolicyDocument: { Version: '2012-10-17', Statement: [statement] }, Queues: [ref(queueId)] };
}
