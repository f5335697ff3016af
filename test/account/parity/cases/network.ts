import { functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, text, to, type ParityCase, type Side } from '../parity-case.ts';

const secretStatement = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
const queueStatement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const zones = ['a', 'b'] as const;

interface NetworkParts {
  /** Whether the functions' subnets hand out public addresses. */
  readonly isPublic?: boolean;
  /** Whether the functions' group lets everything in and out. */
  readonly isOpen?: boolean;
  /** Whether the endpoints' group lets the functions in, and the endpoints have private DNS. */
  readonly admits?: boolean;
  /** Whether the NAT gateway's subnet leads to the internet. */
  readonly leadsOut?: boolean;
  readonly s3Tables?: boolean;
}

const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const everything = { IpProtocol: '-1' };

/** A VPC of two private subnets and a public one, with a NAT gateway and endpoints, and a function in it. */
function networkSide(parts: NetworkParts): Side {
  const { isPublic = false, isOpen = false, admits = true, leadsOut = true, s3Tables = true } = parts;
  const inVpc = functionSide({
    properties: {
      VpcConfig: {
        SubnetIds: [to('SubnetA'), to('SubnetB')],
        SecurityGroupIds: [at('Group', 'GroupId')],
      },
    },
    configuration: {
      VpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' },
    },
    statements: [
      [secretStatement, secretStatement],
      [queueStatement, queueStatement],
      [
        { Effect: 'Allow', Action: ['s3:GetObject', 'dynamodb:GetItem'], Resource: '*' },
        { Effect: 'Allow', Action: ['s3:GetObject', 'dynamodb:GetItem'], Resource: '*' },
      ],
    ],
  });
  return layOver(inVpc, {
    resources: {
      ...declaredNetwork(isPublic, leadsOut),
      Group: [
        'AWS::EC2::SecurityGroup',
        {
          GroupDescription: 'functions',
          VpcId: to('Vpc'),
          SecurityGroupEgress: isOpen
            ? [{ ...everything, CidrIp: '0.0.0.0/0' }]
            : [{ ...https, CidrIp: '10.0.0.0/16' }],
        },
      ],
      Opening: isOpen
        ? [
            'AWS::EC2::SecurityGroupIngress',
            { GroupId: at('Group', 'GroupId'), ...https, CidrIp: '10.0.0.0/16' },
          ]
        : undefined,
      EndpointGroup: [
        'AWS::EC2::SecurityGroup',
        {
          GroupDescription: 'endpoints',
          VpcId: to('Vpc'),
          SecurityGroupEgress: [{ ...https, CidrIp: '10.0.0.0/16' }],
        },
      ],
      Admission: admits
        ? [
            'AWS::EC2::SecurityGroupIngress',
            {
              GroupId: at('EndpointGroup', 'GroupId'),
              ...https,
              SourceSecurityGroupId: at('Group', 'GroupId'),
            },
          ]
        : undefined,
      Secrets: endpointResource('secretsmanager', admits),
      Queues: endpointResource('sqs', admits),
      Objects: [
        'AWS::EC2::VPCEndpoint',
        {
          VpcId: to('Vpc'),
          VpcEndpointType: 'Gateway',
          ServiceName: 'com.amazonaws.eu-west-1.s3',
          RouteTableIds: s3Tables ? [to('Inside')] : [to('Outside')],
        },
      ],
      Tables: s3Tables ? endpointResource('dynamodb', false) : undefined,
    },
    replies: {
      ...liveNetwork(isPublic, leadsOut),
      'ec2.DescribeSecurityGroups': {
        SecurityGroups: [
          {
            GroupId: 'sg-1',
            GroupName: 'functions',
            Description: 'functions',
            VpcId: 'vpc-1',
            IpPermissions: isOpen ? [{ ...https, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }] : [],
            IpPermissionsEgress: isOpen
              ? [{ ...everything, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
              : [{ ...https, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
          },
          endpointGroup(admits),
        ],
      },
      'ec2.DescribeVpcEndpoints': {
        VpcEndpoints: [
          endpointReply('vpce-1', 'secretsmanager', admits),
          endpointReply('vpce-2', 'sqs', admits),
          {
            ...endpointReply('vpce-3', 's3', false),
            VpcEndpointType: 'Gateway',
            RouteTableIds: [s3Tables ? 'rtb-inside' : 'rtb-outside'],
            SubnetIds: [],
            Groups: [],
          },
          ...(s3Tables ? [endpointReply('vpce-4', 'dynamodb', false)] : []),
        ],
      },
    },
  });
}

function endpointGroup(admits: boolean): object {
  return {
    GroupId: 'sg-2',
    GroupName: 'endpoints',
    Description: 'endpoints',
    VpcId: 'vpc-1',
    IpPermissions: admits
      ? [{ ...https, IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: '111122223333' }] }]
      : [],
    IpPermissionsEgress: [{ ...https, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
  };
}

const full = {
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

function endpointResource(service: string, PrivateDnsEnabled: boolean): Side['resources'][string] {
  return [
    'AWS::EC2::VPCEndpoint',
    {
      VpcId: to('Vpc'),
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.eu-west-1.${service}`,
      PrivateDnsEnabled,
      SubnetIds: [to('SubnetA'), to('SubnetB')],
      SecurityGroupIds: [at('EndpointGroup', 'GroupId')],
    },
  ];
}

/** The service writes a policy that lets everything through where a template writes none. */
function endpointReply(VpcEndpointId: string, service: string, PrivateDnsEnabled: boolean): object {
  return {
    VpcEndpointId,
    VpcEndpointType: 'Interface',
    VpcId: 'vpc-1',
    ServiceName: `com.amazonaws.eu-west-1.${service}`,
    State: 'available',
    PolicyDocument: text(full),
    RouteTableIds: [],
    SubnetIds: ['subnet-a', 'subnet-b'],
    Groups: [{ GroupId: 'sg-2', GroupName: 'endpoints' }],
    PrivateDnsEnabled,
  };
}

function declaredNetwork(MapPublicIpOnLaunch: boolean, leadsOut: boolean): Side['resources'] {
  const subnet = (zone: string, index: number): Side['resources'][string] => [
    'AWS::EC2::Subnet',
    {
      VpcId: to('Vpc'),
      AvailabilityZone: `eu-west-1${zone}`,
      CidrBlock: `10.0.${index}.0/24`,
      ...(MapPublicIpOnLaunch ? { MapPublicIpOnLaunch } : {}),
    },
  ];
  const tie = (SubnetId: string, RouteTableId: string): Side['resources'][string] => [
    'AWS::EC2::SubnetRouteTableAssociation',
    { SubnetId: to(SubnetId), RouteTableId: to(RouteTableId) },
  ];
  return {
    Vpc: ['AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }],
    SubnetA: subnet('a', 1),
    SubnetB: subnet('b', 2),
    SubnetP: [
      'AWS::EC2::Subnet',
      { VpcId: to('Vpc'), AvailabilityZone: 'eu-west-1a', CidrBlock: '10.0.3.0/24' },
    ],
    Inside: ['AWS::EC2::RouteTable', { VpcId: to('Vpc') }],
    Outside: ['AWS::EC2::RouteTable', { VpcId: to('Vpc') }],
    TieA: tie('SubnetA', 'Inside'),
    TieB: tie('SubnetB', 'Inside'),
    TieP: tie('SubnetP', 'Outside'),
    Gateway: ['AWS::EC2::InternetGateway', {}],
    Attachment: ['AWS::EC2::VPCGatewayAttachment', { VpcId: to('Vpc'), InternetGatewayId: to('Gateway') }],
    Nat: ['AWS::EC2::NatGateway', { SubnetId: to('SubnetP'), AllocationId: 'eipalloc-1' }],
    ThroughNat: [
      'AWS::EC2::Route',
      { RouteTableId: to('Inside'), DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: to('Nat') },
    ],
    ThroughGateway: leadsOut
      ? [
          'AWS::EC2::Route',
          { RouteTableId: to('Outside'), DestinationCidrBlock: '0.0.0.0/0', GatewayId: to('Gateway') },
        ]
      : undefined,
  };
}

const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' };

function subnetReplies(MapPublicIpOnLaunch: boolean): object {
  const subnet = (id: string, zone: string, index: number): object => ({
    SubnetId: `subnet-${id}`,
    SubnetArn: arn('ec2', `subnet/subnet-${id}`),
    VpcId: 'vpc-1',
    AvailabilityZone: `eu-west-1${zone}`,
    CidrBlock: `10.0.${index}.0/24`,
    MapPublicIpOnLaunch: id === 'p' ? false : MapPublicIpOnLaunch,
    State: 'available',
  });
  return { Subnets: [subnet('a', 'a', 1), subnet('b', 'b', 2), subnet('p', 'a', 3)] };
}

interface TableParts {
  readonly leadsOut: boolean;
  readonly inside?: readonly string[];
  readonly outside?: readonly string[];
}

function tableReplies({ leadsOut, inside = ['a', 'b'], ...others }: TableParts): object {
  const table = (name: string, subnets: readonly string[], route?: object): object => ({
    RouteTableId: `rtb-${name}`,
    VpcId: 'vpc-1',
    Associations: subnets.map((each) => ({
      Main: false,
      SubnetId: `subnet-${each}`,
      RouteTableId: `rtb-${name}`,
      RouteTableAssociationId: `rtbassoc-${each}`,
    })),
    Routes: route === undefined ? [local] : [local, { DestinationCidrBlock: '0.0.0.0/0', ...route }],
  });
  const { outside = ['p', ...zones.filter((zone) => !inside.includes(zone))] } = others;
  const outer = table('outside', outside, leadsOut ? { GatewayId: 'igw-1' } : undefined);
  return {
    RouteTables: [
      table('inside', inside, { NatGatewayId: 'nat-1' }),
      ...(outside.length === 0 ? [] : [outer]),
      // The VPC's own table, which no subnet uses and no template declares.
      {
        RouteTableId: 'rtb-main',
        VpcId: 'vpc-1',
        Associations: [{ Main: true, RouteTableId: 'rtb-main', RouteTableAssociationId: 'rtbassoc-m' }],
        Routes: [local],
      },
    ],
  };
}

function liveNetwork(isPublic: boolean, leadsOut: boolean): Side['replies'] {
  return {
    'ec2.DescribeVpcs': { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', IsDefault: false }] },
    'ec2.DescribeSubnets': subnetReplies(isPublic),
    'ec2.DescribeRouteTables': tableReplies({ leadsOut }),
    'ec2.DescribeInternetGateways': {
      InternetGateways: [
        { InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' }] },
      ],
    },
    'ec2.DescribeNatGateways': {
      NatGateways: [
        {
          NatGatewayId: 'nat-1',
          SubnetId: 'subnet-p',
          VpcId: 'vpc-1',
          ConnectivityType: 'public',
          State: 'available',
        },
      ],
    },
  };
}

const network: ParityCase = {
  name: 'a function in a VPC with endpoints and a NAT gateway',
  sound: networkSide({}),
  bad: networkSide({ isPublic: true, isOpen: true, admits: false, leadsOut: false, s3Tables: false }),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::EC2::NatGateway', 'Nat', 'nat-1'),
    pair('AWS::EC2::VPCEndpoint', 'Secrets', 'vpce-1'),
    pair('AWS::EC2::VPCEndpoint', 'Queues', 'vpce-2'),
    pair('AWS::EC2::VPCEndpoint', 'Objects', 'vpce-3'),
    pair('AWS::EC2::VPCEndpoint', 'Tables', 'vpce-4'),
  ],
  proofs: [
    {
      type: 'AWS::EC2::Subnet',
      owner: 'Fn',
      rules: ['all.lambda.private-subnets'],
      change: {
        resources: {
          SubnetA: declaredNetwork(true, true).SubnetA,
          SubnetB: declaredNetwork(true, true).SubnetB,
        },
        replies: { 'ec2.DescribeSubnets': subnetReplies(true) },
      },
    },
    {
      type: 'AWS::EC2::Route',
      owner: 'Nat',
      rules: ['all.lambda.private-subnets.nat'],
      change: {
        resources: { ThroughGateway: undefined },
        replies: { 'ec2.DescribeRouteTables': tableReplies({ leadsOut: false }) },
      },
    },
    {
      type: 'AWS::EC2::SubnetRouteTableAssociation',
      owner: 'Fn',
      rules: ['all.lambda.private-subnets', 'api.vpce.s3'],
      change: {
        resources: {
          TieA: [
            'AWS::EC2::SubnetRouteTableAssociation',
            { SubnetId: to('SubnetA'), RouteTableId: to('Outside') },
          ],
        },
        replies: { 'ec2.DescribeRouteTables': tableReplies({ leadsOut: true, inside: ['b'] }) },
      },
    },
    {
      type: 'AWS::EC2::SecurityGroup',
      owner: 'Fn',
      rules: ['all.lambda.security-groups'],
      change: {
        resources: { Group: networkSide({ isOpen: true }).resources.Group },
        replies: {
          'ec2.DescribeSecurityGroups':
            networkSide({ isOpen: true }).replies['ec2.DescribeSecurityGroups'] ?? {},
        },
      },
    },
    {
      type: 'AWS::EC2::SecurityGroup',
      declaredAs: 'AWS::EC2::SecurityGroupIngress',
      owner: 'Fn',
      rules: ['api.vpce.secrets-manager'],
      change: {
        resources: { Admission: undefined },
        replies: {
          'ec2.DescribeSecurityGroups':
            networkSide({ admits: false }).replies['ec2.DescribeSecurityGroups'] ?? {},
        },
      },
    },
    {
      type: 'AWS::EC2::SecurityGroup',
      declaredAs: 'AWS::EC2::SecurityGroupEgress',
      owner: 'Fn',
      rules: ['all.lambda.security-groups'],
      change: {
        resources: {
          WayOut: [
            'AWS::EC2::SecurityGroupEgress',
            { GroupId: at('Group', 'GroupId'), ...everything, CidrIp: '0.0.0.0/0' },
          ],
        },
        replies: {
          'ec2.DescribeSecurityGroups': {
            SecurityGroups: [
              {
                GroupId: 'sg-1',
                GroupName: 'functions',
                Description: 'functions',
                VpcId: 'vpc-1',
                IpPermissions: [],
                IpPermissionsEgress: [
                  { ...https, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
                  { ...everything, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
                ],
              },
              endpointGroup(true),
            ],
          },
        },
      },
    },
    {
      type: 'AWS::EC2::RouteTable',
      with: ['AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation'],
      shownBy: ['AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation'],
      owner: 'Nat',
      rules: ['all.lambda.private-subnets.nat'],
      change: {
        resources: { Outside: undefined, ThroughGateway: undefined, TieP: undefined },
        replies: { 'ec2.DescribeRouteTables': tableReplies({ leadsOut: true, outside: [] }) },
      },
    },
  ],
  idle: [
    {
      type: 'AWS::EC2::VPC',
      without: { 'ec2.DescribeVpcs': { Vpcs: [] } },
      reason: 'subnets and endpoints are of one VPC where they name the same one',
    },
    {
      type: 'AWS::EC2::InternetGateway',
      without: { 'ec2.DescribeInternetGateways': { InternetGateways: [] } },
      reason: 'the id that a route names says that it is one',
    },
  ],
};

/** Networks. */
export const networkCases: readonly ParityCase[] = [network];
