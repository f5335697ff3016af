import {
  isArrayValue,
  isObjectValue,
  PartialString,
  Reference,
  type Path,
  type Value,
} from '../model/value.ts';
import type { Draft } from './drafts.ts';
import { mainOf } from './main-routes.ts';
import type { PlanInstance } from './plan-document.ts';
import { define } from './define.ts';
import { isSet, type PlanValues } from './plan-values.ts';

/** A resource that CloudFormation has for a part of one of Terraform's. */
export interface Expanded {
  readonly type: string;
  readonly suffix: string;
  readonly properties: Readonly<Record<string, Value>>;
  /** Where each property was written, in the values of the instance. */
  readonly places: Readonly<Record<string, Path>>;
}

/** What rows cannot say of a type, after they were read. */
export function adjust(instance: PlanInstance, draft: Draft, values: PlanValues): void {
  adjustments[instance.type]?.(instance, draft, values);
}

/** Resources that CloudFormation has beside it. */
export function expand(instance: PlanInstance, values: PlanValues): readonly Expanded[] {
  return expansions[instance.type]?.(instance, values) ?? [];
}

type Adjustment = (instance: PlanInstance, draft: Draft, values: PlanValues) => void;

const adjustments: Readonly<Record<string, Adjustment>> = {
  aws_appautoscaling_policy: scalingTarget,
  aws_default_route_table: mainTable,
  aws_default_security_group: groupRules,
  aws_cognito_user_pool: secondFactors,
  aws_dynamodb_table: dynamodbTable,
  aws_kms_key: customKeyStore,
  aws_kms_external_key: (_instance, { properties }) => define(properties, 'Origin', 'EXTERNAL'),
  aws_lambda_permission: permission,
  aws_lb: accessLogs,
  aws_alb: accessLogs,
  aws_security_group: groupRules,
  aws_security_group_rule: groupRule,
};

const expansions: Readonly<
  Record<string, (instance: PlanInstance, values: PlanValues) => readonly Expanded[]>
> = {
  aws_default_route_table: routes,
  aws_route_table: routes,
  aws_security_group_rule: moreGroupRules,
};

/** CloudFormation writes a qualifier behind the function's name. */
function permission(_instance: PlanInstance, draft: Draft): void {
  const { FunctionName: name, Qualifier: qualifier } = draft.properties;
  delete draft.properties['Qualifier'];
  if (qualifier instanceof Reference) define(draft.properties, 'FunctionName', qualifier);
  else if (typeof name === 'string' && typeof qualifier === 'string' && !name.includes(':function:'))
    define(draft.properties, 'FunctionName', `${name}:${qualifier}`);
  else if (name instanceof Reference && typeof qualifier === 'string')
    define(draft.properties, 'FunctionName', joinQualifier(name, qualifier));
}

function joinQualifier(name: Reference, qualifier: string): Value {
  return new PartialString([name, `:${qualifier}`]);
}

/** A policy names its target by what both have in common. */
function scalingTarget(instance: PlanInstance, draft: Draft, values: PlanValues): void {
  const config = values.configOf(instance);
  if (config === undefined) return;
  for (const attribute of ['resource_id', 'scalable_dimension', 'service_namespace']) {
    const [target] = values.referencesTo(instance, [attribute]);
    if (target?.instance.type === 'aws_appautoscaling_target') {
      define(draft.properties, 'ScalingTargetId', new Reference(values.idOf(target.instance)));
      return;
    }
  }
}

/** It is the main table of the VPC that it names by that VPC's own attribute, until another is made so. */
function mainTable(instance: PlanInstance, { properties }: Draft, values: PlanValues): void {
  const [target] = values.referencesTo(instance, ['default_route_table_id']);
  if (target?.instance.type === 'aws_vpc')
    define(properties, mainOf, new Reference(values.idOf(target.instance)));
}

/** Software tokens are a block of their own. */
function secondFactors(instance: PlanInstance, { properties }: Draft, values: PlanValues): void {
  const enabled = values.attribute(instance, ['software_token_mfa_configuration', 'enabled']);
  if (enabled === true) define(properties, 'EnabledMfas', ['SOFTWARE_TOKEN_MFA']);
}

/** Keys of a store of one's own do not rotate; which store it is CloudFormation says by the origin. */
function customKeyStore(instance: PlanInstance, { properties }: Draft, values: PlanValues): void {
  const store = values.attribute(instance, ['custom_key_store_id']);
  if (isSet(store)) define(properties, 'Origin', 'AWS_CLOUDHSM');
}

/** Encryption by a key of KMS, and the replicas of a global table. */
function dynamodbTable(_instance: PlanInstance, draft: Draft): void {
  const { properties } = draft;
  const sse = properties['SSESpecification'];
  if (isObjectValue(sse) && sse['SSEEnabled'] === true)
    define(properties, 'SSESpecification', { ...sse, SSEType: 'KMS' });
  const replicas = properties['Replicas'];
  if (!isArrayValue(replicas) || replicas.length === 0) return;
  draft.type = 'AWS::DynamoDB::GlobalTable';
  // CloudFormation lists the table's own Region among the replicas.
  const key = isObjectValue(sse) ? sse['KMSMasterKeyId'] : undefined;
  const recovery = properties['PointInTimeRecoverySpecification'];
  const own: Record<string, Value> = {};
  if (key !== undefined) define(own, 'SSESpecification', { KMSMasterKeyId: key });
  if (recovery !== undefined) define(own, 'PointInTimeRecoverySpecification', recovery);
  define(properties, 'Replicas', [own, ...replicas]);
}

function accessLogs(instance: PlanInstance, draft: Draft, values: PlanValues): void {
  const enabled = values.attribute(instance, ['access_logs', 'enabled']);
  const bucket = values.attribute(instance, ['access_logs', 'bucket']);
  if (bucket === undefined) return;
  define(draft.properties, 'LoadBalancerAttributes', [
    {
      Key: 'access_logs.s3.enabled',
      Value: typeof enabled === 'boolean' ? String(enabled) : (enabled ?? 'false'),
    },
    { Key: 'access_logs.s3.bucket', Value: bucket },
  ]);
}

/**
 * Rules in a group's blocks. Terraform takes away the rule that lets everything out, which the service gives a new
 * group: without a block there is none.
 * Source: documentation of `aws_security_group`, read 2026-11.
 */
function groupRules(instance: PlanInstance, draft: Draft, values: PlanValues): void {
  for (const [block, property, prefix] of [
    ['ingress', 'SecurityGroupIngress', 'Source'],
    ['egress', 'SecurityGroupEgress', 'Destination'],
  ] as const) {
    const written = values.attribute(instance, [block]);
    draft.places.set(property, { instance, path: [block] });
    if (written !== undefined && !isArrayValue(written)) define(draft.properties, property, written);
    else
      define(
        draft.properties,
        property,
        (isArrayValue(written) ? written : []).flatMap((rule) =>
          isObjectValue(rule) ? sourcesOf(rule, prefix, new Reference(draft.id, 'GroupId')) : [rule],
        ),
      );
  }
}

/** A block with several sources is a rule for each in CloudFormation. */
function sourcesOf(rule: Readonly<Record<string, Value>>, prefix: string, self: Value): Value[] {
  const base: Record<string, Value> = {};
  const protocol = rule['protocol'];
  define(base, 'IpProtocol', protocol === 'all' || protocol === undefined ? '-1' : protocol);
  if (protocol !== '-1' && protocol !== 'all') {
    if (rule['from_port'] !== undefined) define(base, 'FromPort', rule['from_port']);
    if (rule['to_port'] !== undefined) define(base, 'ToPort', rule['to_port']);
  }
  const found: Value[] = [];
  const each = (attribute: string, property: string): void => {
    const value = rule[attribute];
    if (value === undefined) return;
    for (const item of isArrayValue(value) ? value : [value]) found.push({ ...base, [property]: item });
  };
  each('cidr_blocks', 'CidrIp');
  each('ipv6_cidr_blocks', 'CidrIpv6');
  each('prefix_list_ids', `${prefix}PrefixListId`);
  each('security_groups', `${prefix}SecurityGroupId`);
  each('source_security_group_id', `${prefix}SecurityGroupId`);
  if (rule['self'] === true) found.push({ ...base, [`${prefix}SecurityGroupId`]: self });
  return found;
}

function rulesOf(
  instance: PlanInstance,
  values: PlanValues,
): { readonly type: string; readonly rules: Value[] } {
  const read = (name: string, list = false): Value | undefined =>
    values.attribute(instance, [name], list ? { list: true } : {});
  const isEgress = read('type') === 'egress';
  const rule: Record<string, Value> = {};
  for (const name of ['protocol', 'from_port', 'to_port', 'source_security_group_id', 'self']) {
    const value = read(name);
    if (value !== undefined) define(rule, name, value);
  }
  for (const name of ['cidr_blocks', 'ipv6_cidr_blocks', 'prefix_list_ids']) {
    const value = read(name, true);
    if (value !== undefined) define(rule, name, value);
  }
  const group = read('security_group_id');
  const rules = sourcesOf(rule, isEgress ? 'Destination' : 'Source', group ?? '').map((each) =>
    isObjectValue(each) && group !== undefined ? { ...each, GroupId: group } : each,
  );
  return { type: isEgress ? 'AWS::EC2::SecurityGroupEgress' : 'AWS::EC2::SecurityGroupIngress', rules };
}

function groupRule(instance: PlanInstance, draft: Draft, values: PlanValues): void {
  const { type, rules } = rulesOf(instance, values);
  draft.type = type;
  const [first] = rules;
  if (isObjectValue(first))
    for (const [name, value] of Object.entries(first)) define(draft.properties, name, value);
}

function moreGroupRules(instance: PlanInstance, values: PlanValues): readonly Expanded[] {
  const { type, rules } = rulesOf(instance, values);
  return rules
    .slice(1)
    .flatMap((rule, index) =>
      isObjectValue(rule) ? [{ type, suffix: String(index + 2), properties: rule, places: {} }] : [],
    );
}

/** Routes that are written inside of their table. */
function routes(instance: PlanInstance, values: PlanValues): readonly Expanded[] {
  const written = values.attribute(instance, ['route']);
  if (!isArrayValue(written)) return [];
  return written.flatMap((route, index): Expanded[] => {
    if (!isObjectValue(route)) return [];
    const properties: Record<string, Value> = { RouteTableId: new Reference(values.idOf(instance)) };
    for (const [attribute, property] of routeProperties) {
      const value = route[attribute];
      if (value !== undefined && value !== '') define(properties, property, value);
    }
    return [
      {
        type: 'AWS::EC2::Route',
        suffix: `route-${index + 1}`,
        properties,
        places: { RouteTableId: ['route', index] },
      },
    ];
  });
}

const routeProperties: readonly (readonly [attribute: string, property: string])[] = [
  ['cidr_block', 'DestinationCidrBlock'],
  ['ipv6_cidr_block', 'DestinationIpv6CidrBlock'],
  ['destination_prefix_list_id', 'DestinationPrefixListId'],
  ['gateway_id', 'GatewayId'],
  ['nat_gateway_id', 'NatGatewayId'],
];
