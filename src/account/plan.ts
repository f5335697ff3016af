import { takenToBeAbsent } from './unread-types.ts';
import { isItemOperation, type Collector, type Operation } from './collector.ts';

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
  /**
   * `service`: the user left it out. `type`: no collector reads it, so it is in doubt. `assumed`: no
   * collector reads it, and it is taken to be absent.
   */
  readonly lacks: 'service' | 'type' | 'assumed';
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
    const isSelected = services === undefined || services.includes(selectedName(collector.service));
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

/** The name that `--services` selects a collector by: parts of a service in other places go with it. */
export function selectedName(service: string): string {
  return service.replace(/-(global|control)$/, '');
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
    if (service !== undefined) {
      missing.set(type, { reason: `the audit excludes ${service}`, lacks: 'service' });
    } else if (takenToBeAbsent.has(type)) {
      const reason =
        'Headgate does not read these types, and takes them to be absent unless headgate.yaml declares them';
      missing.set(type, { reason, lacks: 'assumed' });
    } else {
      missing.set(type, { reason: 'Headgate does not read these types from accounts', lacks: 'type' });
    }
  }
  return missing;
}

/** Types that an operation brings into sight, under whichever name templates have for them. */
export function typesOf(operation: Operation): readonly string[] {
  return [...(operation.finds ?? []), ...(operation.standsFor ?? []), ...(operation.shows ?? [])];
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
