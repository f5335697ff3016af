import { isRawObject, member } from '../text/raw.ts';
import { asMap } from './check-properties.ts';
import type { SamContext, SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { roleResource, managedPolicy, trustIn } from './roles.ts';
import { getAtt, isGiven, isTruthy, listOf, present, ref, sub, type Tree } from './tree.ts';

const application = 'ServerlessDeploymentApplication';
const serviceRole = 'CodeDeployServiceRole';
const namedConfigurations: ReadonlySet<string> = new Set([
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes',
  'AllAtOnce',
]);

/** Update policy of the alias of a function with `DeploymentPreference`; undefined where it is off. */
export function deploymentPolicy(resource: SamResource, context: SamContext): Tree | undefined {
  const preference = preferenceOf(resource, context);
  if (preference === undefined) return undefined;
  const { id, properties } = resource;
  if (!isTruthy(properties['AutoPublishAlias'])) {
    throw new SamProblem('`DeploymentPreference` needs `AutoPublishAlias`', ['DeploymentPreference']);
  }
  const hooks = preference['Hooks'];
  return {
    CodeDeployLambdaAliasUpdate: present({
      ApplicationName: ref(application),
      DeploymentGroupName: ref(`${id}DeploymentGroup`),
      BeforeAllowTrafficHook: member(hooks, 'PreTraffic'),
      AfterAllowTrafficHook: member(hooks, 'PostTraffic'),
    }),
  };
}

function preferenceOf({ properties }: SamResource, context: SamContext): Tree | undefined {
  const written = properties['DeploymentPreference'];
  if (!isTruthy(written)) return undefined;
  const preference = asMap(written, 'DeploymentPreference');
  const enabled = context.resolved(preference['Enabled']);
  if (enabled === false || enabled === 'false' || enabled === 'False') return undefined;
  const hooks = preference['Hooks'];
  if (isGiven(hooks)) asMap(hooks, 'DeploymentPreference.Hooks');
  if (!isGiven(preference['Type'])) {
    throw new SamProblem('`DeploymentPreference` needs a `Type`', ['DeploymentPreference']);
  }
  return preference;
}

/** The CodeDeploy application, its role, and a deployment group for each function that asks for one. */
export function expandDeployments(resources: readonly SamResource[], context: SamContext): void {
  const deployed = resources.filter(
    (resource) => context.output.has(resource.id) && preferenceOf(resource, context) !== undefined,
  );
  const [first] = deployed;
  if (first === undefined) return;
  const cause = { id: first.id, path: ['DeploymentPreference'] };
  const condition = sharedCondition(deployed, context);
  const attributes = present({ Condition: condition });
  context.emit(
    application,
    { Type: 'AWS::CodeDeploy::Application', ...attributes, Properties: { ComputePlatform: 'Lambda' } },
    cause,
  );
  if (deployed.some((resource) => !isTruthy(member(resource.properties['DeploymentPreference'], 'Role')))) {
    const isLimited = context.partition === 'aws-iso' || context.partition === 'aws-iso-b';
    const path = `service-role/AWSCodeDeployRoleForLambda${isLimited ? 'Limited' : ''}`;
    const parts = { managed: [managedPolicy(path, context.partition)], inline: [] };
    const trust = { AssumeRolePolicyDocument: trustIn('codedeploy.amazonaws.com') };
    context.emit(serviceRole, roleResource(parts, trust, attributes), cause);
  }
  for (const resource of deployed) emitGroup(resource, context);
}

/** Conditions are passed on where a function asks for it; the shared parts exist where any function does. */
function sharedCondition(deployed: readonly SamResource[], context: SamContext): string | undefined {
  const conditions = deployed.map((resource) => groupCondition(resource));
  if (conditions.some((condition) => condition === undefined)) return undefined;
  const names = [...new Set(conditions)].filter((name) => name !== undefined);
  return context.anyOf(names, 'ServerlessCodeDeployCondition');
}

function groupCondition({ raw, properties }: SamResource): string | undefined {
  const passed = member(properties['DeploymentPreference'], 'PassthroughCondition');
  const condition = raw['Condition'];
  return (passed === true || passed === 'true') && typeof condition === 'string' ? condition : undefined;
}

function emitGroup(resource: SamResource, context: SamContext): void {
  const { id } = resource;
  const preference = preferenceOf(resource, context) ?? {};
  const role = preference['Role'];
  const group = {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    ...present({ Condition: groupCondition(resource) }),
    Properties: present({
      AlarmConfiguration: alarms(preference['Alarms']),
      ApplicationName: ref(application),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      DeploymentConfigName: configuration(preference['Type'], context),
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: isTruthy(role) ? role : getAtt(serviceRole, 'Arn'),
      TriggerConfigurations: preference['TriggerConfigurations'],
    }),
  };
  context.emit(`${id}DeploymentGroup`, group, { id, path: ['DeploymentPreference'] });
}

function alarms(written: unknown): unknown {
  const either = member(written, 'Fn::If');
  if (Array.isArray(either) && either.length === 3) {
    const [condition, yes, no] = either as unknown[];
    return { 'Fn::If': [condition, alarms(yes), alarms(no)] };
  }
  if (!isTruthy(written)) return undefined;
  if (!Array.isArray(written)) return written;
  return { Enabled: true, Alarms: listOf(written).map((Name) => ({ Name })) };
}

function configuration(type: unknown, context: SamContext): unknown {
  const either = member(type, 'Fn::If');
  if (Array.isArray(either) && either.length === 3) {
    const [condition, yes, no] = either as unknown[];
    return { 'Fn::If': [condition, configuration(yes, context), configuration(no, context)] };
  }
  const known = context.resolved(type);
  const isText = isRawObject(type) && Object.hasOwn(type, 'Fn::Sub');
  if (typeof known !== 'string' || !namedConfigurations.has(known))
    return isText ? context.resolvedDeep(type) : known;
  return sub('CodeDeployDefault.Lambda${ConfigName}', { ConfigName: known });
}
