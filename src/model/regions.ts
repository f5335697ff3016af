/** What every name of a Region has been like so far: an area, at most one word of a partition or country, a direction, a number. */
const shape =
  /^[a-z]{2,4}(?:-[a-z]+)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]{1,2}$/;

/** Regions of all partitions as of 2026-11-28, from the endpoint data of the AWS SDK for JavaScript. New ones come at any time. */
export const knownRegions: readonly string[] = [
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
  ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'cn-north-1'],
  ...['cn-northwest-1', 'eu-central-1', 'eu-central-2', 'eu-isoe-west-1', 'eu-north-1', 'eu-south-1'],
  ...['eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eusc-de-east-1', 'il-central-1', 'me-central-1'],
  ...['me-south-1', 'me-west-1', 'mx-central-1', 'sa-east-1', 'sa-west-1', 'us-east-1', 'us-east-2'],
  ...['us-gov-east-1', 'us-gov-west-1', 'us-iso-east-1', 'us-iso-west-1', 'us-isob-east-1', 'us-isob-west-1'],
  ...['us-isof-east-1', 'us-isof-south-1', 'us-west-1', 'us-west-2'],
];

/** `known`; `new` for a name that a Region may get one day; `impossible` for any other text. */
export function kindOfRegion(text: string): 'known' | 'new' | 'impossible' {
  if (knownRegions.includes(text)) return 'known';
  return shape.test(text) ? 'new' : 'impossible';
}
