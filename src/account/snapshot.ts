import { gunzipSync, gzipSync } from 'node:zlib';
import { HeadgateError, type ErrorPlace } from '../model/headgate-error.ts';
import type { Resource } from '../model/resource.ts';
import {
  SymbolicValue,
  Unresolved,
  isArrayValue,
  type Cause,
  type ObjectValue,
  type Value,
} from '../model/value.ts';
import type { AccountReading } from './collect-account.ts';
import { Redactor, type SecretFinder } from './redact.ts';
import { headerProblem, lineProblem } from './snapshot-lines.ts';

/** Raised by one when a reader of the old version could misread the new one. */
const snapshotVersion = 1;

export interface SnapshotOptions {
  readonly takenAt: Date;
  /** Headgate's own version. */
  readonly version: string;
  readonly findSecrets: SecretFinder;
  /** See `Redactor`. */
  readonly key: Uint8Array;
  /** gzip; default true. */
  readonly compress?: boolean;
}

/**
 * An account as newline-delimited JSON: a header, one line a resource and a fact, an end with counts.
 * Secrets do not get into it.
 */
export function encodeSnapshot(reading: AccountReading, options: SnapshotOptions): Uint8Array {
  const redactor = new Redactor(options.findSecrets, options.key);
  const { account, partition, regions, completeness } = reading;
  const lines: object[] = [
    {
      headgateSnapshot: snapshotVersion,
      version: options.version,
      takenAt: options.takenAt.toISOString(),
      ...{ account, partition, regions, completeness },
    },
    ...reading.resources.map((resource) => ({ resource: writeResource(resource, redactor) })),
    ...reading.incomplete.map((incomplete) => ({ incomplete })),
    ...reading.diagnostics.map((diagnostic) => ({ diagnostic })),
    ...reading.skipped.map((skipped) => ({ skipped })),
    ...reading.calls.map((call) => ({ call })),
    { end: { resources: reading.resources.length } },
  ];
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return options.compress === false ? bytes : gzipSync(bytes);
}

function writeResource(resource: Resource, redactor: Redactor): object {
  const { id, type, name, scope, account, region, arn, uncertain, properties } = resource;
  return {
    id,
    type,
    name,
    scope,
    account,
    region,
    arn,
    uncertain,
    properties: writeValue(redactor.redact(properties, type)),
  };
}

/** Unresolved values become `{"$unresolved": cause}`; a member that really starts with `$` gets another one. */
function writeValue(value: Value): unknown {
  if (value instanceof Unresolved) return { $unresolved: value.cause };
  if (value instanceof SymbolicValue || typeof value !== 'object' || value === null) return value;
  if (isArrayValue(value)) return value.map(writeValue);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.startsWith('$') ? `$${key}` : key, writeValue(member)]),
  );
}

function readValue(written: unknown): Value {
  if (typeof written !== 'object' || written === null) return written as Value; // JSON has no other scalars
  if (Array.isArray(written)) return written.map(readValue);
  if ('$unresolved' in written) return new Unresolved(written.$unresolved as Cause); // as it was written
  const members = Object.entries(written).map(([key, member]) => [
    key.startsWith('$$') ? key.slice(1) : key,
    readValue(member),
  ]);
  return Object.fromEntries(members) as ObjectValue; // own members, `__proto__` too
}

interface Line {
  readonly resource?: Resource;
  readonly incomplete?: AccountReading['incomplete'][number];
  readonly diagnostic?: AccountReading['diagnostics'][number];
  readonly skipped?: AccountReading['skipped'][number];
  readonly call?: AccountReading['calls'][number];
  readonly end?: { readonly resources: number };
}

type Header = Pick<AccountReading, 'account' | 'partition' | 'regions' | 'completeness'> & {
  readonly takenAt: string;
};

/**
 * Reads a snapshot back; what is decided on it is what the audit decided.
 * `file` is its path for messages.
 * @throws HeadgateError `snapshot-invalid` for bytes that are none, of another version, changed, or cut off.
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  file: string,
): AccountReading & { readonly takenAt: string } {
  const { header, lines } = parseLines(inflate(bytes, file), file);
  const resources = lines.flatMap(({ resource }) => (resource === undefined ? [] : [readResource(resource)]));
  if (lines.at(-1)?.end?.resources !== resources.length)
    throw invalid('The snapshot is cut off: its end is missing.', { file });
  const { account, partition, regions, takenAt } = header;
  // Where no calls were counted, the lines alone say what is missing.
  const completeness = Array.isArray(header.completeness)
    ? { complete: true, nothing: false, scopes: [] }
    : header.completeness;
  return {
    ...{ account, partition, regions, completeness, takenAt, resources },
    inputs: [{ name: file, kind: 'snapshot', resources: resources.length }],
    incomplete: lines.flatMap(({ incomplete = [] }) => incomplete),
    diagnostics: lines.flatMap(({ diagnostic = [] }) => diagnostic),
    skipped: lines.flatMap(({ skipped = [] }) => skipped),
    calls: lines.flatMap(({ call = [] }) => call),
    positions: () => undefined,
    suppressions: [],
    documents: new Map(),
  };
}

function invalid(problem: string, where: ErrorPlace, cause?: unknown): HeadgateError {
  return new HeadgateError(
    'snapshot-invalid',
    `${problem} Collect the snapshot again with this version of Headgate.`,
    where,
    cause === undefined ? undefined : { cause },
  );
}

function parseLines(
  bytes: Buffer,
  file: string,
): { readonly header: Header; readonly lines: readonly Line[] } {
  const texts = linesOf(bytes);
  const first = texts.next().value as string | undefined;
  const header = first === undefined ? undefined : parseHeader(first, file);
  if (header === undefined) throw invalid('The file is not a snapshot.', { file });
  const lines: Line[] = [];
  let number = 1;
  for (const text of texts) {
    number += 1;
    if (text === '') continue;
    const where = { file, line: number, column: 1 };
    const value = parseLine(text, where);
    const problem = lineProblem(value);
    if (problem !== undefined) throw invalid(`The line was changed: ${problem}.`, where);
    lines.push(value as Line); // as the check says
  }
  return { header, lines };
}

function parseHeader(text: string, file: string): Header | undefined {
  const where = { file, line: 1, column: 1 };
  // What does not begin as a snapshot is another file, of which nothing is said.
  const value = text.startsWith('{') ? parseLine(text, where) : undefined;
  if (typeof value !== 'object' || value === null || !('headgateSnapshot' in value)) return undefined;
  if (value.headgateSnapshot !== snapshotVersion)
    throw invalid('The file is a snapshot of another version.', { file });
  const problem = headerProblem(value);
  if (problem !== undefined) throw invalid(`The line was changed: ${problem}.`, where);
  return value as unknown as Header; // as the check says
}

function parseLine(text: string, where: ErrorPlace): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('The line is not JSON.', where, cause);
  }
}

/** Line by line, because V8 holds no text as long as a large snapshot. */
function* linesOf(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    yield to - from > longestLineBytes ? '{' : bytes.toString('utf8', from, to);
    from = to + 1;
  }
}

/** Longer lines were not written by Headgate; they are treated as no JSON. */
const longestLineBytes = 2 ** 28;

/** Largest snapshot file, and what it may unpack to. */
export const snapshotLimitBytes = 2 ** 29;

function inflate(bytes: Uint8Array, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return gunzipSync(bytes, { maxOutputLength: snapshotLimitBytes });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const problem = isTooLarge
      ? `The snapshot unpacks to more than ${snapshotLimitBytes / 2 ** 20} MB.`
      : 'The snapshot cannot be unpacked.';
    throw invalid(problem, { file }, cause);
  }
}

function readResource({ properties: written, ...members }: Resource): Resource {
  const { id, type, name, scope, account, region, arn, uncertain } = members;
  const at = arn ?? id;
  return {
    ...{ id, type, name, scope },
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(arn === undefined ? {} : { arn }),
    ...(uncertain === undefined ? {} : { uncertain }),
    properties: readValue(written) as ObjectValue, // written from an object
    locate: (path) => ({ arn: at, path }),
  };
}
