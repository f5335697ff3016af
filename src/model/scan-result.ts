import type { Location } from './location.ts';
import type { Deviation, Level, RunSelection, Severity } from './rule.ts';

export type Verdict = 'pass' | 'fail' | 'unknown' | 'notApplicable';

/** One thing that a verdict was decided on. */
export interface Evidence {
  /** What was looked at: "TracingConfig.Mode of OrdersFunction". */
  readonly what: string;
  /** Its value as short text; secrets never appear. */
  readonly value: string;
  /** What was expected: "equals Active". */
  readonly expected: string;
  /** How that turned out. */
  readonly holds: boolean | 'unknown';
  /** `template`, `account`, `default` (the service's), `code`, `declared` (headgate.yaml), `derived`. */
  readonly source: string;
  readonly location?: Location;
}

/** The resource a verdict is about, as reports show it. */
export interface ResourceSummary {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly stack?: string;
  readonly constructPath?: string;
  readonly sourceLine?: string;
  /** Type and logical id that the author wrote, where SAM made the resource of it: `AWS::Serverless::Function`. */
  readonly declaredType?: string;
  readonly declaredName?: string;
  readonly account?: string;
  readonly region?: string;
  readonly arn?: string;
}

/** A waiver as it acted on an evaluation. */
export interface AppliedWaiver {
  readonly source: string;
  readonly reason: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly location?: Location;
}

/** One rule on one resource. */
export interface Evaluation {
  readonly ruleId: string;
  readonly requirement: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly message: string;
  /** For unknown: what blocks it and what would settle it. For notApplicable: why. */
  readonly reason?: string;
  /** Cause code of an unknown. */
  readonly cause?: string;
  /** Of a resource that exists only under a condition that could not be decided: "condition `IsProd` is true". */
  readonly createdWhen?: string;
  /** Of an unknown that one side of an undecided condition fails: "condition `IsProd` is false". */
  readonly failsWhen?: string;
  /** Of a failure that another rule's failure, on the same resource or one beside it, tells as well: that rule. It is counted and listed there alone. */
  readonly followsFrom?: string;
  /** `sha256` hex, 32 characters; stable under reformatting, reordering and added resources. */
  readonly fingerprint: string;
  readonly resource: ResourceSummary;
  readonly location?: Location;
  readonly evidence: readonly Evidence[];
  /** Other resources that took part. */
  readonly related: readonly ResourceSummary[];
  /** Ids of the flows that the resource belongs to. */
  readonly flows: readonly string[];
  readonly waiver?: AppliedWaiver;
}

/** A copy of an evaluation with a waiver. */
export function withWaiver(evaluation: Evaluation, waiver: AppliedWaiver): Evaluation {
  return { ...evaluation, waiver };
}

/** Something that went wrong or was left out, with what it makes unknown. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** File with position, ARN, or service and region. */
  readonly where: string;
  readonly location?: Location;
  /** Ids of the rules whose verdicts depend on it. */
  readonly blocks: readonly string[];
}

/** What was decided at a node or arrow of a flow's diagram; what does not apply is not counted. */
export interface FlowCounts {
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  /** Findings that a waiver accepts; the other counts are without them. */
  readonly waived: number;
}

/**
 * A flow and what was decided in it: every evaluation of a resource of the flow that is not notApplicable is
 * counted at exactly one node or arrow (see `placeInFlow`).
 */
export interface FlowSummary {
  readonly id: string;
  readonly diagram: string;
  readonly title: string;
  readonly entry: ResourceSummary;
  /** The worst of the nodes and arrows. */
  readonly verdict: Verdict;
  readonly nodes: readonly FlowNode[];
  /** Arrows of the reference diagram between the nodes above. */
  readonly edges: readonly FlowEdge[];
}

export interface FlowNode extends FlowCounts {
  readonly node: string;
  readonly label: string;
  /** Box of the reference diagram that the node stands in. */
  readonly group?: string;
  readonly resources: readonly string[];
  /** Requirements that the diagram states at the node. */
  readonly requirements: readonly string[];
  readonly verdict: Verdict;
}

export interface FlowEdge extends FlowCounts {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly dashed?: boolean;
  /** Requirements that the diagram states at the arrow. */
  readonly requirements: readonly string[];
  readonly verdict: Verdict;
}

export interface RequirementSummary {
  readonly id: string;
  readonly says: string;
  /** Present where the statement goes beyond the reference diagrams. */
  readonly catalogue?: 'more';
  readonly verdict: Verdict;
  readonly rules: readonly string[];
  readonly evaluated: {
    readonly pass: number;
    readonly fail: number;
    readonly unknown: number;
    readonly notApplicable: number;
    readonly waived: number;
  };
}

/** A rule as reports describe it; every report is rendered from the result alone. */
export interface RuleSummary {
  readonly id: string;
  readonly title: string;
  readonly requirement: string;
  readonly severity: Severity;
  readonly level: Level;
  readonly flows: readonly string[];
  readonly decides: string;
  readonly why: string;
  readonly fix: {
    readonly text: string;
    readonly cloudformation?: string;
    readonly terraform?: string;
    readonly sam?: string;
    readonly together?: string;
    readonly cdk?: string;
    readonly cli?: string;
  };
  readonly controls: readonly { readonly framework: string; readonly id: string; readonly source: string }[];
  readonly references: readonly string[];
  readonly origin: string;
}

/** One edit of the source, and the open failures that it removes. */
export interface Edit {
  /** What to do, in words. */
  readonly title: string;
  /** How that is written in the source. */
  readonly snippet?: { readonly language: string; readonly text: string };
  /** File, or account and Region; absent for an application whose constructs are edited. */
  readonly where?: string;
  /** Of the gravest failure that it removes. */
  readonly severity: Severity;
  readonly findings: number;
  readonly rules: readonly string[];
  /** Names of the resources as their author wrote them. */
  readonly resources: readonly string[];
}

export interface ScanInput {
  /** Path or ARN-like scope. */
  readonly name: string;
  readonly kind: 'template' | 'assembly' | 'plan' | 'snapshot' | 'account';
  /** `sha256:` of the bytes; absent for a live account. */
  readonly digest?: string;
  readonly resources: number;
}

/** An account and Region that was read live. */
export interface ReadPlace {
  readonly account: string;
  readonly region: string;
  /** True where every call that was planned was answered. */
  readonly complete: boolean;
  /** Types of which there may be more than was read; `*`: all. What is not seen of them need not be gone. */
  readonly partial: readonly string[];
}

/** The public contract (result.schema.json). startedAt and versions aside, the same input gives the same bytes. */
export interface ScanResult {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'headgate'; readonly version: string };
  readonly ruleSet: {
    readonly digest: string;
    readonly rules: readonly RuleSummary[];
    readonly deviations: readonly Deviation[];
    /** What the run was cut down to; absent where every rule of the set was asked. */
    readonly selection?: RunSelection;
  };
  readonly startedAt: string;
  readonly inputs: readonly ScanInput[];
  /** Absent for templates. */
  readonly places?: readonly ReadPlace[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly summary: {
    readonly resources: number;
    readonly pass: number;
    readonly fail: number;
    readonly unknown: number;
    readonly notApplicable: number;
    readonly waived: number;
    /** Open (not waived) failures. */
    readonly bySeverity: Readonly<Record<Severity, number>>;
    /** Open unknowns that one side of an undecided condition fails. */
    readonly possibleBySeverity?: Readonly<Record<Severity, number>>;
    readonly byFlow: Readonly<
      Record<
        string,
        { readonly flows: number; readonly fail: number; readonly unknown: number; readonly pass: number }
      >
    >;
  };
  readonly evaluations: readonly Evaluation[];
  readonly flows: readonly FlowSummary[];
  readonly requirements: readonly RequirementSummary[];
  /** The edits that remove most open failures, best first, at most 10; each failure counts for one. */
  readonly firstEdits?: readonly Edit[];
  readonly diagnostics: readonly Diagnostic[];
}
