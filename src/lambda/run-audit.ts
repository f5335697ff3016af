import { setTimeout as wait } from 'node:timers/promises';
import { chooseCredentials } from '../account/credentials.ts';
import {
  collectAccount,
  type AccountReading,
  type CollectAccountOptions,
} from '../account/collect-account.ts';
import type { Credentials } from '../account/collector.ts';
import { loadRuleSet } from '../app/load-rule-set.ts';
import { readDecideSettings } from '../app/read-decide-settings.ts';
import { version } from '../app/version.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { RuleSet } from '../model/rule.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { needsOf } from '../app/needs.ts';
import { planCollection } from '../account/plan.ts';
import {
  publishResult,
  type PlacePublication,
  type PublishResultOptions,
} from '../publish/publish-result.ts';
import type { ReportStore } from '../publish/report-store.ts';
import { awsMessenger } from '../publish/messenger.ts';
import type { Messenger } from '../publish/tell-people.ts';
import { s3StateStore } from '../publish/s3-state-store.ts';
import { securityHub, type HubPlace } from '../publish/security-hub.ts';
import { toAsffFindings } from '../report/asff.ts';
import { readConfigIn, type HeadgateConfig } from '../rules/read-config.ts';
import { decideReading } from '../app/scan.ts';
import { collectors } from '../account/collectors/index.ts';
import type { AuditSettings } from './audit-settings.ts';
import { completenessOf, summarize, type AuditSummary, type PartSummary } from './audit-summary.ts';
import {
  keepShare,
  restrictCollectors,
  splitCollection,
  type CollectionPart,
  type Share,
} from './collection-parts.ts';
import { runKey } from './fleet-report.ts';
import { mergeParts, readPart, writePart } from './reading-parts.ts';
import { writeResult } from './result-objects.ts';

/** What a run is given beside its settings; tests pass their own. */
export interface AuditTools {
  /** Reports, in the bucket of the settings, with the function's own credentials. */
  readonly store: ReportStore;
  /** Hands parts of a split run over; may be another bucket, where nothing is kept. */
  readonly parts: ReportStore;
  /** Milliseconds until the function is stopped. */
  readonly remainingMs: () => number;
  /** Default: the shipped rules under the settings of headgate.yaml. */
  readonly ruleSet?: RuleSet;
  /** Waits between calls to Security Hub; default: by the clock. */
  readonly wait?: PublishResultOptions['wait'];
  /** More for the collection: an endpoint, a clock. */
  readonly collect?: Partial<CollectAccountOptions>;
  /** Default: EventBridge and SNS, by the SDK. */
  readonly messenger?: Messenger;
  /** Default: Security Hub and states in S3, by the SDK. */
  readonly hubs?: Pick<PublishResultOptions, 'hubOf' | 'storeOf'>;
}

/**
 * What deciding, rendering and publishing need at the end. Collection stops so long before the function
 * would be stopped; what it did not get to is unknown.
 */
export const reserveMs = 120_000;
const leastMs = 10_000;

/**
 * One audit: collects, decides, writes reports and evaluations, tells Security Hub.
 * @throws HeadgateError where nothing can be said: no credentials, another account than the one meant, or
 * not a single call answered (`audit-empty`, after its report was written).
 */
export async function runAudit(
  settings: AuditSettings,
  tools: AuditTools,
): Promise<AuditSummary | PartSummary> {
  const config = await readConfigIn(settings.configFolder, undefined);
  const ruleSet =
    tools.ruleSet ?? (await loadRuleSet(config, { folders: [], rule: [], flow: [] }, settings.configFolder));
  const credentials = await credentialsOf(settings);
  const reading =
    settings.parts === undefined
      ? await collect(settings, tools, ruleSet, credentials)
      : mergeParts(await Promise.all(settings.parts.map((key) => readPart(key, tools.parts))));
  if (settings.part !== undefined)
    return writePart(settings.part, reading, settings, ruleSet.data.credentials, tools.parts);
  const result = await decide(reading, ruleSet, config, settings);
  const { account, regions, completeness } = reading;
  const objects = await writeResult(
    {
      result,
      account,
      regions,
      withGlobal: settings.homeRegion !== undefined,
      complete: completeness.complete,
      time: settings.time,
    },
    tools.store,
  );
  if (completeness.nothing) throw emptyAudit(result, account, objects.json);
  const publications =
    settings.securityHub || tellsPeople(settings)
      ? await publish(result, reading, settings, tools, credentials)
      : [];
  const split = splitFurther(reading, settings, ruleSet);
  const summary = summarize(ownPart(result, settings), reading, objects, publications, split, settings);
  const {
    folder,
    account: owner = account,
    regions: [region = ''],
  } = settings;
  if (folder !== undefined)
    await tools.store.put(
      runKey(folder, { account: owner, region }),
      JSON.stringify(summary),
      'application/json',
    );
  return summary;
}

async function credentialsOf({
  roleArn,
  externalId,
  regions,
  homeRegion = 'us-east-1',
}: AuditSettings): Promise<Credentials | undefined> {
  if (roleArn === undefined) return undefined;
  const region = regions.find((name) => name !== 'all') ?? homeRegion;
  return chooseCredentials({
    roleArn,
    region,
    sessionName: 'headgate-audit',
    ...(externalId === undefined ? {} : { externalId }),
  });
}

const everything: Share = { index: 0, of: 1 };

async function collect(
  settings: AuditSettings,
  tools: AuditTools,
  ruleSet: RuleSet,
  credentials: Credentials | undefined,
): Promise<AccountReading> {
  const share = settings.share ?? everything;
  const reading = await collectAccount({
    regions: settings.regions,
    needs: needsOf(ruleSet.rules),
    deadlineMs: Math.max(leastMs, tools.remainingMs() - reserveMs),
    collectors: restrictCollectors(collectors, share),
    ...(settings.homeRegion === undefined ? {} : { ownRegion: settings.homeRegion }),
    ...(settings.services === undefined ? {} : { services: settings.services }),
    ...(credentials === undefined ? {} : { credentials }),
    ...tools.collect,
  });
  if (settings.account !== undefined && reading.account !== settings.account)
    throw new HeadgateError(
      'account-unexpected',
      `The audit of \`${settings.account}\` was answered by \`${reading.account}\`: check the role that it assumes.`,
    );
  return { ...reading, resources: keepShare(reading.resources, collectors, share) };
}

/** Each split after the first halves the shares, so that a fourth one would not help either. */
const mostRounds = 3;

function splitFurther(
  reading: AccountReading,
  { canSplit, round }: AuditSettings,
  ruleSet: RuleSet,
): readonly CollectionPart[] {
  if (!canSplit || round >= mostRounds || completenessOf(reading) !== 'deadline') return [];
  const planned = planCollection(collectors, needsOf(ruleSet.rules)).collectors.map(
    ({ collector, operations }) => ({ ...collector, operations }),
  );
  return splitCollection(planned, reading.resources, round);
}

async function decide(
  reading: AccountReading,
  ruleSet: RuleSet,
  config: HeadgateConfig,
  { configFolder, time }: AuditSettings,
): Promise<ScanResult> {
  const fromConfig = await readDecideSettings(config, configFolder, true);
  return decideReading(reading, { ruleSet, version, now: time, detail: 'all', ...fromConfig });
}

async function publish(
  result: ScanResult,
  { account }: AccountReading,
  settings: AuditSettings,
  tools: AuditTools,
  credentials: Credentials | undefined,
): Promise<readonly PlacePublication[]> {
  const { homeRegion, time } = settings;
  const { findings } = toAsffFindings(result, {
    account,
    now: time.toISOString(),
    ...(homeRegion === undefined ? {} : { region: homeRegion }),
  });
  const { hubOf, storeOf } = tools.hubs ?? awsHubs(settings, credentials);
  return publishResult(result, findings, {
    hubOf: (place) => stoppedInTime(hubOf(place), tools.remainingMs),
    storeOf,
    now: time,
    ...(tellsPeople(settings) ? { messenger: tools.messenger ?? awsMessenger(settings, {}) } : {}),
    wait: tools.wait ?? (async (milliseconds) => void (await wait(milliseconds))),
  });
}

function tellsPeople({ eventBus, topicArn }: AuditSettings): boolean {
  return eventBus !== undefined || topicArn !== undefined;
}

function awsHubs(
  { bucket, prefix, securityHub: isTold }: AuditSettings,
  credentials: Credentials | undefined,
): NonNullable<AuditTools['hubs']> {
  const config = credentials === undefined ? {} : { credentials };
  return {
    hubOf: (place) => (isTold ? securityHub(place, config) : noHub),
    // The bucket belongs to whoever audits, not to the account that is audited. What people alone were told must not
    // pass for what Security Hub was told, should it be switched on later.
    storeOf: (place) =>
      s3StateStore({ bucket, key: `${prefix}${isTold ? '' : 'news/'}${stateKey(place)}` }, {}),
  };
}

/** In the place of Security Hub where people alone are told. */
const noHub: ReturnType<PublishResultOptions['hubOf']> = {
  ownFindings: async () => [],
  importFindings: async () => ({ failed: [] }),
};

/** Key of the state of an account and Region, below the prefix. */
export function stateKey({ account, region }: HubPlace): string {
  return `state/${account}/${region}.json`;
}

// What was accepted must still be remembered, so the last batches are left to the next run.
function stoppedInTime(
  hub: ReturnType<PublishResultOptions['hubOf']>,
  remainingMs: () => number,
): ReturnType<PublishResultOptions['hubOf']> {
  return {
    ownFindings: () => hub.ownFindings(),
    importFindings: async (batch) => {
      if (remainingMs() < leastMs)
        throw Object.assign(new Error('the deadline passed; the next run sends the rest'), {
          name: 'DeadlineError',
        });
      return hub.importFindings(batch);
    },
  };
}

/** Without what another run counts: resources that have no Region, unless this is the home Region's run. */
function ownPart(result: ScanResult, { homeRegion }: AuditSettings): ScanResult {
  if (homeRegion !== undefined) return result;
  const evaluations = result.evaluations.filter(({ resource }) => resource.region !== 'global');
  return { ...result, evaluations };
}

function emptyAudit(result: ScanResult, account: string, report: string): HeadgateError {
  const [first] = result.diagnostics;
  return new HeadgateError(
    'audit-empty',
    `No call got a response in account \`${account}\`: ${first?.message ?? 'no call was planned'}. The report is \`${report}\`.`,
  );
}
