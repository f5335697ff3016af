import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { NetworkFoundation } from '../lib/network-foundation.ts';
import { readActions } from './read-policy.ts';

/** Lets functions assume the roles that read, without leaving the network. */
export function addStsEndpoint(network: NetworkFoundation): void {
  const endpoint = network.vpc.addInterfaceEndpoint('sts', {
    service: ec2.InterfaceVpcEndpointAwsService.STS,
    subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    securityGroups: [network.endpointGroup],
    privateDnsEnabled: true,
    open: false,
  });
  endpoint.addToPolicy(
    new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['sts:AssumeRole'],
      resources: [`arn:${Aws.PARTITION}:iam::*:role/*`],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    }),
  );
  endpoint.addToPolicy(
    // Whoever was assumed asks who it is, which takes no permission.
    new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['sts:GetCallerIdentity'],
      resources: ['*'],
    }),
  );
}

/** Endpoint of the network -> IAM prefix of the calls that go through it. */
const prefixes: Readonly<Record<string, string>> = {
  S3: 's3',
  DynamoDb: 'dynamodb',
  secretsmanager: 'secretsmanager',
  kms: 'kms',
  sqs: 'sqs',
  sns: 'sns',
  events: 'events',
  states: 'states',
  logs: 'logs',
  monitoring: 'cloudwatch',
};

/**
 * Lets the audit's reads pass the endpoints, whose policies know only the calls of flows. All other services, and
 * all other Regions, are reached through the NAT gateway.
 *
 * @param callers condition that every caller's principal fulfils, e.g. its account
 * @param policyFile output of `headgate iam-policy` for rules of your own
 */
export function admitReads(
  network: NetworkFoundation,
  callers: Readonly<Record<string, string>>,
  policyFile?: string,
): void {
  for (const [name, prefix] of Object.entries(prefixes)) {
    const endpoint = network.vpc.node.tryFindChild(name);
    const actions = readActions(prefix, policyFile);
    if (actions.length === 0) continue;
    if (!(endpoint instanceof ec2.GatewayVpcEndpoint) && !(endpoint instanceof ec2.InterfaceVpcEndpoint))
      continue;
    endpoint.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions,
        resources: ['*'],
        conditions: { StringEquals: { ...callers } },
      }),
    );
  }
}
