import type { Base } from '../apply-mutation.ts';

export const resourcePolicy: Base = {
  name: 'a function with a resource policy',
  edits: [
    {
      add: 'RecordOrderPolicy',
      to: 'HeadgateEvents',
      resource: {
        Type: 'AWS::Lambda::ResourcePolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Action: 'lambda:InvokeFunction',
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::111122223333:root' },
                Resource: { 'Fn::GetAtt': ['EventsRecordOrderFunction', 'Arn'] },
              },
            ],
          },
          ResourceArn: { 'Fn::GetAtt': ['EventsRecordOrderFunction', 'Arn'] },
        },
      },
    },
  ],
};

export const kafka: Base = {
  name: 'a consumer of a Kafka topic, which has no dead-letter queue',
  edits: [
    {
      add: 'PaymentsMapping',
      to: 'HeadgateApi',
      resource: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'ApiOrderApiFunction' },
          SelfManagedEventSource: {
            Endpoints: { KafkaBootstrapServers: ['kafka.example.com:9094'] },
          },
          SourceAccessConfigurations: [{ Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-0a1b2c3d' }],
          StartingPosition: 'LATEST',
          Topics: ['payments'],
        },
      },
    },
  ],
};

export const spareSubnet: Base = {
  name: 'a function in a subnet of its own',
  edits: [
    {
      add: 'SpareSubnet',
      to: 'HeadgateFoundation',
      resource: {
        Type: 'AWS::EC2::Subnet',
        Properties: {
          AvailabilityZone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
          CidrBlock: '10.0.250.0/24',
          VpcId: { Ref: 'FoundationNetworkVpc' },
        },
      },
    },
    {
      add: 'SpareRouteTable',
      to: 'HeadgateFoundation',
      resource: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'FoundationNetworkVpc' } } },
    },
    {
      add: 'SpareAssociation',
      to: 'HeadgateFoundation',
      resource: {
        Type: 'AWS::EC2::SubnetRouteTableAssociation',
        Properties: { RouteTableId: { Ref: 'SpareRouteTable' }, SubnetId: { Ref: 'SpareSubnet' } },
      },
    },
    { id: 'FoundationNetworkVpcS3', set: 'RouteTableIds.-', to: { Ref: 'SpareRouteTable' } },
    { id: 'FoundationNetworkVpcDynamoDb', set: 'RouteTableIds.-', to: { Ref: 'SpareRouteTable' } },
    {
      stack: 'HeadgateFoundation',
      set: 'Outputs.SpareSubnet',
      to: { Value: { Ref: 'SpareSubnet' }, Export: { Name: 'spare-subnet' } },
    },
    {
      id: 'EventsWriteAuditTrailFunction',
      set: 'VpcConfig.SubnetIds.0',
      to: { 'Fn::ImportValue': 'spare-subnet' },
    },
  ],
};

/** A role that may do everything may use any service. */
export const everyEndpoint: Base = {
  name: 'endpoints for every service',
  edits: ['monitoring', 'sts', 'ssm'].map((service) => ({
    add: `Endpoint${service}`,
    to: 'HeadgateFoundation',
    resource: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        PolicyDocument: {
          Statement: [
            {
              Action: `${service === 'monitoring' ? 'cloudwatch' : service}:*`,
              Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
              Effect: 'Allow',
              Principal: '*',
              Resource: '*',
            },
          ],
        },
        PrivateDnsEnabled: true,
        SecurityGroupIds: [{ 'Fn::GetAtt': ['FoundationNetworkEndpointGroup', 'GroupId'] }],
        ServiceName: `com.amazonaws.eu-west-1.${service}`,
        SubnetIds: [{ Ref: 'FoundationNetworkVpcFunctionsSubnet1Subnet' }],
        VpcEndpointType: 'Interface',
        VpcId: { Ref: 'FoundationNetworkVpc' },
      },
    },
  })),
};
