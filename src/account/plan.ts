import { collectors as everyCollector } from './collectors/index.ts';
import { actionsOf, isItemOperation, type Collector, type Operation } from './collector.ts';

/** What the selected rules read: types, and of each type its top-level properties. */
export interface Needs {
  readonly types: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, ReadonlySet<string> | 'all'>;
}

/** One service and those of its operations that will run. */
export interface PlannedCollector {
  readonly collector: Collector;
  readonly operations: readonly Operation[];
}

/** What will be called, and what will not be known in consequence. */
export interface Plan {
  readonly collectors: readonly PlannedCollector[];
  /** Types that could be collected, and that nothing asks for. */
  readonly unasked: readonly string[];
  /** Types that a rule reads and no planned operation finds. */
  readonly missing: ReadonlyMap<string, MissingType>;
}

export interface MissingType {
  /** For people, without a final full stop. */
  readonly reason: string;
  /** True where the user left the service out; false where Headgate has no collector for the type. */
  readonly leftOut: boolean;
}

/**
 * Chooses the operations that find a needed type or fill a needed property, and those that lead to
 * them. Nothing else is ever called. `services` leaves out every service that it does not name.
 */
export function planCollection(
  collectors: readonly Collector[],
  needs: Needs,
  services?: readonly string[],
): Plan {
  const planned: PlannedCollector[] = [];
  const known = new Map<string, string>();
  const found = new Set<string>();
  for (const collector of collectors) {
    const operations = operationsFor(collector, needs);
    const isSelected = services === undefined || services.includes(collector.service.replace(/-global$/, ''));
    if (isSelected && operations.length > 0) planned.push({ collector, operations });
    for (const type of collector.operations.flatMap(typesOf)) {
      known.set(type, collector.service);
      if (isSelected) found.add(type);
    }
  }
  const asked = new Set(planned.flatMap(({ operations }) => operations.flatMap(typesOf)));
  const missing = missingTypes(needs, known, found);
  const unasked = [...known.keys()].filter((type) => !asked.has(type) && !missing.has(type));
  return { collectors: planned, missing, unasked };
}

function missingTypes(
  needs: Needs,
  known: ReadonlyMap<string, string>,
  found: ReadonlySet<string>,
): ReadonlyMap<string, MissingType> {
  const missing = new Map<string, MissingType>();
  for (const type of [...needs.types].sort()) {
    if (found.has(type) || type.startsWith('Headgate::')) continue;
    const service = known.get(type);
    const leftOut = service !== undefined;
    const reason = leftOut
      ? `the service ${service} was left out of the audit`
      : 'Headgate has no collector for the type';
    missing.set(type, { reason, leftOut });
  }
  return missing;
}

/** Types that an operation brings into sight, under whichever name templates have for them. */
export function typesOf(operation: Operation): readonly string[] {
  return [...(operation.finds ?? []), ...(operation.standsFor ?? [])];
}

function operationsFor(collector: Collector, needs: Needs): readonly Operation[] {
  const chosen = new Set(collector.operations.filter((operation) => isNeeded(operation, needs)));
  const sources = collector.derive?.needs ?? [];
  const wanted = new Set(
    collector.derive !== undefined && needs.types.has(collector.derive.type) ? sources : [],
  );
  for (;;) {
    for (const operation of chosen) if (isItemOperation(operation)) wanted.add(operation.each);
    const more = collector.operations.filter(
      (operation) => !chosen.has(operation) && (operation.finds ?? []).some((type) => wanted.has(type)),
    );
    if (more.length === 0) break;
    for (const operation of more) chosen.add(operation);
  }
  return collector.operations.filter((operation) => chosen.has(operation));
}

function isNeeded(operation: Operation, needs: Needs): boolean {
  if (typesOf(operation).some((type) => needs.types.has(type))) return true;
  if (isItemOperation(operation) && fillsNeeded(operation.each, operation.fills ?? [], needs)) return true;
  return Object.entries(operation.patches ?? {}).some(([type, properties]) =>
    fillsNeeded(type, properties, needs),
  );
}

function fillsNeeded(type: string, properties: readonly string[], needs: Needs): boolean {
  if (!needs.types.has(type)) return false;
  const read = needs.properties.get(type);
  return read === 'all' || properties.some((property) => read?.has(property) === true);
}

/** A policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** Called before any collector: who is asking (needs no permission), and which Regions are enabled. */
export const accountActions: readonly string[] = ['ec2:DescribeRegions'];

/**
 * The least-privilege policy for what the needs make Headgate call: read-only, and no call outside of it is made.
 * `partition` is `aws`, `aws-cn` or `aws-us-gov`; `services` as in `planCollection`.
 */
export function iamPolicy(needs: Needs, partition: string, services?: readonly string[]): PolicyDocument {
  const plan = planCollection(everyCollector, needs, services);
  const anywhere = new Set<string>(accountActions);
  const bounded = new Map<string, Set<string>>();
  for (const { collector, operations } of plan.collectors) {
    for (const operation of operations) {
      const { resources } = operation;
      for (const action of actionsOf(collector, operation)) {
        if (resources === undefined) anywhere.add(action);
        else
          addAll(
            bounded,
            action,
            resources.map((resource) => `arn:${partition}:${resource}`),
          );
      }
    }
  }
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'HeadgateReads', Effect: 'Allow', Action: [...anywhere].sort(), Resource: ['*'] },
      ...[...bounded.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([action, resources]) => ({
          Sid: `HeadgateReads${sidPart(action)}`,
          Effect: 'Allow' as const,
          Action: [action],
          Resource: [...resources].sort(),
        })),
    ],
  };
}

function sidPart(action: string): string {
  return action.replace(/(^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_whole, _before, letter: string) =>
    letter.toUpperCase(),
  );
}

function addAll(map: Map<string, Set<string>>, key: string, items: readonly string[]): void {
  const set = map.get(key) ?? new Set<string>();
  for (const item of items) set.add(item);
  map.set(key, set);
}
