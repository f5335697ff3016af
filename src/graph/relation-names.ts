import { relationDocs } from './relation-table.ts';

/** Names that a rule may use in `related`: relations and their inverses. */
export function relationNames(): ReadonlySet<string> {
  return new Set(relationDocs().flatMap(({ name, inverse }) => [name, inverse]));
}
