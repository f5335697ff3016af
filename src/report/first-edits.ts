import type { Edit, ScanResult } from '../model/scan-result.ts';
import { plural } from './plain-text.ts';

/** Edits that a report begins with. */
const shownEdits = 3;

/** An edit that removes one failure is told where that failure is. */
const leastRemoved = 2;

/** The edits that a report begins with, and what they remove together. */
export interface BestEdits {
  readonly edits: readonly Edit[];
  /** "3 edits remove 14 of 22 failed checks". */
  readonly summary: string;
}

/** Undefined where no edit removes more than one failure: their list says the same. */
export function bestEdits({ firstEdits = [], summary }: ScanResult): BestEdits | undefined {
  const edits = firstEdits.filter(({ findings }) => findings >= leastRemoved).slice(0, shownEdits);
  if (edits.length === 0) return undefined;
  const removed = edits.reduce((sum, { findings }) => sum + findings, 0);
  const verb = edits.length === 1 ? 'removes' : 'remove';
  return {
    edits,
    summary: `${plural(edits.length, 'edit')} ${verb} ${removed} of ${plural(summary.fail, 'failed check')}`,
  };
}

/** "removes 12 (low): all.lambda.tracing on OrdersFunction, AuditFunction and 3 more". */
export function describeEdit({ findings, severity, rules, resources }: Edit): string {
  return `removes ${findings} (${findings === 1 ? '' : 'up to '}${severity}): ${listed(rules)} on ${listed(resources)}`;
}

function listed(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
