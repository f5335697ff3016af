import { scalarText } from '../model/scalar-text.ts';
import type { Resource } from '../model/resource.ts';
import { splitText, toSymbolicText } from '../model/symbolic-text.ts';
import type { Cause, Value } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { coverMost, isBroad, parseRange, sampleAddresses, type AddressRange } from './addresses.ts';
import { contentOfKey, valueFor, valuesOfOutsiders, type Caller } from './condition-keys.ts';
import { foreignMeets, readDate, readOperator, type StatementCondition } from './conditions.ts';
import type { Candidate } from './request.ts';

/** Gives what may stand under a key, of all conditions that name it. */
export type CandidatesOf = (key: string, conditions: readonly StatementCondition[]) => readonly Candidate[];

const absent: Candidate = { kind: 'absent' };
const foreign: Candidate = { kind: 'foreign' };
const text = (value: string): Candidate => ({ kind: 'text', text: value });

/** Keys that tell when a request is made. */
const aboutTime: ReadonlySet<string> = new Set(['aws:currenttime', 'aws:epochtime']);

/** Requests of now; with `andLater`, also those at each time to come that the conditions tell apart. */
export function atTime(candidates: CandidatesOf, now: number, andLater: boolean): CandidatesOf {
  return (key, conditions) => {
    if (!aboutTime.has(key)) return candidates(key, conditions);
    const told = andLater ? conditions.flatMap(({ values }) => values.flatMap(timesAround)) : [];
    return [...new Set([now, ...told.filter((time) => time > now)])].map((time) => text(scalarText(time)));
  };
}

function timesAround(value: Value): readonly number[] {
  const at = typeof value === 'string' || typeof value === 'number' ? readDate(scalarText(value)) : NaN;
  return Number.isNaN(at) ? [] : [at - 1, at, at + 1];
}

/** Keys that tell whose the resource is. */
const aboutResource = /^aws:resource(account|orgid|orgpaths)$|^s3:resourceaccount$/;

/** What an outsider can bring under a key, of a service by its name; `ofOthers` where the resource is somebody else's. */
export function ofOutsider(caller: Caller, service?: string, ofOthers = false): CandidatesOf {
  return (key, conditions) => {
    if (
      service !== undefined &&
      (key === 'aws:principalservicename' || key === 'aws:principalservicenameslist')
    )
      return [text(service)];
    if (ofOthers && aboutResource.test(key)) return [absent, foreign];
    const { content, mayBeAbsent } = contentOfKey(key, caller);
    return [...(mayBeAbsent ? [absent] : []), ...candidatesOfContent(key, content, conditions)];
  };
}

function candidatesOfContent(
  key: string,
  content: string,
  conditions: readonly StatementCondition[],
): readonly Candidate[] {
  if (content === 'absent') return [absent];
  if (content === 'identity') return ofSomebodyElse(key, conditions);
  if (content === 'address') return outsideAddresses(conditions);
  return content === 'chosen' ? anyValue(conditions) : [text(content.slice('text:'.length))];
}

/** One value of an outsider for every pattern that is open to outsiders, and values that fit none. */
function ofSomebodyElse(asked: string, conditions: readonly StatementCondition[]): readonly Candidate[] {
  const usual = valuesOfOutsiders(asked);
  const texts = new Set(usual);
  let hasVariable = false;
  for (const { operator, key, values } of conditions) {
    const comparison = readOperator(operator)?.row?.comparison;
    for (const value of values) {
      const found = toSymbolicText(value);
      if (found === undefined || comparison === undefined) continue;
      if (foreignMeets(comparison, found, key.toLowerCase()) !== true) continue;
      if (found.text.includes('${')) hasVariable = true;
      else if (!usual.some((one) => wildcardMatches(found.text, one))) texts.add(valueFor(asked, found.text));
    }
  }
  const known = [...texts].map((one): Candidate => ({ kind: 'foreign', text: one }));
  // What a variable stands for is the caller's to fill.
  return hasVariable ? [...known, foreign] : known;
}

function rangesOf(conditions: readonly StatementCondition[]): readonly AddressRange[] {
  return conditions.flatMap(({ values }) =>
    values.flatMap((value) => (typeof value === 'string' ? (parseRange(value) ?? []) : [])),
  );
}

// Addresses of a narrow range are of whom the policy means by them.
function outsideAddresses(conditions: readonly StatementCondition[]): readonly Candidate[] {
  const ranges = rangesOf(conditions);
  const narrow = ranges.filter((range) => !isBroad(range));
  const closed = coverMost(narrow) ? [] : narrow;
  return sampleAddresses(ranges, closed).map((address): Candidate => ({ kind: 'address', address }));
}

/** A text that no policy lists. */
const unheardOf = 'zz9-unheard-of';

/** One value of every kind that the conditions tell apart. */
export function anyValue(conditions: readonly StatementCondition[]): readonly Candidate[] {
  // What is once held against true or false is nothing else.
  if (conditions.some(({ operator }) => /bool/i.test(operator))) return [text('true'), text('false')];
  const texts = new Set<string>();
  let addresses = false;
  for (const { operator, values } of conditions) {
    const comparison = readOperator(operator)?.row?.comparison.as;
    if (comparison === 'address') addresses = true;
    for (const value of values) for (const one of textsAround(value, comparison)) texts.add(one);
  }
  const samples = addresses ? sampleAddresses(rangesOf(conditions), []) : [];
  return [
    // Under a key that holds addresses there is nothing else.
    ...[...texts, ...(addresses ? [] : [unheardOf])].map(text),
    ...samples.map((address): Candidate => ({ kind: 'address', address })),
  ];
}

function textsAround(value: Value, comparison: string | undefined): readonly string[] {
  if (comparison === 'number' || comparison === 'date') {
    const at = comparison === 'date' ? readDate(scalarText(value)) : Number(value);
    return Number.isNaN(at) ? [] : [at - 1, at, at + 1].map(scalarText);
  }
  if (typeof value === 'boolean' || typeof value === 'number') return [scalarText(value), 'true', 'false'];
  const found = toSymbolicText(value)?.text;
  if (found === undefined) return [];
  if (comparison === 'like' || comparison === 'arn')
    return [found.replaceAll('*', '').replaceAll('?', 'z'), found.replaceAll('*', 'zz').replaceAll('?', 'z')];
  return found === 'true' || found === 'false' ? ['true', 'false'] : [found];
}

/** As an outsider who has taken over the name of a bucket, whose ARN holds no account. */
export function ofTakenBucket(outsider: CandidatesOf): CandidatesOf {
  return (key, conditions) => {
    const own = outsider(key, conditions);
    if (key !== 'aws:sourcearn') return own;
    const names = anyValue(conditions).filter(
      (candidate) => candidate.kind === 'text' && (splitText(candidate.text, ':', 6)[4] ?? '') === '',
    );
    return [...own, ...names];
  };
}

/** What the requests of a service hold that acts for a resource of the scan. */
export function ofService(service: string, source: Resource | undefined): CandidatesOf {
  return (key) => {
    switch (key) {
      case 'aws:sourcearn':
        return [source === undefined ? unknown(key) : { kind: 'resource', resource: source }];
      case 'aws:sourceaccount':
      case 'aws:sourceowner':
        return [{ kind: 'account' }];
      case 'aws:principalservicename':
      case 'aws:principalservicenameslist':
        return [text(service)];
      case 'aws:principalisawsservice':
      case 'aws:securetransport':
        return [text('true')];
      case 'aws:viaawsservice':
        return [text('false')];
      default:
        return [isOfService.has(key) || key.startsWith('aws:principaltag/') ? absent : unknown(key)];
    }
  };
}

/** Keys of signed requests of principals, or of requests over a network, which a service's own are not. */
const isOfService: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:username',
  'aws:vpcsourceip',
  'kms:calleraccount',
]);

/** What the requests of a role of the scan hold; `via` is the service through which it uses a key. */
export function ofRole(roles: readonly Resource[], via: string | undefined): CandidatesOf {
  return (key, conditions) => {
    switch (key) {
      case 'aws:principalarn':
        return roles.length === 0
          ? [unknown(key)]
          : roles.map((resource) => ({ kind: 'resource', resource }));
      case 'aws:principalaccount':
      case 'aws:resourceaccount':
      case 'kms:calleraccount':
        return [{ kind: 'account' }];
      case 'aws:securetransport':
        return [text('true')];
      case 'aws:principalisawsservice':
        return [text('false')];
      case 'aws:sourcearn':
      case 'aws:sourceaccount':
        return [absent];
      case 'kms:viaservice':
        return [via === undefined ? absent : viaOf(via, conditions)];
      default:
        return [unknown(key)];
    }
  };
}

// `sqs.eu-west-1.amazonaws.com`: the Region is that of the deployment.
function viaOf(via: string, conditions: readonly StatementCondition[]): Candidate {
  const listed = conditions
    .flatMap(({ values }) => values.flatMap((value) => toSymbolicText(value)?.text ?? []))
    .find((value) => value.startsWith(`${via}.`));
  return text((listed ?? `${via}.zz.amazonaws.com`).replaceAll('*', 'zz'));
}

function unknown(key: string): Candidate {
  const cause: Cause = { code: 'unsupported', message: `what requests hold under \`${key}\` is not known` };
  return { kind: 'unknown', cause };
}

/** Anything that conditions tell apart, and nothing. */
export const whatever: CandidatesOf = (_key, conditions) => [absent, ...anyValue(conditions)];

/** Keys that tell which resource a request is for, or through which service it comes; what they list, a policy names. */
const aboutWhich =
  /^(aws:resourcetag\/|iam:(passedtoservice$|associatedresourcearn$|resourcetag\/|policyarn$|permissionsboundary$)|kms:(viaservice$|resourcealiases$|requestalias$|encryptioncontext))/;

/** Requests for what no policy names: under a key that tells what it is stands nothing that a policy lists. */
export const ofUnlisted: CandidatesOf = (key, conditions) => {
  if (!aboutWhich.test(key)) return whatever(key, conditions);
  return key === 'iam:passedtoservice' ? [text(unheardOf)] : [absent, text(unheardOf)];
};

/** Requests without TLS, whoever sends them; what services send for their customers goes over TLS. */
export const withoutTls: CandidatesOf = (key, conditions) => {
  switch (key) {
    case 'aws:securetransport':
      return [text('false')];
    case 's3:tlsversion':
      return [absent];
    case 'aws:principalisawsservice':
    case 'aws:viaawsservice':
      return [text('false')];
    case 'aws:principalservicename':
      return [absent];
    default:
      return whatever(key, conditions);
  }
};
