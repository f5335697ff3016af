import type { Evaluation, ScanResult } from '../../model/scan-result.ts';
import { frameworkLabel } from '../control-mappings.ts';
import { groupBy } from '../../model/group-by.ts';
import { printable } from '../plain-text.ts';
import { badge, table } from './parts.ts';
import { decided, findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

/** Every control of a framework that a rule is mapped to, with what was decided of it: the view of an auditor. */
export function renderControls({ evaluations, ruleSet }: ScanResult): Markup {
  const byRule = groupBy(evaluations, ({ ruleId }) => ruleId);
  const mapped = ruleSet.rules.flatMap(({ id, controls }) =>
    controls.map((control) => ({ ...control, rule: id })),
  );
  const groups = [...groupBy(mapped, ({ framework, id }) => JSON.stringify([framework, id])).values()];
  const rows = groups
    .map((rules) => ({ ...rules[0], rules: [...new Set(rules.map(({ rule }) => rule))] }))
    .toSorted((a, b) => compare(`${a.framework} ${a.id}`, `${b.framework} ${b.id}`))
    .map(({ framework = '', id = '', rules }) =>
      renderControl(
        frameworkLabel(framework),
        id,
        rules,
        rules.flatMap((rule) => byRule.get(rule) ?? []),
      ),
    );
  const heads = [
    'Verdict',
    'Framework',
    'Control',
    ...['Fail', 'Unknown', 'Pass', 'Waived', 'Resources'].map((number) => ({ number })),
    'Rules',
  ];
  return html`<section id="controls" aria-labelledby="controls-title">
    <h2 id="controls-title">Controls</h2>
    ${rows.length === 0 ? html`<p>No rule is mapped to a control.</p>` : table('Table of controls', heads, rows, 'controls')}
  </section>`;
}

function renderControl(
  framework: string,
  id: string,
  rules: readonly string[],
  all: readonly Evaluation[],
): Markup {
  const open = all.filter(({ waiver }) => waiver === undefined);
  const count = (verdict: Evaluation['verdict']) => open.filter((item) => item.verdict === verdict).length;
  const [fail, unknown, pass] = [count('fail'), count('unknown'), count('pass')];
  const verdict = fail > 0 ? 'fail' : unknown > 0 ? 'unknown' : pass > 0 ? 'pass' : 'notApplicable';
  const applied = all.filter((item) => item.verdict !== 'notApplicable');
  const resources = new Set(applied.map(({ resource }) => resource.id)).size;
  const address = findingsAddress({ q: printable(id), framework: printable(framework), verdict: decided });
  return html`<tr>
    <td>${badge(verdict)}</td>
    <td>${framework}</td>
    <th scope="row">${applied.length === 0 ? id : html`<a href="${address}">${id}</a>`}</th>
    ${[fail, unknown, pass, all.length - open.length, resources].map((value) => html`<td class="number">${value}</td>`)}
    <td>${rules.map((rule) => html`<div><code>${rule}</code></div>`)}</td>
  </tr>`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
