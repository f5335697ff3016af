import type { Signer } from '@aws-sdk/client-signer';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

/** Signing profiles. */
export const signer = defineCollector<Signer>({
  service: 'signer',
  prefix: 'signer',
  open: async (config) => new (await import('@aws-sdk/client-signer')).Signer(config),
  operations: [
    {
      operation: 'ListSigningProfiles',
      finds: ['AWS::Signer::SigningProfile'],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.listSigningProfiles({ nextToken, includeCanceled: true }),
          (page) => page.nextToken,
        );
        for await (const { profiles = [] } of listed) {
          yield {
            found: profiles.map((profile) => ({
              type: 'AWS::Signer::SigningProfile',
              name: profile.profileName ?? '',
              arn: profile.arn ?? '',
              properties: {
                ProfileName: profile.profileName,
                ProfileVersion: profile.profileVersion,
                ProfileVersionArn: profile.profileVersionArn,
                Arn: profile.arn,
                PlatformId: profile.platformId,
                SignatureValidityPeriod: profile.signatureValidityPeriod && {
                  Type: profile.signatureValidityPeriod.type,
                  Value: profile.signatureValidityPeriod.value,
                },
                Status: profile.status,
              },
            })),
          };
        }
      },
    },
  ],
});
