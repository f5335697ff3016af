/** A part of AWS with accounts, ARNs and endpoints of its own. */
export interface Partition {
  readonly name: string;
  /** How the names of its Regions begin. */
  readonly regionPrefix: string;
  /** Domain of its endpoints. */
  readonly urlSuffix: string;
  /** Region in which its global services answer. */
  readonly mainRegion: string;
}

const aws: Partition = {
  name: 'aws',
  regionPrefix: '',
  urlSuffix: 'amazonaws.com',
  mainRegion: 'us-east-1',
};

/** Partitions beside `aws` (AWS General Reference; partitions.json of the AWS SDKs, read 2026-11). */
const others: readonly Partition[] = (
  [
    ['aws-cn', 'cn-', 'amazonaws.com.cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-', 'amazonaws.com', 'us-gov-west-1'],
    ['aws-eusc', 'eusc-', 'amazonaws.eu', 'eusc-de-east-1'],
    ['aws-iso', 'us-iso-', 'c2s.ic.gov', 'us-iso-east-1'],
    ['aws-iso-b', 'us-isob-', 'sc2s.sgov.gov', 'us-isob-east-1'],
    ['aws-iso-e', 'eu-isoe-', 'cloud.adc-e.uk', 'eu-isoe-west-1'],
    ['aws-iso-f', 'us-isof-', 'csp.hci.ic.gov', 'us-isof-south-1'],
  ] as const
).map(([name, regionPrefix, urlSuffix, mainRegion]) => ({ name, regionPrefix, urlSuffix, mainRegion }));

/** The partition of a Region; `aws` where its name says nothing else. */
export function partitionOfRegion(region: string): Partition {
  return others.find(({ regionPrefix }) => region.startsWith(regionPrefix)) ?? aws;
}

/** The partition of a name, e.g. `aws-cn`; `aws` for one that is not known. */
export function partitionNamed(name: string): Partition {
  return others.find((partition) => partition.name === name) ?? aws;
}
