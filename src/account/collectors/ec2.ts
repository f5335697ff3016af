import type {
  EC2,
  IpPermission,
  Route,
  RouteTable,
  SecurityGroup,
  Subnet,
  Tag,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { defineCollector, type Collected, type Found, type ListOperation } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const subnetType = 'AWS::EC2::Subnet';
const tableType = 'AWS::EC2::RouteTable';
const associationType = 'AWS::EC2::SubnetRouteTableAssociation';
const MaxResults = 200;

/** VPCs with their subnets, routes, groups, endpoints and gateways. Every call is a list call. */
export const ec2 = defineCollector<EC2>({
  service: 'ec2',
  prefix: 'ec2',
  open: async (config) => new (await import('@aws-sdk/client-ec2')).EC2(config),
  operations: [
    listed('DescribeVpcs', ['AWS::EC2::VPC'], async (api, NextToken) => {
      const { Vpcs = [], NextToken: next } = await api.describeVpcs({ NextToken, MaxResults });
      const found = Vpcs.map(({ VpcId = '', CidrBlock, InstanceTenancy, IsDefault, Tags }) => ({
        type: 'AWS::EC2::VPC',
        name: VpcId,
        properties: { VpcId, CidrBlock, InstanceTenancy, IsDefault, Tags: tagsOf(Tags) },
      }));
      return { found, next };
    }),
    listed('DescribeSubnets', [subnetType], async (api, NextToken) => {
      const { Subnets = [], NextToken: next } = await api.describeSubnets({ NextToken, MaxResults });
      return { found: Subnets.map(subnetFound), next };
    }),
    listed(
      'DescribeRouteTables',
      [tableType, 'AWS::EC2::Route', associationType, 'AWS::EC2::GatewayRouteTableAssociation'],
      async (api, NextToken) => {
        const { RouteTables = [], NextToken: next } = await api.describeRouteTables({
          NextToken,
          MaxResults: 100,
        });
        return { found: RouteTables.flatMap(tableFound), next };
      },
    ),
    listed(
      'DescribeSecurityGroups',
      ['AWS::EC2::SecurityGroup'],
      async (api, NextToken) => {
        const { SecurityGroups = [], NextToken: next } = await api.describeSecurityGroups({
          NextToken,
          MaxResults,
        });
        return { found: SecurityGroups.map(groupFound), next };
      },
      // The group shows its rules whichever resource of a template made them.
      ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'],
    ),
    listed('DescribeVpcEndpoints', ['AWS::EC2::VPCEndpoint'], async (api, NextToken) => {
      const { VpcEndpoints = [], NextToken: next } = await api.describeVpcEndpoints({
        NextToken,
        MaxResults,
      });
      const isThere = ({ State }: VpcEndpoint): boolean =>
        !/^(deleted|deleting|rejected|failed|expired)$/i.test(State ?? '');
      return { found: VpcEndpoints.filter(isThere).map(endpointFound), next };
    }),
    listed('DescribeNatGateways', ['AWS::EC2::NatGateway'], async (api, NextToken) => {
      const { NatGateways = [], NextToken: next } = await api.describeNatGateways({ NextToken, MaxResults });
      const found = NatGateways.filter(({ State }) => State === 'available' || State === 'pending').map(
        ({ NatGatewayId = '', SubnetId, VpcId, ConnectivityType, Tags }) => ({
          type: 'AWS::EC2::NatGateway',
          name: NatGatewayId,
          properties: { NatGatewayId, SubnetId, VpcId, ConnectivityType, Tags: tagsOf(Tags) },
        }),
      );
      return { found, next };
    }),
    listed(
      'DescribeInternetGateways',
      ['AWS::EC2::InternetGateway', 'AWS::EC2::VPCGatewayAttachment'],
      async (api, NextToken) => {
        const { InternetGateways = [], NextToken: next } = await api.describeInternetGateways({
          NextToken,
          MaxResults,
        });
        const found = InternetGateways.flatMap(
          ({ InternetGatewayId = '', Attachments = [], Tags }): Found[] => [
            {
              type: 'AWS::EC2::InternetGateway',
              name: InternetGatewayId,
              properties: { InternetGatewayId, Tags: tagsOf(Tags) },
            },
            ...Attachments.map(({ VpcId = '' }) => ({
              type: 'AWS::EC2::VPCGatewayAttachment',
              name: `IGW|${VpcId}`,
              properties: { VpcId, InternetGatewayId },
            })),
          ],
        );
        return { found, next };
      },
    ),
    listed('DescribeFlowLogs', ['AWS::EC2::FlowLog'], async (api, NextToken) => {
      const { FlowLogs = [], NextToken: next } = await api.describeFlowLogs({ NextToken, MaxResults });
      const found = FlowLogs.map((log) => ({
        type: 'AWS::EC2::FlowLog',
        name: log.FlowLogId ?? '',
        properties: {
          Id: log.FlowLogId,
          ResourceId: log.ResourceId,
          TrafficType: log.TrafficType,
          LogDestinationType: log.LogDestinationType,
          LogDestination: log.LogDestination,
          LogGroupName: log.LogGroupName,
          DeliverLogsPermissionArn: log.DeliverLogsPermissionArn,
        },
      }));
      return { found, next };
    }),
    listed('DescribeManagedPrefixLists', ['AWS::EC2::PrefixList'], async (api, NextToken) => {
      const { PrefixLists = [], NextToken: next } = await api.describeManagedPrefixLists({
        NextToken,
        MaxResults: 100,
      });
      const found = PrefixLists.map(({ PrefixListId = '', PrefixListName, AddressFamily, OwnerId }) => ({
        type: 'AWS::EC2::PrefixList',
        name: PrefixListId,
        properties: { PrefixListId, PrefixListName, AddressFamily, OwnerId },
      }));
      return { found, next };
    }),
  ],
  derive: {
    type: associationType,
    needs: [subnetType, tableType, associationType],
    found: mainTableAssociations,
  },
});

interface ListedPage {
  readonly found: readonly Found[];
  readonly next: string | undefined;
}

function listed(
  operation: string,
  finds: readonly string[],
  call: (api: EC2, token: string | undefined) => Promise<ListedPage>,
  standsFor: readonly string[] = [],
): ListOperation<EC2> {
  return {
    operation,
    finds,
    standsFor,
    async *list(api) {
      for await (const { found } of pages(
        (token) => call(api, token),
        (page) => page.next,
      ))
        yield { found };
    },
  };
}

/** Subnets that no table names are routed by the main table of their VPC. */
function mainTableAssociations(collected: Collected): readonly Found[] {
  const named = new Set(collected(associationType).map(({ properties }) => properties.SubnetId));
  const mainTables = new Map(
    collected(tableType)
      .filter(({ properties }) => properties.Main === true)
      .map(({ name, properties }) => [properties.VpcId, name]),
  );
  return collected(subnetType).flatMap(({ name, properties }) => {
    const table = mainTables.get(properties.VpcId);
    return named.has(name) || table === undefined ? [] : [association(name, table, { Implicit: true })];
  });
}

function association(SubnetId: string, RouteTableId: string, more: object): Found {
  return {
    type: associationType,
    name: `${RouteTableId}|${SubnetId}`,
    properties: { SubnetId, RouteTableId, ...more },
  };
}

function tagsOf(tags: readonly Tag[] | undefined): readonly Tag[] | undefined {
  return tags?.length === 0 ? undefined : tags;
}

function subnetFound(subnet: Subnet): Found {
  const { SubnetId = '', SubnetArn } = subnet;
  return {
    type: subnetType,
    name: SubnetId,
    ...(SubnetArn === undefined ? {} : { arn: SubnetArn }),
    properties: {
      SubnetId,
      VpcId: subnet.VpcId,
      AvailabilityZone: subnet.AvailabilityZone,
      CidrBlock: subnet.CidrBlock,
      Ipv6CidrBlock: subnet.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock,
      AssignIpv6AddressOnCreation: subnet.AssignIpv6AddressOnCreation,
      MapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch,
      Tags: tagsOf(subnet.Tags),
    },
  };
}

function tableFound(table: RouteTable): Found[] {
  const { RouteTableId = '', VpcId, Routes = [], Associations = [], Tags } = table;
  const Main = Associations.some((each) => each.Main === true);
  return [
    { type: tableType, name: RouteTableId, properties: { RouteTableId, VpcId, Main, Tags: tagsOf(Tags) } },
    // The route inside the VPC is there always, and no template writes it.
    ...Routes.filter(({ GatewayId }) => GatewayId !== 'local').map((route) =>
      routeFound(route, RouteTableId),
    ),
    ...Associations.flatMap(({ SubnetId, GatewayId, RouteTableAssociationId }) => {
      if (SubnetId !== undefined)
        return [association(SubnetId, RouteTableId, { Id: RouteTableAssociationId })];
      if (GatewayId === undefined) return [];
      const type = 'AWS::EC2::GatewayRouteTableAssociation';
      return [{ type, name: `${RouteTableId}|${GatewayId}`, properties: { GatewayId, RouteTableId } }];
    }),
  ];
}

function routeFound(route: Route, RouteTableId: string): Found {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = route;
  const destination = DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? DestinationPrefixListId ?? '';
  const isEndpoint = route.GatewayId?.startsWith('vpce-') === true;
  return {
    type: 'AWS::EC2::Route',
    name: `${RouteTableId}|${destination}`,
    properties: {
      RouteTableId,
      DestinationCidrBlock,
      DestinationIpv6CidrBlock,
      DestinationPrefixListId,
      GatewayId: isEndpoint ? undefined : route.GatewayId,
      VpcEndpointId: isEndpoint ? route.GatewayId : undefined,
      NatGatewayId: route.NatGatewayId,
      EgressOnlyInternetGatewayId: route.EgressOnlyInternetGatewayId,
      TransitGatewayId: route.TransitGatewayId,
      VpcPeeringConnectionId: route.VpcPeeringConnectionId,
      NetworkInterfaceId: route.NetworkInterfaceId,
      InstanceId: route.InstanceId,
      CarrierGatewayId: route.CarrierGatewayId,
      LocalGatewayId: route.LocalGatewayId,
      CoreNetworkArn: route.CoreNetworkArn,
      State: route.State,
    },
  };
}

function groupFound(group: SecurityGroup): Found {
  const { GroupId = '', SecurityGroupArn } = group;
  return {
    type: 'AWS::EC2::SecurityGroup',
    name: group.GroupName ?? GroupId,
    key: GroupId,
    ...(SecurityGroupArn === undefined ? {} : { arn: SecurityGroupArn }),
    properties: {
      GroupId,
      GroupName: group.GroupName,
      GroupDescription: group.Description,
      VpcId: group.VpcId,
      // Always there, since an absent list would mean CloudFormation's default rule.
      SecurityGroupIngress: (group.IpPermissions ?? []).flatMap((each) => rulesOf(each, 'Source')),
      SecurityGroupEgress: (group.IpPermissionsEgress ?? []).flatMap((each) => rulesOf(each, 'Destination')),
      Tags: tagsOf(group.Tags),
    },
  };
}

/** One rule of a template has one peer; a permission of the service has lists of them. */
function rulesOf(permission: IpPermission, peer: 'Source' | 'Destination'): object[] {
  const { IpProtocol, FromPort, ToPort } = permission;
  const rule = (members: object): object => ({ IpProtocol, FromPort, ToPort, ...members });
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => rule({ CidrIp, Description })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => rule({ CidrIpv6, Description })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, UserId, Description }) =>
      rule({
        [`${peer}SecurityGroupId`]: GroupId,
        ...(peer === 'Source' ? { SourceSecurityGroupOwnerId: UserId } : {}),
        Description,
      }),
    ),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) =>
      rule({ [`${peer}PrefixListId`]: PrefixListId, Description }),
    ),
  ];
}

function endpointFound(endpoint: VpcEndpoint): Found {
  const { VpcEndpointId = '' } = endpoint;
  const orAbsent = <Item>(list: readonly Item[] | undefined): readonly Item[] | undefined =>
    list?.length === 0 ? undefined : list;
  return {
    type: 'AWS::EC2::VPCEndpoint',
    name: VpcEndpointId,
    properties: {
      Id: VpcEndpointId,
      VpcId: endpoint.VpcId,
      ServiceName: endpoint.ServiceName,
      VpcEndpointType: endpoint.VpcEndpointType,
      State: endpoint.State,
      PolicyDocument: parseDocument(endpoint.PolicyDocument),
      PrivateDnsEnabled: endpoint.PrivateDnsEnabled,
      RouteTableIds: orAbsent(endpoint.RouteTableIds),
      SubnetIds: orAbsent(endpoint.SubnetIds),
      SecurityGroupIds: orAbsent(endpoint.Groups?.map(({ GroupId }) => GroupId)),
      Tags: tagsOf(endpoint.Tags),
    },
  };
}
