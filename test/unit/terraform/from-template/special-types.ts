import { Blocks, Encoded, isList, isObject, Reference, type Block, type Expression } from './expressions.ts';
import { NotConvertible, type IntrinsicReader } from './intrinsics.ts';

interface Context {
  readonly id: string;
  readonly name: string;
  readonly reader: IntrinsicReader;
  readonly add: (block: Block) => void;
}

/** What rows cannot say: further attributes, or `done` for a resource that is written otherwise. */
export type Special = (
  properties: Record<string, Expression>,
  context: Context,
) => Record<string, Expression> | 'done';

export const specialTypes: Readonly<Record<string, Special>> = {
  'AWS::ApiGateway::Deployment': (properties) => moved(properties, { StageName: 'stage_name' }),
  'AWS::ApiGateway::Method': method,
  'AWS::ApplicationAutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::DynamoDB::Table': table,
  'AWS::EC2::FlowLog': (properties) => {
    const isSubnet = properties['ResourceType'] === 'Subnet';
    delete properties['ResourceType'];
    return moved(properties, { ResourceId: isSubnet ? 'subnet_id' : 'vpc_id' });
  },
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
  'AWS::Events::EventBus': bus,
  'AWS::Events::EventBusPolicy': (properties) => {
    delete properties['StatementId'];
    if (properties['Statement'] === undefined) throw new NotConvertible('a permission of a bus');
    return {};
  },
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': policyOfRoles,
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': key,
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::Version': version,
  'AWS::SNS::Topic': topic,
  'AWS::StepFunctions::StateMachine': stateMachine,
};

/** Keys whose material is not that of AWS are a type of their own, or name their store. */
function key(
  properties: Record<string, Expression>,
  { name, add }: Context,
): Record<string, Expression> | 'done' {
  const { Origin: origin } = properties;
  delete properties['Origin'];
  if (origin === undefined || origin === 'AWS_KMS') return {};
  if (origin !== 'EXTERNAL') return { custom_key_store_id: 'cks-1234567890abcdef0' };
  add({ type: 'aws_kms_external_key', name, attributes: {} });
  return 'done';
}

/** An integration names its method by what both have in common, which the example of a method can lack. */
function method(properties: Record<string, Expression>, { id }: Context): Record<string, Expression> {
  if (properties['Integration'] === undefined) return {};
  properties['RestApiId'] ??= 'a1b2c3d4e5';
  properties['ResourceId'] ??= id;
  return {};
}

/** What is returned of a metric is true in CloudFormation where nothing is written, and false in Terraform. */
function alarm(properties: Record<string, Expression>): Record<string, Expression> {
  const { Metrics: metrics } = properties;
  if (isList(metrics ?? null))
    properties['Metrics'] = (metrics as readonly Expression[]).map((metric) =>
      isObject(metric) ? { ReturnData: true, ...metric } : metric,
    );
  return {};
}

function bus(properties: Record<string, Expression>, { name, add }: Context): Record<string, Expression> {
  const { Policy: policy } = properties;
  delete properties['Policy'];
  if (policy !== undefined)
    add({
      type: 'aws_cloudwatch_event_bus_policy',
      name,
      attributes: {
        event_bus_name: new Reference(`aws_cloudwatch_event_bus.${name}`, 'name'),
        policy: new Encoded(policy),
      },
    });
  return {};
}

function topic(properties: Record<string, Expression>, { name, add }: Context): Record<string, Expression> {
  const { Subscription: subscriptions } = properties;
  delete properties['Subscription'];
  if (!isList(subscriptions ?? null)) return {};
  for (const [index, each] of (subscriptions as readonly Expression[]).entries())
    if (isObject(each))
      add({
        type: 'aws_sns_topic_subscription',
        name: `${name}_${index + 1}`,
        attributes: {
          topic_arn: new Reference(`aws_sns_topic.${name}`, 'arn'),
          protocol: each['Protocol'] ?? 'sqs',
          endpoint: each['Endpoint'] ?? '',
        },
      });
  return {};
}

function stateMachine(properties: Record<string, Expression>): Record<string, Expression> {
  const { Definition: definition } = properties;
  if (properties['DefinitionSubstitutions'] !== undefined)
    throw new NotConvertible('DefinitionSubstitutions');
  delete properties['Definition'];
  return definition === undefined ? {} : { definition: new Encoded(definition) };
}

function moved(
  properties: Record<string, Expression>,
  names: Readonly<Record<string, string>>,
): Record<string, Expression> {
  const attributes: Record<string, Expression> = {};
  for (const [property, attribute] of Object.entries(names)) {
    const value = properties[property];
    if (value === undefined) continue;
    attributes[attribute] = value;
    Reflect.deleteProperty(properties, property);
  }
  return attributes;
}

/** A version is what publishing its function makes. */
function version(properties: Record<string, Expression>, { id, name, reader, add }: Context): 'done' {
  const on = reader.functionOf(id);
  if (reader.changes.some((each) => each.on === on && each.attribute === 'publish'))
    throw new NotConvertible('several versions of a function');
  reader.changes.push({ on, attribute: 'publish', value: true });
  const provisioned = properties['ProvisionedConcurrencyConfig'];
  if (isObject(provisioned))
    add({
      type: 'aws_lambda_provisioned_concurrency_config',
      name,
      attributes: {
        function_name: new Reference(on, 'function_name'),
        qualifier: new Reference(on, 'version'),
        provisioned_concurrent_executions: provisioned['ProvisionedConcurrentExecutions'] ?? 1,
      },
    });
  return 'done';
}

/** Whoever may call an alias is let in by the name of its function and its own. */
function permission(properties: Record<string, Expression>, { reader }: Context): Record<string, Expression> {
  const name = properties['FunctionName'];
  if (!(name instanceof Reference)) return {};
  const [type, own] = name.address.split('.');
  if (type === 'aws_lambda_alias') {
    const id = Object.keys(reader.resources).find((each) => reader.nameOf(each) === own) ?? '';
    const alias = reader.resources[id]?.Properties as Record<string, unknown> | undefined;
    const of = reader.expression(alias?.['FunctionName'] ?? '');
    delete properties['FunctionName'];
    return { function_name: of, qualifier: new Reference(name.address, 'name') };
  }
  if (name.attribute === 'qualified_arn') {
    delete properties['FunctionName'];
    return {
      function_name: new Reference(name.address, 'function_name'),
      qualifier: new Reference(name.address, 'version'),
    };
  }
  return {};
}

/** Inline policies, each as a resource. */
function role(properties: Record<string, Expression>, { name, add }: Context): Record<string, Expression> {
  const policies = properties['Policies'];
  delete properties['Policies'];
  if (policies !== undefined && !isList(policies)) throw new NotConvertible('policies that are not a list');
  for (const [index, policy] of (policies ?? []).entries()) {
    if (!isObject(policy)) throw new NotConvertible('a policy that is not an object');
    add({
      type: 'aws_iam_role_policy',
      name: index === 0 ? name : `${name}_${index + 1}`,
      attributes: {
        role: new Reference(`aws_iam_role.${name}`, 'name'),
        name: policy['PolicyName'] ?? name,
        policy: new Encoded(policy['PolicyDocument'] ?? {}),
      },
    });
  }
  return {};
}

function policyOfRoles(properties: Record<string, Expression>, { name, add }: Context): 'done' {
  const roles = properties['Roles'];
  if (properties['Users'] !== undefined || properties['Groups'] !== undefined)
    throw new NotConvertible('policies of users and groups');
  if (!isList(roles ?? [])) throw new NotConvertible('roles that are not a list');
  const document = properties['PolicyDocument'] ?? {};
  for (const [index, of] of ((roles ?? []) as readonly Expression[]).entries())
    add({
      type: 'aws_iam_role_policy',
      name: index === 0 ? `${name}_policy` : `${name}_policy_${index + 1}`,
      attributes: {
        role: of,
        name: properties['PolicyName'] ?? name,
        policy: typeof document === 'string' ? document : new Encoded(document),
      },
    });
  return 'done';
}

function managedPolicy(
  properties: Record<string, Expression>,
  { name, add }: Context,
): Record<string, Expression> {
  const roles = properties['Roles'];
  delete properties['Roles'];
  if (properties['Users'] !== undefined || properties['Groups'] !== undefined)
    throw new NotConvertible('policies of users and groups');
  for (const [index, of] of ((roles ?? []) as readonly Expression[]).entries())
    add({
      type: 'aws_iam_role_policy_attachment',
      name: `${name}_${index + 1}`,
      attributes: { role: of, policy_arn: new Reference(`aws_iam_policy.${name}`, 'arn') },
    });
  return {};
}

/** Keys and attributes, without which Terraform plans no table. */
function table(properties: Record<string, Expression>): Record<string, Expression> {
  const attributes: Record<string, Expression> = {};
  const { KeySchema: keys, AttributeDefinitions: definitions, StreamSpecification: stream } = properties;
  for (const key of isList(keys ?? null) ? (keys as readonly Expression[]) : [])
    if (isObject(key))
      attributes[key['KeyType'] === 'RANGE' ? 'range_key' : 'hash_key'] = key['AttributeName'] ?? 'id';
  if (isList(definitions ?? null))
    attributes['attribute'] = new Blocks(
      (definitions as readonly Expression[]).filter(isObject).map((each) => ({
        name: each['AttributeName'] ?? 'id',
        type: each['AttributeType'] ?? 'S',
      })),
    );
  if (stream !== undefined) attributes['stream_enabled'] = true;
  delete properties['KeySchema'];
  delete properties['AttributeDefinitions'];
  return attributes;
}

function securityGroup(
  properties: Record<string, Expression>,
  { reader }: Context,
): Record<string, Expression> {
  const attributes: Record<string, Expression> = {};
  const { SecurityGroupIngress: ingress, SecurityGroupEgress: egress } = properties;
  delete properties['SecurityGroupIngress'];
  delete properties['SecurityGroupEgress'];
  // A rule of its own replaces the one that CloudFormation leaves.
  const hasOwn = Object.values(reader.resources).some(({ Type }) => Type === 'AWS::EC2::SecurityGroupEgress');
  const everything = hasOwn ? [] : [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];
  for (const [name, rules, prefix] of [
    ['ingress', ingress ?? [], 'Source'],
    ['egress', egress ?? everything, 'Destination'],
  ] as const) {
    const list: readonly Expression[] = isList(rules) ? rules : [rules];
    const blocks = list.filter(isObject).map((rule) => {
      const block: Record<string, Expression> = {
        protocol: String(rule['IpProtocol'] ?? '-1'),
        from_port: rule['FromPort'] ?? 0,
        to_port: rule['ToPort'] ?? 0,
      };
      for (const [property, attribute] of [
        ['CidrIp', 'cidr_blocks'],
        ['CidrIpv6', 'ipv6_cidr_blocks'],
        [`${prefix}PrefixListId`, 'prefix_list_ids'],
        [`${prefix}SecurityGroupId`, 'security_groups'],
      ] as const) {
        const value = rule[property];
        if (value !== undefined) block[attribute] = [value];
      }
      return block;
    });
    if (blocks.length > 0) attributes[name] = new Blocks(blocks);
  }
  return attributes;
}

function loadBalancer(properties: Record<string, Expression>): Record<string, Expression> {
  const given = properties['LoadBalancerAttributes'];
  delete properties['LoadBalancerAttributes'];
  if (!isList(given ?? null)) return {};
  const logs: Record<string, Expression> = {};
  for (const pair of (given as readonly Expression[]).filter(isObject)) {
    if (pair['Key'] === 'access_logs.s3.enabled') logs['enabled'] = String(pair['Value']) === 'true';
    if (pair['Key'] === 'access_logs.s3.bucket') logs['bucket'] = pair['Value'] ?? '';
  }
  return Object.keys(logs).length === 0 ? {} : { access_logs: new Blocks([logs]) };
}

function scalingPolicy(properties: Record<string, Expression>): Record<string, Expression> {
  const target = properties['ScalingTargetId'];
  delete properties['ScalingTargetId'];
  if (!(target instanceof Reference)) return {};
  return {
    resource_id: new Reference(target.address, 'resource_id'),
    scalable_dimension: new Reference(target.address, 'scalable_dimension'),
    service_namespace: new Reference(target.address, 'service_namespace'),
  };
}
