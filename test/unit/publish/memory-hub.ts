import type { Finding, FindingState } from '../../../src/publish/finding.ts';
import type { FindingHub, StateStore } from '../../../src/publish/publish-findings.ts';

/**
 * Security Hub's documented rules for BatchImportFindings, in memory: no emulator has them.
 * At most 100 findings; the account must be the owner; an update that is not later is ignored without
 * a word; Workflow is never imported and goes back to NEW when a repaired finding fails again.
 */
export class MemoryHub implements FindingHub {
  readonly findings = new Map<string, Finding & { workflow: string }>();
  readonly batches: number[] = [];
  /** Ids refused this many more times. */
  readonly refusals = new Map<string, number>();
  failingCalls = 0;

  constructor(readonly account: string) {}

  async importFindings(
    batch: readonly Finding[],
  ): Promise<{ failed: { Id: string; ErrorCode: string; ErrorMessage: string }[] }> {
    await Promise.resolve();
    if (this.failingCalls > 0) {
      this.failingCalls -= 1;
      throw new Error('InternalException');
    }
    if (batch.length > 100) throw new Error('ValidationException: at most 100 findings');
    this.batches.push(batch.length);
    const failed: { Id: string; ErrorCode: string; ErrorMessage: string }[] = [];
    const seen = new Set<string>();
    for (const finding of batch) {
      const problem = this.#problemOf(finding);
      if (problem !== undefined)
        failed.push({ Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: problem });
      else if (!seen.has(finding.Id)) this.#store(finding);
      seen.add(finding.Id);
    }
    return { failed };
  }

  #problemOf(finding: Finding): string | undefined {
    if (finding.AwsAccountId !== this.account) return 'the finding belongs to another account';
    if (finding.Id.length > 512) return 'Id is too long';
    const left = this.refusals.get(finding.Id) ?? 0;
    if (left > 0) {
      this.refusals.set(finding.Id, left - 1);
      return 'try again';
    }
    return undefined;
  }

  #store(finding: Finding): void {
    const before = this.findings.get(finding.Id);
    if (before !== undefined && finding.UpdatedAt <= before.UpdatedAt) return;
    const reopened = before?.Compliance.Status === 'PASSED' && finding.Compliance.Status !== 'PASSED';
    this.findings.set(finding.Id, {
      ...finding,
      workflow: before === undefined || reopened ? 'NEW' : before.workflow,
    });
  }

  async ownFindings(): Promise<Finding[]> {
    await Promise.resolve();
    return [...this.findings.values()]
      .filter(({ RecordState }) => RecordState === 'ACTIVE')
      .map((stored) => ({ ...stored, workflow: undefined }));
  }
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
