import type { PositionLookup } from './location.ts';
import type { Resource } from './resource.ts';
import type { Diagnostic, ScanInput } from './scan-result.ts';
import type { Cause, ObjectValue, PathSegment } from './value.ts';

/** What a source (templates, a live account, a snapshot) hands to linking. */
export interface SourceReading {
  readonly resources: readonly Resource[];
  readonly inputs: readonly ScanInput[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly diagnostics: readonly SourceDiagnostic[];
  readonly positions: PositionLookup;
  /** Decoded text of a template, without a byte order mark, by its name in reports; absent where nothing is a file. */
  readonly text?: (file: string) => string | undefined;
  /** Types of which a scope may hold more than was read, with why. `type` `*` is every type of the scope. */
  readonly incomplete: readonly { readonly scope: string; readonly type: string; readonly cause: Cause }[];
  /** Suppressions that stand in the sources: comments, Metadata, CDK acknowledgements. */
  readonly suppressions: readonly SourceSuppression[];
  /** A bigger document that a resource's property names (state machine definition, OpenAPI body): by resource id. */
  readonly documents: ReadonlyMap<string, ObjectValue>;
}

/** A diagnostic before it is known which rules it blocks. */
export interface SourceDiagnostic extends Omit<Diagnostic, 'blocks'> {
  /** Resource types whose verdicts it may change; `*` for all. */
  readonly affects: readonly string[];
}

/** A wish, written in a source, that a rule be silent on a resource. */
export interface SourceSuppression {
  readonly source: 'comment' | 'metadata' | 'cdk' | 'peer';
  /** Rule id as written; for peers `<tool>:<id>`. */
  readonly ruleId: string;
  readonly resourceId: string;
  /** Equal for the suppressions that were written as one, for all resources below a construct. */
  readonly wish?: string;
  readonly reason?: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly file?: string;
  readonly line?: number;
}

export type { PathSegment };
