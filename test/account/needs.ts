import { collectors } from '../../src/account/collectors/index.ts';
import { typesOf, type Needs } from '../../src/account/plan.ts';

/** Needs of these types with these properties, `all` where none are named. */
export function needsOf(types: Readonly<Record<string, readonly string[] | 'all'>>): Needs {
  return {
    types: new Set(Object.keys(types)),
    properties: new Map(
      Object.entries(types).map(([type, properties]) => [
        type,
        properties === 'all' ? 'all' : new Set(properties),
      ]),
    ),
  };
}

/** Everything that Headgate can collect of these services. */
export function everythingOf(services: ReadonlySet<string>): Needs {
  const chosen = collectors.filter(({ service }) => services.has(service));
  const types = chosen.flatMap(({ operations }) =>
    operations.flatMap((operation) => [...typesOf(operation), ...Object.keys(operation.patches ?? {})]),
  );
  return needsOf(Object.fromEntries(types.map((type) => [type, 'all'])));
}
