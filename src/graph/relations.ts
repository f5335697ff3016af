import { lookup } from '../model/lookup.ts';
import type { RelatedSet, Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Cause } from '../model/value.ts';
import { toRows } from './derived-rows.ts';
import { invokerRows } from './invokers.ts';
import { linkRow, noEdges, type RowLinks } from './relation-links.ts';
import { derivedTable, relationTable } from './relation-table.ts';
import type { RelationRow } from './relations/row.ts';
import type { LinkContext } from './resolve-target.ts';

/** Answers along relations; each row of the table is linked when it is first asked for. */
export interface Relations {
  related(resource: Resource, relation: string): RelatedSet;
  has(relation: string): boolean;
}

type RowIndex = ReadonlyMap<string, ReadonlyMap<string, readonly RelationRow[]>>;

const allRows: readonly RelationRow[] = [...relationTable, ...derivedTable.flatMap(toRows), ...invokerRows];
const forwardRows: RowIndex = indexRows(
  (row) => row.name,
  (row) => [row.from],
);
const inverseRows: RowIndex = indexRows(
  (row) => row.inverse,
  (row) => row.to,
);

function indexRows(
  nameOf: (row: RelationRow) => string,
  typesOf: (row: RelationRow) => readonly string[],
): RowIndex {
  const index = new Map<string, Map<string, RelationRow[]>>();
  for (const row of allRows) {
    const types = index.get(nameOf(row)) ?? new Map<string, RelationRow[]>();
    for (const type of typesOf(row)) types.set(type, [...(types.get(type) ?? []), row]);
    index.set(nameOf(row), types);
  }
  return index;
}

/** Proxies see the edges that go through them, as what they stand for does. */
const standsFor: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Alias': ['AWS::Lambda::Function'],
  'AWS::Lambda::Version': ['AWS::Lambda::Function'],
  'AWS::KMS::Alias': ['AWS::KMS::Key'],
};

/** Relations over a context; `incompleteness` says of which types a scope may hold more than was read. */
export function createRelations(
  context: LinkContext,
  incompleteness: (type: string, scope: string) => Cause | undefined,
): Relations {
  const linked = new Map<RelationRow, RowLinks>();
  const linksOf = (row: RelationRow): RowLinks => {
    const known = linked.get(row);
    if (known !== undefined) return known;
    linked.set(row, unlinked);
    const links = linkRow(row, context);
    linked.set(row, links);
    return links;
  };
  return {
    has: (relation) => forwardRows.has(relation) || inverseRows.has(relation),
    related: (resource, relation) => {
      const { forward, inverse } = rowsOf(relation, resource.type);
      if (forward.length === 0 && inverse.length === 0) return noEdges;
      let edges: readonly Relation[] = noEdges.edges;
      let incomplete: Cause | undefined;
      for (const row of forward) {
        const links = linksOf(row);
        edges = joined(edges, links.forward.get(resource));
        incomplete ??= links.incomplete.get(resource);
      }
      for (const row of inverse) {
        const links = linksOf(row);
        edges = joined(edges, links.inverse.get(resource));
        incomplete ??=
          incompleteness(row.from, resource.scope) ??
          links.danglingFor(resource) ??
          (row.name === 'api' && !besideDocuments.has(row.from)
            ? context.unread.get(resource.id)
            : undefined);
      }
      return { edges, ...(incomplete === undefined ? {} : { incomplete }) };
    },
  };
}

// Most lists come from one row, and are answered as they are.
function joined(edges: readonly Relation[], more: readonly Relation[] | undefined): readonly Relation[] {
  if (more === undefined) return edges;
  return edges.length === 0 ? more : [...edges, ...more];
}

/** What belongs to an API and stands in no OpenAPI document: one that was not read hides none of them. */
const besideDocuments: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::BasePathMappingV2',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::Stage',
]);

/** What a row answers while it is itself being linked: a relation that leads back to itself ends there. */
const unlinked: RowLinks = {
  forward: new Map(),
  inverse: new Map(),
  incomplete: new Map(),
  danglingFor: () => undefined,
};

/** The rows that answer a relation for resources of a type. */
interface AnsweringRows {
  readonly forward: readonly RelationRow[];
  readonly inverse: readonly RelationRow[];
}

/** Relation -> type -> rows that answer it, gathered when first asked for. */
const answering = new Map<string, Map<string, AnsweringRows>>();

function rowsOf(relation: string, type: string): AnsweringRows {
  let types = answering.get(relation);
  if (types === undefined) answering.set(relation, (types = new Map<string, AnsweringRows>()));
  let rows = types.get(type);
  if (rows === undefined) types.set(type, (rows = gatherRows(relation, type)));
  return rows;
}

function gatherRows(relation: string, type: string): AnsweringRows {
  const towards = inverseRows.get(relation);
  const wanted = [type, ...(lookup(standsFor, type) ?? []), '*'];
  return {
    forward: forwardRows.get(relation)?.get(type) ?? [],
    inverse: [...new Set(wanted.flatMap((each) => towards?.get(each) ?? []))],
  };
}
