import type { SourceDiagnostic } from '../model/source.ts';
import type { AggregateRow } from './inventory-config.ts';

/** What an audit reads, and whom it asks what else there is. */
export interface AuditedPlaces {
  readonly aggregator: string;
  readonly account: string;
  readonly regions: readonly string[];
  /** Region of the aggregator. */
  readonly home: string;
}

/** How Config calls the Region of what has none. */
const noRegion = 'global';

/** Says where resources are that the audit does not read; nothing where there are none. Pure. */
export function describeElsewhere(
  rows: readonly AggregateRow[],
  { aggregator, account, regions, home }: AuditedPlaces,
): readonly SourceDiagnostic[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const isRead = row.account === account && (row.region === noRegion || regions.includes(row.region));
    const place = `${row.account} ${row.region}`;
    if (!isRead) counts.set(place, (counts.get(place) ?? 0) + row.count);
  }
  if (counts.size === 0) return [];
  const places = [...counts].sort().map(([place, count]) => `${place} (${count})`);
  return [
    {
      code: 'account-elsewhere',
      severity: 'info',
      message: `Aggregator \`${aggregator}\` lists resources that this audit does not cover: ${places.join(', ')}; audit these accounts and Regions too`,
      where: `config ${home}`,
      affects: [],
    },
  ];
}
