import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';
import { gatewayPrefixLists, type GatewayPrefixLists } from './prefix-lists.ts';

/** AWS services that a function reaches through an interface endpoint. */
export type EndpointService =
  'secretsmanager' | 'kms' | 'sqs' | 'sns' | 'events' | 'states' | 'xray' | 'logs' | 'monitoring';

/** Properties of {@link NetworkFoundation}. */
export interface NetworkFoundationProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Key of the flow log's log group. The key policy must allow CloudWatch Logs to use it. */
  readonly key: kms.IKey;
  /** IPv4 range of the VPC. @default '10.42.0.0/20' */
  readonly cidr?: string;
  /** Number of Availability Zones. @default 2 */
  readonly availabilityZones?: number;
  /**
   * Addresses outside AWS that functions can call, only on port 443. If set, the VPC also has public subnets that
   * contain only NAT gateways, and private subnets that route to them.
   *
   * @default none: nothing in the VPC can reach the internet
   */
  readonly externalCidrs?: readonly string[];
  /**
   * AWS services that get an interface endpoint.
   *
   * @default every service that the three flows use: all except `monitoring`, because metrics are written to the
   * logs
   */
  readonly services?: readonly EndpointService[];
  /**
   * Names of the Availability Zones. If set, `availabilityZones` has no effect. Lambda is not available in every
   * zone, for example not in the zone with the ID use1-az3 in us-east-1.
   *
   * @default the first zones of the Region
   */
  readonly zones?: readonly string[];
  /**
   * IDs of the prefix lists of S3 and DynamoDB in the Region.
   *
   * @default the lists of the Region; see {@link gatewayPrefixLists}
   */
  readonly prefixLists?: GatewayPrefixLists;
}

/** Where a function runs in the network. */
export interface Placement {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/**
 * The VPC security boundary. Private subnets in two or more Availability Zones have no route to an internet
 * gateway. Endpoint policies allow only this account and the calls that the flows make. The functions' security
 * groups have no ingress rules.
 */
export class NetworkFoundation extends Construct {
  readonly vpc: ec2.Vpc;
  /** Security group of functions that call only AWS services. */
  readonly functionGroup: ec2.SecurityGroup;
  /** Security group of functions that also call an external API; absent without `externalCidrs`. */
  readonly egressGroup?: ec2.SecurityGroup;
  /** Security group of the interface endpoints. */
  readonly endpointGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkFoundationProps) {
    super(scope, id);
    const external = props.externalCidrs ?? [];
    this.vpc = this.createVpc(props, external.length > 0);
    this.endpointGroup = this.createGroup('EndpointGroup', 'Interface endpoints: 443 from functions');
    this.functionGroup = this.createFunctionGroup('FunctionGroup', 'Functions: 443 to endpoints', props, []);
    if (external.length > 0) {
      const description =
        'Functions with an external API: port 443 to endpoints and to the external addresses';
      this.egressGroup = this.createFunctionGroup('EgressGroup', description, props, external);
    }
    this.addGatewayEndpoints();
    this.addInterfaceEndpoints(props);
    this.addFlowLog(props);
  }

  /**
   * @param egress whether the function calls an external API
   * @throws when the network was built without a way out
   */
  placement(egress: boolean): Placement {
    if (!egress) {
      return {
        vpc: this.vpc,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        securityGroups: [this.functionGroup],
      };
    }
    if (!this.egressGroup)
      throw new Error(
        'A function that calls an external API requires `externalCidrs` on the network foundation. Set it to the addresses of the API.',
      );
    return {
      vpc: this.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [this.egressGroup],
    };
  }

  private createVpc(props: NetworkFoundationProps, egress: boolean): ec2.Vpc {
    const zones = props.zones?.length ?? props.availabilityZones ?? 2;
    const outward: ec2.SubnetConfiguration[] = [
      { name: 'Nat', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
      { name: 'Egress', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
    ];
    return new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(props.cidr ?? '10.42.0.0/20'),
      ...(props.zones ? { availabilityZones: [...props.zones] } : { maxAzs: zones }),
      natGateways: egress ? (props.posture === 'production' ? zones : 1) : 0,
      subnetConfiguration: [
        { name: 'Functions', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
        ...(egress ? outward : []),
      ],
      // Emptying the default group takes a custom resource, whose function nobody signed. Nothing joins it.
      restrictDefaultSecurityGroup: false,
    });
  }

  private createGroup(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  private createFunctionGroup(
    id: string,
    description: string,
    props: NetworkFoundationProps,
    external: readonly string[],
  ): ec2.SecurityGroup {
    const group = this.createGroup(id, description);
    const lists = this.prefixLists(props);
    // Written into the group: without rules of its own a group lets everything out until others are attached.
    (group.node.defaultChild as ec2.CfnSecurityGroup).securityGroupEgress = [
      httpsTo({ destinationPrefixListId: lists.s3 }, 'S3 through its gateway endpoint'),
      httpsTo({ destinationPrefixListId: lists.dynamoDb }, 'DynamoDB through its gateway endpoint'),
      httpsTo(
        { destinationSecurityGroupId: this.endpointGroup.securityGroupId },
        'AWS services through interface endpoints',
      ),
      ...external.map((cidrIp) => httpsTo({ cidrIp }, 'External API through the NAT gateway')),
    ];
    this.endpointGroup.addIngressRule(group, ec2.Port.HTTPS, `HTTPS from ${id}`);
    return group;
  }

  private prefixLists(props: NetworkFoundationProps): GatewayPrefixLists {
    if (props.prefixLists) return props.prefixLists;
    const region = Stack.of(this).region;
    const known = gatewayPrefixLists[region];
    if (known) return known;
    if (!Token.isUnresolved(region))
      throw new Error(`Headgate has no prefix lists for ${region}. Set \`prefixLists\`.`);
    const existing = this.node.tryFindChild('PrefixLists') as CfnMapping | undefined; // only made just below
    const mapping =
      existing ?? new CfnMapping(this, 'PrefixLists', { mapping: mappingOf(gatewayPrefixLists) });
    const find = (service: string) => mapping.findInMap(Aws.REGION, service);
    return { s3: find('s3'), dynamoDb: find('dynamoDb') };
  }

  private addGatewayEndpoints(): void {
    const s3 = this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    s3.addToPolicy(
      throughEndpoint(
        ['GetObject', 'GetObjectVersion', 'PutObject', 'ListBucket', 'AbortMultipartUpload'].map(
          (action) => `s3:${action}`,
        ),
        ['*'],
        { 's3:ResourceAccount': Aws.ACCOUNT_ID },
      ),
    );
    const dynamoDb = this.vpc.addGatewayEndpoint('DynamoDb', {
      service: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
    });
    dynamoDb.addToPolicy(
      throughEndpoint(
        ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'].map((action) => `dynamodb:${action}`),
        [ownArn('dynamodb', 'table/*')],
      ),
    );
  }

  private addInterfaceEndpoints(props: NetworkFoundationProps): void {
    const zones = this.vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED }).subnets;
    for (const name of props.services ?? servicesOfTheFlows) {
      const { service, actions, resources } = interfaceEndpoints[name];
      const endpoint = this.vpc.addInterfaceEndpoint(name, {
        service,
        subnets: { subnets: props.posture === 'production' ? zones : zones.slice(0, 1) },
        securityGroups: [this.endpointGroup],
        privateDnsEnabled: true,
        open: false,
      });
      endpoint.addToPolicy(throughEndpoint(actions, resources));
    }
  }

  private addFlowLog(props: NetworkFoundationProps): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: props.key,
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    this.vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup) });
  }
}

interface InterfaceEndpointPolicy {
  readonly service: ec2.InterfaceVpcEndpointAwsService;
  readonly actions: string[];
  readonly resources: string[];
}

/** Services that the three flows call through interface endpoints. */
export const servicesOfTheFlows: readonly EndpointService[] = [
  'secretsmanager',
  'kms',
  'sqs',
  'sns',
  'events',
  'states',
  'xray',
  'logs',
];

function ownArn(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

const interfaceEndpoints: Readonly<Record<EndpointService, InterfaceEndpointPolicy>> = {
  secretsmanager: {
    service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    actions: ['GetSecretValue', 'DescribeSecret', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
      (action) => `secretsmanager:${action}`,
    ),
    resources: [ownArn('secretsmanager', 'secret:*')],
  },
  kms: {
    service: ec2.InterfaceVpcEndpointAwsService.KMS,
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: [ownArn('kms', 'key/*')],
  },
  sqs: {
    service: ec2.InterfaceVpcEndpointAwsService.SQS,
    actions: ['sqs:SendMessage'],
    resources: [ownArn('sqs', '*')],
  },
  sns: {
    service: ec2.InterfaceVpcEndpointAwsService.SNS,
    actions: ['sns:Publish'],
    resources: [ownArn('sns', '*')],
  },
  events: {
    service: ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
    actions: ['events:PutEvents'],
    resources: [ownArn('events', 'event-bus/*')],
  },
  states: {
    service: ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS,
    actions: ['states:StartExecution'],
    resources: [ownArn('states', 'stateMachine:*')],
  },
  xray: {
    service: ec2.InterfaceVpcEndpointAwsService.XRAY,
    // X-Ray has no resource-level permissions for segments.
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  },
  logs: {
    service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [ownArn('logs', 'log-group:*')],
  },
  monitoring: {
    service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
    // CloudWatch has no resource-level permissions for metrics.
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
  },
};

function httpsTo(
  destination: Partial<ec2.CfnSecurityGroup.EgressProperty>,
  description: string,
): ec2.CfnSecurityGroup.EgressProperty {
  return { ...destination, ipProtocol: 'tcp', fromPort: 443, toPort: 443, description };
}

function throughEndpoint(
  actions: string[],
  resources: string[],
  condition: Record<string, string> = {},
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions,
    resources,
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, ...condition } },
  });
}

function mappingOf(
  lists: Readonly<Record<string, GatewayPrefixLists>>,
): Record<string, Record<string, string>> {
  return Object.fromEntries(Object.entries(lists).map(([region, ids]) => [region, { ...ids }]));
}
