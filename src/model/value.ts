import type { ValueLimits } from './value-limits.ts';

/**
 * Property values. A value is plain JSON, or one of the symbolic values below wherever a
 * template's intrinsic function, or a call that was not answered, stands in its place.
 * Plain parts of a tree are shared with the parsed input: never mutate a value.
 */
export type Value = string | number | boolean | null | readonly Value[] | ObjectValue | SymbolicValue;

/** A JSON object whose members are values. */
export interface ObjectValue {
  readonly [key: string]: Value;
}

/** A key or an array index, from a resource's `Properties` inwards (0-based). */
export type PathSegment = string | number;
export type Path = readonly PathSegment[];

/** Why a value could not be known. `code` is closed so that reports can count by it. */
export interface Cause {
  readonly code:
    | 'parameter' // a template parameter without a usable value
    | 'import' // Fn::ImportValue of an export that is not in the scan
    | 'pseudo-parameter' // AWS::Region, AWS::AccountId, ... not given
    | 'attribute' // a value that exists only after deployment
    | 'condition' // a template condition that could not be decided
    | 'transform' // a macro or transform that only CloudFormation can run
    | 'mapping' // Fn::FindInMap with no such key
    | 'cycle' // a reference that leads back to itself
    | 'malformed' // an intrinsic with wrong arguments
    | 'unsupported' // an intrinsic or a part that Headgate does not evaluate
    | 'outside' // a resource that is not part of what was scanned
    | 'denied' // an AWS call that was refused
    | 'throttled' // an AWS call that was throttled to the end of its retries
    | 'failed' // an AWS call that failed for another reason
    | 'timeout' // the audit's deadline passed before the call
    | 'not-collected' // nothing asked for this value
    | 'slice' // an audit of a slice did not ask for this value
    | 'code' // the function's code is not available, or shows nothing
    | 'evidence' // only a person can bring the evidence
    | 'data'; // a dated table of the rule set does not know the value
  /** One sentence for people, without a final full stop: "parameter `VpcId` has no default". */
  readonly message: string;
  /** What it is about, by its name in the template: a parameter, `AWS::Region`, `Queue.Arn`, a condition. */
  readonly about?: string;
  /** What settles it, imperative: "pass --parameters with a value for `VpcId`". */
  readonly remedy?: string;
  /** What a parameter's declaration says of every value it may have: kept from sight (NoEcho), or of a kind that is no secret. */
  readonly holds?: 'secret' | 'no-secret';
  /** Of an undecided condition: what it says. */
  readonly condition?: Condition;
  /** Of a doubt whether something is there: the sides of conditions that it stands on, all of them. */
  readonly sides?: readonly Side[];
  /** Of a doubt with sides: what stays doubtful on them. */
  readonly beyond?: Cause;
}

/** What an undecided condition says, over the comparisons that cannot be made. */
export type Condition =
  | {
      readonly kind: 'atom';
      /** Equal for what is true or false together. */
      readonly id: string;
      /** What is compared, where it is held against a literal: it equals one literal at most. */
      readonly subject?: string;
      readonly literal?: string;
    }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] };

/** A side of an undecided condition, on which something stands. */
export interface Side {
  readonly cause: Cause;
  readonly holds: boolean;
}

const failures: ReadonlySet<Cause['code']> = new Set(['denied', 'throttled', 'failed', 'timeout', 'slice']);

/** True where an AWS call was not answered, or left out for a slice. */
export function isFailure({ code }: Cause): boolean {
  return failures.has(code);
}

/** Base of everything in a value tree that is not plain JSON. */
export abstract class SymbolicValue {
  abstract readonly kind: 'reference' | 'partial' | 'unresolved' | 'secret' | 'choice';
}

/**
 * A pointer to a resource of the graph. Without attribute it is what `Ref` gives,
 * with one it is `Fn::GetAtt` of that attribute.
 */
export class Reference extends SymbolicValue {
  readonly kind = 'reference';
  constructor(
    readonly resourceId: string,
    readonly attribute?: string,
  ) {
    super();
  }
}

/** What may stand between the known pieces of a partly known string. */
export type StringPart = string | Reference | Unresolved | SecretReference;

/** A string of which pieces are known, e.g. `Fn::Sub` over a deployed attribute. Adjacent known pieces are merged. */
export class PartialString extends SymbolicValue {
  readonly kind = 'partial';
  constructor(readonly parts: readonly StringPart[]) {
    super();
  }
}

/** A value that is not known; it never becomes a pass or a fail by accident. */
export class Unresolved extends SymbolicValue {
  readonly kind = 'unresolved';
  /**
   * @param cause why it is not known.
   * @param subject what it is, the same wherever it is met: a parameter of a stack, an import. Equal subjects
   *   are equal values.
   * @param limits what it cannot be.
   */
  constructor(
    readonly cause: Cause,
    readonly subject?: string,
    readonly limits?: ValueLimits,
  ) {
    super();
  }
}

/** A dynamic reference `{{resolve:...}}`: its text is known, its value is kept elsewhere. */
export class SecretReference extends SymbolicValue {
  readonly kind = 'secret';
  constructor(
    readonly service: 'secretsmanager' | 'ssm-secure' | 'ssm',
    readonly text: string,
  ) {
    super();
  }
}

/**
 * `Fn::If` over an undecided condition. Both sides are kept, so that an operator on which
 * both agree still decides. `undefined` stands for `AWS::NoValue`.
 */
export class Choice extends SymbolicValue {
  readonly kind = 'choice';
  constructor(
    readonly cause: Cause,
    readonly whenTrue: Value | undefined,
    readonly whenFalse: Value | undefined,
  ) {
    super();
  }
}

/** True for a JSON object (not null, not an array, not symbolic). */
export function isObjectValue(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SymbolicValue)
  );
}

/** True for a JSON array. */
export function isArrayValue(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** What stands at a path; what is not known on the way there stands for all below it. */
export function valueAt(from: Value | undefined, path: Path): Value | undefined {
  let value = from;
  for (const segment of path) {
    if (isArrayValue(value)) value = value[Number(segment)];
    else if (isObjectValue(value) && Object.hasOwn(value, segment)) value = value[segment];
    else return value instanceof SymbolicValue ? value : undefined;
  }
  return value;
}

/** A short text of a value for messages and evidence; at most `limit` characters. */
export function describeValue(value: Value | undefined, limit = 120): string {
  const text = describe(value);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** A hole in a text as `Fn::Sub` writes it, where it has a name: `${AWS::Region}`, `${Queue.Arn}`. */
function describeHole(part: Exclude<StringPart, string>): string {
  if (part instanceof SecretReference) return part.text;
  if (part instanceof Unresolved) return `\${${part.cause.about ?? '?'}}`;
  const name = part.resourceId.slice(part.resourceId.lastIndexOf('/') + 1);
  return `\${${part.attribute === undefined ? name : `${name}.${part.attribute}`}}`;
}

function describe(value: Value | undefined): string {
  if (value === undefined) return '(absent)';
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Reference) {
    const name = value.resourceId.slice(value.resourceId.lastIndexOf('/') + 1);
    return value.attribute === undefined ? `(reference to ${name})` : `(${name}.${value.attribute})`;
  }
  if (value instanceof PartialString) {
    return value.parts.map((part) => (typeof part === 'string' ? part : describeHole(part))).join('');
  }
  if (value instanceof Unresolved) return `(unknown: ${value.cause.message})`;
  if (value instanceof SecretReference) return value.text;
  if (value instanceof Choice) {
    return `(${describe(value.whenTrue)} or ${describe(value.whenFalse)}: ${value.cause.message})`;
  }
  if (Array.isArray(value)) return `[${value.map((item: Value) => describe(item)).join(', ')}]`;
  const members = Object.entries(value as ObjectValue).map(([key, item]) => `${key}: ${describe(item)}`);
  return `{${members.join(', ')}}`;
}
