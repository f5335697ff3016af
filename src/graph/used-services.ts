import { lookup } from '../model/lookup.ts';
import type { PolicyStatement, ResourceGraph, StatementSet, UsedService } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { Reference, isObjectValue, type Cause, type Value } from '../model/value.ts';
import { findValues, valueAt } from './property-path.ts';
import { resolveTargets, type LinkContext } from './resolve-target.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';

type UsedServices = ReturnType<ResourceGraph['usedServices']>;

/** IAM action prefix -> name of the service's VPC endpoint. */
const endpointNames: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb',
  s3: 's3',
  secretsmanager: 'secretsmanager',
  sqs: 'sqs',
  sns: 'sns',
  events: 'events',
  states: 'states',
  kms: 'kms',
  xray: 'xray',
  logs: 'logs',
  cloudwatch: 'monitoring',
  sts: 'sts',
  ssm: 'ssm',
  lambda: 'lambda',
  kinesis: 'kinesis-streams',
  firehose: 'kinesis-firehose',
  scheduler: 'scheduler',
};

/** Resource type -> the service that a function calls when its environment names one. */
const serviceOfType: readonly (readonly [prefix: string, service: string])[] = [
  ['AWS::DynamoDB::', 'dynamodb'],
  ['AWS::S3::', 's3'],
  ['AWS::SecretsManager::', 'secretsmanager'],
  ['AWS::SQS::', 'sqs'],
  ['AWS::SNS::', 'sns'],
  ['AWS::Events', 'events'],
  ['AWS::StepFunctions::', 'states'],
  ['AWS::KMS::', 'kms'],
  ['AWS::SSM::', 'ssm'],
  ['AWS::Lambda::Function', 'lambda'],
  ['AWS::Kinesis::', 'kinesis-streams'],
  ['AWS::KinesisFirehose::', 'kinesis-firehose'],
];

/**
 * Actions that the Lambda service itself takes with the function's role, from outside of the VPC:
 * shipping logs, polling event sources, tending network interfaces.
 */
const takenByService: ReadonlySet<string> = new Set([
  'logs:createloggroup',
  'logs:createlogstream',
  'logs:putlogevents',
  'logs:describelogstreams',
  'logs:describeloggroups',
  'sqs:receivemessage',
  'sqs:deletemessage',
  'sqs:getqueueattributes',
  'sqs:getqueueurl',
  'sqs:changemessagevisibility',
  'kinesis:describestream',
  'kinesis:describestreamsummary',
  'kinesis:describestreamconsumer',
  'kinesis:getrecords',
  'kinesis:getsharditerator',
  'kinesis:listshards',
  'kinesis:liststreams',
  'kinesis:subscribetoshard',
  'dynamodb:describestream',
  'dynamodb:getrecords',
  'dynamodb:getsharditerator',
  'dynamodb:liststreams',
]);

/** Actions that write traces: what counts for them is the function's tracing mode. */
const tracing = 'xray';

/**
 * Actions on a key that encrypted queues, topics, buckets, tables and secrets take in the caller's
 * name. The role needs them, and yet the function calls no endpoint of KMS.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
const takenOnBehalf = /^kms:(decrypt|encrypt|generatedatakey|reencrypt|describekey|creategrant)/;

/**
 * The services whose endpoints a function calls: what its role allows, what its environment names,
 * X-Ray where tracing is active. A wildcard over all services only makes each possible.
 */
export function usedServices(resource: Resource, context: LinkContext): UsedServices {
  const set = context.identityStatements(resource);
  const isPolled = context.related(resource, 'eventSourceMappings').edges.length > 0;
  const found = new Map(
    allowedServices(set, { isPolled, destinations: destinationsOf(resource, context) }, context),
  );
  const note: Note = (used) => {
    keepSurest(found, used);
  };
  noteEnvironment(resource, context, note);
  noteTracing(resource, note);
  const services = [...found.values()].sort((left, right) => (left.service < right.service ? -1 : 1));
  return { services, ...(set.incomplete === undefined ? {} : { incomplete: set.incomplete }) };
}

type Note = (used: UsedService) => void;
type Services = ReadonlyMap<string, UsedService>;

function keepSurest(found: Map<string, UsedService>, used: UsedService): void {
  const known = found.get(used.service);
  if (known === undefined || (known.uncertain !== undefined && used.uncertain === undefined)) {
    found.set(used.service, used);
  }
}

/** What the Lambda service does for a function with the function's role. */
interface Delegated {
  readonly isPolled: boolean;
  /** Where the service sends what failed or succeeded. */
  readonly destinations: ReadonlySet<Resource>;
}

function destinationsOf(lambda: Resource, context: LinkContext): ReadonlySet<Resource> {
  const far = (from: Resource, relation: string): Resource[] =>
    context.related(from, relation).edges.flatMap(({ to }) => (to === undefined ? [] : [to]));
  const configs = [...far(lambda, 'eventInvokeConfigs'), ...far(lambda, 'eventSourceMappings')];
  return new Set([
    ...far(lambda, 'deadLetterQueue'),
    ...configs.flatMap((config) => [...far(config, 'onFailure'), ...far(config, 'onSuccess')]),
  ]);
}

const ofPolled = new WeakMap<StatementSet, Services>();
const ofOthers = new WeakMap<StatementSet, Services>();

/** Services that a role's statements allow; functions that share a role and have no destinations share the answer. */
function allowedServices(set: StatementSet, delegated: Delegated, context: LinkContext): Services {
  const answers = delegated.isPolled ? ofPolled : ofOthers;
  const isShared = delegated.destinations.size === 0;
  const known = isShared ? answers.get(set) : undefined;
  if (known !== undefined) return known;
  const found = new Map<string, UsedService>();
  for (const statement of set.statements) {
    if (isForDestinations(statement, delegated.destinations, context)) continue;
    noteStatement(statement, delegated.isPolled, context, (used) => {
      keepSurest(found, used);
    });
  }
  if (isShared) answers.set(set, found);
  return found;
}

function isForDestinations(
  { holder, resources }: PolicyStatement,
  destinations: ReadonlySet<Resource>,
  context: LinkContext,
): boolean {
  if (destinations.size === 0 || resources.length === 0) return false;
  return resources.every((value) => {
    const [target] = resolveTargets(value, { from: holder, types: ['*'] }, context);
    return target?.to !== undefined && destinations.has(target.to);
  });
}

function noteStatement(
  statement: PolicyStatement,
  isPolled: boolean,
  context: LinkContext,
  note: Note,
): void {
  if (statement.effect !== 'Allow') return;
  if (statement.notActions.length > 0) noteAll(statement.notActions, 'NotAction', note);
  for (const action of statement.actions) {
    const text = toSymbolicText(action)?.text.toLowerCase();
    if (text === undefined || isTakenByService(text, isPolled)) continue;
    const [prefix = '', name = ''] = text.split(':');
    if (prefix === '*') noteAll([], '*', note);
    const service = lookup(endpointNames, prefix);
    if (service === undefined || service === tracing) continue;
    const onBehalf = takenOnBehalf.test(text);
    if (onBehalf && statement.resources.every((key) => isKeyOfData(key, context))) continue;
    note({
      service,
      because: `role statement allows ${typeof action === 'string' ? action : `${prefix}:${name}`}`,
      ...doubt(statement.unresolved ?? (onBehalf ? perhapsOnBehalf : undefined)),
    });
  }
}

function isKeyOfData(value: Value, context: LinkContext): boolean {
  const key = value instanceof Reference ? context.index.byId(value.resourceId) : undefined;
  return key !== undefined && context.related(key, 'keyOf').edges.length > 0;
}

const perhapsOnBehalf: Cause = {
  code: 'code',
  message:
    'the role may use a key, which encrypted data needs too, so whether the code itself calls KMS is not known',
  remedy: 'scan what the key encrypts along, or bring the evidence by hand',
};

function doubt(uncertain: Cause | undefined): { readonly uncertain?: Cause } {
  return uncertain === undefined ? {} : { uncertain };
}

function noteAll(excluded: readonly Value[], form: string, note: Note): void {
  const without = new Set(excluded.map((action) => String(action).split(':')[0]?.toLowerCase()));
  const cause: Cause = {
    code: 'code',
    message: `the role allows every action (${form}), which does not say which services the code calls`,
    remedy: 'grant the actions that the function needs',
  };
  for (const [prefix, service] of Object.entries(endpointNames)) {
    if (without.has(prefix) || service === tracing) continue;
    note({ service, because: `role statement allows ${form}`, uncertain: cause });
  }
}

/** Log delivery is never the function's call; polling is not where an event source mapping does it. */
function isTakenByService(action: string, isPolled: boolean): boolean {
  return takenByService.has(action) && (isPolled || action.startsWith('logs:'));
}

function noteEnvironment(lambda: Resource, context: LinkContext, note: Note): void {
  for (const { value, path, uncertain } of findValues(lambda.properties, [
    'Environment',
    'Variables',
    '{}',
  ])) {
    const variable = String(path.at(-1));
    const text = toSymbolicText(value);
    if (text === undefined) continue;
    for (const piece of text.pieces.values()) {
      const named = piece instanceof Reference ? context.index.byId(piece.resourceId) : undefined;
      const service = named === undefined ? undefined : serviceOf(named.type);
      if (named === undefined || service === undefined) continue;
      note({ service, because: `environment variable ${variable} names ${named.name}`, ...doubt(uncertain) });
    }
  }
}

function serviceOf(type: string): string | undefined {
  return serviceOfType.find(([prefix]) => type.startsWith(prefix))?.[1];
}

function noteTracing(lambda: Resource, note: Note): void {
  const { TracingConfig } = lambda.properties;
  const mode = isObjectValue(TracingConfig) ? valueAt(TracingConfig, 'Mode') : TracingConfig;
  // The service's own daemon sends the segments of active tracing from inside the function's network.
  if (mode === 'Active') note({ service: tracing, because: 'TracingConfig.Mode is Active' });
}
