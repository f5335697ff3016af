import { types } from 'node:util';
import type { SourceDiagnostic } from '../model/source.ts';
import type { Cause } from '../model/value.ts';

/** What became of a call that gave no answer. */
export type FailureKind = 'denied' | 'throttled' | 'failed' | 'timeout';

export interface CallFailure {
  readonly kind: FailureKind;
  /** The service's own word for it, e.g. `AccessDeniedException`. */
  readonly name: string;
  /** IAM action that is missing, or was asked for. */
  readonly action: string;
  /** For people, without a final full stop. */
  readonly message: string;
  readonly remedy: string;
}

/** Raised where the audit's deadline passes, or its user stops it, before a call is answered. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  constructor(
    message: string,
    /** What lets the call be made the next time, imperative. */
    readonly remedy: string,
  ) {
    super(message);
  }
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
}

const deniedNames =
  /^(AccessDenied|AuthorizationError|UnauthorizedOperation|NotAuthorized|Forbidden|UnauthorizedException|KmsAccessDenied|KMSAccessDenied)/;
const throttledNames =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|EC2Throttled|BandwidthLimitExceeded|ProvisionedThroughputExceeded|PriorRequestNotComplete|LimitExceededException$)/;
const credentialNames =
  /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|AuthFailure|IncompleteSignature|MissingAuthenticationToken)/;
/** Raised before anything is sent: there is nothing to sign with. */
const providerNames = /^(CredentialsProviderError|TokenProviderError)$/;
const fileCodes = /^(ENOENT|EACCES|EISDIR)$/;
const networkCodes =
  /^(ENOTFOUND|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|UNABLE_TO_|DEPTH_ZERO)/;
const unknownOperation =
  /^(UnknownOperation|InvalidAction|NotImplemented|UnsupportedOperation$|UnknownError$)/;

/** The name under which services report it; `''` for what is no error. */
export function errorName(error: unknown): string {
  return factsOf(error).name;
}

/** Sorts a thrown error, and names the IAM action that a denied call lacks. `action` is what the call asks for. */
export function classifyError(error: unknown, action: string): CallFailure {
  const facts = factsOf(error);
  if (error instanceof DeadlineError) {
    return failure('timeout', facts, action, error.message, error.remedy);
  }
  if (throttledNames.test(facts.name) || facts.status === 429) {
    const message = `\`${action}\` was throttled on every retry (${facts.name})`;
    return failure(
      'throttled',
      facts,
      action,
      message,
      'run the audit again when there is less API traffic in the account',
    );
  }
  if (providerNames.test(facts.name) || fileCodes.test(facts.code ?? '')) return noCredentials(facts, action);
  if (credentialNames.test(facts.name)) {
    const message = `\`${action}\` was rejected: the credentials are not valid in this account or Region (${facts.name})`;
    return failure(
      'failed',
      facts,
      action,
      message,
      'renew the credentials, and check that the Region is enabled',
    );
  }
  if (deniedNames.test(facts.name) || (facts.status === 403 && facts.name !== 'SyntaxError')) {
    return denied(facts, action);
  }
  return otherFailure(facts, action);
}

function noCredentials(facts: ErrorFacts, action: string): CallFailure {
  const message = `no AWS credentials found: ${facts.message.replace(/\.$/, '').slice(0, 300)}`;
  return failure('failed', facts, action, message, credentialRemedy(facts));
}

function credentialRemedy({ code, message }: ErrorFacts): string {
  if (code !== undefined && fileCodes.test(code)) return 'check the path and the read permission of the file';
  if (/\bSSO\b/i.test(message)) return 'sign in with `aws sso login --profile NAME`, and audit again';
  return 'sign in, choose an existing profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary credentials)';
}

function denied(facts: ErrorFacts, asked: string): CallFailure {
  const action =
    /not authorized to perform: ?([a-z0-9-]{1,40}:[A-Za-z0-9]{1,80})/.exec(facts.message)?.[1] ?? asked;
  const policy = /explicit deny in an? ([a-z -]{1,60}?)(?: policy|:|$)/i.exec(facts.message)?.[1];
  if (policy !== undefined) {
    const message = `\`${action}\` is denied explicitly by a ${policy} policy`;
    return failure(
      'denied',
      facts,
      action,
      message,
      `exclude the auditor's role from the Deny statement in the ${policy} policy`,
    );
  }
  if (/explicit deny/i.test(facts.message)) {
    const message = `\`${action}\` is denied explicitly by a policy`;
    return failure(
      'denied',
      facts,
      action,
      message,
      `find the policy that denies \`${action}\`; an explicit deny overrides any allow`,
    );
  }
  const message = `\`${action}\` was denied (${facts.name})`;
  return failure('denied', facts, action, message, remedyOfDenial(action));
}

function remedyOfDenial(action: string): string {
  if (!action.startsWith('sts:AssumeRole')) return `allow \`${action}\` for the auditor's role`;
  return `allow \`${action}\` for the caller, and allow the caller in the trust policy of the role, with its external ID`;
}

function otherFailure(facts: ErrorFacts, action: string): CallFailure {
  const status = facts.status === undefined ? '' : `, HTTP ${facts.status}`;
  if (networkCodes.test(facts.code ?? '') || facts.name === 'TimeoutError') {
    const message = `no response to \`${action}\` (${facts.code ?? facts.name})`;
    return failure(
      'failed',
      facts,
      action,
      message,
      'check the network connection, and that the AWS service is available in this Region',
    );
  }
  // The parser of XML throws plain errors.
  if (facts.name === 'SyntaxError' || facts.name === 'TypeError' || isNoXml(facts)) {
    const message = `\`${action}\` returned a response in an unexpected format (${facts.name}${status})`;
    return failure(
      'failed',
      facts,
      action,
      message,
      'check for a proxy, or for an emulator that does not support the call',
    );
  }
  if (unknownOperation.test(facts.name) || facts.status === 501) {
    const message = `\`${action}\` is not offered here (${facts.name}${status})`;
    return failure(
      'failed',
      facts,
      action,
      message,
      'exclude the AWS service with --services, or audit a Region that has it',
    );
  }
  const message = `\`${action}\` failed (${facts.name}${status}): ${facts.message.slice(0, 200)}`;
  return failure(
    'failed',
    facts,
    action,
    message,
    'run the audit again; if the error persists, look it up in the AWS API reference',
  );
}

function isNoXml({ name, message }: ErrorFacts): boolean {
  return name === 'Error' && /XML parse error|Deserialization error/.test(message);
}

function failure(
  kind: FailureKind,
  facts: ErrorFacts,
  action: string,
  message: string,
  remedy: string,
): CallFailure {
  return { kind, name: facts.name, action, message, remedy };
}

function factsOf(error: unknown): ErrorFacts {
  // Whichever realm it comes from: Node's own errors are of another one where modules run in a context of theirs.
  if (!types.isNativeError(error))
    return { name: '', message: String(error), status: undefined, code: undefined };
  const { $metadata, code, $response } = error as Error & {
    // Members that the SDK adds to what it throws.
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly statusCode?: number };
    readonly code?: unknown;
  };
  return {
    name: error.name,
    message: error.message,
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    code: typeof code === 'string' ? code : undefined,
  };
}

/** Why a value is not known, after a failed call. */
export function causeOfFailure({ kind, message, remedy }: CallFailure): Cause {
  return { code: kind, message, remedy };
}

/** Calls of one operation that failed alike, as one diagnostic. */
export interface FailureGroup {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly failure: CallFailure;
  /** ARNs or ids of the resources asked about; empty for a list call. */
  readonly resources: readonly string[];
  /** Types whose verdicts it may change. */
  readonly affects: readonly string[];
}

/** What is said of them. `where` is service and Region. */
export function toDiagnostic(group: FailureGroup): SourceDiagnostic {
  const { failure: failed, resources } = group;
  const [first] = resources;
  const about =
    first === undefined
      ? ''
      : resources.length === 1
        ? ` for ${first}`
        : ` for ${first} and ${resources.length - 1} more`;
  return {
    code: `account-call-${failed.kind}`,
    severity: 'warning',
    message: `${failed.message}${about}; ${failed.remedy}`,
    where: `${group.service} ${group.region}`,
    affects: group.affects,
  };
}
