import { setMaxListeners } from 'node:events';
import { partitionNamed } from '../model/partition.ts';
import type { Resource } from '../model/resource.ts';
import type { SourceDiagnostic, SourceReading } from '../model/source.ts';
import type { ResourceTag } from '../model/slice.ts';
import type { Cause } from '../model/value.ts';
import { chooseRegions, homeRegions, readIdentity, type Open } from './account-identity.ts';
import { CallLog, type CallStats } from './calls.ts';
import {
  collectPlace,
  globalRegion,
  notCollected,
  PlaceRun,
  type CollectPlaceOptions,
  type PlaceReading,
} from './collect-place.ts';
import {
  callsOf,
  scopeType,
  type ClientConfig,
  type Collector,
  type Credentials,
  type Place,
} from './collector.ts';
import { collectors } from './collectors/index.ts';
import { describeElsewhere } from './elsewhere.ts';
import { classifyError, DeadlineError, toDiagnostic } from './errors.ts';
import { guardClient, type GuardedClient } from './guard-client.ts';
import {
  narrowPlan,
  readAggregateInventory,
  readInventory,
  type RegionInventory,
} from './inventory-config.ts';
import { planCollection, typesOf, type Needs, type Plan, type PlannedCollector } from './plan.ts';
import { RateLimiter, systemClock, type Clock } from './rate.ts';
import { readTaggedResources } from './tagged-resources.ts';

/** How far an audit has come. Planned numbers are 0 until it is known who asks and which Regions there are. */
export interface AuditProgress {
  readonly regions: ProgressPart;
  /** Services of every Region, added up. */
  readonly services: ProgressPart;
  /** Calls about what has been found so far; each page of a list counts with its list. */
  readonly calls: ProgressPart;
  /** Service and Region whose rate most requests wait for right now. */
  readonly waitingFor?: string;
}

export interface ProgressPart {
  readonly done: number;
  readonly planned: number;
}

export interface CollectAccountOptions {
  /** Regions by name; `all` for every enabled one. Not empty. */
  readonly regions: readonly string[];
  /** The caller's own Region, which says in which partition to ask where `regions` names none; default `us-east-1`. */
  readonly ownRegion?: string;
  readonly needs: Needs;
  /** Services to audit, as collectors are called; all where absent. */
  readonly services?: readonly string[];
  /** `config` asks AWS Config first what there is, and leaves out calls about what it has none of. */
  readonly inventory?: 'config';
  /** An aggregator of AWS Config that is asked what there is in other accounts and Regions; it decides nothing. */
  readonly aggregator?: string;
  /** Default: the SDK's chain. See `chooseCredentials`. */
  readonly credentials?: Credentials;
  /** URL of another endpoint than AWS's, for emulators. */
  readonly endpoint?: string;
  /** Attempts of one call, retries included; default: the SDK's. */
  readonly maxAttempts?: number;
  /** After so many milliseconds what is missing is unresolved. */
  readonly deadlineMs?: number;
  /** Aborted when the user wants to stop: what is there is handed back, marked incomplete. */
  readonly signal?: AbortSignal;
  /** Calls of one operation under way at once in a Region; default 4. Rates bound them all together. */
  readonly concurrency?: number;
  readonly clock?: Clock;
  /** Share of each documented rate that the audit takes, above 0 and at most 1; default a third. */
  readonly rateShare?: number;
  /** Limits the calls about single resources to a part of the account, which grows by what they show. */
  readonly slice?: SliceOptions;
  /** Called once, at the start, with what tells at any time how far the audit has come. */
  readonly watch?: (read: () => AuditProgress) => void;
  /** Sees every client before its first call: proxies and tests add their middleware here. */
  readonly customise?: (client: GuardedClient, service: string, region: string) => void;
  /** Default: every collector there is. */
  readonly collectors?: readonly Collector[];
}

/** What a slice of an account is chosen by. */
export interface SliceOptions {
  /** Tags whose resources AWS is asked for; empty where none are. */
  readonly tags: readonly ResourceTag[];
  /**
   * Ids of the resources that are asked about, by what was found so far: called until it names no further ones. `tagged` are
   * the ARNs that have the tags. What it throws ends the audit.
   */
  choose(found: SliceFound): ReadonlySet<string>;
}

export interface SliceFound {
  readonly account: string;
  readonly regions: readonly string[];
  readonly reading: SourceReading;
  readonly tagged?: ReadonlySet<string>;
}

/** How complete one account and Region was read. */
export interface ScopeCompleteness {
  readonly scope: string;
  readonly resources: number;
  readonly operations: number;
  /** Operations that failed at least once. */
  readonly failed: number;
}

/** What was read of an account, and at what cost. */
export interface AccountReading extends SourceReading {
  readonly account: string;
  /** Of an audit by tag: the ARNs that have it. */
  readonly tagged?: ReadonlySet<string>;
  readonly partition: string;
  readonly regions: readonly string[];
  readonly calls: readonly CallStats[];
  readonly completeness: {
    readonly scopes: readonly ScopeCompleteness[];
    /** True where every planned call of every Region was answered. */
    readonly complete: boolean;
    /** True where not a single planned call was answered: such an audit says nothing. */
    readonly nothing: boolean;
  };
}

/**
 * Reads a live account: what the needs ask for, in CloudFormation's terms, Regions side by side.
 * @throws HeadgateError where the caller cannot be identified, or `all` Regions cannot be listed; anything
 * else that goes wrong is a diagnostic, and unresolved values.
 */
export async function collectAccount(options: CollectAccountOptions): Promise<AccountReading> {
  const session = new AuditSession(options);
  try {
    return await session.run();
  } finally {
    session.end();
  }
}

/** Milliseconds. The SDK waits for ever by itself, and a firewall that drops packets would hold the audit up. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

class AuditSession {
  readonly #options: CollectAccountOptions;
  readonly #log = new CallLog();
  readonly #limiter: RateLimiter;
  readonly #clients: GuardedClient[] = [];
  readonly #abort = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #open: Open;
  #tagged: ReadonlySet<string> | undefined;
  readonly #regions = { done: 0, planned: 0 };
  readonly #services = { done: 0, planned: 0 };
  readonly #calls = { done: 0, planned: 0 };

  constructor(options: CollectAccountOptions) {
    this.#options = options;
    this.#limiter = new RateLimiter(options.clock ?? systemClock, options.rateShare);
    // Every waiting call listens.
    setMaxListeners(0, this.#abort.signal);
    const { deadlineMs, signal } = options;
    const stop = (message: string, remedy: string): void =>
      this.#abort.abort(new DeadlineError(message, remedy));
    if (deadlineMs !== undefined) {
      const message = `the audit reached its time limit of ${deadlineMs / 1000} s`;
      const remedy = 'raise --timeout, or audit fewer Regions or services at once';
      this.#timer = setTimeout(() => stop(message, remedy), deadlineMs);
    }
    const interrupt = (): void => stop('the audit was stopped', 'let the audit finish');
    signal?.addEventListener('abort', interrupt, { once: true });
    if (signal?.aborted === true) interrupt();
    this.#open = async (service, calls, region, make) => {
      const client = await make(this.#configFor(region));
      this.#guard(client as unknown as GuardedClient, service, calls, region); // every SDK client has a middleware stack
      return client;
    };
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const client of this.#clients) client.destroy();
  }

  async run(): Promise<AccountReading> {
    this.#options.watch?.(() => this.#progress());
    const { regions: wanted, ownRegion, needs, services, collectors: list = collectors } = this.#options;
    const {
      account,
      partition,
      region: home,
    } = await readIdentity(this.#open, homeRegions(wanted, ownRegion));
    const choice = await chooseRegions(this.#open, wanted, home);
    const plan = planCollection(list, needs, services);
    const places = placesOf(account, partition, choice.regions, plan);
    this.#regions.planned = choice.regions.length;
    this.#services.planned = places.reduce((sum, { planned }) => sum + planned.length, 0);
    const { slice } = this.#options;
    const [readings, elsewhere] = await Promise.all([
      slice === undefined
        ? Promise.all(places.map((each) => this.#collect(each)))
        : this.#collectSlice(places, slice, { account, regions: choice.regions, home }),
      this.#lookElsewhere(account, choice.regions, home, plan),
    ]);
    const merged = mergePlaces(places, readings, plan);
    return {
      account,
      partition,
      regions: choice.regions,
      calls: this.#log.list(),
      ...(this.#tagged === undefined ? {} : { tagged: this.#tagged }),
      ...merged,
      inputs: [{ name: account, kind: 'account', resources: merged.resources.length }],
      skipped: choice.skipped,
      diagnostics: [
        ...(choice.failure === undefined
          ? []
          : [toDiagnostic({ ...regionFailure(home), failure: choice.failure })]),
        ...merged.diagnostics,
        ...elsewhere,
      ],
      positions: () => undefined,
      suppressions: [],
      documents: new Map(),
    };
  }

  #configFor(region: string): ClientConfig {
    const { credentials, endpoint, maxAttempts } = this.#options;
    return {
      region,
      retryMode: 'standard',
      requestHandler: timeouts,
      ...(credentials === undefined ? {} : { credentials }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
    };
  }

  #guard(client: GuardedClient, service: string, calls: readonly string[], region: string): void {
    this.#clients.push(client);
    guardClient(client, {
      service,
      region,
      allowed: new Set(calls),
      limiter: this.#limiter,
      log: this.#log,
      signal: this.#abort.signal,
    });
    this.#options.customise?.(client, service, region);
  }

  async #collect({ place, planned }: PlannedPlace): Promise<PlaceReading> {
    if (place.region === globalRegion) return this.#collectPlanned(place, planned);
    const reading = await this.#collectRegion(place, planned);
    this.#regions.done += 1;
    return reading;
  }

  async #collectRegion(place: Place, planned: readonly PlannedCollector[]): Promise<PlaceReading> {
    if (this.#options.inventory !== 'config') return this.#collectPlanned(place, planned);
    const types = planned.flatMap(({ operations }) => operations.flatMap(typesOf));
    const inventory = await readInventory(this.#open, place.region, [...new Set(types)]);
    const narrowed = narrowPlan(planned, inventory);
    this.#services.planned += narrowed.planned.length - planned.length;
    const reading = await this.#collectPlanned(place, narrowed.planned);
    return withInventory(reading, place.region, inventory, narrowed.empty);
  }

  async #lookElsewhere(
    account: string,
    regions: readonly string[],
    home: string,
    plan: Plan,
  ): Promise<readonly SourceDiagnostic[]> {
    const { aggregator } = this.#options;
    if (aggregator === undefined) return [];
    const types = plan.collectors.flatMap(({ operations }) => operations.flatMap(typesOf));
    try {
      const rows = await readAggregateInventory(this.#open, home, aggregator, [...new Set(types)]);
      return describeElsewhere(rows, { aggregator, account, regions, home });
    } catch (error) {
      const operation = 'SelectAggregateResourceConfig';
      const failure = classifyError(error, `config:${operation}`);
      return [
        toDiagnostic({ service: 'config', region: home, operation, resources: [], affects: [], failure }),
      ];
    }
  }

  /** Lists everything, and asks about the slice: what that shows may belong to it too. */
  async #collectSlice(
    places: readonly PlannedPlace[],
    { tags, choose }: SliceOptions,
    {
      account,
      regions,
      home,
    }: { readonly account: string; readonly regions: readonly string[]; readonly home: string },
  ): Promise<readonly PlaceReading[]> {
    let wanted: ReadonlySet<string> = new Set();
    const isWanted = (id: string, parent: string | undefined): boolean =>
      wanted.has(id) || (parent !== undefined && wanted.has(parent));
    const runs = places.map(({ place, planned }) => ({
      scope: place.scope,
      run: new PlaceRun({ ...this.#placeOptions(place, planned), isWanted }),
    }));
    const [tagged] = await Promise.all([
      tags.length === 0 ? undefined : readTaggedResources(this.#open, [...new Set([...regions, home])], tags),
      ...runs.map(({ run }) => run.collect()),
    ]);
    this.#tagged = tagged;
    for (;;) {
      const reading = readingSoFar(runs.map(({ scope, run }) => ({ scope, ...run.soFar() })));
      wanted = choose({ account, regions, reading, ...(tagged === undefined ? {} : { tagged }) });
      const started = await Promise.all(runs.map(({ run }) => run.goOn()));
      if (started.every((calls) => calls === 0)) break;
    }
    for (const { place } of places) if (place.region !== globalRegion) this.#regions.done += 1;
    return runs.map(({ run }) => run.finish());
  }

  #collectPlanned(place: Place, planned: readonly PlannedCollector[]): Promise<PlaceReading> {
    return collectPlace(this.#placeOptions(place, planned));
  }

  #placeOptions(place: Place, planned: readonly PlannedCollector[]): CollectPlaceOptions {
    const region = place.region === globalRegion ? partitionNamed(place.partition).mainRegion : place.region;
    return {
      place,
      planned,
      concurrency: this.#options.concurrency ?? 4,
      open: ({ collector, operations }) =>
        this.#open(
          collector.service,
          operations.flatMap(callsOf),
          region,
          async (config) =>
            // Collectors hand their clients around without saying what they are.
            (await collector.open(config)) as object,
        ),
      onService: () => void (this.#services.done += 1),
      onCall: (state) => void (this.#calls[state] += 1),
    };
  }

  #progress(): AuditProgress {
    const waitingFor = this.#log.mostWaiting();
    return {
      regions: { ...this.#regions },
      services: { ...this.#services },
      calls: { ...this.#calls },
      ...(waitingFor === undefined ? {} : { waitingFor }),
    };
  }
}

/** What Config has none of was not asked for: an absence that rests on its recorder alone is not certain. */
function withInventory(
  reading: PlaceReading,
  region: string,
  { failure }: RegionInventory,
  empty: readonly string[],
): PlaceReading {
  const cause = notCollected('AWS Config records none, and its API was not called');
  const incomplete = new Map([...empty.map((type) => [type, cause] as const), ...reading.incomplete]);
  if (failure === undefined) return { ...reading, incomplete };
  const group = {
    service: 'config',
    region,
    operation: 'SelectResourceConfig',
    failure,
    resources: [],
    affects: [],
  };
  return { ...reading, incomplete, failures: [group, ...reading.failures] };
}

function readingSoFar(
  parts: readonly (Pick<PlaceReading, 'resources' | 'incomplete'> & { readonly scope: string })[],
): SourceReading {
  return {
    resources: parts.flatMap(({ resources }) => resources),
    incomplete: parts.flatMap(({ scope, incomplete }) =>
      [...incomplete].map(([type, cause]) => ({ scope, type, cause })),
    ),
    inputs: [],
    skipped: [],
    diagnostics: [],
    positions: () => undefined,
    suppressions: [],
    documents: new Map(),
  };
}

function regionFailure(region: string) {
  return { service: 'ec2', region, operation: 'DescribeRegions', resources: [], affects: [] };
}

interface PlannedPlace {
  readonly place: Place;
  readonly planned: readonly PlannedCollector[];
}

function placesOf(
  account: string,
  partition: string,
  regions: readonly string[],
  plan: Plan,
): PlannedPlace[] {
  const at = (region: string): Place => ({ partition, account, region, scope: `${account}/${region}` });
  const here = plan.collectors.filter(({ collector }) => collector.absentIn?.includes(partition) !== true);
  const regional = here.filter(({ collector }) => collector.isGlobal !== true);
  const global = here.filter(({ collector }) => collector.isGlobal === true);
  const places = regions.map((region) => ({ place: at(region), planned: regional }));
  return global.length === 0 ? places : [...places, { place: at(globalRegion), planned: global }];
}

type Merged = Pick<AccountReading, 'resources' | 'incomplete' | 'diagnostics' | 'completeness'>;

function mergePlaces(places: readonly PlannedPlace[], readings: readonly PlaceReading[], plan: Plan): Merged {
  const global = readings.find((_, index) => places[index]?.place.region === globalRegion);
  const resources: Resource[] = [];
  const incomplete: { scope: string; type: string; cause: Cause }[] = [];
  const scopes: ScopeCompleteness[] = [];
  for (const [index, { place }] of places.entries()) {
    const reading = readings[index];
    if (reading === undefined) continue;
    // A resource of a Region that names a role finds none of them where the roles could not be listed.
    const doubts = new Map([...(global?.incomplete ?? []), ...missingCauses(plan), ...reading.incomplete]);
    for (const [type, cause] of doubts) incomplete.push({ scope: place.scope, type, cause });
    const Complete = isComplete(reading, global, plan);
    resources.push(
      ...reading.resources.map((resource) =>
        resource.type === scopeType
          ? { ...resource, properties: { ...resource.properties, Complete } }
          : resource,
      ),
    );
    const { planned: operations, failed } = reading.operations;
    const found = reading.resources.filter(({ type }) => type !== scopeType).length;
    scopes.push({ scope: place.scope, resources: found, operations, failed });
  }
  const answered = readings.reduce((sum, { operations }) => sum + operations.answered, 0);
  return {
    resources: resources.sort((left, right) => (left.id < right.id ? -1 : 1)),
    incomplete: incomplete.sort((left, right) => (key(left) < key(right) ? -1 : 1)),
    diagnostics: [
      ...readings.flatMap(({ failures }) => failures.map(toDiagnostic)),
      ...missingDiagnostics(plan),
    ],
    completeness: {
      scopes,
      complete: places.length > 0 && readings.every((each) => isComplete(each, undefined, plan)),
      nothing: answered === 0,
    },
  };
}

function key({ scope, type }: { readonly scope: string; readonly type: string }): string {
  return `${scope}\n${type}`;
}

function isComplete(reading: PlaceReading, global: PlaceReading | undefined, plan: Plan): boolean {
  const leftOut = [...plan.missing.values()].some(({ lacks }) => lacks === 'service');
  return reading.operations.failed === 0 && (global?.operations.failed ?? 0) === 0 && !leftOut;
}

function missingCauses(plan: Plan): readonly (readonly [string, Cause])[] {
  const unasked = notCollected('no selected rule reads it');
  return [
    ...plan.unasked.map((type) => [type, unasked] as const),
    ...[...plan.missing].flatMap(([type, { reason, lacks }]) =>
      lacks === 'assumed'
        ? []
        : [
            [
              type,
              notCollected(lacks === 'type' ? `Headgate does not read ${type} from accounts` : reason),
            ] as const,
          ],
    ),
  ];
}

function missingDiagnostics(plan: Plan): readonly SourceDiagnostic[] {
  const byReason = new Map<string, string[]>();
  for (const [type, { reason }] of plan.missing)
    byReason.set(reason, [...(byReason.get(reason) ?? []), type]);
  return [...byReason].map(([reason, affects]) => ({
    code: 'account-not-collected',
    severity: 'info' as const,
    message: `${reason}: ${affects.join(', ')}`,
    where: 'account',
    affects,
  }));
}
