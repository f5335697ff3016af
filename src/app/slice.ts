import { linkGraph } from '../graph/link-graph.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Flow, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { SliceRequest } from '../model/slice.ts';
import type { SourceReading } from '../model/source.ts';
import { plural } from '../report/plain-text.ts';
import { isArrayValue, isObjectValue, type Value } from '../model/value.ts';

/** Relations from a resource to what it needs to work, or hands its work to. */
const leansOn = [
  ...['api', 'apiResource', 'integration', 'integrationFunction', 'integrationTargets', 'models'],
  ...['authorizer', 'authorizerFunction', 'userPools', 'requestValidator', 'certificate', 'webAcl'],
  ...['accessLogs', 'ruleGroups', 'ipSets', 'stageMethods', 'functions', 'function', 'version'],
  ...['role', 'managedPolicies', 'permissionsBoundary', 'kmsKey', 'primaryKey', 'codeSigningConfig'],
  ...['signingProfiles', 'layers', 'fileSystems', 'logGroup', 'logGroups', 'uses', 'deadLetterQueue'],
  ...['onFailure', 'onSuccess', 'subnets', 'securityGroups', 'vpc', 'endpoints', 'routeTables'],
  ...['bus', 'connection', 'targets', 'enrichment', 'consumers', 'source', 'subscribers', 'loggingTarget'],
  ...['notificationTargets', 'workflowTargets', 'rotationFunction', 'replicas'],
];

/** Relations to what is there for a resource alone, or watches it. */
const belongsTo = [
  ...['policies', 'resourcePolicies', 'permissions', 'urls', 'aliases', 'versions', 'eventInvokeConfigs'],
  ...['provisionedConcurrency', 'scalableTargets', 'scalingPolicies', 'eventSourceMappings', 'mappings'],
  ...['stages', 'methods', 'routes', 'apiIntegrations', 'authorizers', 'requestValidators', 'apiModels'],
  ...['usagePlans', 'domainNames', 'pathMappings', 'frontedBy', 'aclAssociations', 'loggingConfigurations'],
  ...['subscriptions', 'archives', 'rotationSchedules', 'targetAttachments', 'subscriptionFilters'],
  ...['metricFilters', 'queryDefinitions', 'alarms', 'dashboards', 'userPoolClients', 'ingressRules'],
  ...['egressRules', 'routeTableAssociations', 'notificationConfigurations'],
];

/** What a slice is found in: the resources so far, with what may be missing, and where that was read. */
export interface SliceSource {
  readonly reading: SourceReading;
  /** "account 111122223333, eu-west-1". */
  readonly where: string;
  /** ARNs that have the tags, where somebody was asked; else the resources' own tags say so. */
  readonly tagged?: ReadonlySet<string>;
}

/**
 * Ids of the resources of a slice.
 * @throws HeadgateError `slice-unknown` where a name, a tag or a flow is not there, or a name means several.
 */
export function sliceOf(source: SliceSource, request: SliceRequest): ReadonlySet<string> {
  const graph = linkGraph(source.reading);
  const roots = [
    ...request.resources.map((name) => rootOf(name, graph, source)),
    ...taggedRoots(graph, source, request),
  ];
  const ids = new Set(roots.map(({ id }) => id));
  const flows = [
    ...graph.flows.filter((flow) => membersOf(flow).some(({ id }) => ids.has(id))),
    ...request.flows.flatMap((each) => flowsOf(each, graph, source)),
  ];
  return closure([...roots, ...flows.flatMap(membersOf)], graph);
}

function membersOf(flow: Flow): readonly Resource[] {
  return [flow.entry, ...[...flow.nodes.values()].flat()];
}

function closure(start: readonly Resource[], graph: ResourceGraph): ReadonlySet<string> {
  // A set goes through what is added to it on the way.
  const all = new Set(start.filter(isOwn));
  for (const resource of all)
    for (const relation of [...leansOn, ...belongsTo])
      for (const { to } of graph.related(resource, relation).edges)
        if (to !== undefined && isOwn(to)) all.add(to);
  return new Set([...all].map(({ id }) => id));
}

/** The hub stands in every flow, and is no part of one. */
function isOwn({ external, type }: Resource): boolean {
  return external !== true && !type.startsWith('Headgate::') && type !== 'AWS::SecurityHub::Hub';
}

function rootOf(name: string, graph: ResourceGraph, { reading, where }: SliceSource): Resource {
  const wanted = identityOf(name);
  const exact = graph.resources.filter((each) => isOwn(each) && wanted(each));
  const found =
    exact.length > 0 ? exact : graph.resources.filter((each) => isOwn(each) && each.name === name);
  const [first, ...others] = found;
  if (first !== undefined && (others.length === 0 || exact.length > 0)) return first;
  if (first !== undefined)
    throw unknownSlice(
      `\`${name}\` is the name of ${plural(found.length, 'resource')} in ${where}; use one of: ${listOf(found.map(({ id }) => id))}.`,
    );
  const [missing] = reading.incomplete.filter(({ cause }) => cause.code !== 'not-collected');
  const hint =
    missing === undefined
      ? 'check the ARN, the account and --region'
      : `check the ARN, the account and --region; not everything could be listed (${missing.cause.message})`;
  throw unknownSlice(`\`${name}\` was not found in ${where}; ${hint}.`);
}

/** An alias or version is read with its function, and calls of an API with the API. */
function identityOf(name: string): (resource: Resource) => boolean {
  const [, ofFunction] = /^(arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+):[^:]+$/.exec(name) ?? [];
  const [, apiId] = /^arn:[^:]+:execute-api:[^:]*:\d*:([^/]+)/.exec(name) ?? [];
  const plain = ofFunction ?? name.replace(/(?<=:log-group:[^:]+):\*$/, '');
  return ({ id, arn, properties }) =>
    id === plain ||
    arn === plain ||
    (apiId !== undefined && (properties['RestApiId'] ?? properties['ApiId']) === apiId && arn !== undefined);
}

function taggedRoots(
  graph: ResourceGraph,
  { tagged, where }: SliceSource,
  { tags }: SliceRequest,
): readonly Resource[] {
  if (tags.length === 0) return [];
  const keys = new Set(tags.map(({ key }) => key));
  const hasTags = ({ properties }: Resource): boolean => {
    const own = tagsOf(properties['Tags']);
    return [...keys].every((key) => tags.some((tag) => tag.key === key && own.get(key) === tag.value));
  };
  const roots = graph.resources.filter(
    (each) => isOwn(each) && (tagged === undefined ? hasTags(each) : tagged.has(each.arn ?? each.id)),
  );
  if (roots.length > 0) return roots;
  const text = tags.map(({ key, value }) => `${key}=${value}`).join(', ');
  throw unknownSlice(
    `No resource that Headgate reads in ${where} has the tag ${text}; check the tag and --region.`,
  );
}

function tagsOf(value: Value | undefined): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const add = (key: Value | undefined, text: Value | undefined): void => {
    if (typeof key === 'string' && typeof text === 'string') tags.set(key, text);
  };
  if (value === undefined) return tags;
  if (isArrayValue(value)) {
    for (const tag of value) if (isObjectValue(tag)) add(tag['Key'], tag['Value']);
  } else if (isObjectValue(value)) for (const [key, text] of Object.entries(value)) add(key, text);
  return tags;
}

function flowsOf(
  { diagram, entry: name }: SliceRequest['flows'][number],
  graph: ResourceGraph,
  { where }: SliceSource,
): readonly Flow[] {
  const ofDiagram = graph.flows.filter((flow) => flow.diagram === diagram);
  const wanted = identityOf(name);
  const found = ofDiagram.filter(
    ({ entry }) => wanted(entry) || entry.name === name || entry.name.startsWith(`${name}/`),
  );
  if (found.length > 0) return found;
  const known =
    ofDiagram.length === 0 ? 'it has none' : `there are: ${listOf(ofDiagram.map(({ entry }) => entry.name))}`;
  throw unknownSlice(`No ${diagram} flow in ${where} starts at \`${name}\`; ${known}.`);
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function unknownSlice(message: string): HeadgateError {
  return new HeadgateError('slice-unknown', message);
}
