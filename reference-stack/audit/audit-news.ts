import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { NetworkFoundation } from '../lib/network-foundation.ts';
import type { SecureFunction } from '../lib/secure-function.ts';

/** Who is told of new and fixed findings, beside Security Hub. */
export interface NewsProps {
  /** An event for each finding goes to this bus; its policy or account has to admit the audit's role. */
  readonly eventBusArn?: string;
  /** One message for each audit that changed something goes to this topic. */
  readonly topicArn?: string;
  /** Customer managed key of the topic; its policy has to admit the audit's role. */
  readonly topicKeyArn?: string;
}

/** Environment of the function that audits. */
export function newsEnvironment({ eventBusArn, topicArn }: NewsProps = {}): Record<string, string> {
  return {
    ...(eventBusArn !== undefined && { HEADGATE_EVENT_BUS: eventBusArn }),
    ...(topicArn !== undefined && { HEADGATE_TOPIC_ARN: topicArn }),
  };
}

/** Lets the function tell people, and the network's endpoints let it pass. */
export function admitNews(
  handler: SecureFunction,
  network: NetworkFoundation,
  { eventBusArn, topicArn, topicKeyArn }: NewsProps = {},
): void {
  const admit = (endpointName: string, action: string, resource: string): void => {
    handler.allow([action], [resource]);
    const endpoint = network.vpc.node.tryFindChild(endpointName);
    if (!(endpoint instanceof ec2.InterfaceVpcEndpoint)) return;
    endpoint.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: [action],
        resources: [resource],
        conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
      }),
    );
  };
  if (eventBusArn !== undefined) admit('events', 'events:PutEvents', eventBusArn);
  if (topicArn !== undefined) admit('sns', 'sns:Publish', topicArn);
  if (topicKeyArn !== undefined) handler.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [topicKeyArn]);
}
