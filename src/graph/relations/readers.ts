import { lookup } from '../../model/lookup.ts';
import { bothDoubts } from '../../model/conditions.ts';
import type { Resource } from '../../model/resource.ts';
import {
  Reference,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Value,
  Unresolved,
} from '../../model/value.ts';
import { saysFalse } from '../../model/scalar-text.ts';
import { wildcardMatches } from '../../model/wildcard.ts';
import { findValues, valueAt } from '../property-path.ts';
import type { Named } from '../resource-index.ts';
import { childrenOf, hostTargets, resolveTargets, type LinkContext } from '../resolve-target.ts';
import { splitText, toSymbolicText, toValue, type SymbolicText } from '../../model/symbolic-text.ts';
import type { Reader, ReadTarget, RelationRow } from './row.ts';

/** The names, ARNs, URLs and references that most rows hold. */
export const readIdentity: Reader = (found, resource, row, context) =>
  resolveTargets(found.value, { from: resource, types: row.to }, context);

function toTarget({ resource, uncertain }: Named): ReadTarget {
  return uncertain === undefined ? { to: resource } : { to: resource, uncertain };
}

const functionPrefix = '/aws/lambda/';

/** A log group called `/aws/lambda/<function>` belongs to it, unless the function names another group. */
export const readFunctionLogGroup: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return readIdentity(found, resource, row, context).filter(isUnresolved);
  if (!text.text.startsWith(functionPrefix)) {
    return readIdentity(found, resource, row, context).filter(
      (target) => isUnresolved(target) && mayStartWith(text),
    );
  }
  const name = toValue(text.text.slice(functionPrefix.length), text.pieces);
  return resolveTargets(name, { from: resource, types: row.to }, context).filter(
    ({ to }) => to === undefined || (to.external !== true && !namesLogGroup(to)),
  );
};

const isUnresolved = ({ to }: ReadTarget): boolean => to === undefined;
const mayStartWith = ({ text }: SymbolicText): boolean => text.startsWith('\uE000');

function namesLogGroup(lambda: Resource): boolean {
  return valueAt(lambda.properties, 'LoggingConfig.LogGroup') !== undefined;
}

/** `function:NAME:ALIAS` or `table/NAME` of Application Auto Scaling, for rows of that very kind. */
export const readScalingId: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return readIdentity(found, resource, row, context).filter(isUnresolved);
  const [kind, name, qualifier] = splitText(text.text, ':/');
  const target = { text: name ?? '', pieces: text.pieces };
  if (kind === 'table' && row.to.includes('AWS::DynamoDB::Table')) {
    return resolveTargets(toValue(target.text, target.pieces), { from: resource, types: row.to }, context);
  }
  if (kind !== 'function')
    return name === undefined ? readIdentity(found, resource, row, context).filter(isUnresolved) : [];
  return scaledFunction(target, qualifier, resource, row, context);
};

function scaledFunction(
  name: SymbolicText,
  qualifier: string | undefined,
  resource: Resource,
  row: RelationRow,
  context: LinkContext,
): readonly ReadTarget[] {
  const wantsAlias = row.to.includes('AWS::Lambda::Alias');
  if (!wantsAlias && !row.to.includes('AWS::Lambda::Function')) return [];
  const types = ['AWS::Lambda::Function'];
  const functions = resolveTargets(toValue(name.text, name.pieces), { from: resource, types }, context);
  if (!wantsAlias) return functions;
  return functions.flatMap(({ to, uncertain }) => {
    const piece = name.pieces.get(qualifier ?? '');
    const byReference = piece instanceof Reference ? context.index.byId(piece.resourceId) : undefined;
    if (byReference !== undefined) return [{ to: byReference }];
    if (to === undefined || qualifier === undefined) return [];
    return childrenOf('AWS::Lambda::Alias', to, qualifier, context).map((alias) =>
      toTarget({ ...alias, uncertain: bothDoubts(uncertain, alias.uncertain) }),
    );
  });
}

/** The stage of a path mapping: its API and `Stage` together. */
export const readStageName: Reader = (_found, resource, row, context) => {
  const { properties } = resource;
  const api = resolveTargets(
    properties.RestApiId ?? properties.ApiId,
    { from: resource, types: apiTypes },
    context,
  )[0];
  return stageOf(api, properties.Stage, resource, row, context);
};

/** One element of a usage plan's `ApiStages`. */
export const readUsagePlanStage: Reader = (found, resource, row, context) => {
  if (!isObjectValue(found.value)) return readIdentity(found, resource, row, context).filter(isUnresolved);
  const api = resolveTargets(found.value.ApiId, { from: resource, types: apiTypes }, context)[0];
  return stageOf(api, found.value.Stage, resource, row, context);
};

const apiTypes = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'];

function stageOf(
  api: ReadTarget | undefined,
  stage: Value | undefined,
  resource: Resource,
  row: RelationRow,
  context: LinkContext,
): readonly ReadTarget[] {
  if (stage === undefined) return [];
  const text = toSymbolicText(stage);
  const piece = text?.pieces.get(text.text);
  if (piece instanceof Reference) {
    const named = context.index.byId(piece.resourceId);
    if (named !== undefined && row.to.includes(named.type)) return [{ to: named }];
  }
  if (api?.to === undefined) return api === undefined ? [] : [api];
  for (const type of row.to) {
    const children = text === undefined ? [] : childrenOf(type, api.to, text.text, context);
    if (children.length > 0)
      return children.map((child) =>
        toTarget({ ...child, uncertain: bothDoubts(api.uncertain, child.uncertain) }),
      );
  }
  return resolveTargets(stage, { from: resource, types: row.to }, context).filter(isUnresolved);
}

/** A host name of an origin: `{api}.execute-api.…`, a function URL, a bucket's regional name. */
export const readOriginApi: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return readIdentity(found, resource, row, context).filter(isUnresolved);
  const start = text.text.indexOf('://');
  const host = { text: start < 0 ? text.text : text.text.slice(start + 3), pieces: text.pieces };
  const targets = hostTargets(host, { from: resource, types: row.to }, context);
  if (targets.length > 0) return targets;
  return readIdentity(found, resource, row, context).filter(isUnresolved);
};

/** A host name that is a custom domain itself, or an attribute of one; none of any other host. */
export const readOriginDomain: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  const piece = text?.pieces.get(text.text);
  const named = piece instanceof Reference ? context.index.byId(piece.resourceId) : undefined;
  if (named !== undefined) return row.to.includes(named.type) ? [{ to: named }] : [];
  if (text === undefined || piece !== undefined)
    return readIdentity(found, resource, row, context).filter(isUnresolved);
  return row.to.flatMap((type) => context.index.named(type, resource, text.text).map(toTarget));
};

/** An origin whose `OriginPath` names a stage of the API that its host names; without a path, `$default`. */
export const readOriginStage: Reader = (found, resource, row, context) => {
  if (!isObjectValue(found.value)) return [];
  const { DomainName, OriginPath } = found.value;
  const host = toSymbolicText(DomainName);
  if (host === undefined) return [];
  const api = hostTargets(host, { from: resource, types: apiTypes }, context)[0];
  if (api?.to === undefined) return [];
  const path = toSymbolicText(OriginPath ?? '');
  if (path === undefined) return [];
  const stage = path.text.replace(/^\//, '') || '$default';
  return stageOf(api, toValue(stage, path.pieces), resource, row, context);
};

/** The user pool that ends an issuer's address. */
export const readAssociated: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return [];
  const pool = splitText(text.text, '/').at(-1) ?? '';
  if (!text.text.includes('cognito-idp.')) return [];
  return resolveTargets(toValue(pool, text.pieces), { from: resource, types: row.to }, context);
};

/** Buckets that an event pattern of source `aws.s3` names. */
export const readMatchedBuckets: Reader = (found, resource, row, context) => {
  if (found.value instanceof Unresolved) return [{ cause: found.value.cause, mayBe: row.to }];
  const source = valueAt(found.value, 'source');
  if (!isArrayValue(source) || !source.includes('aws.s3')) return [];
  const names = valueAt(found.value, 'detail.bucket.name');
  const listed = isArrayValue(names) ? names.filter((name) => !isObjectValue(name)) : (names ?? []);
  const patterns = isArrayValue(names) ? names.filter((name) => isObjectValue(name)) : [];
  const fitting = patterns.length === 0 ? [] : bucketsOf(resource.scope, context);
  return [
    ...resolveTargets(listed, { from: resource, types: row.to }, context),
    ...fitting
      .filter(({ name }) => patterns.some((pattern) => fitsName(name, pattern)))
      .map(({ to, uncertain }) => (uncertain === undefined ? { to } : { to, uncertain })),
  ];
};

interface CalledBucket {
  readonly to: Resource;
  readonly name: string;
  readonly uncertain: Cause | undefined;
}

/** What the buckets of a scope are called, on each side of conditions. */
function bucketsOf(scope: string, context: LinkContext): readonly CalledBucket[] {
  return context.index
    .ofType('AWS::S3::Bucket')
    .filter((to) => to.scope === scope)
    .flatMap((to) =>
      findValues(to.properties.BucketName, []).flatMap(({ value, uncertain }) => {
        const name = toSymbolicText(value)?.text;
        return name === undefined ? [] : [{ to, name, uncertain }];
      }),
    );
}

/** Names that only the deployment knows in part fit by the part that is known. */
function fitsName(name: string, { prefix, suffix, wildcard }: ObjectValue): boolean {
  if (typeof prefix === 'string') return name.startsWith(prefix);
  if (typeof suffix === 'string') return name.endsWith(suffix);
  return typeof wildcard === 'string' && wildcardMatches(wildcard.replaceAll('?', '\u0000'), name);
}

/** A delivery stream's parameter is a function only where it says so, and where records are processed at all. */
export const readProcessor: Reader = (found, resource, row, context) => {
  const parameter = valueOn(resource.properties, found.path.slice(0, -1));
  const processing = valueOn(resource.properties, found.path.slice(0, 2));
  const isOff = isObjectValue(processing) && saysFalse(processing.Enabled);
  const isFunction = isObjectValue(parameter) && parameter.ParameterName === 'LambdaArn';
  return isFunction && !isOff ? readIdentity(found, resource, row, context) : [];
};

const loadBalancerLogs = /^(access|connection|health_check)_logs\.s3\.bucket$/;

/** The bucket of an application load balancer's logs; a network load balancer delivers to other buckets too. */
export const readLoadBalancerLogs: Reader = (found, resource, row, context) => {
  if (resource.properties.Type === 'network' || !isObjectValue(found.value)) return [];
  const { Key, Value: bucket } = found.value;
  if (typeof Key !== 'string' || !loadBalancerLogs.test(Key)) return [];
  return resolveTargets(bucket, { from: resource, types: row.to }, context);
};

/** The value at a path of keys and indices. */
export function valueOn(root: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  let value = root;
  for (const segment of path) {
    if (isArrayValue(value)) value = value[Number(segment)];
    else if (isObjectValue(value)) value = lookup(value, String(segment));
    else return undefined;
  }
  return value;
}

/** SSM documents that a text mentions by reference or by name. */
export const readMentionedDocuments: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return [];
  const targets: ReadTarget[] = [];
  for (const piece of text.pieces.values()) {
    const named = piece instanceof Reference ? context.index.byId(piece.resourceId) : undefined;
    if (named !== undefined && row.to.includes(named.type)) targets.push({ to: named });
  }
  for (const word of new Set(text.text.split(/[^A-Za-z0-9_.-]+/))) {
    for (const type of row.to) targets.push(...context.index.named(type, resource, word).map(toTarget));
  }
  return targets;
};

/** A tag `runbook` that names a document. */
export const readRunbookTag: Reader = (found, resource, row, context) => {
  if (!isObjectValue(found.value)) return [];
  const { Key, Value: value } = found.value;
  if (typeof Key !== 'string' || Key.toLowerCase() !== 'runbook' || value === undefined) return [];
  return readMentionedDocuments({ ...found, value }, resource, row, context);
};

/** Buckets and functions whose data events a trail records. */
export const readDataEvents: Reader = (_found, resource, row, context) => {
  const values: Value[] = [];
  for (const selector of listAt(resource.properties.EventSelectors)) {
    for (const data of listAt(valueAt(selector, 'DataResources')))
      values.push(...listAt(valueAt(data, 'Values')));
  }
  for (const selector of listAt(resource.properties.AdvancedEventSelectors)) {
    for (const field of listAt(valueAt(selector, 'FieldSelectors'))) {
      if (valueAt(field, 'Field') !== 'resources.ARN') continue;
      values.push(...listAt(valueAt(field, 'StartsWith')), ...listAt(valueAt(field, 'Equals')));
    }
  }
  return values.flatMap((value) => resolveTargets(value, { from: resource, types: row.to }, context));
};

function listAt(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return isArrayValue(value) ? value : [value];
}

/** `integrations/ID` of an HTTP API's route. */
export const readRouteTarget: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  const prefix = 'integrations/';
  const id =
    text?.text.startsWith(prefix) === true
      ? toValue(text.text.slice(prefix.length), text.pieces)
      : found.value;
  return resolveTargets(id, { from: resource, types: row.to }, context);
};

/** Protocols of a topic whose endpoint is a resource; an address is none. */
const resourceProtocols: ReadonlySet<string> = new Set(['sqs', 'lambda', 'firehose']);

/** A subscription's endpoint, where its protocol delivers to a resource. */
export const readEndpoint: Reader = (found, resource, row, context) => {
  const { Protocol } = resource.properties;
  if (typeof Protocol === 'string' && !resourceProtocols.has(Protocol)) return [];
  return readIdentity(found, resource, row, context);
};

/** A target group's member, where its members are functions. */
export const readGroupMember: Reader = (found, resource, row, context) => {
  const { TargetType = 'instance' } = resource.properties;
  return typeof TargetType === 'string' && TargetType !== 'lambda'
    ? []
    : readIdentity(found, resource, row, context);
};

/** The function of an alias or version that keeps instances ready. */
export const readProvisioned: Reader = (_found, resource, row, context) =>
  resolveTargets(resource.properties.FunctionName, { from: resource, types: row.to }, context);
