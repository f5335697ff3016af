import type { ScanResult } from '../model/scan-result.ts';

/** What the configuration changes in the rules and in what counts, one line each, in words. */
export function describeChanges({ ruleSet }: Pick<ScanResult, 'ruleSet'>): string[] {
  return ruleSet.deviations.map(({ ruleId, detail, reason }) => {
    const what = ruleId === undefined ? detail : `${ruleId}: ${detail}`;
    return reason === undefined ? what : `${what} (${reason})`;
  });
}

/** How many findings each place waives: `comment`, `metadata`, `cdk`, a waivers file, a baseline. */
export function describeWaivers({ evaluations }: Pick<ScanResult, 'evaluations'>): string[] {
  const counts = new Map<string, number>();
  for (const { waiver } of evaluations) {
    if (waiver === undefined) continue;
    const source = waiver.source.split(' (')[0] ?? waiver.source;
    const place =
      sourceNames[source] ?? (source.startsWith('peer') ? 'suppressions for other tools' : source);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].map(([place, count]) => `${count} by ${place}`);
}

const sourceNames: Readonly<Partial<Record<string, string>>> = Object.assign(Object.create(null), {
  comment: 'comments in templates',
  metadata: 'Metadata in templates',
  cdk: 'acknowledgments in CDK applications',
  'waivers-file': 'the waivers file',
  baseline: 'the baseline',
});
