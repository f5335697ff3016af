import type { Resource } from '../model/resource.ts';
import type { Cause } from '../model/value.ts';
import {
  actionsOf,
  isItemOperation,
  scopeType,
  type Answer,
  type Collector,
  type Found,
  type ItemOperation,
  type Operation,
  type Place,
} from './collector.ts';
import { Drafts, leaveUnresolved, type Draft } from './drafts.ts';
import { causeOfFailure, classifyError, errorName, type CallFailure, type FailureGroup } from './errors.ts';
import { toProperties } from './plain.ts';
import { typesOf, type PlannedCollector } from './plan.ts';
import { GivenUp, runService, type Call } from './run-service.ts';

/** What one place holds, as far as calls were answered. */
export interface PlaceReading {
  readonly resources: readonly Resource[];
  /** Types of which there may be more, each with the first reason. */
  readonly incomplete: ReadonlyMap<string, Cause>;
  readonly failures: readonly FailureGroup[];
  /** Operations that were planned, those of them that failed at least once, and those that were answered at least once. */
  readonly operations: { readonly planned: number; readonly failed: number; readonly answered: number };
}

export interface CollectPlaceOptions {
  readonly place: Place;
  readonly planned: readonly PlannedCollector[];
  /** Opens the client of a collector, guarded. */
  open(planned: PlannedCollector): Promise<unknown>;
  /** Calls of one operation under way at once. */
  readonly concurrency: number;
  /**
   * Says for a slice whether a resource is asked about, by its id and that of the resource whose call found it. Without it
   * every one is.
   */
  readonly isWanted?: (id: string, parent: string | undefined) => boolean;
  /** A service was read to its end. */
  readonly onService?: () => void;
  /** A call was added to what is to be done, or has been answered or given up. */
  readonly onCall?: (state: 'planned' | 'done') => void;
}

/** Up to so many resources are asked what they link to, though they may not belong to a slice: 20 s at Lambda's rate. */
const few = 100;

/** After so many refusals and no answer the operation is not tried again: an auditor should not set off alarms. */
const refusalsBeforeGivingUp = 10;

/** Runs the planned operations of one place: lists first, then what is asked about each resource. Never throws. */
export async function collectPlace(options: CollectPlaceOptions): Promise<PlaceReading> {
  const run = new PlaceRun(options);
  await run.collect();
  return run.finish();
}

/** Region of a place that holds what has none. */
export const globalRegion = 'global';

/** The account and Region as a resource, for rules that ask what it has at all. */
function scopeFound({ account, region, scope }: Place): Found {
  const properties = { Kind: 'account', Account: account, Region: region };
  return { type: scopeType, name: scope, properties };
}

/** The calls of one place, in rounds where a slice grows by what they show. None of its methods throws. */
export class PlaceRun {
  readonly #options: CollectPlaceOptions;
  readonly #drafts: Drafts;
  readonly #incomplete = new Map<string, Cause>();
  readonly #groups = new Map<string, FailureGroup & { resources: string[] }>();
  readonly #refusals = new Map<Operation, { count: number; failure: CallFailure } | 'answered'>();
  readonly #failedPatches: { type: string; properties: readonly string[]; parent?: string; cause: Cause }[] =
    [];

  readonly #open = new Map<Collector, unknown>();
  #putOff: Call[] = [];
  #asked = 0;
  #isListed = false;

  constructor(options: CollectPlaceOptions) {
    this.#options = options;
    this.#drafts = new Drafts(options.place);
    if (options.place.region !== globalRegion) this.#drafts.add(scopeFound(options.place), undefined);
  }

  /** Lists, and asks about what is wanted by now. */
  async collect(): Promise<void> {
    await Promise.all(this.#options.planned.map((planned) => this.#collect(planned)));
    this.#isListed = true;
  }

  /** Asks about what is wanted since; how many calls that started. */
  async goOn(): Promise<number> {
    const calls = this.#putOff;
    this.#putOff = [];
    const before = this.#asked;
    await Promise.all(
      this.#options.planned.map(async (planned) => {
        const own = calls.filter(({ collector }) => collector === planned.collector);
        if (own.length > 0) await this.#run(planned, this.#open.get(planned.collector), own);
      }),
    );
    return this.#asked - before;
  }

  /** What has been found so far. */
  soFar(): Pick<PlaceReading, 'resources' | 'incomplete'> {
    this.#drafts.applyPatches(true);
    return { resources: this.#drafts.toResources(), incomplete: this.#incomplete };
  }

  async #collect(planned: PlannedCollector): Promise<void> {
    const { collector, operations } = planned;
    let api: unknown;
    try {
      api = await this.#options.open(planned);
    } catch (error) {
      for (const operation of operations) this.#fail({ collector, operation }, error);
      this.#options.onService?.();
      return;
    }
    this.#open.set(collector, api);
    await this.#run(planned, api);
    this.#options.onService?.();
  }

  async #run(planned: PlannedCollector, api: unknown, again?: readonly Call[]): Promise<void> {
    const handler = {
      concurrency: this.#options.concurrency,
      ask: (operation: Operation, item: Draft | undefined) =>
        ask(operation, api, item ?? this.#options.place),
      answer: (answer: Answer, call: Call) => this.#accept(answer, call),
      fail: (call: Call, error: unknown) => this.#fail(call, error),
      wants: (call: Call) => this.#wants(call),
      givenUp: (operation: Operation) => this.#givenUp(operation),
      onCall: (state: 'planned' | 'done') => this.#options.onCall?.(state),
    };
    await runService(planned, handler, again);
  }

  #wants(call: Call): boolean {
    const { operation, item } = call;
    const { isWanted } = this.#options;
    const isAsked =
      isWanted === undefined ||
      item === undefined ||
      !isItemOperation(operation) ||
      operation.links === true ||
      (operation.links === 'few' && this.#isListed && this.#drafts.ofType(operation.each).length <= few) ||
      isWanted(item.id, item.parent);
    if (isAsked) this.#asked += 1;
    else this.#putOff.push(call);
    return isAsked;
  }

  #accept(answer: Answer, { operation, item }: Call): readonly Draft[] {
    this.#refusals.set(operation, 'answered');
    if (item !== undefined) Object.assign(item.properties, toProperties(answer.properties ?? {}));
    for (const patch of answer.patches ?? []) this.#drafts.keep(patch);
    return (answer.found ?? []).flatMap((found) => this.#drafts.add(found, item?.id) ?? []);
  }

  #givenUp(operation: Operation): CallFailure | undefined {
    const refusals = this.#refusals.get(operation);
    if (refusals === undefined || refusals === 'answered') return undefined;
    return refusals.count >= refusalsBeforeGivingUp ? refusals.failure : undefined;
  }

  #fail(call: Call, error: unknown): void {
    const { collector, operation, item } = call;
    if (operation.absent?.includes(errorName(error)) === true) {
      this.#refusals.set(operation, 'answered');
      return;
    }
    const action = actionsOf(collector, operation)[0] ?? operation.operation;
    const failure = error instanceof GivenUp ? error.failure : classifyError(error, action);
    this.#count(operation, failure);
    this.#report(call, failure);
    const cause = causeOfFailure(failure);
    if (isItemOperation(operation) && item !== undefined) this.#leaveOpen(call, operation, item, cause);
    else this.#doubt(hiddenTypes(call), cause);
    for (const [type, properties] of Object.entries(operation.patches ?? {})) {
      this.#failedPatches.push({
        type,
        properties,
        cause,
        ...(item === undefined ? {} : { parent: item.id }),
      });
    }
  }

  #count(operation: Operation, failure: CallFailure): void {
    const refusals = this.#refusals.get(operation);
    if (refusals === 'answered' || failure.kind === 'throttled' || failure.kind === 'timeout') return;
    this.#refusals.set(operation, { count: (refusals?.count ?? 0) + 1, failure });
  }

  #leaveOpen(call: Call, operation: ItemOperation<unknown>, item: Draft, cause: Cause): void {
    leaveUnresolved(item, operation.fills ?? [], cause);
    const types = typesOf(operation);
    if (types.length === 0) return;
    if (operation.placeholder === undefined) this.#doubt(hiddenTypes(call), cause);
    else
      for (const found of [operation.placeholder(item, cause)].flat())
        this.#drafts.add({ ...found, uncertain: cause }, item.id);
  }

  /** What was not asked for a slice is as unknown as what was not answered. */
  #leavePutOff({
    operation,
    item,
    collector,
  }: Required<Call> & { readonly operation: ItemOperation<unknown> }): void {
    this.#leaveOpen({ operation, item, collector }, operation, item, outOfSlice);
    for (const [type, properties] of Object.entries(operation.patches ?? {}))
      this.#failedPatches.push({ type, properties, cause: outOfSlice, parent: item.id });
  }

  #doubt(types: readonly string[], cause: Cause): void {
    for (const type of types) if (!this.#incomplete.has(type)) this.#incomplete.set(type, cause);
  }

  #report({ collector, operation, item }: Call, failure: CallFailure): void {
    // One for each action that is missing: texts differ by resource and time.
    const key = [collector.service, operation.operation, failure.kind, failure.name, failure.action].join(
      '\n',
    );
    let group = this.#groups.get(key);
    if (group === undefined) {
      const { region } = this.#options.place;
      const affects = affectedTypes({ collector, operation });
      group = {
        service: collector.service,
        region,
        operation: operation.operation,
        failure,
        affects,
        resources: [],
      };
      this.#groups.set(key, group);
    }
    if (item !== undefined) group.resources.push(item.id);
  }

  #derive({ derive }: Collector): void {
    if (derive === undefined || derive.needs.some((type) => this.#incomplete.has(type))) return;
    const collected = (type: string): readonly Draft[] => this.#drafts.ofType(type);
    for (const found of derive.found(collected)) this.#drafts.add(found, undefined);
  }

  finish(): PlaceReading {
    for (const { collector } of this.#options.planned) this.#derive(collector);
    for (const { operation, item, collector } of this.#putOff)
      if (item !== undefined && isItemOperation(operation)) this.#leavePutOff({ operation, item, collector });
    this.#drafts.applyPatches();
    this.#settlePatches();
    const { planned } = this.#options;
    for (const each of planned) this.#leaveUnplanned(each);
    const failed = new Set(
      [...this.#groups.values()].map(({ service, operation }) => `${service} ${operation}`),
    );
    return {
      resources: this.#drafts.toResources(),
      incomplete: this.#incomplete,
      failures: [...this.#groups.values()],
      operations: {
        planned: planned.reduce((sum, { operations }) => sum + operations.length, 0),
        failed: failed.size,
        answered: [...this.#refusals.values()].filter((state) => state === 'answered').length,
      },
    };
  }

  /** What a failed call would have told about other resources is not known of any that got no answer elsewhere. */
  #settlePatches(): void {
    for (const { type, properties, parent, cause } of this.#failedPatches) {
      const drafts = this.#drafts.ofType(type);
      const children = drafts.filter((draft) => parent !== undefined && draft.parent === parent);
      for (const draft of children.length > 0 ? children : drafts) leaveUnresolved(draft, properties, cause);
    }
  }

  /** Guards against a need that nobody declared: what was not asked for is not known, rather than absent. */
  #leaveUnplanned({ collector, operations }: PlannedCollector): void {
    for (const operation of collector.operations) {
      if (operations.includes(operation)) continue;
      const cause = notCollected(
        `${actionsOf(collector, operation).join(', ')} was not called: no selected rule needs it`,
      );
      const fills = isItemOperation(operation) ? { [operation.each]: operation.fills ?? [] } : {};
      for (const [type, properties] of Object.entries({ ...fills, ...operation.patches })) {
        for (const draft of this.#drafts.ofType(type)) leaveUnresolved(draft, properties, cause);
      }
    }
  }
}

const outOfSlice: Cause = {
  code: 'slice',
  message: 'the audit of a slice does not read what is outside of it',
  remedy: 'audit the whole account',
};

/** Cause of what nothing asked for. `message`: one sentence without a final full stop. */
export function notCollected(message: string): Cause {
  return { code: 'not-collected', message, remedy: 'select the rules and services that need it' };
}

/** What a failed call leaves out of sight: the types that it finds, and those that would have been asked of these. */
function hiddenTypes({ collector, operation }: Pick<Call, 'collector' | 'operation'>): readonly string[] {
  const hidden = new Set(typesOf(operation));
  // A set goes through what is added to it on the way.
  for (const type of hidden)
    for (const next of collector.operations)
      if (isItemOperation(next) && next.each === type) for (const found of typesOf(next)) hidden.add(found);
  return [...hidden];
}

function affectedTypes(call: Pick<Call, 'collector' | 'operation'>): readonly string[] {
  const { operation } = call;
  const own = isItemOperation(operation) ? [operation.each] : [];
  return [...new Set([...hiddenTypes(call), ...own, ...Object.keys(operation.patches ?? {})])];
}

function ask(operation: Operation, api: unknown, of: Draft | Place): AsyncIterable<Answer> {
  if (!isItemOperation(operation)) return operation.list(api, 'place' in of ? of.place : of);
  if ('place' in of) return operation.read(api, of);
  throw new Error(`${operation.operation} is called for one resource`);
}
