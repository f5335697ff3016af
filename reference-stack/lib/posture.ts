import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What the stack is for. `production` keeps data when a stack is deleted, spreads endpoints and NAT gateways
 * over every zone and pre-warms functions. `sandbox` deletes with the stack and pays for one of each.
 * Every security control is the same in both.
 */
export type Posture = 'production' | 'sandbox';

/** What happens to a resource that holds data when its stack is deleted. */
export function dataRemovalPolicy(posture: Posture): RemovalPolicy {
  return posture === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
