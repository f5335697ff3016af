import { randomBytes } from 'node:crypto';
import type { AccountReading } from '../account/collect-account.ts';
import { decodeSnapshot, encodeSnapshot } from '../account/snapshot.ts';
import { version } from '../app/version.ts';
import { credentialRanges } from '../evaluate/credentials.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Resource } from '../model/resource.ts';
import type { RuleData } from '../model/rule.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import type { ObjectValue } from '../model/value.ts';
import type { ReportStore } from '../publish/report-store.ts';
import type { AuditSettings } from './audit-settings.ts';
import type { PartSummary } from './audit-summary.ts';

/** Hands the reading of some services over to the run that decides, as a snapshot: without secrets. */
export async function writePart(
  part: string,
  reading: AccountReading,
  { time, regions }: AuditSettings,
  credentials: RuleData['credentials'],
  store: ReportStore,
): Promise<PartSummary> {
  const key = `parts/${time.toISOString()}/${reading.account}/${regions.join('+')}/${part}.ndjson.gz`;
  const bytes = encodeSnapshot(reading, {
    takenAt: time,
    version,
    key: randomBytes(32),
    findSecrets: (name, text) => credentialRanges(name, text, credentials),
  });
  await store.put(key, bytes, 'application/x-ndjson');
  return { kind: 'part', key };
}

/** Reads a part back. @throws HeadgateError `part-missing` or `snapshot-invalid`. */
export async function readPart(key: string, store: ReportStore): Promise<AccountReading> {
  const bytes = await store.get(key);
  if (bytes === undefined)
    throw new HeadgateError(
      'part-missing',
      `The part \`${key}\` of a split audit was deleted. Start a new audit.`,
    );
  const reading = decodeSnapshot(bytes, key);
  return {
    ...reading,
    inputs: [{ name: reading.account, kind: 'account', resources: reading.resources.length }],
  };
}

/**
 * Puts the parts of one account together, as if they had been read at once. A type is doubtful where a part
 * failed to read it, or where no part asked for it; that one part left it to another is no doubt.
 */
export function mergeParts(parts: readonly AccountReading[]): AccountReading {
  const [first] = parts;
  if (first === undefined)
    throw new HeadgateError('part-missing', 'The audit has no parts. Start a new audit.');
  const complete = parts.every(({ completeness }) => completeness.scopes.every(({ failed }) => failed === 0));
  const resources = mergeResources(parts, complete);
  return {
    ...first,
    resources,
    inputs: first.inputs.map((input) => ({ ...input, resources: resources.length })),
    incomplete: mergeDoubts(parts),
    diagnostics: mergeDiagnostics(parts),
    calls: parts.flatMap(({ calls }) => calls),
    completeness: {
      scopes: parts.flatMap(({ completeness }) => completeness.scopes),
      complete,
      nothing: parts.every(({ completeness }) => completeness.nothing),
    },
  };
}

// Parts of one service each list its resources, and each ask about some of their properties.
function mergeResources(parts: readonly AccountReading[], complete: boolean): Resource[] {
  const byId = new Map<string, Resource>();
  for (const resource of parts.flatMap(({ resources }) => resources)) {
    const known = byId.get(resource.id);
    const properties = { ...known?.properties, ...resource.properties };
    byId.set(resource.id, asWhole({ ...known, ...resource, properties }, complete));
  }
  return [...byId.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

// Each part says of the place that it left services out.
function asWhole(resource: Resource, complete: boolean): Resource {
  if (resource.type !== 'Headgate::Scope' || !complete) return resource;
  const properties: ObjectValue = { ...resource.properties, Complete: true };
  return { ...resource, properties };
}

function mergeDoubts(parts: readonly AccountReading[]): AccountReading['incomplete'] {
  const doubts = new Map<
    string,
    { doubt: AccountReading['incomplete'][number]; times: number; failed: boolean }
  >();
  for (const doubt of parts.flatMap(({ incomplete }) => incomplete)) {
    const key = `${doubt.scope}\n${doubt.type}`;
    const known = doubts.get(key) ?? { doubt, times: 0, failed: false };
    known.times += 1;
    if (doubt.cause.code !== 'not-collected' && !known.failed) Object.assign(known, { doubt, failed: true });
    doubts.set(key, known);
  }
  return [...doubts.values()]
    .filter(({ times, failed }) => failed || times >= parts.length)
    .map(({ doubt }) => doubt);
}

function mergeDiagnostics(parts: readonly AccountReading[]): SourceDiagnostic[] {
  const leftOut = (diagnostic: SourceDiagnostic): boolean => diagnostic.code === 'account-not-collected';
  const unmet = new Map<string, { diagnostic: SourceDiagnostic; times: number }>();
  const failed: SourceDiagnostic[] = [];
  for (const diagnostic of parts.flatMap(({ diagnostics }) => diagnostics)) {
    if (!leftOut(diagnostic)) failed.push(diagnostic);
    else {
      const known = unmet.get(diagnostic.message) ?? { diagnostic, times: 0 };
      known.times += 1;
      unmet.set(diagnostic.message, known);
    }
  }
  const never = [...unmet.values()].filter(({ times }) => times >= parts.length);
  return [...failed, ...never.map(({ diagnostic }) => diagnostic)];
}
