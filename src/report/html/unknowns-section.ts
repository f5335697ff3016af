import type { Evaluation, ScanResult } from '../../model/scan-result.ts';
import { groupBy } from '../../model/group-by.ts';
import { isOpenUnknown } from '../findings.ts';
import { plural } from '../plain-text.ts';
import { describeBestAction } from '../unknown-actions.ts';
import { prose, shortened, some, table } from './parts.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

const shownCauses = 200;

/** Unknowns by what blocks them: settle one cause, decide all its verdicts. */
export function renderUnknowns(result: ScanResult): Markup {
  const unknowns = result.evaluations.filter(isOpenUnknown);
  const groups = [...groupBy(unknowns, (item) => item.reason ?? item.message)];
  const largest = groups.toSorted(([, a], [, b]) => b.length - a.length);
  const best = describeBestAction(unknowns);
  return html`<section id="unknowns" aria-labelledby="unknowns-title">
    <h2 id="unknowns-title">Unknowns</h2>
    ${best === undefined ? undefined : html`<p>${prose(best)}</p>`}
    ${groups.length === 0 ? html`<p>No unknown results.</p>` : renderCauses(largest)}
  </section>`;
}

function renderCauses(groups: readonly (readonly [string, readonly Evaluation[]])[]): Markup {
  const heads = [{ number: 'Verdicts' }, 'Cause and resolution', 'Rules', 'Resources'];
  const rows = groups.slice(0, shownCauses).map(([reason, items]) => renderCause(reason, items));
  const rest = groups.length - shownCauses;
  return html`<p class="quiet">
      These checks neither passed nor failed. Each row shows one cause and how to resolve it.
    </p>
    ${table('Causes of unknowns', heads, rows)} ${shortened(groups.length, 'causes')}
    ${rest > 0 ? html`<p class="quiet">${plural(rest, 'more cause')} in the findings table.</p>` : undefined}`;
}

function renderCause(reason: string, items: readonly Evaluation[]): Markup {
  const rules = [...new Set(items.map(({ ruleId }) => ruleId))];
  const names = [...new Set(items.map(({ resource }) => resource.name))];
  const address = findingsAddress({ verdict: 'unknown', waived: 'no', q: reason.slice(0, 120) });
  return html`<tr>
    <td class="number">
      <a href="${address}">${items.length}<span class="hidden"> verdicts</span></a>
    </td>
    <td>${prose(reason)}</td>
    <td>${some(rules)}</td>
    <td>${some(names)}</td>
  </tr>`;
}
