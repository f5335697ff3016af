/**
 * Whose request it is. `anonymous`: unsigned. `principal`: signed by an IAM principal. `service`: an
 * AWS service that acts by its own name, for a resource of one of its customers.
 */
export type Caller = 'anonymous' | 'principal' | 'service';

/**
 * What stands under a key in a request of an outsider. `absent`: never there. `identity`: tells who or
 * whence the caller is, so that no outsider has a value that a policy fixes. `address`: an IP address,
 * of which an outsider has any but the narrow ranges that a policy names. `chosen`: whatever the caller
 * likes, or what holds for the resource whoever calls. `text:...`: always this.
 * A question mark says that the key may also be absent.
 */
export type KeyContent = 'absent' | 'identity' | 'address' | 'chosen' | `text:${string}`;

interface KeyRow {
  readonly anonymous: KeyContent | `${KeyContent}?`;
  readonly principal: KeyContent | `${KeyContent}?`;
  readonly service: KeyContent | `${KeyContent}?`;
}

const row = (
  anonymous: KeyRow['anonymous'],
  principal: KeyRow['principal'],
  service: KeyRow['service'],
): KeyRow => ({ anonymous, principal, service });

const ofPrincipal = row('absent', 'identity', 'absent');
const ofOrganization = row('absent', 'identity?', 'absent');
const ofSource = row('absent', 'absent', 'identity?');
const ofNetwork = row('identity?', 'identity?', 'absent');
const anything = row('chosen?', 'chosen?', 'chosen?');
const always = row('chosen', 'chosen', 'chosen');

/**
 * Condition keys, in lower case, as of 2026-11-27. When a key is there and what it holds:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (which keys
 * keep a policy from being public),
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html.
 */
const keys: Readonly<Record<string, KeyRow>> = {
  'aws:principalaccount': row('text:anonymous', 'identity', 'absent'),
  'aws:principalarn': ofPrincipal,
  'aws:principalorgid': ofOrganization,
  'aws:principalorgpaths': ofOrganization,
  'aws:principalisawsservice': row('text:false', 'text:false', 'text:true'),
  'aws:principalservicename': row('absent', 'absent', 'identity'),
  'aws:principalservicenameslist': row('absent', 'absent', 'identity'),
  'aws:principaltype': row('text:Anonymous', 'chosen', 'chosen?'),
  'aws:userid': row('text:anonymous', 'identity', 'absent'),
  'aws:username': row('absent', 'chosen?', 'absent'),
  'aws:multifactorauthpresent': row('absent', 'chosen?', 'absent'),
  'aws:multifactorauthage': row('absent', 'chosen?', 'absent'),
  'aws:tokenissuetime': row('absent', 'chosen?', 'absent'),
  'aws:sourcearn': ofSource,
  'aws:sourceaccount': ofSource,
  'aws:sourceorgid': ofSource,
  'aws:sourceorgpaths': ofSource,
  // Of SNS and S3, from before aws:SourceAccount: the account of the caller, or of the resource that it acts for.
  'aws:sourceowner': row('absent', 'identity', 'identity?'),
  'aws:sourceip': row('address?', 'address?', 'absent'),
  'aws:sourcevpc': ofNetwork,
  'aws:sourcevpce': ofNetwork,
  'aws:sourcevpcarn': ofNetwork,
  'aws:vpceaccount': ofNetwork,
  'aws:vpceorgid': ofNetwork,
  'aws:vpceorgpaths': ofNetwork,
  'aws:ec2instancesourcevpc': ofOrganization,
  // Any VPC may use any private range, so that an address in one says nothing of whose it is.
  'aws:vpcsourceip': row('chosen?', 'chosen?', 'absent'),
  'aws:securetransport': always,
  'aws:currenttime': always,
  'aws:epochtime': always,
  'aws:requestedregion': always,
  'aws:viaawsservice': row('text:false', 'chosen', 'text:false'),
  'kms:calleraccount': row('absent', 'identity', 'absent'),
  's3:dataaccesspointarn': ofNetwork,
  's3:dataaccesspointaccount': ofNetwork,
  'lambda:eventsourcetoken': ofSource,
};

/** What an outsider's request holds under a condition key; keys that nothing is known of are the caller's to choose. */
export function contentOfKey(
  key: string,
  caller: Caller,
): { readonly content: KeyContent; readonly mayBeAbsent: boolean } {
  const text = (keys[key] ??
    (key.startsWith('aws:principaltag/') ? keys['aws:username'] : undefined) ??
    anything)[caller];
  const mayBeAbsent = text.endsWith('?');
  return { content: (mayBeAbsent ? text.slice(0, -1) : text) as KeyContent, mayBeAbsent }; // a row holds nothing else
}

/** Policy variables that tell of the resource, not of who asks: to compare with one binds as a fixed value does. */
export const variablesOfTheResource: ReadonlySet<string> = new Set([
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
]);

/** What follows a fixed start of these still belongs to whom the start names: `o-1/*`, `AROAEXAMPLE:*`. */
export const ownerEnds: Readonly<Record<string, string>> = {
  'aws:principalorgpaths': '/',
  'aws:sourceorgpaths': '/',
  'aws:vpceorgpaths': '/',
  'aws:userid': ':',
};

const account = ['000000000000'];
const organization = ['o-zz9outside', 'o-zz9outsiders'];
const path = ['o-zz9outside/r-zz9z/'];
const vpc = ['vpc-zz9outside'];

/** Values as outsiders have them, in the form of the key; of other keys any text may stand in. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  'aws:principalaccount': account,
  'aws:sourceaccount': account,
  'aws:sourceowner': account,
  'aws:vpceaccount': account,
  'kms:calleraccount': account,
  's3:dataaccesspointaccount': account,
  'aws:principalorgid': organization,
  'aws:sourceorgid': organization,
  'aws:vpceorgid': organization,
  'aws:principalorgpaths': path,
  'aws:sourceorgpaths': path,
  'aws:vpceorgpaths': path,
  'aws:principalarn': ['arn:aws:iam::000000000000:role/zz9', 'arn:aws:iam::000000000000:user/zz9-outsider'],
  'aws:sourcearn': ['arn:aws:zz9:zz9:000000000000:zz9', 'arn:aws:zz9:::zz9-outsider'],
  'aws:sourcevpc': vpc,
  'aws:ec2instancesourcevpc': vpc,
  'aws:sourcevpce': ['vpce-zz9outside'],
};

/** Values that no policy lists, in the form that the key has. */
export function valuesOfOutsiders(key: string): readonly string[] {
  return shapes[key] ?? ['zz9-outsider', 'arn:aws:zz9:zz9:000000000000:zz9'];
}

/** A value that fits a pattern, in the form that the key has: account numbers have twelve digits. */
export function valueFor(key: string, pattern: string): string {
  if (shapes[key] !== account) return pattern.replaceAll('*', 'zz9').replaceAll('?', '9');
  const digits = pattern.replaceAll('?', '9');
  const [start, ...rest] = digits.split('*');
  const missing = 12 - digits.replaceAll('*', '').length;
  return rest.length === 0 || missing < 0 ? digits : `${start ?? ''}${'9'.repeat(missing)}${rest.join('')}`;
}
