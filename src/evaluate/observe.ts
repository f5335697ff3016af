import type { Path, Value } from '../model/value.ts';
import type { Context, Node, Observation } from './node.ts';
import { not, type Truth } from '../model/truth.ts';

/** A leaf that was held against an expectation. */
export interface Leaf {
  readonly node: Node;
  readonly path: Path;
  readonly value: Value | undefined;
  readonly expected: string;
  readonly source?: Observation['source'];
  /** What is shown for the place, where that is no property. */
  readonly text?: string;
}

// What breaks or blocks a verdict is kept longer than what merely agrees with it.
const limit = { holds: 24, other: 48 };

/** Keeps a leaf as what a verdict may rest on; not to be called while the context is silent. */
export function observe(context: Context, holds: Truth, leaf: Leaf): void {
  const outcome = context.negated ? not(holds) : holds;
  if (context.observations.length >= (outcome === true ? limit.holds : limit.other)) return;
  const { node, path, value, expected, source, text } = leaf;
  context.observations.push({
    node,
    path,
    value,
    expected: context.negated ? `not ${expected}` : expected,
    holds: outcome,
    source,
    ...(text === undefined ? {} : { text }),
  });
}

/** The context for a question whose leaves are kept apart: no verdict rests on them, or not yet. */
export function unobserved(context: Context): Context {
  return context.silent ? context : derived(context, [], context.negated, context.bindings);
}

/** The context inside of a negation: what is observed there is expected not to hold. */
export function negated(context: Context): Context {
  return context.silent
    ? context
    : derived(context, context.observations, !context.negated, context.bindings);
}

/** Keeps the resources that a question led to, the asker aside. */
export function relate(context: Context, asker: Node, members: readonly Node[]): void {
  if (context.silent) return;
  for (const { resource } of members) if (resource !== asker.resource) context.related.add(resource);
}

/** The context in which a name, if there is one, stands for a node. */
export function bind(context: Context, name: string | undefined, node: Node): Context {
  if (name === undefined) return context;
  const bindings = { name, node, outer: context.bindings };
  return derived(context, context.observations, context.negated, bindings);
}

/** Member by member: a scan makes hundreds of thousands, and spreading one costs several times as much. */
function derived(
  { graph, rule, parameters, data, now, patternEngine, failing, silent, related, world }: Context,
  observations: Context['observations'],
  negated: boolean,
  bindings: Context['bindings'],
): Context {
  return {
    graph,
    rule,
    parameters,
    data,
    now,
    patternEngine,
    failing,
    bindings,
    observations,
    silent,
    related,
    negated,
    world,
  };
}
