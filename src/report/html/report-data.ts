import type { StatingEdge, StatingNode } from '../../model/flow-place.ts';

/**
 * What the page's script reads: the evaluations in a compact form. Numbers in place of texts and
 * resources are indices into `texts` and `resources`, so that what repeats is stored once.
 */
export interface ReportData {
  readonly texts: readonly string[];
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly requirement: string;
    readonly why: string;
    readonly fix: string;
    readonly snippets: readonly { readonly label: string; readonly code: string }[];
    readonly controls: readonly { readonly framework: string; readonly id: string }[];
    readonly links: readonly string[];
  }[];
  readonly resources: readonly {
    readonly id: string;
    readonly type: string;
    readonly service: string;
    readonly name: string;
    readonly stack?: string;
    readonly constructPath?: string;
    readonly declaredType?: string;
    readonly sourceLine?: string;
    readonly account?: string;
    readonly region?: string;
    readonly arn?: string;
  }[];
  readonly flows: readonly {
    readonly id: string;
    readonly name: string;
    /** Index into `diagrams`. */
    readonly diagram: number;
    /** Resource indices by node of the diagram. */
    readonly nodes: readonly (readonly number[])[];
  }[];
  /** What the diagrams of the flows state, and where. */
  readonly diagrams: readonly {
    readonly nodes: readonly StatingNode[];
    readonly edges: readonly StatingEdge[];
  }[];
  readonly evaluations: readonly EvaluationRow[];
}

/** `file:line:column`, as index into `texts`; -1 for none. */
type Place = number;

export type EvaluationRow = readonly [
  rule: number,
  verdict: number,
  severity: number,
  resource: number,
  message: number,
  reason: number,
  place: Place,
  fingerprint: string,
  flows: readonly number[],
  related: readonly number[],
  evidence: readonly EvidenceRow[],
  waiver: readonly [reason: number, owner: number, expires: number, source: number] | 0,
];

export type EvidenceRow = readonly [
  what: number,
  value: number,
  expected: number,
  holds: 0 | 1 | 2,
  source: number,
  place: Place,
];

/** Verdicts and severities by the numbers that stand for them. */
export const verdictNames = ['fail', 'unknown', 'pass', 'notApplicable'] as const;
export const severityNames = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** Names of the filters as they stand in the address, e.g. `#findings?verdict=fail&service=Lambda`. */
export const filterNames = [
  'q',
  'verdict',
  'severity',
  'flow',
  'node',
  'service',
  'account',
  'region',
  'framework',
  'waived',
  'rule',
  'requirement',
] as const;

export type FilterName = (typeof filterNames)[number];

/** Value of the verdict filter: all but what does not apply, which is what flows count. */
export const decided = 'decided';

/** Address of the findings that the filters leave. */
export function findingsAddress(filters: Partial<Readonly<Record<FilterName, string>>>): string {
  const pairs = filterNames.flatMap((name) => {
    const value = filters[name];
    if (value === undefined || value === '') return [];
    // An address has no place for half a character.
    return [`${name}=${encodeURIComponent(value.replace(/[\ud800-\udfff]/gu, '\ufffd'))}`];
  });
  return pairs.length === 0 ? '#findings' : `#findings?${pairs.join('&')}`;
}
