import pLimit from 'p-limit';
import {
  isItemOperation,
  type Answer,
  type Collector,
  type ItemOperation,
  type Operation,
} from './collector.ts';
import type { Draft } from './drafts.ts';
import type { CallFailure } from './errors.ts';
import type { PlannedCollector } from './plan.ts';

/** An operation, made once or for one resource. */
export interface Call {
  readonly collector: Collector;
  readonly operation: Operation;
  readonly item?: Draft;
}

/** A call that was not made, since its like was refused again and again. */
export class GivenUp extends Error {
  constructor(readonly failure: CallFailure) {
    super(failure.message);
  }
}

/** What becomes of calls. */
export interface CallHandler {
  /** Calls of one operation under way at once: one that waits for its rate holds no other up. */
  readonly concurrency: number;
  ask(operation: Operation, item: Draft | undefined): AsyncIterable<Answer>;
  /** Takes an answer in; returns the resources that were new. */
  answer(answer: Answer, call: Call): readonly Draft[];
  fail(call: Call, error: unknown): void;
  /** Whether a resource is asked about now; what is put off is started by a later run of the service. */
  wants(call: Call): boolean;
  /** Why an operation is not tried any more. */
  givenUp(operation: Operation): CallFailure | undefined;
  /** A call was added to what is to be done, or has been answered or given up. */
  onCall(state: 'planned' | 'done'): void;
}

/**
 * Makes the planned calls of one service: those that list, and for each resource that turns up those that ask about it.
 * With `again`, these calls instead of those that list.
 */
export async function runService(
  { collector, operations }: PlannedCollector,
  handler: CallHandler,
  again?: readonly Call[],
): Promise<void> {
  const limits = new Map(operations.map((operation) => [operation, pLimit(handler.concurrency)]));
  const followUps = byType(operations.filter(isItemOperation));
  const work: Promise<void>[] = [];

  const start = (operation: Operation, item?: Draft): void => {
    const call: Call = { collector, operation, ...(item === undefined ? {} : { item }) };
    const limit = limits.get(operation);
    if (limit === undefined || !handler.wants(call)) return;
    handler.onCall('planned');
    work.push(limit(() => make(call)));
  };
  const make = async (call: Call): Promise<void> => {
    try {
      const refused = handler.givenUp(call.operation);
      if (refused !== undefined) throw new GivenUp(refused);
      for await (const answer of handler.ask(call.operation, call.item)) {
        for (const draft of handler.answer(answer, call)) followUp(draft);
      }
    } catch (error) {
      handler.fail(call, error);
    }
    handler.onCall('done');
  };
  const followUp = (draft: Draft): void => {
    for (const operation of followUps.get(draft.type) ?? []) {
      if (operation.applies?.(draft) !== false) start(operation, draft);
    }
  };

  for (const { operation, item } of again ?? []) start(operation, item);
  if (again === undefined)
    for (const operation of operations) if (!isItemOperation(operation)) start(operation);
  // Answers add to the work while it is waited for.
  for (const each of work) await each;
}

function byType(operations: readonly ItemOperation<unknown>[]): Map<string, ItemOperation<unknown>[]> {
  const types = new Map<string, ItemOperation<unknown>[]>();
  for (const operation of operations)
    types.set(operation.each, [...(types.get(operation.each) ?? []), operation]);
  return types;
}
