import type { Evaluation, RuleSummary, ScanResult } from '../model/scan-result.ts';
import { rulesById } from './findings.ts';
import { gathered } from './json-parts.ts';
import { withoutControls } from './plain-text.ts';

type Column = readonly [
  name: string,
  value: (evaluation: Evaluation, rule: RuleSummary | undefined) => string,
];

const columns: readonly Column[] = [
  ['verdict', (item) => item.verdict],
  ['waived', (item) => (item.waiver === undefined ? 'no' : 'yes')],
  ['severity', (item) => item.severity],
  ['rule', (item) => item.ruleId],
  ['title', (_, rule) => rule?.title ?? ''],
  ['requirement', (item) => item.requirement],
  [
    'controls',
    (_, rule) => (rule?.controls ?? []).map(({ framework, id }) => `${framework} ${id}`).join('; '),
  ],
  ['resource', (item) => item.resource.name],
  ['type', (item) => item.resource.type],
  ['resource id', (item) => item.resource.id],
  ['stack', (item) => item.resource.stack ?? ''],
  ['account', (item) => item.resource.account ?? ''],
  ['region', (item) => item.resource.region ?? ''],
  ['arn', (item) => item.resource.arn ?? ''],
  ['flows', (item) => item.flows.join('; ')],
  ['file', (item) => item.location?.file ?? ''],
  ['line', (item) => String(item.location?.startLine ?? '')],
  ['column', (item) => String(item.location?.startColumn ?? '')],
  ['message', (item) => item.message],
  ['reason', (item) => item.reason ?? ''],
  ['evidence', (item) => item.evidence.map(describeEvidence).join('; ')],
  ['fix', (item, rule) => (item.verdict === 'fail' ? (rule?.fix.text ?? '') : '')],
  ['waiver reason', (item) => item.waiver?.reason ?? ''],
  ['waiver owner', (item) => item.waiver?.owner ?? ''],
  ['waiver expires', (item) => item.waiver?.expires ?? ''],
  ['fingerprint', (item) => item.fingerprint],
];

/**
 * One row for each evaluation, passes included, below a row of names (RFC 4180: commas, CRLF,
 * doubled quotes; UTF-8 without mark). Cells that a spreadsheet would take for a formula start with `'`.
 */
export function renderCsv(result: ScanResult): Iterable<string> {
  return gathered(linesOf(result));
}

function* linesOf(result: ScanResult): Generator<string> {
  const rules = rulesById(result);
  yield lineOf(columns.map(([name]) => name));
  for (const item of result.evaluations)
    yield lineOf(columns.map(([, value]) => value(item, rules.get(item.ruleId))));
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`;
}

function describeEvidence({ what, value, expected }: Evaluation['evidence'][number]): string {
  return `${what}: ${value} (expected ${expected})`;
}

function quote(cell: string): string {
  // Full-width forms count too: some spreadsheets fold them to the plain sign.
  const guarded = /^[\s\u0000]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell; // eslint-disable-line no-control-regex
  // People also read it in a terminal.
  const text = withoutControls(guarded);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
