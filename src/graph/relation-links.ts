import { bothDoubts, isNoFurtherDoubt } from '../model/conditions.ts';
import type { RelatedSet, Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { describeValue, type Cause, type ObjectValue, type Path, type Value } from '../model/value.ts';
import { findValues, valueAt, type FoundValue } from './property-path.ts';
import { parsePath } from '../model/parse-path.ts';
import { readIdentity, valueOn } from './relations/readers.ts';
import type { ReadTarget, RelationRow } from './relations/row.ts';
import type { LinkContext } from './resolve-target.ts';
import { addTo, noRegion } from './resource-index.ts';
import { inEachWorldOf, surer } from './worlds.ts';

/** The edges of one row, from both sides. */
export interface RowLinks {
  readonly forward: ReadonlyMap<Resource, readonly Relation[]>;
  readonly inverse: ReadonlyMap<Resource, readonly Relation[]>;
  /** Why a source's own list may be longer than it is. */
  readonly incomplete: ReadonlyMap<Resource, Cause>;
  /** Why something unresolved in the resource's scope may mean the resource. */
  danglingFor(resource: Resource): Cause | undefined;
}

/** Links every resource of a row's source type: one pass, linear in the values found. */
export function linkRow(row: RelationRow, context: LinkContext): RowLinks {
  const steps = parsePath(row.path);
  const forward = new Map<Resource, Relation[]>();
  const inverse = new Map<Resource, Relation[]>();
  const incomplete = new Map<Resource, Cause>();
  const dangling = new Map<string, Dangling>();
  for (const resource of context.index.ofType(row.from)) {
    for (const { edge, target } of served(readEdges(row, resource, steps, context), row, context)) {
      if (target.partial === true && target.cause !== undefined) incomplete.set(resource, target.cause);
      else addTo(forward, resource, edge);
      if (target.to === undefined) recordDangling(dangling, resource, target, row);
      else addInverse(inverse, row, edge, target);
    }
  }
  for (const edges of inverse.values()) edges.sort(byFarId);
  return {
    forward,
    inverse,
    incomplete,
    danglingFor: (resource) => {
      for (const scope of namingScopes(resource, dangling)) {
        const cause = danglingCause(dangling.get(scope), resource);
        if (cause !== undefined) return cause;
      }
      return undefined;
    },
  };
}

/** Edges that name a function, led on to those of its versions that they mean. */
function served(edges: readonly ReadEdge[], row: RelationRow, context: LinkContext): readonly ReadEdge[] {
  if (edges.every(({ target }) => target.to?.served === undefined)) return edges;
  return edges.flatMap((read) => {
    const { to } = read.target;
    const versions = to?.served?.functionId === to?.id ? context.index.versionsOf(to) : [];
    if (versions.length < 2) return [read];
    return meant(read.edge, row, versions).map((version) => ({
      edge: { ...read.edge, to: version },
      target: { ...read.target, to: version },
    }));
  });
}

const callers: ReadonlySet<string> = new Set(['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission']);

/** Who invokes means the version behind its qualifier; what is said of the function holds for each of its versions. */
function meant(
  { from, attributes }: Relation,
  row: RelationRow,
  versions: readonly Resource[],
): readonly Resource[] {
  const isCaller = row.invokes !== undefined || callers.has(row.from);
  const { Name, Version } = from.properties;
  const own =
    row.from === 'AWS::Lambda::Alias' ? Name : row.from === 'AWS::Lambda::Version' ? Version : undefined;
  const qualifier = attributes?.qualifier ?? own ?? (isCaller ? '$LATEST' : undefined);
  if (typeof qualifier !== 'string') return versions;
  const chosen = versions.filter(
    ({ served: by }) => by?.version === qualifier || by?.qualifiers.includes(qualifier) === true,
  );
  return chosen.length > 0 ? chosen : versions.slice(0, 1);
}

interface ReadEdge {
  readonly edge: Relation;
  readonly target: ReadTarget;
}

/**
 * The edges that a row finds in a resource. The usual reader tells of each value on which side of a
 * condition it stands; one that reads more than the value is asked once for each way they may turn out.
 */
function readEdges(
  row: RelationRow,
  resource: Resource,
  steps: Path,
  context: LinkContext,
): readonly ReadEdge[] {
  const read = (opened: Resource): readonly ReadEdge[] =>
    (steps.length === 0 ? [wholeResource] : findValues(opened.properties, steps)).flatMap((found) =>
      (row.read ?? readIdentity)(found, opened, row, context).map((target) => ({
        edge: toRelation(row, opened, found, target),
        target,
      })),
    );
  if (row.walks === true) return read(resource);
  if (row.read === undefined && row.carries === undefined) return joinedEdges(read(resource));
  return inEachWorldOf(resource, read, keyOfEdge).map(({ item, uncertain }) => {
    const edge = { ...item.edge, from: resource };
    const doubt = bothDoubts(edge.uncertain, uncertain);
    return { target: item.target, edge: doubt === undefined ? edge : { ...edge, uncertain: doubt } };
  });
}

/** The same edge on several sides of conditions is one. */
function joinedEdges(edges: readonly ReadEdge[]): readonly ReadEdge[] {
  if (edges.length < 2 || edges.every(({ edge }) => edge.uncertain?.sides === undefined)) return edges;
  const joined = new Map<string, ReadEdge>();
  for (const read of edges) {
    const { uncertain, ...edge } = read.edge;
    const key = keyOfEdge({ ...read, edge });
    const known = joined.get(key);
    joined.set(key, known === undefined ? read : { ...known, edge: surer(known.edge, read.edge) });
    if (uncertain === undefined) joined.set(key, read);
  }
  return [...joined.values()];
}

const wholeResource: FoundValue = { value: null, path: [] };

function keyOfEdge({ edge }: ReadEdge): string {
  const { to, path, cause, attributes, uncertain } = edge;
  return [
    to?.id,
    path.join('.'),
    cause?.message,
    describeValue(attributes, Infinity),
    keyOfDoubt(uncertain),
  ].join('\n');
}

function keyOfDoubt(doubt: Cause | undefined): string {
  if (doubt === undefined) return '';
  const sides = (doubt.sides ?? []).map(({ cause, holds }) => `${cause.message} ${holds}`);
  return [doubt.message, ...sides].join(' ');
}

/** Scopes whose resources may name it: its own and, where either side has no Region, others of its account. */
function namingScopes(
  { scope, account, region }: Resource,
  dangling: ReadonlyMap<string, Dangling>,
): readonly string[] {
  if (account === undefined) return [scope];
  if (region !== noRegion) return [scope, `${account}/${noRegion}`];
  return [...dangling.keys()].filter((each) => each.startsWith(`${account}/`));
}

function byFarId(left: Relation, right: Relation): number {
  const [a = '', b = ''] = [left.to?.id, right.to?.id];
  return a < b ? -1 : a > b ? 1 : 0;
}

function toRelation(row: RelationRow, resource: Resource, found: FoundValue, target: ReadTarget): Relation {
  const uncertain = uncertaintyOf(resource, found, target);
  const attributes = attributesOf(row, resource, found, target);
  return {
    name: row.name,
    from: resource,
    path: target.path ?? found.path,
    ...(target.to === undefined ? {} : { to: target.to }),
    ...(target.cause === undefined ? {} : { cause: target.cause }),
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(target.because === undefined ? {} : { because: target.because }),
  };
}

/** A condition under which the resource itself stands adds no doubt to what it names. */
function uncertaintyOf(resource: Resource, found: FoundValue, target: ReadTarget): Cause | undefined {
  const doubt = bothDoubts(found.uncertain, target.uncertain);
  return isNoFurtherDoubt(doubt, resource.uncertain) ? undefined : doubt;
}

function attributesOf(
  row: RelationRow,
  resource: Resource,
  found: FoundValue,
  target: ReadTarget,
): ObjectValue | undefined {
  const attributes: Record<string, Value> = { ...row.attributes };
  if (row.invokes !== undefined && isInvocable(target.to)) attributes.invocation = row.invokes;
  for (const [name, path] of Object.entries(row.carries ?? {})) {
    const beside = path.startsWith('.')
      ? valueOn(resource.properties, found.path.slice(0, -1))
      : resource.properties;
    const value = valueAt(beside, path);
    if (value !== undefined) attributes[name] = value;
  }
  const all = { ...attributes, ...target.attributes };
  return Object.keys(all).length === 0 ? undefined : all;
}

function isInvocable(to: Resource | undefined): boolean {
  return to === undefined || to.type === 'AWS::Lambda::Function';
}

/** The edge as its target sees it; an alias that it goes through sees it too. */
function addInverse(
  inverse: Map<Resource, Relation[]>,
  row: RelationRow,
  edge: Relation,
  target: ReadTarget,
): void {
  for (const end of [target.to, target.through]) {
    if (end === undefined) continue;
    addTo(inverse, end, { ...edge, name: row.inverse, from: end, to: edge.from, path: [] });
  }
}

/** The unresolved edges of a scope, cut down to what decides whether they may mean a resource. */
interface Dangling {
  /** One that may mean any resource of the scope, by the type that it may be of (`*`: any). */
  readonly any: Map<string, Cause>;
  /** Ones that cannot mean a resource of their own stack: two different stacks are enough. */
  readonly foreign: Map<string, Origin[]>;
}

interface Origin {
  readonly stack: string | undefined;
  readonly cause: Cause;
}

/** A template's own resource cannot come in through its own parameter, an import or a pseudo-parameter. */
const foreignCodes: ReadonlySet<Cause['code']> = new Set(['parameter', 'import', 'pseudo-parameter']);

function recordDangling(
  dangling: Map<string, Dangling>,
  from: Resource,
  target: ReadTarget,
  row: RelationRow,
): void {
  const { cause } = target;
  if (cause === undefined) return;
  const summary = dangling.get(from.scope) ?? { any: new Map(), foreign: new Map() };
  dangling.set(from.scope, summary);
  for (const type of target.mayBe ?? row.to) {
    if (!foreignCodes.has(cause.code)) {
      if (!summary.any.has(type)) summary.any.set(type, cause);
      continue;
    }
    const known: Origin[] = summary.foreign.get(type) ?? [];
    if (known.length < 2 && known.every(({ stack }) => stack !== from.stack))
      known.push({ stack: from.stack, cause });
    summary.foreign.set(type, known);
  }
}

function danglingCause(summary: Dangling | undefined, resource: Resource): Cause | undefined {
  if (summary === undefined) return undefined;
  for (const type of [resource.type, '*']) {
    const any = summary.any.get(type);
    if (any !== undefined) return any;
    const foreign = summary.foreign
      .get(type)
      ?.find(({ stack }) => stack !== resource.stack || stack === undefined);
    if (foreign !== undefined) return foreign.cause;
  }
  return undefined;
}

/** No edges and nothing missing. */
export const noEdges: RelatedSet = { edges: [] };
