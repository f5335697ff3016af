import { lookup } from '../model/lookup.ts';
import { saysFalse, saysTrue } from '../model/scalar-text.ts';
import { plainServicePrincipal } from '../policy/actions.ts';
import { bothDoubts, otherSide } from '../model/conditions.ts';
import type { Relation } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { Unresolved, isObjectValue, type Cause, type ObjectValue, type Value } from '../model/value.ts';
import { relationTable } from './relation-table.ts';
import type { Invocation, ReadTarget, RelationRow } from './relations/row.ts';
import type { LinkContext } from './resolve-target.ts';
import { customResourceType } from './resource-index.ts';
import { inEachWorldOf, originalOf, surer, withDoubts } from './worlds.ts';

/** Inverse name of a row that invokes -> source type -> how. */
const invokingRows: ReadonlyMap<string, ReadonlyMap<string, Invocation>> = indexInvokingRows();

function indexInvokingRows(): Map<string, Map<string, Invocation>> {
  const rows = new Map<string, Map<string, Invocation>>();
  for (const row of relationTable) {
    if (row.invokes === undefined) continue;
    const types = rows.get(row.inverse) ?? new Map<string, Invocation>();
    types.set(row.from, row.invokes);
    rows.set(row.inverse, types);
  }
  return rows;
}

/** A resource that ties an entry to a function -> the relation that leads to the entry. */
const entryRelations: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Method': 'api',
  'AWS::ApiGateway::Authorizer': 'api',
  'AWS::ApiGatewayV2::Integration': 'api',
  'AWS::ApiGatewayV2::Authorizer': 'api',
  'AWS::AppSync::DataSource': 'api',
  'AWS::Lambda::EventInvokeConfig': 'function',
  'AWS::Lambda::EventSourceMapping': 'source',
  'AWS::Logs::SubscriptionFilter': 'filteredLogGroup',
  'AWS::SNS::Subscription': 'topic',
  'AWS::SecretsManager::RotationSchedule': 'secret',
  'Custom::S3BucketNotifications': 'notifyingBucket',
};

/**
 * How a service that only a permission shows invokes.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html.
 */
const principalInvocations: Readonly<Record<string, Invocation>> = {
  'apigateway.amazonaws.com': 'sync',
  'appsync.amazonaws.com': 'sync',
  'elasticloadbalancing.amazonaws.com': 'sync',
  'cognito-idp.amazonaws.com': 'sync',
  'lex.amazonaws.com': 'sync',
  'lexv2.amazonaws.com': 'sync',
  'bedrock.amazonaws.com': 'sync',
  'firehose.amazonaws.com': 'sync',
  'vpc-lattice.amazonaws.com': 'sync',
  'alexa-appkit.amazon.com': 'sync',
  'edgelambda.amazonaws.com': 'sync',
  'secretsmanager.amazonaws.com': 'sync',
  'states.amazonaws.com': 'sync',
  'events.amazonaws.com': 'async',
  'scheduler.amazonaws.com': 'async',
  's3.amazonaws.com': 'async',
  'sns.amazonaws.com': 'async',
  'ses.amazonaws.com': 'async',
  'iot.amazonaws.com': 'async',
  'config.amazonaws.com': 'async',
  'logs.amazonaws.com': 'async',
  'codecommit.amazonaws.com': 'async',
  'codepipeline.amazonaws.com': 'async',
  'cloudformation.amazonaws.com': 'async',
  'lambda.alarms.cloudwatch.amazonaws.com': 'async',
};

/** The `invokers` of functions, aliases and versions: every entry once for each manner of invocation. */
export const invokerRows: readonly RelationRow[] = [
  'AWS::Lambda::Function',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
].map((from) => ({
  from,
  path: '',
  to: ['*'],
  name: 'invokers',
  inverse: 'invokes',
  walks: true,
  read: (_found, resource, _row, context) => readInvokers(resource, context),
}));

function readInvokers(invoked: Resource, context: LinkContext): readonly ReadTarget[] {
  const targets: ReadTarget[] = [];
  for (const [inverse, types] of invokingRows) {
    const { edges, incomplete } = context.related(invoked, inverse);
    if (incomplete !== undefined) targets.push({ cause: incomplete, partial: true });
    for (const edge of edges) {
      const invocation = edge.to === undefined ? undefined : invocationBy(edge.to, types);
      if (edge.to !== undefined && invocation !== undefined) {
        const entries = (holder: Resource): readonly ReadTarget[] =>
          entriesOf(edge, holder, effectiveInvocation({ ...edge, to: holder }, invocation), context);
        targets.push(...entriesInWorlds(edge.to, entries));
      }
    }
  }
  targets.push(...pollers(invoked, context));
  targets.push(...permitted(invoked, targets, context), ...unreadPolicies(invoked, context));
  return unique(targets);
}

/** The entries of a holder on each way that its conditions may turn out; none where it is off. */
function entriesInWorlds(
  holder: Resource,
  entriesOf: (opened: Resource) => readonly ReadTarget[],
): readonly ReadTarget[] {
  return inEachWorldOf(holder, (opened) => (isSwitchedOff(opened) ? [] : entriesOf(opened)), keyOf).map(
    withDoubts,
  );
}

/** Rules, schedules, pipes and mappings that are off invoke nothing. */
function isSwitchedOff({ properties }: Resource): boolean {
  const { State, DesiredState, Enabled, TopicRulePayload: rule } = properties;
  if (State === 'DISABLED' || DesiredState === 'STOPPED' || saysFalse(Enabled)) return true;
  return isObjectValue(rule) && saysTrue(rule.RuleDisabled);
}

function invocationBy(holder: Resource, types: ReadonlyMap<string, Invocation>): Invocation | undefined {
  return (
    types.get(holder.type) ?? (holder.type.startsWith('Custom::') ? types.get(customResourceType) : undefined)
  );
}

/** Pipes wait unless told to fire and forget; SES does as its action says; so do workflow tasks and REST methods. */
function effectiveInvocation(edge: Relation, usual: Invocation): Invocation {
  if (edge.to !== undefined && handsOver(edge.to)) return 'async';
  const { invocation, invocationType } = edge.attributes ?? {};
  if (invocationType === 'FIRE_AND_FORGET') return 'async';
  if (invocationType === 'RequestResponse') return 'sync';
  return invocation === 'async' || invocation === 'sync' ? invocation : usual;
}

/**
 * True for a REST method that sends `X-Amz-Invocation-Type: Event`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
 */
function handsOver(holder: Resource): boolean {
  if (holder.type !== 'AWS::ApiGateway::Method') return false;
  const { Integration } = holder.properties;
  const parameters = isObjectValue(Integration) ? Integration.RequestParameters : undefined;
  return (
    isObjectValue(parameters) &&
    Object.entries(parameters).some(
      ([name, value]) => name.toLowerCase() === invocationHeader && value === "'Event'",
    )
  );
}

const invocationHeader = 'integration.request.header.x-amz-invocation-type';

function entriesOf(
  edge: Relation,
  holder: Resource,
  invocation: Invocation,
  context: LinkContext,
): readonly ReadTarget[] {
  const attributes = invocationFacts(edge, holder, invocation);
  // A custom resource calls its provider itself, whatever it configures.
  const relation = edge.name === 'serviceTokenOf' ? undefined : lookup(entryRelations, holder.type);
  const doubt = bothDoubts(edge.uncertain, holder.uncertain);
  const entries = relation === undefined ? [] : context.related(holder, relation).edges;
  const known = entries.flatMap(({ to, uncertain }) =>
    to === undefined ? [] : [{ to, attributes, ...doubted(bothDoubts(doubt, uncertain)) }],
  );
  return known.length > 0 ? known : [{ to: originalOf(holder), attributes, ...doubted(doubt) }];
}

function doubted(uncertain: Cause | undefined): Pick<ReadTarget, 'uncertain'> {
  return uncertain === undefined ? {} : { uncertain };
}

function invocationFacts(edge: Relation, holder: Resource, invocation: Invocation): ObjectValue {
  const qualifier: Value | undefined = edge.attributes?.qualifier;
  // What CDK's resource configures, the bucket does itself: the function is none that serves custom resources.
  const via = edge.name === 'notifiedBy' ? 'AWS::S3::Bucket' : holder.type;
  return { invocation, via, ...(qualifier === undefined ? {} : { qualifier }) };
}

function pollers(invoked: Resource, context: LinkContext): readonly ReadTarget[] {
  const { edges, incomplete } = context.related(invoked, 'eventSourceMappings');
  const targets = edges.flatMap((edge) =>
    edge.to === undefined
      ? []
      : entriesInWorlds(edge.to, (mapping) => entriesOf(edge, mapping, 'poll', context)),
  );
  return incomplete === undefined ? targets : [...targets, { cause: incomplete, partial: true }];
}

/** Entries that nothing but a permission shows: what its SourceArn names, or the service alone. */
function permitted(
  invoked: Resource,
  known: readonly ReadTarget[],
  context: LinkContext,
): readonly ReadTarget[] {
  return context.related(invoked, 'permissions').edges.flatMap(({ to, uncertain, attributes: named }) => {
    if (to === undefined) return [];
    const doubt = bothDoubts(uncertain, to.uncertain);
    const qualifier: Value | undefined = named?.qualifier;
    const entries = (permission: Resource): readonly ReadTarget[] =>
      permittedBy(permission, invoked, known, context).map((target) => ({
        ...target,
        attributes: { ...target.attributes, ...(qualifier === undefined ? {} : { qualifier }) },
        ...doubted(bothDoubts(target.uncertain, doubt)),
      }));
    return inEachWorldOf(to, entries, keyOf).map(withDoubts);
  });
}

function permittedBy(
  permission: Resource,
  invoked: Resource,
  known: readonly ReadTarget[],
  context: LinkContext,
): readonly ReadTarget[] {
  const invokers = new Set(known.map(({ to }) => to));
  const principal = plainPrincipal(permission.properties.Principal);
  const usual = typeof principal === 'string' ? principalInvocations[principal] : undefined;
  if (usual === undefined) return [];
  const invocation = isIotAuthorizer(permission.properties.SourceArn) ? 'sync' : usual;
  const attributes = { invocation, via: permission.type, principal: principal ?? '' };
  const sources = context.related(permission, 'permittedSource').edges;
  const named = sources.flatMap(({ to, uncertain }) =>
    to === undefined || isTie(to, invokers) ? [] : [{ to, attributes, ...doubted(uncertain) }],
  );
  if (named.length > 0 || sources.some(({ to }) => to !== undefined)) return named;
  // Without a source that can be named, any entry of that service which is already known explains the permission.
  const explaining = known.filter((target) => isOfService(target.to, principal));
  const unexplained = explaining.reduce<Cause | undefined>(
    (outer, { uncertain }) => (uncertain === undefined ? outer : bothDoubts(outer, otherSide(uncertain))),
    undefined,
  );
  if (explaining.some(({ uncertain }) => uncertain === undefined)) return [];
  if (principal === 'elasticloadbalancing.amazonaws.com') {
    // Of load balancers nothing but a target group invokes functions.
    const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
    const to = context.externals.named(type, permission.id, invoked.scope, undefined);
    return [{ to, attributes, ...doubted(unexplained) }];
  }
  // Without a source IoT may be let in for messages, or to ask whom to let in.
  const isOpen = principal === 'iot.amazonaws.com';
  const perhaps = bothDoubts(unexplained, isOpen ? eitherIot : undefined);
  return [{ to: originalOf(permission), attributes, ...doubted(perhaps) }];
}

const eitherIot: Cause = {
  code: 'evidence',
  message:
    'the permission for IoT has no source; it can be for a rule (asynchronous) or an authorizer (synchronous)',
  remedy: 'name the rule or the authorizer as SourceArn',
};

/** IoT hands messages over, and waits for those whom it asks whom to let in. */
function isIotAuthorizer(source: Value | undefined): boolean {
  return typeof source === 'string' && /^arn:[^:]+:iot:[^:]*:[^:]*:authorizer\//.test(source);
}

function plainPrincipal(principal: Value | undefined): Value | undefined {
  return typeof principal === 'string' ? plainServicePrincipal(principal) : principal;
}

/** A policy that could not be read may let in anyone: then this function's list alone may be longer. */
function unreadPolicies(invoked: Resource, context: LinkContext): readonly ReadTarget[] {
  return context.related(invoked, 'resourcePolicies').edges.flatMap(({ to: policy }) => {
    const document = policy?.properties.PolicyDocument;
    return document instanceof Unresolved ? [{ cause: document.cause, partial: true }] : [];
  });
}

/** True for an entry that is known already, or a part of one (a stage or method of a known API). */
function isTie(source: Resource, invokers: ReadonlySet<Resource | undefined>): boolean {
  return invokers.has(source);
}

const servicePrefixes: Readonly<Record<string, readonly string[]>> = {
  'apigateway.amazonaws.com': ['AWS::ApiGateway'],
  'appsync.amazonaws.com': ['AWS::AppSync::'],
  's3.amazonaws.com': ['AWS::S3::', 'Custom::S3'],
  'sns.amazonaws.com': ['AWS::SNS::'],
  'events.amazonaws.com': ['AWS::Events', 'AWS::EventsV2'],
  'scheduler.amazonaws.com': ['AWS::Scheduler::'],
  'logs.amazonaws.com': ['AWS::Logs::'],
  'cognito-idp.amazonaws.com': ['AWS::Cognito::'],
  'secretsmanager.amazonaws.com': ['AWS::SecretsManager::'],
  'config.amazonaws.com': ['AWS::Config::'],
  'iot.amazonaws.com': ['AWS::IoT::'],
  'ses.amazonaws.com': ['AWS::SES::'],
  'elasticloadbalancing.amazonaws.com': ['AWS::ElasticLoadBalancing'],
  'firehose.amazonaws.com': ['AWS::KinesisFirehose::'],
  'lambda.alarms.cloudwatch.amazonaws.com': ['AWS::CloudWatch::'],
};

function isOfService(entry: Resource | undefined, principal: Value | undefined): boolean {
  const prefixes = typeof principal === 'string' ? (servicePrefixes[principal] ?? []) : [];
  return entry !== undefined && prefixes.some((prefix) => entry.type.startsWith(prefix));
}

function unique(targets: readonly ReadTarget[]): readonly ReadTarget[] {
  const seen = new Map<string, ReadTarget>();
  for (const target of targets) {
    const key = keyOf(target);
    const known = seen.get(key);
    seen.set(key, known === undefined ? target : surer(known, target));
  }
  return [...seen.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, target]) => target);
}

function keyOf({ to, attributes, cause }: ReadTarget): string {
  return `${to?.id ?? ''}|${JSON.stringify(attributes?.invocation)}|${JSON.stringify(attributes?.qualifier)}|${cause?.message ?? ''}`;
}
