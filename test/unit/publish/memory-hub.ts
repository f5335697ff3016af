import type { Finding, FindingState } from '../../../src/publish/finding.ts';
import type { FindingHub } from '../../../src/publish/publish-findings.ts';
import type { StateStore } from '../../../src/publish/remember-findings.ts';
import { brokenRule } from './import-rules.ts';

type Workflow = 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';

/** A finding as Security Hub keeps it. */
export interface StoredFinding extends Finding {
  workflow: Workflow;
  /** What the customer set over the provider's severity, by BatchUpdateFindings. */
  severity?: string;
}

interface Failed {
  Id: string;
  ErrorCode: string;
  ErrorMessage: string;
}

const day = 86_400_000;
const burst = 30;
const callsPerSecond = 10;

/**
 * Security Hub's documented rules for BatchImportFindings, in memory: no emulator has them. At most 100 findings, 6 MB
 * and ten calls a second; each finding by `brokenRule`; the first of two with one id; an update that is not later is
 * ignored without a word; what customers set stays; Workflow goes back to NEW when a closed finding opens again.
 * Sources: guides of Security Hub CSPM on BatchImportFindings, on findings and on the API's Workflow; read 2026-11-23.
 */
export class MemoryHub implements FindingHub {
  readonly findings = new Map<string, StoredFinding>();
  readonly batches: number[] = [];
  /** Ids refused this many more times. */
  readonly refusals = new Map<string, number>();
  /** Updates that were not later than what was stored, and said something else. */
  readonly ignored: string[] = [];
  failingCalls = 0;
  /** So many calls more are processed, and their answers lost. */
  lostAnswers = 0;
  isOff = false;
  throttled = 0;
  private tokens = burst;
  private readonly place: { readonly account: string; readonly region: string };

  constructor(account: string, region = 'eu-west-1') {
    this.place = { account, region };
  }

  /** Time passes for the rate of calls alone. */
  readonly wait = async (milliseconds: number): Promise<void> => {
    this.tokens = Math.min(burst, this.tokens + (milliseconds / 1000) * callsPerSecond);
    return Promise.resolve();
  };

  async importFindings(batch: readonly Finding[]): Promise<{ failed: Failed[] }> {
    await Promise.resolve();
    if (this.failingCalls > 0) {
      this.failingCalls -= 1;
      throw fault('InternalException', 'try again');
    }
    this.admit(batch);
    this.batches.push(batch.length);
    const failed: Failed[] = [];
    const seen = new Set<string>();
    for (const finding of batch) {
      const problem = brokenRule(finding, this.place) ?? this.refusal(finding);
      if (problem !== undefined)
        failed.push({ Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: problem });
      else if (!seen.has(finding.Id)) this.store(finding);
      seen.add(finding.Id);
    }
    if (this.lostAnswers === 0) return { failed };
    this.lostAnswers -= 1;
    throw fault('TimeoutError', 'no answer');
  }

  private admit(batch: readonly Finding[]): void {
    if (this.isOff) throw fault('InvalidAccessException', 'not subscribed to AWS Security Hub');
    if (this.tokens < 1) {
      this.throttled += 1;
      throw fault('LimitExceededException', 'Rate exceeded');
    }
    this.tokens -= 1;
    if (batch.length === 0 || batch.length > 100) throw fault('InvalidInputException', '1 to 100 findings');
    if (Buffer.byteLength(JSON.stringify(batch)) > 6_000_000)
      throw fault('InvalidInputException', 'at most 6 MB');
  }

  private refusal({ Id }: Finding): string | undefined {
    const left = this.refusals.get(Id) ?? 0;
    this.refusals.set(Id, left - 1);
    return left > 0 ? 'try again' : undefined;
  }

  private store(finding: Finding): void {
    const before = this.findings.get(finding.Id);
    if (before !== undefined && finding.UpdatedAt <= before.UpdatedAt) {
      if (statusOf(finding) !== statusOf(before)) this.ignored.push(finding.Id);
      return;
    }
    this.findings.set(finding.Id, {
      ...finding,
      ...(before?.severity === undefined ? {} : { severity: before.severity }),
      workflow: workflowAfter(before, finding),
    });
  }

  /** Deletes what nobody updated: after 90 days, and after 30 what is archived. */
  forget(now: Date): void {
    for (const [id, { RecordState, UpdatedAt }] of this.findings) {
      const days = (now.getTime() - Date.parse(UpdatedAt)) / day;
      if (days > (RecordState === 'ARCHIVED' ? 30 : 90)) this.findings.delete(id);
    }
  }

  async ownFindings(): Promise<Finding[]> {
    await Promise.resolve();
    if (this.isOff) throw fault('InvalidAccessException', 'not subscribed to AWS Security Hub');
    // Security Hub hands members back that nobody imported.
    return [...this.findings.values()].map(({ workflow, severity = 'HIGH', ...finding }) => ({
      ...finding,
      Workflow: { Status: workflow },
      WorkflowState: workflow,
      Severity: { Label: severity },
      ProcessedAt: finding.UpdatedAt,
      ProductFields: { ...productFieldsOf(finding), 'aws/securityhub/ProductName': 'Headgate' },
    }));
  }
}

/** `ARCHIVED`, or what the finding says. */
export function statusOf({ RecordState, Compliance }: Finding): string {
  return RecordState === 'ARCHIVED' ? 'ARCHIVED' : Compliance.Status;
}

function workflowAfter(before: StoredFinding | undefined, now: Finding): Workflow {
  if (before === undefined) return 'NEW';
  const reopened =
    (before.RecordState === 'ARCHIVED' && now.RecordState === 'ACTIVE') ||
    (before.Compliance.Status === 'PASSED' && now.Compliance.Status !== 'PASSED');
  return reopened && before.workflow !== 'SUPPRESSED' ? 'NEW' : before.workflow;
}

function productFieldsOf(finding: object): object {
  return 'ProductFields' in finding ? (finding.ProductFields as object) : {}; // Headgate's own
}

function fault(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** A store with conditional writes, in memory. */
export class MemoryStore implements StateStore {
  text: string | undefined;
  version = 0;
  /** Called before a write, to let another run come first. */
  beforeWrite: (() => void) | undefined;

  async read(): Promise<{ state: FindingState; tag: string } | undefined> {
    await Promise.resolve();
    return this.text === undefined
      ? undefined
      : { state: JSON.parse(this.text) as FindingState, tag: String(this.version) };
  }

  async write(state: FindingState, tag: string | undefined): Promise<boolean> {
    await Promise.resolve();
    const hook = this.beforeWrite;
    this.beforeWrite = undefined;
    hook?.();
    const current = this.text === undefined ? undefined : String(this.version);
    if (tag !== current && !(tag === undefined && this.broken)) return false;
    this.text = JSON.stringify(state);
    this.version += 1;
    return true;
  }

  get broken(): boolean {
    try {
      JSON.parse(this.text ?? '{}');
      return false;
    } catch {
      return true;
    }
  }
}
