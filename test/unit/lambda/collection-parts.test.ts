import { describe, expect, it } from '@jest/globals';
import { isItemOperation, type Collector, type Item } from '../../../src/account/collector.ts';
import { collectors } from '../../../src/account/collectors/index.ts';
import { bucketsOf } from '../../../src/account/rate.ts';
import {
  keepShare,
  restrictCollectors,
  splitCollection,
  type Share,
} from '../../../src/lambda/collection-parts.ts';
import type { Resource } from '../../../src/model/resource.ts';

const functionType = 'AWS::Lambda::Function';

function resources(type: string, count: number, region = 'eu-west-1'): Resource[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: `${type}-${region}-${index}`, type, name: `r${index}`, region },
    ...{ scope: `111122223333/${region}`, properties: {} },
    locate: () => ({ arn: '', path: [] }),
  }));
}

const sharesOf = (found: readonly Resource[], service: string, round = 0): number =>
  splitCollection(collectors, found, round).filter(({ services }) => services.includes(service)).length;

describe('splitCollection', () => {
  it('forgets no service, and puts none into two parts', () => {
    const services = new Set(collectors.map(({ service }) => service.replace(/-(global|control)$/, '')));
    const named = splitCollection(collectors).flatMap((part) => part.services);
    expect(new Set(named)).toEqual(services);
    expect(named).toHaveLength(services.size);
  });

  it('keeps together what shares a rate', () => {
    const [part] = splitCollection(collectors).filter(({ services }) => services.includes('apigateway'));
    expect(part?.services).toEqual(['apigateway', 'apigatewayv2']);
  });

  it('makes as many shares of a service as its rate demands, and one of all others', () => {
    const found = resources(functionType, 5_000);
    const lambda = collectors.find(({ service }) => service === 'lambda');
    const calls =
      lambda?.operations.filter(isItemOperation).filter(({ each }) => each === functionType) ?? [];
    const shared = calls.filter(({ operation }) =>
      bucketsOf('lambda', operation, 'eu-west-1').has('eu-west-1 lambda'),
    );
    const seconds = (shared.length * 5_000) / 5;
    expect(seconds).toBeGreaterThan(780);
    expect(sharesOf(found, 'lambda')).toBe(Math.ceil(seconds / 480));
    expect(sharesOf(found, 'sqs')).toBe(1);
  });

  it('counts Regions apart, since each has its own rate', () => {
    const here = resources(functionType, 1_000);
    const both = [...here, ...resources(functionType, 1_000, 'us-east-1')];
    expect(sharesOf(both, 'lambda')).toBe(sharesOf(here, 'lambda'));
  });

  it('gives any service parts of its own where it has too much', () => {
    const found = resources('AWS::SQS::Queue', 50_000);
    const parts = splitCollection(collectors, found).filter(({ services }) => services.includes('sqs'));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ services }) => services)).toEqual(parts.map(() => ['sqs']));
  });

  it('halves the shares each time', () => {
    const found = resources(functionType, 1_000);
    const once = sharesOf(found, 'lambda');
    expect([1, 2].map((round) => sharesOf(found, 'lambda', round))).toEqual([once * 2, once * 4]);
  });

  it('calls no two parts the same', () => {
    const names = splitCollection(collectors, resources(functionType, 5_000), 1).map(({ part }) => part);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the shares of a service', () => {
  const shares: Share[] = [0, 1, 2, 3, 4].map((index) => ({ index, of: 5 }));
  const operation = (restricted: readonly Collector[], name: string, each: string) =>
    restricted
      .flatMap(({ operations }) => operations)
      .filter(isItemOperation)
      .find((candidate) => candidate.operation === name && candidate.each === each);
  const item = ({ id, type, name }: Resource) => ({ id, type, name, properties: {} }) as unknown as Item; // what is asked of it

  it('ask about each resource once, and hand it over once', () => {
    const found = resources(functionType, 300);
    const asked = shares.flatMap((share) => {
      const applies = operation(restrictCollectors(collectors, share), 'GetPolicy', functionType)?.applies;
      return found.filter((resource) => applies?.(item(resource)) !== false);
    });
    const kept = shares.flatMap((share) => keepShare(found, collectors, share));
    const ids = found.map(({ id }) => id).sort();
    expect(asked.map(({ id }) => id).sort()).toEqual(ids);
    expect(kept.map(({ id }) => id).sort()).toEqual(ids);
    for (const share of shares) expect(keepShare(found, collectors, share).length).toBeGreaterThan(30);
  });

  it('ask about what turns up beside a resource wherever it turns up', () => {
    const aliases = resources('AWS::Lambda::Alias', 20);
    for (const share of shares) {
      const asked = operation(restrictCollectors(collectors, share), 'GetPolicy', 'AWS::Lambda::Alias');
      expect(aliases.every((alias) => asked?.applies?.(item(alias)) !== false)).toBe(true);
      expect(keepShare(aliases, collectors, share)).toEqual(aliases);
    }
  });

  it('leave calls out that an operation makes for no such resource', () => {
    const image = { ...resources(functionType, 1)[0], properties: { PackageType: 'Image' } } as Resource;
    const asked = shares.map((share) =>
      operation(restrictCollectors(collectors, share), 'GetRuntimeManagementConfig', functionType)?.applies?.(
        image as unknown as Item, // what is asked of it
      ),
    );
    expect(asked).toEqual(shares.map(() => false));
  });
});
