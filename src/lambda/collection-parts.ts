import { createHash } from 'node:crypto';
import {
  callsOf,
  isItemOperation,
  type Collector,
  type Item,
  type ItemOperation,
  type Operation,
} from '../account/collector.ts';
import { typesOf } from '../account/plan.ts';
import { bucketsOf } from '../account/rate.ts';
import type { Resource } from '../model/resource.ts';

/** A share of the resources that are asked about one by one, counted from 0; `{index: 0, of: 1}` is all of them. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** What one function of a split audit reads. */
export interface CollectionPart {
  readonly part: string;
  readonly services: readonly string[];
  readonly share: Share;
}

// Services whose calls for each resource take longest at the rates that Headgate keeps to; those of a line share a rate.
const slowServices = [['lambda'], ['apigateway', 'apigatewayv2'], ['wafv2']];

/**
 * Seconds of waiting for rates that a part may take. What is left of a function's time is for its lists, for what
 * turns up later (aliases), and for handing over.
 */
const partSeconds = 480;

/**
 * The parts of an audit that one function does not get through: services apart, and what a service is asked for each
 * resource in as many shares as its rate demands. Parts of one service share its rate, so they run one after the other.
 *
 * @param found what was found so far, from which the calls are counted; without it every service is one part
 * @param round how often the audit was split before: each time the shares are halved
 */
export function splitCollection(
  collectors: readonly Collector[],
  found: readonly Resource[] = [],
  round = 0,
): readonly CollectionPart[] {
  const names = [...new Set(collectors.map(plainName))];
  const secondsOf = secondsByServices(collectors, found);
  const slow = slowServices.map((group) => group.filter((name) => names.includes(name)));
  const rest = names.filter((name) => !slow.flat().includes(name));
  const crowded = rest.filter((name) => secondsOf([name]) > partSeconds);
  const others = rest.filter((name) => !crowded.includes(name));
  const groups = [...slow, ...crowded.map((name) => [name]), others].filter((group) => group.length > 0);
  return groups.flatMap((services) => {
    const shares = Math.ceil(secondsOf(services) / partSeconds);
    const name = services === others ? 'others' : (services[0] ?? '');
    return partsOf(name, services, Math.max(1, shares) * 2 ** round);
  });
}

function partsOf(name: string, services: readonly string[], of: number): CollectionPart[] {
  return Array.from({ length: of }, (_, index) => ({
    part: of === 1 ? name : `${name}-${index + 1}-of-${of}`,
    services,
    share: { index, of },
  }));
}

/** As `planCollection` is told: parts of one service that are read elsewhere belong to it. */
function plainName({ service }: Collector): string {
  return service.replace(/-(global|control)$/, '');
}

/** Seconds that the calls for each of the found resources take at their rates; the slowest rate decides. */
function secondsByServices(
  collectors: readonly Collector[],
  found: readonly Resource[],
): (services: readonly string[]) => number {
  const counts = new Map<string, Map<string, number>>();
  for (const { type, region = '' } of found) {
    const ofType = counts.get(type) ?? new Map<string, number>();
    ofType.set(region, (ofType.get(region) ?? 0) + 1);
    counts.set(type, ofType);
  }
  return (services) => {
    const seconds = new Map<string, number>();
    for (const collector of collectors.filter((each) => services.includes(plainName(each))))
      for (const operation of collector.operations.filter(isItemOperation))
        for (const [region, count] of counts.get(operation.each) ?? [])
          for (const call of callsOf(operation))
            for (const [bucket, { perSecond }] of bucketsOf(collector.service, call, region))
              seconds.set(bucket, (seconds.get(bucket) ?? 0) + count / perSecond);
    return Math.max(0, ...seconds.values());
  };
}

/** The collectors, asking about the resources of a share alone; everything is still listed. */
export function restrictCollectors(collectors: readonly Collector[], share: Share): readonly Collector[] {
  if (share.of === 1) return collectors;
  const { shared } = typesByOrigin(collectors);
  const restrict = (operation: Operation): Operation =>
    isItemOperation(operation) && shared.has(operation.each) ? restrictTo(share, operation) : operation;
  return collectors.map((collector) => ({ ...collector, operations: collector.operations.map(restrict) }));
}

function restrictTo(share: Share, operation: ItemOperation<unknown>): ItemOperation<unknown> {
  const applies = (item: Item): boolean => isIn(share, item.id) && operation.applies?.(item) !== false;
  return { ...operation, applies };
}

/** Without what every part lists and another part asks about, so that each resource is handed over once. */
export function keepShare(
  resources: readonly Resource[],
  collectors: readonly Collector[],
  share: Share,
): readonly Resource[] {
  if (share.of === 1) return resources;
  const { shared, patched } = typesByOrigin(collectors);
  return resources.filter(({ type, id }) => !shared.has(type) || patched.has(type) || isIn(share, id));
}

/** Types that lists find, and nothing but lists; and types that calls about other resources fill. */
function typesByOrigin(collectors: readonly Collector[]): {
  readonly shared: ReadonlySet<string>;
  readonly patched: ReadonlySet<string>;
} {
  const operations = collectors.flatMap((collector) => collector.operations);
  const perItem = operations.filter(isItemOperation);
  // What turns up beside a resource belongs to the resource's share.
  const foundPerItem = new Set(perItem.flatMap(typesOf));
  const listed = operations.filter((operation) => !isItemOperation(operation)).flatMap(typesOf);
  return {
    shared: new Set(listed.filter((type) => !foundPerItem.has(type))),
    patched: new Set(perItem.flatMap(({ patches }) => Object.keys(patches ?? {}))),
  };
}

function isIn({ index, of }: Share, id: string): boolean {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % of === index;
}
