import type { SQS } from '@aws-sdk/client-sqs';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found, type Item } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument, tagList } from '../plain.ts';

const queueType = 'AWS::SQS::Queue';
const policyType = 'AWS::SQS::QueuePolicy';

const numbers = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const;
const booleans = ['ContentBasedDeduplication', 'FifoQueue', 'SqsManagedSseEnabled'] as const;
const texts = ['DeduplicationScope', 'FifoThroughputLimit', 'KmsMasterKeyId'] as const;
const documents = ['RedriveAllowPolicy', 'RedrivePolicy'] as const;

/** Queues and their policies. */
export const sqs = defineCollector<SQS>({
  service: 'sqs',
  prefix: 'sqs',
  open: async (config) => {
    const { SQS } = await import('@aws-sdk/client-sqs');
    // Requests go where they are signed for, and not to a host that an answer names.
    return new SQS({ ...config, useQueueUrlAsEndpoint: false });
  },
  operations: [
    {
      operation: 'ListQueues',
      finds: [queueType],
      async *list(api, { partition, region, account }) {
        // Without MaxResults the service answers at most 1,000 queues and no token.
        const listed = pages(
          (NextToken) => api.listQueues({ NextToken, MaxResults: 1_000 }),
          (page) => page.NextToken,
        );
        for await (const { QueueUrls = [] } of listed) {
          yield {
            found: QueueUrls.map((url) => queueFound(url, `arn:${partition}:sqs:${region}:${account}`)),
          };
        }
      },
    },
    {
      operation: 'GetQueueAttributes',
      each: queueType,
      links: true,
      fills: [...numbers, ...booleans, ...texts, ...documents],
      finds: [policyType],
      standsFor: ['AWS::SQS::QueueInlinePolicy'],
      placeholder: (item, cause) => policyFound(item, new Unresolved(cause)),
      async *read(api, item) {
        const { Attributes = {} } = await api.getQueueAttributes({
          QueueUrl: item.keys?.url,
          AttributeNames: ['All'],
        });
        const policy = parseDocument(Attributes.Policy);
        yield {
          properties: attributeProperties(Attributes),
          found: policy === undefined ? [] : [policyFound(item, policy)],
        };
      },
    },
    {
      operation: 'ListQueueTags',
      each: queueType,
      fills: ['Tags'],
      async *read(api, { keys }) {
        yield { properties: { Tags: tagList((await api.listQueueTags({ QueueUrl: keys?.url })).Tags) } };
      },
    },
  ],
});

function queueFound(url: string, arnStart: string): Found {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const arn = `${arnStart}:${name}`;
  return {
    type: queueType,
    name,
    arn,
    keys: { url },
    properties: { QueueName: name, QueueUrl: url, Arn: arn },
  };
}

function attributeProperties(
  attributes: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const name of numbers) if (attributes[name] !== undefined) properties[name] = Number(attributes[name]);
  for (const name of booleans)
    if (attributes[name] !== undefined) properties[name] = attributes[name] === 'true';
  for (const name of texts) properties[name] = attributes[name] === '' ? undefined : attributes[name];
  for (const name of documents) properties[name] = withNumericCount(parseDocument(attributes[name]));
  return properties;
}

/** Some tools have written the count as text, and the service keeps it so. */
function withNumericCount(policy: unknown): unknown {
  if (typeof policy !== 'object' || policy === null || !('maxReceiveCount' in policy)) return policy;
  return { ...policy, maxReceiveCount: Number(policy.maxReceiveCount) };
}

/** Names the queue by its ARN: a URL may be an older one, or that of an endpoint in a VPC. */
function policyFound({ name, arn }: Item, PolicyDocument: unknown): Found {
  return {
    type: policyType,
    name,
    properties: { Queues: [arn], PolicyDocument },
  };
}
