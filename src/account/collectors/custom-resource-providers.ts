import type { Found, Item } from '../collector.ts';

/**
 * Logical ids that CDK gives to functions of its own whose only caller is CloudFormation: singletons by a fixed UUID,
 * and the handlers of its core providers (aws-cdk-lib 2.276, read 2026-11-23).
 */
const ownFunctions =
  /^(AWS679f53fac002430cb0da5b7982bd2287|LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a|BucketNotificationsHandler050a0587b7544547bf325f094a3db834|CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C)|CustomResourceProviderHandler[0-9A-F]{8}$/;

/**
 * True for a function that CDK made to serve custom resources: by the logical id of its stack, in a tag that nobody
 * but AWS can set, or by what only the provider framework's entry point has. Other providers look like any function.
 */
export function isCdkProvider({ properties }: Item, tags: Readonly<Record<string, string>>): boolean {
  const { Handler, Environment } = properties;
  const isEntryOfFramework = Handler === 'framework.onEvent' && namesUserFunction(Environment);
  return isEntryOfFramework || ownFunctions.test(tags['aws:cloudformation:logical-id'] ?? '');
}

function namesUserFunction(environment: unknown): boolean {
  if (typeof environment !== 'object' || environment === null || !('Variables' in environment)) return false;
  const { Variables } = environment;
  return typeof Variables === 'object' && Variables !== null && 'USER_ON_EVENT_FUNCTION_ARN' in Variables;
}

/** The custom resources that a function serves, which no API lists. */
export function customResourcesOf({ name, arn }: Item): Found {
  return {
    type: 'AWS::CloudFormation::CustomResource',
    name: `custom resources of ${name}`,
    properties: { ServiceToken: arn },
  };
}
