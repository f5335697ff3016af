import type { RequirementSummary, RuleSummary, ScanResult, Verdict } from '../../model/scan-result.ts';
import { frameworkLabel } from '../control-mappings.ts';
import { groupBy } from '../../model/group-by.ts';
import { rulesById } from '../findings.ts';
import { badge, table, verdictTexts } from './parts.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

const columns = ['fail', 'unknown', 'pass', 'notApplicable'] as const;

/** Every statement of the reference document, then those beyond it, with counts, rules and controls. */
export function renderRequirements(result: ScanResult): Markup {
  const rules = rulesById(result);
  const heads = [
    'Verdict',
    'Statement',
    ...['Fail', 'Unknown', 'Pass', 'N/A', 'Waived'].map((number) => ({ number })),
    'Rules',
    'Framework controls',
  ];
  const rowsOf = (catalogue?: 'more'): readonly Markup[] =>
    result.requirements
      .filter((requirement) => requirement.catalogue === catalogue)
      .map((requirement) => renderRequirement(requirement, rules));
  const more = rowsOf('more');
  return html`<section id="requirements" aria-labelledby="requirements-title">
    <h2 id="requirements-title">Requirements</h2>
    ${table('Requirements matrix', heads, rowsOf(), 'matrix')}
    ${
      more.length === 0
        ? undefined
        : html`<h3>Beyond the reference diagrams</h3>
            ${table('Requirements beyond the reference diagrams', heads, more, 'matrix')}`
    }
  </section>`;
}

function renderRequirement(requirement: RequirementSummary, rules: ReadonlyMap<string, RuleSummary>): Markup {
  const { id, says, evaluated } = requirement;
  const named = requirement.rules.includes(id) ? undefined : html`<code>${id}</code>`;
  const waivedAddress = findingsAddress({ requirement: id, verdict: 'all', waived: 'yes' });
  return html`<tr>
    <td>${renderVerdict(requirement)}</td>
    <th scope="row"><span class="says">${says}</span> ${named}</th>
    ${columns.map((name) => renderCount(evaluated[name], name, countAddress(id, name), id))}
    ${renderCount(evaluated.waived, 'waived', waivedAddress, id)}
    <td>${requirement.rules.length === 0 ? 'none' : requirement.rules.map(renderRule)}</td>
    <td>${renderControls(requirement.rules, rules)}</td>
  </tr>`;
}

/** Where nothing was evaluated, whether there was no rule or nothing for it to look at. */
function renderVerdict({ verdict, evaluated, rules }: RequirementSummary): Markup {
  if (Object.values(evaluated).some((count) => count > 0)) return badge(verdict);
  return html`<span class="badge">${rules.length === 0 ? 'no rule' : 'no resource'}</span>`;
}

function countAddress(requirement: string, verdict: Verdict): string {
  return findingsAddress({ requirement, verdict, waived: 'no' });
}

function renderCount(value: number, kind: Verdict | 'waived', address: string, id: string): Markup {
  if (value === 0) return html`<td class="number zero">0</td>`;
  const label = kind === 'waived' ? kind : verdictTexts[kind];
  return html`<td class="number">
    <a class="${kind}" href="${address}">${value}<span class="hidden"> ${label}, ${id}</span></a>
  </td>`;
}

/** A long id may break after its dots. */
function renderRule(id: string): Markup {
  return html`<div>
    <code>${id.split('.').map((part, index) => (index === 0 ? part : html`.<wbr />${part}`))}</code>
  </div>`;
}

function renderControls(ids: readonly string[], rules: ReadonlyMap<string, RuleSummary>): Markup {
  const controls = ids.flatMap((id) => rules.get(id)?.controls ?? []);
  const groups = [...groupBy(controls, ({ framework }) => framework)];
  return html`${groups.map(([framework, items]) => {
    const names = [...new Set(items.map(({ id }) => id))];
    return html`<div>${frameworkLabel(framework)}: ${names.join(', ')}</div>`;
  })}`;
}
