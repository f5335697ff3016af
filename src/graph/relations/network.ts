import { rowsOf, type RelationRow } from './row.ts';

const vpcType = ['AWS::EC2::VPC'];
const subnetType = ['AWS::EC2::Subnet'];
const groupType = ['AWS::EC2::SecurityGroup'];
const tableType = ['AWS::EC2::RouteTable'];
const endpoint = 'AWS::EC2::VPCEndpoint';
const route = 'AWS::EC2::Route';
const group = 'AWS::EC2::SecurityGroup';
const association = 'AWS::EC2::SubnetRouteTableAssociation';

/** VPCs and what stands in them. */
export const networkRelations: readonly RelationRow[] = [
  { from: 'AWS::EC2::Subnet', path: 'VpcId', to: vpcType, name: 'vpc', inverse: 'subnets' },
  {
    from: association,
    path: 'SubnetId',
    to: subnetType,
    name: 'associatedSubnet',
    inverse: 'routeTableAssociations',
  },
  {
    from: association,
    path: 'RouteTableId',
    to: tableType,
    name: 'associatedRouteTable',
    inverse: 'subnetAssociations',
  },
  { from: 'AWS::EC2::RouteTable', path: 'VpcId', to: vpcType, name: 'vpc', inverse: 'routeTables' },
  { from: route, path: 'RouteTableId', to: tableType, name: 'routeTable', inverse: 'routes' },
  {
    from: route,
    path: 'GatewayId',
    to: ['AWS::EC2::InternetGateway', 'AWS::EC2::VPNGateway'],
    name: 'gateway',
    inverse: 'gatewayRoutes',
  },
  {
    from: route,
    path: 'NatGatewayId',
    to: ['AWS::EC2::NatGateway'],
    name: 'natGateway',
    inverse: 'natRoutes',
  },
  { from: 'AWS::EC2::NatGateway', path: 'SubnetId', to: subnetType, name: 'subnet', inverse: 'natGateways' },
  {
    from: 'AWS::EC2::VPCGatewayAttachment',
    path: 'VpcId',
    to: vpcType,
    name: 'vpc',
    inverse: 'gatewayAttachments',
  },
  {
    from: 'AWS::EC2::VPCGatewayAttachment',
    path: 'InternetGatewayId',
    to: ['AWS::EC2::InternetGateway'],
    name: 'gateway',
    inverse: 'gatewayAttachments',
  },
  { from: endpoint, path: 'VpcId', to: vpcType, name: 'vpc', inverse: 'endpoints' },
  { from: endpoint, path: 'SubnetIds[]', to: subnetType, name: 'subnets', inverse: 'subnetUsers' },
  {
    from: endpoint,
    path: 'SecurityGroupIds[]',
    to: groupType,
    name: 'securityGroups',
    inverse: 'securityGroupUsers',
  },
  { from: endpoint, path: 'RouteTableIds[]', to: tableType, name: 'routeTables', inverse: 'endpoints' },
  { from: group, path: 'VpcId', to: vpcType, name: 'vpc', inverse: 'securityGroups' },
  {
    from: group,
    path: 'SecurityGroupIngress[].SourceSecurityGroupId',
    to: groupType,
    name: 'admits',
    inverse: 'admittedBy',
    note: 'groups that the inline ingress names',
  },
  {
    from: group,
    path: 'SecurityGroupEgress[].DestinationSecurityGroupId',
    to: groupType,
    name: 'reaches',
    inverse: 'reachedBy',
    note: 'groups that the inline egress names',
  },
  {
    from: 'AWS::EC2::SecurityGroupIngress',
    path: 'GroupId',
    to: groupType,
    name: 'ingressOf',
    inverse: 'ingressRules',
  },
  {
    from: 'AWS::EC2::SecurityGroupIngress',
    path: 'SourceSecurityGroupId',
    to: groupType,
    name: 'admits',
    inverse: 'admittedBy',
  },
  {
    from: 'AWS::EC2::SecurityGroupEgress',
    path: 'GroupId',
    to: groupType,
    name: 'egressOf',
    inverse: 'egressRules',
  },
  {
    from: 'AWS::EC2::SecurityGroupEgress',
    path: 'DestinationSecurityGroupId',
    to: groupType,
    name: 'reaches',
    inverse: 'reachedBy',
  },
  ...rowsOf(['AWS::EC2::FlowLog'], {
    path: 'ResourceId',
    to: [...vpcType, ...subnetType],
    name: 'flowLogOf',
    inverse: 'flowLogs',
  }),
];
