import { scalarText } from '../../model/scalar-text.ts';
import { toPointer } from '../../model/location.ts';
import { editProperties } from '../context.ts';
import { SamDocumentProblem } from '../problem.ts';
import { getAtt, isGiven, isMap, listOf, refName, type Tree } from '../tree.ts';
import { emitPermission, eventProblem, eventSegments, type FunctionEvent } from './event.ts';

/** Cognito: the trigger in the user pool of the template, and one permission for all triggers. */
export function expandCognito(event: FunctionEvent): undefined {
  const { UserPool, Trigger } = event.properties;
  const poolId = refName(UserPool);
  const { context } = event;
  if (poolId === undefined || context.typeOf(poolId) !== 'AWS::Cognito::UserPool') {
    throw eventProblem(event, 'Cognito events must reference a user pool in the same template', ['UserPool']);
  }
  const permission = `${event.target.resource.id}CognitoPermission`;
  // Of several pools, the permission names the last one.
  emitPermission(event, 'cognito-idp.amazonaws.com', { SourceArn: getAtt(poolId, 'Arn') }, permission);
  const pool = context.edit(poolId);
  if (pool === undefined) return;
  const config = lambdaConfig(poolId, editProperties(pool));
  for (const trigger of listOf(Trigger)) {
    addTrigger(event, config, scalarText(trigger));
    context.place(poolId, { [`LambdaConfig\0${scalarText(trigger)}`]: eventSegments(event) });
  }
}

function lambdaConfig(poolId: string, properties: Tree): Tree {
  const config = properties['LambdaConfig'] ?? {};
  if (!isMap(config))
    throw new SamDocumentProblem(
      `\`${poolId}\`: property \`LambdaConfig\` should be a map`,
      toPointer(['Resources', poolId, 'Properties', 'LambdaConfig']),
    );
  properties['LambdaConfig'] = config;
  return config;
}

function addTrigger(event: FunctionEvent, config: Tree, trigger: string): void {
  if (isGiven(config[trigger])) {
    throw eventProblem(event, `the Cognito trigger \`${trigger}\` is defined several times; keep one`, [
      'Trigger',
    ]);
  }
  config[trigger] = event.target.arn;
}
