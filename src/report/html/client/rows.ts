import { severityNames, verdictNames } from '../report-data.ts';
import type { EvaluationRow, EvidenceRow, ReportData } from '../report-data.ts';
import { element, prose } from './dom.ts';

const verdictLabels = {
  fail: 'fail',
  unknown: 'unknown',
  pass: 'pass',
  notApplicable: 'not applicable',
} as const;
const holdsLabels = ['✕ not met', '✓ met', '? unknown'] as const;

/** Builds the rows of the table of findings; details are built when they are opened. */
export class RowWriter {
  constructor(private readonly data: ReportData) {}

  /** The row of an evaluation, and the row below it that its button opens. */
  write(row: EvaluationRow, number: number): HTMLTableRowElement[] {
    const verdict = verdictNames[row[1]] ?? 'unknown';
    const severity = severityNames[row[2]] ?? 'info';
    const rule = this.data.rules[row[0]];
    const resource = this.data.resources[row[3]];
    const detailId = `detail-${number}`;
    const button = element(
      'button',
      { type: 'button', class: 'open', 'aria-expanded': 'false', 'aria-controls': detailId },
      ...prose(this.text(row[4]) ?? rule?.title ?? ''),
    );
    const detail = element('tr', { id: detailId, class: 'detail', hidden: '' });
    button.addEventListener('click', () => {
      this.toggle(button, detail, row);
    });
    const where = this.text(row[6]) ?? [resource?.account, resource?.region].filter(Boolean).join(' ');
    return [
      element(
        'tr',
        {},
        element(
          'td',
          {},
          element('span', { class: `badge ${verdict}` }, verdictLabels[verdict]),
          this.waivedMark(row),
        ),
        element('td', {}, element('span', { class: `severity ${severity}` }, severity)),
        element('td', { class: 'what' }, button, element('code', {}, rule?.id ?? '')),
        element(
          'td',
          {},
          resource?.name ?? '',
          element('span', { class: 'quiet block' }, resource?.type ?? ''),
        ),
        element('td', { class: 'where' }, where === '' ? (resource?.stack ?? '') : where),
      ),
      detail,
    ];
  }

  private toggle(button: HTMLButtonElement, detail: HTMLTableRowElement, row: EvaluationRow): void {
    const opens = detail.hidden;
    if (opens && detail.childElementCount === 0) detail.append(this.detail(row));
    detail.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
  }

  private waivedMark(row: EvaluationRow): HTMLElement | undefined {
    return row[11] === 0 ? undefined : element('span', { class: 'badge waived' }, 'waived');
  }

  private detail(row: EvaluationRow): HTMLTableCellElement {
    const rule = this.data.rules[row[0]];
    const reason = this.text(row[5]);
    return element(
      'td',
      { colspan: '5' },
      reason === undefined ? undefined : paragraph(row[1] === 1 ? 'Blocked by' : 'Reason', reason),
      this.waiver(row),
      rule === undefined ? undefined : paragraph('Why', rule.why),
      rule === undefined ? undefined : paragraph('Fix', rule.fix),
      ...(rule?.snippets ?? []).map(({ label, code }) =>
        element(
          'details',
          { open: label === this.language(row) ? '' : undefined },
          element('summary', {}, label),
          element('pre', {}, element('code', {}, code)),
        ),
      ),
      row[10].length === 0 ? undefined : this.evidence(row[10]),
      this.facts(row),
    );
  }

  /** What the resource of a row is written in. */
  private language(row: EvaluationRow): string {
    const resource = this.data.resources[row[3]];
    if (resource?.constructPath !== undefined) return 'CDK';
    if (resource?.declaredType !== undefined)
      return resource.declaredType.includes('::') ? 'SAM' : 'Terraform';
    return this.text(row[6]) === undefined ? 'AWS CLI' : 'CloudFormation';
  }

  private waiver({ 11: waiver }: EvaluationRow): HTMLElement | undefined {
    if (waiver === 0) return undefined;
    const [reason, owner, expires, source] = waiver.map((index) => this.text(index));
    const until = expires === undefined ? 'without expiry' : `until ${expires}`;
    return paragraph('Waived', `${reason ?? ''} (${owner ?? 'no owner'}, ${until}, from ${source ?? ''})`);
  }

  private evidence(rows: readonly EvidenceRow[]): HTMLElement {
    const head = ['Evidence', 'Value', 'Expected', 'Outcome', 'From'];
    return element(
      'table',
      { class: 'evidence' },
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...rows.map((row) => this.evidenceRow(row))),
    );
  }

  private evidenceRow([what, value, expected, holds, source, place]: EvidenceRow): HTMLElement {
    const from = [this.text(source), this.text(place)].filter((part) => part !== undefined).join(', ');
    return element(
      'tr',
      {},
      element('td', {}, this.text(what) ?? ''),
      element('td', {}, element('code', {}, this.text(value) ?? '')),
      element('td', {}, this.text(expected) ?? ''),
      element('td', { class: `holds-${holds}` }, holdsLabels[holds]),
      element('td', {}, from),
    );
  }

  private facts(row: EvaluationRow): HTMLElement {
    const rule = this.data.rules[row[0]];
    const resource = this.data.resources[row[3]];
    const facts: readonly (readonly [string, string | undefined])[] = [
      ['Resource', resource?.arn ?? resource?.id],
      ['Construct', resource?.constructPath],
      ['Source', resource?.sourceLine],
      ['Related', row[9].map((index) => this.data.resources[index]?.name).join(', ')],
      ['Flows', row[8].map((index) => this.data.flows[index]?.name).join('; ')],
      ['Controls', (rule?.controls ?? []).map(({ framework, id }) => `${framework} ${id}`).join(', ')],
      ['Requirement', rule?.requirement],
      ['Fingerprint', row[7]],
    ];
    const list = element('dl', { class: 'facts' });
    for (const [name, value] of facts) {
      if (value !== undefined && value !== '') list.append(element('dt', {}, name), element('dd', {}, value));
    }
    for (const link of rule?.links ?? []) {
      const anchor = element('a', { href: link, rel: 'noreferrer', target: '_blank' }, link);
      list.append(element('dt', {}, 'Reference'), element('dd', {}, anchor));
    }
    return list;
  }

  private text(index: number | undefined): string | undefined {
    return index === undefined || index < 0 ? undefined : this.data.texts[index];
  }
}

function paragraph(label: string, text: string): HTMLElement {
  return element('p', {}, element('strong', {}, `${label}: `), ...prose(text));
}
