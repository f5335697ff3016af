import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { IsGone, Finding } from './finding.ts';
import { planFindings, toldSince, type FindingPlan, type ObservedFinding } from './plan-findings.ts';
import {
  publishFindings,
  type FindingHub,
  type Publication,
  type PublishFindingsOptions,
} from './publish-findings.ts';
import type { FindingNews } from './news.ts';
import type { StateStore } from './remember-findings.ts';
import type { HubPlace } from './security-hub.ts';
import { tellPeople, type Messenger } from './tell-people.ts';

/** A finding as the report stage renders it: what publishing has to know, and the type it is about. */
export interface RenderedFinding extends Finding {
  readonly ProductFields: Readonly<Record<string, string>>;
}

/** What a result says of one account and Region. */
export interface ObservedPlace extends HubPlace {
  readonly observed: readonly ObservedFinding[];
  readonly isGone: IsGone;
}

/** What became of one account and Region. Nothing here ends an audit: it is said instead. */
export type PlacePublication = HubPlace &
  (
    | ({ readonly status: 'published' } & Publication)
    | {
        /** `off`: Security Hub is not enabled there. `denied`: the caller may not write to it. `failed`: anything else. */
        readonly status: 'off' | 'denied' | 'failed';
        /** One sentence for people: what, and what to do. */
        readonly reason: string;
      }
  );

export interface PublishResultOptions extends Omit<PublishFindingsOptions, 'tell'> {
  readonly hubOf: (place: HubPlace) => FindingHub;
  readonly storeOf: (place: HubPlace) => StateStore;
  readonly now: Date;
  /** Who tells people what changed; without one nobody does. */
  readonly messenger?: Messenger;
}

/**
 * Tells the Security Hub of every account and Region of a result what changed there.
 * `findings` are the result's evaluations as ASFF. Never throws for what a service answers.
 */
export async function publishResult(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  options: PublishResultOptions,
): Promise<readonly PlacePublication[]> {
  const publications: PlacePublication[] = [];
  for (const place of observedPlaces(result, findings)) publications.push(await publishPlace(place, options));
  return publications;
}

/** What would be sent to one account and Region. */
export interface PlannedPlace extends HubPlace {
  readonly plan: FindingPlan;
  /** False where there is no state. */
  readonly known: boolean;
  /** Since when something newer is told: the result would be refused. */
  readonly toldAt?: string;
}

/** What would be sent, from the states alone: Security Hub is neither asked nor told. */
export async function planResult(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  { storeOf, now, isSaved = false }: Omit<PublishResultOptions, 'hubOf' | 'wait' | 'messenger'>,
): Promise<readonly PlannedPlace[]> {
  const plans = [];
  for (const { account, region, observed, isGone } of observedPlaces(result, findings)) {
    const stored = await storeOf({ account, region }).read().catch(unreadable);
    const state = stored?.state ?? {};
    const toldAt = isSaved ? toldSince(state, now) : undefined;
    const plan = planFindings(observed, state, isGone, now);
    plans.push({ account, region, plan, known: stored !== undefined, ...(toldAt && { toldAt }) });
  }
  return plans;
}

function unreadable(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
  return undefined;
}

async function publishPlace(
  { account, region, observed, isGone }: ObservedPlace,
  { hubOf, storeOf, now, messenger, ...options }: PublishResultOptions,
): Promise<PlacePublication> {
  const place = { account, region };
  const tell =
    messenger === undefined
      ? {}
      : {
          tell: (news: readonly FindingNews[], first: boolean) =>
            tellPeople(news, place, { now, first }, messenger),
        };
  try {
    const publication = await publishFindings(observed, hubOf(place), storeOf(place), isGone, now, {
      ...options,
      ...tell,
    });
    if (publication.closed === undefined) return { ...place, status: 'published', ...publication };
    return { ...place, ...refusal(publication.closed, place, publication.refused[0]?.reason ?? '') };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const message = error instanceof HeadgateError ? error.message : String(error);
    return { ...place, ...refusal(name, place, message) };
  }
}

function refusal(
  name: string,
  { account, region }: HubPlace,
  message: string,
): { status: 'off' | 'denied' | 'failed'; reason: string } {
  const where = `account ${account} in ${region}`;
  if (name === 'InvalidAccessException')
    return {
      status: 'off',
      reason: `Security Hub is not enabled in ${where}; enable it, or turn off publishing`,
    };
  if (name.startsWith('AccessDenied'))
    return {
      status: 'denied',
      reason: `publishing for ${where} was denied (${message}); allow securityhub:BatchImportFindings, securityhub:GetFindings and access to the state bucket for the publisher, whose account must be ${account}`,
    };
  return { status: 'failed', reason: `publishing for ${where} failed: ${message}` };
}

/** The result's findings by account and Region, each with what it says of those that are not there any more. */
export function observedPlaces(
  result: ScanResult,
  findings: readonly RenderedFinding[],
): readonly ObservedPlace[] {
  const byPlace = new Map<string, { place: HubPlace; observed: ObservedFinding[] }>();
  const at = ({ account, region }: HubPlace): ObservedFinding[] => {
    const key = `${account}/${region}`;
    const entry = byPlace.get(key) ?? { place: { account, region }, observed: [] };
    byPlace.set(key, entry);
    return entry.observed;
  };
  // Where nothing is left, something may be gone.
  for (const { account, region } of result.places ?? []) at({ account, region });
  // A rule that was asked in part passes for that part alone: what it found before may still be so.
  const inPart = new Set(result.ruleSet.selection?.partial);
  const told = findings.filter(
    (finding) => finding.Compliance.Status !== 'PASSED' || !inPart.has(ruleOf(finding)),
  );
  for (const finding of told)
    at({ account: finding.AwsAccountId, region: finding.Region }).push({
      finding,
      ruleId: ruleOf(finding),
      resourceType: finding.ProductFields['headgate/resourceType'] ?? '',
    });
  const silent = silentEvaluations(result, told);
  return [...byPlace.values()].map(({ place, observed }) => ({
    ...place,
    observed,
    isGone: whatIsGone(result, place, silent),
  }));
}

function ruleOf({ GeneratorId }: Finding): string {
  return GeneratorId.replace(/^headgate\//, '');
}

/** What was evaluated and has no finding. */
interface SilentEvaluations {
  /** Fingerprints of what a rule does not apply to (any more). */
  readonly notApplicable: ReadonlySet<string>;
  /** Rule and type of what has no Region, where nobody named one. */
  readonly leftOut: ReadonlySet<string>;
}

function silentEvaluations(
  { evaluations }: ScanResult,
  findings: readonly RenderedFinding[],
): SilentEvaluations {
  const told = new Set(findings.map(fingerprintOf));
  const [notApplicable, leftOut] = [new Set<string>(), new Set<string>()];
  for (const { verdict, fingerprint, ruleId, resource } of evaluations) {
    if (verdict === 'notApplicable') notApplicable.add(fingerprint);
    else if (!told.has(fingerprint)) leftOut.add(`${ruleId}\n${resource.type}`);
  }
  return { notApplicable, leftOut };
}

function fingerprintOf(finding: Finding): string | undefined {
  // A finding that was read back may lack what Headgate wrote.
  return (finding as Partial<RenderedFinding>).ProductFields?.['headgate/fingerprint'];
}

/**
 * What has no finding in a result is gone where the result says that it would have one: its account and Region
 * were read live, its type to the end, its rule was asked, and nothing of both is left out. That a rule does
 * not apply any more is believed where every call was answered. A rule that is not in the result is gone where
 * the run asked every rule that there is, or says that this one is switched off.
 */
function whatIsGone(
  { places = [], ruleSet }: ScanResult,
  place: HubPlace,
  { notApplicable, leftOut }: SilentEvaluations,
): IsGone {
  const read = places.find(({ account, region }) => account === place.account && region === place.region);
  // A slice says nothing of what is outside of it.
  if (read === undefined || ruleSet.selection?.slice !== undefined) return () => false;
  const partial = new Set(read.partial);
  const asked = new Set(ruleSet.rules.map(({ id }) => id));
  const inPart = new Set(ruleSet.selection?.partial);
  const off = new Set(ruleSet.deviations.flatMap((each) => (each.kind === 'rule-off' ? each.ruleId : [])));
  return ({ ruleId, resourceType, account, region, finding }) => {
    if (account !== place.account || region !== place.region) return false;
    if (inPart.has(ruleId)) return false;
    if (!asked.has(ruleId)) return ruleSet.selection === undefined || off.has(ruleId);
    if (resourceType === '' || partial.has(resourceType) || partial.has('*')) return false;
    if (leftOut.has(`${ruleId}\n${resourceType}`)) return false;
    return read.complete || !notApplicable.has(fingerprintOf(finding) ?? '');
  };
}
