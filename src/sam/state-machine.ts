import { isRawObject } from '../text/raw.ts';
import { checkProperties } from './check-properties.ts';
import { contentLocation } from './content-location.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { stateMachineEvents } from './events/state-machine-events.ts';
import { alphanumeric } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { policyPlaces, roleResource, tracingPolicy, trustIn, withPolicies } from './roles.ts';
import { definitionText } from './state-machine-definition.ts';
import { propagateTags, samTags } from './tags.ts';
import { getAtt, isTruthy, present, ref, type Tree } from './tree.ts';

const createdBy = 'stateMachine:createdBy';

/** AWS::Serverless::StateMachine: the machine, its role, version, alias and events. */
export function expandStateMachine(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const role = stateMachineRole(resource, context);
  const machine = {
    Type: 'AWS::StepFunctions::StateMachine',
    ...ownAttributes(resource),
    Properties: present({
      ...definitionOf(properties),
      RoleArn: role,
      LoggingConfiguration: truthy(properties['Logging']),
      StateMachineName: truthy(properties['Name']),
      StateMachineType: truthy(properties['Type']),
      TracingConfiguration: truthy(properties['Tracing']),
      Tags: samTags(properties['Tags'], createdBy),
    }),
  };
  context.emit(id, machine, { id, direct: true });
  const target = publishAlias(resource, context);
  const made = stateMachineEvents(resource, target, context);
  propagateTags(resource, context, [id, `${id}Role`, ...made]);
}

function truthy(value: unknown): unknown {
  return isTruthy(value) ? value : undefined;
}

function definitionOf(properties: Tree): Tree {
  const { Definition, DefinitionUri, DefinitionSubstitutions } = properties;
  if (isTruthy(Definition) && isTruthy(DefinitionUri)) {
    throw new SamProblem('give either `Definition` or `DefinitionUri`, not both', ['DefinitionUri']);
  }
  const own = isRawObject(DefinitionSubstitutions) ? DefinitionSubstitutions : {};
  if (isTruthy(Definition)) {
    const { text, substitutions } = definitionText(Definition);
    const all = { ...own, ...substitutions };
    return present({ DefinitionString: text, DefinitionSubstitutions: isTruthy(all) ? all : undefined });
  }
  if (!isTruthy(DefinitionUri)) {
    throw new SamProblem('either `Definition` or `DefinitionUri` must be given');
  }
  const location = contentLocation(DefinitionUri, 'DefinitionUri', ['Bucket', 'Key', 'Version']);
  return present({ DefinitionS3Location: location, DefinitionSubstitutions: truthy(own) });
}

function stateMachineRole(resource: SamResource, context: SamContext): unknown {
  const { id, properties } = resource;
  if (isTruthy(properties['Role']) && isTruthy(properties['Policies'])) {
    throw new SamProblem('give either `Role` or `Policies`, not both', ['Policies']);
  }
  if (isTruthy(properties['Role'])) return properties['Role'];
  const isTraced = isRawObject(properties['Tracing']) && properties['Tracing']['Enabled'] === true;
  const roleId = `${id}Role`;
  const own = withPolicies(roleId, properties['Policies'], { managed: [], inline: [] }, context.partition);
  const xray = isTraced ? [tracingPolicy(context.partition)] : [];
  const others = {
    AssumeRolePolicyDocument: trustIn('states.amazonaws.com'),
    Path: properties['RolePath'],
    PermissionsBoundary: properties['PermissionsBoundary'],
    Tags: samTags(properties['Tags'], createdBy),
  };
  const parts = { ...own, managed: [...new Set([...own.managed, ...xray])] };
  const path = isTruthy(properties['Policies']) ? { path: ['Policies'] } : {};
  const role = roleResource(parts, { ManagedPolicyArns: [], ...others }, inheritedAttributes(resource));
  context.emit(roleId, role, { id, ...path });
  context.place(roleId, policyPlaces(id, properties['Policies'], own));
  return getAtt(roleId, 'Arn');
}

/** `AutoPublishAlias`. Returns what events start: the machine, or the alias where that is asked for. */
function publishAlias(resource: SamResource, context: SamContext): Tree {
  const { id, properties } = resource;
  const { AutoPublishAlias, DeploymentPreference, UseAliasAsEventTarget } = properties;
  if (!isTruthy(AutoPublishAlias)) {
    for (const name of ['DeploymentPreference', 'UseAliasAsEventTarget']) {
      if (!isTruthy(properties[name])) continue;
      throw new SamProblem(`\`AutoPublishAlias\` must be given to use \`${name}\``, [name]);
    }
    return ref(id);
  }
  const name = context.resolved(AutoPublishAlias);
  const versionId = `${id}Version`;
  const aliasId = `${id}Alias${typeof name === 'string' ? alphanumeric(name) : ''}`;
  const attributes = inheritedAttributes(resource);
  const cause = { id, path: ['AutoPublishAlias'] };
  const version = {
    Type: 'AWS::StepFunctions::StateMachineVersion',
    ...attributes,
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, 'StateMachineRevisionId') },
  };
  const preference = isRawObject(DeploymentPreference) ? DeploymentPreference : { Type: 'ALL_AT_ONCE' };
  const alias = {
    Type: 'AWS::StepFunctions::StateMachineAlias',
    ...attributes,
    Properties: {
      Name: AutoPublishAlias,
      DeploymentPreference: { ...preference, StateMachineVersionArn: ref(versionId) },
    },
  };
  context.emit(versionId, version, cause);
  context.emit(aliasId, alias, cause);
  return isTruthy(UseAliasAsEventTarget) ? ref(aliasId) : ref(id);
}
