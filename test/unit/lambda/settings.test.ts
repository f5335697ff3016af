import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../src/lambda/audit-settings.ts';
import { unpackConfig } from '../../../src/app/config-files.ts';
import { evaluationPartitions, partitionOf } from '../../../src/lambda/evaluation-columns.ts';
import { metricsLine } from '../../../src/lambda/metrics.ts';
import { evaluationsKey } from '../../../src/lambda/result-objects.ts';

const now = new Date('2026-11-23T03:00:00Z');
const environment = {
  HEADGATE_BUCKET: 'audits',
  HEADGATE_REGIONS: 'eu-west-1, us-east-1',
  AWS_REGION: 'us-east-1',
};
const read = (event: object, more: Record<string, string> = {}) =>
  readSettings(event, { ...environment, ...more }, now, '/tmp/config');

describe('readSettings', () => {
  it('takes the environment, and the function’s own Region as home', () => {
    expect(read({})).toEqual({
      regions: ['eu-west-1', 'us-east-1'],
      homeRegion: 'us-east-1',
      bucket: 'audits',
      prefix: '',
      securityHub: true,
      deployment: 'audit',
      round: 0,
      canSplit: false,
      configFolder: '/tmp/config',
      time: now,
    });
  });

  it('lets the event name the place', () => {
    const event = {
      account: '111111111111',
      region: 'eu-west-1',
      homeRegion: 'eu-west-1',
      time: '2026-11-22T03:00:00Z',
    };
    const role = { HEADGATE_ROLE_ARN: 'arn:aws:iam::{account}:role/Member', HEADGATE_SECURITY_HUB: 'off' };
    expect(read(event, role)).toMatchObject({
      regions: ['eu-west-1'],
      homeRegion: 'eu-west-1',
      account: '111111111111',
      roleArn: 'arn:aws:iam::111111111111:role/Member',
      securityHub: false,
      time: new Date('2026-11-22T03:00:00Z'),
    });
    expect(read({ ...event, homeRegion: 'us-east-1' }, role)).not.toHaveProperty('homeRegion');
  });

  it.each<[string, object, Record<string, string>, RegExp]>([
    ['no bucket', {}, { HEADGATE_BUCKET: '' }, /HEADGATE_BUCKET/],
    ['no Region', {}, { HEADGATE_REGIONS: ' , ' }, /HEADGATE_REGIONS/],
    [
      'no account for the role',
      {},
      { HEADGATE_ROLE_ARN: 'arn:aws:iam::{account}:role/M' },
      /the event has no account/,
    ],
    ['a time that is none', { time: 'soon' }, {}, /`soon` is not an ISO 8601 time/],
  ])('refuses %s', (_what, event, more, message) => {
    expect(() => read(event, more)).toThrow(message);
  });
});

describe('metricsLine', () => {
  it('is one line of the embedded metric format', () => {
    const line = metricsLine('prod', { Audits: 1, DurationMilliseconds: 12 }, { account: '1' }, now);
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      account: '1',
      _aws: {
        Timestamp: now.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'Headgate/Audit',
            Dimensions: [['Deployment']],
            Metrics: [
              { Name: 'Audits', Unit: 'Count' },
              { Name: 'DurationMilliseconds', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Deployment: 'prod',
      Audits: 1,
      DurationMilliseconds: 12,
    });
  });
});

describe('partitionOf', () => {
  it('reads the partition from the key that evaluations are written to', () => {
    const key = evaluationsKey(now, '111111111111', 'eu-west-1');
    const { Values, StorageDescriptor } = partitionOf(key, 's3://audits/');
    expect(Values).toEqual(['2026-11-23', '111111111111', 'eu-west-1']);
    expect(evaluationPartitions).toEqual(['date', 'account', 'region']);
    expect(StorageDescriptor.Location).toBe(
      's3://audits/evaluations/date=2026-11-23/account=111111111111/region=eu-west-1/',
    );
  });
});

describe('unpackConfig', () => {
  afterEach(() => {
    globalThis.headgateConfigFiles = undefined;
  });

  it('writes what the bundle carries, and nothing outside of the folder', async () => {
    globalThis.headgateConfigFiles = { 'headgate.yaml': 'failOn: low\n', '../policies/a.yaml': 'id: a\n' };
    const folder = mkdtempSync(join(tmpdir(), 'headgate-unpack-'));
    expect(await unpackConfig(folder)).toBe(folder);
    expect(readFileSync(join(folder, 'headgate.yaml'), 'utf8')).toBe('failOn: low\n');
    expect(readFileSync(join(folder, 'policies/a.yaml'), 'utf8')).toBe('id: a\n');
  });
});
