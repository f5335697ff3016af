import type { Truth } from '../model/truth.ts';
import { scalarText } from '../model/scalar-text.ts';
import { lookup } from '../model/lookup.ts';
import { bothDoubts, otherSide, plainDoubt } from '../model/conditions.ts';
import type { PolicyStatement, ResourceGraph, StatementSet, UsedService } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { Reference, Unresolved, type Cause, type Value } from '../model/value.ts';
import { findValues } from './property-path.ts';
import { namedByText } from './relations/use-readers.ts';
import { resolveTargets, type LinkContext } from './resolve-target.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { surer } from './worlds.ts';

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
  const polling = pollingOf(resource, context);
  const found = new Map(
    allowedServices(set, { ...polling, destinations: destinationsOf(resource, context) }, context),
  );
  const note: Note = (used) => {
    keepSurest(found, used);
  };
  noteEnvironment(resource, context, note);
  noteTracing(resource, note);
  const services = [...found.values()].sort((left, right) => (left.service < right.service ? -1 : 1));
  const incomplete = set.incomplete ?? openEnvironment(resource);
  return { services, ...(incomplete === undefined ? {} : { incomplete }) };
}

type Note = (used: UsedService) => void;
type Services = ReadonlyMap<string, UsedService>;

function keepSurest(found: Map<string, UsedService>, used: UsedService): void {
  const known = found.get(used.service);
  found.set(used.service, known === undefined ? used : surer(known, used));
}

interface Polling {
  readonly isPolled: boolean;
  /** Why it may not be polled after all. */
  readonly pollingDoubt?: Cause;
}

function pollingOf(lambda: Resource, context: LinkContext): Polling {
  const { edges } = context.related(lambda, 'eventSourceMappings');
  const doubts = edges.map(({ to, uncertain }) => bothDoubts(uncertain, to?.uncertain));
  const [doubt] = doubts;
  return doubt === undefined || doubts.includes(undefined)
    ? { isPolled: edges.length > 0 }
    : { isPolled: true, pollingDoubt: plainDoubt(doubt) };
}

/** What the Lambda service does for a function with the function's role. */
interface Delegated extends Polling {
  /** Where the service sends what failed or succeeded, and why it may not. */
  readonly destinations: ReadonlyMap<Resource, Cause | undefined>;
}

function destinationsOf(lambda: Resource, context: LinkContext): ReadonlyMap<Resource, Cause | undefined> {
  const far = (from: Resource, relation: string, doubt?: Cause): [Resource, Cause | undefined][] =>
    context
      .related(from, relation)
      .edges.flatMap(({ to, uncertain }) =>
        to === undefined ? [] : [[to, bothDoubts(doubt, bothDoubts(uncertain, to.uncertain))]],
      );
  const configs = [...far(lambda, 'eventInvokeConfigs'), ...far(lambda, 'eventSourceMappings')];
  const found = new Map<Resource, Cause | undefined>();
  for (const [to, doubt] of [
    ...far(lambda, 'deadLetterQueue'),
    ...configs.flatMap(([config, doubt]) => [
      ...far(config, 'onFailure', doubt),
      ...far(config, 'onSuccess', doubt),
    ]),
  ])
    found.set(to, found.has(to) ? (found.get(to) === undefined ? undefined : doubt) : doubt);
  return found;
}

const ofPolled = new WeakMap<StatementSet, Services>();
const ofOthers = new WeakMap<StatementSet, Services>();

/** Services that a role's statements allow; functions that share a role and have no destinations share the answer. */
function allowedServices(set: StatementSet, delegated: Delegated, context: LinkContext): Services {
  const answers = delegated.isPolled ? ofPolled : ofOthers;
  const isShared = delegated.destinations.size === 0 && delegated.pollingDoubt === undefined;
  const known = isShared ? answers.get(set) : undefined;
  if (known !== undefined) return known;
  const found = new Map<string, UsedService>();
  for (const statement of set.statements) {
    const isForThem = isForDestinations(statement, delegated.destinations, context);
    if (isForThem === true) continue;
    noteStatement(statement, delegated, context, (used) => {
      keepSurest(found, { ...used, ...doubt(bothDoubts(used.uncertain, isForThem || undefined)) });
    });
  }
  if (isShared) answers.set(set, found);
  return found;
}

function isForDestinations(
  { holder, resources }: PolicyStatement,
  destinations: Delegated['destinations'],
  context: LinkContext,
): Truth {
  if (destinations.size === 0 || resources.length === 0) return false;
  let doubt: Cause | undefined;
  const areAll = resources.every((value) => {
    const [target] = resolveTargets(value, { from: holder, types: ['*'] }, context);
    if (target?.to === undefined || !destinations.has(target.to)) return false;
    doubt ??= destinations.get(target.to);
    return true;
  });
  return areAll && doubt !== undefined ? otherSide(doubt) : areAll;
}

function noteStatement(
  statement: PolicyStatement,
  { isPolled, pollingDoubt }: Delegated,
  context: LinkContext,
  note: Note,
): void {
  if (statement.effect !== 'Allow') return;
  const { unresolved } = statement;
  if (statement.notActions.length > 0) noteAll(statement.notActions, 'NotAction', note, unresolved);
  for (const action of statement.actions) {
    const text = toSymbolicText(action)?.text.toLowerCase();
    if (text === undefined) continue;
    const isTaken = isTakenByService(text, isPolled);
    if (isTaken && (pollingDoubt === undefined || isTakenByService(text, false))) continue;
    const [prefix = '', name = ''] = text.split(':');
    if (prefix === '*') noteAll([], '*', note, unresolved);
    const service = lookup(endpointNames, prefix);
    if (service === undefined || service === tracing) continue;
    const onBehalf = takenOnBehalf.test(text);
    if (onBehalf && statement.resources.every((key) => isKeyOfData(key, context))) continue;
    note({
      service,
      because: `role statement allows ${typeof action === 'string' ? action : `${prefix}:${name}`}`,
      ...doubt(
        bothDoubts(
          unresolved,
          bothDoubts(onBehalf ? perhapsOnBehalf : undefined, isTaken ? pollingDoubt : undefined),
        ),
      ),
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
    'the role is allowed to use a key, which encrypted data also requires; whether the code calls KMS is unclear',
  remedy: 'include the resources that the key encrypts in the scan, or provide the evidence in a waiver',
};

function doubt(uncertain: Cause | undefined): { readonly uncertain?: Cause } {
  return uncertain === undefined ? {} : { uncertain };
}

function noteAll(excluded: readonly Value[], form: string, note: Note, outer: Cause | undefined): void {
  const without = new Set(excluded.map((action) => scalarText(action).split(':')[0]?.toLowerCase()));
  const cause: Cause = {
    code: 'code',
    message: `the role allows every action (${form}), which does not say which services the code calls`,
    remedy: 'grant the actions that the function needs',
  };
  for (const [prefix, service] of Object.entries(endpointNames)) {
    if (without.has(prefix) || service === tracing) continue;
    note({ service, because: `role statement allows ${form}`, ...doubt(bothDoubts(outer, cause)) });
  }
}

/** Log delivery is never the function's call; polling is not where an event source mapping does it. */
function isTakenByService(action: string, isPolled: boolean): boolean {
  return takenByService.has(action) && (isPolled || action.startsWith('logs:'));
}

/** Why nothing is known of an environment, not even its variables. */
function openEnvironment({ properties }: Resource): Cause | undefined {
  const [whole] = findValues(properties, ['Environment', 'Variables']);
  return whole?.value instanceof Unresolved ? whole.value.cause : undefined;
}

function noteEnvironment(lambda: Resource, context: LinkContext, note: Note): void {
  for (const { value, path, uncertain } of findValues(lambda.properties, [
    'Environment',
    'Variables',
    '{}',
  ])) {
    const variable = scalarText(path.at(-1));
    const text = toSymbolicText(value);
    if (text === undefined) continue;
    if (text.pieces.size === 0) {
      for (const { to, uncertain: ofName } of namedByText(value, lambda, context)) {
        const service = to === undefined || to.external === true ? undefined : serviceOf(to.type);
        if (to === undefined || service === undefined) continue;
        const because = `environment variable ${variable} names ${to.name}`;
        note({ service, because, ...doubt(bothDoubts(uncertain, ofName)) });
      }
    }
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
  for (const { value, uncertain } of [
    ...findValues(lambda.properties, ['TracingConfig', 'Mode']),
    ...findValues(lambda.properties, ['TracingConfig']),
  ]) {
    // The service's own daemon sends the segments of active tracing from inside the function's network.
    if (value === 'Active')
      note({ service: tracing, because: 'TracingConfig.Mode is Active', ...doubt(uncertain) });
    else if (value instanceof Unresolved)
      note({
        service: tracing,
        because: 'TracingConfig.Mode can be Active',
        ...doubt(bothDoubts(uncertain, value.cause)),
      });
  }
}
