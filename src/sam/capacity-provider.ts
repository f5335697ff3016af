import { member } from '../text/raw.ts';
import { asList, asMap, checkProperties } from './check-properties.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { managedPolicy, roleResource, trustIn } from './roles.ts';
import { samTags } from './tags.ts';
import { getAtt, isGiven, isIntrinsic, isTruthy, pick, present, tagList, type Tree } from './tree.ts';

/** AWS::Serverless::CapacityProvider: the provider, and the role that it manages instances with. */
export function expandCapacityProvider(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const network = asMap(properties['VpcConfig'], 'VpcConfig');
  if (!isGiven(network['SubnetIds']))
    throw new SamProblem('property `VpcConfig.SubnetIds` is required', ['VpcConfig']);
  if (!isIntrinsic(network['SubnetIds'])) asList(network['SubnetIds'], 'VpcConfig.SubnetIds');
  const logging = properties['LoggingConfig'];
  const provider = {
    Type: 'AWS::Lambda::CapacityProvider',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, ['CapacityProviderName', 'KmsKeyArn']),
      VpcConfig: network,
      PermissionsConfig: { CapacityProviderOperatorRoleArn: operatorRole(resource, context) },
      Tags: [...tagList(properties['Tags']), { Key: 'lambda:createdBy', Value: 'SAM' }],
      InstanceRequirements: requirements(properties['InstanceRequirements']),
      CapacityProviderScalingConfig: scaling(properties['ScalingConfig']),
      TelemetryConfig: isTruthy(logging) ? { LoggingConfig: logging } : undefined,
      PropagateTags: resourceTags(properties['ManagedResourceTags']),
    }),
  };
  context.emit(id, provider, { id, direct: true });
}

function operatorRole(resource: SamResource, context: SamContext): unknown {
  const { id, properties } = resource;
  if (isTruthy(properties['OperatorRole'])) return properties['OperatorRole'];
  const parts = {
    managed: [managedPolicy('AWSLambdaManagedEC2ResourceOperator', context.partition)],
    inline: [],
  };
  const tags = isTruthy(properties['PropagateTags']) ? properties['Tags'] : undefined;
  const others = {
    AssumeRolePolicyDocument: trustIn('lambda.amazonaws.com'),
    Tags: samTags(tags, 'lambda:createdBy'),
  };
  context.emit(`${id}OperatorRole`, roleResource(parts, others, inheritedAttributes(resource)), { id });
  return getAtt(`${id}OperatorRole`, 'Arn');
}

function requirements(written: unknown): Tree | undefined {
  if (!isTruthy(written)) return undefined;
  const { Architectures, AllowedTypes, ExcludedTypes } = asMap(written, 'InstanceRequirements');
  if (isGiven(AllowedTypes) && isGiven(ExcludedTypes) && !isIntrinsic(AllowedTypes)) {
    throw new SamProblem(
      '`InstanceRequirements.AllowedTypes` and `InstanceRequirements.ExcludedTypes` cannot be specified together',
      ['InstanceRequirements'],
    );
  }
  return present({ Architectures, AllowedInstanceTypes: AllowedTypes, ExcludedInstanceTypes: ExcludedTypes });
}

function scaling(written: unknown): Tree | undefined {
  if (!isTruthy(written)) return undefined;
  const { MaxVCpuCount, AverageCPUUtilization } = asMap(written, 'ScalingConfig');
  const isManual = isGiven(AverageCPUUtilization);
  const policy = {
    PredefinedMetricType: 'LambdaCapacityProviderAverageCPUUtilization',
    TargetValue: AverageCPUUtilization,
  };
  return present({
    MaxVCpuCount,
    ScalingMode: isManual ? 'Manual' : 'Auto',
    ScalingPolicies: isManual ? [policy] : undefined,
  });
}

function resourceTags(written: unknown): unknown {
  if (!isTruthy(written)) return undefined;
  return { Mode: 'Explicit', ExplicitTags: tagList(member(written, 'Tags')) };
}
