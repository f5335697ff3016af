import type { GetBucketNotificationConfigurationCommandOutput, S3 } from '@aws-sdk/client-s3';
import { Unresolved } from '../../model/value.ts';
import { lifecycleOf, replicationOf } from './s3-rules.ts';
import { defineCollector, type Found, type ItemOperation } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty, parseDocument } from '../plain.ts';

const bucketType = 'AWS::S3::Bucket';
const policyType = 'AWS::S3::BucketPolicy';
const balancerType = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** Buckets of the Region. */
export const s3 = defineCollector<S3>({
  service: 's3',
  prefix: 's3',
  open: async (config) => new (await import('@aws-sdk/client-s3')).S3(config),
  operations: [
    {
      operation: 'ListBuckets',
      actions: ['s3:ListAllMyBuckets'],
      finds: [bucketType],
      async *list(api, { partition, region }) {
        const listed = pages(
          (ContinuationToken) =>
            api.listBuckets({ BucketRegion: region, MaxBuckets: 1_000, ContinuationToken }),
          (page) => page.ContinuationToken,
        );
        for await (const { Buckets = [] } of listed) {
          // An endpoint that does not know the filter answers with buckets of every Region.
          const here = Buckets.filter(({ BucketRegion = region }) => BucketRegion === region);
          yield {
            found: here.map(({ Name = '' }) => {
              const arn = `arn:${partition}:s3:::${Name}`;
              return { type: bucketType, name: Name, arn, properties: { BucketName: Name, Arn: arn } };
            }),
          };
        }
      },
    },
    setting(
      'GetBucketEncryption',
      's3:GetEncryptionConfiguration',
      'BucketEncryption',
      async (api, Bucket) => {
        const { ServerSideEncryptionConfiguration: configuration } = await api.getBucketEncryption({
          Bucket,
        });
        return {
          ServerSideEncryptionConfiguration: configuration?.Rules?.map((rule) => ({
            ServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault,
            BucketKeyEnabled: rule.BucketKeyEnabled,
          })),
        };
      },
      ['ServerSideEncryptionConfigurationNotFoundError'],
    ),
    setting(
      'GetBucketVersioning',
      's3:GetBucketVersioning',
      'VersioningConfiguration',
      async (api, Bucket) => {
        const { Status } = await api.getBucketVersioning({ Bucket });
        return nonEmpty({ Status });
      },
    ),
    setting(
      'GetPublicAccessBlock',
      's3:GetBucketPublicAccessBlock',
      'PublicAccessBlockConfiguration',
      readBlock,
    ),
    setting('GetBucketLogging', 's3:GetBucketLogging', 'LoggingConfiguration', async (api, Bucket) => {
      const { LoggingEnabled } = await api.getBucketLogging({ Bucket });
      return (
        LoggingEnabled && {
          DestinationBucketName: LoggingEnabled.TargetBucket,
          LogFilePrefix: LoggingEnabled.TargetPrefix,
        }
      );
    }),
    setting(
      'GetBucketOwnershipControls',
      's3:GetBucketOwnershipControls',
      'OwnershipControls',
      async (api, Bucket) => {
        const { OwnershipControls } = await api.getBucketOwnershipControls({ Bucket });
        return OwnershipControls;
      },
      ['OwnershipControlsNotFoundError'],
    ),
    setting(
      'GetBucketLifecycleConfiguration',
      's3:GetLifecycleConfiguration',
      'LifecycleConfiguration',
      async (api, Bucket) => {
        const { Rules } = await api.getBucketLifecycleConfiguration({ Bucket });
        return lifecycleOf(Rules);
      },
      ['NoSuchLifecycleConfiguration'],
    ),
    setting(
      'GetObjectLockConfiguration',
      's3:GetBucketObjectLockConfiguration',
      'ObjectLockConfiguration',
      async (api, Bucket) => {
        const { ObjectLockConfiguration } = await api.getObjectLockConfiguration({ Bucket });
        return ObjectLockConfiguration;
      },
      ['ObjectLockConfigurationNotFoundError'],
    ),
    setting(
      'GetBucketReplication',
      's3:GetReplicationConfiguration',
      'ReplicationConfiguration',
      async (api, Bucket) => {
        const { ReplicationConfiguration } = await api.getBucketReplication({ Bucket });
        return replicationOf(ReplicationConfiguration);
      },
      ['ReplicationConfigurationNotFoundError'],
    ),
    {
      ...setting(
        'GetBucketNotificationConfiguration',
        's3:GetBucketNotification',
        'NotificationConfiguration',
        async (api, Bucket) => notificationOf(await api.getBucketNotificationConfiguration({ Bucket })),
      ),
      links: true,
      // CDK's own resource for notifications leaves them on the bucket.
      shows: ['Custom::S3BucketNotifications'],
    },
    setting(
      'GetBucketTagging',
      's3:GetBucketTagging',
      'Tags',
      async (api, Bucket) => {
        const { TagSet } = await api.getBucketTagging({ Bucket });
        return TagSet;
      },
      ['NoSuchTagSet'],
    ),
    {
      operation: 'GetBucketPolicy',
      each: bucketType,
      finds: [policyType],
      // No load balancer delivers its logs to a bucket whose policy does not let it.
      shows: [balancerType, 'AWS::ElasticLoadBalancing::LoadBalancer'],
      absent: ['NoSuchBucketPolicy'],
      placeholder: ({ name }, cause) => [policyFound(name, new Unresolved(cause)), balancerFound(name)],
      async *read(api, { name }) {
        const { Policy = '' } = await api.getBucketPolicy({ Bucket: name });
        if (Policy === '') return;
        const policy = policyFound(name, parseDocument(Policy));
        yield { found: takesBalancerLogs(Policy) ? [policy, balancerFound(name)] : [policy] };
      },
    },
  ],
});

function policyFound(Bucket: string, PolicyDocument: unknown): Found {
  return { type: policyType, name: Bucket, properties: { Bucket, PolicyDocument } };
}

/**
 * Whether a policy may let load balancers write their logs: by the service's name, or in older Regions by an
 * account of AWS under the path that all of them write to.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
function takesBalancerLogs(policy: string): boolean {
  return (
    /logdelivery\.elasticloadbalancing/.test(policy) || (policy.includes('AWSLogs/') && /:root"/.test(policy))
  );
}

/** The load balancer that may write its logs to the bucket. */
function balancerFound(bucket: string): Found {
  return {
    type: balancerType,
    name: `logs to ${bucket}`,
    properties: {
      LoadBalancerAttributes: [
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: bucket },
      ],
    },
    uncertain: {
      code: 'not-collected',
      message: `the policy of bucket ${bucket} can allow load balancers to write their logs, which Headgate does not read`,
      remedy: 'say in headgate.yaml under `outside` which load balancer it is, or waive the finding',
    },
  };
}

/** A call that answers one property of a bucket. */
function setting(
  operation: string,
  action: string,
  property: string,
  call: (api: S3, bucket: string) => Promise<unknown>,
  absent: readonly string[] = [],
): ItemOperation<S3> {
  return {
    operation,
    actions: [action],
    each: bucketType,
    fills: [property],
    absent,
    async *read(api, { name }) {
      yield { properties: { [property]: await call(api, name) } };
    },
  };
}

const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;

/** A bucket without a block of its own blocks nothing; its account's block stands on the account. */
async function readBlock(api: S3, Bucket: string): Promise<Record<string, unknown>> {
  const own = await ownBlock(api, Bucket);
  return Object.fromEntries(blocks.map((block) => [block, own?.[block] === true]));
}

async function ownBlock(api: S3, Bucket: string) {
  try {
    return (await api.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchPublicAccessBlockConfiguration') return undefined;
    throw error;
  }
}

interface Notified {
  readonly Events?: readonly string[] | undefined;
  readonly Filter?:
    { readonly Key?: { readonly FilterRules?: readonly object[] | undefined } | undefined } | undefined;
}

/** CloudFormation has one entry an event, the service one a target. */
function notificationOf(answer: GetBucketNotificationConfigurationCommandOutput): unknown {
  const {
    LambdaFunctionConfigurations: lambdas,
    QueueConfigurations: queues,
    TopicConfigurations: topics,
  } = answer;
  return nonEmpty({
    EventBridgeConfiguration: answer.EventBridgeConfiguration && { EventBridgeEnabled: true },
    LambdaConfigurations: lambdas?.flatMap((each) => entriesOf(each, { Function: each.LambdaFunctionArn })),
    QueueConfigurations: queues?.flatMap((each) => entriesOf(each, { Queue: each.QueueArn })),
    TopicConfigurations: topics?.flatMap((each) => entriesOf(each, { Topic: each.TopicArn })),
  });
}

function entriesOf({ Events = [], Filter }: Notified, target: object): object[] {
  const filter = Filter?.Key && { S3Key: { Rules: Filter.Key.FilterRules } };
  return Events.map((Event) => ({ Event, ...target, Filter: filter }));
}
