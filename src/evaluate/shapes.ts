import { scalarText } from '../model/scalar-text.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import {
  PartialString,
  Reference,
  SecretReference,
  SymbolicValue,
  Unresolved,
  type Value,
} from '../model/value.ts';
import { isSelective } from './event-pattern.ts';
import { isSchedule, isTimeZone } from './schedule.ts';
import type { Truth } from '../model/truth.ts';

export type ValueShape =
  | 'customer-managed-key'
  | 'literal'
  | 'reference'
  | 'secret-reference'
  | 'arn'
  | 'https-url'
  | 'http-url'
  | 'schedule-expression'
  | 'time-zone'
  | 'selective-event-pattern'
  | 'acm-certificate'
  | 'web-acl'
  | 'default-security-group'
  | 'json';

/**
 * Values that a deployment gives. For a certificate of a custom domain any that it accepts will do: API Gateway
 * takes certificates of ACM alone. https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
 */
const settledByDeployment: ReadonlySet<string> = new Set(['parameter', 'import', 'attribute']);

/** Whether a value has a shape; unknown where only a deployment can tell. */
export function hasShape(
  value: Value | undefined,
  shape: ValueShape,
  { graph, now }: { readonly graph: ResourceGraph; readonly now: Date },
): Truth {
  if (value === undefined || value === null) return false;
  if (value instanceof Unresolved) {
    if (shape === 'acm-certificate' && settledByDeployment.has(value.cause.code)) return true;
    return shape === 'literal' ? false : value.cause;
  }
  if (shape === 'selective-event-pattern') return isSelective(value);
  switch (shape) {
    case 'literal':
      return !(value instanceof SymbolicValue) && typeof value !== 'object';
    case 'reference':
      return value instanceof Reference;
    case 'secret-reference':
      return isSecret(value);
    case 'customer-managed-key':
      return isCustomerManagedKey(value, graph);
    case 'acm-certificate':
      return isCertificate(value, graph);
    case 'default-security-group':
      return value instanceof Reference && value.attribute === 'DefaultSecurityGroup';
    case 'web-acl':
      return isWebAcl(value, graph);
    case 'json':
      return typeof value === 'object' || isJson(scalarText(value));
    case 'schedule-expression':
      return value instanceof SymbolicValue ? unknownText() : isSchedule(scalarText(value), now);
    case 'time-zone':
      return value instanceof SymbolicValue ? unknownText() : isTimeZone(scalarText(value));
    default:
      return hasPrefix(value, shape === 'arn' ? 'arn:' : shape === 'https-url' ? 'https://' : 'http://');
  }
}

function unknownText(): Truth {
  return { code: 'attribute', message: 'the text is known only after deployment' };
}

function isSecret(value: Value): boolean {
  return (
    value instanceof SecretReference ||
    (value instanceof PartialString && value.parts.some((part) => part instanceof SecretReference))
  );
}

function hasPrefix(value: Value, prefix: string): Truth {
  if (value instanceof Reference)
    return prefix === 'arn:' ? (value.attribute ?? '').endsWith('Arn') || unknownText() : unknownText();
  if (value instanceof PartialString) {
    const first = value.parts[0];
    if (typeof first !== 'string') return unknownText();
    return (
      first.toLowerCase().startsWith(prefix) ||
      (prefix.startsWith(first.toLowerCase()) ? unknownText() : false)
    );
  }
  if (value instanceof SymbolicValue) return unknownText();
  return typeof value === 'string' && value.toLowerCase().startsWith(prefix);
}

function isCustomerManagedKey(value: Value, graph: ResourceGraph): Truth {
  if (value instanceof Reference) {
    const key = graph.byId(value.resourceId);
    if (key !== undefined && keyTypes.has(key.type)) return isManagedByCustomer(key);
    return { code: 'attribute', message: 'what key this names is known only after deployment' };
  }
  const text =
    value instanceof PartialString
      ? value.parts.map((part) => (typeof part === 'string' ? part : '\u0000')).join('')
      : value;
  if (typeof text !== 'string') return value instanceof SymbolicValue ? unknownText() : false;
  if (text === '' || /(^|[^\w/-])(alias\/)?aws\//.test(text)) return false;
  const named = graph.byId(text);
  if (named !== undefined) return isManagedByCustomer(named);
  if (value instanceof PartialString)
    return /(:key\/|alias\/)/.test(text) || isWholeKeyReference(value, graph) || unknownText();
  return text.includes('alias/') || isUnlistedKey(text, graph);
}

const keyTypes: ReadonlySet<string> = new Set(['AWS::KMS::Key', 'AWS::KMS::Alias', 'AWS::KMS::ReplicaKey']);
/** How an account reading calls the keys that AWS made in the account for a service. */
const awsManagedKey = 'Headgate::AwsManagedKey';

function isManagedByCustomer({ type, properties: { KeyManager: manager } }: Resource): Truth {
  if (type === awsManagedKey) return false;
  return manager instanceof Unresolved ? manager.cause : manager !== 'AWS';
}

/** A key that was not scanned is taken to be the customer's, unless keys may be missing where it stands. */
function isUnlistedKey(keyId: string, graph: ResourceGraph): Truth {
  const [, , , region, account] = keyId.split(':');
  const isArn = region !== undefined && account !== undefined;
  if (
    !isArn &&
    graph.ofType(awsManagedKey).some(({ name, properties }) => [name, properties.KeyId].includes(keyId))
  )
    return false;
  const scopes = isArn ? [`${account}/${region}`] : accountScopes(graph);
  for (const scope of scopes) {
    const missing = graph.incompleteness('AWS::KMS::Key', scope);
    if (missing !== undefined) return missing;
  }
  return true;
}

function accountScopes(graph: ResourceGraph): readonly string[] {
  return graph
    .ofType('Headgate::Scope')
    .filter(({ properties }) => properties.Kind === 'account')
    .map(({ scope }) => scope);
}

function isWholeKeyReference(value: PartialString, graph: ResourceGraph): boolean {
  return value.parts.some(
    (part) => part instanceof Reference && graph.byId(part.resourceId)?.type === 'AWS::KMS::Key',
  );
}

function isCertificate(value: Value, graph: ResourceGraph): Truth {
  if (value instanceof Reference) {
    const type = graph.byId(value.resourceId)?.type ?? '';
    // A custom resource may make one too; of another kind API Gateway accepts none.
    return !type.startsWith('AWS::IAM::');
  }
  const text =
    value instanceof PartialString ? value.parts.filter((part) => typeof part === 'string').join('') : value;
  if (typeof text !== 'string') return value instanceof SymbolicValue ? unknownText() : false;
  return /:acm:|\/certificate\/|:certificate\//.test(text);
}

// CloudFront and API Gateway name a web ACL of WAFv2 by its ARN, and one of the ended WAF Classic by its id or another ARN.
function isWebAcl(value: Value, graph: ResourceGraph): Truth {
  if (value instanceof Reference) {
    const target = graph.byId(value.resourceId);
    if (target?.type === 'AWS::WAFv2::WebACL') return true;
    return target === undefined || target.external === true || !target.type.startsWith('AWS::WAF')
      ? { code: 'attribute', message: 'what web ACL this names is known only after deployment' }
      : false;
  }
  if (value instanceof PartialString) {
    const known = value.parts.map((part) => (typeof part === 'string' ? part : '')).join('');
    return known.includes(':wafv2:') || (known.includes(':waf') ? false : unknownText());
  }
  if (value instanceof SymbolicValue) return unknownText();
  return typeof value === 'string' && /^arn:[^:]*:wafv2:/.test(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
