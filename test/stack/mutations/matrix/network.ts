import type { Mutation } from '../apply-mutation.ts';
import { spareSubnet } from './function-bases.ts';

/** VPC endpoints and NAT gateways. */
export const network: readonly Mutation[] = [
  {
    rule: 'all.lambda.private-subnets.nat',
    on: 'FoundationNetworkVpcNatSubnet1NATGateway',
    mistake: 'the NAT gateway stands in a private subnet',
    edits: [
      {
        id: 'FoundationNetworkVpcNatSubnet1NATGateway',
        set: 'SubnetId',
        to: { Ref: 'FoundationNetworkVpcFunctionsSubnet1Subnet' },
      },
    ],
  },
  {
    rule: 'all.vpce.other-services',
    on: 'EventsStartFulfilmentFunction',
    mistake: 'no endpoint for Step Functions',
    edits: [{ drop: 'FoundationNetworkVpcstates' }],
  },
  {
    rule: 'all.vpce.other-services.access',
    on: 'FoundationNetworkVpcsns',
    mistake: 'the endpoint admits nobody',
    edits: [
      {
        id: 'FoundationNetworkVpcsns',
        set: 'SecurityGroupIds',
        to: [{ 'Fn::GetAtt': ['FoundationNetworkFunctionGroup', 'GroupId'] }],
      },
    ],
  },
  {
    rule: 'all.vpce.policy',
    on: 'FoundationNetworkVpckms',
    mistake: 'the endpoint has the policy that allows everything',
    edits: [{ id: 'FoundationNetworkVpckms', remove: 'PolicyDocument' }],
  },
  {
    rule: 'api.vpce.dynamodb',
    on: 'EventsWriteAuditTrailFunction',
    mistake: 'the endpoint does not serve the subnet',
    base: spareSubnet,
    edits: [{ id: 'FoundationNetworkVpcDynamoDb', remove: 'RouteTableIds.6' }],
  },
  {
    rule: 'api.vpce.s3',
    on: 'EventsWriteAuditTrailFunction',
    mistake: 'the endpoint does not serve the subnet',
    base: spareSubnet,
    edits: [{ id: 'FoundationNetworkVpcS3', remove: 'RouteTableIds.6' }],
  },
  {
    rule: 'api.vpce.secrets-manager',
    on: 'ExternalApiRotationFunction',
    mistake: 'the endpoint does not admit the security group of the function',
    edits: [
      {
        add: 'RotationGroup',
        to: 'HeadgateFoundation',
        resource: {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: {
            GroupDescription: 'Rotation',
            SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 }],
            VpcId: { Ref: 'FoundationNetworkVpc' },
          },
        },
      },
      {
        id: 'ExternalApiRotationFunction',
        set: 'VpcConfig.SecurityGroupIds',
        to: [{ 'Fn::GetAtt': ['RotationGroup', 'GroupId'] }],
      },
    ],
  },
];
