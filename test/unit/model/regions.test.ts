import { describe, expect, it } from '@jest/globals';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { kindOfRegion } from '../../../src/model/regions.ts';

describe('Regions', () => {
  it('of the CDK are all known', () => {
    const names = RegionInfo.regions.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => kindOfRegion(name) !== 'known')).toEqual([]);
  });

  it.each(['mx-central-2', 'eusc-de-west-1', 'us-gov-central-1', 'nz-southeast-12'])(
    '%s may be one',
    (text) => {
      expect(kindOfRegion(text)).toBe('new');
    },
  );

  it.each([
    'eu-wst-1',
    'eu-west',
    'eu-west-1a',
    'EU-WEST-1',
    'europe-west1',
    'eu_west_1',
    'aws-global',
    'toString',
    '',
  ])('`%s` cannot be one', (text) => {
    expect(kindOfRegion(text)).toBe('impossible');
  });
});
