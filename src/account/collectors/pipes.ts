import type { Pipes } from '@aws-sdk/client-pipes';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

const pipeType = 'AWS::Pipes::Pipe';

/** EventBridge Pipes. */
export const pipes = defineCollector<Pipes>({
  service: 'pipes',
  prefix: 'pipes',
  open: async (config) => new (await import('@aws-sdk/client-pipes')).Pipes(config),
  operations: [
    {
      operation: 'ListPipes',
      finds: [pipeType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listPipes({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const page of listed) {
          yield {
            found: (page.Pipes ?? []).map(
              ({ Name = '', Arn = '', Source, Target, Enrichment, DesiredState }) => ({
                type: pipeType,
                name: Name,
                arn: Arn,
                properties: {
                  Name,
                  Arn,
                  Source,
                  Target,
                  Enrichment: Enrichment === '' ? undefined : Enrichment,
                  DesiredState,
                },
              }),
            ),
          };
        }
      },
    },
    {
      operation: 'DescribePipe',
      each: pipeType,
      links: true,
      fills: [
        'Description',
        'EnrichmentParameters',
        'KmsKeyIdentifier',
        'LogConfiguration',
        'RoleArn',
        'SourceParameters',
        'TargetParameters',
      ],
      async *read(api, { name }) {
        const pipe = await api.describePipe({ Name: name });
        yield {
          properties: {
            Description: pipe.Description,
            EnrichmentParameters: pipe.EnrichmentParameters,
            KmsKeyIdentifier: pipe.KmsKeyIdentifier,
            LogConfiguration: pipe.LogConfiguration,
            RoleArn: pipe.RoleArn,
            SourceParameters: pipe.SourceParameters,
            TargetParameters: pipe.TargetParameters,
          },
        };
      },
    },
  ],
});
