import type { IsGone, Finding, FindingState, RememberedFinding } from './finding.ts';
import { importFindings, type FindingImporter, type ImportOptions } from './import-findings.ts';
import { contentOf, planFindings, type FindingPlan, type ObservedFinding } from './plan-findings.ts';
import { ownMembers } from './validate-asff.ts';

/** Security Hub as publishing uses it. */
export interface FindingHub extends FindingImporter {
  /** Every active finding that Headgate ever imported for this account and region, to rebuild a lost state. */
  ownFindings(): Promise<readonly Finding[]>;
}

/** Where the state is kept between runs. */
export interface StateStore {
  /** Undefined when there is none; rejects with a `SyntaxError` when it cannot be read as what it should be. */
  read(): Promise<{ readonly state: FindingState; readonly tag: string } | undefined>;
  /** Writes only when the stored state is still the one that was read; answers whether it was. */
  write(state: FindingState, tag: string | undefined): Promise<boolean>;
}

/** What a publication did. */
export interface Publication {
  readonly counts: FindingPlan['counts'];
  readonly accepted: number;
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** Name of the error by which Security Hub refuses this caller altogether. */
  readonly closed?: string;
  /** True when the state had to be read back from Security Hub. */
  readonly rebuilt: boolean;
}

const writeAttempts = 5;

/**
 * Tells Security Hub what changed. What was accepted is remembered, what was refused is not and so is
 * sent again by the next run: a run that dies half-way loses nothing. Two runs at once both send; the
 * later `UpdatedAt` wins there, and the later memory here.
 */
export async function publishFindings(
  observed: readonly ObservedFinding[],
  hub: FindingHub,
  store: StateStore,
  isGone: IsGone,
  now: Date,
  options: ImportOptions,
): Promise<Publication> {
  const { state, tag, rebuilt } = await readState(hub, store);
  const plan = planFindings(observed, state, isGone, now);
  const { accepted, refused, closed } = await importFindings(
    plan.send.map(({ finding }) => finding),
    hub,
    options,
  );
  const news = plan.send
    .filter(({ finding }) => accepted.has(finding.Id))
    .map(({ finding, remember }) => [finding.Id, remember] as const);
  if (news.length > 0 || plan.forget.length > 0 || rebuilt)
    await remember(news, plan.forget, state, tag, store);
  return {
    counts: plan.counts,
    accepted: accepted.size,
    refused,
    ...(closed === undefined ? {} : { closed }),
    rebuilt,
  };
}

/** What is remembered, read back from Security Hub where it is lost or cannot be read. */
export async function readState(
  hub: Pick<FindingHub, 'ownFindings'>,
  store: StateStore,
): Promise<{ state: FindingState; tag: string | undefined; rebuilt: boolean }> {
  try {
    const stored = await store.read();
    if (stored !== undefined) return { ...stored, rebuilt: false };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const found = await hub.ownFindings();
  return {
    state: Object.fromEntries(found.map((finding) => [finding.Id, recall(finding)])),
    tag: undefined,
    rebuilt: found.length > 0,
  };
}

function recall(found: Finding): RememberedFinding {
  const finding = ownMembers(found) as Finding; // a part of what a finding has
  const resources = (finding as { readonly ProductFields?: Readonly<Record<string, string>> }).ProductFields;
  return {
    firstSeen: finding.FirstObservedAt,
    status: finding.RecordState === 'ARCHIVED' ? 'ARCHIVED' : finding.Compliance.Status,
    updatedAt: finding.UpdatedAt,
    content: contentOf(finding),
    ruleId: finding.GeneratorId.replace(/^headgate\//, ''),
    resourceType: resources?.['headgate/resourceType'] ?? '',
    account: finding.AwsAccountId,
    region: finding.Region,
    finding,
  };
}

async function remember(
  news: readonly (readonly [string, RememberedFinding])[],
  forget: readonly string[],
  state: FindingState,
  tag: string | undefined,
  store: StateStore,
): Promise<void> {
  let [base, at] = [state, tag];
  for (let attempt = 0; attempt < writeAttempts; attempt++) {
    if (await store.write(merge(base, news, forget), at)) return;
    // Another run was faster: keep what it learnt, and add what this one did.
    const other = await store.read();
    [base, at] = [other?.state ?? {}, other?.tag];
  }
  throw new Error(
    `the state of Security Hub's findings could not be written in ${writeAttempts} attempts; the next run sends these findings again`,
  );
}

function merge(
  base: FindingState,
  news: readonly (readonly [string, RememberedFinding])[],
  forget: readonly string[],
): FindingState {
  const merged: Record<string, RememberedFinding> = { ...base };
  for (const [id, entry] of news) {
    const other = merged[id];
    const later = other === undefined || other.updatedAt <= entry.updatedAt ? entry : other;
    merged[id] = {
      ...later,
      firstSeen: other === undefined || entry.firstSeen < other.firstSeen ? entry.firstSeen : other.firstSeen,
    };
  }
  const gone = new Set(forget.filter((id) => merged[id]?.status === 'ARCHIVED'));
  return Object.fromEntries(Object.entries(merged).filter(([id]) => !gone.has(id)));
}
