import type { RuleData } from '../model/rule.ts';

/** A check of another tool, and what replaces it. */
export interface PeerCheck {
  /** What the check asks about, in a few words. */
  readonly about: string;
  /** Ids of rules; absent where none replaces it. */
  readonly rules?: readonly string[];
  /** What the rules ask beside the check: the same, more, less (or of fewer resources). */
  readonly is: 'same' | 'stricter' | 'looser' | 'none';
  /** Why it is not the same. */
  readonly note?: string;
  /** Other ids of the same check. */
  readonly also?: readonly string[];
  /** True where a suppression of the check stands on the resource that the rules decide about, and means the same. */
  readonly waives?: boolean;
}

/** Checks of other tools by tool and id (rules/data/peer-checks.yaml). */
export interface PeerChecks {
  readonly asOf: string;
  readonly tools: Readonly<Record<string, string>>;
  readonly checks: Readonly<Record<string, Readonly<Record<string, PeerCheck>>>>;
}

/** Suppressions of other tools that mean what a waiver means: `<tool>:<id>` -> ids of rules. */
export function peerAliasesOf({ checks }: PeerChecks): RuleData['peerAliases'] {
  return Object.fromEntries(
    Object.entries(checks).flatMap(([tool, byId]) =>
      Object.entries(byId).flatMap(([id, { rules, waives }]) =>
        waives === true && rules !== undefined ? [[`${tool}:${id}`, rules]] : [],
      ),
    ),
  );
}
