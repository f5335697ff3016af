import { scalarText } from '../model/scalar-text.ts';
import { member, type RawObject } from '../text/raw.ts';
import { asMap, checkProperties } from './check-properties.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { contentLocation } from './content-location.ts';
import type { EventTarget } from './event-target.ts';
import { publishVersion, type PublishedAlias } from './function-alias.ts';
import { expandFunctionUrl } from './function-url.ts';
import { expandInvokeConfig } from './invoke-config.ts';
import { functionEvents } from './events/function-events.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import {
  managedPolicy,
  policyPlaces,
  roleResource,
  tracingPolicy,
  trustIn,
  withPolicies,
  type RoleParts,
} from './roles.ts';
import { propagateTags, samTags } from './tags.ts';
import { getAtt, isGiven, isIntrinsic, isTruthy, isNoValue, pick, present, ref, type Tree } from './tree.ts';

/** Function properties that keep name and value. */
const handedThrough = [
  'FunctionName',
  'Handler',
  'Runtime',
  'Description',
  'MemorySize',
  'Timeout',
  'VpcConfig',
  'Environment',
  'KmsKeyArn',
  'ReservedConcurrentExecutions',
  'Layers',
  'FileSystemConfigs',
  'ImageConfig',
  'PackageType',
  'CodeSigningConfigArn',
  'Architectures',
  'SnapStart',
  'EphemeralStorage',
  'RuntimeManagementConfig',
  'LoggingConfig',
  'RecursiveLoop',
  'CapacityProviderConfig',
  'FunctionScalingConfig',
  'PublishToLatestPublished',
  'TenancyConfig',
  'DurableConfig',
];

const deadLetterActions: Readonly<Record<string, string>> = { SQS: 'sqs:SendMessage', SNS: 'sns:Publish' };

/** AWS::Serverless::Function: the function, its role, version, alias, URL, destinations and events. */
export function expandFunction(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  checkCompany(properties);
  checkDeadLetterQueue(properties['DeadLetterQueue'], context);
  if (isTruthy(properties['TenancyConfig'])) checkTenancy(properties);
  checkSnapStart(properties);
  const code = functionCode(resource, context);
  const role = functionRole(resource, context);
  const made: string[] = [id];
  context.emit(id, lambdaFunction(resource, code, role.value, context), { id, direct: true });
  const alias = publishVersion(resource, context);
  const target = eventTarget(resource, alias);
  expandFunctionUrl(target, context);
  const destinations = expandInvokeConfig(target, context);
  const events = functionEvents(target, context);
  if (role.id !== undefined) {
    const { managed, inline } = baseParts(properties, context);
    const parts = {
      managed: [...new Set([...managed, ...events.managed])],
      inline: [...inline, ...destinations.policies, ...events.inline],
    };
    emitRole(
      resource,
      role,
      withPolicies(role.id, properties['Policies'], parts, context.partition),
      context,
    );
    made.push(role.id);
  }
  nameDestinations(id, [...destinations.made, ...events.made], context);
  propagateTags(resource, context, [...made, ...destinations.made, ...events.made]);
}

/** What `<function>.DestinationQueue` and `.DestinationTopic` stand for: the last one that was made. */
function nameDestinations(id: string, made: readonly string[], context: SamContext): void {
  for (const each of made) {
    const type = context.output.get(each)?.['Type'];
    if (type === 'AWS::SQS::Queue') context.parts.set(`${id}.DestinationQueue`, each);
    if (type === 'AWS::SNS::Topic') context.parts.set(`${id}.DestinationTopic`, each);
  }
}

function eventTarget(resource: SamResource, alias: PublishedAlias | undefined): EventTarget {
  const { id } = resource;
  if (alias === undefined) return { resource, name: ref(id), arn: getAtt(id, 'Arn') };
  return { resource, name: ref(alias.id), arn: ref(alias.id), alias };
}

function lambdaFunction(resource: SamResource, code: unknown, role: unknown, context: SamContext): Tree {
  const { properties } = resource;
  const queue = properties['DeadLetterQueue'];
  const provider = properties['CapacityProviderConfig'];
  return {
    Type: 'AWS::Lambda::Function',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, handedThrough),
      Code: code,
      Role: role,
      Tags: samTags(properties['Tags'], 'lambda:createdBy'),
      TracingConfig: isTraced(properties, context) ? { Mode: properties['Tracing'] } : undefined,
      DeadLetterConfig: isTruthy(queue) ? { TargetArn: member(queue, 'TargetArn') } : undefined,
      CapacityProviderConfig: isTruthy(provider) ? capacityProvider(provider) : undefined,
      Description: describedByHash(properties, context),
    }),
  };
}

/** A given hash of the code is told by the description, so that the function changes with it. */
function describedByHash(properties: Tree, context: SamContext): unknown {
  const hash = context.resolved(properties['AutoPublishCodeSha256']);
  const description = context.resolvedDeep(properties['Description']);
  if (typeof hash !== 'string' || !isTruthy(properties['AutoPublishAlias'])) return properties['Description'];
  if (isIntrinsic(description)) return { 'Fn::Join': [' ', [description, hash]] };
  return typeof description === 'string' && description !== '' ? `${description} ${hash}` : hash;
}

function isTraced({ Tracing }: Tree, context: SamContext): boolean {
  return isTruthy(Tracing) && context.resolved(Tracing) !== 'Disabled';
}

function capacityProvider(written: unknown): Tree {
  const config = asMap(written, 'CapacityProviderConfig');
  if (!isGiven(config['Arn'])) {
    throw new SamProblem('`CapacityProviderConfig.Arn` is required', ['CapacityProviderConfig']);
  }
  return {
    LambdaManagedInstancesCapacityProviderConfig: present({
      CapacityProviderArn: config['Arn'],
      ...pick(config, ['PerExecutionEnvironmentMaxConcurrency', 'ExecutionEnvironmentMemoryGiBPerVCpu']),
    }),
  };
}

const codeKeys = ['S3Bucket', 'S3Key', 'S3ObjectVersion'] as const;

/** `Code`: inline, an image, or uploaded; a local path stays one until it is packaged. */
function functionCode({ id, properties, raw }: SamResource, context: SamContext): unknown {
  const { PackageType, InlineCode, ImageUri, CodeUri, SourceKMSKeyArn } = properties;
  if (PackageType === 'Image') {
    if (isTruthy(InlineCode)) {
      throw new SamProblem('`InlineCode` does not go with `PackageType: Image`; use `ImageUri`');
    }
    if (!isTruthy(ImageUri) && !isBuilt(raw)) {
      throw new SamProblem('`ImageUri` must be given for `PackageType: Image`');
    }
    return isTruthy(ImageUri) ? { ImageUri } : undefined;
  }
  if (PackageType === 'Zip' && isTruthy(ImageUri)) {
    throw new SamProblem('`ImageUri` does not go with `PackageType: Zip`; use `CodeUri` or `InlineCode`');
  }
  if (isTruthy(InlineCode)) return { ZipFile: InlineCode };
  if (!isTruthy(CodeUri) && isTruthy(ImageUri)) {
    throw new SamProblem(
      '`ImageUri` must be given with `PackageType: Image`, in place of `CodeUri`; add it',
      ['ImageUri'],
    );
  }
  if (!isTruthy(CodeUri)) {
    context.warn(
      id,
      'neither `InlineCode` nor `CodeUri` is given; `sam build` takes the folder of the template, name it',
    );
    return '.';
  }
  const code = contentLocation(CodeUri, 'CodeUri', codeKeys);
  return isGiven(SourceKMSKeyArn) && typeof code === 'object' ? { ...code, SourceKMSKeyArn } : code;
}

/** The image is built from a Dockerfile that `Metadata` names, before the template is deployed. */
function isBuilt(raw: RawObject): boolean {
  const metadata = raw['Metadata'];
  return isGiven(member(metadata, 'Dockerfile')) || isGiven(member(metadata, 'DockerContext'));
}

function checkDeadLetterQueue(written: unknown, context: SamContext): void {
  if (!isTruthy(written) || isIntrinsic(written)) return;
  const queue = asMap(written, 'DeadLetterQueue');
  if (!isTruthy(queue['Type']) || !isTruthy(queue['TargetArn'])) {
    throw new SamProblem('`DeadLetterQueue` needs `Type` and `TargetArn`', ['DeadLetterQueue']);
  }
  const type = context.resolved(queue['Type']);
  if (typeof type !== 'string') {
    throw new SamProblem('property `DeadLetterQueue.Type` should be a string', ['DeadLetterQueue', 'Type']);
  }
  if (deadLetterActions[type] === undefined) {
    throw new SamProblem('`DeadLetterQueue.Type` is `SQS` or `SNS`', ['DeadLetterQueue', 'Type']);
  }
}

/** Properties that exclude or need each other. */
function checkCompany(properties: Tree): void {
  const { CapacityProviderConfig, FunctionScalingConfig, VersionDeletionPolicy, AutoPublishAlias } =
    properties;
  for (const name of ['ProvisionedConcurrencyConfig', 'VpcConfig']) {
    if (isGiven(CapacityProviderConfig) && isGiven(properties[name])) {
      throw new SamProblem(`\`CapacityProviderConfig\` and \`${name}\` cannot be specified together`, [name]);
    }
  }
  if (isGiven(FunctionScalingConfig) && !isGiven(CapacityProviderConfig)) {
    throw new SamProblem('`FunctionScalingConfig` needs `CapacityProviderConfig`', ['FunctionScalingConfig']);
  }
  if (isGiven(VersionDeletionPolicy) && !isGiven(AutoPublishAlias)) {
    throw new SamProblem('`VersionDeletionPolicy` needs `AutoPublishAlias`', ['VersionDeletionPolicy']);
  }
  if (
    isGiven(VersionDeletionPolicy) &&
    VersionDeletionPolicy !== 'Delete' &&
    VersionDeletionPolicy !== 'Retain'
  ) {
    throw new SamProblem('`VersionDeletionPolicy` should be a string: `Delete` or `Retain`', [
      'VersionDeletionPolicy',
    ]);
  }
}

const refusedByTenancy = ['ProvisionedConcurrencyConfig', 'FunctionUrlConfig', 'SnapStart'];

function checkTenancy(properties: Tree): void {
  const wrong = refusedByTenancy.find((name) => isTruthy(properties[name]));
  if (wrong === undefined) return;
  throw new SamProblem(`\`${wrong}\` is not supported for functions with \`TenancyConfig\``, [wrong]);
}

function checkSnapStart(properties: Tree): void {
  if (isTruthy(properties['ProvisionedConcurrencyConfig']) && !isTruthy(properties['AutoPublishAlias'])) {
    throw new SamProblem('`ProvisionedConcurrencyConfig` needs `AutoPublishAlias`', [
      'ProvisionedConcurrencyConfig',
    ]);
  }
}

/** The role that the function gets, and the id and condition of the one that is made for it. */
interface FunctionRole {
  readonly value: unknown;
  readonly id?: string;
  readonly condition?: string;
}

function functionRole({ id, properties }: SamResource, context: SamContext): FunctionRole {
  const given = properties['Role'];
  const roleId = `${id}Role`;
  const own = getAtt(roleId, 'Arn');
  if (!isTruthy(given)) return { value: own, id: roleId };
  const either = member(given, 'Fn::If');
  if (either === undefined) return { value: given };
  if (!Array.isArray(either) || either.length !== 3) {
    throw new SamProblem('`Fn::If` in `Role` takes a condition and two values', ['Role']);
  }
  const [condition, yes, no] = either as unknown[];
  if (isNoValue(yes) && isNoValue(no)) return { value: own, id: roleId };
  if (isNoValue(yes))
    return { value: { 'Fn::If': [condition, own, no] }, id: roleId, condition: scalarText(condition) };
  if (!isNoValue(no)) return { value: given };
  const negated = `NOT${scalarText(condition)}`;
  context.conditions[negated] = { 'Fn::Not': [{ Condition: condition }] };
  return { value: { 'Fn::If': [condition, yes, own] }, id: roleId, condition: negated };
}

function baseParts(properties: Tree, context: SamContext): RoleParts {
  const { partition } = context;
  const basic = isTruthy(properties['DurableConfig'])
    ? 'service-role/AWSLambdaBasicDurableExecutionRolePolicy'
    : 'service-role/AWSLambdaBasicExecutionRole';
  const managed = [managedPolicy(basic, partition)];
  if (isTraced(properties, context)) {
    managed.push(tracingPolicy(partition));
  }
  if (isTruthy(properties['VpcConfig'])) {
    managed.push(managedPolicy('service-role/AWSLambdaVPCAccessExecutionRole', partition));
  }
  const queue = properties['DeadLetterQueue'];
  const action = deadLetterActions[scalarText(member(queue, 'Type'))];
  if (!isTruthy(queue) || action === undefined) return { managed, inline: [] };
  const statement = { Action: action, Resource: member(queue, 'TargetArn'), Effect: 'Allow' };
  const document = { Version: '2012-10-17', Statement: [statement] };
  return { managed, inline: [{ PolicyName: 'DeadLetterQueuePolicy', PolicyDocument: document }] };
}

function emitRole(resource: SamResource, role: FunctionRole, parts: RoleParts, context: SamContext): void {
  const { id, properties } = resource;
  const others = {
    AssumeRolePolicyDocument: properties['AssumeRolePolicyDocument'] ?? trustIn('lambda.amazonaws.com'),
    Path: properties['RolePath'],
    PermissionsBoundary: properties['PermissionsBoundary'],
    Tags: samTags(properties['Tags'], 'lambda:createdBy'),
  };
  const attributes = {
    ...inheritedAttributes(resource),
    ...(role.condition === undefined ? {} : { Condition: role.condition }),
  };
  const path = isGiven(properties['Policies']) ? { path: ['Policies'] } : {};
  context.emit(`${id}Role`, roleResource(parts, others, attributes), { id, ...path });
  context.place(`${id}Role`, policyPlaces(id, properties['Policies'], parts));
}
