import { collectors } from '../account/collectors/index.ts';
import type { ReportStore } from '../publish/report-store.ts';
import type { AuditSettings } from './audit-settings.ts';
import type { AuditSummary, PartSummary } from './audit-summary.ts';
import { splitCollection, type CollectionPart } from './collection-parts.ts';

/** Who goes on with what one function does not get through. */
export interface Successor {
  /** Where a run leaves word of itself for the one that retries it. */
  readonly work: ReportStore;
  /** Starts the rest; a second start of the same name is none. */
  start(name: string, input: SplitInput): Promise<void>;
}

/** What the state machine that reads part by part is told; as it stands in the fleet after its first task. */
export interface SplitInput {
  readonly time: string;
  readonly result: { readonly split: readonly CollectionPart[]; readonly nextRound: number };
}

/** Answer of a run that did nothing itself, as the one before it died. */
export interface HandedOver {
  readonly kind: 'handed-over';
  readonly execution: string;
}

/**
 * A scheduled audit, whose rest is handed over where its time was not enough. A run that finds that the one before it
 * died, of too much memory or in the middle of its time, does not die the same way: it hands over everything, service
 * by service.
 */
export async function auditOrHandOver(
  settings: Pick<AuditSettings, 'time'>,
  { work, start }: Successor,
  audit: () => Promise<AuditSummary | PartSummary>,
): Promise<AuditSummary | PartSummary | HandedOver> {
  const time = settings.time.toISOString();
  const execution = `audit-${time.replaceAll(/[:.]/g, '-')}`;
  const attempt = `parts/${time}/attempt`;
  const before = await work.get(attempt);
  if (before !== undefined && Buffer.from(before).toString('utf8') === 'running') {
    await start(execution, { time, result: { split: splitCollection(collectors), nextRound: 1 } });
    return { kind: 'handed-over', execution };
  }
  await work.put(attempt, 'running', 'text/plain');
  try {
    const summary = await audit();
    if (summary.kind === 'audit' && summary.split.length > 0) {
      const { split, nextRound } = summary;
      await start(execution, { time, result: { split, nextRound } });
    }
    return summary;
  } finally {
    // Whoever can still say so did not die: what failed is tried again as it is.
    await work.put(attempt, 'ended', 'text/plain');
  }
}
