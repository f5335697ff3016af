import type { SymbolicLocation } from './location.ts';
import type { SecretTexts } from './secret-texts.ts';
import type { Cause, ObjectValue, Path } from './value.ts';

/**
 * One resource in the language that every source shares: a CloudFormation type name and
 * CloudFormation property names, wherever it was read.
 */
export interface Resource {
  /** Unique in the graph: `<stack id>/<logical id>` from a template, the ARN (or type|account|region|name) from an account. */
  readonly id: string;
  /** CloudFormation type, e.g. `AWS::Lambda::Function`; `Headgate::Scope` and `Headgate::Template` are Headgate's own. */
  readonly type: string;
  /** What a person calls it: logical id in a template, physical name in an account. */
  readonly name: string;
  /**
   * Which resources see each other by equal names: one application (cloud assembly), one lone
   * template, or one account and region. References and exports reach across scopes, names do not.
   */
  readonly scope: string;
  /** Property tree below `Properties`; may be a lazy getter, and is the same object every time. */
  readonly properties: ObjectValue;
  /** Undefined when it certainly exists; otherwise why that is not known (an undecided `Condition`). */
  readonly uncertain?: Cause;
  /** True for a resource that nobody scanned: named by a literal ARN or declared in headgate.yaml. */
  readonly external?: true;
  /** Reason given in headgate.yaml, where the resource was declared there. */
  readonly declaredBecause?: string;
  /** True for one derived from another's document (an OpenAPI body, a SAM event); it is located where it was derived from. */
  readonly generated?: true;
  /** Stack name or template path, for templates. */
  readonly stack?: string;
  readonly logicalId?: string;
  readonly constructPath?: string;
  /** Type and logical id under which the author wrote it, where a transform of AWS made it of that: `AWS::Serverless::Function`. */
  readonly declaredType?: string;
  readonly declaredName?: string;
  /** Names of the properties that the author wrote there. */
  readonly declaredProperties?: readonly string[];
  /** The user's own source line, from a cloud assembly's metadata. */
  readonly sourceLine?: { readonly file: string; readonly line: number; readonly column: number };
  readonly account?: string;
  readonly region?: string;
  readonly arn?: string;
  /** For a function of an account: the published version, or $LATEST, that it is evaluated as. */
  readonly served?: ServedVersion;
  readonly metadata?: ObjectValue;
  /** What its source marked as secret: values of `NoEcho` parameters and what was made of them. */
  readonly secrets?: SecretTexts;
  /** What the function's bundle shows; absent when no bundle was at hand. */
  readonly code?: CodeEvidence;
  /** Where the value at `path` stands (the nearest place that does, where the path is not written out). `[]` is the resource itself. */
  locate(path: Path): SymbolicLocation;
  /**
   * Where an author writes the property at `path`, whether it is there or not; absent for what is in no file. The path
   * is of the resource as it is deployed, or of what its author declared (`AWS::Serverless::Function`).
   */
  writeAt?(path: Path, of?: 'deployed' | 'declared'): WritePlace;
}

/** A path below the root of a file, or why nobody edits there. */
export type WritePlace = { readonly file: string; readonly path: Path } | { readonly refused: string };

/** A version of a function, and by which qualifiers its entries invoke it. */
export interface ServedVersion {
  /** Id of the function, which the first of its served versions has itself. */
  readonly functionId: string;
  /** A number, or `$LATEST`. */
  readonly version: string;
  readonly qualifiers: readonly string[];
}

/** Things that a function's code can be seen to do. */
export type CodeCapability =
  | 'logger'
  | 'correlation'
  | 'tracer'
  | 'metrics'
  | 'idempotency'
  | 'batch'
  | 'parameters'
  | 'retry'
  | 'circuit-breaker'
  | 'transactions'
  | 'field-encryption';

/** Result of looking into a function's bundle, with bounded reading. */
export interface CodeEvidence {
  /** What was read, for people: "asset.3f2a…/ (index.js, package.json)". */
  readonly source: string;
  /** False when a limit cut the reading short: then an absence proves nothing. */
  readonly complete: boolean;
  readonly found: readonly {
    readonly capability: CodeCapability;
    readonly sign: string;
    readonly file: string;
  }[];
}
