import type { Finding } from './finding.ts';
import { validateAsff } from './validate-asff.ts';

/** The part of Security Hub that publishing writes to. */
export interface FindingImporter {
  /** `BatchImportFindings`. Rejects when the whole batch was refused. */
  importFindings(batch: readonly Finding[]): Promise<{
    readonly failed: readonly {
      readonly Id: string;
      readonly ErrorCode: string;
      readonly ErrorMessage: string;
    }[];
  }>;
}

/** Which findings were accepted, and why the others were not. */
export interface ImportOutcome {
  readonly accepted: ReadonlySet<string>;
  readonly refused: readonly {
    readonly id: string;
    readonly reason: string;
    /** False where the call failed: whether the finding arrived is not known. */
    readonly certain: boolean;
  }[];
  /** Name of the error after which nothing was tried any more. */
  readonly closed?: string;
}

export interface ImportOptions {
  /** Waits; tests pass their own. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

// Source: Security Hub partner guide: 100 findings, 6 MB and 240 KB a finding; 10 calls a second an account and Region.
const batchLimit = { findings: 100, bytes: 6_000_000 };
const findingBytes = 240_000;
const millisecondsBetweenCalls = 300; // a third of the documented rate
const attempts = 3;
// Security Hub is off for the account, the caller may not write to it, or has no time left: to ask again changes nothing.
const closing: ReadonlySet<string> = new Set([
  'InvalidAccessException',
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'DeadlineError',
]);

/**
 * Imports findings in batches within the service's limits. Each that is refused is tried again on its
 * own, then reported; a refused batch never takes its neighbours along.
 */
export async function importFindings(
  findings: readonly Finding[],
  importer: FindingImporter,
  options: ImportOptions,
): Promise<ImportOutcome> {
  const accepted = new Set<string>();
  const refused = new Map<string, { reason: string; certain: boolean }>();
  const fitting: Finding[] = [];
  for (const finding of uniqueById(findings)) {
    const problem = problemOf(finding);
    if (problem === undefined) fitting.push(finding);
    else refused.set(finding.Id, { reason: problem, certain: true });
  }
  let [pending, closed]: [Finding[], string | undefined] = [fitting, undefined];
  for (let attempt = 1; attempt <= attempts && pending.length > 0 && closed === undefined; attempt++) {
    const failed: Finding[] = [];
    for (const batch of batchesOf(pending)) {
      const answer = await importBatch(batch, importer, closed);
      closed ??= answer.closed;
      for (const finding of batch) {
        const reason = answer.reasons.get(finding.Id);
        if (reason === undefined) {
          accepted.add(finding.Id);
          refused.delete(finding.Id);
        } else {
          const wasCertain = refused.get(finding.Id)?.certain ?? true;
          refused.set(finding.Id, { reason, certain: wasCertain && answer.certain });
          failed.push(finding);
        }
      }
      if (closed === undefined) await options.wait(millisecondsBetweenCalls);
    }
    pending = failed;
    if (pending.length > 0 && attempt < attempts && closed === undefined) await options.wait(1000 * attempt);
  }
  return {
    accepted,
    refused: [...refused].map(([id, refusal]) => ({ id, ...refusal })),
    ...(closed === undefined ? {} : { closed }),
  };
}

/** Why a finding is not even sent: one that breaks a limit would take its whole batch along. */
function problemOf(finding: Finding): string | undefined {
  if (Buffer.byteLength(JSON.stringify(finding)) > findingBytes)
    return `the finding is larger than ${findingBytes} bytes`;
  const problems = validateAsff(finding);
  return problems.length === 0
    ? undefined
    : `not sent: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`;
}

// Security Hub processes only the first of two findings with one id.
function uniqueById(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.Id, finding])).values()];
}

interface BatchAnswer {
  /** Why findings were refused, by id. */
  readonly reasons: ReadonlyMap<string, string>;
  /** True where Security Hub answered, or was not asked. */
  readonly certain: boolean;
  readonly closed?: string;
}

async function importBatch(
  batch: readonly Finding[],
  importer: FindingImporter,
  closed: string | undefined,
): Promise<BatchAnswer> {
  const all = (reason: string): Map<string, string> => new Map(batch.map(({ Id }) => [Id, reason]));
  if (closed !== undefined) return { reasons: all(closed), certain: true };
  try {
    const { failed } = await importer.importFindings(batch);
    return {
      certain: true,
      reasons: new Map(
        failed.map(({ Id, ErrorCode, ErrorMessage }) => [Id, `${ErrorCode}: ${ErrorMessage}`]),
      ),
    };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const reason = error instanceof Error ? `${name}: ${error.message}` : String(error);
    if (closing.has(name)) return { reasons: all(reason), certain: true, closed: name };
    return { reasons: all(reason), certain: false };
  }
}

/** Batches of at most 100 findings and 6 MB. */
export function batchesOf(findings: readonly Finding[]): Finding[][] {
  const batches: Finding[][] = [];
  let [current, bytes]: [Finding[], number] = [[], 0];
  for (const finding of findings) {
    const size = Buffer.byteLength(JSON.stringify(finding)) + 1;
    if (current.length > 0 && (current.length >= batchLimit.findings || bytes + size > batchLimit.bytes)) {
      batches.push(current);
      [current, bytes] = [[], 0];
    }
    current.push(finding);
    bytes += size;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
