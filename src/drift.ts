import type { Evaluation, ResourceSummary, ScanResult, Verdict } from './model/scan-result.ts';

/** What templates declare and a live account shows otherwise. */
export interface Drift {
  /** Declared resources of which the account has none of that type and name. */
  readonly missing: readonly ResourceSummary[];
  readonly differing: readonly {
    readonly ruleId: string;
    readonly resource: string;
    readonly declared: Verdict;
    readonly live: Verdict;
    readonly message: string;
  }[];
}

/**
 * Compares a scan of templates with an audit. Resources are matched by type and by the physical name
 * that both show: CloudFormation names what a template leaves open `<stack>-<logical id>-<suffix>`.
 */
export function driftBetween(declared: ScanResult, live: ScanResult): Drift {
  const byType = new Map<string, ResourceSummary[]>();
  for (const { resource } of live.evaluations) {
    const list = byType.get(resource.type) ?? [];
    if (!list.some(({ id }) => id === resource.id)) list.push(resource);
    byType.set(resource.type, list);
  }
  const liveVerdicts = new Map(
    live.evaluations.map((evaluation) => [`${evaluation.ruleId} ${evaluation.resource.id}`, evaluation]),
  );
  const missing = new Map<string, ResourceSummary>();
  const differing: Drift['differing'][number][] = [];
  for (const evaluation of declared.evaluations) {
    const { resource } = evaluation;
    if (resource.type.startsWith('Headgate::')) continue;
    const match = (byType.get(resource.type) ?? []).find((candidate) => isNamedAfter(candidate, resource));
    if (match === undefined) missing.set(resource.id, resource);
    else
      differing.push(
        ...differenceOf(evaluation, liveVerdicts.get(`${evaluation.ruleId} ${match.id}`), match),
      );
  }
  return { missing: [...missing.values()], differing };
}

function isNamedAfter(live: ResourceSummary, declared: ResourceSummary): boolean {
  return (
    live.name === declared.name ||
    live.name.includes(`-${declared.name}-`) ||
    live.name.startsWith(`${declared.name}-`)
  );
}

function differenceOf(
  declared: Evaluation,
  live: Evaluation | undefined,
  resource: ResourceSummary,
): Drift['differing'] {
  if (
    live === undefined ||
    live.verdict === declared.verdict ||
    live.verdict === 'unknown' ||
    declared.verdict === 'unknown'
  )
    return [];
  return [
    {
      ruleId: declared.ruleId,
      resource: resource.name,
      declared: declared.verdict,
      live: live.verdict,
      message: live.reason ?? live.message,
    },
  ];
}

/** Drift as text: what the account lacks, then the verdicts that differ. */
export function describeDrift({ missing, differing }: Drift): string {
  const lines = [
    ...missing.map(
      ({ type, name, stack }) =>
        `missing  ${type} ${name}${stack === undefined ? '' : ` of ${stack}`}: no resource of the account is named after it`,
    ),
    ...differing.map(
      ({ ruleId, resource, declared, live, message }) =>
        `differs  ${ruleId} on ${resource}: ${declared} as declared, ${live} in the account (${message})`,
    ),
    `${missing.length} declared resources are missing, ${differing.length} verdicts differ`,
  ];
  return `${lines.join('\n')}\n`;
}
