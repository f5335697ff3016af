import type { Open } from './account-identity.ts';
import { classifyError } from './errors.ts';
import { pages } from './pages.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ResourceTag } from '../model/slice.ts';

/** IAM actions of an audit by tag. */
export const taggedActions: readonly string[] = ['tag:GetResources'];

/**
 * ARNs of the Regions' resources that have every key of the tags, each with one of its values. One call answers a hundred
 * of them, where the services would be asked one by one.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html (2026-11-28)
 * @throws HeadgateError `slice-unknown` where a Region does not answer: what has the tag is not known then.
 */
export async function readTaggedResources(
  open: Open,
  regions: readonly string[],
  tags: readonly ResourceTag[],
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(regions.map((region) => taggedIn(open, region, tags)));
  return new Set(found.flat());
}

async function taggedIn(
  open: Open,
  region: string,
  tags: readonly ResourceTag[],
): Promise<readonly string[]> {
  const keys = [...new Set(tags.map(({ key }) => key))];
  const TagFilters = keys.map((Key) => ({
    Key,
    Values: tags.filter(({ key }) => key === Key).map(({ value }) => value),
  }));
  try {
    const tagging = await open('tagging', ['GetResources'], region, async (config) => {
      const { ResourceGroupsTaggingAPI } = await import('@aws-sdk/client-resource-groups-tagging-api');
      return new ResourceGroupsTaggingAPI(config);
    });
    const listed = pages(
      (PaginationToken) => tagging.getResources({ TagFilters, PaginationToken }),
      ({ PaginationToken }) => (PaginationToken === '' ? undefined : PaginationToken),
    );
    const arns: string[] = [];
    for await (const { ResourceTagMappingList = [] } of listed)
      for (const { ResourceARN } of ResourceTagMappingList)
        if (ResourceARN !== undefined) arns.push(ResourceARN);
    return arns;
  } catch (cause) {
    const { message, remedy } = classifyError(cause, 'tag:GetResources');
    throw new HeadgateError(
      'slice-unknown',
      `Cannot list the resources with the tag: ${message}; ${remedy}, or select resources with --resource.`,
      { service: 'tagging', region },
      { cause },
    );
  }
}
