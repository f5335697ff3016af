import type { MappedType } from './mapped-type.ts';

/** Networks and load balancers. */
export const networkTypes: readonly MappedType[] = [
  {
    terraform: 'aws_vpc',
    type: 'AWS::EC2::VPC',
    ids: { id: 'Ref', default_security_group_id: 'DefaultSecurityGroup' },
    rows: [
      ['id', 'VpcId'],
      ['cidr_block', 'CidrBlock'],
      ['enable_dns_support', 'EnableDnsSupport'],
      ['enable_dns_hostnames', 'EnableDnsHostnames'],
    ],
  },
  {
    terraform: 'aws_subnet',
    type: 'AWS::EC2::Subnet',
    ids: { id: 'Ref' },
    rows: [
      ['id', 'SubnetId'],
      ['vpc_id', 'VpcId'],
      ['cidr_block', 'CidrBlock'],
      ['availability_zone', 'AvailabilityZone'],
      ['availability_zone_id', 'AvailabilityZoneId'],
      ['map_public_ip_on_launch', 'MapPublicIpOnLaunch'],
    ],
  },
  {
    terraform: 'aws_security_group',
    type: 'AWS::EC2::SecurityGroup',
    ids: { id: 'GroupId', name: 'GroupName' },
    rows: [
      ['id', 'GroupId'],
      ['vpc_id', 'VpcId'],
      ['name', 'GroupName'],
      ['description', 'GroupDescription'],
    ],
  },
  {
    terraform: 'aws_security_group_rule',
    type: 'AWS::EC2::SecurityGroupIngress',
    rows: [],
  },
  {
    terraform: 'aws_vpc_security_group_ingress_rule',
    type: 'AWS::EC2::SecurityGroupIngress',
    rows: [
      ['security_group_id', 'GroupId'],
      ['from_port', 'FromPort'],
      ['to_port', 'ToPort'],
      ['ip_protocol', 'IpProtocol'],
      ['cidr_ipv4', 'CidrIp'],
      ['cidr_ipv6', 'CidrIpv6'],
      ['prefix_list_id', 'SourcePrefixListId'],
      ['referenced_security_group_id', 'SourceSecurityGroupId'],
    ],
  },
  {
    terraform: 'aws_vpc_security_group_egress_rule',
    type: 'AWS::EC2::SecurityGroupEgress',
    rows: [
      ['security_group_id', 'GroupId'],
      ['from_port', 'FromPort'],
      ['to_port', 'ToPort'],
      ['ip_protocol', 'IpProtocol'],
      ['cidr_ipv4', 'CidrIp'],
      ['cidr_ipv6', 'CidrIpv6'],
      ['prefix_list_id', 'DestinationPrefixListId'],
      ['referenced_security_group_id', 'DestinationSecurityGroupId'],
    ],
  },
  {
    terraform: 'aws_default_security_group',
    type: 'AWS::EC2::SecurityGroup',
    ids: { id: 'GroupId' },
    rows: [
      ['id', 'GroupId'],
      ['vpc_id', 'VpcId'],
    ],
  },
  {
    terraform: 'aws_route_table',
    type: 'AWS::EC2::RouteTable',
    ids: { id: 'Ref' },
    rows: [
      ['id', 'RouteTableId'],
      ['vpc_id', 'VpcId'],
    ],
  },
  {
    terraform: 'aws_default_route_table',
    type: 'AWS::EC2::RouteTable',
    ids: { id: 'Ref' },
    rows: [
      ['id', 'RouteTableId'],
      ['vpc_id', 'VpcId'],
    ],
  },
  {
    terraform: 'aws_route',
    type: 'AWS::EC2::Route',
    rows: [
      ['route_table_id', 'RouteTableId'],
      ['destination_cidr_block', 'DestinationCidrBlock'],
      ['destination_ipv6_cidr_block', 'DestinationIpv6CidrBlock'],
      ['gateway_id', 'GatewayId'],
      ['nat_gateway_id', 'NatGatewayId'],
    ],
  },
  {
    terraform: 'aws_route_table_association',
    type: 'AWS::EC2::SubnetRouteTableAssociation',
    rows: [
      ['subnet_id', 'SubnetId'],
      ['route_table_id', 'RouteTableId'],
    ],
  },
  {
    terraform: 'aws_internet_gateway',
    type: 'AWS::EC2::InternetGateway',
    ids: { id: 'Ref' },
    rows: [['id', 'InternetGatewayId']],
    also: [
      {
        type: 'AWS::EC2::VPCGatewayAttachment',
        suffix: 'attachment',
        owner: 'InternetGatewayId',
        when: 'vpc_id',
        rows: [['vpc_id', 'VpcId']],
      },
    ],
  },
  {
    terraform: 'aws_internet_gateway_attachment',
    type: 'AWS::EC2::VPCGatewayAttachment',
    rows: [
      ['internet_gateway_id', 'InternetGatewayId'],
      ['vpc_id', 'VpcId'],
    ],
  },
  {
    terraform: 'aws_nat_gateway',
    type: 'AWS::EC2::NatGateway',
    ids: { id: 'Ref' },
    rows: [
      ['id', 'NatGatewayId'],
      ['subnet_id', 'SubnetId'],
      ['connectivity_type', 'ConnectivityType'],
    ],
  },
  {
    terraform: 'aws_vpn_gateway',
    type: 'AWS::EC2::VPNGateway',
    ids: { id: 'Ref' },
    rows: [],
    also: [
      {
        type: 'AWS::EC2::VPCGatewayAttachment',
        suffix: 'attachment',
        owner: 'VpnGatewayId',
        when: 'vpc_id',
        rows: [['vpc_id', 'VpcId']],
      },
    ],
  },
  {
    terraform: 'aws_vpc_endpoint',
    type: 'AWS::EC2::VPCEndpoint',
    ids: { id: 'Ref' },
    rows: [
      ['id', 'Id'],
      ['vpc_id', 'VpcId'],
      ['service_name', 'ServiceName'],
      ['vpc_endpoint_type', 'VpcEndpointType'],
      ['policy', 'PolicyDocument', { as: 'json' }],
      ['private_dns_enabled', 'PrivateDnsEnabled', { default: false }],
      ['route_table_ids', 'RouteTableIds', { list: true }],
      ['subnet_ids', 'SubnetIds', { list: true }],
      ['security_group_ids', 'SecurityGroupIds', { list: true }],
    ],
  },
  {
    terraform: 'aws_vpc_endpoint_route_table_association',
    type: 'AWS::EC2::VPCEndpoint',
    partOf: { vpc_endpoint_id: 'Ref' },
    rows: [['route_table_id', 'RouteTableIds[]']],
  },
  {
    terraform: 'aws_vpc_endpoint_subnet_association',
    type: 'AWS::EC2::VPCEndpoint',
    partOf: { vpc_endpoint_id: 'Ref' },
    rows: [['subnet_id', 'SubnetIds[]']],
  },
  {
    terraform: 'aws_vpc_endpoint_security_group_association',
    type: 'AWS::EC2::VPCEndpoint',
    partOf: { vpc_endpoint_id: 'Ref' },
    rows: [['security_group_id', 'SecurityGroupIds[]']],
  },
  {
    terraform: 'aws_vpc_endpoint_policy',
    type: 'AWS::EC2::VPCEndpoint',
    partOf: { vpc_endpoint_id: 'Ref' },
    rows: [['policy', 'PolicyDocument', { as: 'json' }]],
  },
  {
    terraform: 'aws_vpc_endpoint_private_dns',
    type: 'AWS::EC2::VPCEndpoint',
    partOf: { vpc_endpoint_id: 'Ref' },
    rows: [['private_dns_enabled', 'PrivateDnsEnabled']],
  },
  {
    terraform: 'aws_flow_log',
    type: 'AWS::EC2::FlowLog',
    rows: [
      ['vpc_id', 'ResourceId'],
      ['subnet_id', 'ResourceId'],
      ['log_destination', 'LogDestination'],
      ['traffic_type', 'TrafficType'],
    ],
  },
  {
    terraform: 'aws_lb',
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ids: { arn: 'Ref', id: 'Ref', dns_name: 'DNSName' },
    rows: [['load_balancer_type', 'Type']],
  },
  {
    terraform: 'aws_lb_target_group',
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    ids: { arn: 'Ref', id: 'Ref' },
    rows: [['target_type', 'TargetType']],
  },
  {
    terraform: 'aws_lb_target_group_attachment',
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    partOf: { target_group_arn: 'Ref' },
    rows: [['target_id', 'Targets[].Id']],
  },
  {
    terraform: 'aws_lb_listener',
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    ids: { arn: 'Ref', id: 'Ref' },
    rows: [
      ['load_balancer_arn', 'LoadBalancerArn'],
      ['protocol', 'Protocol'],
      ['ssl_policy', 'SslPolicy'],
    ],
  },
  {
    terraform: 'aws_ec2_managed_prefix_list',
    type: 'AWS::EC2::PrefixList',
    ids: { id: 'Ref', arn: 'Arn' },
    rows: [
      ['name', 'PrefixListName'],
      ['id', 'PrefixListId'],
    ],
  },
];
