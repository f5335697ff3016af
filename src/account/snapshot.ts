import { gunzipSync, gzipSync } from 'node:zlib';
import { HeadgateError } from '../model/headgate-error.ts';
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
  return Object.fromEntries(members) as ObjectValue;
}

interface Line {
  readonly headgateSnapshot?: unknown;
  readonly resource?: Resource;
  readonly incomplete?: AccountReading['incomplete'][number];
  readonly diagnostic?: AccountReading['diagnostics'][number];
  readonly skipped?: AccountReading['skipped'][number];
  readonly call?: AccountReading['calls'][number];
  readonly end?: { readonly resources: number };
}

type Header = Pick<AccountReading, 'account' | 'partition' | 'regions' | 'completeness'>;

/**
 * Reads a snapshot back; what is decided on it is what the audit decided.
 * `file` is its path for messages.
 * @throws HeadgateError `snapshot-invalid` for bytes that are none, of another version, or cut off.
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  file: string,
): AccountReading & { readonly takenAt: string } {
  const [header, ...lines] = parseLines(bytes, file);
  if (header?.headgateSnapshot !== snapshotVersion) {
    const found = header?.headgateSnapshot === undefined ? 'no snapshot' : 'a snapshot of another version';
    throw new HeadgateError('snapshot-invalid', `The file is ${found}: collect it again with this version.`, {
      file,
    });
  }
  const resources = lines.flatMap(({ resource }) => (resource === undefined ? [] : [readResource(resource)]));
  if (lines.at(-1)?.end?.resources !== resources.length) {
    throw new HeadgateError(
      'snapshot-invalid',
      'The snapshot is cut off: its end is missing. Collect it again.',
      { file },
    );
  }
  const { account, partition, regions, completeness, takenAt } = header as Header & { takenAt: string }; // of this version
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

function parseLines(bytes: Uint8Array, file: string): Line[] {
  const texts = inflate(bytes, file).toString('utf8').split('\n');
  return texts.flatMap((text, index) => {
    if (text === '') return [];
    try {
      return [JSON.parse(text) as Line]; // checked by header and end
    } catch (cause) {
      const where = { file, line: index + 1, column: 1 };
      throw new HeadgateError(
        'snapshot-invalid',
        'The line is not JSON: collect the snapshot again.',
        where,
        { cause },
      );
    }
  });
}

/** A snapshot that unpacks to more than this was not written by Headgate. */
const maximumBytes = 2 ** 30;

function inflate(bytes: Uint8Array, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return Buffer.from(bytes);
  try {
    return gunzipSync(bytes, { maxOutputLength: maximumBytes });
  } catch (cause) {
    throw new HeadgateError(
      'snapshot-invalid',
      'The snapshot cannot be unpacked: collect it again.',
      { file },
      { cause },
    );
  }
}

function readResource(written: Resource): Resource {
  const properties = readValue(written.properties) as ObjectValue; // written from an object
  const at = written.arn ?? written.id;
  return { ...written, properties, locate: (path) => ({ arn: at, path }) };
}
