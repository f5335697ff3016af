import { bothDoubts, isNoFurtherDoubt } from '../model/conditions.ts';
import type { Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Cause, ObjectValue } from '../model/value.ts';
import type { DerivedRow, ReadTarget, RelationRow } from './relations/row.ts';
import type { LinkContext } from './resolve-target.ts';
import { surer } from './worlds.ts';

/** A derived relation as rows of the table, one a source type. */
export function toRows(derived: DerivedRow): readonly RelationRow[] {
  const { name, inverse, to } = derived;
  return derived.from.map((from) => ({
    from,
    path: '',
    to,
    name,
    inverse,
    walks: true,
    read: (_found, resource, _row, context) => followChains(resource, derived, context),
  }));
}

interface Step {
  readonly at: Resource;
  readonly uncertain?: Cause;
  readonly attributes?: ObjectValue;
}

function followChains(
  resource: Resource,
  { through, to }: DerivedRow,
  context: LinkContext,
): readonly ReadTarget[] {
  const found = new Map<Resource, ReadTarget>();
  const open: ReadTarget[] = [];
  const ends = new Set<Resource>();
  for (const chain of through) {
    for (const target of followChain(resource, chain, context, ends)) {
      if (target.to === undefined) open.push(target);
      else if (to.includes('*') || to.includes(target.to.type)) keepSurest(found, target.to, target);
    }
  }
  // As with a relation of its own: where nothing is known of what nobody scanned, its absence is not known either.
  const [end] = found.size === 0 ? ends : [];
  if (end !== undefined) open.push({ cause: outside(end), partial: true });
  return [...found.values(), ...open];
}

/** Of several ways to one resource any will do. */
function keepSurest(found: Map<Resource, ReadTarget>, to: Resource, target: ReadTarget): void {
  const known = found.get(to);
  found.set(to, known === undefined ? target : surer(known, target));
}

/** Far ends of one chain; `ends` gathers what nobody scanned and leads no further. */
function followChain(
  resource: Resource,
  chain: readonly string[],
  context: LinkContext,
  ends: Set<Resource>,
): readonly ReadTarget[] {
  const open: ReadTarget[] = [];
  let steps: readonly Step[] = [{ at: resource }];
  for (const relation of chain) {
    const next: Step[] = [];
    for (const step of steps) {
      const { edges, incomplete } = context.related(step.at, relation);
      if (incomplete !== undefined) open.push({ cause: incomplete, partial: true });
      if (edges.length === 0 && step.at.external === true) ends.add(step.at);
      for (const edge of edges) {
        if (edge.to === undefined) open.push({ ...(edge.cause === undefined ? {} : { cause: edge.cause }) });
        else next.push(stepOver(step, edge, edge.to, resource));
      }
    }
    steps = next;
  }
  return [...steps.map(({ at, ...rest }) => ({ to: at, ...rest })), ...open];
}

/** What nobody scanned may lead further than is known. */
function outside({ name }: Resource): Cause {
  return {
    code: 'outside',
    message: `\`${name}\` is not in the scan`,
    remedy: 'include its template or account in the scan, or declare what it leads to in headgate.yaml',
  };
}

function stepOver(step: Step, edge: Relation, to: Resource, start: Resource): Step {
  // What stands under the condition of the start stands whenever the start does.
  const isOwn = isNoFurtherDoubt(to.uncertain, start.uncertain);
  const uncertain = bothDoubts(bothDoubts(step.uncertain, edge.uncertain), isOwn ? undefined : to.uncertain);
  const attributes = { ...step.attributes, ...edge.attributes };
  return {
    at: to,
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}
