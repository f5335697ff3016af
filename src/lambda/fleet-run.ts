import type { Severity } from '../model/rule.ts';
import type { AuditSummary } from './audit-summary.ts';
import type { FleetItem } from './fleet-plan.ts';

/** What became of one account and Region. */
export interface FleetRun {
  readonly item: FleetItem;
  /** Absent where the run failed; then nothing of the place was closed, and nothing is known of today. */
  readonly summary?: AuditSummary;
  /** What went wrong; beside a summary, after it. */
  readonly failure?: string;
}

/** The organization at one time. */
export interface FleetReport {
  readonly time: string;
  readonly runs: readonly FleetRun[];
  readonly totals: {
    readonly places: number;
    readonly failedPlaces: number;
    readonly incompletePlaces: number;
    readonly unpublishedPlaces: number;
    readonly resources: number;
    readonly pass: number;
    readonly fail: number;
    readonly unknown: number;
    readonly waived: number;
    readonly bySeverity: Readonly<Record<Severity, number>>;
  };
}
