/** A finding of the AWS Security Finding Format, as far as publishing has to know it. */
export interface Finding {
  readonly Id: string;
  readonly GeneratorId: string;
  readonly ProductArn: string;
  readonly AwsAccountId: string;
  readonly Region: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
  readonly Compliance: { readonly Status: 'PASSED' | 'WARNING' | 'FAILED' | 'NOT_AVAILABLE' };
}

/** What is remembered of a finding between runs. */
export interface RememberedFinding {
  readonly firstSeen: string;
  /** Status of the last import that was accepted. */
  readonly status: Finding['Compliance']['Status'] | 'ARCHIVED';
  /** `UpdatedAt` of that import. */
  readonly updatedAt: string;
  /** Digest of what was sent, times apart. */
  readonly content: string;
  readonly ruleId: string;
  readonly resourceType: string;
  readonly account: string;
  readonly region: string;
  /** What an archive has to repeat: an import replaces the whole finding. */
  readonly finding: Finding;
}

/** Everything that is remembered, by finding id. */
export type FindingState = Readonly<Record<string, RememberedFinding>>;

/** Answers whether a finding that is not observed any more is known to be gone, rather than out of sight. */
export type IsGone = (known: RememberedFinding) => boolean;
