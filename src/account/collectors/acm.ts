import type { ACM, KeyAlgorithm } from '@aws-sdk/client-acm';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

/** The service lists nothing but RSA up to 2048 bits, unless every algorithm is named. */
const keyTypes: KeyAlgorithm[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
];

/** Certificates. */
export const acm = defineCollector<ACM>({
  service: 'acm',
  prefix: 'acm',
  open: async (config) => new (await import('@aws-sdk/client-acm')).ACM(config),
  operations: [
    {
      operation: 'ListCertificates',
      finds: ['AWS::CertificateManager::Certificate'],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listCertificates({ NextToken, MaxItems: 1_000, Includes: { keyTypes } }),
          (page) => page.NextToken,
        );
        for await (const { CertificateSummaryList = [] } of listed) {
          yield {
            found: CertificateSummaryList.map((certificate) => ({
              type: 'AWS::CertificateManager::Certificate',
              name: certificate.DomainName ?? certificate.CertificateArn ?? '',
              arn: certificate.CertificateArn ?? '',
              properties: {
                Id: certificate.CertificateArn,
                DomainName: certificate.DomainName,
                // A summary cuts longer lists, and says so.
                SubjectAlternativeNames:
                  certificate.HasAdditionalSubjectAlternativeNames === true
                    ? undefined
                    : certificate.SubjectAlternativeNameSummaries,
                KeyAlgorithm: certificate.KeyAlgorithm,
                Status: certificate.Status,
                CertificateType: certificate.Type,
                NotAfter: certificate.NotAfter,
              },
            })),
          };
        }
      },
    },
  ],
});
