import { severityNames, verdictNames } from '../report-data.ts';
import type { EvaluationRow, ReportData } from '../report-data.ts';

const heads = [
  'verdict',
  'waived',
  'severity',
  'rule',
  'title',
  'controls',
  'resource',
  'type',
  'where',
  'message',
  'reason',
  'fix',
  'fingerprint',
];

/** The rows as CSV (RFC 4180), as `--format csv` writes it: what a spreadsheet would take for a formula starts with `'`. */
export function toCsv(data: ReportData, rows: readonly EvaluationRow[]): string {
  const text = (index: number): string => data.texts[index] ?? '';
  const lines = rows.map((row) => {
    const rule = data.rules[row[0]];
    const resource = data.resources[row[3]];
    return [
      verdictNames[row[1]] ?? '',
      row[11] === 0 ? 'no' : 'yes',
      severityNames[row[2]] ?? '',
      rule?.id ?? '',
      rule?.title ?? '',
      (rule?.controls ?? []).map(({ framework, id }) => `${framework} ${id}`).join('; '),
      resource?.name ?? '',
      resource?.type ?? '',
      text(row[6]) || resource?.arn || resource?.id || '',
      text(row[4]),
      text(row[5]),
      rule?.fix ?? '',
      row[7],
    ];
  });
  return [heads, ...lines].map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');
}

function quote(cell: string): string {
  // Full-width forms count too: some spreadsheets fold them to the plain sign.
  const guarded = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
