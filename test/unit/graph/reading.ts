import { linkGraph, type LinkOptions } from '../../../src/graph/link-graph.ts';
import type { RelatedSet, ResourceGraph } from '../../../src/model/resource-graph.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { Reference, type Cause, type ObjectValue, type Path } from '../../../src/model/value.ts';

/** A resource as tests write it: type and already resolved properties. */
export interface ResourceBody {
  readonly Type: string;
  readonly Properties?: ObjectValue;
  readonly uncertain?: Cause;
  readonly stack?: string;
  readonly scope?: string;
}

/** Logical id -> body. */
export type Bodies = Readonly<Record<string, ResourceBody>>;

/** A reading of one template, scope `app`, stack `main`. */
export function readingOf(bodies: Bodies, more: Partial<SourceReading> = {}): SourceReading {
  return {
    resources: Object.entries(bodies).map(([logicalId, body]) => resourceOf(logicalId, body)),
    inputs: [],
    skipped: [],
    diagnostics: [],
    positions: () => undefined,
    incomplete: [],
    suppressions: [],
    documents: new Map(),
    ...more,
  };
}

function resourceOf(logicalId: string, body: ResourceBody): Resource {
  const stack = body.stack ?? 'main';
  return {
    id: `${stack}/${logicalId}`,
    type: body.Type,
    name: logicalId,
    scope: body.scope ?? 'app',
    stack,
    logicalId,
    properties: body.Properties ?? {},
    ...(body.uncertain === undefined ? {} : { uncertain: body.uncertain }),
    locate: (path) => ({ file: `${stack}.json`, pointer: ['', 'Resources', logicalId, ...path].join('/') }),
  };
}

/** The linked graph of a test's resources. */
export function graphOf(
  bodies: Bodies,
  options: LinkOptions = {},
  more: Partial<SourceReading> = {},
): ResourceGraph {
  return linkGraph(readingOf(bodies, more), options);
}

/** `Ref` or `Fn::GetAtt` of a resource of the stack `main`. */
export function ref(logicalId: string, attribute?: string): Reference {
  return new Reference(`main/${logicalId}`, attribute);
}

/** The resource of a logical id in the stack `main`; throws when there is none. */
export function resource(graph: ResourceGraph, logicalId: string): Resource {
  const found = graph.byId(`main/${logicalId}`) ?? graph.resources.find(({ name }) => name === logicalId);
  if (found === undefined) throw new Error(`no resource ${logicalId}`);
  return found;
}

/** Answer along a relation, by logical id. */
export function related(
  graph: ResourceGraph,
  logicalId: string,
  relation: string,
  within?: Path,
): RelatedSet {
  return graph.related(resource(graph, logicalId), relation, within);
}

/** Names of the far ends along a relation; `?code` for an edge without one. */
export function namesOf(graph: ResourceGraph, logicalId: string, relation: string, within?: Path): string[] {
  return related(graph, logicalId, relation, within).edges.map(
    ({ to, cause }) => to?.name ?? `?${cause?.code ?? ''}`,
  );
}
