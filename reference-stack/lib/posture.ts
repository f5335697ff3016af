import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What the stack is for. `production` keeps data when a stack is deleted, has endpoints and NAT gateways in every
 * zone, and uses provisioned concurrency. `sandbox` deletes data with the stack, and has one endpoint per service
 * and one NAT gateway. Every security control is the same in both.
 */
export type Posture = 'production' | 'sandbox';

/** What happens to a resource that holds data when its stack is deleted. */
export function dataRemovalPolicy(posture: Posture): RemovalPolicy {
  return posture === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
