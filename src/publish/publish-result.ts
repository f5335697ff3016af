import type { ScanResult } from '../model/scan-result.ts';
import type { CompleteScope, Finding } from './finding.ts';
import type { ImportOptions } from './import-findings.ts';
import { planFindings, type FindingPlan, type ObservedFinding } from './plan-findings.ts';
import { publishFindings, type FindingHub, type Publication, type StateStore } from './publish-findings.ts';
import type { HubPlace } from './security-hub.ts';

/** A finding as the report stage renders it: what publishing has to know, and the type it is about. */
export interface RenderedFinding extends Finding {
  readonly ProductFields: Readonly<Record<string, string>>;
}

/** What a result says of one account and Region. */
export interface ObservedPlace extends HubPlace {
  readonly observed: readonly ObservedFinding[];
  readonly isComplete: CompleteScope;
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

export interface PublishResultOptions {
  /** Places that were read, should the result itself show nothing of them: what is gone is archived there. */
  readonly places: readonly HubPlace[];
  /** True where every rule was asked, so that a rule that is not in the result is gone. */
  readonly everyRule: boolean;
  readonly hubOf: (place: HubPlace) => FindingHub;
  readonly storeOf: (place: HubPlace) => StateStore;
  readonly now: Date;
  readonly wait: ImportOptions['wait'];
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
  for (const place of observedPlaces(result, findings, options))
    publications.push(await publishPlace(place, options));
  return publications;
}

/** What would be sent, from the states alone: Security Hub is neither asked nor told. */
export async function planResult(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  options: Omit<PublishResultOptions, 'hubOf' | 'wait'>,
): Promise<readonly (HubPlace & { readonly plan: FindingPlan; readonly known: boolean })[]> {
  const plans = [];
  for (const { account, region, observed, isComplete } of observedPlaces(result, findings, options)) {
    const stored = await options.storeOf({ account, region }).read().catch(unreadable);
    const plan = planFindings(observed, stored?.state ?? {}, isComplete, options.now);
    plans.push({ account, region, plan, known: stored !== undefined });
  }
  return plans;
}

function unreadable(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
  return undefined;
}

async function publishPlace(
  { account, region, observed, isComplete }: ObservedPlace,
  { hubOf, storeOf, now, wait }: PublishResultOptions,
): Promise<PlacePublication> {
  const place = { account, region };
  try {
    const publication = await publishFindings(observed, hubOf(place), storeOf(place), isComplete, now, {
      wait,
    });
    if (publication.closed === undefined) return { ...place, status: 'published', ...publication };
    return { ...place, ...refusal(publication.closed, place) };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const message = error instanceof Error ? error.message : String(error);
    return { ...place, ...refusal(name, place, message) };
  }
}

function refusal(
  name: string,
  { account, region }: HubPlace,
  message = '',
): { status: 'off' | 'denied' | 'failed'; reason: string } {
  const where = `account ${account} in ${region}`;
  if (name === 'InvalidAccessException')
    return {
      status: 'off',
      reason: `Security Hub is not enabled for ${where}; enable it there, or switch publishing off`,
    };
  if (name.startsWith('AccessDenied'))
    return {
      status: 'denied',
      reason: `${name}: publishing for ${where} was refused${message === '' ? '' : ` (${message})`}; allow securityhub:BatchImportFindings, securityhub:GetFindings and the state's bucket to the publisher, whose account must be ${account}`,
    };
  return { status: 'failed', reason: `publishing for ${where} failed: ${name}: ${message}` };
}

/** The result's findings by account and Region, each with the scopes that were collected completely. */
export function observedPlaces(
  result: ScanResult,
  findings: readonly RenderedFinding[],
  { places, everyRule }: Pick<PublishResultOptions, 'places' | 'everyRule'>,
): readonly ObservedPlace[] {
  const byPlace = new Map<string, { place: HubPlace; observed: ObservedFinding[] }>();
  const at = ({ account, region }: HubPlace): ObservedFinding[] => {
    const key = `${account}/${region}`;
    const entry = byPlace.get(key) ?? { place: { account, region }, observed: [] };
    byPlace.set(key, entry);
    return entry.observed;
  };
  for (const place of [...places, ...placesRead(result)]) at(place);
  const read = new Set(byPlace.keys());
  for (const finding of findings)
    at({ account: finding.AwsAccountId, region: finding.Region }).push({
      finding,
      ruleId: ruleOf(finding),
      resourceType: finding.ProductFields['headgate/resourceType'] ?? '',
    });
  return [...byPlace].map(([key, { place, observed }]) => ({
    ...place,
    observed,
    isComplete: read.has(key) ? completeScope(result, place, everyRule) : () => false,
  }));
}

/** Accounts and Regions that the result shows something of; only a live account is ever all there is. */
function placesRead({ inputs, evaluations }: ScanResult): readonly HubPlace[] {
  if (!inputs.some(({ kind }) => kind === 'account' || kind === 'snapshot')) return [];
  return evaluations.flatMap(({ resource: { account, region } }) =>
    account === undefined || region === undefined || region === 'global' ? [] : { account, region },
  );
}

function ruleOf({ GeneratorId }: Finding): string {
  return GeneratorId.replace(/^headgate\//, '');
}

/**
 * A rule's scope is complete where no diagnostic of the place blocks the rule: no call that it depends on
 * was denied, throttled, cut off by the deadline or left out. A rule that was not asked has no scope.
 */
function completeScope(result: ScanResult, place: HubPlace, everyRule: boolean): CompleteScope {
  const asked = new Set(result.ruleSet.rules.map(({ id }) => id));
  const off = new Set(
    result.ruleSet.deviations.flatMap(({ kind, ruleId }) => (kind === 'rule-off' ? (ruleId ?? []) : [])),
  );
  const blocked = new Set(
    result.diagnostics.filter(({ where }) => concerns(where, place)).flatMap(({ blocks }) => blocks),
  );
  return ({ ruleId, account, region }) =>
    account === place.account &&
    region === place.region &&
    !blocked.has(ruleId) &&
    (asked.has(ruleId) || off.has(ruleId) || everyRule);
}

// `where` is `<service> <region>` for a call; anything else may concern every place.
function concerns(where: string, { region }: HubPlace): boolean {
  const named = /^[a-z0-9-]+ ([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/.exec(where)?.[1];
  return named === undefined || named === region;
}
