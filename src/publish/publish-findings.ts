import { HeadgateError } from '../model/headgate-error.ts';
import type { IsGone, Finding, FindingState, RememberedFinding } from './finding.ts';
import {
  importFindings,
  type FindingImporter,
  type ImportOptions,
  type ImportOutcome,
} from './import-findings.ts';
import { newsOf, type FindingNews } from './news.ts';
import {
  contentOf,
  planFindings,
  toldSince,
  type FindingPlan,
  type ObservedFinding,
} from './plan-findings.ts';
import { addMemories, intentOf, updateState, withdraw, type StateStore } from './remember-findings.ts';
import { ownMembers } from './validate-asff.ts';

/** Security Hub as publishing uses it. */
export interface FindingHub extends FindingImporter {
  /** Every finding that Headgate ever imported for this account and region, to rebuild a lost state. */
  ownFindings(): Promise<readonly Finding[]>;
}

export interface PublishFindingsOptions extends ImportOptions {
  /** What is published was read at `now`, and saved: by now something newer may have been told. Default: it is news. */
  readonly isSaved?: boolean;
  /** Tells people what changed, once Security Hub was told. What it rejects for is sent and told again by the next run. */
  readonly tell?: (news: readonly FindingNews[], first: boolean) => Promise<void>;
}

/** What a publication did. */
export interface Publication {
  readonly counts: FindingPlan['counts'];
  readonly accepted: number;
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** Name of the error after which nothing was tried any more. */
  readonly closed?: string;
  /** True when the state had to be read back from Security Hub. */
  readonly rebuilt: boolean;
  /** Why people were not told; absent where they were, or nobody is to be told. */
  readonly untold?: string;
}

/**
 * Tells Security Hub what changed. What is about to be sent is written down first, then what became of it: a
 * run that dies anywhere between leaves nothing unknown to the next. Two runs at once both send; the later
 * `UpdatedAt` wins there and here.
 * @throws HeadgateError `result-outdated` for a saved result, where something newer was told; other errors pass through.
 */
export async function publishFindings(
  observed: readonly ObservedFinding[],
  hub: FindingHub,
  store: StateStore,
  isGone: IsGone,
  now: Date,
  options: PublishFindingsOptions,
): Promise<Publication> {
  const { rebuilt, ...found } = await readState(hub, store);
  if (options.isSaved === true) refuseOutdated(found.state, now);
  const plan = planFindings(observed, found.state, isGone, now);
  const intents = new Map(plan.send.map(({ finding, remember }) => [finding.Id, intentOf(remember)]));
  if (intents.size > 0) await updateState(store, (state) => addMemories(state, intents), found);
  const planned = plan.send.map(({ finding }) => finding);
  const { accepted: taken, refused, closed } = await importFindings(planned, hub, options);
  const { accepted, untold } = await tellOf(plan, taken, found, now, options);
  const conclude = (state: FindingState): FindingState =>
    concluded(state, plan, { accepted, refused }, found.state);
  if (intents.size > 0) await updateState(store, conclude);
  else if (plan.forget.length > 0 || rebuilt) await updateState(store, conclude, found);
  return {
    counts: plan.counts,
    accepted: taken.size,
    refused: refused.map(({ id, reason }) => ({ id, reason })),
    ...(closed === undefined ? {} : { closed }),
    rebuilt,
    ...(untold === undefined ? {} : { untold }),
  };
}

/** Tells people; what they could not be told stays as it was meant to be sent. */
async function tellOf(
  { send }: FindingPlan,
  accepted: ReadonlySet<string>,
  { state, tag }: { readonly state: FindingState; readonly tag: string | undefined },
  now: Date,
  { tell }: PublishFindingsOptions,
): Promise<{ readonly accepted: ReadonlySet<string>; readonly untold?: string }> {
  if (tell === undefined) return { accepted };
  const sent = send.filter(({ finding: { Id } }) => accepted.has(Id));
  const news = newsOf(sent, state, now);
  try {
    // A state that was read back from Security Hub has no tag, and is none of a first audit.
    await tell(news, tag === undefined && Object.keys(state).length === 0);
    return { accepted };
  } catch (error) {
    const untold = new Set(news.map(({ finding: { id } }) => id));
    return {
      accepted: new Set([...accepted].filter((id) => !untold.has(id))),
      untold: error instanceof Error ? error.message : String(error),
    };
  }
}

function refuseOutdated(state: FindingState, readAt: Date): void {
  const since = toldSince(state, readAt);
  if (since !== undefined)
    throw new HeadgateError(
      'result-outdated',
      `The result is from ${readAt.toISOString()}, but newer findings were sent to Security Hub at ${since}: run a new audit`,
    );
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

/** The state once it is known what became of the findings; what may or may not have arrived stays as it was meant. */
function concluded(
  stored: FindingState,
  { send, forget }: FindingPlan,
  { accepted, refused }: ImportOutcome,
  known: FindingState,
): FindingState {
  const never = new Set(refused.filter(({ certain }) => certain).map(({ id }) => id));
  const memories = send
    .filter(({ finding: { Id } }) => accepted.has(Id))
    .map(({ finding, remember }) => [finding.Id, remember] as const);
  const withdrawn = send
    .filter(({ finding: { Id } }) => never.has(Id))
    .map(({ finding: { Id }, remember }) => [Id, { intent: intentOf(remember), before: known[Id] }] as const);
  const left = withdraw(addMemories(stored, new Map(memories)), new Map(withdrawn));
  const gone = new Set(forget.filter((id) => left[id]?.status === 'ARCHIVED'));
  return Object.fromEntries(Object.entries(left).filter(([id]) => !gone.has(id)));
}
