import type { SecurityHub } from '@aws-sdk/client-securityhub';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

/** How the service says that it is switched off. */
const switchedOff = ['InvalidAccessException', 'ResourceNotFoundException'];

/** Whether Security Hub is on, and which standards are. */
export const securityhub = defineCollector<SecurityHub>({
  service: 'securityhub',
  prefix: 'securityhub',
  open: async (config) => new (await import('@aws-sdk/client-securityhub')).SecurityHub(config),
  operations: [
    {
      operation: 'DescribeHub',
      finds: ['AWS::SecurityHub::Hub'],
      absent: switchedOff,
      async *list(api) {
        const {
          HubArn = '',
          AutoEnableControls,
          ControlFindingGenerator,
          SubscribedAt,
        } = await api.describeHub({});
        const properties = { ARN: HubArn, AutoEnableControls, ControlFindingGenerator, SubscribedAt };
        yield { found: [{ type: 'AWS::SecurityHub::Hub', name: HubArn, arn: HubArn, properties }] };
      },
    },
    {
      operation: 'GetEnabledStandards',
      finds: ['AWS::SecurityHub::Standard'],
      absent: switchedOff,
      async *list(api) {
        const listed = pages(
          (NextToken) => api.getEnabledStandards({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { StandardsSubscriptions = [] } of listed) {
          yield {
            found: StandardsSubscriptions.map(
              ({ StandardsArn, StandardsSubscriptionArn = '', StandardsStatus }) => ({
                type: 'AWS::SecurityHub::Standard',
                name: StandardsSubscriptionArn,
                arn: StandardsSubscriptionArn,
                properties: { StandardsArn, StandardsSubscriptionArn, StandardsStatus },
              }),
            ),
          };
        }
      },
    },
  ],
});
