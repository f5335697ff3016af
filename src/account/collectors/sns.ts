import type { SNS, Subscription } from '@aws-sdk/client-sns';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found, type Item } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const topicType = 'AWS::SNS::Topic';
const subscriptionType = 'AWS::SNS::Subscription';
const policyType = 'AWS::SNS::TopicPolicy';

/** Topics, their policies and subscriptions. */
export const sns = defineCollector<SNS>({
  service: 'sns',
  prefix: 'sns',
  open: async (config) => new (await import('@aws-sdk/client-sns')).SNS(config),
  operations: [
    {
      operation: 'ListTopics',
      finds: [topicType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listTopics({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { Topics = [] } of listed) {
          yield {
            found: Topics.map(({ TopicArn = '' }) => {
              const TopicName = TopicArn.slice(TopicArn.lastIndexOf(':') + 1);
              return { type: topicType, name: TopicName, arn: TopicArn, properties: { TopicArn, TopicName } };
            }),
          };
        }
      },
    },
    {
      operation: 'GetTopicAttributes',
      each: topicType,
      fills: [
        'ArchivePolicy',
        'ContentBasedDeduplication',
        'DisplayName',
        'FifoTopic',
        'KmsMasterKeyId',
        'SignatureVersion',
        'TracingConfig',
      ],
      finds: [policyType],
      standsFor: ['AWS::SNS::TopicInlinePolicy'],
      placeholder: (item, cause) => policyFound(item, new Unresolved(cause)),
      async *read(api, item) {
        const { Attributes = {} } = await api.getTopicAttributes({ TopicArn: item.arn });
        const policy = parseDocument(Attributes.Policy);
        yield {
          properties: {
            ArchivePolicy: parseDocument(Attributes.ArchivePolicy),
            ContentBasedDeduplication: flag(Attributes.ContentBasedDeduplication),
            DisplayName: Attributes.DisplayName === '' ? undefined : Attributes.DisplayName,
            FifoTopic: flag(Attributes.FifoTopic),
            KmsMasterKeyId: Attributes.KmsMasterKeyId === '' ? undefined : Attributes.KmsMasterKeyId,
            SignatureVersion: Attributes.SignatureVersion,
            TracingConfig: Attributes.TracingConfig,
          },
          found: policy === undefined ? [] : [policyFound(item, policy)],
        };
      },
    },
    {
      operation: 'ListTagsForResource',
      each: topicType,
      fills: ['Tags'],
      async *read(api, { arn }) {
        const { Tags } = await api.listTagsForResource({ ResourceArn: arn });
        yield { properties: { Tags } };
      },
    },
    {
      operation: 'ListSubscriptions',
      finds: [subscriptionType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listSubscriptions({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { Subscriptions = [] } of listed)
          yield { found: Subscriptions.map(subscriptionFound) };
      },
    },
    {
      operation: 'GetSubscriptionAttributes',
      each: subscriptionType,
      links: 'few',
      fills: [
        'DeliveryPolicy',
        'FilterPolicy',
        'FilterPolicyScope',
        'RawMessageDelivery',
        'RedrivePolicy',
        'SubscriptionRoleArn',
      ],
      applies: ({ arn }) => arn !== undefined,
      async *read(api, { arn }) {
        const { Attributes = {} } = await api.getSubscriptionAttributes({ SubscriptionArn: arn });
        yield {
          properties: {
            DeliveryPolicy: parseDocument(Attributes.DeliveryPolicy),
            FilterPolicy: parseDocument(Attributes.FilterPolicy),
            FilterPolicyScope: Attributes.FilterPolicyScope,
            RawMessageDelivery: flag(Attributes.RawMessageDelivery),
            RedrivePolicy: parseDocument(Attributes.RedrivePolicy),
            SubscriptionRoleArn: Attributes.SubscriptionRoleArn,
          },
        };
      },
    },
  ],
});

function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}

function policyFound({ arn, name }: Item, PolicyDocument: unknown): Found {
  return {
    type: policyType,
    name,
    properties: { Topics: [arn], PolicyDocument },
  };
}

/** One that waits for its owner's consent has no ARN, and no attributes to ask for. */
function subscriptionFound({ SubscriptionArn = '', TopicArn, Protocol, Endpoint }: Subscription): Found {
  const isConfirmed = SubscriptionArn.startsWith('arn:');
  return {
    type: subscriptionType,
    name: isConfirmed ? SubscriptionArn : `${TopicArn ?? ''}|${Protocol ?? ''}|${Endpoint ?? ''}`,
    ...(isConfirmed ? { arn: SubscriptionArn } : {}),
    properties: { TopicArn, Protocol, Endpoint, ...(isConfirmed ? {} : { State: SubscriptionArn }) },
  };
}
