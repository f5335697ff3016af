/** A node of a diagram and the requirements that it states. */
export interface StatingNode {
  readonly node: string;
  readonly requirements: readonly string[];
}

/** An arrow of a diagram and the requirements that it states. */
export interface StatingEdge {
  readonly from: string;
  readonly to: string;
  readonly requirements: readonly string[];
}

/** Nodes and arrows of a diagram, ready to be asked where a requirement stands. */
export interface FlowPlaces {
  readonly nodes: readonly StatingNode[];
  readonly edges: readonly StatingEdge[];
  readonly nodesOf: ReadonlyMap<string, readonly number[]>;
  readonly edgesOf: ReadonlyMap<string, readonly number[]>;
}

/** Prepares a diagram's nodes and arrows, each in the diagram's order. */
export function flowPlaces(nodes: readonly StatingNode[], edges: readonly StatingEdge[]): FlowPlaces {
  return { nodes, edges, nodesOf: byRequirement(nodes), edgesOf: byRequirement(edges) };
}

function byRequirement(
  stating: readonly { readonly requirements: readonly string[] }[],
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  stating.forEach(({ requirements }, index) => {
    for (const requirement of new Set(requirements))
      found.set(requirement, [...(found.get(requirement) ?? []), index]);
  });
  return found;
}

/** Name of an arrow among the places of a flow. */
export function edgeName({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from}->${to}`;
}

/**
 * The one place of a flow's diagram at which a verdict is counted: an index into the nodes, or the number of
 * nodes plus an index into the arrows. Nodes come before arrows: what a node states is counted there wherever it
 * was decided, at best on what fills the node. What the diagram does not state is counted where the resource is.
 * `own` are the nodes that the resource fills, `filled` those that anything does, both in the diagram's order.
 */
export function placeInFlow(
  { nodes, edges, nodesOf, edgesOf }: FlowPlaces,
  requirement: string,
  own: readonly number[],
  filled: ReadonlySet<number>,
): number {
  const stating = nodesOf.get(requirement) ?? [];
  const node =
    stating.find((index) => own.includes(index)) ?? stating.find((index) => filled.has(index)) ?? stating[0];
  if (node !== undefined) return node;
  const arrows = edgesOf.get(requirement) ?? [];
  const touches = (index: number): boolean =>
    own.some((at) => nodes[at]?.node === edges[index]?.from || nodes[at]?.node === edges[index]?.to);
  const edge = arrows.find(touches) ?? arrows[0];
  if (edge !== undefined) return nodes.length + edge;
  return own[0] ?? [...filled][0] ?? 0;
}
