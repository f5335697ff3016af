import { PartialString, Reference, Unresolved, type StringPart, type Value } from '../model/value.ts';
import { isPlainPseudoParameter } from './environment.ts';
import { member } from '../text/raw.ts';
import { concatenate, parseSub } from './strings.ts';
import type { DeclaredResource, ValueResolver } from './value-resolver.ts';

/** How the ARN of a type is built, and what gives it. */
interface ArnShape {
  /** Attributes that give it; the empty one is `Ref`. */
  readonly of: readonly string[];
  /** What follows the partition, as `Fn::Sub` writes it; `${Name}` is the attribute below. */
  readonly text: string;
  /** Attribute that names the resource; `Ref` where absent. */
  readonly name?: string;
  /** Set where the name itself may hold a slash. */
  readonly slashed?: true;
  /** Property that changes the shape. */
  readonly unless?: string;
}

const place = '${AWS::Region}:${AWS::AccountId}';

/** ARN formats and return values by the CloudFormation reference and the Service Authorization Reference, read 2026-11. */
const shapes: Readonly<Record<string, ArnShape>> = {
  'AWS::Cognito::UserPool': { of: ['Arn'], text: `cognito-idp:${place}:userpool/\${Name}` },
  'AWS::DynamoDB::GlobalTable': { of: ['Arn'], text: `dynamodb:${place}:table/\${Name}` },
  'AWS::DynamoDB::Table': { of: ['Arn'], text: `dynamodb:${place}:table/\${Name}` },
  'AWS::Events::EventBus': { of: ['Arn'], text: `events:${place}:event-bus/\${Name}` },
  'AWS::IAM::Role': { of: ['Arn'], text: 'iam::${AWS::AccountId}:role/${Name}', unless: 'Path' },
  'AWS::KMS::Key': { of: ['Arn'], text: `kms:${place}:key/\${Name}` },
  'AWS::Kinesis::Stream': { of: ['Arn'], text: `kinesis:${place}:stream/\${Name}` },
  'AWS::KinesisFirehose::DeliveryStream': {
    of: ['Arn'],
    text: `firehose:${place}:deliverystream/\${Name}`,
  },
  'AWS::Lambda::Alias': { of: ['', 'AliasArn'], text: `lambda:${place}:function:\${Function}:\${Qualifier}` },
  'AWS::Lambda::Function': { of: ['Arn'], text: `lambda:${place}:function:\${Name}` },
  'AWS::Lambda::Version': {
    of: ['', 'FunctionArn'],
    text: `lambda:${place}:function:\${Function}:\${Qualifier}`,
    name: 'Version',
  },
  'AWS::Logs::LogGroup': { of: ['Arn'], text: `logs:${place}:log-group:\${Name}:*`, slashed: true },
  'AWS::S3::Bucket': { of: ['Arn'], text: 's3:::${Name}' },
  'AWS::SNS::Topic': { of: ['', 'TopicArn'], text: `sns:${place}:\${Name}`, name: 'TopicName' },
  'AWS::SQS::Queue': { of: ['Arn'], text: `sqs:${place}:\${Name}`, name: 'QueueName' },
  'AWS::StepFunctions::StateMachine': {
    of: ['', 'Arn'],
    text: `states:${place}:stateMachine:\${Name}`,
    name: 'Name',
  },
};

/**
 * One piece of a partly known text between delimiters, as CDK cuts names out of ARNs; undefined where an
 * unknown part before or in it may hold a delimiter.
 */
export function pieceOf(
  text: Value | undefined,
  delimiter: string,
  index: number,
  resolver: ValueResolver,
): Value | undefined {
  const given = text instanceof PartialString ? text.parts : text instanceof Reference ? [text] : [];
  const parts = given.flatMap((part) => (part instanceof Reference && arnParts(part, resolver)) || [part]);
  let piece: StringPart[] = [];
  let at = 0;
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (!isOnePiece(part, delimiter, resolver)) return undefined;
      piece.push(part);
      continue;
    }
    const [first = '', ...rest] = part.split(delimiter);
    piece.push(first);
    for (const next of rest) {
      if (at === index) return concatenate(piece);
      piece = [next];
      at += 1;
    }
  }
  return at === index && parts.length > 0 ? concatenate(piece) : undefined;
}

/** True for an unknown part that certainly does not hold the delimiter. */
function isOnePiece(part: Exclude<StringPart, string>, delimiter: string, resolver: ValueResolver): boolean {
  // What holds no colon holds no delimiter with one (`:*`).
  const sign = delimiter.includes(':') ? ':' : delimiter;
  if (sign !== ':' && sign !== '/') return false;
  if (part instanceof Unresolved) return isPlainPseudoParameter(part.cause);
  const shape =
    part instanceof Reference ? shapeOf(resolver.surroundings.declared(part.resourceId)) : undefined;
  if (shape === undefined || !(part instanceof Reference)) return false;
  const isName = part.attribute === shape.name && !shape.of.includes(part.attribute ?? '');
  return isName && (sign === ':' || shape.slashed !== true);
}

function shapeOf(declared: DeclaredResource | undefined): ArnShape | undefined {
  const type = member(declared?.raw, 'Type');
  return typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
}

/** The ARN that a reference stands for, in parts; undefined where it stands for none that is known here. */
function arnParts(reference: Reference, resolver: ValueResolver): readonly StringPart[] | undefined {
  const declared = resolver.surroundings.declared(reference.resourceId);
  const shape = shapeOf(declared);
  if (declared === undefined || shape?.of.includes(reference.attribute ?? '') !== true) return undefined;
  const properties = member(declared.raw, 'Properties');
  if (shape.unless !== undefined && member(properties, shape.unless) !== undefined) return undefined;
  const values = parseSub(`arn:\${AWS::Partition}:${shape.text}`).map((piece) => {
    if (typeof piece === 'string') return piece;
    if (piece.name === 'Name') return new Reference(reference.resourceId, shape.name);
    if (piece.name === 'Function') return functionName(member(properties, 'FunctionName'), declared.resolver);
    if (piece.name === 'Qualifier') return qualifierOf(reference, shape, properties, declared.resolver);
    return resolver.reference(piece.name);
  });
  const arn = concatenate(values);
  if (typeof arn === 'string') return [arn];
  return arn instanceof PartialString ? arn.parts : undefined;
}

/** Levels of nesting that a step from an alias to its function counts for, because it takes as much of the stack. */
const stepLevels = 20;

/** The name in what names a function: itself, or a piece of an ARN. */
function functionName(raw: unknown, resolver: ValueResolver): Value | undefined {
  const { recursion } = resolver.surroundings;
  recursion.depth += stepLevels;
  const named = resolver.resolve(raw);
  recursion.depth -= stepLevels;
  if (typeof named === 'string') return named.startsWith('arn:') ? named.split(':')[6] : named;
  return pieceOf(named, ':', 6, resolver) ?? named;
}

function qualifierOf(
  reference: Reference,
  shape: ArnShape,
  properties: unknown,
  resolver: ValueResolver,
): Value | undefined {
  if (shape.name !== undefined) return new Reference(reference.resourceId, shape.name);
  return resolver.resolve(member(properties, 'Name'));
}
