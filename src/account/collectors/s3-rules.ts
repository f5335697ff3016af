import type { LifecycleRule, ReplicationConfiguration, ReplicationRule, Tag } from '@aws-sdk/client-s3';
import { nonEmpty } from '../plain.ts';

/**
 * A bucket's lifecycle in CloudFormation's words, where each rule says at its top what the service nests.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
 */
export function lifecycleOf(rules: readonly LifecycleRule[] | undefined): object | undefined {
  return rules && { Rules: rules.map(lifecycleRule) };
}

function lifecycleRule({ ID, Filter, Expiration, ...rule }: LifecycleRule): object {
  const { And: both, ...one } = Filter ?? {};
  const filter = { ...one, ...both };
  const tags: readonly Tag[] = both?.Tags ?? (one.Tag === undefined ? [] : [one.Tag]);
  return {
    Id: ID,
    Status: rule.Status,
    Prefix: rule.Prefix ?? filter.Prefix,
    TagFilters: tags.length > 0 ? tags : undefined,
    ObjectSizeGreaterThan: filter.ObjectSizeGreaterThan,
    ObjectSizeLessThan: filter.ObjectSizeLessThan,
    ExpirationDate: Expiration?.Date,
    ExpirationInDays: Expiration?.Days,
    ExpiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker,
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map(({ NoncurrentDays, ...each }) => ({
      ...each,
      TransitionInDays: NoncurrentDays,
    })),
    Transitions: rule.Transitions?.map(({ Date: TransitionDate, Days, StorageClass }) => ({
      StorageClass,
      TransitionDate,
      TransitionInDays: Days,
    })),
  };
}

/** A bucket's replication in CloudFormation's words. */
export function replicationOf(config: ReplicationConfiguration | undefined): object | undefined {
  return config && { Role: config.Role, Rules: config.Rules?.map(replicationRule) };
}

function replicationRule({ ID, Filter, ...rule }: ReplicationRule): object {
  const { And: both, Prefix, Tag: TagFilter } = Filter ?? {};
  return {
    Id: ID,
    ...rule,
    Filter: nonEmpty({
      Prefix,
      TagFilter,
      And: both && { Prefix: both.Prefix, TagFilters: both.Tags },
    }),
  };
}
