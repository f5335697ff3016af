import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeAvailabilityZonesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeVpcEndpointServicesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeHubCommand, type SecurityHubClient } from '@aws-sdk/client-securityhub';
import { servicesOfTheFlows } from '../lib/network-foundation.ts';
import { gatewayPrefixLists, type GatewayPrefixLists } from '../lib/prefix-lists.ts';

/**
 * Oldest zones, in which newer services are not built. AWS lists no zones of Lambda: that of us-east-1 rejects functions
 * by experience, and leaving one out costs nothing. By id: names differ from account to account.
 */
const oldest = new Set(['use1-az3', 'usw1-az2', 'apne1-az3', 'cac1-az3']);

/**
 * The prefix lists of the Region's gateway endpoints: asked for, or as they are known where the call is denied.
 *
 * @throws when there is no answer and the Region is not known; nothing has been deployed then
 */
export async function lookUpPrefixLists(ec2: EC2Client, region: string): Promise<GatewayPrefixLists> {
  const names = { s3: `com.amazonaws.${region}.s3`, dynamoDb: `com.amazonaws.${region}.dynamodb` };
  let cause: unknown;
  try {
    const { PrefixLists: lists = [] } = await ec2.send(
      new DescribeManagedPrefixListsCommand({
        Filters: [{ Name: 'prefix-list-name', Values: Object.values(names) }],
      }),
    );
    const idOf = (name: string) => lists.find((list) => list.PrefixListName === name)?.PrefixListId;
    const [s3, dynamoDb] = [idOf(names.s3), idOf(names.dynamoDb)];
    if (s3 !== undefined && dynamoDb !== undefined) return { s3, dynamoDb };
  } catch (error) {
    cause = error;
  }
  const known = gatewayPrefixLists[region];
  if (known) return known;
  throw new Error(
    `The prefix lists of S3 and DynamoDB in ${region} were not found. Allow ec2:DescribeManagedPrefixLists, or set prefixLists=pl-S3,pl-DYNAMODB.`,
    { cause },
  );
}

/**
 * Two zones of the Region in which Lambda and every service have endpoints: the first ones, so that the next deployment finds
 * the same. An endpoint cannot be made in another zone, and Lambda's tell where Lambda is.
 *
 * @returns their names, or undefined where nothing was answered: CloudFormation then takes the first ones
 */
export async function lookUpZones(ec2: EC2Client, region: string): Promise<readonly string[] | undefined> {
  try {
    const { AvailabilityZones: zones = [] } = await ec2.send(
      new DescribeAvailabilityZonesCommand({
        Filters: [
          { Name: 'zone-type', Values: ['availability-zone'] },
          { Name: 'state', Values: ['available'] },
        ],
      }),
    );
    const served = await zonesOfEndpoints(ec2, region);
    const names = zones
      .filter(({ ZoneId: id = '' }) => !oldest.has(id))
      .flatMap(({ ZoneName: name }) => name ?? [])
      .filter((name) => served.every((of) => of.includes(name)))
      .sort();
    return names.length < 2 ? undefined : names.slice(0, 2);
  } catch {
    return undefined;
  }
}

/** Zones of each service's endpoints; of none where nothing was answered. */
async function zonesOfEndpoints(ec2: EC2Client, region: string): Promise<readonly (readonly string[])[]> {
  const names = ['lambda', ...servicesOfTheFlows].map((service) => `com.amazonaws.${region}.${service}`);
  try {
    const { ServiceDetails: services = [] } = await ec2.send(
      new DescribeVpcEndpointServicesCommand({ Filters: [{ Name: 'service-name', Values: names }] }),
    );
    return services
      .filter(({ ServiceType: types = [] }) => types.some(({ ServiceType: type }) => type === 'Interface'))
      .flatMap(({ AvailabilityZones: zones = [] }) => (zones.length === 0 ? [] : [zones]));
  } catch {
    return [];
  }
}

/**
 * Whether the foundation stack is to enable Security Hub: where nobody has, or where that stack has before.
 *
 * @param foundation name of the stack that would hold it
 */
export async function lookUpSecurityHub(
  securityHub: SecurityHubClient,
  cloudFormation: CloudFormationClient,
  foundation: string,
): Promise<boolean> {
  try {
    await securityHub.send(new DescribeHubCommand({}));
  } catch (error) {
    // Off: Security Hub answers that the account is not subscribed. Denied: the deployment itself will tell.
    return (
      isNamed(error, 'InvalidAccessException', 'ResourceNotFoundException') ||
      !isNamed(error, 'AccessDeniedException')
    );
  }
  try {
    const { StackResources: resources = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: foundation }),
    );
    return resources.some(
      ({ ResourceType: type, ResourceStatus: status }) =>
        type === 'AWS::SecurityHub::Hub' && status !== 'DELETE_COMPLETE',
    );
  } catch {
    return false; // no such stack yet: somebody else enabled it
  }
}

function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
