import type { PolicyPrincipal, PolicyStatement } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { leadingPiece, splitText, toSymbolicText, type SymbolicText } from '../model/symbolic-text.ts';
import { Choice, PartialString, Reference, SymbolicValue, Unresolved, type Value } from '../model/value.ts';
import { mayBe } from '../model/value-limits.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { actionMatches, plainServicePrincipal } from './actions.ts';
import { some, not, type Truth } from '../model/truth.ts';
import { causeOfValue, isOwnAccount } from './conditions.ts';
import type { Asked, Call, PolicyWorld, Requester } from './request.ts';

/** Whether a statement speaks of whoever asks. A statement without principals is of an identity's policy: its holder asks. */
export function principalMatches(
  statement: PolicyStatement,
  requester: Requester,
  world: PolicyWorld,
): Truth {
  const { principals, notPrincipals, holder } = statement;
  const isOne = (principal: PolicyPrincipal): Truth => principalIs(principal, requester, holder, world);
  if (notPrincipals.length > 0) return not(some(notPrincipals, isOne));
  return some(principals, isOne);
}

function principalIs(
  { kind, value }: PolicyPrincipal,
  requester: Requester,
  holder: Resource,
  world: PolicyWorld,
): Truth {
  if (value === '*')
    return kind === '*' || kind === 'AWS' || (kind === 'Service' && requester.kind === 'service');
  if (value instanceof Choice) return value.cause;
  if (requester.kind === 'named') return value === requester.value;
  if (kind === '?' && requester.kind !== 'role' && value instanceof Unresolved)
    return mayBeStar(value) ? value.cause : false;
  if (requester.kind === 'service') return kind === 'Service' && serviceIs(value, requester.name);
  if (kind !== 'AWS' && kind !== '?') return false;
  if (requester.kind === 'role') {
    if (requester.named !== true && isAccountOf(value, world)) return true;
    const named = some(requester.roles, (role) => world.names(value, holder, role));
    const mayBe = named === false && kind === '?' && value instanceof Unresolved && mayBeStar(value);
    return mayBe ? value.cause : named;
  }
  // Of symbols only one that stands for the whole can turn out to be a star.
  if (value instanceof Unresolved) return mayBeStar(value) ? value.cause : false;
  return typeof value === 'string' && /^arn:[^:]*:(iam|sts)::[^:]*[*?]/.test(value);
}

function mayBeStar(value: Unresolved): boolean {
  const { cause } = value;
  return mayBe(value, '*') && cause.code !== 'pseudo-parameter' && cause.code !== 'attribute';
}

function serviceIs(value: Value, name: string | undefined): Truth {
  if (name === undefined) return false;
  if (typeof value === 'string') return plainServicePrincipal(value) === plainServicePrincipal(name);
  if (!(value instanceof PartialString)) return value instanceof SymbolicValue ? causeOfValue(value) : false;
  // `events.${AWS::URLSuffix}`, `logs.${AWS::Region}.amazonaws.com`: the service stands in front.
  const [first] = value.parts;
  if (typeof first !== 'string' || !first.includes('.')) return causeOfValue(value);
  return first.slice(0, first.indexOf('.') + 1) === name.slice(0, name.indexOf('.') + 1);
}

/** Whether a principal is the account in which the policy stands; an account that is written out is taken for it where none is known. */
function isAccountOf(value: Value, { account }: PolicyWorld): boolean {
  if (value instanceof Unresolved) return isOwnAccount(value);
  const found = toSymbolicText(value);
  if (found === undefined) return false;
  const id = found.text.startsWith('arn:')
    ? /:root$/.test(found.text)
      ? (splitText(found.text, ':', 6)[4] ?? '')
      : ''
    : found.text;
  const piece = found.pieces.get(id);
  if (piece instanceof Unresolved) return isOwnAccount(piece);
  return /^\d{12}$/.test(id) && (account === undefined || account === id);
}

/** Whether a statement speaks of an action. A statement that names none speaks of none. */
export function actionMatched({ actions, notActions }: PolicyStatement, action: string): Truth {
  const isOne = (pattern: Value): Truth => actionIs(pattern, action);
  return notActions.length > 0 ? not(some(notActions, isOne)) : some(actions, isOne);
}

function actionIs(pattern: Value, action: string): Truth {
  if (typeof pattern === 'string') return actionMatches(pattern, action);
  if (!(pattern instanceof SymbolicValue)) return false;
  const [first] = pattern instanceof PartialString ? pattern.parts : [];
  const start = typeof first === 'string' ? first : '';
  return actionMatches(`${start.slice(0, action.length)}*`, action) ? causeOfValue(pattern) : false;
}

/** Whether a statement speaks of the resource that is asked for. */
export function resourceMatched(statement: PolicyStatement, asked: Asked, world: PolicyWorld): Truth {
  const { resources, notResources, holder } = statement;
  if (asked.kind === 'resource' && asked.call !== undefined && holder.type === 'AWS::Lambda::Permission') {
    const fits = sameQualifier(statement.qualifier, asked.call.qualifier);
    if (fits !== true) return fits;
  }
  // A trust policy, and a bus's statement in its older form, name no resource: they are about their own.
  if (asked.kind === 'any' || (resources.length === 0 && notResources.length === 0)) return true;
  const isOne = (value: Value): Truth => resourceIs(value, asked, holder, world);
  return notResources.length > 0 ? not(some(notResources, isOne)) : some(resources, isOne);
}

/** Whether what is permitted is what is called: a permission for an alias admits no call of the function, nor the other way round. */
export function sameQualifier(permitted: Value | undefined, called: Value | undefined): Truth {
  if (permitted === undefined || called === undefined) return permitted === called;
  const [a, b] = [toSymbolicText(permitted), toSymbolicText(called)];
  if (a === undefined || b === undefined) return causeOfValue(permitted);
  if (a.text === b.text) return true;
  return a.pieces.size + b.pieces.size > 0 ? causeOfValue(a.pieces.size > 0 ? permitted : called) : false;
}

/** Stands in for the name of somebody else's resource: no policy holds it. */
const strange = 'zz9-somebody-elses';

function resourceIs(
  value: Value,
  asked: Exclude<Asked, { kind: 'any' }>,
  holder: Resource,
  world: PolicyWorld,
): Truth {
  if (value === '*') return true;
  if (value instanceof Choice) return value.cause;
  if (asked.kind === 'foreign') return foreignIs(value);
  if (asked.kind === 'unlisted') return unlistedIs(value);
  if (asked.kind === 'resource') return ownIs(value, asked, holder, world);
  return asked.key === undefined
    ? objectsAre(value, asked.resource, holder, world)
    : objectIs(value, asked.resource, asked.key, { holder, world });
}

function foreignIs(value: Value): Truth {
  if (value instanceof Unresolved) return mayBeStar(value) ? value.cause : false;
  const found = toSymbolicText(value);
  if (found === undefined || !/[*?]/.test(found.text)) return false;
  const fields = splitText(found.text, ':', 6);
  // Whose resource it is, is open: a star before the account, or in it; and in the whole of the name.
  const owner = fields.slice(0, 5).map((field) => (field.includes('\uE000') ? 'x' : field));
  if (fields.length < 6) return beginsAnything(found);
  const account = owner[4] ?? '';
  return (
    (account === '' || wildcardMatches(account, '000000000000')) && wildcardMatches(fields[5] ?? '', strange)
  );
}

/** Services whose ARNs begin with the name itself, so that `orders/*` names something. */
const withoutTypes: ReadonlySet<string> = new Set(['s3', 's3express', 'execute-api', 'sns', 'sqs']);

/** Whether a pattern covers whatever is of a type in the account: `*`, `arn:aws:iam::111122223333:role/*`. */
function unlistedIs(value: Value): Truth {
  if (value instanceof Unresolved) return mayBeStar(value) ? value.cause : false;
  const found = toSymbolicText(value);
  if (found === undefined || !found.text.includes('*')) return false;
  const fields = splitText(found.text, ':', 6);
  if (fields.length < 6) return beginsAnything(found);
  const name = fields.slice(5).join(':');
  const star = withoutTypes.has(fields[2] ?? '')
    ? /^\*+([/:]\*+)*$/
    : /^(\/?[A-Za-z][A-Za-z-]*[/:])?\*+([/:]\*+)*$/;
  return star.test(name);
}

/** Whether a pattern without the fields of an ARN covers whatever is of a type. `${Bucket.Arn}/*` begins with one resource. */
function beginsAnything(found: SymbolicText): Truth {
  if (!found.text.endsWith('*')) return false;
  const lead = leadingPiece(found);
  if (lead === undefined) return true;
  if (!/^\*+$/.test(lead.rest)) return false;
  return lead.piece instanceof Unresolved && mayBeStar(lead.piece) ? lead.piece.cause : false;
}

function ownIs(
  value: Value,
  { resource, call }: Extract<Asked, { kind: 'resource' }>,
  holder: Resource,
  world: PolicyWorld,
): Truth {
  // What a permission says of its function tells nothing of the qualifier, which is held against it before.
  const called = holder.type === 'AWS::Lambda::Permission' ? undefined : call;
  if (value instanceof Reference && value.resourceId === resource.id) return called?.qualifier === undefined;
  if (value instanceof Reference) return world.names(value, holder, resource, called);
  const found = toSymbolicText(value);
  // `${Bucket.Arn}*` is the bucket and all that is in it; `${Bucket.Arn}/*` is not the bucket.
  const lead = found === undefined ? undefined : leadingPiece(found);
  if (lead?.piece instanceof Reference && lead.rest !== '') {
    if (lead.piece.resourceId !== resource.id) return false;
    if (/^\*+$/.test(lead.rest) || (holder.type === 'AWS::Lambda::Permission' && call !== undefined))
      return true;
    return called !== undefined && wildcardMatches(lead.rest, calledAs(called));
  }
  if (found !== undefined && /\/\*+$/.test(found.text) && resource.type === 'AWS::S3::Bucket') return false;
  return world.names(value, holder, resource, called);
}

/** What stands behind the function's own ARN where it is called by an alias or version. */
function calledAs({ qualifier }: Call): string {
  return qualifier === undefined ? '' : `:${toSymbolicText(qualifier)?.text ?? strange}`;
}

/** Whether a pattern of ARNs holds one object; a piece of its key that the deployment gives is taken to fit. */
function objectIs(
  value: Value,
  bucket: Resource,
  key: string,
  { holder, world }: { readonly holder: Resource; readonly world: PolicyWorld },
): Truth {
  if (value instanceof Unresolved) return mayBeStar(value) ? value.cause : false;
  const text = (toSymbolicText(value)?.text ?? '').replaceAll(/\uE000[^\uE001]*\uE001/g, '*');
  const slash = text.indexOf('/');
  if (slash < 0) return text.endsWith('*') && objectsAre(value, bucket, holder, world);
  if (!wildcardMatches(text.slice(slash), `/${key}`)) return false;
  const named = beforeSlash(value);
  return named === undefined ? false : ownIs(named, { kind: 'resource', resource: bucket }, holder, world);
}

/** What stands before the first slash of a text: the bucket of an object's ARN. */
function beforeSlash(value: Value): Value | undefined {
  if (typeof value === 'string') return value.slice(0, value.indexOf('/'));
  if (!(value instanceof PartialString)) return undefined;
  const index = value.parts.findIndex((part) => typeof part === 'string' && part.includes('/'));
  const last = value.parts[index];
  if (typeof last !== 'string') return undefined;
  const cut = last.slice(0, last.indexOf('/'));
  const parts = [...value.parts.slice(0, index), ...(cut === '' ? [] : [cut])];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new PartialString(parts);
}

function objectsAre(value: Value, resource: Resource, holder: Resource, world: PolicyWorld): Truth {
  const found = toSymbolicText(value);
  if (found === undefined) return false;
  const lead = leadingPiece(found);
  if (lead?.piece instanceof Reference)
    return lead.piece.resourceId === resource.id && /^(\/\*+|\*+)$/.test(lead.rest);
  if (value instanceof Unresolved) return mayBeStar(value) ? value.cause : false;
  const base = /^(.*[^/*])(\/\*+|\*+)$/.exec(found.text);
  if (base === null) return /^arn:[^/]*:\*+(\/\*)?$/.test(found.text);
  if (!(value instanceof PartialString)) {
    if (base[2]?.startsWith('/') === true) return world.names(base[1] ?? '', holder, resource);
    return world.names(found.text, holder, resource);
  }
  const last = value.parts.at(-1);
  if (typeof last !== 'string') return causeOfValue(value);
  const cut = last.slice(0, last.length - (base[2]?.length ?? 0));
  const parts = cut === '' ? value.parts.slice(0, -1) : [...value.parts.slice(0, -1), cut];
  return world.names(new PartialString(parts), holder, resource);
}
