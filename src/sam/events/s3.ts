import { member } from '../../text/raw.ts';
import { addDependency, editProperties } from '../context.ts';
import { isMap, isTruthy, listOf, onlyIf, present, refName, tagList, type Tree } from '../tree.ts';
import { within } from '../problem.ts';
import { emitPermission, eventProblem, eventSegments, type FunctionEvent } from './event.ts';

/** S3: the notification in the bucket of the template, and its permission. */
export function expandBucketEvent(event: FunctionEvent): undefined {
  const bucketId = refName(event.properties['Bucket']);
  const { context } = event;
  const isBucket = bucketId !== undefined && context.typeOf(bucketId) === 'AWS::S3::Bucket';
  const bucket = isBucket ? context.edit(bucketId) : undefined;
  if (bucketId === undefined || bucket === undefined) {
    throw eventProblem(event, 'S3 events must reference an S3 bucket in the same template', ['Bucket']);
  }
  emitPermission(event, 's3.amazonaws.com', { SourceAccount: { Ref: 'AWS::AccountId' } });
  depend(event, bucket, bucketId);
  const properties = editProperties(bucket);
  const notifications = properties['NotificationConfiguration'] ?? {};
  if (!isMap(notifications))
    throw eventProblem(event, '`NotificationConfiguration` of the bucket should be a map');
  const configured = listOf(notifications['LambdaConfigurations']);
  for (const entry of entries(event)) {
    if (configured.some((known) => same(known, entry))) continue;
    const path = `NotificationConfiguration\0LambdaConfigurations\0${configured.length}`;
    context.place(bucketId, { [path]: eventSegments(event) });
    configured.push(entry);
  }
  properties['NotificationConfiguration'] = { ...notifications, LambdaConfigurations: configured };
  const { PropagateTags, Tags } = event.target.resource.properties;
  if (isTruthy(PropagateTags) && isTruthy(Tags)) properties['Tags'] = tagList(Tags);
}

/** Without the permission the bucket cannot be made; a condition turns the dependency into a tag. */
function depend(event: FunctionEvent, bucket: Tree, bucketId: string): void {
  const condition = event.target.resource.raw['Condition'];
  const permission = `${event.id}Permission`;
  if (typeof condition !== 'string') {
    const add = (): void => {
      addDependency(bucket, permission, bucketId);
    };
    within(`event \`${event.name}\``, add, ['Events', event.name]);
    return;
  }
  if (bucket['Condition'] === condition) return;
  const properties = editProperties(bucket);
  const tag = {
    Key: `sam:ConditionalDependsOn:${permission}`,
    Value: onlyIf(condition, { Ref: permission }),
  };
  properties['Tags'] = [...listOf(properties['Tags']), tag];
}

function entries(event: FunctionEvent): Tree[] {
  const { Events, Filter } = event.properties;
  const condition = event.target.resource.raw['Condition'];
  return listOf(Events).map((name) => {
    const entry = present({ Function: event.target.arn, Filter, Event: name });
    return onlyIf(condition, entry) as Tree; // both forms are objects
  });
}

function same(known: unknown, entry: Tree): boolean {
  return (
    isMap(known) &&
    member(known, 'Event') === entry['Event'] &&
    JSON.stringify(sorted(known)) === JSON.stringify(sorted(entry))
  );
}

function sorted(tree: Tree): unknown {
  return Object.fromEntries(Object.entries(tree).sort(([left], [right]) => (left < right ? -1 : 1)));
}
