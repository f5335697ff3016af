import { setTimeout as wait } from 'node:timers/promises';
import { isRawObject, member } from '../text/raw.ts';

/** A resource that a change set changes. */
export interface ChangedResource {
  readonly action: string;
  readonly logicalId: string;
  readonly type: string;
  /** Properties before and after, with every number and boolean as text; absent where there are none. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** What a call is about. */
export interface HookPayload {
  /** The text that was submitted, JSON or YAML; empty when a stack is deleted. */
  readonly template: string;
  readonly previousTemplate: string;
  readonly changes: readonly ChangedResource[];
}

/** How a payload is fetched. */
export interface FetchOptions {
  /** True for addresses that may be asked. @default https addresses of Amazon S3 */
  readonly isAllowed?: (address: URL) => boolean;
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
  /** Milliseconds before the second and the third attempt. */
  readonly pauses?: readonly number[];
}

/** The payload could not be fetched or read; the message says why, and never holds the presigned address. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** Two templates of at most 1 MB, escaped, with the properties of their resources. */
const sizeLimit = 16 * 1024 * 1024;

/**
 * Fetches what a call is about.
 * @throws PayloadError
 */
export async function fetchPayload(address: string, options: FetchOptions = {}): Promise<HookPayload> {
  const { isAllowed = isAmazonS3, timeout = 5000, pauses = [200, 800] } = options;
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new PayloadError('The address of the payload is not a URL', { cause });
  }
  // The event comes from whoever may invoke the function; nothing else may be fetched through it.
  if (!isAllowed(url))
    throw new PayloadError(`The payload is not fetched from \`${url.host}\`: that is not Amazon S3`);
  for (const pause of [...pauses, undefined]) {
    const answer = await attempt(url, timeout);
    if (typeof answer === 'string') return parsePayload(answer);
    if (!answer.isTransient || pause === undefined) throw new PayloadError(answer.why);
    await wait(pause);
  }
  throw new PayloadError('The payload was not fetched');
}

interface Failure {
  readonly why: string;
  readonly isTransient: boolean;
}

async function attempt(url: URL, timeout: number): Promise<string | Failure> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) });
    if (!response.ok)
      return {
        why: `Amazon S3 answered ${response.status} for the payload${response.status === 403 || response.status === 404 ? '; its presigned address has expired, or is not for this function' : ''}`,
        isTransient: response.status >= 500 || response.status === 429,
      };
    return await bodyOf(response);
  } catch (error) {
    const isSlow = error instanceof DOMException && error.name === 'TimeoutError';
    return {
      why: isSlow
        ? `The payload was not there after ${timeout} ms`
        : 'Amazon S3 could not be reached for the payload',
      isTransient: true,
    };
  }
}

async function bodyOf(response: Response): Promise<string | Failure> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    const bytes = part as Uint8Array; // what a body's stream yields
    size += bytes.length;
    if (size > sizeLimit)
      return { why: `The payload is larger than ${sizeLimit / 1024 / 1024} MB`, isTransient: false };
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function isAmazonS3({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' && /(?:^|[.])s3[.-](?:[a-z0-9-]+[.])*amazonaws[.]com(?:[.]cn)?$/.test(hostname)
  );
}

/**
 * Reads a payload.
 * @throws PayloadError
 */
export function parsePayload(text: string): HookPayload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PayloadError('The payload is not JSON', { cause });
  }
  if (!isRawObject(value)) throw new PayloadError('The payload is not a JSON object');
  const changes = member(value, 'changedResources');
  return {
    template: textOf(member(value, 'template')),
    previousTemplate: textOf(member(value, 'previousTemplate')),
    changes: Array.isArray(changes) ? changes.flatMap(readChange) : [],
  };
}

/** A template is documented as text; as an object it is read too. */
function textOf(template: unknown): string {
  if (typeof template === 'string') return template;
  return isRawObject(template) ? JSON.stringify(template) : '';
}

function readChange(change: unknown): ChangedResource[] {
  const [logicalId, type] = [member(change, 'logicalResourceId'), member(change, 'resourceType')];
  if (typeof logicalId !== 'string' || typeof type !== 'string') return [];
  const before = propertiesOf(member(change, 'beforeContext'));
  const after = propertiesOf(member(change, 'afterContext'));
  return [
    {
      action: String(member(change, 'action')).toUpperCase(),
      logicalId,
      type,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

/** A context is JSON text of a resource, `{"Properties": {...}}`. */
function propertiesOf(context: unknown): Readonly<Record<string, unknown>> | undefined {
  let value = context;
  if (typeof context === 'string') {
    try {
      value = JSON.parse(context);
    } catch {
      return undefined; // the template alone decides
    }
  }
  const properties = member(value, 'Properties');
  return isRawObject(properties) ? properties : undefined;
}
