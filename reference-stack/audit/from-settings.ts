import { resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { NetworkFoundationProps } from '../lib/network-foundation.ts';
import type { Posture } from '../lib/posture.ts';
import { auditApplication } from './audit-application.ts';
import { hookApplication, type HookApplicationProps } from '../hook/hook-application.ts';
import { fleetApplication } from './fleet-application.ts';

/** Reads one `name=value` setting of the command line. */
export type Setting = (name: string) => string | undefined;

/**
 * Whether an audit or the hook is asked for, and not the reference stack.
 *
 * @throws where it is neither: a slip of the pen must not deploy something else
 */
export function isAuditApplication(name: string | undefined): name is 'audit' | 'fleet' | 'hook' {
  if (name === undefined || name === 'reference') return false;
  if (name === 'audit' || name === 'fleet' || name === 'hook') return true;
  throw new Error(
    `application=${name} is not valid. Set audit, fleet or hook, or remove it for the reference stack.`,
  );
}

/**
 * Builds the audit of an account, with `application=fleet` that of an organization, or with `application=hook` the
 * hook of CloudFormation, as the settings say.
 *
 * @throws where the fleet is not told its organization and Regions, or a value is none
 */
export function applicationFromSettings(
  app: App,
  application: 'audit' | 'fleet' | 'hook',
  setting: Setting,
): void {
  const regions = setting('regions')?.split(',');
  const configFolder = setting('configFolder');
  const common = {
    ...text(setting, 'prefix'),
    ...text(setting, 'alarmEmail'),
    ...text(setting, 'schedule'),
    ...text(setting, 'policyFile'),
    news: {
      ...text(setting, 'eventBusArn'),
      ...text(setting, 'topicArn'),
      ...text(setting, 'topicKeyArn'),
    },
    ...number(setting, 'keepDays'),
    ...number(setting, 'lockDays'),
    ...number(setting, 'memoryMiB'),
    network: networkFromSettings(setting),
    posture: postureOf(setting('posture')),
    enableSecurityHub: setting('securityHub') !== 'false',
    ...(configFolder !== undefined && { configFolder: resolve(configFolder) }),
  };
  if (application === 'hook') {
    hookApplication(app, { ...common, ...hookSettings(setting) });
    return;
  }
  if (application === 'audit') {
    auditApplication(app, { ...common, ...number(setting, 'recheckMinutes'), ...(regions && { regions }) });
    return;
  }
  const organizationId = setting('organizationId');
  if (organizationId === undefined || regions === undefined)
    throw new Error('application=fleet requires `organizationId=o-...` and `regions=eu-west-1,us-east-1`.');
  const accounts = setting('accounts')?.split(',');
  const except = setting('except')?.split(',');
  fleetApplication(app, {
    ...{ ...common, organizationId, regions },
    ...number(setting, 'maxConcurrency'),
    ...(accounts && { accounts }),
    ...(except && { except }),
  });
}

/** @throws where `failureMode` is neither WARN nor FAIL */
function hookSettings(
  setting: Setting,
): Pick<HookApplicationProps, 'alias' | 'failureMode' | 'failOn' | 'level'> {
  const failureMode = setting('failureMode') ?? 'WARN';
  if (failureMode !== 'WARN' && failureMode !== 'FAIL')
    throw new Error(`failureMode=${failureMode} is not valid. Set WARN or FAIL.`);
  const exceptStacks = setting('exceptStacks')?.split(',');
  return {
    ...{ ...text(setting, 'alias'), ...text(setting, 'failOn'), ...text(setting, 'level'), failureMode },
    ...(exceptStacks && { exceptStacks }),
  };
}

/**
 * The Region's zones and prefix lists, as `deploy.mjs` looked them up or somebody gave them.
 *
 * @throws where `prefixLists` does not name two lists
 */
export function networkFromSettings(setting: Setting): Pick<NetworkFoundationProps, 'zones' | 'prefixLists'> {
  const zones = setting('zones')?.split(',');
  const lists = setting('prefixLists');
  const [s3, dynamoDb, ...more] = lists?.split(',') ?? [];
  if (lists !== undefined && (!s3 || !dynamoDb || more.length > 0))
    throw new Error(`prefixLists=${lists} is not valid. Set pl-S3,pl-DYNAMODB.`);
  return { ...(zones && { zones }), ...(s3 && dynamoDb && { prefixLists: { s3, dynamoDb } }) };
}

function postureOf(name = 'production'): Posture {
  if (name === 'production' || name === 'sandbox') return name;
  throw new Error(`posture=${name} is not valid. Set production or sandbox.`);
}

function text<Name extends string>(setting: Setting, name: Name): Partial<Record<Name, string>> {
  const value = setting(name);
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>); // one computed member
}

function number<Name extends string>(setting: Setting, name: Name): Partial<Record<Name, number>> {
  const value = setting(name);
  if (value === undefined) return {};
  if (!/^\d{1,5}$/.test(value))
    throw new Error(`${name}=${value} is not valid. Set a whole number of at most 5 digits.`);
  return { [name]: Number(value) } as Record<Name, number>; // one computed member
}
