import { isRawObject, member } from '../text/raw.ts';

/** A call of the hook, as far as Headgate reads it. Shapes: CloudFormation Hooks user guide, Lambda Hooks. */
export interface HookCall {
  /** Given back with the answer. */
  readonly token: string;
  /** `STACK`, `CHANGE_SET`, or what else the hook was registered for. */
  readonly target: string;
  /** `CREATE_PRE_PROVISION`, `UPDATE_PRE_PROVISION`, `DELETE_PRE_PROVISION`. */
  readonly invocationPoint: string;
  readonly account?: string;
  readonly region?: string;
  /** ARN of the stack. */
  readonly stackId?: string;
  /** ARN of the change set, where the call is about one. */
  readonly changeSetId?: string;
  /** Presigned address of the payload; absent where the call brings none. */
  readonly payload?: string;
}

/** An event that is no call of a hook. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/**
 * Reads an event. The user guide writes `stackId` in one place and `stackID` in another, so both are read.
 * @throws UnreadableEventError
 */
export function readHookCall(event: unknown): HookCall {
  const data = member(event, 'requestData');
  const target = text(data, 'targetType') ?? text(data, 'targetName');
  if (!isRawObject(event) || target === undefined)
    throw new UnreadableEventError(
      'The event is not a call of a CloudFormation hook: it has no requestData.targetType',
    );
  const stackId = text(event, 'stackId', 'stackID');
  const [, , , region, account] = (stackId ?? '').split(':');
  const changeSetId =
    text(event, 'changeSetId', 'changeSetID') ??
    (target === 'CHANGE_SET' ? text(data, 'targetLogicalId') : undefined);
  const found = {
    account: text(event, 'awsAccountId') ?? account,
    region,
    stackId,
    changeSetId,
    payload: text(data, 'payload'),
  };
  return {
    token: text(event, 'clientRequestToken', 'clientRequesttoken') ?? '',
    target,
    invocationPoint: text(event, 'actionInvocationPoint') ?? '',
    ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== '')),
  };
}

function text(of: unknown, ...names: readonly string[]): string | undefined {
  return names.map((name) => member(of, name)).find((value) => typeof value === 'string');
}
