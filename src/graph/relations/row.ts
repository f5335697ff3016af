import type { Resource } from '../../model/resource.ts';
import type { ObjectValue } from '../../model/value.ts';
import type { FoundValue } from '../property-path.ts';
import type { LinkContext, Target } from '../resolve-target.ts';

/** How a value is read when it is more than the name, ARN or URL of a resource. */
export type Reader = (
  found: FoundValue,
  resource: Resource,
  row: RelationRow,
  context: LinkContext,
) => readonly ReadTarget[];

/** A target with its own place, for readers that look further down. */
export interface ReadTarget extends Target {
  readonly path?: FoundValue['path'];
  /** True where `cause` says only that the list may be longer, and no edge stands for it. */
  readonly partial?: true;
}

/** How an entry invokes a function: whether it waits, hands over, or is polled. */
export type Invocation = 'sync' | 'async' | 'poll';

/** One row of the relation table: the value at `path` of `from` names a resource of one of the types `to`. */
export interface RelationRow {
  readonly from: string;
  /** Dotted; `[]` is every element of a list, `{}` every value of a map. Empty: the whole resource. */
  readonly path: string;
  /** `*` for any type. */
  readonly to: readonly string[];
  readonly name: string;
  readonly inverse: string;
  /** Default: name, ARN, URL or reference. */
  readonly read?: Reader;
  /** True for a reader that walks along other relations, whose edges say themselves what they hang on. */
  readonly walks?: true;
  /** Facts of every edge of the row. */
  readonly attributes?: ObjectValue;
  /** Attribute name -> path, from the resource (or, starting with `.`, beside the naming value), whose value it carries. */
  readonly carries?: Readonly<Record<string, string>>;
  /** Set where the edge invokes a function, in that manner. */
  readonly invokes?: Invocation;
  /** For people, in relation docs. */
  readonly note?: string;
}

/** A relation that is a walk along others. Each chain is followed; a step may be a relation or an inverse. */
export interface DerivedRow {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly name: string;
  readonly inverse: string;
  readonly through: readonly (readonly string[])[];
  readonly note?: string;
}

/** Rows for several source types that have the same property. */
export function rowsOf(types: readonly string[], row: Omit<RelationRow, 'from'>): RelationRow[] {
  return types.map((from) => ({ from, ...row }));
}

export const functionType = ['AWS::Lambda::Function'];
export const queueType = ['AWS::SQS::Queue'];
export const topicType = ['AWS::SNS::Topic'];
export const roleType = ['AWS::IAM::Role'];
export const bucketType = ['AWS::S3::Bucket'];
export const keyType = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];
export const tableType = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
export const logGroupType = ['AWS::Logs::LogGroup'];
export const busType = ['AWS::Events::EventBus', 'AWS::EventsV2::EventBus'];
export const failureTargets = [
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Lambda::Function',
  'AWS::Events::EventBus',
  'AWS::EventsV2::EventBus',
  'AWS::S3::Bucket',
  'AWS::Kinesis::Stream',
];
