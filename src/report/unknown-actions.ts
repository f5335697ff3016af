import type { Cause } from '../model/value.ts';
import type { Evaluation } from '../model/scan-result.ts';

const giveParameters = 'pass --parameters with values for the parameters that the templates use';
const scanMore = 'include the other stacks in the scan, or declare what is outside in headgate.yaml';
const allowCalls = 'allow the missing IAM actions, which `headgate iam-policy` lists';

/** What resolves an unknown verdict, by what blocks it; several causes have one action. */
const actions: Readonly<Partial<Record<Cause['code'], string>>> = {
  parameter: giveParameters,
  condition: giveParameters,
  'pseudo-parameter': 'pass --region and --account',
  import: scanMore,
  outside: scanMore,
  attribute:
    'check the deployed account with `headgate audit`, because the values exist only after deployment',
  transform: 'scan the template that CloudFormation makes of the macro',
  code: 'scan a cloud assembly or a SAM build, which has the code beside the template',
  evidence: 'give the evidence in a waiver with a reason',
  denied: allowCalls,
  'not-collected': allowCalls,
  slice: 'audit the whole account, because a slice does not read what is outside of it',
};

/** The one action that resolves most of some unknown verdicts: "To resolve 14 of 20, pass --parameters with ...". */
export function describeBestAction(unknowns: readonly Evaluation[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { cause } of unknowns) {
    // A code of an older or newer version has no action here.
    const action = actions[cause as Cause['code']];
    if (action !== undefined) counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  // What a single verdict needs is said beside it.
  if (best === undefined || best[1] < 2) return undefined;
  const [action, count] = best;
  return `To resolve ${count} of ${unknowns.length}, ${action}.`;
}
