import type { AliasListEntry, KMS } from '@aws-sdk/client-kms';
import { defineCollector, type Found, type Place } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const keyType = 'AWS::KMS::Key';
/** Keys that AWS made for a service in this account: nothing about them can be set, so no rule judges them. */
const awsKeyType = 'Headgate::AwsManagedKey';

/** Customer-managed keys, and which keys are AWS's. */
export const kms = defineCollector<KMS>({
  service: 'kms',
  prefix: 'kms',
  open: async (config) => new (await import('@aws-sdk/client-kms')).KMS(config),
  operations: [
    {
      // Aliases tell the keys of AWS apart without a call for each key, and without being refused one.
      operation: 'ListKeys',
      calls: ['ListAliases', 'ListKeys'],
      finds: [keyType, 'AWS::KMS::Alias'],
      standsFor: ['AWS::KMS::ReplicaKey'],
      async *list(api, place) {
        const aliases: AliasListEntry[] = [];
        const named = pages(
          (Marker) => api.listAliases({ Marker, Limit: 100 }),
          (page) => page.NextMarker,
        );
        for await (const { Aliases = [] } of named) aliases.push(...Aliases);
        const names = new Map(aliases.map(({ TargetKeyId, AliasName }) => [TargetKeyId, AliasName]));
        yield { found: aliases.filter((alias) => !isOfAws(alias)).map(aliasFound) };
        const listed = pages(
          (Marker) => api.listKeys({ Marker, Limit: 1_000 }),
          (page) => page.NextMarker,
        );
        for await (const { Keys = [] } of listed) {
          yield { found: Keys.map(({ KeyId = '' }) => keyFound(KeyId, names.get(KeyId), place)) };
        }
      },
    },
    {
      operation: 'DescribeKey',
      each: keyType,
      fills: [
        'Description',
        'Enabled',
        'KeySpec',
        'KeyState',
        'KeyUsage',
        'MultiRegion',
        'Origin',
        'PrimaryKeyArn',
      ],
      async *read(api, { keys }) {
        const { KeyMetadata: key } = await api.describeKey({ KeyId: keys?.id });
        const replicates = key?.MultiRegionConfiguration;
        yield {
          properties: {
            Description: key?.Description === '' ? undefined : key?.Description,
            Enabled: key?.Enabled,
            KeySpec: key?.KeySpec,
            KeyState: key?.KeyState,
            KeyUsage: key?.KeyUsage,
            MultiRegion: key?.MultiRegion,
            Origin: key?.Origin,
            // Of replicas alone, as templates declare them.
            PrimaryKeyArn:
              replicates?.MultiRegionKeyType === 'REPLICA' ? replicates.PrimaryKey?.Arn : undefined,
          },
        };
      },
    },
    {
      operation: 'GetKeyRotationStatus',
      each: keyType,
      fills: ['EnableKeyRotation', 'RotationPeriodInDays'],
      // Keys that cannot rotate: asymmetric ones, imported material, custom key stores.
      // A key that awaits its deletion answers nothing, and encrypts nothing.
      absent: ['UnsupportedOperationException', 'KMSInvalidStateException'],
      async *read(api, { keys }) {
        const { KeyRotationEnabled, RotationPeriodInDays } = await api.getKeyRotationStatus({
          KeyId: keys?.id,
        });
        yield { properties: { EnableKeyRotation: KeyRotationEnabled, RotationPeriodInDays } };
      },
    },
    {
      operation: 'GetKeyPolicy',
      each: keyType,
      fills: ['KeyPolicy'],
      async *read(api, { keys }) {
        const { Policy } = await api.getKeyPolicy({ KeyId: keys?.id, PolicyName: 'default' });
        yield { properties: { KeyPolicy: parseDocument(Policy) } };
      },
    },
    {
      operation: 'ListResourceTags',
      each: keyType,
      fills: ['Tags'],
      async *read(api, { keys }) {
        const listed = pages(
          (Marker) => api.listResourceTags({ KeyId: keys?.id, Marker }),
          (page) => page.NextMarker,
        );
        const tags = [];
        for await (const { Tags = [] } of listed) tags.push(...Tags);
        yield {
          properties: { Tags: tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })) },
        };
      },
    },
  ],
});

function isOfAws({ AliasName = '' }: Pick<AliasListEntry, 'AliasName'>): boolean {
  return AliasName.startsWith('alias/aws/');
}

function aliasFound({ AliasName = '', AliasArn = '', TargetKeyId }: AliasListEntry): Found {
  return { type: 'AWS::KMS::Alias', name: AliasName, arn: AliasArn, properties: { AliasName, TargetKeyId } };
}

function keyFound(
  KeyId: string,
  AliasName: string | undefined,
  { partition, region, account }: Place,
): Found {
  const arn = `arn:${partition}:kms:${region}:${account}:key/${KeyId}`;
  const ofService = isOfAws({ AliasName });
  return {
    type: ofService ? awsKeyType : keyType,
    name: AliasName ?? KeyId,
    arn,
    keys: { id: KeyId },
    properties: { KeyId, Arn: arn, KeyManager: ofService ? 'AWS' : 'CUSTOMER' },
  };
}
