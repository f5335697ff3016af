import type { CloudFront, DistributionConfig, Origin, ViewerCertificate } from '@aws-sdk/client-cloudfront';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

const distributionType = 'AWS::CloudFront::Distribution';

/** Distributions. */
export const cloudfront = defineCollector<CloudFront>({
  service: 'cloudfront',
  prefix: 'cloudfront',
  isGlobal: true,
  absentIn: ['aws-us-gov'],
  open: async (config) => new (await import('@aws-sdk/client-cloudfront')).CloudFront(config),
  operations: [
    {
      operation: 'ListDistributions',
      finds: [distributionType],
      async *list(api) {
        const listed = pages(
          (Marker) => api.listDistributions({ Marker }),
          ({ DistributionList: list }) => (list?.IsTruncated === true ? list.NextMarker : undefined),
        );
        for await (const { DistributionList } of listed) {
          yield {
            found: (DistributionList?.Items ?? []).map(({ Id = '', ARN = '', DomainName, Status }) => ({
              type: distributionType,
              name: Id,
              arn: ARN,
              properties: { Id, Arn: ARN, DomainName, Status },
            })),
          };
        }
      },
    },
    {
      // The list lacks logging and the default root object.
      operation: 'GetDistributionConfig',
      each: distributionType,
      links: true,
      fills: ['DistributionConfig'],
      async *read(api, { name }) {
        const { DistributionConfig: config } = await api.getDistributionConfig({ Id: name });
        yield { properties: { DistributionConfig: config && distributionConfig(config) } };
      },
    },
  ],
});

function distributionConfig(config: DistributionConfig): Record<string, unknown> {
  const { Logging, ViewerCertificate: certificate, Origins, WebACLId, ...rest } = config;
  return {
    ...(withoutQuantities(rest) as Record<string, unknown>), // an object stays one
    Origins: Origins?.Items?.map(originConfig),
    Logging:
      Logging?.Enabled === true
        ? { Bucket: Logging.Bucket, Prefix: Logging.Prefix, IncludeCookies: Logging.IncludeCookies }
        : undefined,
    ViewerCertificate: certificate && certificateConfig(certificate),
    WebACLId: WebACLId === '' ? undefined : WebACLId,
    CallerReference: undefined,
  };
}

function originConfig({
  CustomHeaders,
  CustomOriginConfig: custom,
  ...origin
}: Origin): Record<string, unknown> {
  return {
    ...(withoutQuantities(origin) as Record<string, unknown>), // an object stays one
    OriginCustomHeaders: CustomHeaders?.Items,
    CustomOriginConfig: custom && {
      ...(withoutQuantities(custom) as Record<string, unknown>), // an object stays one
      OriginSSLProtocols: custom.OriginSslProtocols?.Items,
      OriginSslProtocols: undefined,
    },
  };
}

function certificateConfig(certificate: ViewerCertificate): Record<string, unknown> {
  return {
    AcmCertificateArn: certificate.ACMCertificateArn,
    IamCertificateId: certificate.IAMCertificateId,
    CloudFrontDefaultCertificate: certificate.CloudFrontDefaultCertificate,
    MinimumProtocolVersion: certificate.MinimumProtocolVersion,
    SslSupportMethod: certificate.SSLSupportMethod,
  };
}

/** `{Quantity: 1, Items: [x]}` is `[x]` in CloudFormation; what else stands beside the items comes up to their holder. */
function withoutQuantities(answer: unknown, depth = 0): unknown {
  if (typeof answer !== 'object' || answer === null || depth > 50) return answer;
  if (Array.isArray(answer)) return answer.map((item) => withoutQuantities(item, depth + 1));
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(answer)) {
    if (isCounted(member)) {
      const { Quantity, Items = [], ...beside } = member;
      if (Quantity > 0) members[key] = withoutQuantities(Items, depth + 1);
      Object.assign(members, withoutQuantities(beside, depth + 1));
    } else members[key] = withoutQuantities(member, depth + 1);
  }
  return members;
}

function isCounted(
  value: unknown,
): value is { readonly Quantity: number; readonly Items?: readonly unknown[] } {
  return (
    typeof value === 'object' && value !== null && 'Quantity' in value && typeof value.Quantity === 'number'
  );
}
