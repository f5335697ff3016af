import type { ApplicationAutoScaling, ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';

/** What flows consist of; other namespaces are not asked about. */
const namespaces: readonly ServiceNamespace[] = ['lambda', 'dynamodb'];

/** What scales provisioned concurrency and table capacity. */
export const applicationAutoscaling = defineCollector<ApplicationAutoScaling>({
  service: 'application-autoscaling',
  prefix: 'application-autoscaling',
  open: async (config) => {
    const sdk = await import('@aws-sdk/client-application-auto-scaling');
    return new sdk.ApplicationAutoScaling(config);
  },
  operations: [
    {
      operation: 'DescribeScalableTargets',
      finds: ['AWS::ApplicationAutoScaling::ScalableTarget'],
      async *list(api) {
        for (const ServiceNamespace of namespaces) {
          const listed = pages(
            (NextToken) => api.describeScalableTargets({ ServiceNamespace, NextToken }),
            (page) => page.NextToken,
          );
          for await (const { ScalableTargets = [] } of listed) {
            yield {
              found: ScalableTargets.map(
                ({ ResourceId, ScalableDimension, MinCapacity, MaxCapacity, RoleARN }) => ({
                  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
                  name: targetName(ResourceId, ScalableDimension, ServiceNamespace),
                  properties: {
                    ServiceNamespace,
                    ResourceId,
                    ScalableDimension,
                    MinCapacity,
                    MaxCapacity,
                    RoleARN,
                  },
                }),
              ),
            };
          }
        }
      },
    },
    {
      operation: 'DescribeScalingPolicies',
      finds: ['AWS::ApplicationAutoScaling::ScalingPolicy'],
      async *list(api) {
        for (const ServiceNamespace of namespaces) {
          const listed = pages(
            (NextToken) => api.describeScalingPolicies({ ServiceNamespace, NextToken }),
            (page) => page.NextToken,
          );
          for await (const { ScalingPolicies = [] } of listed) {
            yield {
              found: ScalingPolicies.map((policy) => ({
                type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
                name: policy.PolicyARN ?? '',
                arn: policy.PolicyARN ?? '',
                properties: {
                  PolicyName: policy.PolicyName,
                  PolicyType: policy.PolicyType,
                  ScalingTargetId: targetName(policy.ResourceId, policy.ScalableDimension, ServiceNamespace),
                  TargetTrackingScalingPolicyConfiguration: policy.TargetTrackingScalingPolicyConfiguration,
                  StepScalingPolicyConfiguration: policy.StepScalingPolicyConfiguration,
                },
              })),
            };
          }
        }
      },
    },
  ],
});

/** What `Ref` of a scalable target gives. */
function targetName(resource = '', dimension: string | undefined, namespace: string): string {
  return `${resource}|${dimension ?? ''}|${namespace}`;
}
