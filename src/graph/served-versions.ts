import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource, ServedVersion } from '../model/resource.ts';
import type { SourceReading } from '../model/source.ts';
import { isDeepStrictEqual } from 'node:util';
import { Unresolved, isArrayValue, isObjectValue, type Cause, type ObjectValue } from '../model/value.ts';

const latest = '$LATEST';

/**
 * The resources of a live account with each function as its entries invoke it. An alias or ARN leads to a published
 * version, which has a runtime, environment, role and network of its own; $LATEST counts where something invokes it, or
 * where nothing is seen to invoke the function at all. The first of several versions keeps the function's id, each other
 * one is a resource of its own. Where it is not known what invokes the function, what its versions differ in is unresolved.
 * The same resources, where no function has published versions. Versions in templates have no settings of their own.
 */
export function serveVersions(
  reading: SourceReading,
  link: (reading: SourceReading) => ResourceGraph,
): SourceReading {
  const versions = reading.resources.filter(isOfAccount);
  if (versions.length === 0) return reading;
  const graph = link(reading);
  const byFunction = new Map<string, Resource[]>();
  for (const version of versions) {
    const id = functionOf(version, graph)?.id;
    if (id !== undefined) byFunction.set(id, [...(byFunction.get(id) ?? []), version]);
  }
  let isChanged = false;
  const resources = reading.resources.flatMap((resource) => {
    const own = byFunction.get(resource.id);
    const served = own === undefined ? undefined : servedAs(resource, own, graph);
    isChanged ||= served !== undefined;
    return served ?? [resource];
  });
  return isChanged ? { ...reading, resources } : reading;
}

function isOfAccount({ type, uncertain, properties }: Resource): boolean {
  return type === 'AWS::Lambda::Version' && (uncertain !== undefined || properties.Settings !== undefined);
}

function functionOf(version: Resource, graph: ResourceGraph): Resource | undefined {
  return graph.related(version, 'function').edges[0]?.to;
}

/** The function as each version that serves; undefined where $LATEST alone does. */
function servedAs(
  found: Resource,
  versions: readonly Resource[],
  graph: ResourceGraph,
): readonly Resource[] | undefined {
  const { qualifiers, doubt } = invokedAs(found, graph);
  const serving = new Map<string, string[]>();
  let open = doubt ?? versions.find(({ uncertain }) => uncertain !== undefined)?.uncertain;
  if (open !== undefined && doubt === undefined && [...qualifiers].every((each) => each === latest))
    open = qualifiers.size === 0 ? open : undefined;
  for (const qualifier of qualifiers)
    for (const version of versionsBehind(qualifier, found, graph)) {
      if (version instanceof Unresolved) open ??= version.cause;
      else serving.set(version, [...(serving.get(version) ?? []), qualifier]);
    }
  if (open !== undefined) return [openFunction(found, versions, open)];
  if ([...serving.keys()].every((version) => version === latest)) return undefined;
  const known = new Map(versions.map((version) => [version.properties.Version, version]));
  return [...serving]
    .sort(
      ([left], [right]) => Number(right === latest) - Number(left === latest) || Number(left) - Number(right),
    )
    .map(([version, by], index) => asVersion(found, known.get(version), { version, qualifiers: by }, index));
}

interface Invoked {
  readonly qualifiers: ReadonlySet<string>;
  /** Why there may be others. */
  readonly doubt: Cause | undefined;
}

function invokedAs(found: Resource, graph: ResourceGraph): Invoked {
  const { edges, incomplete } = graph.related(found, 'invokers');
  const qualifiers = new Set<string>();
  let doubt = incomplete;
  for (const { attributes, uncertain, to } of edges) {
    const qualifier = attributes?.qualifier ?? latest;
    doubt ??= uncertain ?? to?.uncertain;
    if (typeof qualifier === 'string') qualifiers.add(qualifier);
    else if (qualifier instanceof Unresolved) doubt ??= qualifier.cause;
  }
  return { qualifiers, doubt };
}

/** Numbers of the versions that a qualifier leads to: two where an alias shares its calls out. */
function versionsBehind(
  qualifier: string,
  found: Resource,
  graph: ResourceGraph,
): readonly (string | Unresolved)[] {
  if (qualifier === latest || /^\d+$/.test(qualifier)) return [qualifier];
  const aliases = graph.related(found, 'aliases').edges.flatMap(({ to }) => (to === undefined ? [] : [to]));
  const alias = aliases.find(({ properties }) => properties.Name === qualifier);
  const doubt = aliases.find(({ uncertain }) => uncertain !== undefined)?.uncertain;
  const { FunctionVersion: version, RoutingConfig } = alias?.properties ?? {};
  if (typeof version !== 'string') return [new Unresolved(doubt ?? noAlias(qualifier, found))];
  const weights = isObjectValue(RoutingConfig) ? RoutingConfig.AdditionalVersionWeights : undefined;
  return [version, ...(isObjectValue(weights) ? Object.keys(weights) : [])];
}

function noAlias(qualifier: string, { name }: Resource): Cause {
  return {
    code: 'evidence',
    message: `\`${name}\` is invoked as \`${qualifier}\`, which is not among its aliases`,
    remedy: 'create the alias, or invoke one that exists',
  };
}

function asVersion(
  found: Resource,
  published: Resource | undefined,
  served: Omit<ServedVersion, 'functionId'>,
  index: number,
): Resource {
  const own =
    index === 0 ? {} : { id: `${found.id}:${served.version}`, name: `${found.name}:${served.version}` };
  const at = index === 0 || found.arn === undefined ? found.arn : `${found.arn}:${served.version}`;
  return {
    ...found,
    ...own,
    ...(at === undefined ? {} : { arn: at, locate: (path) => ({ arn: at, path }) }),
    served: { functionId: found.id, ...served },
    properties: served.version === latest ? found.properties : settingsOf(found, published, served.version),
  };
}

function settingsOf(found: Resource, published: Resource | undefined, version: string): ObjectValue {
  if (published === undefined) {
    const message = `version ${version} of \`${found.name}\` is invoked, and is not among its versions`;
    return openProperties(found, { code: 'evidence', message, remedy: 'invoke a version that exists' });
  }
  const { Settings, Without } = published.properties;
  const without = isArrayValue(Without) ? Without : [];
  const kept = Object.entries(found.properties).filter(([name]) => !without.includes(name));
  return { ...Object.fromEntries(kept), ...(isObjectValue(Settings) ? Settings : {}), Version: version };
}

/** What a function has for all of its versions together. */
const shared: ReadonlySet<string> = new Set([
  'Arn',
  'CodeSigningConfigArn',
  'FunctionName',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Tags',
]);

/** Settings that a version may have and $LATEST lacks. */
const settings = [
  'Architectures',
  'DeadLetterConfig',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'Handler',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'Role',
  'Runtime',
  'SigningProfileVersionArn',
  'SnapStart',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
];

function openProperties({ properties }: Resource, cause: Cause): ObjectValue {
  const open = [...settings, ...Object.keys(properties).filter((name) => !shared.has(name))];
  return { ...properties, ...Object.fromEntries(open.map((name) => [name, new Unresolved(cause)])) };
}

/** The function with all unresolved in which its versions differ. */
function openFunction(found: Resource, versions: readonly Resource[], cause: Cause): Resource {
  if (versions.some(({ uncertain }) => uncertain !== undefined))
    return { ...found, properties: openProperties(found, cause) };
  const differing = versions.flatMap(({ properties: { Settings, Without } }) => [
    ...(isObjectValue(Settings)
      ? Object.keys(Settings).filter((name) => !isDeepStrictEqual(Settings[name], found.properties[name]))
      : []),
    ...(isArrayValue(Without) ? Without.filter((name) => typeof name === 'string') : []),
  ]);
  const open = Object.fromEntries(differing.map((name) => [name, new Unresolved(cause)]));
  return { ...found, properties: { ...found.properties, ...open } };
}
