/** Ids of the prefix lists that AWS manages for the gateway endpoints of one Region. */
export interface GatewayPrefixLists {
  /** Prefix list of `com.amazonaws.<region>.s3`. */
  readonly s3: string;
  /** Prefix list of `com.amazonaws.<region>.dynamodb`. */
  readonly dynamoDb: string;
}

/**
 * The prefix lists of the commercial Regions, as `aws ec2 describe-prefix-lists` returns them. CloudFormation has
 * no attribute for them, and a lookup would require an account at synthesis. For a Region that is missing here, set
 * `prefixLists` of `NetworkFoundation`.
 */
export const gatewayPrefixLists: Readonly<Record<string, GatewayPrefixLists>> = {
  'ap-northeast-1': { s3: 'pl-61a54008', dynamoDb: 'pl-78a54011' },
  'ap-northeast-2': { s3: 'pl-78a54011', dynamoDb: 'pl-48a54021' },
  'ap-south-1': { s3: 'pl-78a54011', dynamoDb: 'pl-66a7420f' },
  'ap-southeast-1': { s3: 'pl-6fa54006', dynamoDb: 'pl-67a5400e' },
  'ap-southeast-2': { s3: 'pl-6ca54005', dynamoDb: 'pl-62a5400b' },
  'ca-central-1': { s3: 'pl-7da54014', dynamoDb: 'pl-4ea54027' },
  'eu-central-1': { s3: 'pl-6ea54007', dynamoDb: 'pl-66a5400f' },
  'eu-west-1': { s3: 'pl-6da54004', dynamoDb: 'pl-6fa54006' },
  'eu-west-2': { s3: 'pl-7ca54015', dynamoDb: 'pl-b3a742da' },
  'eu-west-3': { s3: 'pl-23ad484a', dynamoDb: 'pl-abb451c2' },
  'sa-east-1': { s3: 'pl-6aa54003', dynamoDb: 'pl-60a54009' },
  'us-east-1': { s3: 'pl-63a5400a', dynamoDb: 'pl-02cd2c6b' },
  'us-east-2': { s3: 'pl-7ba54012', dynamoDb: 'pl-4ca54025' },
  'us-west-1': { s3: 'pl-6ba54002', dynamoDb: 'pl-6ea54007' },
  'us-west-2': { s3: 'pl-68a54001', dynamoDb: 'pl-00a54069' },
};
