import { lookup } from '../model/lookup.ts';
import { bothDoubts, onSide, otherSide } from '../model/conditions.ts';
import { holdsChoice } from '../model/open-value.ts';
import type { RelatedSet, StatementSet } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import {
  Choice,
  PartialString,
  Reference,
  SecretReference,
  Unresolved,
  isArrayValue,
  type Cause,
  type ObjectValue,
  type Value,
} from '../model/value.ts';
import { parseArn, type ArnTarget } from './arn.ts';
import type { ExternalResources } from './external-resources.ts';
import { childTypes, proxiedTypes, proxies } from './identities.ts';
import { noRegion, type Named, type ResourceIndex } from './resource-index.ts';
import { findValues } from './property-path.ts';
import type { StateSet } from './workflow-states.ts';
import {
  causeOf,
  markerOf,
  isPlain,
  leadingPiece,
  splitText,
  toSymbolicText,
  wholePiece,
  type SymbolicText,
} from '../model/symbolic-text.ts';

/** What a value names: a resource, or why that is not known. */
export interface Target {
  readonly to?: Resource;
  readonly cause?: Cause;
  readonly uncertain?: Cause;
  readonly attributes?: ObjectValue;
  readonly because?: string;
  /** Types that an unresolved value may be of, where its known pieces say so. */
  readonly mayBe?: readonly string[];
  /** The alias or version that a function was named through. */
  readonly through?: Resource;
}

/** What resolving needs to know. */
export interface LinkContext {
  readonly index: ResourceIndex;
  readonly externals: ExternalResources;
  /** Tables of resources whose names are unique only within a parent, by type; filled when first asked. */
  readonly children: Map<string, ChildTable>;
  /** Answers of the graph that is being linked, for readers that walk along other relations. */
  readonly related: (resource: Resource, relation: string) => RelatedSet;
  readonly workflowStates: (resource: Resource) => StateSet;
  readonly identityStatements: (resource: Resource) => StatementSet;
  /** Why an API's document could not be read, by the API's id: it may have more routes than are known. */
  readonly unread: ReadonlyMap<string, Cause>;
}

/** What the graph under construction answers to readers. */
export type GraphAnswers = Pick<LinkContext, 'related' | 'workflowStates' | 'identityStatements' | 'unread'>;

interface ChildTable {
  readonly byParent: Map<Resource, Map<string, Named[]>>;
  /** Parents of which a child has a name that is not known. */
  readonly withOpenNames: Set<Resource>;
  /** True where a child is below a parent that is not known. */
  hasStray: boolean;
}

/** A context over an index, with nothing resolved yet. */
export function createLinkContext(
  index: ResourceIndex,
  externals: ExternalResources,
  answers: GraphAnswers,
): LinkContext {
  return { index, externals, children: new Map(), ...answers };
}

/** The stage of an API, or the alias of a function, of this name (which may hold markers). */
export function childOf(
  type: string,
  parent: Resource,
  name: string,
  context: LinkContext,
): Resource | undefined {
  return childrenOf(type, parent, name, context)[0]?.resource;
}

/** As `childOf`, with all that may be called so under undecided conditions. */
export function childrenOf(
  type: string,
  parent: Resource,
  name: string,
  context: LinkContext,
): readonly Named[] {
  return childTable(type, context).byParent.get(parent)?.get(name) ?? [];
}

function childTable(type: string, context: LinkContext): ChildTable {
  const known = context.children.get(type);
  if (known !== undefined) return known;
  const table: ChildTable = { byParent: new Map(), withOpenNames: new Set(), hasStray: false };
  // An alias may name its function with a qualifier, which is asked for here again: it does not change the parent.
  context.children.set(type, table);
  fillChildTable(table, type, context);
  return table;
}

function fillChildTable(table: ChildTable, type: string, context: LinkContext): void {
  const row = lookup(childTypes, type);
  if (row === undefined) return;
  for (const child of context.index.ofType(type)) {
    const parents = resolveTargets(child.properties[row.parent], { from: child, types: [row.of] }, context);
    for (const { to: parent, uncertain: ofParent } of parents) {
      for (const { value, uncertain: ofName } of findValues(child.properties[row.name], [])) {
        const name = toSymbolicText(value)?.text;
        if (parent === undefined) table.hasStray = true;
        else if (name === undefined || !isPlain(name)) table.withOpenNames.add(parent);
        if (name === undefined || parent === undefined) continue;
        const names = table.byParent.get(parent) ?? new Map<string, Named[]>();
        table.byParent.set(parent, names);
        const known = names.get(name) ?? [];
        names.set(name, known);
        const uncertain = bothDoubts(ofParent, ofName);
        if (known.every((each) => each.uncertain !== undefined))
          known.push({ resource: child, ...(uncertain === undefined ? {} : { uncertain }) });
      }
    }
  }
}

/** A question: which resource of these types does this value of `from` name? */
export interface Naming {
  readonly from: Resource;
  /** `*` for any type. */
  readonly types: readonly string[];
}

/** Longest chain of aliases of aliases that is followed. */
const maximumHops = 8;

/**
 * The resources that a value names: a reference, an ARN, a name, a queue URL, a Lambda invocation
 * URI, whole or in pieces. Several for an undecided `Fn::If` or a list; none where the value names
 * no resource at all (a plain URL). Never throws.
 */
export function resolveTargets(
  value: Value | undefined,
  naming: Naming,
  context: LinkContext,
): readonly Target[] {
  if (value instanceof Choice) return choiceTargets(value, naming, context);
  if (isArrayValue(value)) return value.flatMap((item) => resolveTargets(item, naming, context));
  if (value instanceof Unresolved) return unresolvedTargets(value, naming, context);
  if (
    value instanceof SecretReference ||
    value instanceof PartialString ||
    value instanceof Reference ||
    typeof value === 'string'
  ) {
    const text = toSymbolicText(value);
    return text === undefined ? [] : textTargets(text, naming, context);
  }
  return [];
}

/** What is the same value wherever it stands names whatever is called so, though nobody knows how that is spelt. */
function unresolvedTargets(value: Unresolved, naming: Naming, context: LinkContext): readonly Target[] {
  const unclear: readonly Target[] = [{ cause: value.cause }];
  if (value.subject === undefined) return unclear;
  const marker = markerOf(value);
  for (const type of naming.types) {
    const named = context.index.named(type, naming.from, marker);
    if (named.length > 0)
      return namedTargetsOf(
        named,
        (resource) => throughProxies(resource, naming, context, 0),
        () => unclear,
      );
  }
  return unclear;
}

function choiceTargets(value: Choice, naming: Naming, context: LinkContext): readonly Target[] {
  const onOne = (holds: boolean): readonly Target[] =>
    resolveTargets(holds ? value.whenTrue : value.whenFalse, naming, context).map((target) => ({
      ...target,
      uncertain: onSide(value.cause, holds, target.uncertain),
    }));
  const sides = [...onOne(true), ...onOne(false)];
  const first = sides[0]?.to;
  // Both sides naming one resource is no choice at all.
  if (sides.length === 2 && first !== undefined && sides[1]?.to === first) {
    const plain = [value.whenTrue, value.whenFalse].every((side) => !holdsChoice(side));
    if (plain) return resolveTargets(value.whenTrue, naming, context);
  }
  return sides;
}

function textTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const text = invokedFunction(found.text) ?? found.text;
  const inner = { text, pieces: found.pieces };
  const whole = wholePiece(inner);
  if (whole instanceof Reference) return referenceTargets(whole, '', naming, context);
  if (whole instanceof Unresolved) return unresolvedTargets(whole, naming, context);
  if (whole !== undefined) return [{ cause: causeOf(text, found.pieces) ?? unclear(text) }];
  if (text.startsWith('arn:')) {
    return arnTargets(inner, naming, context);
  }
  const leading = leadingPiece(inner);
  if (leading?.piece instanceof Reference && /^[:/]/.test(leading.rest)) {
    return referenceTargets(leading.piece, leading.rest, naming, context);
  }
  if (text.includes('://')) return urlTargets(inner, naming, context);
  return nameTargets(inner, naming, context);
}

/** The function's ARN inside `arn:aws:apigateway:REGION:lambda:path/.../functions/ARN/invocations`, or where it streams `.../response-streaming-invocations`. */
function invokedFunction(text: string): string | undefined {
  const start = text.indexOf('/functions/');
  const end = Math.max(text.lastIndexOf('/invocations'), text.lastIndexOf('/response-streaming-invocations'));
  return start >= 0 && end > start ? text.slice(start + '/functions/'.length, end) : undefined;
}

function referenceTargets(
  reference: Reference,
  rest: string,
  naming: Naming,
  context: LinkContext,
): readonly Target[] {
  const named = context.index.byId(reference.resourceId);
  if (named === undefined) return [{ cause: unclear(reference.resourceId) }];
  if (reference.attribute === 'DefaultSecurityGroup') return [defaultGroup(named, context)];
  const qualifier =
    rest.startsWith(':') && named.type === 'AWS::Lambda::Function' ? rest.slice(1) : undefined;
  const targets = throughProxies(named, naming, context, 0);
  if (qualifier === undefined) return targets;
  return targets.map((target) => qualified(target, qualifier, named, context));
}

/** A VPC's default group is created with it and stands in no template. */
function defaultGroup(vpc: Resource, context: LinkContext): Target {
  return {
    to: context.externals.named('AWS::EC2::SecurityGroup', `${vpc.name} default`, vpc.scope, undefined),
  };
}

/** Follows aliases, versions and the like to a resource of a wanted type; none where it certainly names another type. */
function throughProxies(
  named: Resource,
  naming: Naming,
  context: LinkContext,
  hops: number,
): readonly Target[] {
  const proxied = lookup(proxies, named.type);
  if (proxied !== undefined && !naming.types.includes(named.type) && hops < maximumHops) {
    return proxyTargets(named, proxied, naming, context, hops);
  }
  if (naming.types.includes(named.type)) return [{ to: named }];
  if (!opaqueTypes.test(named.type)) return naming.types.includes('*') ? [{ to: named }] : [];
  return [
    {
      cause: {
        code: 'attribute',
        message: `\`${named.name}\` is ${article(named.type)}; what it stands for exists only after deployment`,
        remedy: 'scan the live account, or declare the resource in headgate.yaml',
      },
    },
  ];
}

function proxyTargets(
  proxy: Resource,
  property: string,
  naming: Naming,
  context: LinkContext,
  hops: number,
): readonly Target[] {
  const types = naming.types.includes('*') ? (lookup(proxiedTypes, proxy.type) ?? ['*']) : naming.types;
  const inner = { from: proxy, types };
  const targets = hops + 1 < maximumHops ? resolveTargets(proxy.properties[property], inner, context) : [];
  const attributes: ObjectValue = proxy.type.startsWith('AWS::Lambda::')
    ? { qualifier: qualifierOf(proxy) }
    : {};
  return targets.map((target) =>
    target.to === undefined
      ? target
      : { ...target, through: proxy, attributes: { ...target.attributes, ...attributes } },
  );
}

function article(type: string): string {
  return `${/^[AEIOU]/i.test(type) ? 'an' : 'a'} ${type}`;
}

function qualifierOf(proxy: Resource): Value {
  const { Name, Version } = proxy.properties;
  return (proxy.type === 'AWS::Lambda::Alias' ? Name : Version) ?? proxy.name;
}

/**
 * Custom resources, nested stacks and parameters hand out values that name something else; types of
 * third parties, and those that only a transform knows, may stand for any resource.
 */
const opaqueTypes = /^(AWS::(CloudFormation|Serverless)::|AWS::SSM::Parameter|(?!AWS::|Headgate::))/;

function qualified(target: Target, qualifier: string, named: Resource, context: LinkContext): Target {
  const through = childOf('AWS::Lambda::Alias', named, qualifier, context);
  return {
    ...target,
    ...(through === undefined ? {} : { through }),
    attributes: { ...target.attributes, qualifier: isPlain(qualifier) ? qualifier : '' },
  };
}

function arnTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const live = context.index.byArn(found.text);
  if (live !== undefined) return throughProxies(live, naming, context, 0);
  const arn = parseArn(found.text);
  if (arn === undefined) return unknownArn(found, naming, context);
  const types = naming.types.includes('*') ? arn.types : naming.types.filter((type) => isOfArn(type, arn));
  if (types.length === 0) return [];
  const piece = found.pieces.get(arn.name);
  if (piece instanceof Reference) {
    const rest = arn.qualifier === undefined ? '' : `:${arn.qualifier}`;
    const targets = referenceTargets(piece, rest, { ...naming, types }, context);
    const { parent } = arn;
    if (parent === undefined) return targets;
    const inner = { text: parent, pieces: found.pieces };
    return targets.flatMap((target) => below(target, inner, naming.from, context));
  }
  return namedTargets(arn, types, found, naming, context);
}

/** None where an ARN puts a stage, or what else has a name only within a parent, below another parent than its own. */
function below(target: Target, parentText: SymbolicText, from: Resource, context: LinkContext): Target[] {
  const { to: child } = target;
  const row = child === undefined ? undefined : lookup(childTypes, child.type);
  if (child === undefined || row === undefined) return [target];
  const own = resolveTargets(child.properties[row.parent], { from: child, types: [row.of] }, context);
  const named = nameTargets(parentText, { from, types: [row.of] }, context);
  if ([...own, ...named].some(({ to }) => to === undefined || to.external === true)) return [target];
  const parent = own.find(({ to }) => named.some((other) => other.to === to));
  if (parent === undefined) return [];
  const uncertain = bothDoubts(target.uncertain, parent.uncertain);
  return [uncertain === undefined ? target : { ...target, uncertain }];
}

/** Alternative types share one ARN form: a table and a global table, an event bus of either generation. */
export function isOfArn(type: string, arn: ArnTarget): boolean {
  return arn.types.includes(type) || lookup(sameArn, type) === arn.types[0];
}

const sameArn: Readonly<Record<string, string>> = {
  'AWS::KMS::ReplicaKey': 'AWS::KMS::Key',
  'AWS::KMS::Alias': 'AWS::KMS::Key',
  'AWS::EventsV2::EventBus': 'AWS::Events::EventBus',
  'AWS::CloudWatch::CompositeAlarm': 'AWS::CloudWatch::Alarm',
};

/** A service that has no row: any-typed namings still get something to point at, which is no resource of the scan. */
function unknownArn(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  if (!naming.types.includes('*')) return [];
  const [, , service = '', , , name = ''] = splitText(found.text, ':', 6);
  const cause = causeOf(service, found.pieces) ?? causeOf(name, found.pieces);
  if (cause !== undefined) return [{ cause, mayBe: isPlain(service) ? [] : naming.types }];
  const literal = isPlain(found.text) ? found.text : undefined;
  return [
    { to: context.externals.named('Headgate::External', `${service}:${name}`, naming.from.scope, literal) },
  ];
}

function namedTargets(
  arn: ArnTarget,
  types: readonly string[],
  found: SymbolicText,
  naming: Naming,
  context: LinkContext,
): readonly Target[] {
  const { from } = naming;
  const { qualifier } = arn;
  const named = isElsewhere(arn, from) ? [] : lookUp(arn, types, found, from, context);
  const outside = (): readonly Target[] => externalTargets(arn, types, found, from, context);
  if (named.length === 0) return outside();
  return namedTargetsOf(
    named,
    (target) => {
      const followed = throughProxies(target, { ...naming, types }, context, 0);
      return qualifier === undefined
        ? followed
        : followed.map((one) => qualified(one, qualifier, target, context));
    },
    outside,
  );
}

function externalTargets(
  arn: ArnTarget,
  types: readonly string[],
  found: SymbolicText,
  from: Resource,
  context: LinkContext,
): readonly Target[] {
  const { qualifier } = arn;
  const unknown = causeOf(arn.name, found.pieces) ?? unknownParent(arn, types, found, from, context);
  if (unknown !== undefined) return [{ cause: unknown, mayBe: types }];
  const literal =
    arn.account === 'aws'
      ? `arn:${partitionOf(found.text)}:iam::aws:policy/${arn.name}`
      : isPlain(found.text)
        ? found.text
        : undefined;
  const to = context.externals.named(types[0] ?? 'AWS::Unknown', arn.name, from.scope, literal);
  return [qualifier === undefined || !isPlain(qualifier) ? { to } : { to, attributes: { qualifier } }];
}

/** Why the parent in an ARN is not known; of a parent in the scan all children are known whose names are. */
function unknownParent(
  arn: ArnTarget,
  types: readonly string[],
  found: SymbolicText,
  from: Resource,
  context: LinkContext,
): Cause | undefined {
  const { parent } = arn;
  const cause = parent === undefined ? undefined : causeOf(parent, found.pieces);
  if (parent === undefined || cause === undefined) return cause;
  const isTold = types.every((type) => {
    const row = lookup(childTypes, type);
    if (row === undefined) return false;
    const { hasStray, withOpenNames } = childTable(type, context);
    const parents = nameTargets({ text: parent, pieces: found.pieces }, { from, types: [row.of] }, context);
    return (
      !hasStray &&
      parents.length > 0 &&
      parents.every(({ to }) => to !== undefined && to.external !== true && !withOpenNames.has(to))
    );
  });
  return isTold ? undefined : cause;
}

function partitionOf(arn: string): string {
  const [, partition = ''] = splitText(arn, ':', 3);
  return isPlain(partition) ? partition : 'aws';
}

/** True for an ARN of AWS itself, or of another account or Region than the resource that names it, as far as both are known. */
function isElsewhere(arn: ArnTarget, from: Resource): boolean {
  if (arn.account === 'aws') return true;
  const differs = (part: string, own: string | undefined): boolean =>
    own !== undefined && part !== '' && isPlain(part) && part !== own;
  const region = from.region === noRegion ? undefined : from.region;
  return differs(arn.account, from.account) || differs(arn.region, region);
}

function lookUp(
  arn: ArnTarget,
  types: readonly string[],
  found: SymbolicText,
  from: Resource,
  context: LinkContext,
): readonly Named[] {
  for (const type of types) {
    const named =
      arn.parent === undefined
        ? context.index.named(type, from, arn.name, arn.region)
        : lookUpChild(type, { text: arn.parent, pieces: found.pieces }, arn.name, from, context);
    if (named.length > 0) return named;
  }
  return types[0] === 'AWS::SecretsManager::Secret' ? secretsOf(arn.name, from, context) : [];
}

function lookUpChild(
  type: string,
  parentText: SymbolicText,
  name: string,
  from: Resource,
  context: LinkContext,
): readonly Named[] {
  const row = lookup(childTypes, type);
  if (row === undefined) return [];
  return nameTargets(parentText, { from, types: [row.of] }, context).flatMap(({ to: parent, uncertain }) =>
    parent === undefined ? [] : childrenOf(type, parent, name, context).map(doubtedBy(uncertain)),
  );
}

function doubtedBy(doubt: Cause | undefined): (named: Named) => Named {
  return (named) => {
    const uncertain = bothDoubts(doubt, named.uncertain);
    return uncertain === undefined ? named : { ...named, uncertain };
  };
}

/** A secret's ARN ends in six random characters that its name does not have. */
function secretsOf(name: string, from: Resource, context: LinkContext): readonly Named[] {
  const dash = name.lastIndexOf('-');
  if (dash !== name.length - 7) return [];
  return context.index.named('AWS::SecretsManager::Secret', from, name.slice(0, dash));
}

/** Queue URLs name a queue, execute-api hosts an API; other URLs name no resource. */
function urlTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const [host = '', ...path] = splitText(found.text.slice(found.text.indexOf('://') + 3), '/');
  if (naming.types.includes('AWS::SQS::Queue') && /(^|\.)(sqs|queue)\./.test(`${host}.`)) {
    return nameTargets(
      { text: path.at(-1) ?? '', pieces: found.pieces },
      { ...naming, types: ['AWS::SQS::Queue'] },
      context,
    );
  }
  return hostTargets({ text: host, pieces: found.pieces }, naming, context);
}

/** The resource whose reference or id starts a host name: `{Api}.execute-api...`, `{Bucket}.s3...`. */
export function hostTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const host = found.text;
  const service = hostServices.find((entry) => host.includes(entry.sign));
  if (service === undefined) {
    const whole = leadingPiece(found)?.piece;
    return whole instanceof Reference ? referenceTargets(whole, '', naming, context) : [];
  }
  const types = naming.types.includes('*')
    ? service.types
    : service.types.filter((type) => naming.types.includes(type));
  if (types.length === 0) return [];
  const name = splitText(host, '.')[0] ?? '';
  // The regional name of a custom domain looks like an API's; no API's id has a dash.
  if (service.sign === '.execute-api.' && name.startsWith('d-')) return [];
  return nameTargets({ text: name, pieces: found.pieces }, { ...naming, types }, context);
}

const hostServices: readonly { readonly sign: string; readonly types: readonly string[] }[] = [
  { sign: '.execute-api.', types: ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'] },
  { sign: '.lambda-url.', types: ['AWS::Lambda::Url'] },
  { sign: '.s3', types: ['AWS::S3::Bucket'] },
];

function nameTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const piece = wholePiece(found);
  if (piece instanceof Reference) return referenceTargets(piece, '', naming, context);
  if (piece !== undefined) return [{ cause: causeOf(found.text, found.pieces) ?? unclear(found.text) }];
  if (found.text === '' || naming.types.includes('*')) return [];
  const { from } = naming;
  for (const type of naming.types) {
    const named = context.index.named(type, from, found.text);
    if (named.length > 0)
      return namedTargetsOf(
        named,
        (resource) => throughProxies(resource, naming, context, 0),
        () => unnamedTargets(found, naming, context),
      );
  }
  return unnamedTargets(found, naming, context);
}

function unnamedTargets(found: SymbolicText, naming: Naming, context: LinkContext): readonly Target[] {
  const alias = kmsAlias(found.text, naming, context);
  if (alias !== undefined) return alias;
  const cause = causeOf(found.text, found.pieces);
  if (cause !== undefined) return [{ cause }];
  return [outsideOf(found.text, naming, context)];
}

function outsideOf(name: string, { types, from }: Naming, context: LinkContext): Target {
  return { to: context.externals.named(types[0] ?? 'AWS::Unknown', name, from.scope, undefined) };
}

/** What is called by a name, with the doubt about whether it is, and what the name means where nothing is. */
function namedTargetsOf(
  named: readonly Named[],
  targetsOf: (resource: Resource) => readonly Target[],
  otherwise: () => readonly Target[],
): readonly Target[] {
  const doubted = (targets: readonly Target[], doubt: Cause | undefined): readonly Target[] =>
    targets.map((target) => {
      const uncertain = bothDoubts(target.uncertain, doubt);
      return uncertain === undefined ? target : { ...target, uncertain };
    });
  const found = named.flatMap(({ resource, uncertain }) => doubted(targetsOf(resource), uncertain));
  const nowhere = named.reduce<Cause | undefined>(
    (outer, { uncertain }) => (uncertain === undefined ? outer : bothDoubts(outer, otherSide(uncertain))),
    undefined,
  );
  const isCertain = named.some(({ uncertain }) => uncertain === undefined);
  return isCertain || nowhere === undefined ? found : [...found, ...doubted(otherwise(), nowhere)];
}

function kmsAlias(name: string, naming: Naming, context: LinkContext): readonly Target[] | undefined {
  if (!name.startsWith('alias/')) return undefined;
  const named = context.index.named('AWS::KMS::Alias', naming.from, name);
  if (named.length === 0) return undefined;
  return namedTargetsOf(
    named,
    (alias) => throughProxies(alias, naming, context, 0),
    () => [outsideOf(name, naming, context)],
  );
}

function unclear(text: string): Cause {
  return { code: 'outside', message: `\`${text}\` is not part of what was scanned` };
}
