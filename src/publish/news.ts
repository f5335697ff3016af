import { severities, type Severity } from '../model/rule.ts';
import type { Finding, FindingState } from './finding.ts';
import type { FindingPlan } from './plan-findings.ts';

/** What became of a finding. `fixed`: it passes, or its resource is gone; `waived`: somebody accepted it. */
export type NewsKind = 'new' | 'fixed' | 'waived';

/** One change, as an event's detail and as an item of a digest: what chat, tickets and people are told. */
export interface FindingNews {
  readonly schemaVersion: '1.0';
  readonly kind: NewsKind;
  readonly account: string;
  readonly region: string;
  /** ISO time of the audit. */
  readonly time: string;
  /** True where it had been fixed before. */
  readonly reopened: boolean;
  readonly finding: {
    /** Id in Security Hub. */
    readonly id: string;
    readonly rule: string;
    readonly title: string;
    readonly severity: Severity;
    readonly description: string;
    readonly resource: { readonly id: string; readonly type: string };
    readonly firstObservedAt: string;
    readonly remediation?: { readonly text?: string; readonly url?: string };
  };
}

/** What an ASFF finding says to people, as the report stage writes it. */
interface ToldFinding extends Finding {
  readonly Title?: string;
  readonly Description?: string;
  readonly Severity?: { readonly Label?: string };
  readonly Resources?: readonly { readonly Id?: string }[];
  readonly Remediation?: { readonly Recommendation?: { readonly Text?: string; readonly Url?: string } };
}

/** What is new, fixed or waived among what was sent, worst first; repeated and reworded findings are no news. */
export function newsOf(sent: FindingPlan['send'], before: FindingState, now: Date): readonly FindingNews[] {
  return sent
    .flatMap(({ finding, remember }): FindingNews[] => {
      const known = before[finding.Id];
      // A run that died after it had sent this: whether anybody was told is not known.
      const wasSent = known?.content.startsWith('sent ') === true;
      const kind = kindOf(remember.status, wasSent ? undefined : known?.status, known !== undefined);
      if (kind === undefined) return [];
      const told = finding as ToldFinding;
      const { Text, Url } = told.Remediation?.Recommendation ?? {};
      return [
        {
          schemaVersion: '1.0',
          kind,
          account: finding.AwsAccountId,
          region: finding.Region,
          time: now.toISOString(),
          reopened: kind === 'new' && !wasSent && known !== undefined,
          finding: {
            id: finding.Id,
            rule: remember.ruleId,
            title: told.Title ?? remember.ruleId,
            severity: severityOf(told.Severity?.Label),
            description: told.Description ?? '',
            resource: { id: told.Resources?.[0]?.Id ?? '', type: remember.resourceType },
            firstObservedAt: remember.firstSeen,
            ...(Text === undefined && Url === undefined
              ? {}
              : {
                  remediation: {
                    ...(Text === undefined ? {} : { text: Text }),
                    ...(Url === undefined ? {} : { url: Url }),
                  },
                }),
          },
        },
      ];
    })
    .sort((a, b) => severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity));
}

function kindOf(
  status: FindingState[string]['status'],
  before: FindingState[string]['status'] | undefined,
  isKnown: boolean,
): NewsKind | undefined {
  if (status === 'FAILED') return before === 'FAILED' ? undefined : 'new';
  // What was sent by a run that died was a failure before.
  if (before !== 'FAILED' && !(before === undefined && isKnown)) return undefined;
  if (status === 'WARNING') return 'waived';
  return status === 'PASSED' || status === 'ARCHIVED' ? 'fixed' : undefined;
}

function severityOf(label: string | undefined): Severity {
  const lower = label?.toLowerCase();
  return severities.find((severity) => severity === lower) ?? 'info';
}
