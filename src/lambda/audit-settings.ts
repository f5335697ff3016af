import { HeadgateError } from '../model/headgate-error.ts';
import type { Share } from './collection-parts.ts';

/** What one run audits, and where it puts what it finds. */
export interface AuditSettings {
  /** Regions by name, or `all`. */
  readonly regions: readonly string[];
  /** Where findings of global resources go; without it they are left to another run. */
  readonly homeRegion?: string;
  readonly services?: readonly string[];
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly bucket: string;
  /** Empty, or ended by a slash. */
  readonly prefix: string;
  readonly securityHub: boolean;
  /** Event bus (name or ARN) and topic that are told of new and fixed findings. */
  readonly eventBus?: string;
  readonly topicArn?: string;
  /** Name of the deployment, a dimension of its metrics. */
  readonly deployment: string;
  /** Folder with headgate.yaml and what it names. */
  readonly configFolder: string;
  /** Account that the answers must come from; a role that leads elsewhere is an error. */
  readonly account?: string;
  /** When the run was due: a retry writes over the same objects. */
  readonly time: Date;
  /** Part of a run that was split: collects and hands over, decides nothing. */
  readonly part?: string;
  /** Of the resources that are asked about one by one; without it all. */
  readonly share?: Share;
  /** Parts to put together instead of collecting. */
  readonly parts?: readonly string[];
  /** Folder of a fleet run: the summary is left there too. */
  readonly folder?: string;
  /** How often the run was split before. */
  readonly round: number;
  /** Whether somebody goes on with what this run does not get through. */
  readonly canSplit: boolean;
}

/** What the scheduler or the fleet's state machine passes; each member goes before the environment. */
export interface AuditEvent {
  readonly time?: string;
  readonly account?: string;
  readonly region?: string;
  readonly homeRegion?: string;
  readonly services?: readonly string[];
  readonly part?: string;
  readonly share?: Share;
  readonly parts?: readonly string[];
  readonly folder?: string;
  readonly round?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a run, from the function's environment and the event.
 * @throws HeadgateError `settings-invalid` for what is missing or is not what it should be.
 */
export function readSettings(
  event: AuditEvent,
  environment: Environment,
  now: Date,
  configFolder: string,
): AuditSettings {
  const bucket = environment['HEADGATE_BUCKET'] ?? '';
  if (bucket === '') throw invalid('HEADGATE_BUCKET is not set; set it to the report bucket');
  const regions = event.region === undefined ? list(environment['HEADGATE_REGIONS']) : [event.region];
  if (regions.length === 0)
    throw invalid('HEADGATE_REGIONS is empty; set it to the Regions to audit, or `all`');
  return {
    regions,
    ...homeOf(event, environment, regions),
    ...optional('services', event.services),
    ...optional('share', event.share),
    ...roleOf(event, environment),
    ...optional('externalId', environment['HEADGATE_EXTERNAL_ID']),
    ...optional('account', event.account),
    ...optional('part', event.part),
    ...optional('parts', event.parts),
    ...optional('folder', event.folder),
    round: event.round ?? 0,
    canSplit: event.folder !== undefined || isSet(environment['HEADGATE_STATE_MACHINE']),
    bucket,
    prefix: environment['HEADGATE_PREFIX'] ?? '',
    securityHub: environment['HEADGATE_SECURITY_HUB'] !== 'off',
    ...optional('eventBus', environment['HEADGATE_EVENT_BUS']),
    ...optional('topicArn', environment['HEADGATE_TOPIC_ARN']),
    deployment: environment['HEADGATE_DEPLOYMENT'] ?? 'audit',
    configFolder,
    time: timeOf(event.time, now),
  };
}

function homeOf(
  event: AuditEvent,
  environment: Environment,
  regions: readonly string[],
): { homeRegion?: string } {
  if (event.region !== undefined)
    return event.homeRegion === event.region ? { homeRegion: event.region } : {};
  const own = environment['AWS_REGION'];
  const home = own !== undefined && (regions.includes(own) || regions.includes('all')) ? own : regions[0];
  return optional('homeRegion', home);
}

function roleOf(event: AuditEvent, environment: Environment): { roleArn?: string } {
  const pattern = environment['HEADGATE_ROLE_ARN'];
  if (pattern === undefined || pattern === '') return {};
  if (!pattern.includes('{account}')) return { roleArn: pattern };
  if (event.account === undefined || !/^\d{12}$/.test(event.account))
    throw invalid('HEADGATE_ROLE_ARN contains `{account}`, but the event has no account');
  return { roleArn: pattern.replace('{account}', event.account) };
}

function timeOf(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw invalid(`\`${text}\` is not an ISO 8601 time`);
  return time;
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Record<Name, Value>); // one computed member
}

function invalid(what: string): HeadgateError {
  return new HeadgateError('settings-invalid', `The audit cannot start: ${what}.`);
}
