import type { Evaluation, ScanResult } from '../../model/scan-result.ts';
import { plural } from '../plain-text.ts';
import { row, severityMark, table, verdictTexts } from './parts.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

const shownWaivers = 500;

/** What was accepted, by whom, why and until when. */
export function renderWaivers(result: ScanResult): Markup {
  const waived = result.evaluations.filter((item) => item.waiver !== undefined);
  const heads = ['Rule', 'Resource', 'Severity', 'Verdict', 'Reason', 'Owner', 'Expires', 'Source'];
  const rows = waived.slice(0, shownWaivers).map(renderWaived);
  const rest = waived.length - shownWaivers;
  const more = html`<p>
    <a href="${findingsAddress({ verdict: 'all', waived: 'yes' })}">${plural(rest, 'more waived finding')}</a>
  </p>`;
  return html`<section id="waivers" aria-labelledby="waivers-title">
    <h2 id="waivers-title">Waivers</h2>
    ${waived.length === 0 ? html`<p>No waived findings.</p>` : table('Waived findings', heads, rows)}
    ${rest > 0 ? more : undefined}
  </section>`;
}

function renderWaived({ waiver, ruleId, resource, severity, verdict }: Evaluation): Markup {
  const place =
    waiver?.location === undefined ? '' : `, ${waiver.location.file}:${waiver.location.startLine}`;
  return row([
    html`<code>${ruleId}</code>`,
    resource.name,
    severityMark(severity),
    verdictTexts[verdict],
    waiver?.reason,
    waiver?.owner ?? 'no owner',
    waiver?.expires ?? 'never',
    `${waiver?.source ?? ''}${place}`,
  ]);
}
