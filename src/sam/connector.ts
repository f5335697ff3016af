import { scalarText } from '../model/scalar-text.ts';
import { toPointer } from '../model/location.ts';
import { isRawObject, member } from '../text/raw.ts';
import { asMap, checkProperties } from './check-properties.ts';
import { connectorProfiles, type ConnectorProfile } from './connector-profiles.ts';
import { ConnectorEnd } from './connector-end.ts';
import type { Cause } from './cause.ts';
import { addDependency, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { isGiven, isMap, isTruthy, listOf, namedResource, omit, pick, type Tree } from './tree.ts';

/** Turns the `Connectors` of resources into connectors of their own, named after both. */
export function addEmbeddedConnectors(context: SamContext): void {
  for (const [id, resource] of [...context.resources]) {
    const written = resource['Connectors'];
    if (!Object.hasOwn(resource, 'Connectors')) continue;
    context.resources.set(id, omit(resource, ['Connectors']));
    if (!isRawObject(written)) {
      context.problem(
        toPointer(['Resources', id, 'Connectors']),
        `\`${id}\`: \`Connectors\` should be a map`,
      );
      continue;
    }
    for (const [name, value] of Object.entries(written)) {
      const connectorId = id + name;
      context.embedded.set(connectorId, { id, name });
      context.for(connectorId, () => {
        addEmbedded(id, name, value, context);
      });
    }
  }
}

function addEmbedded(id: string, name: string, value: unknown, context: SamContext): void {
  const connectorId = id + name;
  if (!isRawObject(value)) throw new SamProblem('it should be a map');
  const properties = value['Properties'];
  if (!isMap(properties) || !isTruthy(properties)) throw new SamProblem('`Properties` should be a map');
  if (context.resources.has(connectorId)) {
    throw new SamProblem(`it makes a resource \`${connectorId}\`, but the template has one of that id`);
  }
  const reference = properties['SourceReference'];
  const other = isGiven(reference) ? asMap(reference, 'SourceReference') : {};
  if (Object.hasOwn(other, 'Id')) {
    throw new SamProblem("`Id` shouldn't be defined in `SourceReference`", ['SourceReference', 'Id']);
  }
  context.resources.set(connectorId, {
    Type: 'AWS::Serverless::Connector',
    ...pick(value, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'DependsOn', 'Metadata']),
    Properties: { ...omit(properties, ['SourceReference']), Source: { Id: id, ...other } },
  });
}

/** AWS::Serverless::Connector: policies by which one resource may use another. */
export function expandConnector(resource: SamResource, context: SamContext): void {
  const { id, type, properties, raw } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  for (const name of ['Source', 'Destination', 'Permissions']) {
    if (isTruthy(properties[name])) continue;
    throw new SamProblem(
      name === 'Permissions' && isGiven(properties[name])
        ? '`Permissions` cannot be empty; valid values are: Read, Write'
        : `the required property \`${name}\` is missing`,
    );
  }
  const written = properties['Destination'];
  for (const [index, destination] of listOf(written).entries()) {
    const pair = { id, source: properties['Source'], destination, permissions: properties['Permissions'] };
    const suffix = Array.isArray(written) ? `Destination${index}` : '';
    const place = context.embedded.get(id);
    const cause = place === undefined ? { id } : { id: place.id, connector: place.name };
    const attributes = pick(raw, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'DependsOn']);
    emitPair({ ...pair, suffix, cause, attributes, metadata: raw['Metadata'] }, context);
  }
  context.renamed.set(id, id);
}

/** One source and one destination, and what their connector makes. */
export interface ConnectorPair {
  /** Logical id that all parts begin with. */
  readonly id: string;
  readonly source: unknown;
  readonly destination: unknown;
  readonly permissions: unknown;
  readonly cause: Cause;
  readonly attributes: Tree;
  /** Metadata of the connector itself. */
  readonly metadata?: unknown;
  /** What tells the parts of several destinations apart. */
  readonly suffix?: string;
}

/** Makes the policy or permission of one pair. @throws SamProblem where the pair is not supported. */
export function emitPair(pair: ConnectorPair, context: SamContext): void {
  const source = new ConnectorEnd(pair.source, 'Source', context);
  const destination = new ConnectorEnd(pair.destination, 'Destination', context);
  const profile = connectorProfiles[`${source.type} ${destination.type}`];
  if (profile === undefined) {
    throw new SamProblem(
      `a connector from ${source.type} to ${destination.type} cannot be made; it is not supported or the template is invalid`,
    );
  }
  const ends = { Source: source, Destination: destination };
  const chosen = chosenAccess(profile, pair.permissions, source.type, destination.type);
  const filled = chosen.map((access) => [access, fill(profile.access[access], ends)] as const);
  const parts = { pair, suffix: pair.suffix ?? '', ends, context };
  if (profile.kind === 'permission') {
    for (const [access, made] of filled) {
      emit(
        parts,
        `${pair.id}${access}LambdaPermission${parts.suffix}`,
        'AWS::Lambda::Permission',
        made as Tree,
      ); // data of ours
    }
    return;
  }
  const document = { Version: '2012-10-17', Statement: filled.flatMap(([, made]) => listOf(made)) };
  if (profile.kind === 'role') emitPolicy(parts, profile, document);
  else emitResourcePolicy(parts, profile.kind, document);
}

interface Parts {
  readonly pair: ConnectorPair;
  readonly suffix: string;
  readonly ends: { readonly Source: ConnectorEnd; readonly Destination: ConnectorEnd };
  readonly context: SamContext;
}

/** What the author asks for, in the order of the profile; some pairs allow all or nothing. */
function chosenAccess(
  profile: ConnectorProfile,
  written: unknown,
  source: string,
  destination: string,
): string[] {
  const wanted = listOf(written).map(scalarText);
  const known = Object.keys(profile.access);
  const both = 'Read+Write';
  const asked = [...new Set(wanted)].sort().join('+');
  if (known.includes(both) && asked === both) return [both];
  const single = known.filter((access) => access !== both);
  const unknown = wanted.find((access) => !single.includes(access));
  if (unknown === undefined) return single.filter((access) => wanted.includes(access));
  const words = known.map((access) => access.replace('+', ' + ')).join(', ');
  throw new SamProblem(
    `unsupported \`Permissions\` for a connector from ${source} to ${destination}; valid are: ${words}`,
    ['Permissions'],
  );
}

function fill(tree: unknown, ends: Parts['ends']): unknown {
  if (Array.isArray(tree)) return tree.map((item) => fill(item, ends));
  if (isRawObject(tree)) {
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, fill(value, ends)]));
  }
  const [, end, name] = typeof tree === 'string' ? (/^@(Source|Destination)\.(\w+)@$/.exec(tree) ?? []) : [];
  if (end === undefined || name === undefined) return tree;
  return ends[end === 'Source' ? 'Source' : 'Destination'].value(name, ends);
}

function emit({ pair, ends, context }: Parts, id: string, type: string, properties: Tree): void {
  const types = {
    Source: { Type: ends.Source.writtenType },
    Destination: { Type: ends.Destination.writtenType },
  };
  const made = {
    Type: type,
    ...pair.attributes,
    Metadata: {
      ...(isRawObject(pair.metadata) ? pair.metadata : {}),
      'aws:sam:connectors': { [pair.id]: types },
    },
    Properties: properties,
  };
  context.emit(id, made, pair.cause);
}

function emitPolicy(parts: Parts, profile: ConnectorProfile, document: Tree): void {
  const { ends, pair, suffix, context } = parts;
  const role = ends[profile.role ?? 'Source'].roleName(
    profile.role === 'Source' ? ends.Destination : ends.Source,
  );
  const policyId = `${pair.id}Policy${suffix}`;
  emit(parts, policyId, 'AWS::IAM::ManagedPolicy', { PolicyDocument: document, Roles: [role] });
  if (profile.role === 'Destination') dependOnPolicy(ends, policyId, context);
  if (startsItself(ends) && ends.Source.id !== undefined) {
    const machine = context.edit(ends.Source.id);
    if (machine !== undefined) addDependency(machine, policyId, ends.Source.id);
  }
}

/** A machine that waits for another one is checked for its rights when it is made. */
function startsItself({ Source, Destination }: Parts['ends']): boolean {
  const type = 'AWS::StepFunctions::StateMachine';
  return Source.type === type && Destination.type === type;
}

const mappingIds = new WeakMap<SamContext, readonly string[]>();

/** Ids of all event source mappings; connectors come last, so that none is added after the first call. */
function mappingsOf(context: SamContext): readonly string[] {
  const known = mappingIds.get(context);
  if (known !== undefined) return known;
  const all = [...context.output, ...context.resources];
  const found = all.flatMap(([id, { Type }]) => (Type === 'AWS::Lambda::EventSourceMapping' ? [id] : []));
  mappingIds.set(context, found);
  return found;
}

/** A mapping cannot be made before its function may read the source. */
function dependOnPolicy(ends: Parts['ends'], policyId: string, context: SamContext): void {
  for (const id of mappingsOf(context)) {
    const properties = (context.output.get(id) ?? context.resources.get(id))?.['Properties'];
    const isFor =
      namedResource(member(properties, 'FunctionName')) === ends.Destination.id &&
      namedResource(member(properties, 'EventSourceArn')) === ends.Source.id;
    const edited = isFor ? context.edit(id) : undefined;
    if (edited !== undefined) addDependency(edited, policyId, id);
  }
}

function emitResourcePolicy(parts: Parts, kind: 'topic' | 'queue', document: Tree): void {
  const { ends, pair, suffix } = parts;
  const isTopic = kind === 'topic';
  const target = ends.Destination.value(isTopic ? 'Arn' : 'QueueUrl', ends);
  const id = `${pair.id}${isTopic ? 'Topic' : 'Queue'}Policy${suffix}`;
  emit(parts, id, `AWS::${isTopic ? 'SNS::Topic' : 'SQS::Queue'}Policy`, {
    PolicyDocument: document,
    [isTopic ? 'Topics' : 'Queues']: [target],
  });
}
