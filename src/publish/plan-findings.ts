import { createHash } from 'node:crypto';
import type { IsGone, Finding, FindingState, RememberedFinding } from './finding.ts';

/** A finding of this run, and what it is about. */
export interface ObservedFinding {
  readonly finding: Finding;
  readonly ruleId: string;
  readonly resourceType: string;
}

/** What is to be sent, and what is to be remembered of each once it was accepted. */
export interface FindingPlan {
  readonly send: readonly { readonly finding: Finding; readonly remember: RememberedFinding }[];
  /** Ids that may be forgotten: archived long enough ago for Security Hub to have deleted them. */
  readonly forget: readonly string[];
  readonly counts: Readonly<
    Record<'failed' | 'passed' | 'waived' | 'archived' | 'repeated' | 'unchanged', number>
  >;
}

// Security Hub deletes what nobody updates for 90 days; open findings are repeated well before that.
const repeatAfterDays = 7;
const archivedKeptDays = 30;
const day = 86_400_000;

/**
 * Decides what to tell Security Hub, from what was observed and what it was told before.
 * fail: FAILED. Repaired: PASSED, once. Waived: WARNING. Unknown: what was known stays, and is kept alive.
 * Not observed: ARCHIVED, only where `isGone` says so.
 */
export function planFindings(
  observed: readonly ObservedFinding[],
  state: FindingState,
  isGone: IsGone,
  now: Date,
): FindingPlan {
  const counts = { failed: 0, passed: 0, waived: 0, archived: 0, repeated: 0, unchanged: 0 };
  const send: { finding: Finding; remember: RememberedFinding }[] = [];
  const seen = new Set<string>();
  const told = new Set<string>();
  for (const item of observed) {
    const { Id, Compliance } = item.finding;
    seen.add(Id);
    const before = state[Id];
    if (!isNews(item.finding, before, now)) {
      if (before !== undefined) counts.unchanged += 1;
      continue;
    }
    send.push(prepare(item, before, now));
    told.add(Id);
    counts[countOf[Compliance.Status]] += 1;
  }
  for (const [id, before] of Object.entries(state)) {
    if (told.has(id) || before.status === 'ARCHIVED') continue;
    if (!seen.has(id) && isGone(before)) {
      send.push(prepareAgain(before, 'ARCHIVED', now));
      counts.archived += 1;
    } else if (before.status !== 'PASSED' && isStale(before, now)) {
      // Not decided, or out of sight: what was known would be forgotten, as if it were closed.
      send.push(prepareAgain(before, before.finding.RecordState, now));
      counts.repeated += 1;
    }
  }
  const forget = Object.entries(state)
    .filter(
      ([id, { status, updatedAt }]) =>
        status === 'ARCHIVED' &&
        !seen.has(id) &&
        now.getTime() - Date.parse(updatedAt) > archivedKeptDays * day,
    )
    .map(([id]) => id);
  return { send, forget, counts };
}

// What is sent again at the same instant is given a millisecond more each time.
const sameInstantMs = 1000;

/** Since when Security Hub knows something newer than what was read `at`; undefined where it does not. */
export function toldSince(state: FindingState, at: Date): string | undefined {
  const times = Object.values(state).map(({ updatedAt }) => updatedAt);
  const latest = times.reduce((left, right) => (left < right ? right : left), '');
  return Date.parse(latest) > at.getTime() + sameInstantMs ? latest : undefined;
}

const countOf = {
  FAILED: 'failed',
  PASSED: 'passed',
  WARNING: 'waived',
  NOT_AVAILABLE: 'unchanged',
} as const;

function isNews(finding: Finding, before: RememberedFinding | undefined, now: Date): boolean {
  const { Status } = finding.Compliance;
  // What was never wrong is no finding, and what is not known now does not change what was known.
  if (before === undefined) return Status === 'FAILED' || Status === 'WARNING';
  if (Status === 'NOT_AVAILABLE') return false;
  if (Status === 'PASSED') return before.status !== 'PASSED' && before.status !== 'ARCHIVED';
  if (before.status !== Status || before.content !== contentOf(finding)) return true;
  return isStale(before, now);
}

function isStale({ updatedAt }: RememberedFinding, now: Date): boolean {
  return now.getTime() - Date.parse(updatedAt) > repeatAfterDays * day;
}

function prepare(
  { finding, ruleId, resourceType }: ObservedFinding,
  before: RememberedFinding | undefined,
  now: Date,
): { finding: Finding; remember: RememberedFinding } {
  const updatedAt = laterThan(before?.updatedAt, now);
  const firstSeen = before?.firstSeen ?? updatedAt;
  const sent: Finding = {
    ...finding,
    CreatedAt: firstSeen,
    FirstObservedAt: firstSeen,
    UpdatedAt: updatedAt,
    LastObservedAt: updatedAt,
  };
  return {
    finding: sent,
    remember: {
      firstSeen,
      status: finding.Compliance.Status,
      updatedAt,
      content: contentOf(finding),
      ruleId,
      resourceType,
      account: finding.AwsAccountId,
      region: finding.Region,
      finding: sent,
    },
  };
}

/** What was sent before, once more: archived, or so that it is not forgotten. */
function prepareAgain(
  before: RememberedFinding,
  RecordState: Finding['RecordState'],
  now: Date,
): { finding: Finding; remember: RememberedFinding } {
  const updatedAt = laterThan(before.updatedAt, now);
  const finding: Finding = { ...before.finding, RecordState, UpdatedAt: updatedAt };
  const status = RecordState === 'ARCHIVED' ? RecordState : before.status;
  return { finding, remember: { ...before, status, updatedAt, finding } };
}

// An import whose UpdatedAt is not later than the stored one is ignored without a word.
function laterThan(before: string | undefined, now: Date): string {
  const least = before === undefined ? 0 : Date.parse(before) + 1;
  return new Date(Math.max(now.getTime(), least)).toISOString();
}

// When, by which version and in which flows it was seen: no news of a finding by themselves, and told with the next.
const circumstances = new Set([
  'CreatedAt',
  'UpdatedAt',
  'FirstObservedAt',
  'LastObservedAt',
  'headgate/version',
  'headgate/ruleSetDigest',
  'headgate/flows',
]);

/** Digest of what a finding says, in whatever order: Security Hub hands members back in its own. */
export function contentOf(finding: Finding): string {
  const { ProductFields, ...rest } = finding as Finding & { readonly ProductFields?: object };
  const content = [...Object.entries(rest), ...Object.entries(ProductFields ?? {})].filter(
    ([key]) => !circumstances.has(key),
  );
  const text = JSON.stringify(Object.fromEntries(content), ordered);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function ordered(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
