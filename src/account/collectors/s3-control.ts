import type { S3Control } from '@aws-sdk/client-s3-control';
import { defineCollector, scopeType } from '../collector.ts';

const property = 'PublicAccessBlockConfiguration';

/** The account's own public access block, which holds for all of its buckets, whatever they say. */
export const s3Control = defineCollector<S3Control>({
  service: 's3-control',
  prefix: 's3',
  open: async ({ endpoint, ...config }) => {
    const client = await import('@aws-sdk/client-s3-control');
    // The service's own provider puts the account in front of the host, which an emulator's address does not bear.
    const url = endpoint === undefined ? undefined : new URL(endpoint);
    return new client.S3Control(
      url === undefined ? config : { ...config, endpointProvider: () => ({ url }) },
    );
  },
  operations: [
    {
      operation: 'GetPublicAccessBlock',
      actions: ['s3:GetAccountPublicAccessBlock'],
      patches: { [scopeType]: [property] },
      absent: ['NoSuchPublicAccessBlockConfiguration'],
      async *list(api, { account, region, scope }) {
        const answer = await api.getPublicAccessBlock({ AccountId: account });
        const properties = { [property]: answer.PublicAccessBlockConfiguration };
        yield {
          patches: [{ type: scopeType, of: `${scopeType}|${account}|${region}|${scope}`, properties }],
        };
      },
    },
  ],
});
