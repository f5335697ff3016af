import { scalarText } from '../model/scalar-text.ts';
import { setMember } from '../text/raw.ts';
import { editProperties, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { isMap, isTruthy, tagList, type Tree } from './tree.ts';

/** The author's tags behind the one that says which transform made the resource. */
export function samTags(tags: unknown, key: string): Tree[] {
  if (isMap(tags) && Object.hasOwn(tags, key)) {
    throw new SamProblem(`the tag \`${key}\` is set by the transform; remove it from \`Tags\``, ['Tags']);
  }
  return [{ Key: key, Value: 'SAM' }, ...tagList(tags)];
}

/** Types whose tags are a list of `Key` and `Value`. */
const listTagged: ReadonlySet<string> = new Set([
  'AWS::Lambda::Function',
  'AWS::IAM::Role',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::IoT::TopicRule',
  'AWS::S3::Bucket',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::DomainNameV2',
  'AWS::StepFunctions::StateMachine',
  'AWS::Lambda::CapacityProvider',
]);

const mapTagged: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::DomainName',
]);

/** `PropagateTags`: the tags of a resource on all that it generates, in place of those it has. */
export function propagateTags(resource: SamResource, context: SamContext, made: readonly string[]): void {
  const { PropagateTags, Tags } = resource.properties;
  if (!isTruthy(PropagateTags) || !isMap(Tags) || !isTruthy(Tags)) return;
  for (const id of made) {
    const type = scalarText((context.output.get(id) ?? context.resources.get(id))?.['Type']);
    if (!listTagged.has(type) && !mapTagged.has(type)) continue;
    const edited = context.edit(id);
    if (edited !== undefined)
      setMember(editProperties(edited), 'Tags', listTagged.has(type) ? tagList(Tags) : Tags);
  }
}
