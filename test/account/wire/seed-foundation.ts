import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { SecurityHub } from '@aws-sdk/client-securityhub';
import { Signer } from '@aws-sdk/client-signer';
import { emptyZip, trust } from './seed.ts';
import { policy, type Seeding } from './seeding.ts';

/** Where the functions stand. */
export interface Network {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** Key, network and what watches over the account. */
export async function seedFoundation(seeding: Seeding): Promise<Network> {
  const { wire, isSound } = seeding;
  seeding.key = await seedKey(seeding, 'orders');
  if (isSound) {
    await new SecurityHub(wire).enableSecurityHub({ EnableDefaultStandards: true });
    await new Signer(wire).putSigningProfile({ profileName: 'orders', platformId: 'AWSLambda-SHA384-ECDSA' });
  }
  return seedNetwork(seeding);
}

/** A key that services may use for the account; in the other account a key that everyone may use. */
export async function seedKey({ wire, isSound, account }: Seeding, Description: string): Promise<string> {
  const kms = new KMS(wire);
  const { KeyMetadata } = await kms.createKey({
    Description,
    Policy: isSound ? policy(...soundKeyStatements(account)) : policy({ ...everything, Principal: '*' }),
  });
  const KeyId = KeyMetadata?.Arn ?? '';
  if (isSound) await kms.enableKeyRotation({ KeyId });
  return KeyId;
}

const everything = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };

function soundKeyStatements(account: string): readonly object[] {
  const deliveries = {
    Effect: 'Allow',
    Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'sns.amazonaws.com'] },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  };
  return [{ ...everything, Principal: { AWS: `arn:aws:iam::${account}:root` } }, deliveries];
}

const interfaceServices = [
  'secretsmanager',
  'kms',
  'logs',
  'xray',
  'monitoring',
  'sqs',
  'sns',
  'events',
  'states',
  'sts',
  'lambda',
];

async function seedNetwork(seeding: Seeding): Promise<Network> {
  const { wire, isSound } = seeding;
  const ec2 = new EC2(wire);
  const { Vpc: { VpcId = '' } = {} } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
  await ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  const { RouteTable: { RouteTableId = '' } = {} } = await ec2.createRouteTable({ VpcId });
  const SubnetIds: string[] = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const { Subnet: { SubnetId = '' } = {} } = await ec2.createSubnet({
      VpcId,
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: `${wire.region}${zone}`,
    });
    await ec2.associateRouteTable({ RouteTableId, SubnetId });
    SubnetIds.push(SubnetId);
  }
  const endpoints = await ec2.createSecurityGroup({
    GroupName: 'endpoints',
    Description: 'endpoints',
    VpcId,
  });
  const functions = await ec2.createSecurityGroup({
    GroupName: 'functions',
    Description: 'functions',
    VpcId,
  });
  const [endpointGroup = '', functionGroup = ''] = [endpoints.GroupId, functions.GroupId];
  if (isSound) {
    await seedEndpoints(seeding, { VpcId, RouteTableId, SubnetIds, endpointGroup, functionGroup });
  } else await seedOpenNetwork(ec2, VpcId, RouteTableId, functionGroup);
  return { subnetIds: SubnetIds, securityGroupIds: [functionGroup] };
}

interface SoundNetwork {
  readonly VpcId: string;
  readonly RouteTableId: string;
  readonly SubnetIds: string[];
  readonly endpointGroup: string;
  readonly functionGroup: string;
}

async function seedEndpoints(seeding: Seeding, network: SoundNetwork): Promise<void> {
  const { wire, account } = seeding;
  const { VpcId, RouteTableId, SubnetIds, endpointGroup, functionGroup } = network;
  const ec2 = new EC2(wire);
  const tls = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  const anything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const from = (GroupId: string): object => ({ ...tls, UserIdGroupPairs: [{ GroupId }] });
  await ec2.revokeSecurityGroupEgress({ GroupId: functionGroup, IpPermissions: [anything] });
  await ec2.authorizeSecurityGroupEgress({ GroupId: functionGroup, IpPermissions: [from(endpointGroup)] });
  await ec2.authorizeSecurityGroupIngress({ GroupId: endpointGroup, IpPermissions: [from(functionGroup)] });
  const PolicyDocument = policy({
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalAccount': account } },
  });
  for (const service of ['s3', 'dynamodb']) {
    await ec2.createVpcEndpoint({
      VpcId,
      VpcEndpointType: 'Gateway',
      ServiceName: `com.amazonaws.${wire.region}.${service}`,
      RouteTableIds: [RouteTableId],
      PolicyDocument,
    });
  }
  for (const service of interfaceServices) {
    await ec2.createVpcEndpoint({
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.${wire.region}.${service}`,
      SubnetIds,
      SecurityGroupIds: [endpointGroup],
      PrivateDnsEnabled: true,
      PolicyDocument,
    });
  }
}

/** Public subnets, and a group that lets everybody in. */
async function seedOpenNetwork(ec2: EC2, VpcId: string, RouteTableId: string, group: string): Promise<void> {
  const { InternetGateway } = await ec2.createInternetGateway({});
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  await ec2.attachInternetGateway({ InternetGatewayId, VpcId });
  await ec2.createRoute({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId });
  const everybody = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: [everybody] });
}

const traces = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

/** A function with its role and its log group. `allows` is what its role may do in the sound account. */
export async function seedFunction(
  seeding: Seeding,
  network: Network,
  FunctionName: string,
  allows: readonly object[],
  own: { readonly DeadLetterConfig?: { readonly TargetArn: string } } = {},
): Promise<void> {
  const { wire, isSound, key } = seeding;
  const iam = new IAM(wire);
  const { Role } = await iam.createRole({ RoleName: FunctionName, AssumeRolePolicyDocument: trust });
  await iam.putRolePolicy({
    RoleName: FunctionName,
    PolicyName: 'own',
    PolicyDocument: isSound
      ? policy(...allows, traces)
      : policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
  });
  const lambda = new Lambda(wire);
  await lambda.createFunction({
    FunctionName,
    Role: Role?.Arn,
    Runtime: isSound ? 'nodejs22.x' : 'nodejs12.x',
    Handler: 'index.handler',
    Code: { ZipFile: emptyZip },
    Timeout: 30,
    VpcConfig: { SubnetIds: [...network.subnetIds], SecurityGroupIds: [...network.securityGroupIds] },
    Environment: { Variables: isSound ? { TABLE: 'orders' } : { DB_PASSWORD: 'hunter2-hunter2' } },
    ...seeding.sound({
      KMSKeyArn: key,
      TracingConfig: { Mode: 'Active' as const },
      LoggingConfig: { LogFormat: 'JSON' as const },
      ...own,
    }),
  });
  if (isSound) await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
  else
    await lambda.addPermission({
      FunctionName,
      StatementId: 'anyone',
      Action: 'lambda:InvokeFunction',
      Principal: '*',
    });
  if (isSound) await keepLogs(seeding, `/aws/lambda/${FunctionName}`);
}

/** A log group that is encrypted and kept for 90 days; one that the endpoint made by itself is replaced. */
export async function keepLogs({ wire, key }: Seeding, logGroupName: string): Promise<void> {
  const logs = new CloudWatchLogs(wire);
  await logs.deleteLogGroup({ logGroupName }).catch(() => undefined);
  await logs.createLogGroup({ logGroupName, kmsKeyId: key });
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 90 });
}
