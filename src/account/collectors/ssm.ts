import type { SSM } from '@aws-sdk/client-ssm';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const documentType = 'AWS::SSM::Document';

/** The account's own documents, and its parameters without their values. */
export const ssm = defineCollector<SSM>({
  service: 'ssm',
  prefix: 'ssm',
  open: async (config) => new (await import('@aws-sdk/client-ssm')).SSM(config),
  operations: [
    {
      operation: 'ListDocuments',
      finds: [documentType],
      async *list(api, { partition, region, account }) {
        const listed = pages(
          (NextToken) => api.listDocuments({ NextToken, Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
          (page) => page.NextToken,
        );
        for await (const { DocumentIdentifiers = [] } of listed) {
          yield {
            found: DocumentIdentifiers.map(({ Name = '', DocumentType, DocumentFormat, Tags }) => ({
              type: documentType,
              name: Name,
              arn: `arn:${partition}:ssm:${region}:${account}:document/${Name}`,
              properties: { Name, DocumentType, DocumentFormat, Tags },
            })),
          };
        }
      },
    },
    {
      operation: 'GetDocument',
      each: documentType,
      fills: ['Content'],
      async *read(api, { name }) {
        const { Content } = await api.getDocument({ Name: name });
        yield { properties: { Content: parseDocument(Content) } };
      },
    },
    {
      operation: 'DescribeParameters',
      finds: ['AWS::SSM::Parameter'],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.describeParameters({ NextToken, MaxResults: 50 }),
          (page) => page.NextToken,
        );
        for await (const { Parameters = [] } of listed) {
          yield {
            found: Parameters.map(({ Name = '', ARN, Type, KeyId, Tier, Description }) => ({
              type: 'AWS::SSM::Parameter',
              name: Name,
              ...(ARN === undefined ? {} : { arn: ARN }),
              properties: { Name, Type, KeyId, Tier, Description },
            })),
          };
        }
      },
    },
  ],
});
