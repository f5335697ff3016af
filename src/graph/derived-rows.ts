import type { Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Cause, ObjectValue } from '../model/value.ts';
import type { DerivedRow, ReadTarget, RelationRow } from './relations/row.ts';
import type { LinkContext } from './resolve-target.ts';

/** A derived relation as rows of the table, one a source type. */
export function toRows(derived: DerivedRow): readonly RelationRow[] {
  const { name, inverse, to } = derived;
  return derived.from.map((from) => ({
    from,
    path: '',
    to,
    name,
    inverse,
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
  for (const chain of through) {
    for (const target of followChain(resource, chain, context)) {
      if (target.to === undefined) open.push(target);
      else if (to.includes('*') || to.includes(target.to.type)) keepSurest(found, target.to, target);
    }
  }
  return [...found.values(), ...open];
}

/** Of two ways to one resource the undoubted one counts. */
function keepSurest(found: Map<Resource, ReadTarget>, to: Resource, target: ReadTarget): void {
  const known = found.get(to);
  if (known === undefined || (known.uncertain !== undefined && target.uncertain === undefined))
    found.set(to, target);
}

function followChain(
  resource: Resource,
  chain: readonly string[],
  context: LinkContext,
): readonly ReadTarget[] {
  const open: ReadTarget[] = [];
  let steps: readonly Step[] = [{ at: resource }];
  for (const relation of chain) {
    const next: Step[] = [];
    for (const step of steps) {
      const { edges, incomplete } = context.related(step.at, relation);
      if (incomplete !== undefined) open.push({ cause: incomplete, partial: true });
      for (const edge of edges) {
        if (edge.to === undefined) open.push({ ...(edge.cause === undefined ? {} : { cause: edge.cause }) });
        else next.push(stepOver(step, edge, edge.to, resource));
      }
    }
    steps = next;
  }
  return [...steps.map(({ at, ...rest }) => ({ to: at, ...rest })), ...open];
}

function stepOver(step: Step, edge: Relation, to: Resource, start: Resource): Step {
  // What stands under the condition of the start stands whenever the start does.
  const own = to.uncertain?.message === start.uncertain?.message ? undefined : to.uncertain;
  const uncertain = step.uncertain ?? edge.uncertain ?? own;
  const attributes = { ...step.attributes, ...edge.attributes };
  return {
    at: to,
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}
