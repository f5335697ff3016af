import { isItemOperation, type Collector, type ItemOperation, type Operation } from '../account/collector.ts';
import { typesOf } from '../account/plan.ts';

/** What one function of a split audit reads. */
export interface CollectionPart {
  readonly part: string;
  readonly services: readonly string[];
  /** Keys of the per-resource calls that are made; empty: all of the services. */
  readonly operations: readonly string[];
}

// Services whose calls for each resource take longest at the rates that Headgate keeps to.
const slowService = 'lambda';
const sharedRates = [['apigateway', 'apigatewayv2'], ['wafv2']];

/**
 * The parts of an audit that one function does not get through: services apart, and of the slowest service the
 * calls for each resource apart, those together that need each other's answers. Parts of one service share its
 * rate, so they run one after the other.
 */
export function splitCollection(collectors: readonly Collector[]): readonly CollectionPart[] {
  const names = [...new Set(collectors.map(({ service }) => plainName(service)))];
  const slow = collectors.find(({ service }) => service === slowService);
  const apart = sharedRates
    .map((group) => group.filter((name) => names.includes(name)))
    .filter((group) => group.length > 0);
  const others = names.filter((name) => name !== slowService && !apart.flat().includes(name));
  return [
    ...(slow === undefined ? [] : operationParts(slow)),
    ...[...apart, others].map((services) => ({
      part: services === others ? 'others' : (services[0] ?? ''),
      services,
      operations: [],
    })),
  ];
}

function plainName(service: string): string {
  return service.replace(/-global$/, '');
}

function operationParts({ service, operations }: Collector): CollectionPart[] {
  const groups: ItemOperation<unknown>[][] = [];
  for (const operation of operations.filter(isItemOperation)) {
    const related = groups.filter((group) => group.some((other) => areRelated(operation, other)));
    for (const group of related) groups.splice(groups.indexOf(group), 1);
    groups.push([...related.flat(), operation]);
  }
  return groups.map((group, index) => ({
    part: `${service}-${index + 1}`,
    services: [service],
    operations: group.map(operationKey),
  }));
}

// One asks about, or fills, what the other finds.
function areRelated(one: ItemOperation<unknown>, other: ItemOperation<unknown>): boolean {
  return needs(one, other) || needs(other, one) || sharesPatches(one, other);
}

function needs(one: ItemOperation<unknown>, other: ItemOperation<unknown>): boolean {
  const wanted = [one.each, ...Object.keys(one.patches ?? {})];
  return typesOf(other).some((type) => wanted.includes(type));
}

function sharesPatches(one: ItemOperation<unknown>, other: ItemOperation<unknown>): boolean {
  return Object.keys(one.patches ?? {}).some((type) => Object.hasOwn(other.patches ?? {}, type));
}

function operationKey({ operation, each }: ItemOperation<unknown>): string {
  return `${operation} ${each}`;
}

/** The collectors with only some of their calls for each resource; everything is still listed. */
export function restrictCollectors(
  collectors: readonly Collector[],
  operations: readonly string[],
): readonly Collector[] {
  if (operations.length === 0) return collectors;
  const chosen = new Set(operations);
  const restrict = (operation: Operation): Operation =>
    !isItemOperation(operation) || chosen.has(operationKey(operation))
      ? operation
      : // Planned as ever, so that its properties are not taken for unasked, and made for no resource.
        { ...operation, applies: () => false };
  return collectors.map((collector) => ({ ...collector, operations: collector.operations.map(restrict) }));
}
