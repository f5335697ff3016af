import type { Path, Value } from '../model/value.ts';
import type { Context, Node, Observation } from './node.ts';
import { not, type Truth } from './truth.ts';

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
  return context.silent ? context : { ...context, observations: [] };
}

/** The context inside of a negation: what is observed there is expected not to hold. */
export function negated(context: Context): Context {
  return context.silent ? context : { ...context, negated: !context.negated };
}

/** Keeps the resources that a question led to, the asker aside. */
export function relate(context: Context, asker: Node, members: readonly Node[]): void {
  if (context.silent) return;
  for (const { resource } of members) if (resource !== asker.resource) context.related.add(resource);
}
