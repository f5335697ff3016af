import { isRawObject } from '../text/raw.ts';
import { checkProperties } from './check-properties.ts';
import { ownAttributes, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { isGiven, isIntrinsic, pick, present, tagList, type Tree } from './tree.ts';

/** AWS::Serverless::Application: a nested stack, whose template is a file, or published elsewhere. */
export function expandApplication(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const { Location, Tags } = properties;
  const published = isRawObject(Location) && !isIntrinsic(Location) ? Location : undefined;
  if (published !== undefined) checkPublished(published);
  const own: Tree[] = [{ Key: 'lambda:createdBy', Value: 'SAM' }];
  if (published !== undefined) {
    own.push({ Key: 'serverlessrepo:applicationId', Value: published['ApplicationId'] });
    own.push({ Key: 'serverlessrepo:semanticVersion', Value: published['SemanticVersion'] });
  }
  const stack = {
    Type: 'AWS::CloudFormation::Stack',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, ['Parameters', 'NotificationARNs', 'TimeoutInMinutes']),
      TemplateURL: published === undefined ? Location : templateOf(published),
      Tags: [...own, ...tagList(Tags)],
    }),
  };
  context.emit(id, stack, { id, direct: true });
}

function checkPublished(location: Tree): void {
  for (const name of ['ApplicationId', 'SemanticVersion']) {
    if (!isGiven(location[name]))
      throw new SamProblem(`property \`${name}\` of \`Location\` is required`, ['Location']);
  }
}

/** The repository hands out the template when the stack is deployed. */
function templateOf(location: Tree): Tree {
  return {
    'Fn::Transform': {
      Name: 'AWS::ServerlessRepo::Application',
      Parameters: pick(location, ['ApplicationId', 'SemanticVersion']),
    },
  };
}
